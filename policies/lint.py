"""Warnings on tables that can be computed and are perhaps not meant so (`kedui policies check`). They stop nothing.

Each finding names the row, what is odd, and a remedy: tier gaps and overlaps, a cap that can never bind, a clause that
can never win, a fact that no question asks, an exclusion named on one side only, a document past its end.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from itertools import combinations, pairwise
from typing import NamedTuple

from policies.eligibility import status_of
from policies.facts import Vocabulary
from policies.formulas import Cap, Pays
from policies.loader import Tables
from policies.model import Clause, Limit, Policy, Tier
from policies.money import Fen, percent, wan
from policies.predicates import Condition
from policies.regions import contains
from policies.words import say


@dataclass(frozen=True)
class Finding:
    """One warning: the document, the row's id, what is odd and what could be done."""

    document: str
    row: str
    text: str

    def __str__(self) -> str:
        where = "/".join(dict.fromkeys(filter(None, (self.document, self.row))))
        return say("lint.line", where=where, text=self.text)


def lint(tables: Tables, today: date) -> list[Finding]:
    """All findings, document by document."""
    out: list[Finding] = []
    for name, policy in tables.policies.items():
        found = [*_dates(policy, today), *_clauses(policy, tables.vocabulary), *_limits(policy)]
        out += [Finding(name, row, text) for row, text in found]
    out += [Finding(document, row, text) for document, row, text in _netting(tables)]
    out += [Finding("", name, text) for name, text in _facts(tables)]
    return out


Found = Iterator[tuple[str, str]]


def _dates(policy: Policy, today: date) -> Found:
    head = policy.document
    status = status_of(head, today)
    if status in ("expired", "unconfirmed"):
        yield policy.id, say(f"lint.{status}", to=head.to)
    elif head.to is None and head.state in ("in_force", "trial"):
        yield policy.id, say("lint.no_end")


# ---- clauses ----


def _clauses(policy: Policy, vocabulary: Vocabulary) -> Found:
    for clause in policy.clauses:
        yield from _tiers(clause, vocabulary)
        yield from _idle_caps(policy, clause)
        if clause.pays is not None and _most(clause.pays) == 0:
            yield clause.id, say("lint.pays_nothing")
        if clause.payee and not set(clause.payee) & set(policy.document.applicants) and not clause.beyond_document:
            if policy.document.when:
                yield clause.id, say("lint.payee_outside")
        if _EXCLUSIVE.search(clause.quote) and not _excluded(policy, clause):
            yield clause.id, say("lint.exclusion_unsaid", quote=_EXCLUSIVE.search(clause.quote)[0])  # type: ignore[index]  # found
        for name, conditions in (("", clause.when), *((tier.id, tier.when) for tier in clause.tiers)):
            for fact in _contradicting(conditions):
                yield name or clause.id, say("lint.contradiction", fact=fact)
    for limit in policy.limits:
        if limit.at_most == 1 and limit.of == "award":
            yield from _dominated(policy, limit)


_EXCLUSIVE = re.compile(
    r"就高不重复|就高但不重复|不重复(?:享受|奖励|补助|支持)|不得重复|不能同时|只能(?:享受|选择)|择一|互斥"
)


def _excluded(policy: Policy, clause: Clause) -> bool:
    """Whether some row keeps the clause from being had with another."""
    ids = {clause.id, *(tier.id for tier in clause.tiers)}
    picked = any(
        limit.at_most is not None and (not limit.over or ids & set(limit.over)) and not ids & set(limit.except_)
        for limit in policy.limits
    )
    return picked or clause.once or policy.document.netting is not None


def _tiers(clause: Clause, vocabulary: Vocabulary) -> Found:
    """Tiers rise; the highest attained applies. A level between two tiers is paid as the lower one."""
    for low, high in pairwise(clause.tiers):
        lower, higher = _most(low.pays), _most(high.pays)
        if lower is not None and higher is not None and higher < lower:
            yield high.id, say("lint.tier_falls", lower=low.id, low=wan(lower), high=wan(higher))
    levels = [tier.level for tier in clause.tiers if tier.level is not None]
    for kind in clause.kinds:
        known = vocabulary.kinds[kind].values()
        ranks = [known.index(level) for level in levels if level in known]
        for rank in range(min(ranks, default=0), max(ranks, default=-1)):
            if rank not in ranks:
                label = vocabulary.kinds[kind].label_of(known[rank])
                yield clause.id, say("lint.level_gap", kind=vocabulary.kinds[kind].label, level=label)
        if len(set(ranks)) < len(ranks) and not any(tier.when for tier in clause.tiers):
            yield clause.id, say("lint.level_twice")
    spans = sorted(span for tier in clause.tiers if (span := _span(tier)) is not None)
    for one, other in pairwise(spans):
        if one.fact != other.fact or one.high is None:
            continue
        below, above = _figure(one.high, one.fact), _figure(other.low, other.fact)
        if one.high < other.low or (one.high == other.low and not one.high_in and not other.low_in):
            yield other.id, say("lint.span_gap", fact=one.fact, other=one.id, low=below, high=above)
        elif one.high > other.low:
            yield other.id, say("lint.span_overlap", fact=one.fact, other=one.id, low=above)


