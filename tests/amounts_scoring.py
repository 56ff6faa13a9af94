"""Scores `find_amounts` on public collections: right, asked back, or silently wrong.

Silently wrong is a definite value that differs, or anything definite where nothing may be
found (in rows of the money collections: anything with a sense of money). Counting a thing
back to its owner (9000台) is no amount of money.
"""

from decimal import Decimal
from typing import Any

from dialogs.understand.amounts import Amount, find_amounts

MONEY_SOURCES = ("rt.CurrencyModel", "jionlp.money")


def score(row: dict[str, Any]) -> str:
    """right, asked or wrong for one row of `data/amounts.jsonl`."""
    found = find_amounts(row["text"])
    if row["kind"] == "none":
        money_only = row["source"].startswith(MONEY_SOURCES)
        stray = [a for a in found if a.value is not None and (a.is_money or not money_only)]
        return "wrong" if stray else "right"
    verdicts, at = [], 0
    level = _level(row["text"])
    for span in row["spans"]:
        start = level.find(_level(span["text"]), at)
        end = start + len(span["text"])
        at = end if start >= 0 else at
        near = [a for a in found if start < 0 or (a.start < end and start < a.end)]
        verdicts.append(_span(span, near))
    return max(verdicts, key=["right", "asked", "wrong"].index)


def _level(text: str) -> str:
    return "".join(chr(ord(c) - 0xFEE0) if 0xFF01 <= ord(c) <= 0xFF5E else c for c in text)


def _span(span: dict[str, Any], near: list[Amount]) -> str:
    """One expected span against the amounts that overlap it."""
    bounds = _bounds(span)
    if bounds is None:
        expected = Decimal(span["value"])
        if any(a.value is not None and _same(a.value, expected) for a in near):
            return "right"
        if any(a.value is not None for a in near):
            return "wrong"
        return "right" if any(a.doubt == "range" and a.low == expected for a in near) else "asked"
    if any(a.value is not None for a in near):
        return "wrong"
    low, high = bounds
    matches = [a for a in near if (low is None or a.low == low) and (high is None or a.high == high)]
    return "right" if any(a.low is not None if low is not None else a.low is None for a in matches) else "asked"


def _same(value: Decimal, expected: Decimal) -> bool:
    """Equal; a fraction to the fifteen digits that the collection prints (52.3333333333333)."""
    return value == expected or (len(expected.as_tuple().digits) >= 15 and abs(value - expected) < Decimal("1e-12"))


def _bounds(span: dict[str, Any]) -> tuple[Decimal | None, Decimal | None] | None:
    if "interval" in span:
        low, high = span["interval"].strip("[]()").split(",")
        return (Decimal(low) if low else None), (Decimal(high) if high else None)
    if span.get("lo") is not None:
        return Decimal(span["lo"]), Decimal(span["hi"])
    if span.get("op") == "under":
        return None, Decimal(span["value"])
    if span.get("op") == "above":
        return Decimal(span["value"]), None
    if span.get("op") == "between":
        return Decimal(span["value"]), Decimal(span["hi"])
    return None
