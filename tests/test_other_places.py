"""The invented documents of other places: what holds for the library's must hold for a policy that nobody has read.

Each profile is a worked case of tests/data/invented. Told by answers it gives what it gives as a file; and with one fact
untold, or several, the range still holds what the whole profile gives.
"""

from __future__ import annotations

import copy
import random
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from dialogs.understand.quantities import count
from policies import cases
from policies.facts import Fact
from tests import conversing
from tests.test_cases import CASES, DOCUMENTS, INVENTED, Case, assessor

OWN = sorted(folder.name for folder in DOCUMENTS if folder.parent == INVENTED)


def _cases(document: str) -> list[Case]:
    return [case for case in CASES if case.document == document and case.folder == INVENTED]


def _told(value: Any) -> Any:
    """A profile without what is `null`."""
    if isinstance(value, dict):
        return {key: _told(item) for key, item in value.items() if item is not None}
    return [_told(item) for item in value] if isinstance(value, list) else value


@pytest.mark.parametrize("document", OWN)
def test_answers_give_what_the_file_gives(document: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever answers each question from the profile ends with the same totals."""
    monkeypatch.setattr(conversing, "assessor", lambda: assessor(INVENTED))
    for case in _cases(document):
        profile = _told(case.profile)
        on = date.fromisoformat(str(profile.pop("as_of")))
        talk = conversing.interview(profile, on)
        wanted = cases.assess_case(case, assessor(INVENTED))
        assert (case.id, conversing.figures(conversing.assess(talk.facts, on))) == (case.id, conversing.figures(wanted))


def _holders(profile: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield profile["enterprise"]
    yield from profile.get("projects") or ()
    yield from profile.get("recognitions") or ()


_KEPT = {"id", "kind", "region", "project"}


@pytest.mark.parametrize("document", OWN)
def test_untold_facts_leave_the_total_within_the_range(document: str) -> None:
    """Unknown is not no: the lower end is no more and the upper end no less than what the whole profile gives."""
    dice = random.Random(document)
    for case in _cases(document):
        whole = cases.assess_case(case, assessor(INVENTED))
        paths = [(n, key) for n, row in enumerate(_holders(case.profile)) for key in row if key not in _KEPT]
        for size in (1, 1, 1, 2, 4, len(paths)):
            profile = copy.deepcopy(case.profile)
            rows = list(_holders(profile))
            for n, key in dice.sample(paths, min(size, len(paths))):
                rows[n].pop(key, None)
            part = cases.assess_case(Case(case.id, case.document, profile, {}), assessor(INVENTED))
            assert part.total <= whole.total, (case.id, profile)
            assert part.high is None or part.high >= whole.total, (case.id, profile)
            assert part.indicative_high is None or part.indicative_high >= whole.indicative, (case.id, profile)
            if not whole.total and not part.total:
                assert part.indicative <= whole.indicative, (case.id, profile)


def _kind(*levels: str) -> dict[str, Any]:
    return {"kinds": [{"value": "star", "label": "星级", "levels": [{"value": v, "label": v} for v in levels]}]}


def test_a_kind_of_two_documents_has_the_levels_of_both() -> None:
    """The second may leave levels out or put further ones between; where the orders do not fit it is refused."""
    vocabulary = assessor(INVENTED).vocabulary.extended(_kind("three", "five"))
    for levels, found in ((["five"], ["three", "five"]), (["three", "four", "five"], ["three", "four", "five"])):
        assert vocabulary.extended(_kind(*levels)).kinds["star"].values() == found
    for levels in (["five", "three"], ["three", "four"]):
        with pytest.raises(ValueError, match="three、five"):
            vocabulary.extended(_kind(*levels))


def test_a_number_with_decimals_in_one_document_may_have_them_in_all() -> None:
    """Whichever document stands later: a square metre is not whole because another table says nothing of it."""
    row = {"name": "area", "of": "enterprise", "type": "number", "label": "面积", "question": "？"}
    for rows in ([{**row, "decimals": True}, row], [row, {**row, "decimals": True}]):
        assert assessor(INVENTED).vocabulary.extended({"facts": rows}).facts["enterprise", "area"].decimals


@pytest.mark.parametrize(
    ("asked", "title"),
    [
        ("贴息怎么算", "技改贷款贴息"),
        ("能一事一议吗", "重大项目一事一议"),
        ("机器人补多少", "工业机器人补助"),
        ("软件补助最高多少", "工业软件补助"),
    ],
)
def test_a_clause_is_found_by_its_title(asked: str, title: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody wrote an answer for a new document: what its clauses say is still not said to be unknown."""
    monkeypatch.setattr(conversing, "assessor", lambda: assessor(INVENTED))
    talk = conversing.Talk(date(2026, 10, 31))
    talk.say("阜宁县的制造企业")
    turn = talk.say(asked)
    assert [label for reply in turn.replies for _, label in reply.choices][:1] == [title]
    turn = talk.say("1")
    policy = assessor(INVENTED).tables.policies["yunjing-2026-2"]
    quote = next(clause.quote for clause in policy.clauses if clause.title == title)
    assert quote in "\n".join(reply.text for reply in turn.replies)


def test_an_amount_of_a_declared_fact_is_heard_in_a_first_message(monkeypatch: pytest.MonkeyPatch) -> None:
    """By its label or another name of it, for a project as for the enterprise; and 没有贷款 is no answer on robots."""
    monkeypatch.setattr(conversing, "assessor", lambda: assessor(INVENTED))
    talk = conversing.Talk(date(2026, 10, 31))
    talk.say("我们公司在阜宁县做汽车零部件，今年5月完工一个技改项目，设备投入3000万，工业软件120万")
    assert talk.facts["projects"][0]["equipment_yuan"] == 30_000_000
    assert talk.facts["projects"][0]["industrial_software_yuan"] == 1_200_000
    assert talk.facts["enterprise"]["industries"] == ["other_manufacturing"]
    talk.say("没有贷款")
    assert talk.facts["projects"][0]["loan_amount_yuan"] == 0
    assert "new_robots" not in talk.facts["enterprise"]


@pytest.mark.parametrize(
    ("unit", "said", "value"),
    [
        ("%", "3.6%", "3.6"), ("%", "3.6个点", "3.6"), ("%", "百分之三点六", "3.6"), ("%", "4", "4"),
        ("亩", "12.5亩", "12.5"), ("亩", "十二亩半", "12.5"), ("平方米", "1200.5平米", "1200.5"), ("平方米", "1.2万平", "12000"),
        ("个月", "18个月", "18"), ("个月", "一年半", "18"), ("个月", "两年", "24"), ("个月", "2026年5月", None),
    ],
)  # fmt: skip
def test_numbers_with_decimals_and_their_units(unit: str, said: str, value: str | None) -> None:
    """As people say areas, rates and spans; a month of the calendar is no number of months."""
    fact = Fact(name="x", of="enterprise", type="number", label="x", question="？", unit=unit, decimals=unit != "个月")
    found = count(said, fact)
    assert (None if found is None or found.doubt else str(found.value)) == value
