"""What a sentence was heard to say: typed values, each with the user's own words, bound to projects and recognitions.

Values are canonical (docs/reference/facts.md): money is `Decimal` yuan, a date `date`, a place its six digits,
several choices a list. Only what was told is there; absent is not known, never no.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any


@dataclass
class Told:
    """One told fact; `start` and `end` are offsets in the text given to `hear` (-1: implied, not said in one place)."""

    value: Any
    words: str
    approx: bool = False
    start: int = -1
    end: int = -1


@dataclass
class HeardLine:
    """A spending line: any one of `activities`, and its amount."""

    activities: Told | None = None
    amount: Told | None = None


@dataclass
class HeardProject:
    """One project: its facts by name, its spending lines, and whether the words say that it is yet to be done."""

    facts: dict[str, Told] = field(default_factory=dict)
    lines: list[HeardLine] = field(default_factory=list)
    planned: bool = False


@dataclass
class HeardRecognition:
    """A recognition: its kind, and level, obtained_on, first_time, recognised_by where told."""

    kind: str
    facts: dict[str, Told] = field(default_factory=dict)
    words: str = ""
    planned: bool = False


@dataclass
class HeardAward:
    """Money from elsewhere: level, amount_yuan, year, status (received, eligible), recognition where told."""

    facts: dict[str, Told] = field(default_factory=dict)
    words: str = ""


@dataclass(frozen=True)
class Doubt:
    """Words that can be meant in several ways: ask which of `options` (value, label).

    `about` is region, money, date, level, industries, activities or kind; `code` says why: ambiguous, typo, range,
    unit, spread, foreign_money, malformed, several, year (10月, said in June: of which year?). `where` is the path of the
    fact within this `Heard` (projects[0].spending[1].amount_yuan), or "" where it belongs to no one fact.
    """

    about: str
    words: str
    options: tuple[tuple[Any, str], ...]
    code: str
    where: str = ""


@dataclass
class Heard:
    """All that a free sentence tells."""

    enterprise: dict[str, Told] = field(default_factory=dict)
    projects: list[HeardProject] = field(default_factory=list)
    recognitions: list[HeardRecognition] = field(default_factory=list)
    awards: list[HeardAward] = field(default_factory=list)
    none_of: set[str] = field(default_factory=set)
    """What was told not to exist: recognitions, projects, other_awards, loan, spending."""
    doubts: list[Doubt] = field(default_factory=list)
    amounts: list[Told] = field(default_factory=list)
    """Money that binds to nothing that was said: it may answer what was asked."""
    dates: list[tuple[date, str]] = field(default_factory=list)
    """Dates that bind to nothing that was said, with their words."""
    uncounted: list[str] = field(default_factory=list)
    """Spending on what no clause names, in the user's words: ERP 50万."""
    accounts: dict[str, str] = field(default_factory=dict)
    """Figures of the firm's books that are nothing a policy counts: the word (营收), and what was said of it."""
    aimed: list[str] = field(default_factory=list)
    """Recognitions that are only hoped for, in the user's words: 4A两化融合 of 准备拿4A两化融合."""
    used: list[tuple[int, int]] = field(default_factory=list)
    rest: str = ""
    """What was not understood, parts joined by spaces."""
    correction: bool = False
    question: bool = False

    def clear(self) -> None:
        """Forget it all: the message meant something else."""
        self.__init__()  # type: ignore[misc]  # a fresh dataclass

    @property
    def empty(self) -> bool:
        """Whether nothing typed was heard: no fact, no absence, no doubt, no stray amount or date."""
        told = self.enterprise or self.projects or self.recognitions or self.awards or self.none_of
        return not (told or self.doubts or self.amounts or self.dates)
