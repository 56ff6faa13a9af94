"""What a person writes into a cell: amounts, rates, days, yes or no, lists. Exact, or refused with a sentence.

A cell's value is text, a number, a day or a yes-no, as the spreadsheet keeps it. Numbers in a spreadsheet are binary:
0.29 is kept as the double nearest to it, whose shortest decimal form is 0.29 again. So a number is read through that
form, and refused when it needs more than 15 digits: then a person never typed it.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

from policies.canonical import number, plain_number, rate_text
from policies.money import LARGEST_YUAN

DIGITS = 15
"""Significant digits that a spreadsheet keeps exactly."""
BARE = 10000
"""A number without a unit below this may be 元 or 万元: refused."""

_UNITS = {"": 1, "千": 10**3, "万": 10**4, "百万": 10**6, "千万": 10**7, "亿": 10**8, "万亿": 10**12}
_AMOUNT = re.compile(
    r"(?:人民币|¥|RMB)?((?:\d+(?:\.\d+)?(?:万亿|千万|百万|千|万|亿)?)+)(元|圆|块钱?|RMB)?整?", re.IGNORECASE
)
_PART = re.compile(r"(\d+(?:\.\d+)?)(万亿|千万|百万|千|万|亿)?")
_DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:0{1,2}:00(?::00)?)?|(\d{4})(\d{2})(\d{2})")
_SPLIT = re.compile(r"[；;\n]+")


class BadCell(ValueError):
    """What is wrong with a cell, and what would be right."""

    def __init__(self, text: str, remedy: str) -> None:
        super().__init__(text)
        self.text, self.remedy = text, remedy


@dataclass(frozen=True)
class Cell:
    """One cell: its value, its number format (which may carry a unit or a percent sign), its place."""

    value: object
    form: str = ""
    ref: str = ""

    @property
    def empty(self) -> bool:
        return self.value is None or (isinstance(self.value, str) and not plain(self.value))


def plain(text: str) -> str:
    """Text without white space around it; line ends as one kind."""
    return text.replace("\r\n", "\n").replace("\r", "\n").strip().strip("\u3000\u200b\ufeff").strip()


def narrow(text: str) -> str:
    """For numbers, days and ids: one width, no white space, no thousands separators."""
    text = "".join(unicodedata.normalize("NFKC", text).split())
    return re.sub(r"(?<=\d)[,，'](?=\d{3}(?!\d))", "", text)


def exact(value: object) -> Decimal:
    """A spreadsheet's number as a decimal. Raises BadCell when it cannot be told exactly."""
    digits = Decimal(repr(value))
    if not digits.is_finite() or len(digits.normalize().as_tuple().digits) > DIGITS:
        raise BadCell(f"数 {value!r} 的位数太多，表格程序里已不准确", "改成文字格式，写出准确的数")
    return digits


def text(cell: Cell) -> str:
    """Text as it stands; a whole number as its digits. Raises BadCell for a day (a spreadsheet makes 4-2 a day)."""
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, date):
        raise BadCell("这一格被表格程序改成了日期", "把单元格格式设为“文本”，再重新写")
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, str):
        return plain(value)
    digits = exact(value)
    return f"{(digits * 100).normalize():f}%" if "%" in cell.form else f"{digits.normalize():f}"


def money(cell: Cell) -> int | Decimal:
    """An amount in yuan: 100万元, 100 万, 1,000,000, １００万元, or a number whose format shows 元 or 万元."""
    value = cell.value
    if isinstance(value, bool | date) or value is None:
        raise BadCell(f"{shown(cell)} 不是金额", "写成 100万元 或 500000元")
    if isinstance(value, str):
        return _amount(value)
    units = [unit for unit in ("亿", "千万", "百万", "万") if unit in cell.form]
    if units or "元" in cell.form:
        return _yuan(Fraction(exact(value)) * _UNITS[units[0] if units else ""])
    return _amount(format(exact(value), "f"))


def _amount(words: str) -> int | Decimal:
    squeezed = narrow(words)
    match = _AMOUNT.fullmatch(squeezed)
    if match is None:
        raise BadCell(f"“{words[:20]}”不是金额", "用阿拉伯数字写明单位：100万元 或 500000元")
    parts = [(Fraction(digits), _UNITS[unit or ""]) for digits, unit in _PART.findall(match[1])]
    sizes = [size for _, size in parts]
    clear = sizes == sorted(sizes, reverse=True) and len(set(sizes)) == len(sizes)
    if not clear or (len(sizes) > 1 and sizes[-1] == 1 and not match[2]):  # 5万3 is 53000 to some and 50003 to others
        raise BadCell(f"“{words[:20]}”不是金额", "用阿拉伯数字写明单位：100万元 或 500000元")
    total = sum((digits * size for digits, size in parts), Fraction(0))
    if not match[2] and sizes == [1] and 0 < total < BARE:
        raise BadCell(f"{words[:20]} 没有单位，不知道是元还是万元", f"写成 {squeezed}万元 或 {squeezed}元")
    return _yuan(total)


