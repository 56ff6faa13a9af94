"""How many questions until the answer, is it the right answer, and how long a turn takes."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from dialogs.engine import Engine
from dialogs.events import Event
from dialogs.questions import next_question
from dialogs.session import Session
from policies.as_json import as_json
from policies.assess import Assessor
from policies.loader import library
from policies.profile import read_profile
from tests.bench.driver import Course, InProcess, converse
from tests.bench.tables import Options, Table, against, milliseconds, percentile, spread
from tests.enterprises import PLACES, Enterprise, enterprises

_LAPS = 3
_PAYING = ("baotou", "hohhot", "siyang", "guangxi")
_DRIVERS = (
    (True, "several facts asked at once are answered in one breath"),
    (False, "only the fact that `asks` names is answered, one at a time"),
)
_FIGURES = ("total_yuan", "indicative_yuan", "other_yuan")


@dataclass
class _Seen:
    """What a place's conversations came to."""

    to_settled: list[int] = field(default_factory=list)
    to_end: list[int] = field(default_factory=list)
    first: list[int] = field(default_factory=list)
    right: int = 0
    told: int = 0
    every: int = 0
    unsettled: int = 0

    def add(self, course: Course, right: bool, told: bool) -> None:
        settled, first = course.questions_to_settled, course.first_range
        self.every += 1
        self.right += right
        self.told += told
        self.to_end.append(course.questions)
        if settled is None:
            self.unsettled += 1
        else:
            self.to_settled.append(settled)
        if first is not None:
            self.first.append(first)

    def join(self, other: _Seen) -> None:
        for name in ("to_settled", "to_end", "first"):
            getattr(self, name).extend(getattr(other, name))
        for name in ("right", "told", "every", "unsettled"):
            setattr(self, name, getattr(self, name) + getattr(other, name))


def tables(options: Options) -> list[Table]:
    assessor = Assessor(library())
    people = list(enterprises(600 if options.full else 180, options.seed))
    asked: Counter[str] = Counter()
    times = _Times()
    counted = []
    for breath, how in _DRIVERS:
        seen = {place: _Seen() for place in PLACES}
        for number, one in enumerate(people):
            course = converse(InProcess(assessor, one.as_of), one.profile, one.message, assessor.vocabulary, breath)
            seen[one.place].add(course, _right(assessor, one, course), _as_told(assessor, one, course))
            if breath:
                asked.update(_general(turn["asks"]) for turn in course.turns[1:] if turn["asks"] is not None)
                if number % 3 == 0:
                    times.replay(assessor, one, course)
        counted.append(_counted(seen, how))
    return [*counted, _asked(asked, len(people)), times.table()]


def _right(assessor: Assessor, one: Enterprise, course: Course) -> bool:
    """The conversation ended with the figures that the whole profile gives."""
    told = course.turns[-1]["assessment"]
    profile = read_profile(one.profile, assessor.vocabulary, assessor.clauses)
    wanted = as_json(assessor.assess(profile, one.as_of), assessor.vocabulary, brief=True)
    if told is None:
        return course.finished and all(wanted[name] == "0" for name in _FIGURES)
    return course.finished and all(told[name] == wanted[name] for name in _FIGURES)


def _as_told(assessor: Assessor, one: Enterprise, course: Course) -> bool:
    """The conversation ended with the assessment of the facts it took down."""
    last = course.turns[-1]
    profile = read_profile(last["facts"], assessor.vocabulary, assessor.clauses)
    wanted = as_json(assessor.assess(profile, profile.as_of or one.as_of), assessor.vocabulary)
    return course.finished and last["assessment"] in (None, wanted)


def _general(path: str) -> str:
    return "".join(letter for letter in path if not letter.isdigit()).replace("[]", "")


