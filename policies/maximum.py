"""The exact maximum: which awards to take together, and what each pays.

The problem (docs/explanation/maximum.md): items with amounts that rise with the spending lines they take; each line
under one item of a document; caps on sums; money from elsewhere that leaves the difference (nets); picks (of some
groups at most N may be used). Independent parts are solved apart by branch and bound: relax the picks and the shared
lines, find a broken one, branch on it. Caps, nets and picks as far as they nest (`Forest`) bound every branch.
A budget guards it; past it the plan is the best found and `bound` proven.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from policies.forest import Forest, NestedSet, sets_of
from policies.money import Fen
from policies.payout import CapRow, pay, whole
from policies.prices import Prices
from policies.problem import Net, Pick, Plan, Problem, parts_of

BUDGET = 60_000
"""Nodes of a small part; a node of a large part costs more, a crossing of caps more still."""
_TIES = 400
"""Nodes spent on plans that are only as good as the best, to find the one with the largest line."""
_WAYS = 256
"""Ways to share lines out that are tried for a bound."""
_MANY_GROUPS = 8
"""Picks of this many groups are first thinned out."""
PRICED_FROM = 60
"""Nodes after which the caps that cross the picks get prices, and the search begins anew."""


def solve(problem: Problem, budget: int = BUDGET, priced_from: int = PRICED_FROM) -> Plan:
    """The plan of the largest sum; of equals, the largest sum of our own, the largest line, the first ids."""
    plan = Plan()
    barred = {number for pick in problem.picks if pick.at_most < 1 for group in pick.groups for number in group}
    live = [number for number, item in enumerate(problem.items) if item.amount > 0 and number not in barred]
    for part in parts_of(problem, live):
        found = _Search(problem, part, budget, priced_from).run()
        plan.paid.update(found.paid)
        plan.taken.update(found.taken)
        plan.exact &= found.exact
        plan.bound += found.bound
    return plan


@dataclass(slots=True)
class _Node:
    amounts: list[Fen]
    """By item; 0: not taken."""
    owner: dict[Any, int]
    committed: dict[int, int]
    """Groups settled as used, by pick: a bit set."""
    bound: Fen = 0


class _Search:
    """Branch and bound on one part. Inside, its items are numbered from 0."""

    def __init__(self, problem: Problem, part: list[int], budget: int, priced_from: int) -> None:
        self.numbers = part
        self.items = [problem.items[number] for number in part]
        amounts = [item.amount for item in self.items]
        self.scale = math.lcm(*(amount.denominator for amount in amounts))
        """Inside, money is in fractions of a fen that make the amounts whole: whole numbers are many times faster."""
        self.whole = [whole(amount * self.scale) for amount in amounts]
        place = {number: index for index, number in enumerate(part)}

        def here(members: frozenset[int]) -> frozenset[int]:
            return frozenset([place[number] for number in members if number in place])

        def rows(caps: Sequence[CapRow]) -> list[CapRow]:
            return [
                (here(members), whole(bound * self.scale)) for members, bound in caps if not members.isdisjoint(place)
            ]

        self.caps = [
            (own, bound) for own, bound in rows(problem.caps) if sum([self.whole[number] for number in own]) > bound
        ]
        self.nets = [
            Net(own, whole(net.had * self.scale), rows(net.within))
            for net in problem.nets
            if (own := here(net.members))
        ]
        self.picks = []
        for pick in problem.picks:
            groups = [group for group in map(here, pick.groups) if group]
            if len(groups) > pick.at_most:
                self.picks.append(Pick(groups, pick.at_most))
        takers: dict[Any, list[int]] = {}
        for number, item in enumerate(self.items):
            for line in item.lines:
                takers.setdefault(line, []).append(number)
        self.shared = {line: members for line, members in takers.items() if len(members) > 1}
        self.own = list(self.whole)
        """What each item pays at the most: its amount under every cap that covers it."""
        for members, bound in self.caps:
            for number in members:
                self.own[number] = min(self.own[number], bound)
        self.cost = 1 + len(part) // 16
        self.budget, self.ties = budget, max(20, _TIES // self.cost)
        self.gross: list[Forest] = []
        self.forests: list[Forest] = []
        self.best: tuple[Any, ...] | None = None
        self.plan = Plan()
        self.open_bound: Fen = 0
        self.prices: Prices | None = None
        self.priced_from = priced_from

    def run(self) -> Plan:
        if self.picks or self.shared:
            self._branch()
        else:
            self._take(_Node(self.whole, {}, {}, sum(self.own)))
        value = self.best[0] if self.best is not None else 0
        self.plan.exact = value >= self.open_bound
        self.plan.bound = self._fen(max(value, self.open_bound))
        return self.plan

    def _branch(self) -> None:
        self.gross = [Forest(len(self.items), sets_of(net.within)) for net in self.nets]
        self.forests = self._forests(self.caps)
        if self.shared and self.picks:
            self.forests = self._forests([*self.caps, *self._lines_apart()])
        root = _Node(self.whole, {}, {}, self._bound(self.whole))
        stack, seen = [root], 0
        while stack:
            seen += 1
            if seen == self.priced_from and self._price():
                root.bound = min(root.bound, self._bound(self.whole))
                stack = [root]
            node = stack.pop()
            if self.best is not None and node.bound <= self.best[0]:
                if node.bound < self.best[0] or self.ties <= 0:
                    continue
                self.ties -= 1
            if self.budget <= 0:
                self.open_bound = max(self.open_bound, node.bound)
                if self.best is not None:
                    continue
            self.budget -= self.cost
            stack.extend(self._expand(node))

    def _price(self) -> bool:
        """Prices for what is harder than usual, if caps cross the picks."""
        picked = [frozenset().union(*pick.groups) for pick in self.picks]
        crossing = [
            (row.members, row.bound)
            for row in self.forests[0].left_out
            if row.bound is not None and not any(row.members <= members for members in picked)
        ]
        if not crossing:
            return False
        self.prices = Prices(self.forests[0], crossing)
        self.prices.tune(self.own, self._net_bounds(self.own))
        return True

    def _fen(self, amount: Fen) -> Fen:
        return whole(Fraction(amount) / self.scale) if self.scale > 1 else amount

    # ---- bounds ----

    def _forests(self, caps: Sequence[CapRow]) -> list[Forest]:
        """Picks before the caps that cross them, and caps before the picks."""
        picks = [
            NestedSet(frozenset().union(*pick.groups), pick=number, groups=pick.groups, at_most=pick.at_most)
            for number, pick in enumerate(self.picks)
        ]
        picks.sort(key=lambda row: len(row.members))
        nets = [NestedSet(net.members, net=number) for number, net in enumerate(self.nets)]
        rows = sets_of(caps)
        first = Forest(len(self.items), [*picks, *nets, *rows])
        return [first] if not first.left_out else [first, Forest(len(self.items), [*reversed(rows), *nets, *picks])]

    def _lines_apart(self) -> list[CapRow]:
        """What items that share lines pay together at the most: each line under one of them, in the best way."""
        clusters: dict[int, frozenset[int]] = {}
        for members in self.shared.values():
            joined = frozenset(members).union(*(clusters.get(number, ()) for number in members))
            clusters.update(dict.fromkeys(joined, joined))
        found: list[CapRow] = []
        for cluster in dict.fromkeys(clusters.values()):
            lines = [line for line, members in self.shared.items() if members[0] in cluster]
            if math.prod(len(self.shared[line]) for line in lines) > _WAYS:
                continue
            caps = [(members & cluster, bound) for members, bound in self.caps if not members.isdisjoint(cluster)]
            forest = Forest(len(self.items), sets_of(caps))
            most: Fen = 0
            for owners in itertools.product(*(self.shared[line] for line in lines)):
                owner = dict(zip(lines, owners, strict=True))
                amounts: list[Fen] = [0] * len(self.items)
                for number in cluster:
                    amounts[number] = self._amount(number, owner)
                most = max(most, forest.total(amounts))
            found.append((cluster, most))
        return found

    def _net_bounds(self, amounts: list[Fen]) -> list[Fen]:
        found = []
        for net, forest in zip(self.nets, self.gross, strict=True):
            own: list[Fen] = [0] * len(amounts)
            for number in net.members:
                own[number] = amounts[number]
            found.append(max(0, forest.total(own) - net.had))
        return found

    def _bound(self, amounts: list[Fen]) -> Fen:
        """Not less than any plan that takes no more than these amounts."""
        nets = self._net_bounds(amounts) if self.nets else []
        least = list(map(min, amounts, self.own))
        found = min([forest.total(least, nets) for forest in self.forests])
        return found if self.prices is None else min(found, self.prices.bound(least, nets))

    # ---- a node ----

    def _expand(self, node: _Node) -> list[_Node]:
        """The node's children, the one to look at first last; a node without a broken rule is a plan.

        Taking a group comes before leaving it, so that a good plan is found at once and prunes the rest.
        """
        if self.prices is not None:
            node = self._thinned_by_prices(node, self.prices)
        children = self._broken_pick(node) if self.picks else None
        if children is None:
            children = self._broken_line(node)
        if children is None:
            self._take(node)
            return []
        for child in children:
            child.bound = min(node.bound, self._bound(child.amounts))
        return [child for child in children if self.best is None or child.bound >= self.best[0]]

    def _amount(self, number: int, owner: dict[Any, int]) -> Fen:
        item = self.items[number]
        if item.pay is None:
            return self.whole[number]
        return whole(
            self.scale * item.pay(frozenset([line for line in item.lines if owner.get(line, number) == number]))
        )

    def _broken_pick(self, node: _Node) -> list[_Node] | None:
        """Take the best group of the pick that is overrun the most, or leave it."""
        forest = self.forests[0]
        least = list(map(min, node.amounts, self.own))
        if self.prices is not None:
            least = self.prices.priced(least)
        found = forest.values(least, self._net_bounds(node.amounts))
        over: Fen = -1
        choice: tuple[int, list[Fen]] | None = None
        for index, pick in enumerate(self.picks):
            worth: list[Fen]
            if index in forest.places:
                worth = [found[place] for place in forest.places[index][1]]
            else:
                worth = [sum([least[n] for n in group]) for group in pick.groups]
            if sum([value > 0 for value in worth]) <= pick.at_most:
                if sum([any(node.amounts[n] for n in group) for group in pick.groups]) <= pick.at_most:
                    continue
            ranked = sorted(worth)
            overrun = sum(ranked[: -pick.at_most])
            if overrun > over:
                over, choice = overrun, (index, worth)
        if choice is None:
            return None
        index, worth = choice
        pick, committed = self.picks[index], node.committed.get(index, 0)
        many = len(worth) >= _MANY_GROUPS and self.prices is None
        amounts = self._thinned(node, index, worth, found) if many else node.amounts
        free = [g for g, group in enumerate(pick.groups) if not committed >> g & 1 and any(amounts[n] for n in group)]
        chosen = max(free, key=lambda g: (worth[g], -g))
        without = list(amounts)
        for number in pick.groups[chosen]:
            without[number] = 0
        taken = committed | 1 << chosen
        if taken.bit_count() >= pick.at_most:
            amounts = list(amounts)
            for group in (pick.groups[g] for g in free if g != chosen):
                for number in group:
                    amounts[number] = 0
        return [
            _Node(without, node.owner, node.committed),
            _Node(amounts, node.owner, {**node.committed, index: taken}),
        ]

    def _thinned(self, node: _Node, index: int, worth: list[Fen], found: list[Fen]) -> list[Fen]:
        """Without the groups of a pick that no plan as good as the best can use."""
        forest, at_most = self.forests[0], self.picks[index].at_most
        if self.best is None or index not in forest.places or forest.places[index][0] not in forest.roots:
            return node.amounts
        slack = sum([found[root] for root in forest.roots]) - self.best[0]
        least = sorted(worth)[-at_most] - slack
        amounts = list(node.amounts)
        for group, value in zip(self.picks[index].groups, worth, strict=True):
            if value < least:
                for number in group:
                    amounts[number] = 0
        return amounts

    def _thinned_by_prices(self, node: _Node, prices: Prices) -> _Node:
        """Without the groups of all picks that, at these prices, no plan as good as the best can use."""
        forest, amounts = self.forests[0], list(node.amounts)
        least, nets = list(map(min, amounts, self.own)), self._net_bounds(amounts)
        prices.retune(least, nets)
        if self.best is None:
            return node
        found = forest.values(prices.priced(least), nets)
        slack = prices.toll + sum([found[root] for root in forest.roots]) - self.best[0]
        roots = set(forest.roots)
        for index, (place, groups) in forest.places.items():
            if place not in roots:
                continue
            pick = self.picks[index]
            worth = [found[group] for group in groups]
            least = sorted(worth)[-pick.at_most] - slack
            for group, value in zip(pick.groups, worth, strict=True):
                if value < least:
                    for number in group:
                        amounts[number] = 0
        return _Node(amounts, node.owner, node.committed, node.bound)

    def _broken_line(self, node: _Node) -> list[_Node] | None:
        """Give a line that several items take to each of them in turn."""
        for line, members in self.shared.items():
            if line in node.owner:
                continue
            takers = [number for number in members if node.amounts[number] > 0]
            if len(takers) < 2:
                continue
            takers.sort(key=lambda number: (min(node.amounts[number], self.own[number]), -number))
            children = []
            for taker in takers:
                owner = {**node.owner, line: taker}
                amounts = list(node.amounts)
                for number in takers:
                    if number != taker:
                        amounts[number] = self._amount(number, owner)
                children.append(_Node(amounts, owner, node.committed))
            return children
        return None

    def _take(self, node: _Node) -> None:
        """The plan of a node, if it is better than the best."""
        amounts = {number: amount for number, amount in enumerate(node.amounts) if amount > 0}
        order = sorted(amounts, key=lambda number: (-min(amounts[number], self.own[number]), self.items[number].order))
        rows = list(self.caps)
        for net in self.nets:
            own = [number for number in order if number in net.members]
            gross, _ = pay(own, {number: amounts[number] for number in own}, net.within)
            rows.append((net.members, max(0, sum(gross.values()) - net.had)))
        paid, proven = pay(order, amounts, rows, node.bound)
        if not proven:
            self.open_bound = max(self.open_bound, node.bound)
        paid = {number: amount for number, amount in paid.items() if amount > 0}
        own_sum = sum([amount for number, amount in paid.items() if not self.items[number].external])
        lines = sorted([(-amount, self.items[number].order) for number, amount in paid.items()])
        rank = sum(paid.values()), own_sum
        key = [line[0] for line in lines], [line[1] for line in lines]
        if self.best is not None and (rank < self.best[:2] or (rank == self.best[:2] and key >= self.best[2])):
            return
        self.best = (*rank, key)
        self.plan.paid = {self.numbers[number]: self._fen(amount) for number, amount in paid.items()}
        self.plan.taken = {
            self.numbers[number]: frozenset(
                [line for line in self.items[number].lines if node.owner.get(line, number) == number]
            )
            for number in paid
        }
