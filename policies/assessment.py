"""The result of an assessment: the figures, the lines of the plan, what is refused, what is still open."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from policies.binding import Bundle
from policies.entries import Entry, Matched
from policies.money import Fen
from policies.problem import Plan
from policies.profile import Award, Profile


class Solved(NamedTuple):
    """An optimisation problem with what stands behind its rows, and the best plan for it."""

    bundle: Bundle
    plan: Plan


@dataclass(slots=True)
class Line:
    """One line of the plan: what an entry pays, in fen, rounded down."""

    entry: Entry
    matched: Matched
    amount: int
    exact: Fen
    alone: Fen
    taken: frozenset[Any]
    status: str
    had: Fen = 0
    """Money had elsewhere, or earlier under the same clause, that this line leaves out."""


@dataclass(slots=True)
class Refusal:
    """A clause that pays nothing: the reason code, what it would pay alone (fen), and what stands in its way."""

    entry: Entry
    matched: Matched
    reason: str
    alone: int | None
    tie: Any = None
    rival: Entry | None = None


@dataclass(slots=True)
class Assessment:
    """The result. Amounts in fen; `high` None: open. `missing` in the order worth asking."""

    profile: Profile
    as_of: date
    total: int = 0
    high: int | None = 0
    indicative: int = 0
    indicative_high: int | None = 0
    other: int = 0
    exact: bool = True
    contested: bool = False
    """Money that can be had elsewhere is in the plan, and a missing fact could still move the choice."""
    lines: list[Line] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    unquantified: list[tuple[Entry, Matched]] = field(default_factory=list)
    documents: list[Matched] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    stakes: dict[str, tuple[float, float]] = field(default_factory=dict)
    open_entries: list[tuple[Entry, Matched]] = field(default_factory=list)
    external: list[Award] = field(default_factory=list)
    firm: Solved | None = None
    """The documents in force together."""
    apart: Solved | None = None
    """Those whose money is shown apart, together with those in force where the two exclude each other."""

    def solved(self, one: Matched) -> Solved | None:
        """The problem that a document's entries are in, and its plan."""
        return self.firm if one.status == "in_force" else self.apart

    @property
    def settled(self) -> bool:
        """Nothing missing can change either figure."""
        return self.high == self.total and self.indicative_high == self.indicative and not self.contested
