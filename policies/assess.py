"""The assessment: facts in, the exact maximum out, with its certificate (docs/reference/assessment.md).

`Assessor(tables).assess(profile, as_of)` matches the documents that cover the enterprise, solves for the largest sum,
bounds what missing facts could still change, and says of every clause that pays nothing why.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from policies.amounts import OPEN_FROM, exactly
from policies.assessment import Assessment, Line, Solved
from policies.binding import build, payable
from policies.certificate import certify
from policies.eligibility import COUNTED_APART
from policies.entries import Matched
from policies.loader import Tables
from policies.matching import match
from policies.maximum import solve
from policies.money import floor_fen
from policies.netting import excludes
from policies.profile import Profile
from policies.regions import contains
from policies.rules import Rules
from policies.stakes import weigh

_FEW_DOCUMENTS = 200
"""Up to so many are all looked at while the place is not known; of a national library none is."""


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
        """A document compiled, at its first use."""
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
        certify(result)
        weigh(result)
        if region is None and len(self.order) > _FEW_DOCUMENTS:
            result.high = result.indicative_high = None
            result.missing = ["enterprise.region"]
            result.stakes = {"enterprise.region": (float("inf"), float("inf"))}
        return result

    # ---- the figures ----

    def _firm(self, result: Assessment, firm: list[Matched]) -> None:
        result.firm = _solve(firm, result.profile)
        low, plan = result.firm
        result.exact = plan.exact
        result.lines = _lines(result.firm, result)
        result.total = sum(line.amount for line in result.lines)
        result.external = [low.awards[number] for number in plan.paid if number in low.awards]
        result.other = floor_fen(sum((award.amount or 0 for award in result.external), 0))
        result.high = self._high(result, firm, result.total, result.firm)
        if low.awards and _waiting(firm):
            both = solve(build(firm, result.profile, high=True, elsewhere=True).problem)
            result.contested = both.bound > sum(plan.paid.values())

    def _high(self, result: Assessment, matched: list[Matched], low: int, solved: Solved) -> int | None:
        """The most that any completion of the missing facts can bring; None: open."""
        ties, plan = solved.bundle.ties, solved.plan
        if not (_waiting(matched) or _uncertain(result.profile) or any(tie.unknown for tie in ties)):
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

    def _apart(self, result: Assessment, firm: list[Matched], apart: list[Matched]) -> None:
        if not apart:
            return
        both = _share(firm, apart)
        result.apart = _solve([*firm, *apart] if both else apart, result.profile)
        lines = _lines(result.apart, result)
        own = [line for line in lines if line.matched.status != "in_force"]
        result.lines += own
        result.indicative = max(0, sum(line.amount for line in lines) - (result.total if both else 0))
        result.exact = result.exact and result.apart.plan.exact
        result.indicative_high = self._high(result, apart, result.indicative, result.apart)


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


def _solve(matched: list[Matched], profile: Profile) -> Solved:
    """What is certain of these documents, and the most of it that can be had together."""
    bundle = build(matched, profile)
    return Solved(bundle, solve(bundle.problem))


def _lines(solved: Solved, result: Assessment) -> list[Line]:
    """The plan's lines, each rounded down to the fen, largest first."""
    bundle, plan = solved
    matched = {id(one.rules): one for one in result.documents}
    lines = []
    for number, exact in plan.paid.items():
        entry = bundle.entries[number]
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
            (tie.bound for tie in bundle.ties if tie.form == "net" and number in tie.members),
            default=0,
        )
        alone = bundle.problem.items[number].amount
        lines.append(Line(entry, one, amount, exact, alone, plan.taken[number], status, had))
    lines.sort(key=lambda line: (-line.amount, line.entry.rule.id, str(line.entry.key[1]), line.entry.key[2] or 0))
    return lines
