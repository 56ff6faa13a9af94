"""Conversations in process, and an interviewee who answers each question from a profile (docs/reference/conversation.md).

`Talk` is one conversation with the engine, no terminal between. `Interviewee` knows the complete profile of an enterprise
and answers what is asked, one fact at a time: canonical values, activities pressed as a list, kinds pressed, lists closed
with 没有 or 没有了, and 不知道 for what the profile does not say.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from functools import lru_cache
from typing import Any

from dialogs.engine import Engine
from dialogs.events import Event, Turn
from dialogs.paths import get
from dialogs.session import Session
from policies.as_json import as_json
from policies.assess import Assessor
from policies.assessment import Assessment
from policies.loader import library
from policies.profile import read_profile

Data = dict[str, Any]

UNKNOWN = "不知道"
BAOTOU = date(2025, 6, 30)
"""A day on which the Baotou policy is in force."""
START = "我们公司在包头稀土高新区，做稀土永磁，2025年3月上了MES系统，总投资800万，拿了两化融合3A，2025年5月取得"
LISTS = re.compile(r"projects|recognitions|other_awards|projects\[\d+\]\.spending")
BOUND = 120
"""Questions after which a conversation counts as endless."""


@lru_cache
def assessor() -> Assessor:
    return Assessor(library())


def assess(facts: Data, on: date) -> Assessment:
    """What `kedui assess` makes of a profile."""
    profile = read_profile(facts, assessor().vocabulary, assessor().clauses)
    return assessor().assess(profile, profile.as_of or on)


def shown(result: Assessment) -> Data:
    """An assessment as programs read it."""
    return as_json(result, assessor().vocabulary)


def figures(result: Assessment) -> tuple[int, int, int]:
    """Total, indicative and other, in fen."""
    return result.total, result.indicative, result.other


class Talk:
    """One conversation: what is said goes in, the last turn stays at hand."""

    def __init__(self, on: date, contact: str | None = None) -> None:
        self.on, self.engine, self.session = on, Engine(assessor(), on, contact), Session()
        self.turn: Turn = self.engine.greet(self.session)

    def say(self, text: str) -> Turn:
        return self.take(Event(text))

    def press(self, value: Any) -> Turn:
        return self.take(Event("", value))

    def edit(self, number: int, text: str) -> Turn:
        """The message of turn `number`, written anew."""
        return self.take(Event(text, None, number))

    def take(self, event: Event) -> Turn:
        self.turn = self.engine.turn(self.session, event)
        return self.turn

    @property
    def asks(self) -> str | None:
        return self.session.asked

    @property
    def facts(self) -> Data:
        return self.session.facts

    @property
    def choices(self) -> tuple[tuple[Any, str], ...]:
        """The choices shown last."""
        return self.turn.replies[-1].choices

    @property
    def words(self) -> str:
        return "\n".join(reply.text for reply in self.turn.replies)

    def assess(self) -> Assessment:
        """Where the facts told so far stand."""
        return self.engine.assess(self.session)


def lines_of(project: Data) -> list[Data]:
    """The spending lines of a project; the short form is one line of the whole."""
    if project.get("activities"):
        return [{"activities": project["activities"], "amount_yuan": project.get("total_investment_yuan")}]
    return list(project.get("spending") or ())


class Interviewee:
    """Answers questions from a profile; elements of lists are told in the profile's order, projects as P1, P2, …"""

    def __init__(self, profile: Data) -> None:
        self.profile = profile
        self.ids = {str(row.get("id") or f"P{n}"): f"P{n}" for n, row in enumerate(profile.get("projects") or (), 1)}
        self.told: dict[str, int] = {}
        """How many elements of a list have been told."""

    def has_told(self, facts: Data) -> None:
        """From a first message: its projects are the first of the profile, with their first lines."""
        projects = facts.get("projects") or ()
        self.told["projects"] = len(projects)
        for number, project in enumerate(projects):
            self.told[f"projects[{number}].spending"] = len(lines_of(project))

    def answer(self, path: str) -> Event:
        """What to send when `path` is asked."""
        if path == "projects":
            return self._next(path, self.profile.get(path), self._project)
        if path == "recognitions":
            return self._next(path, self.profile.get(path), lambda row: Event("", row["kind"]))
        if path == "other_awards":
            return self._next(path, self.profile.get(path), lambda row: Event("有"))
        part = re.fullmatch(r"projects\[(\d+)\]\.spending(?:\[(\d+)\]\.(\w+))?", path)
        if part:
            lines = lines_of(self.profile["projects"][int(part[1])])
            if part[2] is None:
                return self._next(path, lines, lambda row: self._value(row.get("activities")))
            return self._value(lines[int(part[2])].get(part[3]))
        part = re.fullmatch(r"other_awards\[(\d+)\]\.(project|recognition)", path)
        if part:
            award = self.profile["other_awards"][int(part[1])]
            return self._value(self.ids.get(str(award.get("project"))) or award.get("recognition"))
        if re.fullmatch(r"recognitions\[\d+\]\.project", path):
            told = get(self.profile, path)
            return Event("没有") if told is None else Event("", self.ids[str(told)])
        return self._value(get(self.profile, path))

    def _next(self, path: str, rows: list[Data] | None, tell: Callable[[Data], Event]) -> Event:
        number = self.told.get(path, 0)
        if rows is None:
            return Event(UNKNOWN)
        if number >= len(rows):
            return Event("没有了" if rows else "没有")
        self.told[path] = number + 1
        return tell(rows[number])

    def _project(self, row: Data) -> Event:
        lines = lines_of(row)
        if not lines or not lines[0].get("activities"):
            return Event("有")
        self.told[f"projects[{self.told['projects'] - 1}].spending"] = 1
        return self._value(lines[0]["activities"])

    @staticmethod
    def _value(value: Any) -> Event:
        if value is None:
            return Event(UNKNOWN)
        if value == []:
            return Event("没有")
        return Event("", value if isinstance(value, bool | list) else str(value))


def interview(profile: Data, on: date, check: Callable[[Talk, str], None] | None = None) -> Talk:
    """The whole conversation with someone of this profile; `check` sees each question before it is answered."""
    return resume(Talk(on), Interviewee(profile), check)


def resume(talk: Talk, person: Interviewee, check: Callable[[Talk, str], None] | None = None) -> Talk:
    """On to the end, from where the conversation stands."""
    for _ in range(BOUND):
        if talk.asks is None:
            return talk
        if check is not None:
            check(talk, talk.asks)
        talk.take(person.answer(talk.asks))
    raise AssertionError(f"still asking {talk.asks} after {BOUND} answers")


def sensible(talk: Talk, path: str) -> None:
    """What must hold of every question and of the replies around it."""
    coarse = path == "enterprise.region" and path in talk.assess().missing  # 内蒙古: asked once more which city
    assert LISTS.fullmatch(path) or get(talk.facts, path) is None or coarse, f"asks {path}, which is known"
    assert path not in talk.session.skipped, f"asks {path} again after {UNKNOWN}"
    speaks_chinese(talk)
    assert "{" not in talk.words


def speaks_chinese(talk: Talk) -> None:
    assert talk.turn.replies
    for reply in talk.turn.replies:
        assert re.search(r"[\u4e00-\u9fff]", reply.text), reply.text
        assert all(label.strip() for _, label in reply.choices)
