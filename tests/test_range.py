"""Unknown is not no: what is certain stays certain, whatever the missing facts turn out to be.

Random profiles of the five documents' enterprises and random rule sets. Known limit: money that could be had elsewhere
(`status: eligible`) may take the place of ours, so that a floor told without it need not hold; awards here are received.
"""

from __future__ import annotations

import random
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policies.as_json import as_json
from policies.assess import Assessor
from policies.assessment import Assessment
from policies.loader import LIBRARY, Tables, library, load_files, read_files
from policies.model import Policy
from policies.profile import read_profile
from tests import rulesets
from tests.profiles import Data, Teller, completed, paths, without

SEEDS = st.integers(0, 2**32 - 1)
CI = settings(max_examples=120, deadline=None, derandomize=True)

HOMES = {
    "baotou": ("包头稀土高新区", [date(2025, 6, 30), date(2024, 12, 31), date(2026, 3, 1)]),
    "hohhot": ("呼和浩特市", [date(2025, 9, 1), date(2026, 6, 30), date(2026, 11, 22)]),
    "siyang": ("泗阳县", [date(2023, 6, 30), date(2024, 12, 31), date(2025, 3, 1)]),
    "guangxi": ("柳州市", [date(2024, 6, 30)]),
}
"""Where an enterprise is registered, and the days on which it asks."""


@lru_cache
def of_library() -> Assessor:
    return Assessor(library())


def assess(assessor: Assessor, told: Data, on: date) -> Assessment:
    return assessor.assess(read_profile(told, assessor.vocabulary, assessor.clauses), on)


def teller_for(policy: Policy, assessor: Assessor, dice: random.Random, region: str, on: date) -> Teller:
    """Tells facts that the document speaks of more often than others."""
    teller = Teller(assessor.vocabulary, dice, region, on)
    prefer: dict[str, list[str]] = {"activities": [], "kind": [], "clause": []}
    for clause in policy.clauses:
        prefer["activities"] += clause.takes
        prefer["kind"] += clause.kinds
        prefer["clause"] += [tier.id for tier in clause.tiers] or [clause.id]
        for condition in (*policy.document.when, *clause.when, *(c for tier in clause.tiers for c in tier.when)):
            for leaf in condition.leaves():
                if leaf.fact is None or leaf.not_ is not None:
                    continue
                fact = assessor.vocabulary.find(leaf.fact, "project", "enterprise")
                wanted = [*(leaf.in_ or ()), *(v for v in leaf.any or () if isinstance(v, str))]
                wanted += [leaf.is_] if isinstance(leaf.is_, str) else []
                if leaf.group is not None and fact is not None:
                    wanted += [choice.value for choice in fact.choices if leaf.group in choice.groups]
                if fact is not None and fact.choices and wanted:
                    prefer.setdefault(fact.name, []).extend(wanted)
    teller.prefer = {name: sorted(set(values)) for name, values in prefer.items() if values}
    return teller


def verdicts(result: Assessment) -> dict[Any, Any]:
    """The settled and open verdicts of entries, by document, clause and object."""
    return {
        (one.rules.document.id, entry.key): entry.verdict
        for one in result.documents
        for entry in one.entries
        if not (entry.detached and entry.unknown)
    }


def within(less: Assessment, more: Assessment) -> None:
    """What fewer facts leave open holds what more facts settle."""
    assert less.total <= more.total
    assert less.indicative <= more.indicative
    if less.high is not None:
        assert more.total <= less.high
        assert more.high is not None
        assert more.high <= less.high
    if less.indicative_high is not None:
        assert more.indicative <= less.indicative_high


def adds_up(result: Assessment) -> None:
    """The lines that count add up to the total, those that do not to the indicative figure."""
    assert sum(line.amount for line in result.lines if line.status in ("firm", "planned")) == result.total
    assert sum(line.amount for line in result.lines if line.status not in ("firm", "planned")) == result.indicative
    assert all(line.amount > 0 for line in result.lines)
    assert result.high is None or result.high >= result.total


