"""Cases worked by hand: every document's own (policies/library/*/cases.yaml), invented ones, and those of tests/data/cases.

A case gives a profile and what is expected of it. `base:` of a file stands under each of its cases: the enterprise
fact by fact, any other key as a whole. What a case does not name is not compared.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest

from policies.assess import Assessment, Assessor
from policies.explain import caveats
from policies.loader import LIBRARY, load_folder
from policies.model import Policy
from policies.money import yuan
from policies.profile import read_profile
from policies.yaml12 import load

DATA = Path(__file__).parent / "data"
INVENTED = DATA / "invented"
EXPECTATIONS = {
    "total_yuan",
    "indicative_yuan",
    "other_yuan",
    "range_yuan",
    "indicative_range_yuan",
    "awards",
    "excluded",
    "unquantified",
    "missing",
    "caveats",
}


@dataclass(frozen=True)
class Case:
    """One case: `folder` its tables, `document` the one it belongs to ('' for cases across documents)."""

    id: str
    folder: Path
    document: str
    profile: dict[str, Any]
    expect: dict[str, Any]


def cases_of(path: Path, folder: Path, document: str) -> Iterator[Case]:
    """The cases of a file, with its base under each."""
    data, _ = load(path.read_text(encoding="utf-8"))
    base = data.get("base") or {}
    for row in data["cases"]:
        own = row.get("profile") or {}
        profile = {**base, **own}
        profile["enterprise"] = {**(base.get("enterprise") or {}), **(own.get("enterprise") or {})}
        yield Case(row["id"], folder, document, profile, row["expect"])


CASES = [
    *(case for path in sorted((DATA / "cases").glob("*.yaml")) for case in cases_of(path, LIBRARY, "")),
    *(case for path in sorted(LIBRARY.glob("*/cases.yaml")) for case in cases_of(path, LIBRARY, path.parent.name)),
    *(case for path in sorted(INVENTED.glob("*/cases.yaml")) for case in cases_of(path, INVENTED, path.parent.name)),
]
LIBRARY_DOCUMENTS = sorted(path.parent for path in LIBRARY.glob("*/policy.yaml"))
DOCUMENTS = [*LIBRARY_DOCUMENTS, *sorted(path.parent for path in INVENTED.glob("*/policy.yaml"))]


@lru_cache
def assessor(folder: Path) -> Assessor:
    return Assessor(load_folder(folder))


@lru_cache
def policy(folder: Path) -> Policy:
    """The policy of one document's folder."""
    return assessor(folder.parent).tables.policies[folder.name]


def assess(case: Case) -> Assessment:
    with_tables = assessor(case.folder)
    profile = read_profile(case.profile, with_tables.vocabulary, with_tables.clauses)
    assert profile.as_of is not None, "a case names its day"
    return with_tables.assess(profile, profile.as_of)


def found(case: Case, result: Assessment) -> dict[str, Any]:
    """What the assessment says, in the words of `expect`."""
    awards: dict[str, int] = {}
    for line in result.lines:
        if line.status in ("firm", "planned") or line.matched.rules.document.id == case.document:
            awards[line.entry.rule.id] = awards.get(line.entry.rule.id, 0) + line.amount
    excluded: dict[str, set[str]] = {}
    for refusal in result.refusals:
        excluded.setdefault(refusal.entry.rule.id, set()).add(refusal.reason)
    return {
        "total_yuan": yuan(result.total),
        "indicative_yuan": yuan(result.indicative),
        "other_yuan": yuan(result.other),
        "range_yuan": [yuan(result.total), _or_open(result.high)],
        "indicative_range_yuan": [yuan(result.indicative), _or_open(result.indicative_high)],
        "awards": {clause: yuan(amount) for clause, amount in awards.items()},
        "excluded": excluded,
        "unquantified": {entry.rule.id for entry, _ in result.unquantified},
        "missing": set(result.missing),
        "caveats": {str(caveat["code"]) for caveat in caveats(result)},
    }