class _Span(NamedTuple):
    """The range of the one fact that a tier asks for; `high` None: without end."""

    fact: str
    low: Fraction
    high: Fraction | None
    low_in: bool
    high_in: bool
    id: str


def _span(tier: Tier) -> _Span | None:
    bounds = [one for one in tier.when if one.fact is not None and one.less is None and _bound(one) is not None]
    if len({condition.fact for condition in bounds}) != 1:
        return None
    span = _Span(str(bounds[0].fact), Fraction(0), None, True, False, tier.id)
    for one in bounds:
        if one.at_least is not None or one.more_than is not None:
            span = span._replace(low=_bound(one) or Fraction(0), low_in=one.at_least is not None)
        else:
            span = span._replace(high=_bound(one), high_in=one.at_most is not None)
    return span


def _bound(condition: Condition) -> Fraction | None:
    """The number that a condition compares with."""
    for name in ("at_least", "more_than", "at_most", "less_than"):
        value = getattr(condition, name)
        if value is not None:
            try:
                return Fraction(str(value))
            except ValueError:
                return None
    return None


def _figure(value: Fraction, fact: str) -> str:
    return wan(int(value * 100)) if fact.endswith("_yuan") else str(value)


def _contradicting(conditions: tuple[Condition, ...]) -> Iterator[str]:
    """Facts that must be two things at once."""
    wanted: dict[str, set[str]] = {}
    low: dict[str, Fraction] = {}
    high: dict[str, Fraction] = {}
    for one in conditions:
        if one.fact is None or one.less is not None:
            continue
        if one.is_ is not None or one.in_ is not None:
            values = {str(one.is_)} if one.is_ is not None else {str(value) for value in one.in_ or ()}
            wanted[one.fact] = wanted.get(one.fact, values) & values
        bound = _bound(one)
        if bound is not None and (one.at_least is not None or one.more_than is not None):
            low[one.fact] = max(low.get(one.fact, bound), bound)
        elif bound is not None:
            high[one.fact] = min(high.get(one.fact, bound), bound)
    yield from sorted(fact for fact, values in wanted.items() if not values)
    yield from sorted(fact for fact in low.keys() & high.keys() if low[fact] > high[fact])


# ---- caps ----


def _most(pays: Pays) -> Fen | None:
    """The most that a formula can pay, where it does not grow with a fact."""
    certain: Fen | None = pays.fixed if pays.at_most is None else pays.at_most
    if certain is not None:
        return certain
    inner = [case.pays for case in pays.cases or ()] or pays.greatest or pays.least or ()
    parts = [_most(one) for one in inner]
    known = [part for part in parts if part is not None]
    if pays.least is not None and not pays.times:
        return min(known, default=None)
    return max(known) if known and len(known) == len(parts) and not pays.times else None


def _by(pays: Pays) -> str | None:
    """The fact that a formula takes a plain rate of."""
    plain = pays.rate is not None and pays.less is None and not pays.times and pays.at_most is None
    return pays.of if plain else None


def _idle_caps(policy: Policy, clause: Clause) -> Found:
    """Caps that something else keeps from being reached."""
    formulas = [clause.pays] if clause.pays is not None else [tier.pays for tier in clause.tiers]
    most = [_most(pays) for pays in formulas]
    for cap in (cap for cap in clause.caps if not cap.when):
        known = [amount for amount in most if amount is not None]
        if (
            cap.amount is not None
            and cap.per == "award"
            and len(known) == len(most)
            and known
            and max(known) < cap.amount
        ):
            yield clause.id, say("lint.cap_over_fixed", cap=wan(cap.amount), most=wan(max(known)))
        for pays in formulas:
            if cap.rate is not None and _by(pays) == cap.of and pays.rate <= cap.rate:
                yield clause.id, say("lint.cap_over_rate", cap=percent(cap.rate), rate=percent(pays.rate))
        for limit in policy.limits:
            tighter = _tighter(limit, clause, cap)
            if tighter is not None and cap.amount is not None:
                yield clause.id, say("lint.cap_over_limit", cap=wan(cap.amount), limit=limit.id, bound=wan(tighter))


def _tighter(limit: Limit, clause: Clause, cap: Cap) -> Fen | None:
    """The bound of a limit that is always reached before a clause's own cap."""
    if (limit.over and clause.id not in limit.over) or clause.id in limit.except_ or cap.amount is None:
        return None
    if limit.per == "project" and (cap.per == "enterprise" or clause.for_ != "project"):
        return None  # several projects may fill the clause's cap
    fixed = [own for own in limit.caps if not own.when and not (own.yearly and not cap.yearly)]
    bounds = [own.amount for own in fixed if own.amount is not None]
    found: Fen | None = min(bounds, default=None)
    return found if found is not None and found < cap.amount else None


# ---- limits ----


