"""Formulas nested at random: what the exact search relies on, and that unknown is not no.

The search takes lines of money one by one, so that a formula must rise in them; the range needs a floor and a ceiling
that every completion of the untold facts lies between.
"""

from __future__ import annotations

import random
from datetime import date
from typing import Any

import pytest

from policies.amounts import Formula, compile_pays
from policies.conditions import Subject
from policies.facts import Vocabulary
from policies.formulas import Pays
from policies.loader import library
from policies.profile import read_profile

FACTS = [
    {"name": "machines_yuan", "of": "project", "type": "money", "label": "设备", "question": "？"},
    {"name": "machines_before_yuan", "of": "project", "type": "money", "label": "上年设备", "question": "？"},
    {"name": "months", "of": "project", "type": "number", "label": "月数", "question": "？", "decimals": True},
]
DAY = date(2026, 1, 1)


def _vocabulary() -> Vocabulary:
    return library().vocabulary.extended({"facts": FACTS})


def _row(dice: random.Random, depth: int = 0) -> dict[str, Any]:
    """A formula as a table might write it."""
    forms = ["rate", "fixed", "brackets", "sum", "step", "unit", *(["least", "greatest"] if depth < 2 else [])]
    form = dice.choice(forms)
    if form in ("least", "greatest"):
        return {form: [_row(dice, depth + 1) for _ in range(dice.choice([2, 3]))]}
    rows: dict[str, dict[str, Any]] = {
        "rate": {"rate": f"{dice.randrange(1, 60)}%", "of": dice.choice(["spending", "machines_yuan"])},
        "fixed": {"fixed": dice.randrange(1, 10**6)},
        "brackets": {"of": "spending", "brackets": [{"up_to": dice.randrange(1, 10**6), "rate": "6%"}, {"rate": "8%"}]},
        "sum": {
            "sum": [
                {"rate": "5%", "of": "spending"},
                {"rate": "7%", "of": "machines_yuan", "less": "machines_before_yuan"},
            ]
        },
        "step": {"step": {"of": "machines_yuan", "at": 500000, "first": 90000, "each": 1000, "per": 70000}},
        "unit": {"unit": 8000, "of": "months"},
    }
    row = rows[form]
    if dice.random() < 0.3:
        row["times"] = [{"of": "months", "up_to": 12, "per": 12}]
    if depth and dice.random() < 0.3:
        row["at_most"] = dice.randrange(1, 10**6)
    return row


def _subject(facts: dict[str, Any], vocabulary: Vocabulary) -> Subject:
    profile = read_profile({"projects": [{"id": "P1", **facts}]}, vocabulary)
    assert profile.projects is not None
    return Subject(profile, DAY, profile.projects[0])


def _told(dice: random.Random) -> dict[str, Any]:
    money = {name: dice.randrange(0, 3 * 10**6) for name in ("machines_yuan", "machines_before_yuan")}
    return {**money, "months": dice.choice(["0", "6", "7.5", "36"])}


@pytest.mark.parametrize("seed", range(10))
def test_formulas_rise_and_are_bounded(seed: int) -> None:
    """Rising in the money spent; settled when all is told; between floor and ceiling whatever is untold."""
    dice, vocabulary = random.Random(seed), _vocabulary()
    for _ in range(60):
        formula: Formula = compile_pays(Pays.model_validate(_row(dice)), ("project", "enterprise"), vocabulary)
        facts = _told(dice)
        whole = _subject(facts, vocabulary)
        part = _subject({name: value for name, value in facts.items() if dice.random() < 0.5}, vocabulary)
        spent = sorted(dice.randrange(0, 2 * 10**8) for _ in range(4))
        paid = [formula.run(whole, amount, False) for amount in spent]
        assert None not in paid
        assert paid == sorted(amount for amount in paid if amount is not None)
        assert not list(formula.unknown(whole))
        for amount, exact in zip(spent, paid, strict=True):
            low, high = formula.run(part, amount, False), formula.run(part, amount, True)
            assert exact is not None
            assert high is not None
            assert (low or 0) <= exact <= high
            assert formula.run(whole, amount, True) == exact
            assert low is not None or list(formula.unknown(part))
            assert formula.show(whole, amount)
