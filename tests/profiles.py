"""Random profiles for property tests: complete ones, the same with facts left out, and other completions of those.

A profile is the plain data of docs/reference/facts.md. A *path* names a fact that may be left out: ("projects", 0, "build").
"""

from __future__ import annotations

import copy
import random
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

from policies.facts import Fact, Vocabulary

Path = tuple[str | int, ...]
Data = dict[str, Any]


class Teller:
    """Tells random facts: amounts that are often round and often near a threshold, days around `on`."""

    def __init__(self, vocabulary: Vocabulary, dice: random.Random, region: str, on: date) -> None:
        self.vocabulary, self.dice, self.region, self.on = vocabulary, dice, region, on
        self.most_lines = 3
        self.prefer: dict[str, list[str]] = {}
        """Values that are told more often, by fact or kind: those that the tables at hand speak of."""

    def day(self) -> str:
        near = self.on + timedelta(days=self.dice.randint(-400, 250))
        return self.dice.choice([near, near, self.on, date(self.on.year, 12, 31)]).isoformat()

    def amount(self) -> int | str:
        dice = self.dice
        kinds: list[Callable[[], int | str]] = [
            lambda: 0,
            lambda: dice.choice([500_000, 1_000_000, 3_000_000, 5_000_000, 10_000_000, 20_000_000]),
            lambda: dice.randrange(1, 30) * 100_000,
            lambda: dice.randrange(1, 30_000_000),
            lambda: f"{dice.randrange(20_000_000)}.{dice.randrange(100):02d}",
        ]
        return dice.choices(kinds, [1, 3, 3, 1, 1])[0]()

    def value(self, fact: Fact, kind: str | None = None) -> Any:
        """A value of a fact."""
        dice, wanted = self.dice, self.prefer.get(fact.name, [])
        if fact.type == "money":
            return self.amount()
        if fact.type == "number":
            return dice.choice([0, 4, 5, 7, 9, 10, 12, 19, 20, 25])
        if fact.type == "yesno":
            return dice.random() < 0.7
        if fact.type == "date":
            return self.day()
        if fact.type == "place":
            return self.region
        if fact.type == "choice":
            return dice.choice(wanted if wanted and dice.random() < 0.8 else fact.values())
        if fact.type == "choices":
            among = wanted if wanted and dice.random() < 0.8 else fact.values()
            return dice.sample(among, min(len(among), dice.choice([1, 1, 2])))
        if fact.type == "level":
            assert kind is not None
            return dice.choice(self.vocabulary.kinds[kind].values())
        if fact.type == "body":
            return dice.choice(list(self.vocabulary.body_rank))
        return "x"

    def facts(self, scope: str, kind: str | None = None, leave: tuple[str, ...] = ()) -> Data:
        return {
            fact.name: self.value(fact, kind)
            for fact in self.vocabulary.of(scope)
            if fact.name not in leave and fact.type != "text"
        }

    def profile(self, projects: int, recognitions: int, awards: int) -> Data:
        """A complete profile with up to so many of each."""
        dice = self.dice
        told: Data = {"enterprise": self.facts("enterprise")}
        told["enterprise"]["applicant_kind"] = dice.choice(["enterprise"] * 9 + ["institution"])
        for name, mild in (
            ("disqualifying_events", []),
            ("resource_use_grade", "A"),
            ("safety_accident_level", "none"),
        ):
            if name in told["enterprise"] and dice.random() < 0.8:
                told["enterprise"][name] = mild
        told["projects"] = [self.project(number) for number in range(dice.randint(0, projects))]
        told["recognitions"] = [self.recognition(told["projects"]) for _ in range(dice.randint(0, recognitions))]
        told["other_awards"] = [self.award(told) for _ in range(dice.randint(0, awards))]
        told["other_awards"] = [award for award in told["other_awards"] if award]
        return told

    def project(self, number: int) -> Data:
        row = {"id": f"P{number + 1}", **self.facts("project", leave=("region",))}
        lines = [self.facts("spending") for _ in range(self.dice.randint(1, self.most_lines))]
        if self.dice.random() < 0.3:
            row["activities"] = lines[0]["activities"]
        else:
            row["spending"] = lines
        return row

    def recognition(self, projects: list[Data]) -> Data:
        kinds = self.prefer.get("kind") or list(self.vocabulary.kinds)
        kind = self.dice.choice(kinds)
        row = {"kind": kind, **self.facts("recognition", kind, leave=("project",))}
        if projects and self.dice.random() < 0.5:
            row["project"] = self.dice.choice(projects)["id"]
        return row

    def award(self, told: Data) -> Data:
        """Money had elsewhere, or under one of the clauses of `prefer`."""
        dice = self.dice
        row: Data = {
            "level": dice.choice(list(self.vocabulary.body_rank)),
            "amount_yuan": dice.choice([0, 100_000, 300_000, 777_777]),
            "year": self.on.year - dice.choice([0, 0, 1]),
            "status": "received",
        }
        things = [("project", project["id"]) for project in told["projects"]]
        things += [("recognition", item["kind"]) for item in told["recognitions"]]
        clauses = self.prefer.get("clause")
        if clauses and dice.random() < 0.5:
            row["clause"] = dice.choice(clauses)
            if told["projects"] and dice.random() < 0.5:
                row["project"] = dice.choice(told["projects"])["id"]
            return row
        if not things:
            return {}
        name, thing = dice.choice(things)
        row[name] = thing
        return row


