"""Readable tables, percentiles and timings."""

from __future__ import annotations

import time
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Options:
    """What the command line asks for."""

    full: bool = False
    seed: int = 1


@dataclass
class Table:
    """One table: columns, rows of text, and what a reader must know to judge the figures."""

    title: str
    columns: Sequence[str]
    rows: list[Sequence[str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        lines = [self.columns, *self.rows]
        widths = [max(_width(line[n]) for line in lines if n < len(line)) for n in range(len(self.columns))]
        out = [f"## {self.title}", ""]
        for number, line in enumerate(lines):
            out.append(
                "  ".join(_pad(cell, width, n == 0) for n, (cell, width) in enumerate(zip(line, widths, strict=False)))
            )
            if number == 0:
                out.append("  ".join("-" * width for width in widths))
        return "\n".join([*(line.rstrip() for line in out), *(f"  {note}" for note in self.notes), ""])


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def _pad(text: str, width: int, left: bool) -> str:
    space = " " * (width - _width(text))
    return text + space if left else space + text


def percentile(values: Iterable[float], share: int) -> float:
    """The value that `share` per cent do not exceed (nearest rank)."""
    ordered = sorted(values)
    return ordered[max(0, -(-len(ordered) * share // 100) - 1)] if ordered else 0.0


def milliseconds(work: Callable[[], Any], times: int = 1) -> float:
    """The shortest of some runs: what the work takes when nothing else wants the processor."""
    best = 0
    for _ in range(times):
        start = time.perf_counter_ns()
        work()
        spent = time.perf_counter_ns() - start
        best = spent if not best else min(best, spent)
    return best / 1e6


def spread(values: Sequence[float]) -> list[str]:
    """p50, p95, p99 in milliseconds."""
    return [f"{percentile(values, share):.3f}" for share in (50, 95, 99)]


def against(value: float, aim: float, unit: str) -> str:
    """`0.42 ms (aim 1 ms: held)`."""
    return f"{value:.3g} {unit} (aim {aim:g} {unit}: {'held' if value <= aim else 'MISSED'})"
