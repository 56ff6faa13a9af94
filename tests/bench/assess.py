"""Time of an assessment, and of a general decision engine on the conditions and amounts alone."""

from __future__ import annotations

import json
from typing import Any

from policies.as_json import as_json
from policies.assess import Assessor
from policies.loader import library
from policies.matching import match
from policies.profile import Profile, read_profile
from tests.bench.tables import Options, Table, against, milliseconds, percentile, spread
from tests.enterprises import PLACES, Enterprise, enterprises

_RUNS = 3


def tables(options: Options) -> list[Table]:
    assessor = Assessor(library())
    people = list(enterprises(600, options.seed))
    read = [read_profile(one.profile, assessor.vocabulary, assessor.clauses) for one in people]
    return [_five(assessor, people, read), _beside(assessor, people, read)]


def _five(assessor: Assessor, people: list[Enterprise], read: list[Profile]) -> Table:
    table = Table(
        "Assessment: exact maximum, plan, exclusions with reasons, caveats, JSON (ms)",
        ("place", "p50", "p95", "p99", "maximum alone p50", "p95"),
    )
    whole: dict[str, list[float]] = {}
    bare: dict[str, list[float]] = {}
    for one, profile in zip(people, read, strict=True):
        day = one.as_of
        assessor.assess(profile, day)
        for times, work in (
            (bare, lambda p=profile, d=day: assessor.assess(p, d)),
            (whole, lambda p=profile, d=day: as_json(assessor.assess(p, d), assessor.vocabulary)),
        ):
            times.setdefault(one.place, []).append(milliseconds(work, _RUNS))
    for place in PLACES:
        table.rows.append((place, *spread(whole[place]), *spread(bare[place])[:2]))
    every = [value for values in whole.values() for value in values]
    alone = [value for values in bare.values() for value in values]
    table.rows.append(("all", *spread(every), *spread(alone)[:2]))
    table.notes.append(f"{len(people)} enterprises of tests/enterprises.py, best of {_RUNS} runs each")
    table.notes.append(f"p95 {against(percentile(every, 95), 1, 'ms')}")
    return table


def _beside(assessor: Assessor, people: list[Enterprise], read: list[Profile]) -> Table:
    table = Table("The same clauses of Baotou and Hohhot in zen-engine (ms)", ("", "p50", "p95", "p99", "p50 ratio"))
    try:
        import zen
    except ImportError:
        table.notes.append("zen-engine is not installed: make bench installs it (the extra `bench`); skipped")
        return table
    from tests.bench.decision_table import context, decision

    engines: dict[str, Any] = {}
    for name in ("baotou", "hohhot"):
        model = json.dumps(decision(assessor.tables.policies[name], assessor.vocabulary), ensure_ascii=False)
        engines[name] = zen.ZenEngine().create_decision(zen.ZenDecisionContent(model))
    theirs, matching, whole, same = [], [], [], 0
    for one, profile in zip(people, read, strict=True):
        if one.place not in engines or len(one.profile["projects"]) > 1 or len(one.profile["recognitions"]) > 1:
            continue
        rules, day, engine = assessor.rules(one.place), one.as_of, engines[one.place]
        told = context(profile, day, assessor.vocabulary)
        found = {row["clause"]: row["amount"] for row in engine.evaluate(told)["result"]}
        ours = {
            entry.rule.id: float(entry.amount()) / 100
            for entry in match(rules, profile, day).entries
            if entry.verdict is True and entry.amount() > 0
        }
        same += all(abs(found.get(name, 0) - ours.get(name, 0)) < 0.01 for name in found.keys() | ours.keys())
        theirs.append(milliseconds(lambda e=engine, t=told: e.evaluate(t), _RUNS))
        matching.append(milliseconds(lambda r=rules, p=profile, d=day: match(r, p, d), _RUNS))
        whole.append(milliseconds(lambda p=profile, d=day: as_json(assessor.assess(p, d), assessor.vocabulary), _RUNS))
    base = percentile(theirs, 50)  # its slowest vary tenfold from run to run
    for name, values in (
        ("zen-engine: conditions and amounts", theirs),
        ("Kedui: conditions and amounts", matching),
        ("Kedui: whole assessment, all documents", whole),
    ):
        table.rows.append((name, *spread(values), f"{percentile(values, 50) / base:.2f}"))
    table.notes.append(
        f"{len(theirs)} enterprises with one project and at most one certificate; {same} with equal amounts"
    )
    table.notes.append(
        "zen-engine gets money by activity, ranks and days as numbers; nobody asks it what excludes what"
    )
    return table