def _yuan(total: Fraction) -> int | Decimal:
    if total >= LARGEST_YUAN:
        raise BadCell("金额大得不合理", "核对单位，写成 100万元 这样")
    fen = total * 100
    return number(fen.numerator if fen.denominator == 1 else fen)


def rate(cell: Cell) -> str:
    """A rate as `15%`: 15%, 0.15, １５％, 百分之15, 1/3, or a number shown with a percent sign."""
    value = cell.value
    if isinstance(value, bool | date) or value is None:
        raise BadCell(f"{shown(cell)} 不是比例", "写成 15% 这样")
    words = narrow(value) if isinstance(value, str) else format(exact(value), "f")
    percent = re.fullmatch(r"(?:百分之)?(\d+(?:\.\d+)?)%?", words)
    fraction = re.fullmatch(r"(\d{1,6})/([1-9]\d{0,5})", words)
    if fraction:
        return rate_text(Fraction(int(fraction[1]), int(fraction[2])))
    if percent is None:
        raise BadCell(f"“{words[:20]}”不是比例", "写成 15% 这样")
    told = Fraction(percent[1])
    if "%" in words or "百分之" in words:
        return rate_text(told / 100)
    if told > 1 and "%" not in cell.form:
        raise BadCell(f"{words} 没有百分号", f"写成 {words}% 这样")
    return rate_text(told)


def whole(cell: Cell) -> int:
    """A whole number: 5, ５, 5家."""
    match = re.fullmatch(r"(\d{1,12})(?:\.0+)?[^\d.,%万亿]{0,4}", narrow(text(cell)))
    if match is None:
        raise BadCell(f"“{shown(cell)}”不是整数", "写成 5 这样")
    return int(match[1])


def decimal(cell: Cell) -> int | Decimal:
    """A number that may have decimals: 12.5, 12.5亩, 3.6%."""
    match = re.fullmatch(r"(\d{1,12}(?:\.\d{1,6})?)[^\d.,万亿]{0,4}", narrow(text(cell)))
    if match is None:
        raise BadCell(f"“{shown(cell)}”不是数", "写成 12.5 这样")
    return plain_number(match[1])


def day(cell: Cell) -> str:
    """A day as 2025-06-30: a real date, 2025/6/30, 2025年6月30日, 20250630."""
    value = cell.value
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    words = narrow(text(cell))
    match = _DAY.fullmatch(words)
    if match is not None:
        year, month, number_ = (int(part) for part in match.groups() if part is not None)
        try:
            return date(year, month, number_).isoformat()
        except ValueError:
            raise BadCell(f"没有 {words[:20]} 这一天", "核对日期，写成 2025-06-30 这样") from None
    if isinstance(value, int) and not isinstance(value, bool) and 36000 < value < 80000:
        likely = date(1899, 12, 30) + timedelta(days=value)
        raise BadCell(f"{value} 是表格程序的日期序号", f"是 {likely.isoformat()} 的话，写成这样")
    raise BadCell(f"“{words[:20]}”不是日期", "写成 2025-06-30 这样")


def yesno(cell: Cell) -> bool:
    """是 or 否."""
    words = str(cell.value).strip().lower() if not isinstance(cell.value, str) else narrow(cell.value).lower()
    if words in ("是", "√", "✓", "✔", "对", "有", "y", "yes", "true", "1"):
        return True
    if words in ("否", "×", "✗", "不是", "无", "没有", "n", "no", "false", "0"):
        return False
    raise BadCell(f"“{words[:20]}”不是“是”或“否”", "写是或否")


def parts(words: str) -> list[str]:
    """A list in a cell: items set apart by ； or on lines of their own."""
    return [item for item in (plain(part) for part in _SPLIT.split(words)) if item]


def ids(words: str) -> list[str]:
    """Ids in a cell, set apart by anything that is no part of an id."""
    return [item for item in re.split(r"[；;、，,\s]+", unicodedata.normalize("NFKC", words)) if item]


def phrases(words: str) -> list[str]:
    """Phrases set apart by 、 or on lines of their own; one in 「」 may hold any of these."""
    found = re.findall(r"「([^」]*)」|([^、；;\n]+)", words)
    return [item for item in (plain(quoted or bare) for quoted, bare in found) if item]


def join_phrases(items: list[str]) -> str:
    return "、".join(f"「{item}」" if re.search(r"[、；;\n「」]", item) else item for item in items)


def shown(cell: Cell) -> str:
    """A cell's value for a sentence about it."""
    return str(cell.value)[:20]


def amount_text(yuan: int | Decimal) -> str:
    """An amount for a cell: 万元 where it has at most two decimals in 万元, else 元."""
    exact_yuan = Fraction(yuan)
    tens = exact_yuan / 10**4
    if exact_yuan >= 10**4 and (tens * 100).denominator == 1:
        return f"{_decimal(tens)}万元"
    return f"{_decimal(exact_yuan)}元"


def _decimal(value: Fraction) -> str:
    words = format(Decimal(value.numerator) / Decimal(value.denominator), "f")
    return words.rstrip("0").rstrip(".") if "." in words else words
