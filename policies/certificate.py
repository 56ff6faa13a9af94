"""The certificate: every clause of the documents is paid, refused with its one reason, without a number, or still open."""

from __future__ import annotations

from policies.amounts import exactly
from policies.assessment import Assessment, Refusal, Solved
from policies.binding import Tie, build, payable
from policies.conditions import RANK
from policies.entries import Entry, Matched
from policies.money import floor_fen
from policies.payout import upper_bound
from policies.profile import Profile, Project


def certify(result: Assessment) -> None:
    """Sorts the entries that the plan does not pay into refusals, those without a number, and those still open."""
    paid = {(line.matched.rules.document.id, line.entry.key) for line in result.lines}
    for one in result.documents:
        for entry in one.entries:
            if entry.rule.formula is None:
                _unquantified(result, one, entry)
            elif (one.rules.document.id, entry.key) in paid:
                if one.status != "in_force":
                    result.refusals.append(Refusal(entry, one, "not_in_force", _alone(entry, one, result)))
            elif entry.verdict is None:
                result.open_entries.append((entry, one))
            else:
                _refuse(result, one, entry)


def _unquantified(result: Assessment, one: Matched, entry: Entry) -> None:
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


def _refuse(result: Assessment, one: Matched, entry: Entry) -> None:
    if entry.verdict is False:
        result.refusals.append(Refusal(entry, one, entry.reason, None))
        return
    alone = _alone(entry, one, result)
    if one.status != "in_force":
        result.refusals.append(Refusal(entry, one, "not_in_force", alone or None))
        return
    solved = result.solved(one)
    number = solved.bundle.number_of(entry) if solved is not None else None
    if solved is None or number is None:
        result.refusals.append(Refusal(entry, one, "condition", None))
        return
    found = _why_lost(number, solved)
    if found is None:
        result.open_entries.append((entry, one))
        return
    reason, tie, rival = found
    result.refusals.append(Refusal(entry, one, reason, alone or None, tie, rival))


def _alone(entry: Entry, one: Matched, result: Assessment) -> int:
    """What the entry would pay if nothing else were had: its own formula under the caps that cover it."""
    profile = result.profile
    bare = Profile(profile.as_of, profile.enterprise, profile.projects, profile.recognitions, [])
    alone = build([Matched(one.rules, one.applies, one.status, one.award_day, [entry], one.factor)], bare)
    amounts = {number: item.amount for number, item in enumerate(alone.problem.items)}
    return floor_fen(exactly(upper_bound(amounts, alone.problem.caps)))


def _why_lost(number: int, solved: Solved) -> tuple[str, Tie | None, Entry | None] | None:
    """The first reason that holds for an item that the plan leaves out; None: an unknown limit holds it back."""
    bundle, plan = solved
    paid = plan.paid
    found: list[tuple[int, str, Tie | None, Entry | None]] = []
    item = bundle.problem.items[number]
    if item.lines:
        takers = [n for n in paid if n != number and not plan.taken[n].isdisjoint(item.lines)]
        if takers and all(any(line in plan.taken[n] for n in takers) for line in item.lines):
            found.append((RANK["same_spending"], "same_spending", None, bundle.entries[takers[0]]))
    for tie in bundle.ties:
        if number not in tie.members:
            continue
        if tie.form == "pick":
            own = next(group for group in tie.groups if number in group)
            rivals = [n for group in tie.groups if group is not own for n in group if n in paid]
            used = sum(1 for group in tie.groups if group is not own and any(n in paid for n in group))
            if used >= tie.bound and not any(n in paid for n in own):
                rival = bundle.entries[rivals[0]] if rivals else None
                kind = tie.kind
                me = bundle.entries[number]
                if kind == "same_tier" and me is not None and rival is not None and rival.rule.id == me.rule.id:
                    kind = "clause_cap"
                found.append((RANK[kind], kind, tie, rival))
        elif tie.form == "net":
            gross = sum((bundle.problem.items[n].amount for n in tie.members if n == number or n in paid), 0)
            if gross <= tie.bound or tie.paid(plan) >= gross - tie.bound:
                found.append((RANK[tie.kind], tie.kind, tie, None))
        elif tie.is_full(plan):
            if tie.unknown:
                return None
            rivals = sorted((n for n in tie.members if n in paid), key=lambda n: -paid[n])
            found.append((RANK[tie.kind], tie.kind, tie, bundle.entries[rivals[0]] if rivals else None))
    if not found:
        return "condition", None, None
    return min(found, key=lambda row: row[0])[1:]


def _undecided(one: Matched) -> list[Project | None]:
    """Projects (None: those still to be told) with a clause of the document that a missing fact keeps open."""
    return [entry.project for entry in one.entries if entry.verdict is None and payable(entry)]


def _at_cap(result: Assessment, one: Matched) -> list[Project]:
    """Projects of the document with a line at its clause's or project's cap."""
    solved = result.solved(one)
    if solved is None:
        return []
    bundle, plan = solved
    found: dict[str, Project] = {}
    for number in plan.paid:
        entry = bundle.entries[number]
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
            number in tie.members and tie.kind in ("clause_cap", "project_cap") and tie.is_full(plan)
            for tie in bundle.ties
        )
        if own or caps:
            found[entry.project.id] = entry.project
    return list(found.values())
