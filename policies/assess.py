"""The assessment: facts in, the exact maximum out, with its certificate (docs/reference/assessment.md).

`Assessor(tables).assess(profile, as_of)` matches the documents that cover the enterprise, solves for the largest sum,
bounds what missing facts could still change, and says of every clause that pays nothing why.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from policies.amounts import OPEN_FROM, exactly
from policies.binding import Bundle, about, build, concerns, covers, excludes, netted, payable
from policies.conditions import RANK, Subject
from policies.eligibility import COUNTED_APART
from policies.loader import Tables
from policies.matching import Entry, Matched, match
from policies.maximum import solve
from policies.money import Fen, floor_fen
from policies.payout import upper_bound
from policies.problem import Plan
from policies.profile import Award, Profile
from policies.regions import contains
from policies.rules import Rules


@dataclass(slots=True)
class Line:
    """One line of the plan: what an entry pays, in fen, rounded down."""

    entry: Entry
    matched: Matched
    amount: int
    exact: Fen
    alone: Fen
    taken: frozenset[Any]
    status: str
    had: Fen = 0
    """Money had elsewhere, or earlier under the same clause, that this line leaves out."""


@dataclass(slots=True)
class Refusal:
    """A clause that pays nothing: the reason code, what it would pay alone (fen), and what stands in its way."""

    entry: Entry
    matched: Matched
    reason: str
    alone: int | None
    tie: Any = None
    rival: Entry | None = None


@dataclass(slots=True)
class Assessment:
    """The result. Amounts in fen; `high` None: open. `missing` in the order worth asking."""

    profile: Profile
    as_of: date
    total: int = 0
    high: int | None = 0
    indicative: int = 0
    indicative_high: int | None = 0
    other: int = 0
    exact: bool = True
    contested: bool = False
    """Money that can be had elsewhere is in the plan, and a missing fact could still move the choice."""
    lines: list[Line] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    unquantified: list[tuple[Entry, Matched]] = field(default_factory=list)
    documents: list[Matched] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    stakes: dict[str, tuple[float, float]] = field(default_factory=dict)
    open_entries: list[tuple[Entry, Matched]] = field(default_factory=list)
    external: list[Award] = field(default_factory=list)
    firm: Bundle | None = None
    firm_plan: Plan | None = None
    apart: Bundle | None = None
    apart_plan: Plan | None = None

    @property
    def settled(self) -> bool:
        """Nothing missing can change either figure."""
        return self.high == self.total and self.indicative_high == self.indicative and not self.contested


_FEW_DOCUMENTS = 200


class Assessor:
    """Tables made ready for assessing: policies compiled once, indexed by territory."""

    def __init__(self, tables: Tables) -> None:
        self.tables, self.vocabulary = tables, tables.vocabulary
        self._rules: dict[str, Rules] = {}
        self.order = {name: number for number, name in enumerate(tables.policies)}
        self.by_code: dict[str, list[str]] = {}
        self.within: dict[str, list[str]] = {}
        """Documents of a province or city and of every place in it, by the first two or four digits."""
        self.clauses: dict[str, set[str]] = {}
        for name, policy in tables.policies.items():
            self.clauses[name] = {c.id for c in policy.clauses} | {t.id for c in policy.clauses for t in c.tiers}
            for code in policy.document.territory:
                self.by_code.setdefault(code, []).append(name)
                for length in (2, 4):
                    self.within.setdefault(code[:length], []).append(name)

    def rules(self, name: str) -> Rules:
        found = self._rules.get(name)
        if found is None:
            found = self._rules[name] = Rules(self.tables.policies[name], self.vocabulary)
        return found

    def covering(self, region: str | None) -> list[str]:
        """Ids of the documents that cover a place or may cover it, in the tables' order."""
        if region is None:
            return list(self.order) if len(self.order) <= _FEW_DOCUMENTS else []
        codes = {region, region[:4] + "00", region[:2] + "0000", "000000"}
        names = {name for code in codes for name in self.by_code.get(code, ())}
        if region.endswith("00"):
            names.update(self.within.get(region[:2] if region.endswith("0000") else region[:4], ()))
        return sorted(names, key=self.order.__getitem__)

    def assess(self, profile: Profile, as_of: date) -> Assessment:
        """The assessment of a profile on a day."""
        result = Assessment(profile, as_of)
        region = profile.enterprise.get("region")
        documents = [match(self.rules(name), profile, as_of) for name in self.covering(region)]
        result.documents = [one for one in documents if one.applies is not False]
        firm = [one for one in result.documents if one.status == "in_force"]
        apart = [one for one in result.documents if one.status in COUNTED_APART]
        self._firm(result, firm)
        self._apart(result, firm, apart)
        if region is None and len(self.order) > _FEW_DOCUMENTS:
            result.high = result.indicative_high = None
            result.missing.insert(0, "enterprise.region")
            result.stakes["enterprise.region"] = (float("inf"), float("inf"))
        self._explain(result, firm, apart)
        return result

    # ---- the figures ----

    def _firm(self, result: Assessment, firm: list[Matched]) -> None:
        low = build(firm, result.profile)
        plan = solve(low.problem)
        result.firm, result.firm_plan, result.exact = low, plan, plan.exact
        result.lines = _lines(low, plan, result)
        result.total = sum(line.amount for line in result.lines)
        result.external = [low.awards[number] for number in plan.paid if number in low.awards]
        result.other = floor_fen(sum((award.amount or 0 for award in result.external), 0))
        result.high = self._high(result, firm, result.total, plan)
        if low.awards and _waiting(firm):
            both = solve(build(firm, result.profile, high=True, elsewhere=True).problem)
            result.contested = both.bound > sum(plan.paid.values())

    def _high(self, result: Assessment, matched: list[Matched], low: int, plan: Plan) -> int | None:
        """The most that any completion of the missing facts can bring; None: open."""
        if not (
            _waiting(matched) or _uncertain(result.profile) or any(tie.unknown for tie in self._ties(result, matched))
        ):
            return low if plan.exact else max(low, floor_fen(plan.bound))
        for one in matched:
            for entry in one.entries:
                if (
                    entry.verdict is None
                    and entry.detached
                    and payable(entry)
                    and entry.unknown & {"projects", "recognitions"}
                ):
                    return None
        found = [
            solve(build(group, result.profile, high=True).problem, _HIGH_BUDGET).bound for group in _by_place(matched)
        ]
        bound = max(low, floor_fen(exactly(max(found, default=0))))
        return None if bound >= OPEN_FROM else bound

    @staticmethod
    def _ties(result: Assessment, matched: list[Matched]) -> list[Any]:
        bound = result.firm if matched and matched[0].status == "in_force" else result.apart
        return bound.ties if bound is not None else []

    def _apart(self, result: Assessment, firm: list[Matched], apart: list[Matched]) -> None:
        if not apart:
            return
        both = _share(firm, apart)
        low = build([*firm, *apart] if both else apart, result.profile)
        plan = solve(low.problem)
        result.apart, result.apart_plan = low, plan
        lines = _lines(low, plan, result)
        own = [line for line in lines if line.matched.status != "in_force"]
        result.lines += own
        result.indicative = max(0, sum(line.amount for line in lines) - (result.total if both else 0))
        result.exact = result.exact and plan.exact
        result.indicative_high = self._high(result, apart, result.indicative, plan)

    # ---- the certificate ----

    def _explain(self, result: Assessment, firm: list[Matched], apart: list[Matched]) -> None:
        paid = {(line.matched.rules.document.id, line.entry.key) for line in result.lines}
        for one in result.documents:
            bound, plan = (
                (result.firm, result.firm_plan) if one.status == "in_force" else (result.apart, result.apart_plan)
            )
            for entry in one.entries:
                if _without_number(entry):
                    self._unquantified(result, one, entry)
                    continue
                if (one.rules.document.id, entry.key) in paid:
                    if one.status != "in_force":
                        result.refusals.append(Refusal(entry, one, "not_in_force", _alone(entry, one, result)))
                    continue
                if entry.verdict is None:
                    result.open_entries.append((entry, one))
                    continue
                self._refuse(result, one, entry, bound, plan)
        self._stakes(result)

    def _unquantified(self, result: Assessment, one: Matched, entry: Entry) -> None:
        shown_when = entry.rule.clause.shown_when
        open_ = entry.verdict is None
        if shown_when == "at_cap":
            any_ = entry.rule.clause.for_ == "enterprise"
            at_cap, undecided = _at_cap(result, one), _undecided(one)
            shown = entry.verdict is True and (bool(at_cap) if any_ else entry.project in at_cap)
            open_ = not shown and entry.verdict is not False
            open_ = open_ and (bool(undecided) if any_ else entry.project in undecided)
        else:
            shown = entry.verdict is True or shown_when == "always"
        if shown:
            result.unquantified.append((entry, one))
        elif open_:
            result.open_entries.append((entry, one))
        else:
            reason = entry.reason or ("not_in_force" if one.status != "in_force" else "condition")
            result.refusals.append(Refusal(entry, one, reason, None))

    def _refuse(self, result: Assessment, one: Matched, entry: Entry, bound: Bundle | None, plan: Plan | None) -> None:
        if entry.verdict is False:
            result.refusals.append(Refusal(entry, one, entry.reason, None))
            return
        alone = _alone(entry, one, result)
        if one.status != "in_force":
            result.refusals.append(Refusal(entry, one, "not_in_force", alone or None))
            return
        number = next((n for n, own in enumerate(bound.entries) if own is entry), None) if bound else None
        if number is None or plan is None or bound is None:
            result.refusals.append(Refusal(entry, one, "condition", None))
            return
        found = _why_lost(number, bound, plan)
        if found is None:
            result.open_entries.append((entry, one))
            return
        reason, tie, rival = found
        result.refusals.append(Refusal(entry, one, reason, alone or None, tie, rival))

    def _stakes(self, result: Assessment) -> None:
        """What hangs on each missing fact: the money of the open clauses, shared among what each waits for."""
        firm: dict[str, float] = {}
        soft: dict[str, float] = {}
        for entry, one in result.open_entries:
            scores = firm if one.status == "in_force" else soft
            waits = set(entry.unknown)
            amount = 0.0
            if payable(entry) and one.status in ("in_force", *COUNTED_APART):
                amount = min(float(entry.amount(high=True)), 1e11)
            bound = result.firm if one.status == "in_force" else result.apart
            if entry.verdict is True and bound is not None:
                number = next((n for n, own in enumerate(bound.entries) if own is entry), None)
                for tie in bound.ties:
                    if number in tie.members:
                        waits |= tie.unknown
            for path in waits:
                share = amount / len(waits)
                scores[path] = scores.get(path, 0.0) + share
            if amount:
                for path in _limits_wait(entry, one):
                    scores.setdefault(path, 0.0)
        for bound, scores in ((result.firm, firm), (result.apart, soft)):
            for tie in bound.ties if bound is not None else ():
                for path in tie.unknown:
                    scores.setdefault(path, 0.0)
        if not result.settled:
            for path in _awards_wait(result):
                firm.setdefault(path, 0.0)
        paths = sorted(firm.keys() | soft.keys(), key=lambda p: (-_first(p), -firm.get(p, 0.0), -soft.get(p, 0.0), p))
        result.missing = paths
        result.stakes = {path: (firm.get(path, 0.0), soft.get(path, 0.0)) for path in paths}


