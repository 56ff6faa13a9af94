"""What hangs on each missing fact: the money that orders the questions, and is never paid."""

from __future__ import annotations

from collections.abc import Iterable

from policies.assessment import Assessment
from policies.binding import covers, payable
from policies.conditions import Subject
from policies.eligibility import COUNTED_APART
from policies.entries import Entry, Matched
from policies.netting import about, concerns, netted
from policies.profile import Award


def weigh(result: Assessment) -> None:
    """Sets `missing`, in the order worth asking, and `stakes`: (firm, apart) fen of the open clauses that wait for each
    fact, each clause's money shared among the facts it waits for."""
    firm: dict[str, float] = {}
    soft: dict[str, float] = {}
    for entry, one in result.open_entries:
        scores = firm if one.status == "in_force" else soft
        waits = set(entry.unknown)
        amount = 0.0
        if payable(entry) and one.status in ("in_force", *COUNTED_APART):
            amount = min(float(entry.amount(high=True)), 1e11)
        solved = result.solved(one)
        if entry.verdict is True and solved is not None:
            number = solved.bundle.number_of(entry)
            for tie in solved.bundle.ties:
                if number in tie.members:
                    waits |= tie.unknown
        for path in waits:
            share = amount / len(waits)
            scores[path] = scores.get(path, 0.0) + share
        if amount:
            for path in _limits_wait(entry, one):
                scores.setdefault(path, 0.0)
    for solved, scores in ((result.firm, firm), (result.apart, soft)):
        for tie in solved.bundle.ties if solved is not None else ():
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


def _first(path: str) -> int:
    """Facts that settle which documents and clauses are looked at come first."""
    return {"enterprise.region": 3, "enterprise.applicant_kind": 1, "enterprise.industries": 2}.get(path, 0)