def _counted(seen: dict[str, _Seen], how: str) -> Table:
    table = Table(
        f"Questions after the first message: {how}",
        (
            *("place", "enterprises", "to the settled answer p50", "p90", "to the report p50", "p90"),
            *("first range p90 (turn)", "as kedui assess on what was told", "as on all", "never settled"),
        ),
    )
    whole, paying = _Seen(), _Seen()
    for place, own in seen.items():
        for one in (whole, paying) if place in _PAYING else (whole,):
            one.join(own)
        table.rows.append((place, *_cells(own)))
    table.rows += [("all", *_cells(whole)), ("the four that pay", *_cells(paying))]
    for name, share, aim in (("median", 50, 6), ("90th percentile", 90, 9)):
        for what, values in (("settled answer", paying.to_settled), ("report", paying.to_end)):
            table.notes.append(f"{name} to the {what} {against(percentile(values, share), aim, 'questions')}")
    table.notes.append(f"first range {against(percentile(paying.first, 90), 3, 'turns')}; the first message is turn 1")
    table.notes.append(
        "settled: from then on both ranges are points; the question put together with that answer is counted"
    )
    table.notes.append("report: when nothing more is asked")
    return table


def _cells(own: _Seen) -> list[str]:
    figures: list[Any] = [own.every]
    figures += [percentile(values, share) for values in (own.to_settled, own.to_end) for share in (50, 90)]
    figures += [percentile(own.first, 90)]
    return [
        *(f"{figure:g}" for figure in figures),
        *(f"{n / own.every:.0%}" for n in (own.told, own.right)),
        str(own.unsettled),
    ]


def _asked(asked: Counter[str], people: int) -> Table:
    table = Table("What is asked most", ("fact", "times in 100 conversations"))
    table.rows += [(path, f"{count * 100 / people:.0f}") for path, count in asked.most_common(15)]
    return table


@dataclass
class _Times:
    """Milliseconds: whole turns, and the choice of the next question beyond the assessment."""

    turns: list[float] = field(default_factory=list)
    first: list[float] = field(default_factory=list)
    choosing: list[float] = field(default_factory=list)
    assessing: list[float] = field(default_factory=list)

    def replay(self, assessor: Assessor, one: Enterprise, course: Course) -> None:
        """The same conversation again and again, with nothing but the engine on the clock; the best of each turn."""
        laps = [list(self._lap(assessor, one, course)) for _ in range(_LAPS)]
        for number, turn in enumerate(zip(*laps, strict=True)):
            whole, assessing, choosing = (min(values) for values in zip(*turn, strict=True))
            self.turns.append(whole)
            self.assessing.append(assessing)
            self.choosing.append(choosing)
            if number == 0:
                self.first.append(whole)

    @staticmethod
    def _lap(assessor: Assessor, one: Enterprise, course: Course) -> Iterator[tuple[float, float, float]]:
        engine, session = Engine(assessor, one.as_of), Session()
        engine.greet(session)
        for text in course.said:
            start = time.perf_counter_ns()
            engine.turn(session, Event(text))
            spent = (time.perf_counter_ns() - start) / 1e6
            profile = read_profile(session.profile(), assessor.vocabulary, assessor.clauses)
            result = assessor.assess(profile, session.as_of or one.as_of)
            assessing = milliseconds(lambda p=profile, d=result.as_of: assessor.assess(p, d))
            yield spent, assessing, milliseconds(lambda r=result: next_question(session, r, assessor))

    def table(self) -> Table:
        table = Table("Time of a turn (ms)", ("", "p50", "p95", "p99"))
        for name, values in (
            ("a whole turn: hear, assess, choose, render", self.turns),
            ("the first message", self.first),
            ("the assessment within", self.assessing),
            ("choosing the next question beyond it", self.choosing),
        ):
            table.rows.append((name, *spread(values)))
        table.notes.append(f"whole turn p95 {against(percentile(self.turns, 95), 10, 'ms')}")
        table.notes.append(f"next question p95 {against(percentile(self.choosing, 95), 0.3, 'ms')}")
        return table
