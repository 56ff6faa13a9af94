"""Reads one Chinese or Arabic numeral, exactly: 一千二, 四五百, 5万4千6百, 壹佰零叁, 1,100.9亿, 十几个亿.

Everything is a `Decimal`; a float never appears. The text is `plain` (characters.py).
What can be read in two ways (一千五万, 五十千) carries a doubt and is asked about.
"""

from dataclasses import dataclass
from decimal import Decimal

from dialogs.understand.characters import ARABIC, BIG, COUNTERS, DIGITS, ONE, SMALL, SPOKEN, TEN, ZERO, latin, skip

LONGEST = 30  # digits; beyond it nobody is telling us an amount


@dataclass(frozen=True)
class Numeral:
    """A numeral ending before `end`; `low` < `high` only for what is vague (几十, 四五百)."""

    end: int
    low: Decimal
    high: Decimal
    approx: bool = False
    doubt: str | None = None  # "malformed"
    scaled: bool = False  # said with 万, 亿, w, kw, e
    thousands: bool = False  # said with k
    elided: bool = False  # begins with its magnitude: 百二, 千万
    spelled: bool = False  # digit by digit: 一七二零

    @property
    def exact(self) -> bool:
        return self.low == self.high and self.doubt is None


@dataclass
class _Coefficient:
    end: int
    low: Decimal
    high: Decimal
    kind: str  # arabic, digit, pair (四五), string (一七二零), vague (几)
    digits: str = ""
    bad: bool = False


def _digit_run(s: str, i: int) -> int:
    while i < len(s) and s[i] in ARABIC:
        i += 1
    return i


def _arabic(s: str, i: int) -> _Coefficient:
    """1,100.9 and 1 050 000 and .5; a list (1, 234), a date (2025.3.1) falls apart into its numbers."""
    end = _digit_run(s, i)
    parts, marks = [s[i:end]], ""
    while end < len(s) and s[end] in ",， " and len(parts[0]) <= 3:
        after = _digit_run(s, end + 1)
        if after - end != 4 or (s[end] == " " and s[end + 1] != "0"):
            break
        parts.append(s[end + 1 : after])
        marks += s[end]
        end = after
    whole, bad, fraction = "".join(parts), False, ""
    if marks and end < len(s) - 1 and s[end] in ",，" and s[end + 1] in ARABIC:
        bad = True
    dotted = i >= 2 and s[i - 1] == "." and s[i - 2] in ARABIC
    if end + 1 < len(s) and s[end] == "." and s[end + 1] in ARABIC and not dotted:
        after = _digit_run(s, end + 1)
        if not (after + 1 < len(s) and s[after] == "." and s[after + 1] in ARABIC):
            fraction, end = s[end + 1 : after], after
    exponent = 0
    if end < len(s) and s[end] in "eE^":
        sign = end + 1 if end + 1 < len(s) and s[end + 1] in "+-" else end
        after = _digit_run(s, sign + 1)
        if after > sign + 1:
            bad = bad or s[end] == "^" or after - sign > 3 or sign > end
            exponent, end = (0 if bad else int(s[sign + 1 : after])), after
    if len(whole) + len(fraction) > LONGEST or exponent > LONGEST:
        return _Coefficient(end, ZERO, ZERO, "arabic", bad=True)
    if marks == "，" and not fraction and s[i] in ARABIC and len(parts[0]) == 3 and parts[1] != "000":
        bad = True  # 800，900 may be a list
    if marks and len(parts) == 2 and len(parts[0]) == 3 and not fraction and parts[1] != "000":
        bad = bad or s[skip(s, end) : skip(s, end) + 1] in ("万", "亿", "w", "W")
    value = Decimal((whole or "0") + ("." + fraction if fraction else "")) * TEN**exponent
    return _Coefficient(end, value, value, "arabic", whole if not fraction else "", bad)


def _spelled(s: str, i: int) -> tuple[str, int]:
    """Chinese digits in a row as Arabic ones: 一七二零 → 1720."""
    out, end, coded = [], i, False
    while end < len(s) and (s[end] in DIGITS or (coded and s[end] in SPOKEN)):
        coded = coded or s[end] == "幺"
        out.append(SPOKEN.get(s[end]) or str(DIGITS[s[end]]))
        end += 1
    return "".join(out), end


