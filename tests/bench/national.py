"""A library as large as the country's: does an answer still cost what the documents of one place cost?"""

from __future__ import annotations

import gc
import json
import resource
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from policies.as_json import as_json
from policies.assess import Assessor
from policies.loader import LIBRARY, Tables, library, load_folder
from policies.model import Policy
from policies.profile import Profile, read_profile
from tests.bench.tables import Options, Table, against, milliseconds, percentile, spread
from tests.enterprises import Enterprise, enterprises

_DOCUMENTS, _CLAUSES = 2000, 50
_PAYING = ("baotou", "hohhot", "siyang", "guangxi")
_OURS = ("15", "3213", "45")
"""Where the five documents apply: the others lie elsewhere."""


def tables(options: Options) -> list[Table]:
    small = Assessor(library())
    people = list(enterprises(300, options.seed, (*_PAYING, "innermongolia")))
    before = _megabytes()
    start = time.process_time()
    large_tables = _synthetic(library())
    built = time.process_time() - start
    start = time.process_time()
    large = Assessor(large_tables)
    ready = time.process_time() - start
    gc.collect()
    grown = _megabytes() - before
    clauses = sum(len(policy.clauses) for policy in large_tables.policies.values())
    table = Table(
        f"{len(large_tables.policies):,} documents, {clauses:,} clauses: an answer with JSON (ms)",
        ("library", "p50", "p95", "p99", "p50 ratio", "p95 ratio"),
    )
    few, many = _compare(small, large, people)
    table.rows.append(("five documents", *spread(few), "1.00", "1.00"))
    ratios = [percentile(many, share) / percentile(few, share) for share in (50, 95)]
    table.rows.append(("synthetic", *spread(many), *(f"{ratio:.2f}" for ratio in ratios)))
    table.notes.append(f"p95 ratio {against(ratios[1], 2, 'times')}; every answer is the same byte for byte")
    table.notes.append(f"rows made in {built:.1f} s, Assessor(tables) {ready:.2f} s, memory {grown:.0f} MB more")
    return [table, _loading(large_tables)]


def _synthetic(base: Tables) -> Tables:
    """The five, and copies of them with other ids, each in a county of its own."""
    policies = dict(base.policies)
    rows = (LIBRARY / "regions.csv").read_text(encoding="utf-8").splitlines()
    named = (row.partition(",")[0] for row in rows if row[:6].isdecimal())
    codes = (code for code in named if not code.endswith("00") and not code.startswith(_OURS))
    number = 0
    while len(policies) < _DOCUMENTS:
        number += 1
        copy = _copy(base.policies[_PAYING[number % len(_PAYING)]], f"d{number}", next(codes))
        policies[copy.id] = copy
    return Tables(base.vocabulary, policies)


def _copy(policy: Policy, name: str, code: str) -> Policy:
    def renamed(row: Any, mark: str) -> Any:
        return row.model_copy(update={"id": f"{name}-{mark}{row.id}"})

    clauses = []
    for clause, mark in _over_and_over(policy):
        tiers = tuple(renamed(tier, mark) for tier in clause.tiers)
        clauses.append(renamed(clause, mark).model_copy(update={"tiers": tiers}))
    limits = tuple(
        renamed(row, "").model_copy(update={"over": _ids(row.over, name), "except_": _ids(row.except_, name)})
        for row in policy.limits
    )
    readings = tuple(
        renamed(row, "").model_copy(update={"clauses": _ids(row.clauses, name)}) for row in policy.readings
    )
    head = policy.document.model_copy(update={"id": name, "territory": (code,)})
    rows = {"document": head, "clauses": tuple(clauses), "limits": limits, "readings": readings}
    return policy.model_copy(update=rows)


def _ids(clauses: tuple[str, ...], name: str) -> tuple[str, ...]:
    return tuple(f"{name}-{clause}" for clause in clauses)


def _over_and_over(policy: Policy) -> Iterator[tuple[Any, str]]:
    for number in range(_CLAUSES + 1):
        lap, index = divmod(number, len(policy.clauses))
        yield policy.clauses[index], f"{lap}-" if lap else ""


def _compare(small: Assessor, large: Assessor, people: list[Enterprise]) -> tuple[list[float], list[float]]:
    few, many = [], []
    for one in people:
        profile = read_profile(one.profile, small.vocabulary, small.clauses)
        assert _answer(small, profile, one) == _answer(large, profile, one)
        few.append(milliseconds(lambda p=profile, o=one: _answer(small, p, o), 3))
        many.append(milliseconds(lambda p=profile, o=one: _answer(large, p, o), 3))
    return few, many


def _answer(assessor: Assessor, profile: Profile, one: Enterprise) -> dict[str, Any]:
    return as_json(assessor.assess(profile, one.as_of), assessor.vocabulary)


def _loading(large: Tables) -> Table:
    """Reading folders: the five, and a share of the many, for the rest grows in step."""
    table = Table(
        "Reading tables from folders, every check made", ("library", "documents", "clauses", "s", "ms a clause")
    )
    share = 40
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        shutil.copy(LIBRARY / "facts.yaml", folder)
        texts = {id_: (LIBRARY / id_ / "source.md").read_text(encoding="utf-8") for id_ in _PAYING}
        for number, policy in enumerate([p for p in large.policies.values() if p.id.startswith("d")][:share], 1):
            own = folder / policy.id
            own.mkdir()
            (own / "source.md").write_text(texts[_PAYING[number % len(_PAYING)]], encoding="utf-8")
            data = policy.model_dump(mode="json", by_alias=True, exclude_defaults=True)
            (own / "policy.yaml").write_text(json.dumps(_written(data), ensure_ascii=False, indent=1), encoding="utf-8")
        for label, where in (("the five", LIBRARY), (f"{share} of the many", folder)):
            start = time.process_time()
            found = load_folder(where)
            spent = time.process_time() - start
            clauses = sum(len(policy.clauses) for policy in found.policies.values())
            table.rows.append(
                [label, str(len(found.policies)), f"{clauses:,}", f"{spent:.2f}", f"{spent / clauses * 1000:.2f}"]
            )
    whole = spent / clauses * _DOCUMENTS * _CLAUSES
    table.notes.append(f"all 100,000 clauses at that pace: about {whole:.0f} s")
    return table


def _written(value: Any, key: str = "") -> Any:
    """Money back to yuan and rates to fractions, as a table's author writes them."""
    if isinstance(value, dict):
        return {name: _written(item, name) for name, item in value.items()}
    if isinstance(value, list):
        return [_written(item, key) for item in value]
    if key in ("fixed", "amount", "first", "each", "unit", "up_to") and value is not None:
        return f"{value // 100}.{value % 100:02d}"
    return value


def _megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
