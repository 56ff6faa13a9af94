"""The report in the terminal: the same findings and numbers as the page, as tables."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence

from bot.analysis.figures import Figures
from bot.analysis.headings import duration, heading, nearest, note, recurring, span, tiles
from bot.analysis.words import say

_ROWS = 12
_BAR = 24
_CELL = 44
"""Columns of a cell, beyond which it is cut."""


def text(figures: Figures) -> str:
    """The whole report."""
    return "\n".join(line.rstrip() for line in _lines(figures)) + "\n"


def _lines(figures: Figures) -> Iterator[str]:
    yield f"{say('title')}　{span(figures)}"
    if figures.synthetic:
        yield say("synthetic")
    if not figures.conversations:
        yield f"{say('empty_title')}。{say('empty')}"
        return
    yield "　".join(f"{number} {label}" for number, label in tiles(figures))
    for name, rows in (
        ("days", _days(figures)),
        ("funnel", _funnel(figures)),
        ("open", _open(figures)),
        ("questions", [(s.count, s.wording, s.by) for s in figures.subjects[:_ROWS]]),
        ("entries", [(e.again, e.ask, e.id, e.example) for e in figures.entries if e.again][:_ROWS]),
        ("unclear", [(count, label, "；".join(words[:4])) for label, count, words in figures.unclear[:_ROWS]]),
        ("cover", [(count, name) for name, count in [*figures.regions[:_ROWS], *figures.industries[:_ROWS]]]),
        ("totals", _totals(figures)),
    ):
        yield ""
        yield f"■ {heading(figures, name)}"
        said = note(figures, name)
        if said:
            yield f"  {said}"
        yield from _table(rows)


def _days(figures: Figures) -> Iterator[Sequence[object]]:
    most = max(day.conversations for day in figures.days)
    for day in figures.days:
        if day.conversations:
            done = round(_BAR * day.completed / most)
            rest = round(_BAR * day.conversations / most) - done
            yield f"{day.day:%m-%d}", day.conversations, day.completed, "█" * done + "░" * rest


def _funnel(figures: Figures) -> Iterator[Sequence[object]]:
    yield [say(f"funnel_{head}") for head in ("question", "asked", "answered", "skipped", "moved", "left", "seconds")]
    for step in figures.steps[: 2 * _ROWS]:
        yield step.label, step.asked, step.answered, step.skipped, step.moved, step.left, duration(step.seconds)


def _open(figures: Figures) -> Iterator[Sequence[object]]:
    for one in recurring(figures):
        where = "，".join(f"{label} {count}" for label, count in one.points[:2])
        yield one.cluster.code, one.cluster.count, "；".join(one.cluster.wordings[:3]), where, nearest(one)


def _totals(figures: Figures) -> Iterator[Sequence[object]]:
    yield say("totals_span"), say("totals_firm"), say("totals_apart")
    for number, pair in enumerate(zip(figures.totals["firm"], figures.totals["apart"], strict=True)):
        yield say(f"bucket_{number}"), *pair


def _table(rows: Iterable[Sequence[object]]) -> Iterator[str]:
    cells = [[_cut(str(cell)) for cell in row] for row in rows]
    widths = [max(_width(row[n]) for row in cells if n < len(row)) for n in range(max(map(len, cells), default=0))]
    for row in cells:
        yield "  " + "  ".join(cell + " " * (widths[n] - _width(cell)) for n, cell in enumerate(row))


def _cut(cell: str) -> str:
    if _width(cell) <= _CELL:
        return cell
    while _width(cell) > _CELL - 1:
        cell = cell[:-1]
    return cell + "…"


def _width(cell: str) -> int:
    return sum(2 if unicodedata.east_asian_width(letter) in "WFA" else 1 for letter in cell)
