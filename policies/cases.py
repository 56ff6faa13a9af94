"""Worked cases: a profile and what an official worked out by hand for it (cases.yaml of each document).

`base:` of a file stands under each of its cases: the enterprise fact by fact, any other key as a whole. What a case
does not name is not compared. A case that no longer holds is a slip in the tables or in the case: it stops a publication.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from policies.assess import Assessor
from policies.assessment import Assessment
from policies.caveats import caveats
from policies.errors import Fault, ProfileError, TableError
from policies.loader import Files, documents_of
from policies.money import yuan
from policies.profile import read_profile
from policies.yaml12 import YamlError, load

EXACT = ("total_yuan", "indicative_yuan", "other_yuan", "range_yuan", "indicative_range_yuan", "awards")
"""Expectations that must be equal."""
AMONG = ("unquantified", "missing", "caveats")
"""Expectations that must be among what is found."""
EXPECTATIONS = frozenset({*EXACT, *AMONG, "excluded"})


@dataclass(frozen=True)
class Case:
    """One case: `document` is the folder it lies in, `expect` what it says of the assessment."""

    id: str
    document: str
    profile: dict[str, Any]
    expect: dict[str, Any]
    title: str = ""
    why: str = ""
    line: int = field(default=1, compare=False)


def cases_of(files: Files) -> list[Case]:
    """The cases of all documents. Raises TableError with every fault."""
    found: list[Case] = []
    faults: list[Fault] = []
    for document in documents_of(files):
        name = f"{document}/cases.yaml"
        if name in files:
            try:
                found += read_cases(files[name], document, name)
            except TableError as error:
                faults += error.faults
    if faults:
        raise TableError(faults)
    return found


@lru_cache(maxsize=64)
def read_cases(text: str, document: str, name: str) -> tuple[Case, ...]:
    """The cases of one cases.yaml. Raises TableError."""
    return tuple(_cases(text, document, name))


def _cases(text: str, document: str, name: str) -> Iterator[Case]:
    try:
        data, lines = load(text)
    except YamlError as error:
        raise TableError([Fault(name, error.line, "", f"不是正确的 YAML：{error.text}", "检查缩进和引号")]) from error
    rows = (data.get("cases") or ()) if isinstance(data, dict) else None
    if not isinstance(rows, list | tuple):
        raise TableError([Fault(name, 1, "", "应有 cases，是一列案例", "照别的文件的 cases.yaml 写")])
    base = _mapping(data.get("base"))
    for number, row in enumerate(rows):
        line = lines.get(("cases", number), 1)
        id_ = str(row.get("id") or "") if isinstance(row, dict) else ""
        if not id_ or not isinstance(row.get("expect"), dict) or not row["expect"].keys() <= EXPECTATIONS:
            remedy = f"每个案例要写 id、profile 和 expect；expect 里可写 {'、'.join(sorted(EXPECTATIONS))}"
            raise TableError([Fault(name, line, id_, "这个案例不完整", remedy)])
        own = _mapping(row.get("profile"))
        profile = {**base, **own}
        profile["enterprise"] = {**_mapping(base.get("enterprise")), **_mapping(own.get("enterprise"))}
        texts = {key: str(row.get(key) or "") for key in ("title", "why")}
        yield Case(id_, document, profile, row["expect"], line=line, **texts)


def _mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def assess_case(case: Case, assessor: Assessor) -> Assessment:
    """The assessment of a case. Raises ProfileError, also for a case that does not name its day."""
    profile = read_profile(case.profile, assessor.vocabulary, assessor.clauses)
    if profile.as_of is None:
        raise ProfileError("no_day", "案例要写明 as_of（按哪一天计算）", "as_of")
    return assessor.assess(profile, profile.as_of)


def differing(case: Case, assessor: Assessor) -> dict[str, tuple[Any, Any]]:
    """What does not hold: expectation → (as worked by hand, as found). Empty when the case holds. Raises ProfileError."""
    expect, told = case.expect, found_in(case, assess_case(case, assessor))
    out = {key: (expect[key], told[key]) for key in EXACT if key in expect and expect[key] != told[key]}
    for clause, wanted in (expect.get("excluded") or {}).items():
        reasons = told["excluded"].get(clause, set())
        if reasons.isdisjoint(listed(wanted)):
            out[f"excluded.{clause}"] = (listed(wanted), sorted(reasons))
    for key in AMONG:
        missing = set(expect.get(key) or ()) - told[key]
        if missing:
            out[key] = (sorted(missing), sorted(told[key]))
    return out


def found_in(case: Case, result: Assessment) -> dict[str, Any]:
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


def listed(value: Any) -> list[str]:
    """One expectation, or several of which one must hold, as a list."""
    return [str(item) for item in value] if isinstance(value, list) else [str(value)]
