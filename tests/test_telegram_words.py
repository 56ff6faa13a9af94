"""Telegram says what the terminal says: each transcript, replayed on a phone, gives the same words and the same choices."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from bot.telegram.outgoing import ACTIONS
from dialogs.render import short_label
from dialogs.words import say
from tests.conversing import Talk
from tests.phone import ON, Phone, Said, shown
from tests.test_transcripts import PATHS, event, read

OWN = {say("telegram.done"), *(say(f"telegram.action_{name}") for name in ACTIONS)}
"""Buttons that only a phone has."""


def words(texts: list[str]) -> str:
    """The lines that are said; how they are spread over messages is the channel's. What is kept differs by channel."""
    policy = say("telegram.privacy", days=180, contact=say("human.local"))
    text = "\n".join(texts).replace(say("privacy.text"), policy)
    return re.sub(r"\n+", "\n", text).strip()


def do(phone: Phone, turn: dict[str, Any], sent: list[int]) -> Said:
    """One turn of a transcript on the phone. A value that has no button is typed."""
    if "edit" in turn:
        return phone.edit(sent[turn["edit"] - 1], turn["say"])
    if "say" in turn:
        return phone.type(turn["say"])
    board = phone.chat.boards.get("ask")
    wanted = turn["press"] if isinstance(turn["press"], list) else [turn["press"]]
    labels = [label for value, label in (board.options if board else ()) if value in wanted]
    if len(labels) < len(wanted):
        return phone.type("、".join(map(str, wanted)))
    for label in labels:
        said = phone.tap(label)
    return phone.tap(say("telegram.done")) if board is not None and board.several and not said.messages else said


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_same_words(path: Any) -> None:
    """Word for word, choice for choice; the facts are the same in the end."""
    transcript = read(path)
    talk, phone = Talk(transcript.on), Phone(transcript.on)
    said = phone.type("/start")
    assert words([said.text]) == words([reply.text for reply in talk.turn.replies])
    sent: list[int] = []
    for turn in transcript.turns:
        talk.take(event(turn))
        sent.append(phone.ids + 1)
        said = do(phone, turn, sent)
        assert words([said.text]) == words([reply.text for reply in talk.turn.replies])
        offered = [label for _, label in talk.turn.replies[-1].choices]
        shown = {label for row in said.messages[-1].buttons for label, _ in row} - OWN
        assert {*map(short_label, shown)} == {*map(short_label, offered)}
    assert phone.chat.session.facts == talk.facts


GUIDE = Path(__file__).parent.parent / "docs" / "how-to" / "talk-on-telegram.md"


def test_the_conversation_in_the_guide_is_held() -> None:
    """What the user says in docs/how-to/talk-on-telegram.md gets the answers that stand there; … is anything."""
    written = re.search(r"```chat\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)
    assert written is not None
    phone, rows = Phone(ON), []
    for line in written[1].splitlines():
        who, _, what = line.partition("：")
        if who in ("我", "我点"):
            said = phone.type(what) if who == "我" else phone.tap(what)
            rows += [line, *map(shown, said.messages)]
    pattern = re.escape(written[1].strip()).replace("…", r"[\s\S]*?")
    assert re.fullmatch(pattern, "\n".join(rows)), "\n".join(rows)
