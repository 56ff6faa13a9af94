"""A session as JSON: nothing is lost, a turn adds little, and going back after a restart is going back."""

from __future__ import annotations

import random

import pytest
from pydantic import TypeAdapter

from dialogs.events import Event
from dialogs.history import LONGEST, History
from dialogs.session import Session
from tests.conversing import Talk, interview
from tests.enterprises import enterprises

WHOLE = TypeAdapter(Session)
"""As stores keep it: with its history."""


def reloaded(session: Session) -> Session:
    return WHOLE.validate_json(WHOLE.dump_json(session))


def talks(count: int, seed: int) -> list[Talk]:
    return [interview(firm.profile, firm.as_of) for firm in enterprises(count, seed)]


def test_a_session_survives_being_written() -> None:
    """Every field of sessions at the end of whole conversations, sets, tuples and dates as such."""
    for talk in talks(12, 5):
        assert reloaded(talk.session) == talk.session


def test_a_conversation_through_json_is_the_same_conversation() -> None:
    """Written and read between any two turns, with going back, edits and what-ifs, it says the same."""
    chance = random.Random(7)
    for firm in enterprises(4, 11):
        one, other = Talk(firm.as_of), Talk(firm.as_of)
        for number in range(1, 14):
            said = chance.choice(
                ["投资800万上机器人", "包头", "稀土", "今年三月", "没有", "返回", "如果再投200万呢", "3A两化融合"]
            )
            event = Event("九百万", None, chance.randrange(number)) if chance.random() < 0.15 else Event(said)
            other.session = reloaded(other.session)
            assert one.take(event).replies == other.take(event).replies
            assert one.session == other.session


def test_history_gives_back_each_state() -> None:
    """Any text, any length; the oldest beyond the limit are gone; back to a turn forgets it and the later ones."""
    states = [f'{{"form":1,"turn":{n},"words":"{"包头" * (n % 7)}"}}' for n in range(LONGEST + 30)]
    history = History()
    for number, state in enumerate(states):
        history.add(number, f"说{number}", state)
    history = TypeAdapter(History).validate_json(TypeAdapter(History).dump_json(history))
    assert [step.state for step in history.newest_first()] == states[: -LONGEST - 1 : -1]
    history.back_to(90)
    assert [(step.turn, step.state) for step in history.newest_first()][:2] == [(89, states[89]), (88, states[88])]
    history.back_to(0)
    assert (len(history), history.whole) == (0, "")


def test_a_long_conversation_stays_small() -> None:
    """80 turns kept: no more than 40 KB."""
    talk = Talk(next(enterprises(1, 1)).as_of)
    for number in range(120):
        talk.say(f"我们公司在包头稀土高新区做稀土永磁的，机器人改造{700 + number}万，安全平台400万，拿了3A两化融合")
    assert len(talk.session.history) == LONGEST
    assert len(WHOLE.dump_json(talk.session)) < 40_000


def test_a_state_of_an_older_form_is_brought_up_to_date(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each migration changes a state of its form into the next; newer ones are left alone."""

    def renamed(state: dict[str, object]) -> None:
        state["asked"] = state.pop("waiting_for")

    monkeypatch.setattr("dialogs.session.MIGRATIONS", (renamed,))
    monkeypatch.setattr("dialogs.session.FORM", 2)
    read = Session.from_state('{"form":1,"waiting_for":"enterprise.region"}')
    assert (read.asked, read.form) == ("enterprise.region", 2)
    assert Session.from_state('{"form":2,"asked":"projects"}').asked == "projects"
