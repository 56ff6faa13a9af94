"""Dates as people type them: 去年底, 上个月, 2025年6月, 25/6, 明年上半年 (`find_dates`)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class DateMention:
    """A date in running text: a month is its last day, a year its 31 December (contract §5).

    `doubt` is "" or a reason to ask: coarse (a season, a half: the value is its last day), bad (30 February: no value).
    """

    start: int
    end: int
    text: str
    value: date | None
    month_only: bool = False
    year_only: bool = False
    doubt: str = ""
    future: bool = False


def find_dates(text: str, today: date) -> list[DateMention]:
    """All dates in the text, in order, none overlapping."""
    return []
