"""How much a chosen set of awards pays under caps on their sums: exact, with the largest line first.

maximise Σ z, 0 ≤ z_i ≤ a_i, Σ_{i∈S} z_i ≤ bound(S). Where the binding caps are nested (laminar), greedy is optimal
in any order (a polymatroid: Edmonds 1970); where they cross, an exact simplex with Bland's rule decides.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from policies.money import Fen

CapRow = tuple[frozenset[int], Fen]
"""Members (item numbers) and the bound on their sum."""

_SIMPLEX_CELLS = 6000


def binding(amounts: dict[int, Fen], caps: Sequence[CapRow]) -> list[CapRow]:
    """The caps that can bind, restricted to the items at hand; of equal sets the tightest."""
    tightest: dict[frozenset[int], Fen] = {}
    for members, bound in caps:
        inside = [item for item in members if item in amounts]
        if not inside or sum([amounts[item] for item in inside]) <= bound:
            continue
        own = frozenset(inside)
        if own not in tightest or bound < tightest[own]:
            tightest[own] = bound
    return sorted(tightest.items(), key=lambda row: (len(row[0]), sorted(row[0])))


def laminar(caps: Sequence[CapRow]) -> list[CapRow]:
    """The caps, smallest first, as far as they stay nested or apart."""
    kept: list[CapRow] = []
    for members, bound in caps:
        if all(members.isdisjoint(other) or other <= members or members <= other for other, _ in kept):
            kept.append((members, bound))
    return kept


def greedy(order: Sequence[int], amounts: dict[int, Fen], caps: Sequence[CapRow]) -> dict[int, Fen]:
    """Each item in turn as much as the caps leave."""
    left = [bound for _, bound in caps]
    paid: dict[int, Fen] = {}
    of: dict[int, list[int]] = {}
    for number, (members, _) in enumerate(caps):
        for item in members:
            of.setdefault(item, []).append(number)
    for item in order:
        amount = amounts[item]
        rows = of.get(item, ())
        for number in rows:
            amount = min(amount, left[number])
        for number in rows:
            left[number] -= amount
        paid[item] = amount
    return paid


def upper_bound(amounts: dict[int, Fen], caps: Sequence[CapRow]) -> Fen:
    """Not less than any payout: the nested caps alone."""
    rows = binding(amounts, caps)
    if not rows:
        return sum(amounts.values())
    return sum(greedy(list(amounts), amounts, laminar(rows)).values())


def pay(order: Sequence[int], amounts: dict[int, Fen], caps: Sequence[CapRow]) -> tuple[dict[int, Fen], bool]:
    """The payout with the items earlier in `order` as large as can be, and whether it is proven the largest."""
    rows = binding(amounts, caps)
    nested = laminar(rows)
    if len(nested) == len(rows):
        return greedy(order, amounts, rows), True
    if (len(order) + len(rows)) * len(order) > _SIMPLEX_CELLS:
        paid = greedy(order, amounts, rows)
        return paid, sum(paid.values()) == sum(greedy(order, amounts, nested).values())
    return _simplex(order, amounts, rows), True


def _simplex(order: Sequence[int], amounts: dict[int, Fen], caps: Sequence[CapRow]) -> dict[int, Fen]:
    """Lexicographic objectives: the sum, then each item in order. Exact; Bland's rule ends it."""
    n = len(order)
    column = {item: number for number, item in enumerate(order)}
    rows: list[list[Fraction]] = []
    right: list[Fraction] = []
    for members, bound in caps:
        rows.append([Fraction(1 if item in members else 0) for item in order])
        right.append(Fraction(bound))
    for item in order:
        rows.append([Fraction(1 if column[item] == j else 0) for j in range(n)])
        right.append(Fraction(amounts[item]))
    m = len(rows)
    for i, row in enumerate(rows):
        row.extend(Fraction(1 if i == j else 0) for j in range(m))
    basis = list(range(n, n + m))
    goals = [[Fraction(1)] * n + [Fraction(0)] * m]
    goals += [[Fraction(1 if j == k else 0) for j in range(n)] + [Fraction(0)] * m for k in range(n)]
    while True:
        entering = next((j for j in range(n + m) if _improves(goals, j)), None)
        if entering is None:
            break
        ratios = [(right[i] / rows[i][entering], basis[i], i) for i in range(m) if rows[i][entering] > 0]
        _, _, leaving = min(ratios)
        pivot = rows[leaving][entering]
        rows[leaving] = [cell / pivot for cell in rows[leaving]]
        right[leaving] /= pivot
        for i in range(m):
            factor = rows[i][entering]
            if i != leaving and factor:
                rows[i] = [cell - factor * base for cell, base in zip(rows[i], rows[leaving], strict=True)]
                right[i] -= factor * right[leaving]
        for k, goal in enumerate(goals):
            factor = goal[entering]
            if factor:
                goals[k] = [cell - factor * base for cell, base in zip(goal, rows[leaving], strict=True)]
        basis[leaving] = entering
    paid: dict[int, Fen] = {item: 0 for item in order}
    for i, variable in enumerate(basis):
        if variable < n:
            value = right[i]
            paid[order[variable]] = value.numerator if value.denominator == 1 else value
    return paid


def _improves(goals: list[list[Fraction]], j: int) -> bool:
    for goal in goals:
        if goal[j]:
            return goal[j] > 0
    return False