def _limits_wait(entry: Entry, one: Matched) -> set[str]:
    """Unknown facts of the limits that cover an entry."""
    subject = Subject(entry.subject.profile, one.award_day, entry.subject.project)
    return {
        path
        for limit in one.rules.policy.limits
        if limit.caps and covers(limit, entry) and (limit.per == "enterprise" or subject.project is not None)
        for bound in one.rules.limit_bounds[limit.id]
        for path in bound.unknown(subject)
    }


def _awards_wait(result: Assessment) -> Iterable[str]:
    """Unknown facts of money from elsewhere, where it may net or use up what one of our clauses still pays."""
    for award in result.profile.awards or ():
        if not any(_touches(award, one) for one in result.documents):
            continue
        told = {"amount_yuan": award.amount, "status": award.status}
        told |= {"year": award.year} if award.clause else {"level": award.level}
        for name, value in told.items():
            if value is None:
                yield f"other_awards[{award.index}].{name}"


def _touches(award: Award, one: Matched) -> bool:
    """Whether money from elsewhere can bear on what a document pays: charged to one of its clauses, or netted."""
    live = [entry for entry in one.entries if entry.verdict is not False and payable(entry)]
    if award.document == one.rules.document.id and award.clause in one.rules.ids:
        return bool(live)
    netting = one.rules.document.netting
    if netting is None or netted(netting, award.level, award.document) is False:
        return False
    return any(about(netting, entry) and concerns(award, entry, netting.tied_recognitions) for entry in live)


