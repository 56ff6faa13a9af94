"""Cases worked by hand: every document's own (policies/library/*/cases.yaml), invented ones, and those of tests/data/cases.

How a case is read and compared: policies/cases.py, which `kedui policies` uses too.
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

from policies import cases
from policies.assess import Assessor
from policies.cases import listed
from policies.loader import LIBRARY, load_folder
from policies.model import Policy
from policies.yaml12 import load

DATA = Path(__file__).parent / "data"
INVENTED = DATA / "invented"


@dataclass(frozen=True)
class Case(cases.Case):
    """One case: `folder` its tables, `document` the one it belongs to ('' for cases across documents)."""

    folder: Path = LIBRARY


def cases_of(path: Path, folder: Path, document: str) -> Iterator[Case]:
    """The cases of a file, with its base under each."""
    for case in cases.read_cases(path.read_text(encoding="utf-8"), document, path.name):
        yield Case(**vars(case), folder=folder)


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


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_case(case: Case) -> None:
    """The figures, the paying lines, and the reasons, as worked by hand."""
    assert cases.differing(case, assessor(case.folder)) == {}


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
        if listed(reason) != ["not_in_force"] or (draft and clause not in (case.expect.get("awards") or ()))
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
