"""Finds numbers and amounts of money in what people type: 800w, 八百来万, 300-500万元, 小一千万, -5万.

`find_amounts` reports everything that is counted, each with its unit; `money_of` reads a
whole message as the answer to "how much". Values are exact and in yuan. Whatever can be
meant in two ways has no value but a `doubt`, to be asked about and never guessed:

    range          a range or a bound        四五百万, 不到500万
    unit           yuan or ten thousand?     800, 一千二, 80个
    spread         800亿 or 8亿 to 900亿?     八到九百亿
    malformed      not a way to write it     一千五万, 1,23元
    foreign_money  not yuan                  300万美元
    several        more than one amount      设备300万，软件200万 (only from `money_of`)
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Context, Decimal, localcontext

from dialogs.understand.around import (
    AFTER_ABOUT,
    AFTER_LEAST,
    AFTER_MOST,
    FOREIGN_AFTER,
    JOINTS,
    TO,
    YUAN_AFTER,
    bounds_before,
    currency_before,
    sign_before,
)
from dialogs.understand.characters import ARABIC, BIG, COUNTERS, DIGITS, SMALL, SPACES, latin, plain, skip
from dialogs.understand.numbers import Numeral, read_numeral

YUAN_FROM = Decimal(10_000)  # a bare number from here on is yuan; below it may be 万
FEN = Decimal("0.01")


@dataclass(frozen=True)
class Amount:
    """One number as typed: `text` is text[start:end] of the message, money is in yuan."""

    start: int
    end: int
    text: str
    value: Decimal | None  # None for a range and for every doubt
    low: Decimal | None = None
    high: Decimal | None = None
    unit: str = ""  # "money", what is counted (家, %, 第 for ordinals, 分之 for fractions), "" for a bare number
    approx: bool = False
    doubt: str | None = None
    scaled: bool = False  # said with 万, 亿 or w

    @property
    def is_money(self) -> bool:
        return self.unit == "money" or (self.unit == "" and self.scaled)


@dataclass(frozen=True)
class _Piece:
    """A numeral with its unit, before its bounds and its partner in a range are known."""

    start: int
    end: int
    low: Decimal
    high: Decimal
    unit: str
    numeral: Numeral
    doubt: str | None

    @property
    def exact(self) -> bool:
        return self.low == self.high


def find_amounts(text: str) -> list[Amount]:
    """All numbers in the text, in order, none overlapping."""
    with localcontext(Context(prec=100)):
        return list(_merged(_scan(text), text))


def money_of(text: str) -> Amount | None:
    """The message as an answer to "how much"; None when it holds no amount."""
    found = find_amounts(text)
    money = [a for a in found if a.is_money]
    one = money or [a for a in found if a.unit in ("", "个")]
    if not one:
        return None
    if len(one) > 1:
        first, last = one[0], one[-1]
        return Amount(first.start, last.end, text[first.start : last.end], None, unit="money", doubt="several")
    amount = one[0]
    if amount.doubt:
        return amount
    assert amount.value is not None  # an amount without a doubt has its value
    if _reckoned(text, amount, found) or amount.value % FEN:
        return replace(amount, value=None, doubt="malformed")
    bare = amount.unit == "个" or (
        amount.unit == "" and not amount.scaled and not amount.text.rstrip().endswith(("k", "K"))
    )
    if bare and abs(amount.value) < YUAN_FROM and amount.value != 0:
        return replace(amount, value=None, low=amount.value, high=amount.value * YUAN_FROM, doubt="unit")
    return replace(amount, unit="money")


def _reckoned(text: str, amount: Amount, found: list[Amount]) -> bool:
    """300万×3, 50万一台, 每台50万, 500万的一半: the sum is not the amount read."""
    before, after = text[: amount.start].rstrip()[-3:], text[amount.end :].lstrip()[:2]
    if before.endswith(tuple("*×xX/÷+")) or after.startswith(("*", "×", "x", "X", "/", "÷", "每")) or "每" in before:
        return True
    for other in found:
        gap = text[amount.end : other.start].strip() if other.start >= amount.end else "-"
        if gap == "的" or (gap == "" and other.unit and other.value in (1, None)):
            return True
    return False


def _scan(text: str) -> Iterator[Amount]:
    s, i, free = plain(text), 0, 0
    whole = s.strip(" \t\r\n\xa0。.!！?？,，")
    while i < len(s):
        if not _may_begin(s, i):
            i += 1
            continue
        if code := _code(s, i):
            i = code
            continue
        lone = s[i] in "万亿" and i > 0 and s[i - 1] in "上过破近超数"
        piece = _piece(s, i, whole, lone)
        if piece is None:
            i = i + 1 if s[i] not in DIGITS else _past_digits(s, i)
            continue
        amount = _amount(text, s, piece, whole)
        if amount.start < free:  # the $ of 5$5 is the first one's
            amount = replace(amount, start=free, text=text[free : amount.end])
        yield amount
        i = free = max(amount.end, piece.end)


def _may_begin(s: str, i: int) -> bool:
    c = s[i]
    if c in "万亿":
        return (i > 0 and s[i - 1] in "上过破近超数") or (i == 0 or s[i - 1] in SPACES)
    if c == ".":
        return i == 0 or s[i - 1] not in ARABIC
    return c in ARABIC or c in DIGITS or c in SMALL or c in "几半数"


def _past_digits(s: str, i: int) -> int:
    while i < len(s) and s[i] in DIGITS:
        i += 1
    return i


def _code(s: str, i: int) -> int:
    """The offset after a telephone, order, credit-code, clock or date at `i`, else 0."""
    if s[i] not in ARABIC:
        return 0
    digits = i
    while digits < len(s) and s[digits] in ARABIC:
        digits += 1
    end = digits
    while end < len(s) and latin(s[end]):
        end += 1
    tail, glued = (
        s[digits:end],
        i > 0 and latin(s[i - 1]) and not s.endswith(("RMB", "CNY", "rmb", "USD", "HKD", "EUR"), 0, i),
    )
    money = s[skip(s, end) : skip(s, end) + 1] in ("万", "亿", "元", "块") or tail in ("w", "W", "kw")
    if tail and any(c in ARABIC for c in tail) and not _exponent(tail):
        return end
    if glued and not money and s[end : end + 1] not in (".", ","):
        return end
    if not tail and not money and (digits - i >= 15 or (digits - i == 11 and s[i] == "1" and s[i + 1] in "3456789")):
        return end
    links, at = 0, digits
    while at + 1 < len(s) and s[at] in "-/:" and s[at + 1] in ARABIC:
        links, at = links + 1, at + 1
        while at < len(s) and s[at] in ARABIC:
            at += 1
    if links > 1 or (links and s[digits] == ":") or (links and s[digits] == "-" and digits - i > 2 and s[i] == "0"):
        return at
    return 0


def _exponent(tail: str) -> bool:
    return tail[0] in "eE" and tail[1:].isdigit() and len(tail) <= 4


def _piece(s: str, i: int, whole: str, lone: bool = False) -> _Piece | None:
    numeral = read_numeral(s, i, lone or (s[i] == "万" and len(whole) == 2 and whole[1] in DIGITS))
    if numeral is None:
        return None
    at = skip(s, numeral.end)
    if fraction := _fraction(s, i, at, numeral, whole):
        return fraction
    unit, low, high, end = "", numeral.low, numeral.high, numeral.end
    doubt = numeral.doubt
    if found := FOREIGN_AFTER.at(s, at):
        return _Piece(i, at + len(found), low, high, "money", numeral, "foreign_money")
    if change := _coins(s, i, at, numeral, whole):
        unit, (low, high, end) = "money", change
    elif found := YUAN_AFTER.at(s, at):
        unit, end = "money", at + len(found)
    elif s[at : at + 1] in ("打", "双", "对") and end == at and s[at - 1] in DIGITS | SMALL | {"半": 0}:
        if s[at + 1 : at + 2] not in tuple("开电算印包折于比应接口外一跨方创"):
            dozen = Decimal(12 if s[at] == "打" else 2)
            low, high, end = low * dozen, high * dozen, at + 1
    elif end == at and s[at : at + 1] not in tuple(ARABIC) and (letters := _letters(s, at)):
        unit, end = letters, at + len(letters)
    elif found := COUNTERS.at(s, at):
        unit, end = found, at + len(found)
    if not numeral.scaled and unit == "" and _stray(s, i, numeral, whole):
        return None
    currency = currency_before(s, sign_before(s, i)[0])[1] or currency_before(s, i)[1]
    unit = "money" if currency else unit
    doubt = "foreign_money" if currency == "foreign" else doubt
    if i > 1 and s[i] in ARABIC and s[i - 1] in ",，" and s[i - 2] in ARABIC and (unit == "money" or numeral.scaled):
        doubt = doubt or "malformed"  # 1,23万
    finer = low % FEN != 0 and unit == "money"
    return _Piece(i, end, low, high, unit, numeral, doubt or ("malformed" if finer else None))


def _stray(s: str, i: int, numeral: Numeral, whole: str) -> bool:
    """百, 千三 and 九九 are numbers only where the message is nothing else."""
    if len(whole) == numeral.end - i or (s[i] in ARABIC) or whole == s[i : numeral.end]:
        return numeral.elided and numeral.end - i == 1
    short_name = numeral.spelled and numeral.end - i == 2 and numeral.exact
    return (numeral.elided and numeral.exact) or short_name


def _letters(s: str, i: int) -> str:
    end = i
    while end < len(s) and end < i + 6 and latin(s[end]):
        end += 1
    return s[i:end]


def _fraction(s: str, i: int, at: int, top: Numeral, whole: str) -> _Piece | None:
    """三分之一, 百分之五, 五又四分之一, 1/2, 二份一."""
    bottom, whole_part, begin = top.low, Decimal(0), skip(s, at + 1)
    if s[at : at + 1] == "又" and top.exact and (inner := read_numeral(s, begin)):
        whole_part, bottom, at = top.low, inner.low, skip(s, inner.end)
        begin = skip(s, at + 1)
    if s[at : at + 1] == "分" and s[begin : begin + 1] == "之":
        above = read_numeral(s, skip(s, begin + 1))
    elif s[at : at + 1] == "/" and s[at + 1 : at + 2] in tuple(ARABIC) and s[i] in ARABIC and s[at - 1] in ARABIC:
        above = read_numeral(s, at + 1)
        if above and (s[above.end : above.end + 1] == "/" or above.scaled):
            return None
    elif s[at : at + 1] in ("份", "分") and s[i] in DIGITS and len(whole) == 3 and whole[-1] in DIGITS:
        above = read_numeral(s, at + 1)
    else:
        return None
    if above is None or not above.exact or bottom == 0 or (s[at] == "/" and above.low == 0) or not top.exact:
        return None
    if s[at] == "/":
        value, unit = bottom / above.low, "分之"
    elif bottom == 100:
        value, unit = above.low, "%"
    else:
        value, unit = whole_part + above.low / bottom, "" if above.scaled else "分之"
    spoken = replace(top, scaled=above.scaled, elided=False)
    return _Piece(i, above.end, value, value, unit, spoken, None)


def _coins(s: str, i: int, at: int, numeral: Numeral, whole: str) -> tuple[Decimal, Decimal, int] | None:
    """元 角 分 from `at` on; (low, high, end) in yuan. A bare 分 is money only as the whole message."""
    low, high, end = numeral.low, numeral.high, at + 1
    places: tuple[tuple[str, str], ...] = ()
    c, after = s[at : at + 1], s[at + 1 : at + 2]
    if (
        c in ("元", "块")
        and after not in tuple("件素器旦月宝宇儿地屏")
        and not (c == "块" and s[i - 1 : i] in tuple("这那哪"))
    ):
        places = (("角毛", "0.1"), ("分", "0.01"))
    elif c in ("角", "毛") and after not in tuple("形星度洲债落色利重"):
        low, high, places = low / 10, high / 10, (("分", "0.01"),)
    elif c == "分" and len(whole) == at + 1 - i:
        low, high = low / 100, high / 100
    else:
        return None
    last = c
    for names, worth in places:
        start = skip(s, end)
        coin = read_numeral(s, start + 1 if s[start : start + 1] == "零" else start)
        if coin is None or coin.low >= 100 or not coin.exact or coin.scaled:
            continue
        mark = skip(s, coin.end)
        if s[mark : mark + 1] and s[mark] in names:
            last, end = s[mark], mark + 1
        elif (
            last in "块角毛"
            and last != "分"
            and coin.low < 10
            and not COUNTERS.at(s, mark)
            and s[mark : mark + 1] not in ("角", "毛", "分", "元", "块")
        ):
            worth = "0.01" if last != "块" or s[start] == "零" else "0.1"  # 一块二, 三块零四, 五块七毛八
            last, end = "分", coin.end
        else:
            continue
        low, high = low + coin.low * Decimal(worth), high + coin.low * Decimal(worth)
    for word in ("钱", "整", "正", "人民币", "RMB"):
        end += len(word) if s.startswith(word, end) else 0
    return low, high, end


def _amount(text: str, s: str, first: _Piece, whole: str) -> Amount:
    """The piece with its sign, its partner in a range and its bounds."""
    numeral, doubt, unit = first.numeral, first.doubt, first.unit
    low, high, end, scaled = first.low, first.high, first.end, numeral.scaled
    ranged = not first.exact
    start, negative, odd = sign_before(s, first.start)
    doubt = doubt or ("malformed" if odd else None)
    if (second := _partner(s, first, whole)) is not None:
        low, high, spread = _between(first, second)
        doubt = doubt or second.doubt or spread
        unit, scaled, end, ranged = second.unit or unit, scaled or second.numeral.scaled, second.end, True
    if negative:
        low, high = -high, -low
    approx = numeral.approx
    start, least, most, about, ordinal = bounds_before(s, start, numeral)
    approx = approx or about
    if ordinal:
        unit = "第"
    if (found := AFTER_ABOUT.at(s, at := skip(s, end))) and not s.startswith("上下游", at):
        end, approx = at + len(found), True
    if s.startswith("整", end) and (scaled or unit == "money"):
        end += 1
    if found := AFTER_LEAST.at(s, at):
        if not (found == "+" and s[at + 1 : at + 2] and s[at + 1] in ARABIC):
            end, least = at + len(found), True
    elif found := AFTER_MOST.at(s, at):
        end, most = at + len(found), True
    elif s[first.start - 1 : first.start] == "比" or s[max(0, first.start - 2) : first.start] == "比 ":
        more, less = s[at : at + 1] in ("大", "高", "多"), s[at : at + 1] in ("低", "小", "少")
        if more or less:
            start, end, least, most = s.rindex("比", 0, first.start), at + 1, more, most or less
    if unit == "" and end == at and (found := COUNTERS.at(s, end)) and (least or most or approx):
        unit, end = found, end + len(found)
    if numeral.doubt and ranged is False and not (least or most):
        return Amount(start, end, text[start:end], None, None, None, unit, approx, doubt, scaled)
    if doubt == "foreign_money":
        return Amount(start, end, text[start:end], None, None, None, unit, approx, doubt, scaled)
    lowest, highest = (None if most else low), (None if least else high)
    if ranged or least or most:
        return Amount(start, end, text[start:end], None, lowest, highest, unit, approx, doubt or "range", scaled)
    if doubt:
        return Amount(start, end, text[start:end], None, None, None, unit, approx, doubt, scaled)
    return Amount(start, end, text[start:end], low, None, None, unit, approx, None, scaled)


def _partner(s: str, first: _Piece, whole: str) -> _Piece | None:
    """The other end of 300-500万, 三百到五百万, 五块六到五块七毛八."""
    at = skip(s, first.end)
    link = TO.at(s, at)
    if not link or (link == "、" and first.start == 0) or (first.unit == "%" and link == "-"):
        return None
    begin = skip(s, at + len(link))
    if begin >= len(s) or not _may_begin(s, begin) or _code(s, begin):
        return None
    if link == "-" and (first.unit not in ("", "money") and first.numeral.end != first.end and latin(s[first.end - 1])):
        return None
    second = _piece(s, begin, whole)
    if second is None or (link == "、" and not (second.unit in ("", "money") and second.numeral.scaled)):
        return None
    return second


def _between(first: _Piece, second: _Piece) -> tuple[Decimal, Decimal, str]:
    """(low, high, doubt): the first end takes the second's 万 or 亿 if it has none."""
    low, high = first.low, second.high
    if second.numeral.scaled and not first.numeral.scaled and first.unit == "":
        scale = Decimal(10 ** max((e for e in BIG.values() if high >= 10**e), default=0))
        if low * scale < high * Decimal("0.05"):  # 八到九百亿: 8 or 800?
            return low * scale, high, "spread"
        low *= scale if low * scale <= high else 1  # 8千到1万
    return (low, high, "range") if low <= high else (low, high, "malformed")


def _merged(amounts: Iterator[Amount], text: str) -> Iterator[Amount]:
    """Joins 大于二十 and 小于等于三十五 into one range."""
    held: Amount | None = None
    for amount in amounts:
        both = _joined(held, amount, text) if held else None
        if held and not both:
            yield held
        held = both or amount
    if held:
        yield held


def _joined(a: Amount, b: Amount, text: str) -> Amount | None:
    lows = [x.low for x in (a, b) if x.low is not None]
    highs = [x.high for x in (a, b) if x.high is not None]
    if a.doubt != "range" or b.doubt != "range" or len(lows) != 1 or len(highs) != 1 or lows[0] > highs[0]:
        return None
    if text[a.end : min(b.start, a.end + 6)].strip() not in JOINTS or b.start - a.end > 5:
        return None
    unit = b.unit or a.unit
    return Amount(
        a.start, b.end, text[a.start : b.end], None, lows[0], highs[0], unit, a.approx, "range", a.scaled or b.scaled
    )