_HIGH_BUDGET = 4_000
"""A search for the upper end may stop early: its bound is proven, only less tight."""


def _by_place(matched: list[Matched]) -> list[list[Matched]]:
    """The documents that can apply together while the place is open: those that cover one of their territories."""
    if all(one.applies for one in matched):
        return [matched]
    codes = sorted({code for one in matched if not one.applies for code in one.rules.document.territory})
    return [
        [one for one in matched if one.applies or any(contains(own, code) for own in one.rules.document.territory)]
        for code in codes
    ]


def _first(path: str) -> int:
    """Facts that settle which documents and clauses are looked at come first."""
    return {"enterprise.region": 3, "enterprise.applicant_kind": 1, "enterprise.industries": 2}.get(path, 0)


def _without_number(entry: Entry) -> bool:
    return entry.rule.formula is None


def _waiting(matched: Iterable[Matched]) -> bool:
    return any(entry.verdict is None and payable(entry) for one in matched for entry in one.entries)


def _uncertain(profile: Profile) -> bool:
    """Some money from elsewhere is told without its amount, its status, its level or (under a clause of ours) its year."""
    return any(
        award.amount is None
        or award.status is None
        or (award.year is None if award.clause is not None else award.level is None)
        for award in profile.awards or ()
    )


def _share(firm: list[Matched], apart: list[Matched]) -> bool:
    """Whether a document in force and one that is not can net each other."""
    pairs = [(one.rules.document, other.rules.document) for one in firm for other in apart]
    return any(excludes(one, other) or excludes(other, one) for one, other in pairs)


