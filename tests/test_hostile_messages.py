"""Odd texts, presses of what was never offered, edits of turns that were not: each gets an answer, and soon."""

from __future__ import annotations

import time
from functools import lru_cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dialogs.events import Event
from tests.conversing import BAOTOU, START, Talk, speaks_chinese

STATES = {
    "at the start": [],
    "asked for the industry": ["包头稀土高新区"],
    "asked for a project": ["包头稀土高新区", "稀土永磁", "企业"],
    "asked for money": ["包头稀土高新区的稀土永磁企业，2025年3月上了MES"],
    "asked for a date": ["包头稀土高新区的稀土永磁企业，上MES花了800万"],
    "at a certificate": ["包头稀土高新区的稀土永磁企业，没有项目，拿了两化融合"],
    "in a doubt": ["包头稀土高新区的稀土永磁企业，上了MES", "800"],
    "at the end": [START, *["没有了"] * 3, "没有", "没有"],
}
HOSTILE = [
    "",
    " ",
    "\n\n\t",
    "。。。，！？!?…",
    "\x00\x01\x02\x1b[2J\x7f",
    "\u202e\u200b\u200d\ufeff",
    "👍🏭💰🙏",
    "{}{region}%s{0}",
    "'; DROP TABLE sessions; --",
    "9" * 400,
    "-1",
    "-800万",
    "NaN",
    "1e30",
    "10^30",
    "1/0",
    "零" * 200,
    "亿" * 200,
    "二〇二五年十三月四十五日",
    "2025-02-30",
    "P99",
    "null",
    "[" * 500,
    '{"text": "x"}',
    "如果" * 300,
    "不对" * 300,
    "𠀀𠀁𪚥",
    "ａｂｃ１２３",
    "我们在青山区",
    "内蒙古",
]
STEP = 3.0
"""Seconds that one message may take on a slow, busy machine; usually it is a few milliseconds."""


@lru_cache
def led_to(state: str) -> Talk:
    talk = Talk(BAOTOU)
    for text in STATES[state]:
        talk.say(text)
    return talk


def in_state(state: str) -> Talk:
    """A conversation in one of the states, of one's own."""
    talk = Talk(BAOTOU)
    talk.session = led_to(state).session.snapshot()
    return talk


def survives(talk: Talk, event: Event) -> None:
    """An answer in bounded time, and a conversation that goes on."""
    start = time.monotonic()
    talk.take(event)
    assert time.monotonic() - start < STEP
    if event.text.strip() or event.value is not None:
        speaks_chinese(talk)
    talk.assess()


@pytest.mark.parametrize("state", STATES)
def test_odd_texts_get_an_answer(state: str) -> None:
    """Control characters, emoji, only punctuation, impossible numbers and dates: an answer, and no fault."""
    for text in HOSTILE:
        talk = in_state(state)
        survives(talk, Event(text))
        survives(talk, Event(text))


@pytest.mark.parametrize("state", STATES)
@settings(max_examples=20, deadline=None, derandomize=True)
@given(
    st.lists(
        st.one_of(st.text(max_size=60), st.text("0123456789.万亿元年月日AC级没有不是改成如果 ，、", max_size=12)),
        max_size=4,
    )
)
def test_any_text_gets_an_answer(state: str, texts: list[str]) -> None:
    """Random texts, random mixtures of the characters that we look for."""
    talk = in_state(state)
    for text in texts:
        survives(talk, Event(text))


@pytest.mark.parametrize("state", ["at the start", "asked for money", "at the end"])
@pytest.mark.parametrize(
    "text",
    ["我" * 1_000_000, "800万" * 250_000, "包头、" * 300_000, "1" * 1_000_000, "\n" * 1_000_000],
    ids=lambda t: t[:4],
)
def test_a_megabyte_gets_an_answer(state: str, text: str) -> None:
    """A million characters in one message."""
    survives(in_state(state), Event(text))


@pytest.mark.parametrize("state", STATES)
@settings(max_examples=20, deadline=None, derandomize=True)
@given(
    st.one_of(
        st.text(max_size=20),
        st.integers(),
        st.booleans(),
        st.lists(st.text(max_size=10), max_size=3),
        st.floats(),
        st.none(),
    )
)
def test_any_press_gets_an_answer(state: str, value: Any) -> None:
    """A press of something that was never offered changes nothing it should not, and is answered."""
    survives(in_state(state), Event("", value))


@pytest.mark.parametrize("turn", [-1, 0, 1, 2, 99, 10**9])
def test_an_edit_of_any_turn_gets_an_answer(turn: int) -> None:
    """Edits of turns that were never, too."""
    survives(in_state("at the end"), Event("投资900万", None, turn))
