"""Whether a fact may be asked at all, and whether early (`askable`, `uncommon`)."""

from __future__ import annotations

from dialogs.declared import LISTS
from dialogs.paths import get
from dialogs.session import Session
from policies.facts import Fact

SCOPE = {"enterprise.region": 9, "enterprise.industries": 8, "enterprise.applicant_kind": 7}
"""What decides which documents and clauses are looked at, with its rank: asked first, and alone."""
CONDUCT = ("safety_accident_level", "disqualifying_events", "resource_use_grade")
"""What ends or lessens all support of a year: asked in one breath, and 都没有 says that it is clean."""


def askable(session: Session, path: str) -> bool:
    if path in session.skipped:
        return False
    if path.endswith(".activities") and ".spending[" not in path:
        return False
    return not (path in session.closed and path in LISTS)


def uncommon(session: Session, fact: Fact | None) -> bool:
    """Whether it would be unusual in the trades that were told: 首版次软件 of a maker of car parts."""
    trades = get(session.facts, "enterprise.industries")
    return fact is not None and bool(fact.usual) and isinstance(trades, list) and not set(trades) & set(fact.usual)
