"""The certificate keeps its books: each clause on each object once, and something missing exactly while it can matter."""

from __future__ import annotations

import random
from collections import Counter
from datetime import date
from typing import Any

import pytest
from hypothesis import given

from policies.as_json import as_json
from policies.assess import Assessor
from policies.assessment import Assessment
from policies.nearmiss import near_misses
from policies.profile import Profile, read_profile
from tests.profiles import Data, completed, without
from tests.test_range import CI, HOMES, SEEDS, adds_up, assess, of_library, some, teller_for, within

PLACES = ["包头稀土高新区", "呼和浩特市", "泗阳县", "柳州市", "土默特左旗", "北京市"]
COARSE = ["内蒙古自治区", "宿迁市", "江苏省"]
DAYS = [
    *(date(2024, 4, day) for day in (24, 25)),
    *(date(2025, 1, day) for day in (25, 26)),
    *(date(2024, 12, 31), date(2025, 12, 31), date(2026, 1, 1), date(2026, 6, 30), date(2026, 7, 1), date(2022, 1, 1)),
]
"""The first and the last day of each document's life, and their neighbours."""

Key = tuple[str, str | None, int | None]


def random_told(seed: int) -> tuple[random.Random, Any, date, Data, list[Any]]:
    """Somebody of anywhere who asks on any day, and the facts to leave out of what is told."""
    dice, assessor = random.Random(seed), of_library()
    name = dice.choice(sorted(HOMES))
    region = HOMES[name][0] if dice.random() < 0.6 else dice.choice(PLACES + COARSE)
    on = dice.choice(HOMES[name][1] + DAYS)
    teller = teller_for(assessor.tables.policies[name], assessor, dice, region, on)
    told = teller.profile(3, 3, 2)
    return dice, teller, on, told, some(dice, told)


def expected(assessor: Assessor, profile: Profile, document: str) -> dict[str, list[Key]]:
    """The objects on which each clause (or tier) of a document must be reported; none: on nothing, once."""
    found: dict[str, list[Key]] = {}
    for clause in assessor.tables.policies[document].clauses:
        objects: list[tuple[str | None, int | None]] = []
        if clause.for_ == "recognition":
            titles = [title for title in profile.recognitions or () if title.kind in clause.kinds]
            objects = [(title.project, title.index) for title in titles]
        elif clause.for_ == "project":
            for project in profile.projects or ():
                if any(line.activities and line.activities & set(clause.takes) for line in project.lines or ()):
                    objects.append((project.id, None))
        for name in [tier.id for tier in clause.tiers] or [clause.id]:
            found[name] = [(name, *own) for own in objects]
    return found


def check_books(assessor: Assessor, told: Data, result: Assessment) -> None:
    """Every entry stands in one place; what a document not in force would pay stands in two."""
    answer = as_json(result, assessor.vocabulary)
    refused = {(row["clause"], row["project"], row["recognition"]): row for row in answer["excluded"]}
    told_once: Counter[Key] = Counter()
    for list_name in ("awards", "excluded", "unquantified"):
        for row in answer[list_name]:
            key = row["clause"], row["project"], row["recognition"]
            if list_name == "awards" and row["status"] not in ("firm", "planned"):
                assert refused[key]["reason"] == "not_in_force"
            else:
                told_once[key] += 1
    open_ = {entry.key for entry, _ in result.open_entries}
    assert [key for key, count in told_once.items() if count > 1] == []
    assert open_.isdisjoint(told_once)
    assert not open_ or answer["missing"]
    everything = open_ | set(told_once)
    profile = read_profile(told, assessor.vocabulary, assessor.clauses)
    for document in answer["documents"]:
        for name, keys in expected(assessor, profile, document["document"]).items():
            assert set(keys) <= everything if keys else any(key[0] == name for key in everything), name


@CI
@given(SEEDS)
def test_each_clause_is_told_once_for_each_object(seed: int) -> None:
    """Awards, excluded, unquantified and missing share the entries out among them, with facts left out or not."""
    _, _, on, told, left_out = random_told(seed)
    for facts in (told, without(told, left_out)):
        check_books(of_library(), facts, assess(of_library(), facts, on))