def _limits(policy: Policy) -> Found:
    for limit in policy.limits:
        over = [clause for clause in policy.clauses if not limit.over or clause.id in limit.over]
        over = [clause for clause in over if clause.id not in limit.except_]
        if limit.at_most is not None and limit.of == "award" and len(over) == 1 and limit.per == "project":
            if not over[0].tiers:
                yield limit.id, say("lint.pick_of_one", clause=over[0].id)
        for cap in limit.caps:
            own = [_ceiling(clause, limit) for clause in over]
            if cap.amount is None or cap.when or not own or any(amount is None for amount in own):
                continue
            together = sum((amount for amount in own if amount is not None), 0)
            if together <= cap.amount:
                yield limit.id, say("lint.limit_idle", cap=wan(cap.amount), together=wan(together))


def _ceiling(clause: Clause, limit: Limit) -> Fen | None:
    """The most that a clause can bring under the key of a limit; None where nothing bounds it."""
    if clause.strength in ("discretionary", "aspirational"):
        return 0
    caps = [
        cap.amount
        for cap in clause.caps
        if cap.amount is not None and (cap.per == "enterprise" or limit.per == "project")
        if not cap.yearly and not cap.when
    ]
    fixed = [_most(pays) for pays in ([clause.pays] if clause.pays else [tier.pays for tier in clause.tiers])]
    if clause.once and all(amount is not None for amount in fixed):
        caps.append(max(amount for amount in fixed if amount is not None))
    return min(caps, default=None)


def _dominated(policy: Policy, limit: Limit) -> Found:
    """Clauses of which at most one is had, where another asks for less and never pays less."""
    over = [clause for clause in policy.clauses if clause.id in limit.over and clause.pays is not None]
    for one, other in combinations(over, 2):
        for loser, winner in ((one, other), (other, one)):
            if _never_better(loser, winner):
                yield loser.id, say("lint.dominated", winner=winner.id, limit=limit.id)
                break


def _never_better(loser: Clause, winner: Clause) -> bool:
    mine, other = loser.pays, winner.pays
    assert mine is not None
    assert other is not None
    if (loser.for_, loser.payee, loser.kinds, loser.dated) != (winner.for_, winner.payee, winner.kinds, winner.dated):
        return False
    if not set(loser.takes) <= set(winner.takes) or not all(item in loser.when for item in winner.when):
        return False
    if winner.beyond_document < loser.beyond_document:
        return False
    if mine.fixed is not None and other.fixed is not None:
        less = mine.fixed <= other.fixed
    elif mine.rate is not None and other.rate is not None:
        base = (mine.of, mine.less, mine.within_spending, mine.times)
        less = base == (other.of, other.less, other.within_spending, other.times) and mine.rate <= other.rate
    else:
        return False
    caps = {(cap.per, cap.yearly): cap.amount for cap in loser.caps if cap.amount is not None and not cap.when}
    tighter = all(
        not cap.when and (cap.amount is not None and caps.get((cap.per, cap.yearly), cap.amount + 1) <= cap.amount)
        for cap in winner.caps
    )
    return bool(less and tighter)


# ---- across documents ----


def _netting(tables: Tables) -> Iterator[tuple[str, str, str]]:
    """Of two documents of one place, one nets the money of the other, and the other does not say so."""
    for one, other in combinations(tables.policies.values(), 2):
        for mine, theirs in ((one, other), (other, one)):
            net, back = mine.document.netting, theirs.document.netting
            overlap = any(
                contains(a, b) or contains(b, a) for a in mine.document.territory for b in theirs.document.territory
            )
            if net is None or not overlap or theirs.document.level not in net.levels:
                continue
            if back is None or mine.document.level not in back.levels:
                yield mine.id, "netting", say("lint.one_sided", other=theirs.document.short)


def _facts(tables: Tables) -> Found:
    """Facts that nobody is asked for; of those that a document declares, also those that no row needs."""
    declared = {str(row["name"]) for policy in tables.policies.values() for row in policy.declares.get("facts") or ()}
    used = {name for policy in tables.policies.values() for name in _named(policy)}
    for (scope, name), fact in tables.vocabulary.facts.items():
        if not fact.question.strip():
            yield f"{scope}.{name}", say("lint.no_question")
        elif name in declared - used:
            yield f"{scope}.{name}", say("lint.unused", label=fact.label)


def _named(policy: Policy) -> Iterator[str]:
    """Facts that the rows of a document name."""
    conditions = [*policy.document.when, *(row.when for row in policy.disqualifiers)]
    conditions += [row.when for row in policy.reductions]
    formulas: list[Pays] = []
    caps = [cap for limit in policy.limits for cap in limit.caps]
    for clause in policy.clauses:
        conditions += clause.when
        caps += clause.caps
        formulas += [clause.pays] if clause.pays is not None else []
        for tier in clause.tiers:
            conditions += tier.when
            caps += tier.caps
            formulas.append(tier.pays)
    while formulas:
        pays = formulas.pop()
        yield from pays.terms()
        for part in pays.parts():
            conditions += [item for case in part.cases or () for item in case.when]
    yield from (str(cap.of) for cap in caps if cap.of is not None)
    conditions += [item for cap in caps for item in cap.when]
    for condition in conditions:
        yield from (name.removeprefix("enterprise.") for name in condition.facts())
