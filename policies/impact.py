"""The effect of new tables before they are published: whose result moves, by how much, and by which clause.

Profiles are replayed under both tables: the worked cases, each on its own day, and what conversations told (without a
name: nothing is kept of who it was). Only those that a changed document may cover are computed twice.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from policies.assess import Assessor
from policies.assessment import Assessment
from policies.cases import Case, differing
from policies.errors import ProfileError
from policies.loader import Tables
from policies.money import wan
from policies.profile import read_profile
from policies.words import say

LARGEST_SHOWN = 10
"""Moves that are shown one by one."""


@dataclass(frozen=True)
class Move:
    """One result that moves, in fen: the total, and beside it what documents not in force would add."""

    name: str
    before: int
    after: int
    apart_before: int
    apart_after: int
    clauses: tuple[str, ...]
    """Ids of the lines that pay more, less, or anew."""
    documents: tuple[str, ...]

    @property
    def by(self) -> int:
        """How much more, or less, in fen; shown apart or not."""
        return self.after - self.before + self.apart_after - self.apart_before


@dataclass
class Impact:
    """What was replayed: how many, those that move, and how many could be read under one of the tables only."""

    count: int = 0
    moves: list[Move] = field(default_factory=list)
    unreadable: int = 0

    def largest(self) -> list[Move]:
        """The moves, the largest first."""
        return sorted(self.moves, key=lambda move: (-abs(move.by), move.name))


def replay(
    old: Tables,
    new: Tables,
    profiles: Iterable[tuple[str, dict[str, Any]]],
    as_of: date,
    progress: Callable[[int], None] = lambda done: None,
) -> Impact:
    """Replays named profiles (docs/reference/profile.md) under both tables; `progress` is told how many are done.

    A profile without a day of its own counts on `as_of`.
    """
    before, after = Assessor(old), Assessor(new)
    changed = changed_documents(old, new)
    out = Impact()
    for name, data in profiles:
        out.count += 1
        progress(out.count)
        results = [_result(assessor, data, as_of, changed) for assessor in (before, after)]
        if results[0] is None or results[1] is None:
            out.unreadable += results != [None, None]
            continue
        move = _move(name, results[0], results[1])
        if move is not None:
            out.moves.append(move)
    return out


def changed_documents(old: Tables, new: Tables) -> set[str]:
    """Documents whose rules differ; all of them where the vocabulary does, since conditions read it."""
    names = old.policies.keys() | new.policies.keys()
    words, others = old.vocabulary, new.vocabulary
    if (words.facts, words.kinds, words.bodies) != (others.facts, others.kinds, others.bodies):
        return set(names)
    return {name for name in names if old.policies.get(name) != new.policies.get(name)}


def _result(assessor: Assessor, data: dict[str, Any], as_of: date, changed: set[str]) -> Assessment | None:
    """The assessment; None for a profile that these tables cannot read. Of documents that did not change none is made."""
    try:
        profile = read_profile(data, assessor.vocabulary, assessor.clauses)
    except ProfileError:
        return None
    day = profile.as_of or as_of
    if changed.isdisjoint(assessor.covering(profile.enterprise.get("region"))):
        return Assessment(profile, day)
    return assessor.assess(profile, day)


def _move(name: str, old: Assessment, new: Assessment) -> Move | None:
    if (old.total, old.indicative) == (new.total, new.indicative):
        return None
    lines: list[Counter[tuple[str, str]]] = [Counter(), Counter()]
    for counter, result in zip(lines, (old, new), strict=True):
        for line in result.lines:
            counter[(line.matched.rules.document.id, line.entry.rule.id)] += line.amount
    moved = sorted(key for key in lines[0].keys() | lines[1].keys() if lines[0][key] != lines[1][key])
    clauses = tuple(clause for _, clause in moved)
    documents = tuple(sorted({document for document, _ in moved}))
    return Move(name, old.total, new.total, old.indicative, new.indicative, clauses, documents)


# ---- worked cases ----


def failing(cases: Iterable[Case], assessor: Assessor) -> list[str]:
    """A sentence for each worked case that does not hold under the tables: the first thing that differs."""
    out: list[str] = []
    for case in cases:
        name = f"{case.document}/{case.id}"
        try:
            wrong = differing(case, assessor)
        except ProfileError as error:
            out.append(say("impact.case_unreadable", case=name, text=error.message))
            continue
        for key, (wanted, found) in list(wrong.items())[:1]:
            values = {"wanted": _shown(wanted), "found": _shown(found)}
            out.append(say("impact.case_fails", case=name, what=_label(key), **values))
    return out


def _label(key: str) -> str:
    head, _, clause = key.partition(".")
    return say(f"expect.{head}") + (f" {clause}" if clause else "")


def _shown(value: Any) -> str:
    if isinstance(value, dict):
        return "，".join(f"{key} {amount}" for key, amount in sorted(value.items())) or say("impact.nothing")
    if isinstance(value, list):
        return "、".join(say("impact.open") if item is None else str(item) for item in value) or say("impact.nothing")
    return str(value)


# ---- in words ----


def described(impact: Impact, what: str) -> list[str]:
    """The impact in lines: a summary, the documents, the largest moves. `what` is what was replayed (案例, 对话)."""
    moves = impact.moves
    if not moves:
        lines = [say("impact.none", what=what, count=impact.count)]
    else:
        up, down = sum(move.by > 0 for move in moves), sum(move.by < 0 for move in moves)
        total = _signed(sum(move.by for move in moves))
        lines = [say("impact.some", what=what, count=impact.count, moved=len(moves), up=up, down=down, total=total)]
        by_document = Counter(document for move in moves for document in move.documents)
        lines += [say("impact.document", document=name, count=count) for name, count in sorted(by_document.items())]
        lines += [_described(move) for move in impact.largest()[:LARGEST_SHOWN]]
        if len(moves) > LARGEST_SHOWN:
            lines.append(say("impact.rest", count=len(moves) - LARGEST_SHOWN))
    if impact.unreadable:
        lines.append(say("impact.unreadable", count=impact.unreadable))
    return lines


def _described(move: Move) -> str:
    clauses = "、".join(move.clauses[:6]) + ("…" if len(move.clauses) > 6 else "")
    figures = [
        say(f"impact.{key}", before=wan(before), after=wan(after))
        for key, before, after in (
            ("total", move.before, move.after),
            ("apart", move.apart_before, move.apart_after),
        )
        if before != after
    ]
    return say("impact.move", name=move.name, figures="，".join(figures), by=_signed(move.by), clauses=clauses)


def _signed(amount: int) -> str:
    return say("impact.more" if amount >= 0 else "impact.less", amount=wan(abs(amount)))