def _coefficient(s: str, i: int) -> _Coefficient | None:
    c = s[i : i + 1]
    if c and (c in ARABIC or (c == "." and s[i + 1 : i + 2] and s[i + 1] in ARABIC)):
        return _arabic(s, i)
    if c == "几" or (c == "数" and s[i + 1 : i + 2] in ("十", "百", "千", "万", "亿")):
        return _Coefficient(i + 1, Decimal(2), TEN, "vague")
    if c == "半" and s[i + 1 : i + 2] in ("百", "千", "万", "亿", "个", "打"):
        return _Coefficient(i + 1, Decimal("0.5"), Decimal("0.5"), "arabic")
    if c not in DIGITS or not c:
        return None
    run, end = _spelled(s, i)
    if len(run) > 1 and run[0] == "0" and s[end : end + 1] == "十" and len(run) == 2:
        return None  # 零二十: the zero is a filler
    if len(run) == 1:
        return _Coefficient(end, DIGITS[c], DIGITS[c], "digit", run)
    if len(run) == 2 and (int(run[1]) - int(run[0]) == 1 or run == "35") and "0" not in run:
        return _Coefficient(end, Decimal(run[0]), Decimal(run[1]), "pair", run)
    if len(run) > LONGEST:
        return _Coefficient(end, ZERO, ZERO, "string", bad=True)
    return _Coefficient(end, Decimal(run), Decimal(run), "string", run)


def _fraction(s: str, i: int, arabic: bool) -> tuple[Decimal, int] | None:
    """点五, 点77 at `i`; not the hour of 20点30分, 三点五十, nor 一点两小时."""
    if s[i : i + 1] != "点" or s[i + 1 : i + 2] in ("", "两"):
        return None
    if s[i + 1] in ARABIC:
        end = _digit_run(s, i + 1)
        digits = s[i + 1 : end]
        if arabic and s[skip(s, end) : skip(s, end) + 1] not in ("万", "亿", "千", "百", "元", "w", "W"):
            return None
    else:
        digits, end = _spelled(s, i + 1)
    if not digits or len(digits) > LONGEST or s[end : end + 1] == "十":
        return None
    return Decimal("0." + digits), end


def _magnitude(s: str, i: int) -> tuple[int, int, str] | None:
    """(exponent, end, small|big|k) of the magnitude at `i`, spaces and 个 before it passed over."""
    j = skip(s, i)
    if s[j : j + 1] == "个" and s[j + 1 : j + 2] in ("万", "亿", "w", "W"):
        j += 1
    c, after = s[j : j + 1], s[j + 1 : j + 2]
    if c in SMALL and not (c == "千" and after and after in "瓦克米伏"):
        return SMALL[c], j + 1, "small"
    if c in BIG and not (c == "兆" and after and after in "瓦字赫帕欧"):
        return BIG[c], j + 1, "big"
    if c + after in ("kw", "KW", "Kw") and not latin(s[j + 2 : j + 3]):
        return 7, j + 2, "big"
    if latin(after):
        return None
    if c in ("w", "W"):
        return 4, j + 1, "big"
    if c in ("k", "K"):
        return 3, j + 1, "k"
    return (8, j + 1, "big") if c == "e" else None


@dataclass
class _Group:
    """Up to four places, what stands before 万 or 亿: 四千零四, 三百四五十, 12."""

    end: int
    low: Decimal = ZERO
    high: Decimal = ZERO
    short: Decimal | None = None  # the other reading of a bare ending digit: 一千五 as 1005
    first: int = 0  # exponent of the first magnitude, 0 if there is none
    last: int = 0  # exponent of the last magnitude
    only: _Coefficient | None = None  # a coefficient without any magnitude
    zero: bool = False  # begins with a filling zero: 零六
    elided: bool = False
    vague: bool = False
    approx: bool = False
    bad: bool = False

    def add(self, low: Decimal, high: Decimal) -> None:
        self.low, self.high = self.low + low, self.high + high


