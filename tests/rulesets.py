"""Random rule sets as rows of a table, and what they are worth by brute force: an evaluation of its own, rule by rule.

`draw` makes a document, `value` its exact maximum for a complete profile. Nothing of the engine is used: conditions are
tested on the plain data, every choice of awards and of a taker for each spending line is tried, and the caps of a choice
are an exact linear programme (`most` of test_maximum).
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Any

from tests.test_maximum import most

Row = dict[str, Any]

ACTIVITIES = ["robots", "cloud", "quality"]
LEVELS = {"lianghua": ["A", "2A", "3A", "4A", "5A"], "cmmm": ["1", "2", "3", "4", "5"]}
BODIES = ["county", "city", "province", "national"]
START, END = date(2024, 3, 1), date(2025, 12, 31)
ON = date(2025, 6, 30)


def rules(dice: random.Random) -> Row:
    """A document with a few clauses of each kind, and limits across them."""
    clauses = [_clause(dice, number) for number in range(dice.randint(1, 4))]
    document: Row = {
        "id": "demo",
        "title": "demo",
        "short": "demo",
        "level": "city",
        "territory": ["150200"],
        "state": "in_force",
        "from": START.isoformat(),
        "to": END.isoformat(),
        "yearly": dice.random() < 0.5,
        "applicants": ["enterprise"],
        "when": dice.choice([[], [{"fact": "industries", "any": ["rare_earth_chain", "new_materials"]}]]),
    }
    if dice.random() < 0.6:
        document["netting"] = {
            "quote": "q",
            "levels": dice.sample(BODIES, dice.randint(1, 4)),
            "tied_recognitions": dice.random() < 0.5,
            "text": "t",
        }
    told: Row = {"document": document, "clauses": clauses, "limits": [], "disqualifiers": [], "reductions": []}
    for number in range(dice.randint(0, 2)):
        told["limits"].append(_limit(dice, number, [clause["id"] for clause in clauses]))
    if dice.random() < 0.3:
        when = {"fact": "resource_use_grade", "in": ["C", "D"]}
        told["disqualifiers"].append({"id": "d", "quote": "q", "when": when, "text": "t"})
    if dice.random() < 0.4:
        when = {"fact": "safety_accident_level", "is": "general"}
        told["reductions"].append({"id": "r", "quote": "q", "when": when, "factor": "90%", "text": "t"})
    return told


def _clause(dice: random.Random, number: int) -> Row:
    row: Row = {"id": f"c{number}", "article": "a", "title": "t", "quote": "q"}
    row["for"] = dice.choice(["project", "project", "recognition", "enterprise"])
    row["dated"] = dice.choice(["window", "window", "year", "no"])
    row["once"] = dice.random() < 0.3
    row["caps"] = [_cap(dice, row["for"]) for _ in range(dice.choice([0, 0, 1, 1, 2]))]
    row["when"] = [_condition(dice, row["for"])] if dice.random() < 0.5 else []
    if row["for"] == "project":
        row["takes"] = dice.sample(ACTIVITIES, dice.randint(1, 2))
        row["pays"] = dice.choice(
            [
                {"rate": dice.choice(["10%", "15%", "1/3"]), "of": "spending"},
                {"rate": "20%", "of": "spending"},
                {"rate": "8%", "of": "it_investment_yuan"},
                {"rate": "20%", "of": "key_equipment_hw_sw_yuan", "within_spending": True},
                {"sum": [{"rate": "10%", "of": "spending"}, {"rate": "5%", "of": "it_investment_yuan"}]},
                {"fixed": 300_000},
                {"of": "spending", "brackets": [{"up_to": 2_000_000, "rate": "15%"}, {"rate": "5%"}]},
            ]
        )
    elif row["for"] == "recognition":
        row["kinds"] = dice.choice([["lianghua"], ["cmmm"]])
        levels = sorted(dice.sample(range(5), dice.randint(1, 3)))
        if dice.random() < 0.7:
            row["tiers"] = [
                {"id": f"c{number}-{level}", "level": LEVELS[row["kinds"][0]][level], "pays": {"fixed": _wan(dice)}}
                for level in levels
            ]
        else:
            row["pays"] = {"fixed": _wan(dice)}
    else:
        row["pays"] = {"step": {"of": "served_chain_sme_count", "at": 5, "first": 300_000, "each": 50_000}}
    return row


def _wan(dice: random.Random) -> int:
    return dice.randint(10, 100) * 10_000


def _cap(dice: random.Random, scope: str) -> Row:
    per = dice.choice(["award", "project", "enterprise"])
    if scope == "project" and per != "enterprise" and dice.random() < 0.3:
        return {"rate": "10%", "of": "total_investment_yuan", "per": per}
    return {"amount": _wan(dice), "per": per, "yearly": dice.random() < 0.3}


def _condition(dice: random.Random, scope: str, depth: int = 0) -> Row:
    """A test of a fact of the object or of the enterprise, or a combination of two."""
    enterprise = [
        {"fact": "size", "in": ["small", "medium"]},
        {"fact": "is_chain_leader", "is": dice.random() < 0.5},
        {"fact": "digital_level_after", "at_least": dice.choice(["2", "3"])},
        {"fact": "annual_service_income_yuan", "at_most": 5_000_000},
    ]
    project = [
        {"fact": "build", "is": dice.choice(["new", "upgrade"])},
        {"fact": "total_investment_yuan", "at_least": dice.choice([1_000_000, 3_000_000])},
        {"fact": "it_investment_yuan", "more_than": 500_000},
        {"recognition": {"kinds": ["lianghua"], "when": [{"fact": "first_time", "is": True}]}},
    ]
    recognition = [{"fact": "first_time", "is": True}]
    leaf: Row = dice.choice(
        enterprise + (project if scope == "project" else recognition if scope == "recognition" else [])
    )
    if depth < 2 and dice.random() < 0.4:
        both = [leaf, _condition(dice, scope, depth + 1)]
        return dice.choice([{"any": both}, {"all": both}, {"not": leaf}])
    return leaf


def _limit(dice: random.Random, number: int, ids: list[str]) -> Row:
    row: Row = {"id": f"l{number}", "quote": "q", "text": "t", "over": dice.sample(ids, dice.randint(1, len(ids)))}
    if dice.random() < 0.3 and len(row["over"]) > 1:
        row["except"] = row["over"][:1]
    form = dice.choice(["project cap", "enterprise cap", "tax", "projects", "awards", "awards of a project"])
    if form == "project cap":
        caps = [{"amount": _wan(dice)}, {"rate": "20%", "of": "total_investment_yuan"}]
        row |= {"per": "project", "caps": caps[: dice.randint(1, 2)]}
    elif form == "enterprise cap":
        cap = {"amount": 2 * _wan(dice), "per": "enterprise", "yearly": dice.random() < 0.5}
        row |= {"per": "enterprise", "caps": [cap]}
    elif form == "tax":
        caps = [{"rate": "100%", "of": "local_retained_tax_yuan", "per": "enterprise"}]
        row |= {"per": "enterprise", "caps": caps, "after_reductions": True}
    elif form == "projects":
        row |= {"per": "enterprise", "at_most": dice.randint(1, 2), "of": "project", "yearly": True}
    else:
        per = "enterprise" if form == "awards" else "project"
        row |= {"per": per, "at_most": dice.randint(1, 2), "of": "award"}
    return row


# ---- what they are worth ----


@dataclass
class Award:
    """A clause that fits an object, for the oracle."""

    clause: Row
    tier: Row | None
    project: str | None
    recognition: Row | None
    lines: dict[tuple[str, int], Fraction]
    pay: Callable[[list[Fraction]], Fraction]
    ceilings: list[Fraction] = field(default_factory=list)

    @property
    def names(self) -> set[str]:
        return {self.clause["id"], *([self.tier["id"]] if self.tier else [])}


def fen(value: Any) -> Fraction:
    return Fraction(str(value)) * 100


def share(text: str) -> Fraction:
    return Fraction(text[:-1]) / 100 if text.endswith("%") else Fraction(text)


def holds(condition: Row, told: Row, *objects: Row) -> bool:
    """Whether a condition holds of the first of `objects` that has the fact."""
    if "any" in condition and "fact" not in condition:
        return any(holds(item, told, *objects) for item in condition["any"])
    if "all" in condition:
        return all(holds(item, told, *objects) for item in condition["all"])
    if "not" in condition:
        return not holds(condition["not"], told, *objects)
    if "recognition" in condition:
        wanted = condition["recognition"]
        return any(
            item["kind"] in wanted["kinds"]
            and item.get("project") == objects[0]["id"]
            and all(holds(one, told, item) for one in wanted["when"])
            for item in told["recognitions"]
        )
    value = next(one[condition["fact"]] for one in objects if condition["fact"] in one)
    if "is" in condition:
        return bool(value == condition["is"])
    if "in" in condition:
        return value in condition["in"]
    if "any" in condition:
        return not set(condition["any"]).isdisjoint(value)
    if condition["fact"] == "digital_level_after":
        return int(value) >= int(condition["at_least"])
    if "at_least" in condition:
        return fen(value) >= fen(condition["at_least"])
    if "at_most" in condition:
        return fen(value) <= fen(condition["at_most"])
    return fen(value) > fen(condition["more_than"])


def in_time(document: Row, clause: Row, day: str) -> bool:
    when = date.fromisoformat(day)
    if clause["dated"] == "no":
        return True
    if not START <= when <= END or (clause["dated"] == "year" and when.year != ON.year):
        return False
    return not (document["yearly"] and when > ON and when.year != ON.year)


def formula(pays: Row, *objects: Row) -> Callable[[list[Fraction]], Fraction]:
    """What a formula gives for the spending lines taken."""

    def base(name: str, lines: list[Fraction]) -> Fraction:
        if name == "spending":
            return sum(lines, Fraction(0))
        return fen(next(one[name] for one in objects if name in one))

    def pay(lines: list[Fraction]) -> Fraction:
        if "fixed" in pays:
            return fen(pays["fixed"])
        if "step" in pays:
            step, count = pays["step"], next(one[pays["step"]["of"]] for one in objects if pays["step"]["of"] in one)
            return fen(step["first"] + step["each"] * (count - step["at"])) if count >= step["at"] else Fraction(0)
        if "sum" in pays:
            return sum((base(term["of"], lines) * share(term["rate"]) for term in pays["sum"]), Fraction(0))
        found = base(pays["of"], lines)
        if "brackets" in pays:
            first, rest = pays["brackets"]
            edge = fen(first["up_to"])
            return min(found, edge) * share(first["rate"]) + max(found - edge, Fraction(0)) * share(rest["rate"])
        if pays.get("within_spending"):
            found = min(found, sum(lines, Fraction(0)))
        return found * share(pays["rate"])

    return pay


def bound(cap: Row, *objects: Row) -> Fraction:
    if "amount" in cap:
        return fen(cap["amount"])
    return fen(next(one[cap["of"]] for one in objects if cap["of"] in one)) * share(cap["rate"])


def awards(told_rules: Row, told: Row) -> Iterator[Award]:
    """Each clause met with each object it fits."""
    document, enterprise = told_rules["document"], told["enterprise"]
    projects = {project["id"]: project for project in told["projects"]}
    for clause in told_rules["clauses"]:
        things: list[tuple[Row | None, Row | None]] = [(None, None)]
        if clause["for"] == "project":
            things = [(project, None) for project in told["projects"]]
        elif clause["for"] == "recognition":
            things = [
                (projects.get(item.get("project", "")), item)
                for item in told["recognitions"]
                if item["kind"] in clause["kinds"]
            ]
        for project, recognition in things:
            objects = [one for one in (recognition, project, enterprise) if one is not None]
            lines = {}
            if clause["for"] == "project" and project is not None:
                for number, line in enumerate(project["spending"]):
                    if not set(line["activities"]).isdisjoint(clause["takes"]):
                        lines[project["id"], number] = fen(line["amount_yuan"])
                if not lines:
                    continue
            day = (recognition or {}).get("obtained_on") or (project or {}).get("completed_on")
            if day is not None and not in_time(document, clause, day):
                continue
            if not all(holds(item, told, *objects) for item in [*document["when"], *clause["when"]]):
                continue
            tier = None
            if "tiers" in clause:
                assert recognition is not None
                ladder = LEVELS[recognition["kind"]]
                reached = [t for t in clause["tiers"] if ladder.index(t["level"]) <= ladder.index(recognition["level"])]
                if not reached:
                    continue
                tier = reached[-1]
            pays = tier["pays"] if tier is not None else clause["pays"]
            ceilings = [bound(cap, *objects) for cap in clause["caps"] if cap["per"] == "award"]
            of = project["id"] if project is not None else None
            yield Award(clause, tier, of, recognition, lines, formula(pays, *objects), ceilings)


def value(told_rules: Row, told: Row) -> Fraction:
    """The exact maximum in fen, for a complete profile."""
    enterprise = told["enterprise"]
    if enterprise["applicant_kind"] not in told_rules["document"]["applicants"]:
        return Fraction(0)
    if any(holds(row["when"], told, enterprise) for row in told_rules["disqualifiers"]):
        return Fraction(0)
    factor = Fraction(1)
    for row in told_rules["reductions"]:
        if holds(row["when"], told, enterprise):
            factor *= share(row["factor"])
    found = list(awards(told_rules, told))
    best = Fraction(0)
    for size in range(len(found), -1, -1):
        for chosen in itertools.combinations(range(len(found)), size):
            mine = [found[number] for number in chosen]
            if not _allowed(told_rules, told, mine):
                continue
            for amounts in _splits(mine):
                own = {number: amount * factor for number, amount in enumerate(amounts)}
                if sum(own.values()) > best:
                    best = max(best, most(own, _rows(told_rules, told, mine, own, factor)))
    return best


def _splits(mine: list[Award]) -> Iterator[list[Fraction]]:
    """The amounts for each way to give every line to one of its takers."""
    takers: dict[tuple[str, int], list[int]] = {}
    for number, award in enumerate(mine):
        for line in award.lines:
            takers.setdefault(line, []).append(number)
    for owners in itertools.product(*takers.values()):
        owner = dict(zip(takers, owners, strict=True))
        amounts = []
        for number, award in enumerate(mine):
            lines = [amount for line, amount in award.lines.items() if owner[line] == number]
            amount = award.pay(lines) if lines or not award.lines else Fraction(0)
            amounts.append(min([amount, *award.ceilings]))
        yield amounts


def covered(limit: Row, award: Award) -> bool:
    return award.clause["id"] in limit["over"] and award.clause["id"] not in limit.get("except", ())


def charged(told: Row, clause: Row, ids: set[str], year: bool) -> list[Row]:
    """Earlier awards under a clause, of the year if only those count."""
    return [had for had in told["other_awards"] if had.get("clause") in ids and not (year and had["year"] != ON.year)]


def ids_of(clause: Row) -> set[str]:
    return {clause["id"], *(tier["id"] for tier in clause.get("tiers", ()))}


def _allowed(told_rules: Row, told: Row, mine: list[Award]) -> bool:
    for clause in told_rules["clauses"]:
        if clause["once"] and sum(award.clause is clause for award in mine) > 1:
            return False
    for limit in told_rules["limits"]:
        if "at_most" not in limit:
            continue
        over = [award for award in mine if covered(limit, award)]
        if limit["of"] == "project":
            clauses = [
                c for c in told_rules["clauses"] if c["id"] in limit["over"] and c["id"] not in limit.get("except", ())
            ]
            earlier = [had for clause in clauses for had in charged(told, clause, ids_of(clause), True)]
            supported = {had["project"] for had in earlier if "project" in had}
            nameless = sum("project" not in had for had in earlier)
            things = {award.project or id(award) for award in over} - supported
            if things and len(things) + len(supported) + nameless > limit["at_most"]:
                return False
        elif limit["per"] == "project":
            for project in {award.project for award in over} - {None}:
                if sum(award.project == project for award in over) > limit["at_most"]:
                    return False
        elif len(over) > limit["at_most"]:
            return False
    return True


def _rows(
    told_rules: Row, told: Row, mine: list[Award], own: dict[int, Fraction], factor: Fraction
) -> list[tuple[frozenset[int], Fraction]]:
    projects = {project["id"]: project for project in told["projects"]}
    enterprise = told["enterprise"]
    rows: list[tuple[frozenset[int], Fraction]] = []
    gross_rows: list[tuple[frozenset[int], Fraction]] = []
    for clause in told_rules["clauses"]:
        members = [number for number, award in enumerate(mine) if award.clause is clause]
        for cap in clause["caps"]:
            if cap["per"] == "award":
                continue
            for group in [members] if cap["per"] == "enterprise" else by_project(mine, members):
                if not group:
                    continue
                whole = bound(cap, projects.get(mine[group[0]].project or "", {}), enterprise) * factor
                used = Fraction(0)
                if cap["per"] == "enterprise":
                    used = sum(
                        (fen(had["amount_yuan"]) for had in charged(told, clause, ids_of(clause), cap["yearly"])),
                        Fraction(0),
                    )
                rows.append((frozenset(group), max(Fraction(0), whole - used * factor)))
                gross_rows += [(frozenset({number}), whole) for number in group]
    for limit in told_rules["limits"]:
        if "caps" not in limit:
            continue
        over = [number for number, award in enumerate(mine) if covered(limit, award)]
        groups = [over]
        if limit["per"] == "project":
            groups = [group for group in by_project(mine, over) if mine[group[0]].project is not None]
        for group in groups:
            if not group:
                continue
            least = min(bound(cap, projects.get(mine[group[0]].project or "", {}), enterprise) for cap in limit["caps"])
            if limit["per"] == "enterprise" and limit["caps"][0].get("yearly"):
                least = max(Fraction(0), least - _earlier(told_rules, told, limit))
            row = frozenset(group), least * (1 if limit.get("after_reductions") else factor)
            rows.append(row)
            if limit["per"] == "project":
                gross_rows.append(row)
    for members, had in _had(told_rules, told, mine).items():
        inside = {number: own[number] for number in members}
        within = [(row & members, most_of) for row, most_of in gross_rows if row & members]
        rows.append((members, max(Fraction(0), most(inside, within) - had * factor)))
    return rows


def _earlier(told_rules: Row, told: Row, limit: Row) -> Fraction:
    """Money had this year under the clauses of a limit."""
    names = set(limit["over"]) - set(limit.get("except", ()))
    clauses = [clause for clause in told_rules["clauses"] if clause["id"] in names]
    had = [row for clause in clauses for row in charged(told, clause, ids_of(clause), True)]
    return sum((fen(row["amount_yuan"]) for row in had), Fraction(0))


def by_project(mine: list[Award], members: list[int]) -> list[list[int]]:
    groups: dict[Any, list[int]] = {}
    for number in members:
        groups.setdefault(mine[number].project or number, []).append(number)
    return list(groups.values())


def _had(told_rules: Row, told: Row, mine: list[Award]) -> dict[frozenset[int], Fraction]:
    """Money had before, by the awards that it is for: it leaves the difference."""
    netting = told_rules["document"].get("netting")
    found: dict[frozenset[int], Fraction] = {}
    for had in told["other_awards"]:
        members = set()
        for number, award in enumerate(mine):
            same = award.project is not None and award.project == had.get("project")
            if "clause" in had:
                if had["clause"] in ids_of(award.clause) and (award.clause["once"] or same):
                    members.add(number)
                continue
            if netting is None or had["level"] not in netting["levels"]:
                continue
            if award.recognition is not None:
                same = award.recognition["kind"] == had.get("recognition") or (same and netting["tied_recognitions"])
            if same:
                members.add(number)
        if members:
            found[frozenset(members)] = found.get(frozenset(members), Fraction(0)) + fen(had["amount_yuan"])
    return found
