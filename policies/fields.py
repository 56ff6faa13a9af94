"""What a cell of a table may hold: exact money and rates, days, text; and the strict row that all rows are."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict

from policies.money import fen, percent, rate


def _date(value: object) -> object:
    if isinstance(value, str):
        try:
            return date.fromisoformat(value)
        except ValueError as error:
            raise ValueError(f"日期 {value[:20]} 不对，应写成 2025-06-30 这样") from error
    return value


def _text(value: object) -> object:
    return str(value) if isinstance(value, int | Decimal) and not isinstance(value, bool) else value


def _amount(value: object) -> object:
    found = fen(value)
    if found < 0:
        raise ValueError("金额不能是负数")
    return found


def _share(value: object) -> object:
    found = rate(value)
    if not 0 <= found <= 1:
        raise ValueError(f"比例 {percent(found)} 不在 0 到 100% 之间，应写成 15% 这样")
    return found


def _factor(value: object) -> object:
    found = rate(value)
    if not 0 <= found <= 10:
        raise ValueError(f"比例 {percent(found)} 不在 0 到 1000% 之间，应写成 90% 或 120% 这样")
    return found


def _count(value: object) -> object:
    if isinstance(value, Decimal) and value.is_finite() and abs(value.adjusted()) < 12:
        value = Fraction(value)
        value = value.numerator if value.denominator == 1 else value
    if isinstance(value, bool) or not isinstance(value, int | Fraction) or not 0 < value < 10**12:
        raise ValueError("应是大于 0 的数，如 36 或 1.5")
    return value


Count = Annotated[Any, BeforeValidator(_count)]
"""A number of months, square metres, percent: an int, or a Fraction where it has decimals."""


Money = Annotated[Any, BeforeValidator(_amount)]
"""Yuan in the table, fen (int or Fraction) in the program."""


Rate = Annotated[Any, BeforeValidator(_share)]
"""A share, at most 100%: 15 for 15% is a slip."""


Factor = Annotated[Any, BeforeValidator(_factor)]


Day = Annotated[date, BeforeValidator(_date)]


Text = Annotated[str, BeforeValidator(_text)]


Applicant = Literal["enterprise", "institution", "local_government"]


Body = Literal["county", "city", "province", "national"]


class Row(BaseModel):
    """A row of a table: unknown keys are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True, arbitrary_types_allowed=True)