def _lines(bound: Bundle, plan: Plan, result: Assessment) -> list[Line]:
    """The plan's lines, each rounded down to the fen, largest first."""
    matched = {id(one.rules): one for one in result.documents}
    lines = []
    for number, exact in plan.paid.items():
        entry = bound.entries[number]
        if entry is None:
            continue
        one = matched[id(entry.rules)]
        amount = floor_fen(exact)
        if amount <= 0:
            continue
        if one.status == "in_force":
            status = "planned" if entry.planned else "firm"
        else:
            status = one.status
        had = max(
            (tie.bound for tie in bound.ties if tie.award is not None and not tie.groups and number in tie.members),
            default=0,
        )
        alone = bound.problem.items[number].amount
        lines.append(Line(entry, one, amount, exact, alone, plan.taken[number], status, had))
    lines.sort(key=lambda line: (-line.amount, line.entry.rule.id, str(line.entry.key[1]), line.entry.key[2] or 0))
    return lines


def _alone(entry: Entry, one: Matched, result: Assessment) -> int:
    """What the entry would pay if nothing else were had: its own formula under the caps that cover it."""
    profile = result.profile
    bare = Profile(profile.as_of, profile.enterprise, profile.projects, profile.recognitions, [])
    alone = build([Matched(one.rules, one.applies, one.status, one.award_day, [entry], one.factor)], bare)
    amounts = {number: item.amount for number, item in enumerate(alone.problem.items)}
    return floor_fen(exactly(upper_bound(amounts, alone.problem.caps)))


