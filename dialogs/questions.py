"""Which question next: the one that decides the most money for the least effort, and only while it can matter.

Score of a fact = money of the open clauses that wait for it ÷ how many facts each waits for ÷ effort to answer.
Scope first (region, industry), firm money before indicative; ties by path, so that the same facts give the same question.
"""

from __future__ import annotations

from dialogs.asking import SCOPE, askable, uncommon
from dialogs.closing import closing, terms_of
from dialogs.declared import LISTS, fact_of
from dialogs.mattering import Tried, matters
from dialogs.paths import get, name_of
from dialogs.session import Session
from dialogs.together import together
from policies.assess import Assessor
from policies.assessment import Assessment
from policies.binding import payable

_OPEN = {"projects": 6, "amounts": 5, "recognitions": 4}
"""While they are unknown the upper end is open: they come before details."""


def next_question(session: Session, result: Assessment, assessor: Assessor) -> tuple[str, ...]:
    """The path to ask, and those asked in the same breath; () when nothing that could be asked would change the answer."""
    forced = _unfinished(session, result)
    if forced:
        return forced
    if not result.settled:
        paths = _deciding(session, result, assessor)
        if paths:
            return paths
    last = closing(session, result, assessor)
    return () if last is None else (last,)


def _unfinished(session: Session, result: Assessment) -> tuple[str, ...]:
    """An award from elsewhere must say what it is for before it can count; then how much of it, and whose."""
    for index, award in enumerate(session.facts.get("other_awards") or ()):
        asked = []
        for name in ("project", "recognition", "clause", *_AMOUNT, "year"):
            path = f"other_awards[{index}].{name}"
            if award.get(name) is None and path not in session.skipped and _of_award(session, result, path):
                asked.append(path)
            if name == "clause" and not any(award.get(key) for key in _AIMS):
                break
        if asked:
            return tuple(
                path for path in asked if path == asked[0] or {name_of(path), name_of(asked[0])} <= set(_AMOUNT)
            )
    return ()


_AMOUNT = ("level", "amount_yuan", "status")
"""What people tell of an award in one breath: 市里给的，60万，已经拿到."""
_AIMS = {"project": "projects", "recognition": "recognitions", "clause": ""}


def _of_award(session: Session, result: Assessment, path: str) -> bool:
    """Whether a fact of money from elsewhere must be asked: what it is for, once; the clause of ours it may have come by."""
    name, row = name_of(path), path.rsplit(".", 1)[0]
    award = get(session.facts, row)
    if name in ("project", "recognition"):
        aimed = any(award.get(key) for key in _AIMS)
        return bool(session.facts.get(_AIMS[name])) and not aimed
    if name == "clause":
        unknown = f"{row}.level" in session.skipped
        return not any(award.get(key) for key in _AIMS) or unknown or award.get("level") in _paying_levels(result)
    if name == "year":
        return award.get("clause") is not None  # only a cap or a count of that clause's year asks for it
    return not (name == "level" and award.get("clause"))


def _paying_levels(result: Assessment) -> set[str]:
    """Levels whose money may have come by a clause of a document that pays here: its own, those of which it only speaks."""
    found: set[str] = set()
    for one in result.documents:
        if one.applies and one.rules.document.netting is not None and any(payable(entry) for entry in one.entries):
            found.add(one.rules.document.level)
            if any(clause.strength == "aspirational" for clause in one.rules.policy.clauses):
                found.update(one.rules.document.netting.levels)
    return found


def _deciding(session: Session, result: Assessment, assessor: Assessor) -> tuple[str, ...]:
    scored = []
    tried: Tried = {}
    for path in result.missing:
        if not askable(session, path):
            continue
        firm, soft = result.stakes.get(path, (0.0, 0.0))
        fact = fact_of(path, session, assessor)
        effort = fact.effort if fact is not None else 2
        late = uncommon(session, fact) and path not in SCOPE
        scored.append((-_first(session, result, path), late, -firm / effort, -soft / effort, _order(path), path))
    scored.sort()
    for *_, path in scored:
        if path == "enterprise.region" or path in LISTS or matters(result, path, tried):
            return together(session, result, _base_before(session, result, path), assessor, tried)
    return ()


def _base_before(session: Session, result: Assessment, path: str) -> str:
    """A project that tells no line of a clause is hardly one of its kind: whether it has the clause's base is asked first."""
    bases = []
    for one in result.documents:
        for entry in one.entries:
            clause, project = entry.rule.clause, entry.project
            if entry.verdict is not None or path not in entry.unknown or not payable(entry):
                continue
            if not clause.or_base or project is None:
                return path
            taken = {activity for line in project.lines or () for activity in line.activities or ()}
            terms = terms_of(entry)
            base = next((path for path in sorted(entry.unknown) if name_of(path) in terms), None)
            if base is None or not taken or not taken.isdisjoint(clause.takes) or not askable(session, base):
                return path
            bases.append(base)
    return bases[0] if bases else path


def _first(session: Session, result: Assessment, path: str) -> int:
    """Rank of what must be known before there is a range."""
    if path in SCOPE:
        return SCOPE[path]
    firm = result.high is None
    if not firm and (result.high or result.indicative_high is not None):
        return 0
    if path in ("projects", "recognitions") and session.facts.get(path) is None:
        return _OPEN[path]
    return (
        _OPEN["amounts"]
        if path.startswith("projects[") and name_of(path) in ("total_investment_yuan", "amount_yuan")
        else 0
    )


def _order(path: str) -> tuple[int, str]:
    """Ties: as people tell it, projects before certificates, dates before details."""
    rank = [
        "projects",
        "spending",
        "completed_on",
        "total_investment_yuan",
        "amount_yuan",
        "recognitions",
        "level",
        "obtained_on",
    ]
    name = name_of(path)
    return (rank.index(name) if name in rank else len(rank), path)