def _or_open(amount: int | None) -> str | None:
    return None if amount is None else yuan(amount)


def _as_list(value: Any) -> list[str]:
    return [str(item) for item in value] if isinstance(value, list) else [str(value)]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_case(case: Case) -> None:
    """The figures, the paying lines, and the reasons, as worked by hand."""
    expect, told = case.expect, found(case, assess(case))
    assert expect.keys() <= EXPECTATIONS
    same = [key for key in EXPECTATIONS - {"excluded", "unquantified", "missing", "caveats"} if key in expect]
    assert {key: told[key] for key in same} == {key: expect[key] for key in same}
    reasons = {clause: told["excluded"].get(clause, set()) for clause in expect.get("excluded") or {}}
    unmet = {
        clause: (_as_list(wanted), sorted(reasons[clause]))
        for clause, wanted in (expect.get("excluded") or {}).items()
        if reasons[clause].isdisjoint(_as_list(wanted))
    }
    assert not unmet, f"excluded for another reason (wanted, found): {unmet}"
    for key in ("unquantified", "missing", "caveats"):
        assert set(expect.get(key) or ()) <= told[key]


def test_ids_of_cases_are_unique() -> None:
    """A failing test names one case."""
    ids = [case.id for case in CASES]
    assert sorted({id_ for id_ in ids if ids.count(id_) > 1}) == []


def test_every_document_has_cases() -> None:
    """A new folder is tested the moment it exists."""
    assert [folder.name for folder in DOCUMENTS if not (folder / "cases.yaml").exists()] == []


@pytest.mark.parametrize("folder", DOCUMENTS, ids=lambda folder: folder.name)
def test_each_clause_has_a_case_for_and_one_against(folder: Path) -> None:
    """Each clause and tier pays (or is shown without a number) in some case, and in another fails on its own terms.

    In a draft every reason is `not_in_force`; there the case against is one that names the clause and gives it no money.
    """
    own = [case for case in CASES if case.document == folder.name]
    draft = policy(folder).document.state == "draft"
    pays = {clause for case in own for key in ("awards", "unquantified") for clause in case.expect.get(key) or ()}
    fails = {
        clause
        for case in own
        for clause, reason in (case.expect.get("excluded") or {}).items()
        if _as_list(reason) != ["not_in_force"] or (draft and clause not in (case.expect.get("awards") or ()))
    }
    clauses = policy(folder).clauses
    ids = {tier.id for clause in clauses for tier in clause.tiers} | {
        clause.id for clause in clauses if not clause.tiers
    }
    always = {clause.id for clause in clauses if clause.shown_when == "always"}
    assert (sorted(ids - pays), sorted(ids - fails - always)) == ([], []), "without a case for; without a case against"


@pytest.mark.parametrize("folder", DOCUMENTS, ids=lambda folder: folder.name)
def test_every_quote_stands_in_the_source(folder: Path) -> None:
    """Quotes are verbatim, white space apart."""
    source = re.sub(r"\s", "", (folder / "source.md").read_text(encoding="utf-8"))
    data, _ = load((folder / "policy.yaml").read_text(encoding="utf-8"))
    assert [quote for quote in _quotes(data) if re.sub(r"\s", "", quote) not in source] == []


def _quotes(data: Any) -> Iterator[str]:
    if isinstance(data, dict):
        if data.get("quote"):
            yield data["quote"]
        for value in data.values():
            yield from _quotes(value)
    elif isinstance(data, list):
        for value in data:
            yield from _quotes(value)


DATED = [folder for folder in LIBRARY_DOCUMENTS if policy(folder).document.to is not None]


@pytest.mark.parametrize("folder", DATED, ids=lambda folder: folder.name)
def test_both_ends_of_a_document_have_cases(folder: Path) -> None:
    """The last day pays and the next does not: each dated document has a case on both."""
    document = policy(folder).document
    assert document.to is not None
    days = [date.fromisoformat(str(case.profile["as_of"])) for case in CASES if case.document == folder.name]
    assert document.to in days
    assert any(day > document.to for day in days)