def some(dice: random.Random, told: Data) -> list[Any]:
    """Some of the paths of a profile: mostly few, now and then many."""
    every = list(paths(told))
    share = dice.choice([0.05, 0.15, 0.4, 0.8])
    if dice.random() < 0.1:
        tied = any("project" in row for scope in ("recognitions", "other_awards") for row in told[scope])
        return [("recognitions",)] if tied or dice.random() < 0.5 else [("projects",), ("recognitions",)]
    chosen = {path for path in every if dice.random() < share}
    return [path for path in every if path in chosen and (len(path) < 4 or path[:3] not in chosen)]


@pytest.mark.parametrize("name", HOMES)
@CI
@given(SEEDS)
def test_missing_facts_only_widen_the_range(name: str, seed: int) -> None:
    """Facts left out never raise the floor nor lower the ceiling; told otherwise, the result lies between them."""
    dice, assessor = random.Random(seed), of_library()
    region, days = HOMES[name]
    on = dice.choice(days)
    teller = teller_for(assessor.tables.policies[name], assessor, dice, region, on)
    told = teller.profile(3, 3, 2)
    left_out = some(dice, told)
    less_told = without(told, left_out)
    less = assess(assessor, less_told, on)
    adds_up(less)
    for more_told in (told, *(completed(less_told, left_out, teller) for _ in range(3))):
        more = assess(assessor, more_told, on)
        adds_up(more)
        within(less, more)


@pytest.mark.parametrize("name", HOMES)
@CI
@given(SEEDS)
def test_a_settled_verdict_never_changes(name: str, seed: int) -> None:
    """True stays true and false stays false while facts are added."""
    dice, assessor = random.Random(seed), of_library()
    region, days = HOMES[name]
    on = dice.choice(days)
    teller = teller_for(assessor.tables.policies[name], assessor, dice, region, on)
    told = teller.profile(2, 3, 1)
    left_out = some(dice, told)
    less_told = without(told, left_out)
    before = verdicts(assess(assessor, less_told, on))
    for more_told in (told, completed(less_told, left_out, teller)):
        after = verdicts(assess(assessor, more_told, on))
        assert {key for key, verdict in before.items() if verdict is True and after.get(key) is not True} == set()
        assert {
            key for key, verdict in before.items() if verdict is False and after.get(key) not in (False, None)
        } == set()


@pytest.mark.parametrize("name", HOMES)
@CI
@given(SEEDS)
def test_a_complete_profile_is_settled(name: str, seed: int) -> None:
    """With every fact told nothing is missing, the ends meet, and the same facts give the same bytes."""
    dice, assessor = random.Random(seed), of_library()
    region, days = HOMES[name]
    on = dice.choice(days)
    told = teller_for(assessor.tables.policies[name], assessor, dice, region, on).profile(3, 4, 2)
    result = assess(assessor, told, on)
    assert result.missing == []
    assert (result.high, result.indicative_high) == (result.total, result.indicative)
    assert result.exact
    again = Assessor(assessor.tables)
    assert as_json(assess(again, told, on), again.vocabulary) == as_json(result, assessor.vocabulary)


# ---- random rule sets ----


def of_rules(rows: dict[str, Any]) -> Assessor:
    """An assessor of one random document, with the facts of the library."""
    policy = Policy.model_validate(rows)
    return Assessor(Tables(of_library().vocabulary, {policy.id: policy}))


def random_case(seed: int) -> tuple[random.Random, dict[str, Any], Assessor, Teller]:
    """A random document and someone to tell facts that it speaks of."""
    dice = random.Random(seed)
    rows = rulesets.rules(dice)
    assessor = of_rules(rows)
    teller = teller_for(assessor.tables.policies["demo"], assessor, dice, "包头市", rulesets.ON)
    teller.most_lines = 2
    return dice, rows, assessor, teller


def as_lines(told: Data) -> Data:
    """The profile with the short form of its projects written out."""
    for project in told["projects"]:
        if "activities" in project:
            amount = project["total_investment_yuan"]
            project["spending"] = [{"activities": project.pop("activities"), "amount_yuan": amount}]
    return told


@settings(CI, max_examples=400)
@given(SEEDS)
def test_an_assessment_is_that_of_brute_force(seed: int) -> None:
    """Of a random document and a complete profile, the total is what trying every choice gives."""
    _, rows, assessor, teller = random_case(seed)
    told = as_lines(teller.profile(2, 2, 2))
    result = assess(assessor, told, rulesets.ON)
    adds_up(result)
    assert result.firm is not None
    assert sum(result.firm.plan.paid.values()) == rulesets.value(rows, told)
    assert result.high == result.total
    assert result.missing == []


