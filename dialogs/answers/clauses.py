"""What a policy gives for a thing: the clauses that reward it or take it, the best first, with their quotes."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from dialogs.answers.asking import Asked, skeleton
from dialogs.answers.said import ASKED, QUOTES, Said, clause_ids, clause_text
from dialogs.understand.statements import questions
from dialogs.understand.text import normalise
from dialogs.words import say
from policies.loader import Tables
from policies.model import Clause, Policy


def clauses_for(asked: Asked, policies: Iterable[Policy]) -> list[tuple[Policy, Clause]]:
    """The clauses about the things that a question names, those nearest in words first."""
    kinds = activities = asked.ids("kind", "activity")  # 智能工厂 is both: built, and recognised
    found = []
    for policy in policies:
        for order, clause in enumerate(policy.clauses):
            if not kinds.isdisjoint(clause.kinds) or (
                not activities.isdisjoint(clause.takes) and clause.pays is not None
            ):
                found.append((-_nearness(asked, clause), order, policy, clause))
    found.sort(key=lambda row: row[:2])
    return [(policy, clause) for _, _, policy, clause in found]


def alike(asked: Asked, policies: Iterable[Policy]) -> list[tuple[Policy, Clause]]:
    """The clauses in which what no name explains stands, by how much of it does: in the title, or longer in the quote."""
    rest = [_levelled(skeleton(piece)) for piece in asked.unknown]
    size = sum(map(len, rest))
    found = []
    for policy in policies:
        for order, clause in enumerate(policy.clauses):
            text = _levelled(skeleton(clause.title) + " " + skeleton(clause.quote))
            covered = sum(_covered(piece, text) for piece in rest)
            if covered and covered >= _COVERED * size:
                found.append((-covered, order, policy, clause))
    found.sort(key=lambda row: row[:2])
    return [(policy, clause) for _, _, policy, clause in found]


def titled(asked: Asked, policies: Iterable[Policy]) -> list[tuple[Policy, Clause]]:
    """The clauses whose title shares the longest words with a question: 贴息怎么算 is about 技改贷款贴息."""
    found = []
    for policy in policies:
        for order, clause in enumerate(policy.clauses):
            name = _given().sub("", skeleton(clause.title))
            ends = [(a, b) for a in range(len(name)) for b in range(a + 2, len(name) + 1)]
            shared = [name[a:b] for a, b in ends if name[a:b] in asked.text and name[a:b] not in _common()]
            if shared:
                found.append((-max(map(len, shared)), order, policy, clause))
    found.sort(key=lambda row: row[:2])
    return [(policy, clause) for size, _, policy, clause in found if size == found[0][0]]


@lru_cache(maxsize=1)
def _given() -> re.Pattern[str]:
    """What most titles end with: 补助, 奖励."""
    return re.compile(rf"(?:{'|'.join(str(questions()['given']).split())})+$")


@lru_cache(maxsize=1)
def _common() -> frozenset[str]:
    """Words of titles that tell no clause from another."""
    return frozenset(str(questions()["common"]).split())


_COVERED = 0.6
_LEVELS = str.maketrans("12345", "一二三四五")


def _levelled(text: str) -> str:
    """三级 and 3级 alike."""
    return re.sub(r"[1-5](?=级|星)", lambda digit: digit[0].translate(_LEVELS), text)


def _covered(piece: str, text: str) -> int:
    """Characters of `piece` that stand in `text` beside one of their neighbours."""
    covered: set[int] = set()
    for i in range(len(piece) - 1):
        if piece[i : i + 2] in text:
            covered |= {i, i + 1}
    return len(covered)


def _nearness(asked: Asked, clause: Clause) -> float:
    """How many pairs of characters of the question stand in the clause; in its title they count double."""
    said = skeleton(asked.text)
    title, quote = _plain(clause.title), _plain(clause.quote)
    pairs = {said[i : i + 2] for i in range(len(said) - 1)}
    return sum(2.0 * (pair in title) + (pair in quote) for pair in pairs)


def _plain(text: str) -> str:
    return normalise(text).text.replace("化", "")


def from_clauses(asked: Asked, documents: tuple[str, ...], tables: Tables) -> Said | None:
    """The clauses of the enterprise's own place; without one, of the only place that has them, else the places to choose."""
    everywhere = list(tables.policies.values())
    own = [policy for policy in everywhere if policy.id in documents] if documents else everywhere
    found = clauses_for(asked, own)
    if not found:
        return None
    by_policy: dict[str, list[tuple[Policy, Clause]]] = {}
    for policy, clause in found:
        by_policy.setdefault(policy.id, []).append((policy, clause))
    if not documents and len(by_policy) > 1:
        return which_place(asked, [rows[0][0] for rows in by_policy.values()], found)
    shown = [one for one in found[: 2 * QUOTES] if not _said_by_another(one, found[: 2 * QUOTES])][:QUOTES]
    text = "\n".join(dict.fromkeys(clause_text(policy, clause) for policy, clause in shown))
    texts = [(policy.id, clause.article, clause.quote) for policy, clause in shown]
    by = dict.fromkeys(
        name
        for policy, clause in found
        if any(p == policy.id and a == clause.article and clause.quote in q for p, a, q in texts)
        for name in clause_ids(policy, clause)
    )
    return Said(text, tuple(by))


def _said_by_another(one: tuple[Policy, Clause], rows: list[tuple[Policy, Clause]]) -> bool:
    """Whether a longer quote of the same article holds this one."""
    policy, clause = one
    return any(
        other.article == clause.article and other.quote != clause.quote and clause.quote in other.quote
        for its, other in rows
        if its is policy
    )


def which_place(asked: Asked, policies: list[Policy], rows: list[tuple[Policy, Clause]]) -> Said:
    """Several places have it: which one is meant."""
    order = list(dict.fromkeys(policy.id for policy in policies))
    heads = {policy.id: policy.document for policy in policies}
    choices = tuple((f"{ASKED}{name} {asked.text}", heads[name].short) for name in order)
    by = dict.fromkeys(name for policy, clause in rows for name in clause_ids(policy, clause))
    return Said(say("answer.which_place"), tuple(by), "choices", choices=choices)