@CI
@given(SEEDS)
def test_something_is_missing_while_the_figures_are_open(seed: int) -> None:
    """Ends that differ are explained by a missing fact, and a coarse place or a place left out widens the range."""
    dice, teller, on, told, left_out = random_told(seed)
    less_told = without(told, left_out)
    less = assess(of_library(), less_told, on)
    assert less.settled or less.missing
    if told["enterprise"]["region"] in COARSE:
        left_out = [*left_out, ("enterprise", "region")]
    for _ in range(2):
        more_told = completed(less_told, left_out, teller)
        if ("enterprise", "region") in left_out:
            inside = {"宿迁市": ["泗阳县", "宿城区"], "江苏省": ["泗阳县", "南京市"]}
            inside["内蒙古自治区"] = ["包头市", "呼和浩特市", "赤峰市"]
            region = less_told["enterprise"].get("region")
            more_told["enterprise"]["region"] = dice.choice(inside.get(region, [region] if region else PLACES))
        more = assess(of_library(), more_told, on)
        adds_up(more)
        within(less, more)


# ---- what the audit found, as plain cases ----

FIRM = {"region": "包头稀土高新区", "applicant_kind": "enterprise", "industries": ["rare_earth_chain"]}
ON = date(2025, 6, 30)


def project(name: str, total: int, activity: str) -> Data:
    return {"id": name, "completed_on": "2025-03-01", "total_investment_yuan": total, "activities": [activity]}


def ask(projects: list[Data], awards: list[Data]) -> Assessment:
    told = {"enterprise": FIRM, "projects": projects, "recognitions": [], "other_awards": awards}
    return assess(of_library(), told, ON)


def test_the_year_of_earlier_money_is_missing_where_places_are_counted() -> None:
    """A place of 2025 or of 2024: 600000, or 500000 + 600000."""
    three = [project("P1", 5_000_000, "network"), project("P2", 2_500_000, "cloud")]
    three.append(project("P3", 4_000_000, "safety_platform"))
    had: Data = {"clause": "baotou-4.7", "amount_yuan": 300_000, "status": "received"}
    result = ask(three, [had])
    assert (result.total, result.high) == (60_000_000, 110_000_000)
    assert result.missing == ["other_awards[0].year"]


@pytest.mark.parametrize(
    "award",
    [
        {"level": "county", "year": 2025, "status": "received", "project": "P1"},
        {"level": "city", "status": "received", "recognition": "lianghua"},
        {"document": "hohhot", "clause": "hohhot-20"},
        {"level": "city", "amount_yuan": 0, "status": "received", "project": "P1"},
    ],
)
def test_nothing_is_missing_of_money_that_cannot_bear_on_ours(award: Data) -> None:
    """County money does not net Baotou's, other titles and other places neither, and its year counts for no netting."""
    result = ask([project("P1", 5_000_000, "network")], [award])
    assert (result.total, result.high, result.missing) == (50_000_000, 50_000_000, [])


def test_each_project_at_a_cap_is_noted_once() -> None:
    """Three projects, two of them at a cap: 专题研究 is told for each of these, and refused for the third."""
    projects = [
        project("P1", 6_000_000, "network"),
        project("P2", 3_000_000, "cloud"),
        project("P3", 900_000, "energy"),
    ]
    result = ask(projects, [])
    shown = [entry.key[1] for entry, _ in result.unquantified if entry.rule.id == "baotou-3.x"]
    refused = [refusal.entry.key[1] for refusal in result.refusals if refusal.entry.rule.id == "baotou-3.x"]
    assert (shown, refused) == (["P1", "P2"], ["P3"])


def test_a_near_miss_is_told_while_the_tax_share_is_unknown() -> None:
    """950000 of 1000000: 10% of 700000 and 30% of 200000 wait beyond the threshold, at the most."""
    firm = {"region": "泗阳县", "applicant_kind": "enterprise", "industries": ["other_manufacturing"]}
    firm |= {"safety_accident_level": "none", "disqualifying_events": [], "resource_use_grade": "A"}
    row = project("P1", 950_000, "leading_single_set")
    row |= {"completed_on": "2023-03-01", "smart_equipment_yuan": 700_000, "software_tech_yuan": 200_000}
    told = {"enterprise": firm, "projects": [{**row, "loan_amount_yuan": 0}], "recognitions": [], "other_awards": []}
    misses = near_misses(of_library(), assess(of_library(), told, date(2023, 6, 30)))
    assert [(miss.gain, miss.open) for miss in misses] == [(13_000_000, True)]
    assert "100万元" in misses[0].text


def test_a_large_library_asks_first_where(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where too many documents may apply, none is looked at: the sum is open, and the place is what is missing."""
    monkeypatch.setattr("policies.assess._FEW_DOCUMENTS", 2)
    assessor = of_library()
    result = assessor.assess(read_profile({}, assessor.vocabulary, assessor.clauses), date(2025, 6, 30))
    assert result.missing == ["enterprise.region"]
    assert result.high is None
    assert not result.settled
