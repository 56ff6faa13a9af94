"""A draft: rows by sheet, with the columns of policies/workbook/sheets.yaml, and what a person must still decide."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal

from policies.draft.figures import Figure
from policies.money import percent, wan

Confidence = Literal["high", "medium", "low"]
Line = dict[str, str]
SHEETS = ("documents", "clauses", "conditions", "payments", "limits", "source")


@dataclass(frozen=True)
class Doubt:
    """What a person must decide about one row: its sheet and id, the column (empty: the row), how sure the draft is."""

    sheet: str
    row: str
    column: str
    confidence: Confidence
    text: str
    line: int | None = None
    """The row of its sheet that is meant, from 0; None: every row of that id."""


@dataclass
class Draft:
    """The rows by sheet, and the doubts about them in the order of the rows."""

    document: str
    lines: dict[str, list[Line]] = field(default_factory=lambda: {name: [] for name in SHEETS})
    doubts: list[Doubt] = field(default_factory=list)

    def add(self, sheet: str, line: Line) -> None:
        """A row without its empty cells."""
        self.lines[sheet].append({key: value for key, value in ({"document": self.document} | line).items() if value})

    def doubt(
        self, sheet: str, row: str, column: str, confidence: Confidence, text: str, line: int | None = None
    ) -> None:
        self.doubts.append(Doubt(sheet, row, column, confidence, text, line))

    def open_points(self) -> list[Doubt]:
        """The doubts, each once: three tiers that lack the same thing are one point."""
        return list({(one.sheet, one.row, one.column, one.text): one for one in self.doubts}.values())


def amount(figure: Figure) -> str:
    """100万元, 15%."""
    return wan(figure.value) if figure.money else percent(rounded(figure))


def rounded(figure: Figure) -> Fraction:
    """A rate to a hundredth of a percent: 三分之一 is no percentage, and a person must say how it is counted."""
    return Fraction(round(Fraction(figure.value) * 10_000), 10_000)
