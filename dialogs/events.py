"""What comes in and what goes out of a turn: texts, presses, edits; replies."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from dialogs.paths import get, name_of
from dialogs.render import Reply
from dialogs.session import Session
from dialogs.understand.text import normalise
from policies.assessment import Assessment


@dataclass(frozen=True)
class Event:
    """What came in: a text, a pressed choice (`value`), or an edited earlier message (`turn`)."""

    text: str = ""
    value: Any = None
    turn: int | None = None


@dataclass
class Turn:
    """What went out: replies, and for programs what was heard and where the assessment stands."""

    replies: list[Reply] = field(default_factory=list)
    heard: dict[str, Any] = field(default_factory=dict)
    assessment: Assessment | None = None
    intent: str = ""
    """What the message wanted: a name of understand/intents.py, press or edit; empty for a plain answer."""
    act: str = ""
    """What the bot did: greet ask clarify report done, answer choices unknown explain, whatif, unclear, say; see ACTS."""
    answered_by: tuple[str, ...] = ()
    """What an answer came from: ids of entries, clauses, limits, documents, kinds, facts, and topics."""
    score: float | None = None
    """How near the question was to the entry that answered it, 0 to 100; None where nothing was compared."""


ACTS = {
    "greet": "the greeting, and after 重来",
    "ask": "the next fact is asked, after what was told, skipped or taken back was said",
    "clarify": "a doubt about what was just said is put",
    "report": "the result is said",
    "done": "nothing is left to ask",
    "answer": "a question was answered",
    "choices": "which of several questions was meant is asked",
    "unknown": "a question that the documents do not answer",
    "explain": "why a fact is asked, how far the conversation is, help",
    "whatif": "a trial on a copy of the facts",
    "unclear": "the message was not understood",
    "say": "small talk, a refusal, goodbye",
}
"""What a turn can do."""


def text_of(event: Event) -> str:
    value = event.value
    if value is None:
        return event.text
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return "、".join(str(item) for item in value)
    return str(value)


def as_at(session: Session, turn: int) -> None:
    """An edited message answers what was asked when it was sent."""
    session.pending = None
    for step in session.history.newest_first():
        if step.turn == turn:
            earlier = Session.from_state(step.state)
            asked = element_of(session, earlier)
            if asked is None or "]" not in asked or get(session.facts, asked.rsplit(".", 1)[0]) is not None:
                session.asked, session.beside = asked, earlier.beside  # what it was about is still there
            return


_FIRST, _LAST = (
    re.compile(r"(?:选|是)?前(?:者|一个|面那个|面的)"),
    re.compile(r"(?:选|是)?(?:后(?:者|一个|面那个|面的)|最后一个)"),
)
_NUMBERED = re.compile(r"(?:选|是)?第([一二三四五六七八九\d])[个项种]")


def place_among(word: str, count: int) -> int | None:
    """第一个, 前者, 后一个: the place (from 1) among `count` choices that it names."""
    if _FIRST.fullmatch(word):
        return 1
    if _LAST.fullmatch(word):
        return count
    numbered = _NUMBERED.fullmatch(word)
    place = 0 if numbered is None else ("一二三四五六七八九".find(numbered[1]) + 1) or int(numbered[1])
    return place if 1 <= place <= count else None


def picked(session: Session, text: str) -> str | None:
    """A label typed as it was shown is a press; a number picks the choice at that place, unless a number is asked for."""
    word = text.strip()
    for value, label in session.shown:
        if word == normalise(label).text:
            return str(value)
    place = place_among(word, len(session.shown))
    if place is not None:
        return str(session.shown[place - 1][0])
    parts = [part for part in re.split(r"[、,，\s]+", word) if part]
    if not session.shown or not parts or not all(part.isdecimal() and len(part) <= 2 for part in parts):
        return None
    if word in {str(value) for value, _ in session.shown}:
        return None  # 3 for 三级: the value itself
    questions = all(str(value).startswith("ask:") for value, _ in session.shown)
    if not questions and name_of(session.asked or "").endswith(
        ("_yuan", "_count", "year", "clients", "obtained_on", "completed_on")
    ):
        return None
    numbers = [int(part) for part in parts]
    if not all(1 <= number <= len(session.shown) for number in numbers):
        return None
    return "、".join(str(session.shown[number - 1][0]) for number in numbers)


def element_of(session: Session, earlier: Session) -> str | None:
    """What an earlier answer was about: an element that it added to a list, else the fact asked then."""
    if earlier.asked not in ("projects", "recognitions"):
        return earlier.asked
    number = len(earlier.facts.get(earlier.asked) or ())
    if number >= len(session.facts.get(earlier.asked) or ()):
        return earlier.asked
    name = "activities" if earlier.asked == "projects" else "kind"
    path = f"{earlier.asked}[{number}].{name}"
    return path if get(session.facts, path) is not None else earlier.asked
