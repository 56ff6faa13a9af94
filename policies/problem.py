"""The problem whose exact maximum is sought: items, and what binds them together (docs/explanation/maximum.md)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from policies.money import Fen
from policies.payout import CapRow


@dataclass(slots=True)
class Item:
    """A possible award: `amount` with all its lines; `pay(lines)` with some; `order` breaks ties (id, object)."""

    order: tuple[Any, ...]
    amount: Fen
    lines: frozenset[Any] = frozenset()
    pay: Callable[[frozenset[Any]], Fen] | None = None
    external: bool = False


@dataclass(slots=True)
class Net:
    """Money had elsewhere for what `members` pay for: together they pay at most their own sum less `had`.

    Each of `within` first bounds the part of the sum that it covers.
    """

    members: frozenset[int]
    had: Fen
    within: list[CapRow] = field(default_factory=list)


@dataclass(slots=True)
class Pick:
    """Of `groups` at most `at_most` may be used."""

    groups: list[frozenset[int]]
    at_most: int


@dataclass(slots=True)
class Problem:
    """Items by number, and what binds them together."""

    items: list[Item]
    caps: list[CapRow] = field(default_factory=list)
    nets: list[Net] = field(default_factory=list)
    picks: list[Pick] = field(default_factory=list)


@dataclass(slots=True)
class Plan:
    """What each item pays (items that pay nothing are left out), the lines it takes, and whether it is proven."""

    paid: dict[int, Fen] = field(default_factory=dict)
    taken: dict[int, frozenset[Any]] = field(default_factory=dict)
    exact: bool = True
    bound: Fen = 0
    """Proven: no plan pays more (all items together, external ones included)."""


def parts_of(problem: Problem, live: Sequence[int]) -> list[list[int]]:
    """Items that share a cap, a net, a pick or a line belong together."""
    parent = {number: number for number in live}

    def root(number: int) -> int:
        while parent[number] != number:
            parent[number] = parent[parent[number]]
            number = parent[number]
        return number

    def join(members: Any) -> None:
        first = None
        for number in members:
            if number in parent:
                if first is None:
                    first = root(number)
                else:
                    parent[root(number)] = first

    amounts = {number: problem.items[number].amount for number in live}
    for members, bound in problem.caps:
        if sum(amounts.get(number, 0) for number in members) > bound:
            join(members)
    for net in problem.nets:
        join(net.members)
    for pick in problem.picks:
        used = [group for group in pick.groups if any(number in parent for number in group)]
        if len(used) > pick.at_most:
            join([number for group in used for number in group])
    owners: dict[Any, list[int]] = {}
    for number in live:
        for line in problem.items[number].lines:
            owners.setdefault(line, []).append(number)
    for sharing in owners.values():
        join(sharing)
    parts: dict[int, list[int]] = {}
    for number in live:
        parts.setdefault(root(number), []).append(number)
    return list(parts.values())
