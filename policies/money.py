"""Exact money and rates.

Money inside the program is in **fen**, as `int` or, between steps, as `Fraction`; rates are `Fraction`.
No binary float touches either. Amounts are rounded **down** to the fen, once, at the end of a line:
a text that says 不超过 may never be exceeded by rounding.
"""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from functools import lru_cache

Fen = int | Fraction

LARGEST_YUAN = 10**13
"""Amounts of ten thousand 亿 and more are refused: nobody's project, somebody's slip."""

_PERCENT = re.compile(r"^\s*(\d+(?:\.\d+)?)\s*[%％]\s*$")


def fen(value: object) -> Fen:
    """Yuan as int, Decimal or decimal string, to fen, exactly.

    Raises ValueError for floats, NaN, infinities and text that is no number.
    """
    if isinstance(value, bool | float):
        raise ValueError("不是精确的数")
    if isinstance(value, int):
        return value * 100
    if isinstance(value, str):
        text = value.strip()
        if len(text) > 40 or not re.fullmatch(r"[+-]?\d+(\.\d*)?|[+-]?\.\d+", text):
            raise ValueError("不是数字")
        value = Decimal(text)
    if isinstance(value, Decimal):
        if not value.is_finite() or abs(value.adjusted()) > 40:
            raise ValueError("不是有限的数")
        exact = Fraction(value) * 100
        return exact.numerator if exact.denominator == 1 else exact
    raise ValueError("不是数字")


def exact_number(value: object) -> int | Fraction:
    """A number of pieces, months, square metres, exactly. Raises ValueError."""
    if isinstance(value, bool | float) or not isinstance(value, int | str | Decimal | Fraction):
        raise ValueError("不是精确的数")
    try:
        found = Fraction(value)
    except (ValueError, ZeroDivisionError, OverflowError) as error:
        raise ValueError("不是数字") from error
    return found.numerator if found.denominator == 1 else found


def rate(value: object) -> Fraction:
    """A rate such as `15%`, `0.15` or `1/3`, exactly. Raises ValueError."""
    if isinstance(value, bool | float):
        raise ValueError("不是精确的比例")
    if isinstance(value, str):
        match = _PERCENT.match(value)
        if match:
            return Fraction(match[1]) / 100
    try:
        if isinstance(value, int | str | Decimal | Fraction):
            return Fraction(value)
        raise TypeError
    except (ValueError, TypeError, InvalidOperation, ZeroDivisionError) as error:
        raise ValueError("不是比例，应写成 15% 这样") from error


def floor_fen(value: Fen) -> int:
    """Round down to the fen."""
    return value if isinstance(value, int) else value.numerator // value.denominator


def yuan(value: Fen) -> str:
    """Fen as a decimal string in yuan: no exponent, at most two decimals, none where they are zero; rounded down."""
    whole = floor_fen(value)
    sign, whole = ("-", -whole) if whole < 0 else ("", whole)
    units, cents = divmod(whole, 100)
    if not cents:
        return f"{sign}{units}"
    return f"{sign}{units}.{cents:02d}".rstrip("0")


def exact_yuan(value: Fen) -> str:
    """Fen as yuan without rounding where the decimals end; six places and 「…」 where they do not."""
    if isinstance(value, int):
        return yuan(value)
    exact = value / 100
    denominator = exact.denominator
    while denominator % 2 == 0:
        denominator //= 2
    while denominator % 5 == 0:
        denominator //= 5
    if denominator == 1:
        text = format(Decimal(exact.numerator) / Decimal(exact.denominator), "f")
        return text.rstrip("0").rstrip(".") if "." in text else text
    scaled = exact.numerator * 10**6 // exact.denominator
    return f"{scaled // 10**6}.{scaled % 10**6:06d}…"


def number_text(value: int | Fraction) -> str:
    """A number for people, exact where its decimals end: `36`, `1.5`."""
    return exact_yuan(value * 100)


def wan(value: Fen) -> str:
    """Fen for people: in 万元 from ten thousand yuan on, in 元 below: `120万元`, `49.999999万元`, `8000元`."""
    whole = floor_fen(value)
    if abs(whole) < 10**6:
        return f"{yuan(whole)}元"
    sign, whole = ("-", -whole) if whole < 0 else ("", whole)
    units, rest = divmod(whole, 10**6)
    decimals = f".{rest:06d}".rstrip("0") if rest else ""
    return f"{sign}{units}{decimals}万元"


@lru_cache(maxsize=1024)
def percent(value: Fraction) -> str:
    """A rate for people: `15%`, `0.5%`."""
    return exact_yuan(value * 10000) + "%"
