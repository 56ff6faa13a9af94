"""The exact maximum: which awards to take together, and what each pays.

The problem (docs/explanation/maximum.md): items with amounts that rise with the spending lines they take; each line
under one item of a document; caps on sums; money from elsewhere that leaves the difference (nets); picks (of some
groups at most N may be used). Independent parts are solved apart by branch and bound: relax the picks and the shared
lines, find a broken one, branch on it. A node budget guards it; past it the plan is the best found and `bound` proven.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from policies.money import Fen
from policies.payout import CapRow, pay, upper_bound

BUDGET = 20_000
_TIES = 400
"""Nodes spent on plans that are only as good as the best, to find the one with the largest line."""


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


def solve(problem: Problem, budget: int = BUDGET) -> Plan:
    """The plan of the largest sum; of equals, the largest sum of our own, the largest line, the first ids."""
    plan = Plan()
    barred = {number for pick in problem.picks if pick.at_most < 1 for group in pick.groups for number in group}
    live = [number for number, item in enumerate(problem.items) if item.amount > 0 and number not in barred]
    for part in _parts(problem, live):
        found = _Search(problem, part, budget).run()
        plan.paid.update(found.paid)
        plan.taken.update(found.taken)
        plan.exact &= found.exact
        plan.bound += found.bound
    return plan


def _parts(problem: Problem, live: Sequence[int]) -> list[list[int]]:
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


@dataclass(slots=True)
class _Node:
    alive: frozenset[int]
    owner: dict[Any, int]
    committed: dict[int, int]
    """Groups settled as used, by pick: a bit set."""


class _Search:
    """Branch and bound on one part."""

    def __init__(self, problem: Problem, part: list[int], budget: int) -> None:
        self.items = problem.items
        self.part = frozenset(part)
        self.caps = [(members & self.part, bound) for members, bound in problem.caps if not members.isdisjoint(self.part)]
        self.nets = [net for net in problem.nets if not net.members.isdisjoint(self.part)]
        self.picks = []
        for pick in problem.picks:
            groups = [group & self.part for group in pick.groups if not group.isdisjoint(self.part)]
            if len(groups) > pick.at_most:
                self.picks.append(Pick(groups, pick.at_most))
        owners: dict[Any, list[int]] = {}
        for number in part:
            for line in self.items[number].lines:
                owners.setdefault(line, []).append(number)
        self.shared = {line: tuple(members) for line, members in owners.items() if len(members) > 1}
        self.budget, self.ties = budget, _TIES
        self.cost = 1 + len(part) // 8
        """A node's share of the budget: large parts get fewer nodes, so that the time is bounded, not only the count."""
        self.own = {number: self.items[number].amount for number in part}
        """What each item pays at the most: its amount under every cap that covers it."""
        for members, ceiling in self.caps:
            for number in members:
                self.own[number] = min(self.own[number], ceiling)
        self.worth = [[self._worth(group) for group in pick.groups] for pick in self.picks]
        self.best: tuple[Any, ...] | None = None
        self.plan = Plan()
        self.open_bound: Fen = 0

    def run(self) -> Plan:
        alive = self._undominated()
        for pick in self.picks:
            if pick.at_most <= 0:
                alive = alive.difference(*pick.groups)
        stack: list[tuple[Fen, _Node]] = [(self._bound(self._amounts(alive, {})), _Node(alive, {}, {}))]
        while stack:
            bound, node = stack.pop()
            if self.best is not None and bound <= self.best[0]:
                if bound < self.best[0] or self.ties <= 0:
                    continue
                self.ties -= 1
            if self.budget <= 0:
                self.open_bound = max(self.open_bound, bound)
                if self.best is not None:
                    continue
            self.budget -= self.cost
            stack.extend(self._expand(node))
        value = self.best[0] if self.best is not None else 0
        self.plan.bound = max(value, self.open_bound)
        self.plan.exact = self.plan.exact and self.plan.bound == value
        return self.plan

    # ---- a node ----

    def _expand(self, node: _Node) -> list[tuple[Fen, _Node]]:
        """The node's children, the one to look at first last; a node without a broken rule is a plan.

        Taking a group comes before leaving it, so that a good plan is found at once and prunes the rest.
        """
        amounts = self._amounts(node.alive, node.owner)
        branch = self._broken_pick(node, amounts) or self._broken_line(node, amounts)
        if branch is None:
            self._take(node, amounts)
            return []
        children = []
        for child in branch:
            bound = self._bound(self._amounts(child.alive, child.owner))
            if self.best is None or bound >= self.best[0]:
                children.append((bound, child))
        return children

    def _amounts(self, alive: frozenset[int], owner: dict[Any, int]) -> dict[int, Fen]:
        amounts: dict[int, Fen] = {}
        for number in alive:
            item = self.items[number]
            amount = item.amount
            if owner and item.pay is not None and not owner.keys().isdisjoint(item.lines):
                kept = frozenset(line for line in item.lines if owner.get(line, number) == number)
                amount = item.pay(kept)
            if amount > 0:
                amounts[number] = amount
        return amounts

    def _rows(self, amounts: dict[int, Fen]) -> list[CapRow]:
        """The caps, with those that money from elsewhere sets for this choice."""
        if not self.nets:
            return self.caps
        rows = list(self.caps)
        for net in self.nets:
            own = {number: amounts[number] for number in net.members if number in amounts}
            gross = upper_bound(own, net.within) if own else 0
            rows.append((net.members, max(0, gross - net.had)))
        return rows

    def _worth(self, group: frozenset[int]) -> Fen:
        """What a group brings at the most: its own caps count, those it shares with others do not."""
        amounts = {number: self.own[number] for number in group}
        if len(group) == 1:
            return next(iter(amounts.values()))
        lines: dict[Any, int] = {}
        for number in group:
            for line in self.items[number].lines:
                lines[line] = lines.get(line, 0) + 1
        local = [(members, bound) for members, bound in self.caps if members <= group]
        if len(group) > 8 or all(count == 1 for count in lines.values()):
            return upper_bound(amounts, local)
        numbers = sorted(group)
        renumbered = {number: place for place, number in enumerate(numbers)}
        caps = [(frozenset(renumbered[n] for n in members), bound) for members, bound in local]
        return solve(Problem([self.items[number] for number in numbers], caps), 200).bound

    def _bound(self, amounts: dict[int, Fen]) -> Fen:
        """Not less than any plan below: picks without the caps that cross them, and caps without picks."""
        tight = self._picked(amounts)
        if tight is not None and self.best is not None and tight < self.best[0]:
            return tight
        loose = upper_bound(amounts, self._rows(amounts))
        return loose if tight is None else min(loose, tight)

    def _picked(self, amounts: dict[int, Fen]) -> Fen | None:
        if not self.picks:
            return None
        seen: set[int] = set()
        tight: Fen = 0
        for pick, worths in zip(self.picks, self.worth, strict=True):
            values = []
            covered: list[int] = []
            for group, worth in zip(pick.groups, worths, strict=True):
                inside = [number for number in group if number in amounts]
                if inside:
                    values.append(min(worth, sum([min(amounts[number], self.own[number]) for number in inside])))
                    covered += inside
            if len(values) <= pick.at_most or not seen.isdisjoint(covered):
                continue
            values.sort(reverse=True)
            tight += sum(values[: pick.at_most])
            seen.update(covered)
        return tight + sum([min(amount, self.own[n]) for n, amount in amounts.items() if n not in seen])

    def _broken_pick(self, node: _Node, amounts: dict[int, Fen]) -> list[_Node] | None:
        for index, pick in enumerate(self.picks):
            used = [g for g, group in enumerate(pick.groups) if any(number in amounts for number in group)]
            if len(used) <= pick.at_most:
                continue
            committed = node.committed.get(index, 0)
            free = [g for g in used if not committed >> g & 1]
            worth = self.worth[index]
            chosen = max(free, key=lambda g: (worth[g], -g))
            with_it = committed | 1 << chosen
            alive = node.alive
            if with_it.bit_count() >= pick.at_most:
                dead = [n for g in used if not with_it >> g & 1 for n in pick.groups[g]]
                alive = alive.difference(dead)
            return [
                _Node(node.alive - pick.groups[chosen], node.owner, node.committed),
                _Node(alive, node.owner, {**node.committed, index: with_it}),
            ]
        return None

    def _broken_line(self, node: _Node, amounts: dict[int, Fen]) -> list[_Node] | None:
        for line, members in self.shared.items():
            if line in node.owner:
                continue
            takers = sorted((n for n in members if n in amounts), key=lambda n: (min(amounts[n], self.own[n]), -n))
            if len(takers) > 1:
                return [_Node(node.alive, {**node.owner, line: number}, node.committed) for number in takers]
        return None

    def _take(self, node: _Node, amounts: dict[int, Fen]) -> None:
        order = sorted(amounts, key=lambda number: (-min(amounts[number], self.own[number]), self.items[number].order))
        paid, proven = pay(order, amounts, self._rows(amounts))
        if not proven:
            self.open_bound = max(self.open_bound, upper_bound(amounts, self._rows(amounts)))
        paid = {number: amount for number, amount in paid.items() if amount > 0}
        own = sum([amount for number, amount in paid.items() if not self.items[number].external])
        value = sum(paid.values())
        lines = sorted(((-amount, self.items[number].order) for number, amount in paid.items()))
        if self.best is not None:
            if (value, own) < self.best[:2]:
                return
            if (value, own) == self.best[:2]:
                key = ([line[0] for line in lines], [line[1] for line in lines])
                if key >= self.best[2]:
                    return
        self.best = (value, own, ([line[0] for line in lines], [line[1] for line in lines]))
        self.plan.paid = paid
        self.plan.taken = {
            number: frozenset(line for line in self.items[number].lines if node.owner.get(line, number) == number)
            for number in paid
        }

    # ---- preparation ----

    def _undominated(self) -> frozenset[int]:
        """Without groups that a pick of N can do without: those that N others match clause by clause.

        In any plan such a group can give way to one of the others, with the same caps and no smaller amounts.
        """
        alive = self.part
        if self.nets or self.shared:
            return alive
        for pick in self.picks:
            if len(pick.groups) <= pick.at_most + 4:
                continue
            outside = {number for other in self.picks if other is not pick for g in other.groups for number in g}
            vectors = [(group, self._vector(group)) for group in pick.groups if group.isdisjoint(outside)]
            comparable = [(group, vector) for group, vector in vectors if vector is not None]
            comparable.sort(key=lambda pair: -sum(pair[1].values()))
            kept: list[dict[Any, Fen]] = []
            for group, vector in comparable:
                stronger = 0
                for other in kept:
                    stronger += all(other.get(key, 0) >= amount for key, amount in vector.items())
                if stronger >= pick.at_most:
                    alive -= group
                else:
                    kept.append(vector)
        return alive

    def _vector(self, group: frozenset[int]) -> dict[Any, Fen] | None:
        """What a group brings, clause by clause and by the caps it shares with others; None: not comparable."""
        vector: dict[Any, Fen] = {}
        for number in group:
            shared = frozenset(i for i, (members, _) in enumerate(self.caps) if number in members and not members <= group)
            key = (self.items[number].order[0], shared)
            if key in vector:
                return None
            vector[key] = self.own[number]
        for members, bound in self.caps:
            if members <= group and sum(self.items[n].amount for n in members) > bound and len(members) > 1:
                return None
        return vector
