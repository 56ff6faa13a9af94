"""What binds matched clauses together: from entries to the optimisation problem.

Built twice: low (only what is settled; unknown limits leave nothing) and high (everything still possible; unknown
limits leave everything). The low maximum is a floor, the high one a ceiling, of every completion of the facts.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Literal

from policies.amounts import OPEN, exactly
from policies.conditions import Subject
from policies.entries import Entry, Matched
from policies.model import Limit, Netting
from policies.money import Fen
from policies.netting import Had, about, concerns, excludes, is_share_of, netted
from policies.problem import Item, Net, Pick, Plan, Problem
from policies.profile import Award, Profile


@dataclass(slots=True)
class Tie:
    """A cap, net or pick with where it comes from: `kind` is the reason code of what it turns away."""

    kind: str
    members: frozenset[int]
    bound: Fen = 0
    limit: Limit | None = None
    netting: Netting | None = None
    award: Award | None = None
    groups: tuple[frozenset[int], ...] = ()
    clause: str = ""
    unknown: frozenset[str] = frozenset()

    @property
    def form(self) -> Literal["cap", "net", "pick"]:
        """A cap on its members' sum, money had that leaves them the difference, or at most so many of its groups."""
        return "pick" if self.groups else "cap" if self.award is None else "net"

    def paid(self, plan: Plan) -> Fen:
        """What a plan pays its members together."""
        return sum((plan.paid.get(number, 0) for number in self.members), 0)

    def is_full(self, plan: Plan) -> bool:
        """A cap that the plan uses up."""
        return self.form == "cap" and self.paid(plan) >= self.bound


@dataclass(slots=True)
class Bundle:
    """The problem, the entry of each item (None: money from elsewhere), and the ties behind its rows."""

    problem: Problem
    entries: list[Entry | None] = field(default_factory=list)
    awards: dict[int, Award] = field(default_factory=dict)
    ties: list[Tie] = field(default_factory=list)

    def number_of(self, entry: Entry) -> int | None:
        """An entry's item in the problem; None: it is not in it."""
        return next((number for number, own in enumerate(self.entries) if own is entry), None)


def payable(entry: Entry) -> bool:
    """The entry has a formula, so that it can be a number."""
    return entry.rule.formula is not None and entry.rule.clause.strength not in ("discretionary", "aspirational")


def build(matched: Iterable[Matched], profile: Profile, high: bool = False, elsewhere: bool | None = None) -> Bundle:
    """The problem of these documents together.

    `elsewhere`: whether money that can be had elsewhere competes; by default only in the low problem, since the high
    one bounds our own money.
    """
    return _Builder(profile, high, not high if elsewhere is None else elsewhere).run(list(matched))


