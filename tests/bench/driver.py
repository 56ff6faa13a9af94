"""An enterprise that answers: drives a conversation (docs/reference/conversation.md) from a complete profile.

Whoever converses is a function: None for the greeting, then `{"text": …}` in, one turn's object out, in process or over
a pipe. Each `asks` is answered from the profile with the canonical value; lists by describing the next element, or 没有了.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from dialogs.engine import Engine
from dialogs.events import Event, Turn
from dialogs.session import Session
from dialogs.words import say
from policies.as_json import as_json
from policies.assess import Assessor
from policies.facts import Fact, Vocabulary

Line = dict[str, Any]
Reply = Callable[[Line | None], Line]

_LONGEST = 80
_CLEAN: tuple[tuple[str, Any], ...] = (("safety_accident_level", "none"), ("disqualifying_events", []))
_NO_MORE, _UNKNOWN = "没有了", "不知道"
_NOTHING = say("label.nothing_at_all")


@dataclass
class Course:
    """How a conversation went: the turns, each with what was said and asked."""

    turns: list[Line] = field(default_factory=list)
    said: list[str] = field(default_factory=list)

    @property
    def finished(self) -> bool:
        """The last turn waits for nothing."""
        return self.turns[-1]["asks"] is None

    @property
    def questions(self) -> int:
        """Turns that wait for an answer after the first message."""
        return sum(turn["asks"] is not None for turn in self.turns[1:])

    @property
    def questions_to_settled(self) -> int | None:
        """The same, up to the turn from which on both ranges are points; None: never."""
        last = next((n for n in range(len(self.turns), 0, -1) if not _settled(self.turns[n - 1])), 0)
        return sum(turn["asks"] is not None for turn in self.turns[1 : last + 1]) if last < len(self.turns) else None

    @property
    def first_range(self) -> int | None:
        """The turn that first carries an assessment (the first message is turn 1)."""
        return next((turn["turn"] for turn in self.turns if turn["assessment"] is not None), None)


def _settled(turn: Line) -> bool:
    told = turn["assessment"]
    return told is not None and all(told[name][0] == told[name][1] for name in ("range_yuan", "indicative_range_yuan"))


def converse(reply: Reply, profile: Line, first_message: str, vocabulary: Vocabulary, breath: bool = True) -> Course:
    """The whole conversation: greeting, first message, answers, until nothing is asked.

    `breath`: a question for several facts is answered as a whole; else only the fact that `asks` names, one at a time.
    """
    course = Course([reply(None)])
    owner = _Owner(profile, vocabulary)
    text = first_message
    while len(course.turns) < _LONGEST:
        course.said.append(text)
        course.turns.append(reply({"text": text}))
        if course.finished:
            break
        turn = course.turns[-1]
        text = (breath and owner.together(turn)) or owner.answer(turn["asks"], turn["facts"])
    return course


class _Owner:
    """Answers from the profile; knows which elements the conversation has taken down."""

    def __init__(self, profile: Line, vocabulary: Vocabulary) -> None:
        self.profile, self.vocabulary = profile, vocabulary

    def answer(self, path: str, facts: Line) -> str:
        """What to say to a question."""
        if path in ("projects", "recognitions", "other_awards"):
            return self._element(path, facts)
        scope, _, rest = path.partition(".")
        if scope == "enterprise":
            return self._value(self.profile["enterprise"].get(rest))
        name, index = scope.rstrip("]").split("[")
        if name == "projects":
            return self._of_project(self.profile["projects"][int(index)], facts["projects"][int(index)], rest)
        own = self._match(name, int(index), facts)
        if own is None:
            return _UNKNOWN
        if name == "other_awards" and rest in ("for", "project", "recognition"):
            return str(own.get("project") or own.get("recognition"))
        if name == "recognitions" and rest == "project" and own.get("project") is None:
            return "没有"
        return self._value(own.get(rest))

    def together(self, turn: Line) -> str:
        """The answer to a question for several facts, in one breath as it asks; "" where it asks for one."""
        if self._all_told(turn):
            return _NOTHING
        paths = [turn["asks"], *turn.get("beside", ())]
        scope = str(turn["asks"]).partition(".")[0]
        if len(paths) < 2 or not scope.startswith(("enterprise", "projects")):
            return ""
        if scope == "enterprise":
            own = self.profile["enterprise"]
        else:
            own = self.profile["projects"][int(scope.rstrip("]").split("[")[1])]
        told = {path.rsplit(".", 1)[1]: own.get(path.rsplit(".", 1)[1]) for path in paths}
        if None in told.values():
            return ""
        facts = {name: self.vocabulary.find(name, "project", "enterprise") for name in told}
        if any(fact is not None and fact.usual for fact in facts.values()):
            return "" if any(told.values()) else "都没有"
        clean = [name for name, value in told.items() if (name, value) in _CLEAN]
        dirty = [name for name, value in _CLEAN if told.get(name, value) != value]
        parts = ["都没有"] if clean and not dirty else []
        for name, value in told.items():
            if name not in clean or dirty:
                parts.append(self._said(facts[name], value))
        return "，".join(parts) if all(parts) else ""

    def _all_told(self, turn: Line) -> bool:
        """A list is asked to its end, one choice ends them all, and there is nothing more in any of them."""
        path, facts = str(turn["asks"]), turn["facts"]
        offered = [choice["label"] for reply in turn["replies"] for choice in reply["choices"]]
        if _NOTHING not in offered or self.profile.get("other_awards"):
            return False
        lists = ["projects", "recognitions"]
        lists += [f"projects[{number}].spending" for number in range(len(facts.get("projects") or ()))]
        return path in lists and all(self.answer(one, facts) == _NO_MORE for one in lists)

    @staticmethod
    def _said(fact: Fact | None, value: Any) -> str:
        """One value among others: a label, a day, a sum; what has words of its own is told by them."""
        if fact is None or value == []:
            return ""
        if fact.type == "yesno":
            return "是" if value else "不是"
        if fact.type == "money" and fact.zero_words:
            return f"{fact.aliases[0]}{value}元" if value else max(fact.zero_words, key=len)
        values = value if isinstance(value, list) else [value]
        return "、".join(
            fact.label_of(str(one)) if fact.choices else f"{one}元" if fact.type == "money" else str(one)
            for one in values
        )

    @staticmethod
    def _value(value: Any) -> str:
        if value is None:
            return _UNKNOWN
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, list):
            return "、".join(map(str, value)) or "没有"
        return str(value)

    # ---- projects and their lines ----

    def _of_project(self, own: Line, taken: Line, rest: str) -> str:
        if rest == "spending":
            lines = self._lines(taken)
            left = [line for line in own["spending"] if not any(self._same(line, other) for other in lines)]
            return self._line_words(left[0]) if left else _NO_MORE
        if rest.startswith("spending["):
            index, _, name = rest.removeprefix("spending[").partition("].")
            line = self._lines(taken)[int(index)]
            found = next((item for item in own["spending"] if self._same(item, line)), None)
            found = found or next(iter(own["spending"][int(index) :]), None)
            return self._value(found.get(name)) if found is not None else _UNKNOWN
        if rest == "activities":
            return self._value(own["spending"][0]["activities"])
        return self._value(own.get(rest))

    @staticmethod
    def _lines(taken: Line) -> list[Line]:
        if taken.get("activities"):
            return [{"activities": taken["activities"]}]
        return list(taken.get("spending") or ())

    @staticmethod
    def _same(own: Line, taken: Line) -> bool:
        return not set(own["activities"]).isdisjoint(taken.get("activities") or ())

    def _line_words(self, line: Line) -> str:
        labels = "、".join(map(self.vocabulary.activities.label_of, line["activities"]))
        return f"{labels} {line['amount_yuan']}元"

    # ---- lists ----

    def _element(self, name: str, facts: Line) -> str:
        told = facts.get(name) or []
        elements = self.profile.get(name) or []
        if name == "projects":
            left = elements[len(told) :]
            return f"还有一个项目，{self._line_words(left[0]['spending'][0])}" if left else _NO_MORE
        matched = [self._match(name, index, facts) for index in range(len(told))]
        left = [own for own in elements if not any(own is other for other in matched)]
        if not left:
            return _NO_MORE
        return self._recognition_words(left[0]) if name == "recognitions" else self._award_words(left[0])

    def _match(self, name: str, index: int, facts: Line) -> Line | None:
        """The profile's element behind the one taken down at a place: of its kind, in order."""
        elements = list(self.profile.get(name) or ())
        told = facts.get(name) or []
        found = None
        for taken in told[: index + 1]:
            fits = [own for own in elements if all(own.get(k) == v for k, v in taken.items() if k in ("kind", "level"))]
            fits = fits or [own for own in elements if own.get("kind") == taken.get("kind")]
            found = fits[0] if fits else None
            if found is not None:
                elements = [own for own in elements if own is not found]
        return found

    def _recognition_words(self, own: Line) -> str:
        kind = self.vocabulary.kinds[own["kind"]]
        return f"{kind.label}{kind.label_of(str(own['level']))}，{own['obtained_on']}取得"

    def _award_words(self, own: Line) -> str:
        return f"{self.vocabulary.body_label(own['level'])}奖补{own['amount_yuan']}元"


