"""What is asked in one breath: the further facts that a question asks beside its own (`together`)."""

from __future__ import annotations

from dialogs.asking import CONDUCT, SCOPE, askable, uncommon
from dialogs.declared import fact_of
from dialogs.mattering import Tried, matters
from dialogs.paths import name_of, scope_of
from dialogs.session import Session
from policies.assess import Assessor
from policies.assessment import Assessment
from policies.binding import payable
from policies.entries import Entry
from policies.facts import Fact

_MOST = 3
"""Facts in one question: more than these nobody keeps in mind."""
_LOOKED_UP = 3
"""Effort of a fact that stands in some paper: one of them in a question is enough."""
_KINDS = {
    **dict.fromkeys(("choice", "choices", "level", "body"), "choice"),
    **dict.fromkeys(("money", "number"), "amount"),
    **dict.fromkeys(("date", "yesno"), None),
}
_TURN = ("level", "date", "choice", "body", "choices", "money", "number", "yesno")
"""The order in which people tell them: 3A级，今年5月; 今年3月，新建，300万."""


def together(session: Session, result: Assessment, path: str, assessor: Assessor, tried: Tried) -> tuple[str, ...]:
    """The facts asked in one breath with `path`, itself among them, that are missing and matter: the one asked first."""
    return tuple(_group(session, result, path, assessor, tried)) or (path,)


def _group(session: Session, result: Assessment, path: str, assessor: Assessor, tried: Tried) -> list[str]:
    fact = fact_of(path, session, assessor)
    if fact is None or path in SCOPE:
        return []
    if fact.of == "enterprise" and uncommon(session, fact):
        return _uncommon_ones(session, result, assessor, tried)
    if name_of(path) in CONDUCT:
        found = [f"{path.rsplit('.', 1)[0]}.{name}" for name in CONDUCT]
        return [one for one in found if one == path or _worth(session, result, one, tried)]
    if fact.of not in ("enterprise", "project", "recognition") or fact.type not in _KINDS:
        return []
    return _alike(session, result, {path: fact}, assessor, tried)


def _alike(session: Session, result: Assessment, facts: dict[str, Fact], assessor: Assessor, tried: Tried) -> list[str]:
    """With further facts of the same object whose answers cannot be taken for each other: a day, a sum, a choice, a yes.

    A fact that may end the matter, or without which there is no range yet, comes first; else as people tell them.
    """
    path = next(iter(facts))
    where, leads = path.rsplit(".", 1)[0], _kind(facts[path]) != "date" and not facts[path].zero_words
    for one in result.missing:
        fact = fact_of(one, session, assessor) if one.rsplit(".", 1)[0] == where else None
        if fact is None or one in facts or one in SCOPE or name_of(one) in CONDUCT or uncommon(session, fact):
            continue
        if (
            len(facts) < _MOST
            and fact.type in _KINDS
            and all(_apart(fact, other) for other in facts.values())
            and not any(_hangs_on(result, one, fact, first, other) for first, other in facts.items())
            and _worth(session, result, one, tried)
        ):
            facts[one] = fact
    order = {one: (bool(fact.zero_words), _TURN.index(fact.type)) for one, fact in facts.items()}
    return sorted(facts, key=lambda one: (not (leads and one == path), order[one]))


def _kind(fact: Fact) -> str:
    return _KINDS.get(fact.type) or fact.type


def _apart(one: Fact, other: Fact) -> bool:
    """Whether the answers to both are told apart by what they look like, or one of them has words of its own."""
    if max(one.effort, other.effort) >= _LOOKED_UP and one.effort == other.effort:
        return False
    if _kind(one) != _kind(other):
        return True
    if _kind(one) == "amount":
        return bool(one.zero_words) is not bool(other.zero_words)
    return False


def _worth(session: Session, result: Assessment, path: str, tried: Tried) -> bool:
    return path in result.missing and askable(session, path) and matters(result, path, tried)


def _hangs_on(result: Assessment, path: str, fact: Fact, first: str, other: Fact) -> bool:
    """Whether all that waits for a fact waits also for one that may well end it: a loan that few have, a base of which the
    project tells no line; for what must be looked up, any press of a button."""
    ends = bool(other.zero_words) or (fact.effort >= _LOOKED_UP and _kind(other) in ("choice", "yesno"))
    waiting = [entry for entry, _ in result.open_entries if path in entry.unknown and payable(entry)]
    return bool(waiting) and all(first in entry.unknown and (ends or _hardly(entry)) for entry in waiting)


def _hardly(entry: Entry) -> bool:
    lines = entry.project.lines or () if entry.project is not None else ()
    taken = {activity for line in lines for activity in line.activities or ()}
    return entry.rule.clause.or_base and bool(taken) and taken.isdisjoint(entry.rule.clause.takes)


def _uncommon_ones(session: Session, result: Assessment, assessor: Assessor, tried: Tried) -> list[str]:
    """Of the facts that would be unusual here one for each clause that waits for some: without that it pays nothing."""
    facts = {path: fact_of(path, session, assessor) for path in result.missing if scope_of(path) == "enterprise"}
    own = [path for path, fact in facts.items() if uncommon(session, fact) and askable(session, path)]
    own.sort(key=lambda path: fact.effort if (fact := facts[path]) is not None else 0)
    found: list[str] = []
    for path in own:
        waiting = [entry for entry, _ in result.open_entries if path in entry.unknown]
        if any(entry.unknown.isdisjoint(found) for entry in waiting) and matters(result, path, tried):
            found.append(path)
    return found
