"""Reads one Chinese or Arabic numeral, exactly: 一千二, 四五百, 5万4千6百, 壹佰零叁, 1,100.9亿, 十几个亿.

Everything is a `Decimal`; a float never appears. `plain` makes one text easy to
scan without moving a character, so every offset is an offset into what was typed.
What can be read in two ways (一千五万, 五十千) carries a doubt and is asked about.
"""

from dataclasses import dataclass
from decimal import Decimal

ZERO, ONE, TEN = Decimal(0), Decimal(1), Decimal(10)
LONGEST = 30  # digits; beyond it nobody is telling us an amount

DIGITS = {c: Decimal(i) for i, c in enumerate("零一二三四五六七八九")} | {
    "两": Decimal(2),
    "幺": ONE,
}
ARABIC = "0123456789"
SMALL = {"十": 1, "百": 2, "千": 3}
BIG = {"万": 4, "亿": 8, "兆": 12}
SPOKEN = {"洞": "0", "拐": "7", "勾": "9"}  # only inside 幺八五洞…
SPACES = " \t\xa0"
HIDDEN = "\x00"  # stands for a character that belongs to a word and not to a number

_OLD = "〇○壹弌贰貳弍叁叄弎柒捌玖佰仟萬億兩俩倆幾點餘圓圆塊錢個臺條來負數對雙於過約內達"
_NEW = "零零一一二二二三三三七八九百千万亿两两两几点余元元块钱个台条来负数对双于过约内达"
_WIDE = {c: c - 0xFEE0 for c in range(0xFF01, 0xFF5F) if chr(c) not in "，"}
_TABLE = str.maketrans(_OLD, _NEW) | _WIDE | {0x3000: " ", ord("￥"): "¥", ord("−"): "-"}
_RARE = {"陆": "六", "陸": "六", "伍": "五", "肆": "四", "参": "三", "參": "三", "拾": "十"}
_BANKERS = set("壹贰貳叁叄柒捌玖佰仟万萬亿億百千零点點元圆圓角分毛对對双雙打")

# Words whose characters are not numbers. Those beginning with a numeral count as
# words only where no numeral comes before them (三百万能拿多少 holds no 万能).
HIDING = """
一切 一般 一定 一直 一样 一些 一共 一起 一下 一旦 一边 一致 一律 一概 一体 一流 一向 一再 一时 一同 一齐
一点儿 一会儿 一次性 一方面 一刀切 一条龙 一把手 一站式 一带一路 一对一 一元化 一汽 一手 一心 一路 一身 一生 一部分
万一 万达 万科 万能 万物 万方 万州 万秀 百度 百姓 百货 百色 百科 百忙 千山 千岛 千方百计
千万别 千万不 千万要 千万记 千万注意 四川 四平 四周 四季 四处 四海 四子王 三峡 三亚 三明 三门峡 三江 三河
三元催化 三元材料 三元锂 三农 三包 三废 三角形 三角债 三来一补 五台山 五金 五原 五常 五角星 五险一金 五湖 六安 六合
六盘水 七夕 七星区 八步 八里 九原 九江 九寨 九峰 九龙坡 十足 十分感 十分重 十分满 十分想 十堰 两化 两会 两广 两岸 两地
二手 二维 二连 二胎 半导体 半成品 半自动 双碳 朝花夕拾 拾取 拾起 收拾 放肆 肆无 登陆 大陆 陆续 着陆 内陆 队伍 入伍
退伍 统一 唯一 进一步 第一时间 周一 周二 周三 周四 周五 周六 万元户 长三角 珠三角
"""
_AFTER_ANY = ("一切", "一般", "一定", "一直", "一样", "一些", "一共", "一起", "一下", "一次", "一部")


class Words:
    """A set of words to look for at, or just before, an offset; the longest first."""

    def __init__(self, words: str) -> None:
        self.all = sorted(words.split(), key=len, reverse=True)
        self._first: dict[str, list[str]] = {}
        self._last: dict[str, list[str]] = {}
        for word in self.all:
            self._first.setdefault(word[0], []).append(word)
            self._last.setdefault(word[-1], []).append(word)

    def at(self, s: str, i: int) -> str:
        """The word that begins at `i`, or nothing."""
        if i >= len(s) or s[i] not in self._first:
            return ""
        return next((w for w in self._first[s[i]] if s.startswith(w, i)), "")

    def before(self, s: str, i: int) -> tuple[int, str]:
        """(start, word) of the word that ends at `i`, spaces within and after it disregarded."""
        at = i
        while at > 0 and at > i - 3 and s[at - 1] in SPACES:
            at -= 1
        for word in self._last.get(s[at - 1], ()) if at else ():
            start = at
            for c in reversed(word):
                while start > 0 and start > at - 16 and s[start - 1] in SPACES:
                    start -= 1
                if not start or s[start - 1] != c:
                    break
                start -= 1
            else:
                return start, word
        return i, ""


_HIDING = Words(HIDING)

# What is counted; after a bare ending digit these start a new number (300万一台).
COUNTERS = Words("""
家 个 人 名 位 台 套 条 项 件 年 月 日 号 天 级 星 岁 次 期 批 座 间 栋 辆 张 份 册 页 点 时 秒 周 度 吨 克 斤 米 平 ㎡
亩 升 瓦 伏 字 赫 % ‰ 成 倍 折 届 层 楼 款 章 节 类 种 路 户 村 省 市 县 国 代 版 部 笔 门 组 队 班 轮 站 强 线 维 寸
机 所 口 头 只 匹 箱 包 袋 瓶 桶 盒 根 支 片 颗 道 环 步 场 起 人次 小时 分钟 公里 公斤 公顷 季度 个月 个点 个百分点
百分点 平方 平方米 平米 立方 千瓦 千米 千克 兆瓦 工位 产线 英寸 厘米 毫米 吨位 号人
""")


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


def plain(text: str) -> str:
    """The text with width, old and bankers' forms levelled and words hidden; same length."""
    level = text.translate(_TABLE)
    chars = list(level)
    inner = text.strip()
    for i, c in enumerate(text):
        if c in _RARE and (inner == c or _is_bankers(text, i)):
            chars[i] = _RARE[c]
    i = 0
    while i < len(level):
        word = _HIDING.at(level, i)
        if word and not (_numeric(word[0]) and _after_numeral(level, i, word)):
            chars[i : i + len(word)] = HIDDEN * len(word)
            i += len(word)
        else:
            i += 1
    return "".join(chars)


def _is_bankers(text: str, i: int) -> bool:
    before, after = text[i - 1] if i else " ", text[i + 1] if i + 1 < len(text) else " "
    if text[i] == "拾":
        return any(c in _BANKERS or c in DIGITS or c in _RARE for c in (before, after))
    return (before in _BANKERS or before == "拾") or (after in _BANKERS or after == "拾")


def _numeric(c: str) -> bool:
    return c in DIGITS or c in SMALL or c in BIG or c in "半数双"


def _after_numeral(level: str, i: int, word: str) -> bool:
    before = level[i - 1] if i else " "
    if word.startswith(_AFTER_ANY):
        return before in "十零"
    return before != " " and (before in ARABIC or _numeric(before) or before in "几来多余个wW")


def skip(s: str, i: int) -> int:
    """The offset after at most three spaces."""
    end = min(i + 3, len(s))
    while i < end and s[i] in SPACES:
        i += 1
    return i


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


def latin(c: str) -> bool:
    """Whether `c` is a letter or digit that would glue to a number (not so the empty string)."""
    return c.isascii() and c.isalnum()


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