# ---- who converses ----


class InProcess:
    """The engine itself; `watch(session, turn)` sees each turn as it was made."""

    def __init__(self, assessor: Assessor, day: date, watch: Callable[[Session, Turn], None] | None = None) -> None:
        self.engine, self.session, self.watch = Engine(assessor, day), Session(), watch

    def __call__(self, message: Line | None) -> Line:
        if message is None:
            turn = self.engine.greet(self.session)
        else:
            turn = self.engine.turn(self.session, Event(str(message.get("text", "")), message.get("value")))
        if self.watch is not None:
            self.watch(self.session, turn)
        told = None if turn.assessment is None else as_json(turn.assessment, self.engine.vocabulary)
        return {
            "turn": self.session.turn,
            "replies": [
                {"text": reply.text, "choices": [{"label": label, "value": value} for value, label in reply.choices]}
                for reply in turn.replies
            ],
            "asks": self.session.asked,
            "beside": list(self.session.beside),
            "facts": json.loads(json.dumps(self.session.facts, default=str)),
            "assessment": told,
        }


@contextmanager
def subprocess_chat(day: date) -> Iterator[Reply]:
    """`kedui chat --jsonl` over a pipe."""
    command = [sys.executable, "-m", "bot", "chat", "--jsonl", "--as-of", day.isoformat()]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8") as child:
        stdin, stdout = child.stdin, child.stdout
        assert stdin is not None
        assert stdout is not None

        def reply(message: Line | None) -> Line:
            if message is not None:
                stdin.write(json.dumps(message, ensure_ascii=False) + "\n")
                stdin.flush()
            found: Line = json.loads(stdout.readline())
            return found

        yield reply
        stdin.close()
