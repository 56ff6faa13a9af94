"""No question is idle: for each fact that is asked there are answers, with the rest as it may turn out, that differ.

At every question of a conversation the fact asked is given each of its values, while the other missing facts are as the
enterprise's profile has them, or as they might be otherwise. A question is needless if no value changes a figure.
"""

from __future__ import annotations

import copy
import random
from collections.abc import Iterator
from typing import Any

import pytest

from dialogs.declared import fact_of
from dialogs.mattering import matters
from dialogs.paths import get, name_of, put
from tests.conversing import Data, Interviewee, Talk, assess, assessor, figures
from tests.enterprises import enterprise

PAYING = ("baotou", "hohhot", "siyang", "guangxi")
TRIES = 150
"""Other ways in which the rest may turn out, before a question is called needless."""


def values(talk: Talk, path: str, told: Any) -> list[Any]:
    """What a fact may be: its choices, yes and no, nothing and much, days in and out of the windows."""
    fact = fact_of(path, talk.session, assessor())
    assert fact is not None
    if fact.type == "yesno":
        return [True, False]
    if fact.type == "money":
        return [0, 400_000_000, 700_000, told] if told is not None else [0, 400_000_000, 700_000]
    if fact.type == "number":
        return [0, 60, 25]
    if fact.type == "date":
        return [talk.on.isoformat(), "2015-01-01", "2023-06-30", "2025-03-31"]
    some = [choice.value for choice in fact.choices]
    return [[value] for value in some] + [[]] if fact.type == "choices" else list(some)


def turning_out(talk: Talk, profile: Data, dice: random.Random | None) -> Data:
    """The facts told, the others as the profile has them; with dice, some of those otherwise."""
    facts = copy.deepcopy(talk.facts)
    result = talk.assess()
    for path in result.missing:
        if path in ("projects", "recognitions") or name_of(path) == "spending" or path.endswith("activities"):
            continue
        told = get(profile, path)
        fact = fact_of(path, talk.session, assessor())
        often = 0.3 if fact is not None and fact.choices else 0.8  # most accidents, grades and days end it all
        if told is None or (dice is not None and dice.random() < often):
            told = (dice or random.Random(path)).choice(values(talk, path, told))
        put(facts, path, told)
    return facts


def figures_by_value(talk: Talk, facts: Data, path: str, told: Any) -> Iterator[tuple[int, int, int]]:
    for value in values(talk, path, told):
        put(facts, path, value)
        yield figures(assess(facts, talk.on))


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("place", PAYING)
def test_no_question_is_needless(place: str, seed: int) -> None:
    firm = enterprise(place, f"needless {seed}")
    talk, person = Talk(firm.as_of), Interviewee(firm.profile)
    dice = random.Random(f"{place} {seed}")
    while talk.asks is not None:
        path = talk.asks
        fact = fact_of(path, talk.session, assessor())
        asked_for_more = (
            fact is None or path.startswith("other_awards[") or name_of(path) in ("region", "project", "kind")
        )
        if not asked_for_more:
            assert path in talk.assess().missing
            assert_moves(talk, firm.profile, path, dice)
        talk.take(person.answer(path))


def assert_moves(talk: Talk, profile: Data, path: str, dice: random.Random) -> None:
    told = get(profile, path)
    for number in range(TRIES):
        facts = turning_out(talk, profile, None if number == 0 else dice)
        if len(set(figures_by_value(talk, facts, path, told))) > 1:
            return
    if not (talk.facts.get("projects") is None or talk.facts.get("recognitions") is None):
        raise AssertionError(f"{path} changes nothing; {matters(talk.assess(), path)}")