@settings(CI, max_examples=400)
@given(SEEDS)
def test_missing_facts_only_widen_the_range_of_any_document(seed: int) -> None:
    """The same for random documents: floor, ceiling, settled verdicts, and lines that add up."""
    dice, _, assessor, teller = random_case(seed)
    told = teller.profile(2, 3, 2)
    left_out = some(dice, told)
    less_told = without(told, left_out)
    less = assess(assessor, less_told, rulesets.ON)
    adds_up(less)
    before = verdicts(less)
    for more_told in (told, *(completed(less_told, left_out, teller) for _ in range(3))):
        more = assess(assessor, more_told, rulesets.ON)
        adds_up(more)
        within(less, more)
        after = verdicts(more)
        assert all(after.get(key) is True for key, verdict in before.items() if verdict is True)
        assert not any(after.get(key) is True for key, verdict in before.items() if verdict is False)


@settings(CI, max_examples=150)
@given(SEEDS)
def test_a_further_clause_never_lowers_the_total(seed: int) -> None:
    """A clause that no limit covers only adds; what it adds is its amount, unless the enterprise is disqualified."""
    _, rows, assessor, teller = random_case(seed)
    told = teller.profile(2, 3, 1)
    before = assess(assessor, told, rulesets.ON)
    further = {"id": "c9", "article": "a", "title": "t", "quote": "q", "for": "enterprise", "dated": "no"}
    further |= {"beyond_document": True, "pays": {"fixed": 70_000}}
    after = assess(of_rules({**rows, "clauses": [*rows["clauses"], further]}), told, rulesets.ON)
    assert after.total >= before.total
    if any(verdict is True for key, verdict in verdicts(after).items() if key[1][0] == "c9"):
        assert after.total > before.total


@pytest.mark.parametrize("name", ["baotou", "hohhot", "guangxi"])
@settings(CI, max_examples=60)
@given(SEEDS)
def test_more_money_in_a_line_never_lowers_the_total(name: str, seed: int) -> None:
    """A larger spending line takes nothing away where no clause tests its amount."""
    dice, assessor = random.Random(seed), of_library()
    region, days = HOMES[name]
    on = dice.choice(days)
    told = as_lines(teller_for(assessor.tables.policies[name], assessor, dice, region, on).profile(3, 2, 1))
    before = assess(assessor, told, on)
    for project in told["projects"]:
        line = dice.choice(project["spending"])
        line["amount_yuan"] = str(Decimal(str(line["amount_yuan"])) + dice.choice([1, 50_000, 3_000_000]))
    after = assess(assessor, told, on)
    assert after.total >= before.total
    assert after.indicative >= before.indicative


# ---- what the properties found, as plain cases ----

BAOTOU = {"region": "包头稀土高新区", "applicant_kind": "enterprise", "industries": ["rare_earth_chain"]}


def test_a_line_of_unknown_content_is_not_certain_money() -> None:
    """The second line may be the first centre's, the second's, or nothing's: nothing counts it before that is told."""
    spending = [{"activities": ["experience_center"], "amount_yuan": "4077406.52"}, {"amount_yuan": 21_645_695}]
    project = {"id": "P1", "completed_on": "2025-06-30", "spending": spending}
    told = {"enterprise": {"region": "呼和浩特市", "applicant_kind": "institution"}, "projects": [project]}
    result = assess(of_library(), told, date(2025, 9, 1))
    assert result.total <= 407_740_652
    assert result.high == 1_000_000_000 + 407_740_652


def test_money_of_two_earlier_tiers_is_deducted_together() -> None:
    """4A is worth 700000; 300000 and 200000 came before."""
    before = [
        {"document": "baotou", "clause": "baotou-4.9a-i", "amount_yuan": 300_000, "year": 2024, "status": "received"},
        {"document": "baotou", "clause": "baotou-4.9a-ii", "amount_yuan": 200_000, "year": 2024, "status": "received"},
    ]
    title = {"kind": "lianghua", "level": "4A", "obtained_on": "2025-03-01"}
    told = {"enterprise": BAOTOU, "projects": [], "recognitions": [title], "other_awards": before}
    assert assess(of_library(), told, date(2025, 6, 30)).total == 20_000_000