_KEPT = {"id", "kind", "project", "recognition", "clause", "document"}
"""Absent, these are told: no project of the recognition; what an award is for must be there."""


def paths(told: Data) -> Iterator[Path]:
    """The facts of a profile that may be left out, deepest first; of awards too."""
    for name in told["enterprise"]:
        yield ("enterprise", name)
    for index, project in enumerate(told["projects"]):
        for number, line in enumerate(project.get("spending") or ()):
            for name in line:
                yield ("projects", index, "spending", number, name)
        for name in project:
            if name not in _KEPT:
                yield ("projects", index, name)
    for scope in ("recognitions", "other_awards"):
        for index, row in enumerate(told[scope]):
            for name in row:
                if name not in _KEPT:
                    yield (scope, index, name)


def without(told: Data, left_out: list[Path]) -> Data:
    """The profile without some of its facts."""
    less = copy.deepcopy(told)
    for path in left_out:
        node: Any = less
        for step in path[:-1]:
            node = node.get(step) if isinstance(node, dict) else node[step]
            if node is None:
                break
        if isinstance(node, dict):
            node.pop(path[-1], None)
    return less


def completed(less: Data, left_out: list[Path], teller: Teller) -> Data:
    """The profile with other values for the facts that are left out of it."""
    more = copy.deepcopy(less)
    vocabulary = teller.vocabulary
    for path in left_out:
        if len(path) == 1:
            more[str(path[0])] = teller.profile(2, 2, 0)[str(path[0])]
            for row in more.get("recognitions", ()):
                row.pop("project", None)
            continue
        if path[0] == "enterprise":
            more["enterprise"][path[1]] = teller.value(vocabulary.facts["enterprise", str(path[1])])
            continue
        row = more[str(path[0])][int(path[1])]
        name = str(path[2])
        if path[0] == "projects":
            _complete_project(row, path, teller)
        elif path[0] == "recognitions":
            row[name] = teller.value(vocabulary.facts["recognition", name], row["kind"])
        else:
            row[name] = teller.award({"projects": [{"id": "x"}], "recognitions": []})[name]
    return more


def _complete_project(row: Data, path: Path, teller: Teller) -> None:
    name = str(path[2])
    if len(path) > 3:
        if row.get("spending"):
            row["spending"][int(path[3])][path[4]] = teller.value(teller.vocabulary.facts["spending", str(path[4])])
    elif name == "spending":
        row["spending"] = [teller.facts("spending") for _ in range(teller.dice.randint(0, 3))]
    elif name == "activities":
        row["activities"] = teller.value(teller.vocabulary.activities)
    else:
        row[name] = teller.value(teller.vocabulary.facts["project", name])
