"""A conversation under way when new tables are published: it goes on, and says so when its result changed."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from dialogs.paths import get, name_of
from dialogs.render import figure
from dialogs.session import Session
from dialogs.words import say
from policies.assessment import Assessment
from policies.errors import ProfileError
from policies.facts import Vocabulary

_LISTS = ("projects", "recognitions", "other_awards", "spending", "amount_yuan", "activities", "kind", "project")
"""Paths that are no facts of the vocabulary and always there."""


def carried_over(
    session: Session, version: int, vocabulary: Vocabulary, assess: Callable[[Session], Assessment]
) -> str:
    """Fits a session to tables of another version than its last answer's; what to say of it, mostly nothing.

    What was told and cannot be read by the new tables is let go, and said.
    """
    if session.version == version:
        return ""
    dropped = []
    while True:
        try:
            result = assess(session)
            break
        except ProfileError as error:
            if not _drop(session.facts, error.where):
                return ""
            dropped.append(session.words.pop(error.where, name_of(error.where)))
    if dropped or (session.asked is not None and not _known(session.asked, vocabulary)):
        session.asked, session.beside, session.shown, session.pending = None, (), (), None
    said = []
    if dropped:
        said.append(say("noted.tables_dropped", what="、".join(f"“{words}”" for words in dropped)))
    if session.figure and get(session.facts, "enterprise.region") is not None and figure(result) != session.figure:
        said.append(say("noted.tables_moved", before=session.figure, after=figure(result)))
    return "\n".join(said)


def _known(path: str, vocabulary: Vocabulary) -> bool:
    name = name_of(path)
    return name in _LISTS or any(name == key for _, key in vocabulary.facts)


def _drop(facts: dict[str, Any], path: str) -> bool:
    """Takes away what stands at a path; whether there was anything. A list that this empties goes too: it would say none."""
    *steps, last = [int(step) if step.isdecimal() else step for step in re.findall(r"[^.\[\]]+", path)] or [""]
    node: Any = facts
    try:
        for step in steps:
            node = node[step]
        del node[last]
    except (LookupError, TypeError):
        return False
    if node == [] and "[" in path:
        _drop(facts, path[: path.rindex("[")])
    return True