def test_no_place_is_left_when_two_projects_were_supported() -> None:
    """Two projects had money this year: the other two pay nothing, and the answer says why."""
    projects = [
        {"id": f"P{n}", "completed_on": "2025-03-01", "total_investment_yuan": 1_000_000, "activities": ["cloud"]}
        for n in range(1, 5)
    ]
    had: Data = {"clause": "baotou-4.1", "amount_yuan": 100_000, "year": 2025, "status": "received"}
    awards = [{**had, "project": "P1"}, {**had, "project": "P2"}]
    told = {"enterprise": BAOTOU, "projects": projects, "recognitions": [], "other_awards": awards}
    result = assess(of_library(), told, date(2025, 6, 30))
    paid = {line.entry.key[1] for line in result.lines}
    reasons = {refusal.entry.key[1]: refusal.reason for refusal in result.refusals if refusal.alone}
    assert (paid, reasons) == ({"P1", "P2"}, {"P3": "annual_limit", "P4": "annual_limit"})


def test_a_base_without_a_line_is_certain_only_within_the_lines() -> None:
    """The input of 5000000 counts up to the project's money, which an untold line leaves open."""
    line: Data = {"activities": ["identifier_node"]}
    project: Data = {"id": "P1", "completed_on": "2025-06-24", "build": "upgrade", "sme_retrofit_input_yuan": 5_000_000}
    firm = {"region": "呼和浩特市", "applicant_kind": "enterprise", "industries": ["biopharma"], "size": "medium"}
    firm |= {"is_city_pilot_enterprise": True, "digital_level_after": "3", "served_chain_sme_count": 0}
    told = {"enterprise": firm, "projects": [{**project, "spending": [line]}], "recognitions": []}
    less = assess(of_library(), told, date(2025, 9, 1))
    project |= {"total_investment_yuan": 1_000_000, "spending": [{**line, "amount_yuan": 1_000_000}]}
    more = assess(of_library(), {**told, "projects": [project]}, date(2025, 9, 1))
    assert more.total == 50_000_000
    within(less, more)


@pytest.mark.parametrize(("equipment", "settled"), [(5_000_000, True), (4_999_999, False)])
def test_unknown_money_cannot_move_an_amount_at_its_ceiling(equipment: int, settled: bool) -> None:
    """泗阳 三（一）: 10% of the equipment alone is 50万, the ceiling; what the software cost changes nothing."""
    told: Data = {
        "enterprise": {
            "region": "泗阳县",
            "applicant_kind": "enterprise",
            "industries": ["textile_apparel"],
            "safety_accident_level": "general",
            "disqualifying_events": [],
            "resource_use_grade": "B",
            "local_retained_tax_yuan": 9_000_000,
        },
        "projects": [
            {
                "id": "P1",
                "activities": ["leading_single_set"],
                "total_investment_yuan": 28_000_000,
                "loan_amount_yuan": 0,
                "completed_on": "2022-06-15",
                "smart_equipment_yuan": equipment,
            }
        ],
        "recognitions": [],
    }
    result = assess(of_library(), told, date(2022, 6, 30))
    assert (result.total == 45_000_000, result.settled, not result.missing) == (settled,) * 3
    assert result.high == 45_000_000


@pytest.mark.parametrize(("done", "counts"), [("2015-06-30", True), ("2024-12-31", True), ("2025-01-01", False)])
def test_a_document_that_names_no_first_day_still_has_its_last(done: str, counts: bool) -> None:
    files = read_files(LIBRARY)
    files["baotou/policy.yaml"] = (
        files["baotou/policy.yaml"]
        .replace("  from: 2024-04-25\n", "")
        .replace("  to: 2025-12-31\n  yearly: true\n", "  to: 2024-12-31\n")
    )
    project = {"id": "P1", "completed_on": done, "total_investment_yuan": 1_000_000, "activities": ["mfg_system"]}
    told = {"enterprise": BAOTOU, "projects": [project], "recognitions": [], "other_awards": []}
    result = assess(Assessor(load_files(files)), told, date(2025, 6, 30))
    assert (result.total, result.indicative) == (0, 15_000_000 if counts else 0)
