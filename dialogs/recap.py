"""All that was told, fact by fact: for a summary, and to choose what to change."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from dialogs.declared import fact_of
from dialogs.noting import told_parts
from dialogs.paths import name_of, scope_of
from dialogs.render import fact_label, told_label
from dialogs.session import Session
from dialogs.telling import Change
from dialogs.words import say
from policies.assess import Assessor

_NOT_ASKED = ("id", "kind", "clause", "document", "project", "recognition", "recognised_by")
"""Parts of an object that name it or tie it; they are changed by telling the object anew."""


def leaves(facts: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Path and value of every told fact, in the order of telling: `projects[0].spending[1].amount_yuan`."""
    for name, value in facts.items():
        here = f"{path}.{name}" if path else name
        if isinstance(value, dict):
            yield from leaves(value, here)
        elif isinstance(value, list) and value and isinstance(value[0], dict):
            for number, item in enumerate(value):
                yield from leaves(item, f"{here}[{number}]")
        else:
            yield here, value


def recap(session: Session, assessor: Assessor, only: tuple[str, ...] = ()) -> list[str]:
    """One line for each object told: `项目 P1 机器人及集成 700万元，完工（验收）日期 2025-03-31`. `only`: these lists."""
    changes = [
        Change(path, None, value)
        for path, value in leaves(session.facts)
        if name_of(path) not in ("id", "as_of") and (not only or path.startswith(only))
        if not path.startswith("other_awards[") and value != []
    ]
    awards = session.facts.get("other_awards") or []
    if not only or "other_awards" in only:
        changes += [Change(f"other_awards[{number}]", None, row) for number, row in enumerate(awards)]
    return [part for part in told_parts(changes, session, assessor) if part]


def changeable(session: Session, assessor: Assessor) -> list[tuple[str, str]]:
    """Facts that can be asked anew: path and `完工（验收）日期：2025-03-31`."""
    rows = []
    for path, value in leaves(session.facts):
        if name_of(path) in _NOT_ASKED and scope_of(path) != "enterprise":
            continue
        fact = fact_of(path, session, assessor)
        if fact is None or value == []:
            continue
        what = fact_label(path, session, assessor)
        rows.append((path, say("label.fact", what=what, value=told_label(path, value, session, assessor))))
    return rows
