"""Amounts of money and rates in Chinese text, as numbers: 1.5亿元, 五十万元, 300—500万元, 壹拾伍万元, 15%, 三成, 1:0.5.

What a number is for is not said here (figures.py).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from policies.money import Fen

Kind = Literal["money", "bare_money", "range", "rate", "points", "ratio"]


@dataclass(frozen=True)
class Number:
    """`value`: fen for money, a fraction for rates. `kind` says how it is written; its words stand at [start, end)."""

    kind: Kind
    value: Fen | Fraction
    words: str
    start: int
    end: int

    @property
    def money(self) -> bool:
        return self.kind in ("money", "bare_money", "range")


_DIGITS = (
    {char: value for value, char in enumerate("零一二三四五六七八九")}
    | {char: value for value, char in enumerate("零壹贰叁肆伍陆柒捌玖")}
    | {"〇": 0, "两": 2}
)
_UNITS = {"十": 10, "百": 100, "千": 1000, "万": 10**4, "亿": 10**8, "拾": 10, "佰": 100, "仟": 1000}
_HAN = "[零〇一二三四五六七八九两十百千万亿壹贰叁肆伍陆柒捌玖拾佰仟]+"
_SMALL = "[一二三四五六七八九十]"
_DECIMAL = r"(?<![\d.])(?:\d{1,3}(?:,\d{3}){1,4}(?:\.\d{1,6})?|\d{1,15}(?:\.\d{1,6})?)(?!\d)"
"""A number from its first digit to its last; of no more digits than a number has, so that no text makes it slow."""
_SCALE = "万亿|千万|百万|十万|亿|万|千|百"
_THINGS = "元名人家台套个件亩吨度千平户项册字部条处辆㎡mM只级月年天小次头份座组支株美欧港英日立公"
"""After a bare 300万 these say that it is no money, or not ours."""
_INCLUSIVE = r"(?:\((?:不?含|含本数)\))?"

_RANGE = re.compile(
    rf"""(?P<low>{_DECIMAL})(?P<low_scale>{_SCALE})?元?{_INCLUSIVE} (?:[-—–~～－至到]|——)
         (?P<high>{_DECIMAL})(?P<high_scale>{_SCALE})?(?:人民币)?元""",
    re.VERBOSE,
)
_MONEY = re.compile(rf"(?P<number>{_DECIMAL})(?P<scale>{_SCALE})?(?:人民币)?元")
_BARE = re.compile(rf"(?P<number>{_DECIMAL})(?P<scale>万亿|千万|百万|十万|亿|万)(?![{_THINGS}])")
_IN_WORDS = re.compile(rf"(?P<number>{_HAN})(?P<unit>元)(?!素|件|旦|宇)")
_PERCENT = re.compile(rf"(?P<number>{_DECIMAL})(?P<sign>[%‰])")
_PERCENT_IN_WORDS = re.compile(
    r"百分之(?P<whole>[零〇一二三四五六七八九十百]+)(?:点(?P<part>[零〇一二三四五六七八九]+))?"
)
_POINTS = re.compile(rf"(?P<number>{_DECIMAL}|{_SMALL})个?百分点")
_TENTHS = re.compile(rf"(?<=的)(?P<number>{_SMALL}|\d)成")
_PART = re.compile(rf"(?P<below>{_SMALL}|\d)分之(?P<above>{_SMALL}|\d)")
_HALF = re.compile(r"(?<=的)一半|全额(?=给予|予以|补|奖|返还|贴)")
_RATIO = re.compile(r"(?P<theirs>\d+(?:\.\d+)?)[:∶比](?P<ours>\d+(?:\.\d+)?)(?=的?比例?|配套|匹配|给予|进行|予以|、|,)")
_MATCHED = re.compile(r"配套|匹配|配比")


def numeral(words: str) -> int:
    """五十万 → 500000; 壹拾伍 → 15."""
    total = section = digit = 0
    for char in words:
        if char in _DIGITS:
            digit = _DIGITS[char]
        elif char in "万亿":
            total = (total + section + digit) * _UNITS[char]
            section = digit = 0
        elif char in _UNITS:
            section += (digit or 1) * _UNITS[char]
            digit = 0
    return total + section + digit


def whole(words: str) -> int:
    """3 or 三."""
    return int(words) if words.isdecimal() else numeral(words)


def fen(number: str, scale: str | None) -> Fen:
    """1.5, 亿 → 15,000,000,000 fen."""
    factor = 1
    for char in scale or "":
        factor *= _UNITS[char]
    return int(Decimal(number.replace(",", "")) * factor * 100)


def numbers(text: str) -> list[Number]:
    """All amounts and rates of `text` (NFKC, simplified, without spaces), in order; none overlaps another."""
    found: list[Number] = []
    for one in sorted((*_ranges(text), *_amounts(text), *_rates(text)), key=lambda one: one.start):
        last = found[-1] if found else None
        if last is None or one.start >= last.end or (one.start, one.end) == (last.start, last.end):
            found.append(one)
    return found


def _ranges(text: str) -> Iterator[Number]:
    for match in _RANGE.finditer(text):
        high = match["high_scale"]
        for value in (fen(match["low"], match["low_scale"] or high), fen(match["high"], high)):
            yield Number("range", value, match[0], *match.span())


def _amounts(text: str) -> Iterator[Number]:
    for match in _MONEY.finditer(text):
        yield Number("money", fen(match["number"], match["scale"]), match[0], *match.span())
    for match in _BARE.finditer(text):
        yield Number("bare_money", fen(match["number"], match["scale"]), match[0], *match.span())
    for match in _IN_WORDS.finditer(text):
        if match["number"][0] not in "万亿千百佰仟零〇" and re.search("[^零〇千百万亿佰仟]", match["number"]):
            yield Number("money", numeral(match["number"]) * 100, match[0], *match.span())


def _rates(text: str) -> Iterator[Number]:
    for match in _PERCENT.finditer(text):
        value = Fraction(Decimal(match["number"].replace(",", ""))) / (1000 if match["sign"] == "‰" else 100)
        yield Number("rate", value, match[0], *match.span())
    for match in _PERCENT_IN_WORDS.finditer(text):
        part = "".join(str(_DIGITS[char]) for char in match["part"] or "")
        value = Fraction(numeral(match["whole"]) * 10 ** len(part) + int(part or 0), 100 * 10 ** len(part))
        yield Number("rate", value, match[0], *match.span())
    for match in _POINTS.finditer(text):
        points = match["number"]
        value = Fraction(numeral(points)) if points in _DIGITS or points == "十" else Fraction(Decimal(points))
        yield Number("points", value / 100, match[0], *match.span())
    for match in _TENTHS.finditer(text):
        yield Number("rate", Fraction(whole(match["number"]), 10), match[0], *match.span())
    for match in _PART.finditer(text):
        if below := whole(match["below"]):
            yield Number("rate", Fraction(whole(match["above"]), below), match[0], *match.span())
    for match in _HALF.finditer(text):
        yield Number("rate", Fraction(1, 2) if match[0] == "一半" else Fraction(1), match[0], *match.span())
    for match in _RATIO.finditer(text):
        theirs = Fraction(match["theirs"])
        if theirs and _MATCHED.search(text[max(0, match.start() - 12) : match.end() + 16]):
            yield Number("ratio", Fraction(match["ours"]) / theirs, match[0], *match.span())