def _why_lost(number: int, bound: Bundle, plan: Plan) -> tuple[str, Any, Entry | None] | None:
    """The first reason that holds for an item that the plan leaves out; None: an unknown limit holds it back."""
    paid = plan.paid
    found: list[tuple[int, str, Any, Entry | None]] = []
    item = bound.problem.items[number]
    if item.lines:
        takers = [n for n in paid if n != number and not plan.taken[n].isdisjoint(item.lines)]
        if takers and all(any(line in plan.taken[n] for n in takers) for line in item.lines):
            found.append((RANK["same_spending"], "same_spending", None, bound.entries[takers[0]]))
    for tie in bound.ties:
        if number not in tie.members:
            continue
        if tie.groups:
            own = next(group for group in tie.groups if number in group)
            rivals = [n for group in tie.groups if group is not own for n in group if n in paid]
            used = sum(1 for group in tie.groups if group is not own and any(n in paid for n in group))
            if used >= tie.bound and not any(n in paid for n in own):
                rival = bound.entries[rivals[0]] if rivals else None
                kind = tie.kind
                me = bound.entries[number]
                if kind == "same_tier" and me is not None and rival is not None and rival.rule.id == me.rule.id:
                    kind = "clause_cap"
                found.append((RANK[kind], kind, tie, rival))
        elif tie.award is not None:
            gross = sum((bound.problem.items[n].amount for n in tie.members if n == number or n in paid), 0)
            if gross <= tie.bound or sum((paid.get(n, 0) for n in tie.members), 0) >= gross - tie.bound:
                found.append((RANK[tie.kind], tie.kind, tie, None))
        elif sum((paid.get(n, 0) for n in tie.members), 0) >= tie.bound:
            if tie.unknown:
                return None
            rivals = sorted((n for n in tie.members if n in paid), key=lambda n: -paid[n])
            found.append((RANK[tie.kind], tie.kind, tie, bound.entries[rivals[0]] if rivals else None))
    if not found:
        return "condition", None, None
    _, kind, tie, rival = min(found, key=lambda row: row[0])
    return kind, tie, rival


def _undecided(one: Matched) -> list[Any]:
    """Projects (None: those still to be told) with a clause of the document that a missing fact keeps open."""
    return [entry.project for entry in one.entries if entry.verdict is None and payable(entry)]


def _at_cap(result: Assessment, one: Matched) -> list[Any]:
    """Projects of the document with a line at its clause's or project's cap."""
    bound, plan = (result.firm, result.firm_plan) if one.status == "in_force" else (result.apart, result.apart_plan)
    if bound is None or plan is None:
        return []
    found: dict[str, Any] = {}
    for number in plan.paid:
        entry = bound.entries[number]
        if (
            entry is None
            or entry.rules is not one.rules
            or entry.project is None
            or entry.subject.recognition is not None
        ):
            continue
        gross = (
            entry.rule.formula.run(entry.subject, entry.spend([key[1:] for key in plan.taken[number]]), True)
            if entry.rule.formula
            else 0
        )
        own = any(gross is not None and (b.run(entry.subject) or gross) <= gross for b in entry.rule.bounds)
        caps = any(
            number in tie.members
            and not tie.groups
            and tie.award is None
            and tie.kind in ("clause_cap", "project_cap")
            and sum((plan.paid.get(n, 0) for n in tie.members), 0) >= tie.bound
            for tie in bound.ties
        )
        if own or caps:
            found[entry.project.id] = entry.project
    return list(found.values())