def _group(s: str, i: int, first: bool) -> _Group | None:
    g, floor = _Group(i), 4
    while not g.vague and g.low == g.high:
        at, zero = skip(s, g.end) if g.last else g.end, False
        gap = at > g.end
        filler = not first or g.last or s[at + 1 : at + 2] == "十"
        while s[at : at + 1] == "零" and filler and not gap and at < g.end + 3:
            at, zero = at + 1, True
        number = _coefficient(s, at)
        magnitude = _magnitude(s, number.end if number else at)
        if number is None:
            if not magnitude or magnitude[2] != "small" or gap:
                break
            exponent, end, _ = magnitude
            if exponent != 1 and (g.last or not first):
                if g.last and floor <= exponent and not zero:  # 五十千
                    g.bad, g.end = True, end
                    continue
                break
            if exponent >= floor or (not first and not g.last and not zero):
                break
            g.bad = g.bad or (g.elided and not zero)  # 百十万
            g.elided = g.elided or (exponent > 1)
            low = high = TEN**exponent
        elif magnitude and magnitude[2] == "small" and number.kind != "string" and not number.bad:
            exponent, end, _ = magnitude
            large = number.kind == "arabic" and (number.low >= 10 or number.low == ZERO)
            if exponent >= floor or (large and g.last) or (gap and exponent != floor - 1):
                break
            g.bad = g.bad or g.elided  # 百八十万
            low, high = number.low * TEN**exponent, number.high * TEN**exponent
        else:
            if number is not None:
                _tail(s, g, number, gap, zero)
            break
        g.zero = g.zero or (zero and not g.last)
        g.first, g.last, floor, g.end = g.first or exponent, exponent, exponent, end
        g.add(low, high)
        _more(s, g, TEN**exponent)
    if g.end == i:
        return None
    if g.last and (point := _fraction(s, g.end, arabic=False)) and not g.vague:
        g.bad = g.bad or (g.short is not None and bool(_magnitude(s, point[1])))
        g.add(point[0], point[0])
        g.end, g.short = point[1], None
    return g


def _tail(s: str, g: _Group, number: _Coefficient, gap: bool, zero: bool) -> None:
    """The coefficient that no 十百千 follows, taken into the group if it belongs there."""
    low, high = number.low, number.high
    if not g.last:
        point = _fraction(s, number.end, number.kind == "arabic")
        many = s[number.end : number.end + 1] in ("点", ".") and s[number.end + 1 : number.end + 2] in ("几", "多")
        if many and number.kind in ("digit", "arabic"):
            high, number.end, g.vague = low + 1, number.end + 2, True
        elif point and number.kind != "pair":
            low = high = low + point[0]
            number = _Coefficient(point[1], low, high, "arabic")
            small = _magnitude(s, number.end)
            if small and small[2] == "small" and small[0] > 1:  # 三点五千万
                g.first = g.last = small[0]
                number.end, low, high = small[1], low * TEN ** small[0], high * TEN ** small[0]
        elif number.kind == "string" and _magnitude(s, number.end):
            g.bad = True
        g.bad = g.bad or number.bad
        g.zero, g.only, g.end = zero, None if g.last else number, number.end
        g.add(low, high)
        if number.kind == "arabic" and not g.last and number.digits:
            _more(s, g, TEN ** (len(number.digits) - len(number.digits.rstrip("0")) if low else 0))
        return
    step = TEN ** (g.last - 1)
    if gap or number.bad or number.kind == "string":
        return
    if number.kind == "vague":  # 十几, 零几
        g.high, g.vague = g.high + (TEN if zero else TEN**g.last), True
    elif g.last == 1 or zero:
        if number.kind == "arabic" and low >= TEN**g.last:
            return
        g.add(low, high)
    elif number.kind == "arabic" and len(number.digits) == g.last:  # 1百01, 四千230
        g.add(low, high)
    elif (number.kind == "arabic" and len(number.digits) != 1) or s[number.end - 1] == "两":
        return
    else:  # 一千五
        g.short = g.low + low
        g.add(low * step, high * step)
        g.bad = g.bad or (COUNTERS.at(s, number.end) not in ("", "点"))
    g.end = number.end


def _more(s: str, g: _Group, step: Decimal) -> None:
    """多 余 几 open a range one step wide, 来 把 only loosen."""
    at = skip(s, g.end)
    c, after = s[at : at + 1], skip(s, at + 1)
    if not c or c not in "多余来把几":
        return
    big = _magnitude(s, at + 1)
    counted = bool(big) or after == len(s) or s[after] in "元块号，。,；;！!？? " or bool(COUNTERS.at(s, after))
    if (c == "多" and s[after : after + 1] != "少") or (c == "余" and s[after : after + 1] not in tuple("额款下")):
        g.high, g.vague = g.high + step, True
    elif c in ("来", "把") and counted:
        g.approx = g.vague = True
    elif c == "几" and counted and not (big and big[2] == "small"):
        g.high, g.vague = g.high + step, True
    else:
        return
    g.end = at + 1