class _Builder:
    def __init__(self, profile: Profile, high: bool, competing: bool) -> None:
        self.profile, self.high, self.competing = profile, high, competing
        self.out = Bundle(Problem([]))
        self.ceilings: dict[int, Fen] = {}
        """The full cap of its clause for each item: an award is never more than that, before netting too."""
        self.had = Had(list(profile.awards or ()), high)
        self.netted: dict[frozenset[int], Fen] = {}
        """Money had before, by the items that it is for."""

    def run(self, matched: list[Matched]) -> Bundle:
        members: list[list[int]] = []
        for number, one in enumerate(matched):
            members.append(self._items(one, number))
        for one, own in zip(matched, members, strict=True):
            if own:
                self._document(one, own)
        self._elsewhere(matched, members)
        self._nets()
        self._across(matched, members)
        return self.out

    # ---- items ----

    def _factor(self, one: Matched) -> Fraction | int:
        """What every award is multiplied by; in the high problem also by what may still raise it."""
        factor: Fraction | int = 1
        for row, verdict in one.factor:
            if verdict is True or (verdict is None and self.high and row.factor > 1):
                factor = factor * row.factor
        return exactly(factor) if isinstance(factor, Fraction) else factor

    def _items(self, one: Matched, number: int) -> list[int]:
        factor = self._factor(one)
        own = []
        for entry in one.entries:
            if not payable(entry) or entry.verdict is False or (entry.verdict is None and not self.high):
                continue
            own_lines = entry.lines if self.high else entry.sure()
            amount = entry.amount(own_lines, self.high)
            if factor != 1:
                amount = exactly(amount * factor)
            if amount <= 0:
                continue
            lines = frozenset((number, *key) for key in own_lines)
            pay = _pay(entry, factor, self.high) if lines else None
            project = entry.project.index if entry.project else -1
            recognition = entry.subject.recognition.index if entry.subject.recognition else -1
            self.out.problem.items.append(Item((entry.rule.id, project, recognition), amount, lines, pay))
            self.out.entries.append(entry)
            own.append(len(self.out.entries) - 1)
        return own

    # ---- one document ----

    def _document(self, one: Matched, own: list[int]) -> None:
        factor = self._factor(one)
        by_clause: dict[str, list[int]] = {}
        for number in own:
            by_clause.setdefault(self._entry(number).rule.clause.id, []).append(number)
        for clause_id, members in by_clause.items():
            self._clause(one, clause_id, members, factor)
        for limit in one.rules.policy.limits:
            over = [number for number in own if covers(limit, self._entry(number))]
            if over:
                self._limit(one, limit, over, factor)

    def _entry(self, number: int) -> Entry:
        entry = self.out.entries[number]
        assert entry is not None
        return entry

    def _cap(self, tie: Tie) -> None:
        self.out.ties.append(tie)
        self.out.problem.caps.append((tie.members, tie.bound))

    def _clause(self, one: Matched, clause_id: str, members: list[int], factor: Any) -> None:
        clause = self._entry(members[0]).rule.clause
        charged = [award for award in self.had.awards if self._names(award, members)]
        by_tier: dict[str, list[int]] = {}
        for number in members:
            by_tier.setdefault(self._entry(number).rule.id, []).append(number)
        capped = self._ceilings(one, one.rules.clause_bounds[clause_id], members, charged, factor, clause_id)
        for tier, own in by_tier.items():
            capped |= self._ceilings(one, one.rules.tier_bounds.get(tier, []), own, charged, factor, clause_id)
        once = clause.once
        groups_of = [members] if once else by_object(members, self._entry)
        for group in groups_of:
            if len(group) > 1:
                self._pick("same_tier", [frozenset((n,)) for n in group], 1, clause=clause_id)
        for award in charged:
            if once and clause.already_paid == "deduct":
                paid = members
            elif once:
                yearly = clause.dated == "year"
                paid = [
                    n
                    for n in members
                    if self._entry(n).rule.id == award.clause and self.had.in_year(award, one, yearly)
                ]
            elif capped and award.project is None:
                continue
            else:
                paid = [n for n in members if concerns(award, self._entry(n), tied=True)]
            if paid:
                self._net(
                    "clause_cap",
                    frozenset(paid),
                    exactly(self.had.amount(award) * factor),
                    award,
                    None,
                    clause=clause_id,
                )

    def _ceilings(
        self, one: Matched, bounds: list[Any], members: list[int], charged: list[Award], factor: Any, clause: str
    ) -> bool:
        """Caps of a clause or tier on its awards together; whether one spans the enterprise, so that had money uses it."""
        spans = False
        for bound in bounds:
            if bound.cap.per == "award":
                continue
            groups = [members] if bound.cap.per == "enterprise" else by_project(members, self._entry)
            for group in groups:
                used: Fen = 0
                if bound.cap.per == "enterprise":
                    spans = True
                    used = sum(
                        (self.had.amount(award) for award in charged if self.had.in_year(award, one, bound.cap.yearly)),
                        0,
                    )
                subject = self._entry(group[0]).subject
                full = bound.run(subject)
                for number in group if full not in (None, OPEN) else ():
                    own = exactly(full * factor)
                    self.ceilings[number] = min(own, self.ceilings.get(number, own))
                self._bounded("clause_cap", frozenset(group), [bound], subject, factor, used, clause=clause)
        return spans

    def _names(self, award: Award, members: list[int]) -> bool:
        rule = self._entry(members[0]).rule
        return award.clause is not None and (award.clause == rule.clause.id or award.clause in rule.series)

    def _bounded(
        self,
        kind: str,
        members: frozenset[int],
        bounds: list[Any],
        subject: Subject,
        factor: Any,
        used: Fen,
        limit: Limit | None = None,
        clause: str = "",
    ) -> None:
        """A cap row from compiled bounds: the least of them; an unknown one leaves nothing (low) or all (high)."""
        values, unknown = [], set()
        for bound in bounds:
            value = bound.run(subject)
            if value is None:
                unknown |= set(bound.unknown(subject))
                values += [] if self.high else [bound.sure(subject)]
            else:
                values.append(value)
        if not values or min(values) == OPEN:
            return
        ceiling = max(0, min(values) - used)
        if not (limit is not None and limit.after_reductions):
            ceiling = exactly(ceiling * factor)
        self._cap(Tie(kind, members, ceiling, limit, clause=clause, unknown=frozenset(unknown)))

    def _limit(self, one: Matched, limit: Limit, over: list[int], factor: Any) -> None:
        if limit.at_most is None:
            groups = by_project(over, self._entry) if limit.per == "project" else [over]
            kind = "project_cap" if limit.per == "project" else "document_cap"
            for group in groups:
                entry = self._entry(group[0])
                if limit.per == "project" and entry.project is None:
                    continue
                subject = Subject(self.profile, one.award_day, entry.project if limit.per == "project" else None)
                bounds = one.rules.limit_bounds[limit.id]
                yearly = [bound for bound in bounds if bound.cap.yearly and limit.per == "enterprise"]
                used = sum((self.had.amount(award) for award in self.had.under(one, limit, True)), 0) if yearly else 0
                for own, had in ((yearly, used), ([bound for bound in bounds if bound not in yearly], 0)):
                    if own:
                        self._bounded(kind, frozenset(group), own, subject, factor, had, limit)
            return
        if limit.of == "project":
            kind = "annual_limit" if limit.yearly else "same_project"
            used, projects = self.had.places(one, limit)
            groups = [g for g in by_project(over, self._entry) if _project_id(self._entry(g[0])) not in projects]
            self._pick(kind, [frozenset(g) for g in groups], max(0, limit.at_most - used), limit)
            return
        groups = by_project(over, self._entry) if limit.per == "project" else [over]
        for group in groups:
            if limit.per == "project" and self._entry(group[0]).project is None:
                continue
            kind = "same_project" if limit.per == "project" else "annual_limit" if limit.yearly else "same_tier"
            used = len(self.had.under(one, limit, True)) if limit.yearly and limit.per == "enterprise" else 0
            self._pick(kind, [frozenset((n,)) for n in group], max(0, limit.at_most - used), limit)

    def _pick(
        self, kind: str, groups: list[frozenset[int]], at_most: int, limit: Limit | None = None, **more: Any
    ) -> None:
        if len(groups) <= at_most:
            return
        self.out.problem.picks.append(Pick(groups, at_most))
        members = frozenset(number for group in groups for number in group)
        self.out.ties.append(Tie(kind, members, at_most, limit, groups=tuple(groups), **more))

    def _net(
        self, kind: str, members: frozenset[int], had: Fen, award: Award, netting: Netting | None, clause: str = ""
    ) -> None:
        if had > 0:
            self.out.ties.append(Tie(kind, members, had, netting=netting, award=award, clause=clause))
            self.netted[members] = self.netted.get(members, 0) + had

    def _nets(self) -> None:
        """Money had for the same awards, whatever it came from, leaves the difference to what they pay under their caps."""
        if not self.netted:
            return
        capped = [(tie.members, tie.bound) for tie in self.out.ties if tie.kind == "project_cap" and tie.form == "cap"]
        for members, had in self.netted.items():
            ceilings = [(frozenset((n,)), self.ceilings[n]) for n in members if n in self.ceilings]
            self.out.problem.nets.append(Net(members, had, capped + ceilings))
        for tie in self.out.ties:
            if tie.form == "net":
                tie.bound = self.netted[tie.members]

    # ---- money from elsewhere ----

    def _elsewhere(self, matched: list[Matched], members: list[list[int]]) -> None:
        ours = {one.rules.document.id: one.rules.ids for one in matched}
        for award in self.had.awards:
            charged = award.document in ours and award.clause in ours[award.document]
            conflicts: list[frozenset[int]] = []
            for one, own in zip(matched, members, strict=True):
                netting = one.rules.document.netting
                if netting is None or (charged and award.document not in netting.documents):
                    continue
                nets = netted(netting, award.level, award.document)
                if nets is False or (nets is None and self.high):
                    continue
                hit = frozenset(
                    n
                    for n in own
                    if about(netting, self._entry(n))
                    and concerns(award, self._entry(n), netting.tied_recognitions)
                    and not is_share_of(self._entry(n), award)
                )
                if not hit:
                    continue
                if award.status == "eligible":
                    conflicts.append(hit)
                else:
                    had = self.had.amount(award)
                    if had and netting.leaves == "nothing":
                        had = OPEN
                    self._net("same_kind", hit, exactly(had * self._factor(one)), award, netting)
            if conflicts and award.amount:
                if not self.competing:
                    continue
                self.out.problem.items.append(Item((f"~{award.index}",), award.amount, external=True))
                self.out.entries.append(None)
                external = len(self.out.entries) - 1
                self.out.awards[external] = award
                for hit in conflicts:
                    groups = (frozenset((external,)), hit)
                    self.out.problem.picks.append(Pick(list(groups), 1))
                    self.out.ties.append(Tie("same_kind", hit | {external}, 1, award=award, groups=groups))

    def _across(self, matched: list[Matched], members: list[list[int]]) -> None:
        """Two of our documents for one project or recognition, where one of them says 就高不重复."""
        for i, one in enumerate(matched):
            for j, other in enumerate(matched):
                netting = one.rules.document.netting
                if i == j or netting is None or not excludes(one.rules.document, other.rules.document):
                    continue
                mine = [n for n in members[i] if about(netting, self._entry(n))]
                for key, own in self._by_thing(mine, netting.tied_recognitions).items():
                    their = self._by_thing(members[j], netting.tied_recognitions).get(key)
                    if their:
                        groups = [frozenset(own), frozenset(their)]
                        self._pick("same_kind", groups, 1)

    def _by_thing(self, members: list[int], tied: bool) -> dict[tuple[str, int], list[int]]:
        out: dict[tuple[str, int], list[int]] = {}
        for number in members:
            subject = self._entry(number).subject
            if subject.recognition is not None:
                out.setdefault(("recognition", subject.recognition.index), []).append(number)
            if subject.project is not None and (subject.recognition is None or tied):
                out.setdefault(("project", subject.project.index), []).append(number)
        return out


def _pay(entry: Entry, factor: Any, high: bool) -> Any:
    def pay(kept: frozenset[Any]) -> Fen:
        return exactly(entry.amount([key[1:] for key in kept], high) * factor)

    return pay


def covers(limit: Limit, entry: Entry) -> bool:
    """Whether a limit speaks of an entry's clause."""
    names = {entry.rule.id, entry.rule.clause.id}
    if not names.isdisjoint(limit.except_):
        return False
    return not limit.over or not names.isdisjoint(limit.over)


def _project_id(entry: Entry) -> str | None:
    return entry.project.id if entry.project is not None else None


def by_project(members: list[int], entry_of: Any) -> list[list[int]]:
    groups: dict[Any, list[int]] = {}
    for number in members:
        entry = entry_of(number)
        key = ("project", entry.project.id) if entry.project is not None else ("alone", number)
        groups.setdefault(key, []).append(number)
    return list(groups.values())


def by_object(members: list[int], entry_of: Any) -> list[list[int]]:
    groups: dict[Any, list[int]] = {}
    for number in members:
        groups.setdefault(entry_of(number).key[1:], []).append(number)
    return list(groups.values())
