"""What matching finds: `Matched`, a document met with a profile, and its `Entry`s, each one clause (or tier) on one object."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from policies.amounts import OPEN, exactly
from policies.conditions import Subject, Test, Verdict
from policies.eligibility import Status, window_of
from policies.model import Reduction
from policies.money import Fen
from policies.profile import Project
from policies.rules import Rule, Rules

LineKey = tuple[int, int]
"""Project index and line index."""


@dataclass(slots=True)
class Entry:
    """One clause (or tier) on one object. Amounts are in fen, before limits across clauses.

    `lines` are the spending lines it may take; `unknown` the paths of the facts that keep an open verdict open.
    """

    rules: Rules
    rule: Rule
    subject: Subject
    verdict: Verdict
    reason: str = ""
    failed: Test | None = None
    in_text: str = ""
    """Of a document out of force: the reason that its text alone gives, where it gives one."""
    unknown: set[str] = field(default_factory=set)
    planned: bool = False
    lines: dict[LineKey, Fen] = field(default_factory=dict)
    needs_line: bool = False
    free_spend: Fen = 0
    """Spending that no told line carries: OPEN while a project's spending is not known."""
    detached: bool = False

    @property
    def project(self) -> Project | None:
        return self.subject.project

    @property
    def key(self) -> tuple[str, str | None, int | None]:
        """Clause, project id, recognition index: how the entry is reported."""
        project = self.subject.project.id if self.subject.project else None
        recognition = self.subject.recognition.index if self.subject.recognition else None
        return self.rule.id, project, recognition

    def sure(self) -> list[LineKey]:
        """The lines that are certainly its to take, with a told amount where that counts."""
        lines = self.subject.project.lines if self.subject.project is not None else None
        if not lines:
            return []
        counts = self.rule.formula is not None and self.rule.formula.uses_spending
        return [
            key
            for key, amount in self.lines.items()
            if lines[key[1]].activities is not None and not (counts and amount == OPEN)
        ]

    def amount(self, taken: Iterable[LineKey] | None = None, high: bool = False) -> Fen:
        """What it pays with the lines `taken` (None: all), under its own ceiling; 0 where that is not known."""
        formula = self.rule.formula
        if formula is None:
            return 0
        keys = self.lines if taken is None else taken
        spend: Fen = self._free(high)
        count = 0
        for key in keys:
            spend += self.lines[key]
            count += 1
        if self.needs_line and not count and not spend:
            return 0
        found = formula.run(self.subject, spend, high)
        if found is None:
            return 0
        for bound in self.rule.bounds:
            ceiling = bound.run(self.subject)
            if ceiling is not None:
                found = min(found, ceiling)
            elif not high:
                found = min(found, bound.sure(self.subject))
        return exactly(found)

    def settled(self) -> bool:
        """Nothing unknown can move what it pays."""
        return self.amount(self.sure()) == self.amount(high=True) or self.at_ceiling()

    def at_ceiling(self) -> bool:
        """What is certain reaches a ceiling of its own clause: unknown money could only add to it."""
        formula, rules = self.rule.formula, self.rules
        if formula is None or formula.uses_spending:
            return False
        bounds = (*rules.clause_bounds[self.rule.clause.id], *rules.tier_bounds.get(self.rule.id, ()))
        certain = self.amount(self.sure()) if bounds else 0
        ceilings = [bound.run(self.subject) for bound in bounds]
        return certain > 0 and any(ceiling is not None and certain >= ceiling for ceiling in ceilings)

    def _free(self, high: bool) -> Fen:
        """The spending that no told line carries: none that is certain while the lines or their total are not known."""
        open_ = self.rule.clause.or_base and self.free_spend == OPEN and self.project is not None and self.project.lines
        return 0 if open_ and not high else self.free_spend

    def spend(self, taken: Iterable[LineKey] | None = None) -> Fen:
        return sum((self.lines[key] for key in (self.lines if taken is None else taken)), 0) + self.free_spend


@dataclass(slots=True)
class Matched:
    """A document met with a profile: whether it applies (None: open), its status, its entries, its factor."""

    rules: Rules
    applies: Verdict
    status: Status
    award_day: date
    entries: list[Entry] = field(default_factory=list)
    factor: list[tuple[Reduction, Verdict]] = field(default_factory=list)

    @property
    def last_day(self) -> date | None:
        """The last day on which a planned completion or recognition still counts; None: no end."""
        document = self.rules.document
        _, end = window_of(document)
        if not document.yearly:
            return end
        last = date(self.award_day.year, 12, 31)
        return last if end is None else min(end, last)
