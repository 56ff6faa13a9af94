"""Conversations as they should go: tests/transcripts/*.yaml says the course, the .txt beside it our words.

The course is strict and written by hand: what the bot asks next, which facts it has taken, where the figures stand. The
wording is compared as a whole with the .txt; after a change of words `python -m tests.test_transcripts --accept`
(`make accept`) writes the .txt files anew, where the course holds, and a human reads the diff.

    theme, title   what the conversation shows
    as_of          the day on which it takes place
    turns          each with one of
                     say: a message    press: a value or a list of them    edit: a turn, with `say`: the message written anew
                   and what must hold afterwards:
                     asks        path of the fact asked for (null: nothing is asked)
                     facts       path: value (null: not told)
                     total       yuan in force; indicative: yuan of documents that are not
                     said        words that must occur
                     unsaid      words that must not
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from dialogs.events import Event
from dialogs.paths import get
from policies.money import yuan
from policies.regions import resolve
from policies.yaml12 import load
from tests.conversing import Talk

FOLDER = Path(__file__).parent / "transcripts"
PATHS = sorted(FOLDER.glob("*.yaml"))
KEYS = {"say", "press", "edit", "asks", "facts", "total", "indicative", "said", "unsaid"}
MOST = 40
"""Transcripts: more than these nobody reads."""


@dataclass(frozen=True)
class Transcript:
    """One conversation as written."""

    name: str
    theme: str
    title: str
    on: date
    turns: list[dict[str, Any]]


def read(path: Path) -> Transcript:
    data, _ = load(path.read_text(encoding="utf-8"))
    return Transcript(path.stem, data["theme"], data["title"], date.fromisoformat(str(data["as_of"])), data["turns"])


def event(turn: dict[str, Any]) -> Event:
    if "press" in turn:
        return Event("", turn["press"])
    return Event(turn["say"], None, turn.get("edit"))


def off_course(talk: Talk, turn: dict[str, Any]) -> Iterator[str]:
    """Where the conversation is elsewhere than the turn says."""
    if "asks" in turn and talk.asks != turn["asks"]:
        yield f"asks {talk.asks}, not {turn['asks']}"
    for path, value in (turn.get("facts") or {}).items():
        told = get(talk.facts, path)
        if path.endswith("region") and told is not None and value is not None:
            told, value = resolve(str(told)).full_name, resolve(str(value)).full_name
        if told != value:
            yield f"{path} is {told!r}, not {value!r}"
    result = talk.assess()
    for key, amount in (("total", result.total), ("indicative", result.indicative)):
        if key in turn and yuan(amount) != turn[key]:
            yield f"{key} is {yuan(amount)}, not {turn[key]}"
    for words in turn.get("said") or ():
        if words not in talk.words:
            yield f"does not say {words!r}"
    for words in turn.get("unsaid") or ():
        if words in talk.words:
            yield f"says {words!r}"


def played(transcript: Transcript) -> tuple[str, list[str]]:
    """The whole wording, and where the course was left."""
    talk = Talk(transcript.on)
    pages, faults = [f"# {transcript.title}（{transcript.on}）", shown(talk)], []
    for number, turn in enumerate(transcript.turns, 1):
        talk.take(event(turn))
        if "press" in turn:
            pressed = turn["press"] if isinstance(turn["press"], list) else [turn["press"]]
            said = f"[{'、'.join(map(str, pressed))}]"
        else:
            said = turn["say"] if "edit" not in turn else f"（改第 {turn['edit']} 句）{turn['say']}"
        pages += [f"> {said}", shown(talk)]
        faults += [f"turn {number} ({said}): {fault}" for fault in off_course(talk, turn)]
    return "\n\n".join(pages) + "\n", faults


def shown(talk: Talk) -> str:
    """The replies as a terminal shows them, choices in one line."""
    rows = []
    for reply in talk.turn.replies:
        rows.append(reply.text.rstrip())
        if reply.choices:
            rows.append("  [" + "] [".join(label for _, label in reply.choices) + "]")
    return "\n".join(rows)


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_course(path: Path) -> None:
    """Facts, figures and questions are those of the transcript."""
    assert played(read(path))[1] == []


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_wording(path: Path) -> None:
    """The words are those that were accepted; `make accept` and read the diff."""
    accepted = path.with_suffix(".txt")
    assert accepted.exists(), "not accepted yet: make accept"
    assert played(read(path))[0] == accepted.read_text(encoding="utf-8")


def test_transcripts_are_well_formed() -> None:
    """At most 40; each has a title of its own, known keys, a course to hold, and wording beside it that belongs to one."""
    transcripts = [read(path) for path in PATHS]
    assert 20 <= len(transcripts) <= MOST
    assert len({transcript.title for transcript in transcripts}) == len(transcripts)
    for transcript in transcripts:
        assert transcript.theme
        assert all(turn.keys() <= KEYS and ("say" in turn) != ("press" in turn) for turn in transcript.turns), (
            transcript.name
        )
        assert any(turn.keys() & {"asks", "facts", "total", "indicative"} for turn in transcript.turns), transcript.name
    assert [path.name for path in FOLDER.glob("*.txt") if not path.with_suffix(".yaml").exists()] == []


def accept() -> int:
    """Write the wording of every transcript whose course holds; tell the others."""
    status = 0
    for path in PATHS:
        wording, faults = played(read(path))
        accepted = path.with_suffix(".txt")
        if faults:
            status = 1
            print(f"{path.name} is off its course, not accepted:", *faults, sep="\n  ", file=sys.stderr)
        elif not accepted.exists() or accepted.read_text(encoding="utf-8") != wording:
            accepted.write_text(wording, encoding="utf-8")
            print(f"accepted {accepted.name}")
    return status


if __name__ == "__main__":
    if sys.argv[1:] != ["--accept"]:
        sys.exit("usage: python -m tests.test_transcripts --accept")
    sys.exit(accept())