def read_numeral(s: str, i: int, lone_big: bool = False) -> Numeral | None:
    """The numeral that begins at `i` of a `plain` text; 亿 by itself only with `lone_big` (上亿)."""
    low = high = ZERO
    end, last_big, first = i, 99, True
    approx = scaled = thousands = elided = spelled = bad = False
    while True:
        start = end if first else skip(s, end)
        g = _Group(i, ONE, ONE) if first and lone_big else _group(s, start, first)
        if g is None:
            break
        half = _half(s, g.end)
        big = _magnitude(s, half or g.end)
        if big is None or big[2] == "small":
            taken = first or _joins(s, g, last_big, start > end)
            if not taken:
                break
            bad = bad or g.bad or (not first and last_big == 8 and not g.zero and g.only is None)  # 一亿五千
            bad = bad or (not first and g.first + 1 < last_big and not g.zero and COUNTERS.at(s, g.end) != "")
            low, high, end = low + g.low, high + g.high, g.end
            approx, elided = approx or g.approx, elided or (first and g.elided)
            spelled = first and g.only is not None and g.only.kind in ("string", "pair")
            break
        exponent = big[0]
        if exponent >= last_big:
            if not (exponent == 8 and last_big == 4 and (g.first == 3 or g.zero) and low < 10**8 and start == end):
                break
            g.add(low, high)  # 一万五千亿
            low = high = ZERO
        if g.short is not None:  # 百二万 is one million two, 一千五万 nobody knows
            bad = bad or not g.elided
        if half:
            g.add(Decimal("0.5"), Decimal("0.5"))
        bad, approx, elided = bad or g.bad, approx or g.approx, elided or (first and g.elided)
        end, last_big, scaled = big[1], exponent, scaled or (big[2] == "big" and exponent != 12)
        thousands = big[2] == "k"
        unit, loose, first = exponent, g.vague, False
        while not thousands and (tip := _after_big(s, end)):
            if tip[0] == "more":
                if not loose:
                    zeros = TEN ** (len(str(int(g.low))) - len(str(int(g.low)).rstrip("0"))) if g.low else ONE
                    g.high += zeros
                loose, end = True, tip[1]
            elif tip[0] == "half":
                g.add(Decimal("0.5"), Decimal("0.5"))
                loose, end = True, tip[1]
            else:  # 万亿, 万万
                unit, end = unit + int(tip[0]), tip[1]
                last_big = unit
                bad = bad or unit > 24 or low != ZERO
                unit = min(unit, 24)
        low, high = low + g.low * TEN**unit, high + g.high * TEN**unit
        if loose or low != high or thousands:
            break
        point = _fraction(s, end, arabic=False)
        if point:
            low, high, end = low + point[0], high + point[0], point[1]
            break
    if end == i:
        return None
    doubt = "malformed" if bad or low >= TEN**24 else None
    return Numeral(end, low, high, approx, doubt, scaled, thousands, elided, spelled)


def _half(s: str, i: int) -> int:
    """三个半亿: the offset after 个半 where 亿 or 万 follows."""
    return i + 2 if s.startswith("个半", i) and s[i + 2 : i + 3] in ("亿", "万") else 0


def _after_big(s: str, i: int) -> tuple[str, int] | None:
    c, after = s[i : i + 1], s[i + 1 : i + 2]
    if c == "半" and (not after or after in "元块，。,；;！!？? "):
        return "half", i + 1
    if (c == "多" and after not in tuple("少家个次年种台")) or (c == "余" and after not in tuple("额款下")):
        return "more", i + 1
    at = skip(s, i)
    if s[at : at + 1] in ("万", "亿"):
        return str(BIG[s[at]]), at + 1
    return None


def _joins(s: str, g: _Group, last_big: int, gap: bool) -> bool:
    """Whether an ending group without a big magnitude of its own continues the number before it."""
    number = g.only
    if number is None:
        return not gap or g.first == 3
    counted = COUNTERS.at(s, g.end) not in ("", "点")
    if g.zero:
        return not gap and g.low < TEN**last_big
    if gap or g.bad or g.vague or number.kind in ("string", "vague") or s[g.end - 1] == "两":
        return False
    if number.kind == "arabic" and len(number.digits) != 1:
        dated = s[g.end : g.end + 1] in ("年", "月", "日", "号")
        return len(number.digits) == last_big and not dated
    if counted or (number.kind == "arabic" and not number.digits):
        return False
    step = TEN ** (last_big - 1)  # 一万三
    g.low, g.high = g.low * step, g.high * step
    return True
