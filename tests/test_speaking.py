"""An owner answers in plain Chinese, each time in other words: what is taken down is what was meant, to the fen."""

from __future__ import annotations

import random
from datetime import date

import pytest

from policies.loader import LIBRARY
from tests.conversing import Data, Talk, assess, figures
from tests.enterprises import enterprise
from tests.speaking import Speaker, differences, numeral
from tests.test_cases import CASES, Case
from tests.test_conversation import sensible, settled

PAYING = ("baotou", "hohhot", "siyang", "guangxi")
OWN = [case for case in CASES if case.folder == LIBRARY and case.document]


def spoken(profile: Data, on: date, seed: str) -> Talk:
    """The conversation with a speaker of this profile, to its end."""
    talk, speaker = Talk(on), Speaker(profile, random.Random(seed), on)
    for _ in range(150):
        if talk.asks is None:
            return talk
        sensible(talk, talk.asks)
        talk.take(speaker.answer(talk.asks))
    raise AssertionError(f"still asking {talk.asks}")


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("odd", [False, True], ids=["usual", "odd"])
@pytest.mark.parametrize("place", PAYING)
def test_words_come_to_the_facts_they_mean(place: str, odd: bool, seed: int) -> None:
    """Enterprises from a seed: the facts taken down are those of the profile, and so are the figures."""
    firm = enterprise(place, f"spoken {seed}", odd)
    talk = spoken(firm.profile, firm.as_of, f"{place} {seed}")
    settled(talk)
    assert differences(talk.facts, firm.profile) == []
    assert figures(talk.assess()) == figures(assess(firm.profile, firm.as_of))


@pytest.mark.parametrize("case", OWN[::11], ids=lambda case: case.id)
def test_worked_cases_in_words(case: Case) -> None:
    """The same for worked cases, which leave much open."""
    profile = case.profile
    on = date.fromisoformat(str(profile["as_of"]))
    talk = spoken(profile, on, case.id)
    assert differences(talk.facts, profile) == []
    assert figures(talk.assess()) == figures(assess(profile, on))


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0, "零"),
        (10, "十"),
        (105, "一百零五"),
        (10_500, "一万零五百"),
        (1_050_000, "一百零五万"),
        (100_020_000, "一亿零二万"),
    ],
)
def test_numerals_of_the_speaker(number: int, words: str) -> None:
    assert numeral(number) == words
