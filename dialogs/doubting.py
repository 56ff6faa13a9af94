"""Doubts: asked back as a question of their own, never guessed."""

from __future__ import annotations

from dialogs.declared import fact_of, thresholds
from dialogs.paths import get, name_of
from dialogs.render import Reply, list_label
from dialogs.session import Pending, Session
from dialogs.words import catalogue, say
from policies.assess import Assessor
from policies.assessment import Assessment
from policies.money import fen, wan


def doubt_reply(session: Session, assessor: Assessor, pending: Pending) -> Reply:
    fact = fact_of(pending.path, session, assessor)
    labels = [label for _, label in pending.options]
    what = fact.label if fact is not None else list_label(name_of(pending.path))
    names = {"words": pending.words, "what": what, "bound": pending.words}
    names |= {"first": labels[0] if labels else "", "second": labels[1] if len(labels) > 1 else ""}
    key = pending.code if f"doubt.{pending.code}" in catalogue() else "default"
    if key == "unit" and len(labels) < 2:
        key = "default"
    if key == "several" and pending.options and (fact is None or fact.type not in ("money", "number", "date")):
        key = "which"
    session.shown = pending.options
    return Reply(say(f"doubt.{key}", **names), pending.options)


def near_threshold(session: Session, result: Assessment) -> Pending | None:
    """A rough figure within five per cent of a bound that a clause sets: ask for the exact one, once."""
    for path in sorted(session.approx - session.exact):
        value = get(session.facts, path)
        if value is None or not name_of(path).endswith("_yuan"):
            continue
        told = fen(str(value))
        for bound in thresholds(result, name_of(path)):
            if abs(told - bound) * 20 <= bound:
                session.exact.add(path)
                return Pending(path, (), "threshold", wan(bound))
    return None
