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


def pay(
    order: Sequence[int], amounts: dict[int, Fen], caps: Sequence[CapRow], most: Fen | None = None
) -> tuple[dict[int, Fen], bool]:
    """The payout with the items earlier in `order` as large as can be, and whether it is proven the largest.

    `most`: no payout is larger; a greedy one that reaches it needs no further proof.
    """
    rows = binding(amounts, caps)
    paid = greedy(order, amounts, rows)
    nested = laminar(rows)
    if len(nested) == len(rows):
        return paid, True
    value = sum(paid.values())
    if value == most or value == sum(greedy(order, amounts, nested).values()):
        return paid, True
    if (len(order) + len(rows)) * len(order) > _SIMPLEX_CELLS:
        return paid, False
    return _simplex(order, amounts, rows), True


def _simplex(order: Sequence[int], amounts: dict[int, Fen], caps: Sequence[CapRow]) -> dict[int, Fen]:
    """Lexicographic objectives: the sum, then each item in order. Exact and sparse; Bland's rule ends it."""
    n = len(order)
    column = {item: number for number, item in enumerate(order)}
    rows: list[dict[int, Fen]] = [{column[item]: 1 for item in members} for members, _ in caps]
    right: list[Fen] = [bound for _, bound in caps]
    rows += [{number: 1} for number in range(n)]
    right += [amounts[item] for item in order]
    basis = list(range(n, n + len(rows)))
    for number, row in enumerate(rows):
        row[basis[number]] = 1
    goals: list[dict[int, Fen]] = [dict.fromkeys(range(n), 1)]
    goals += [{number: 1} for number in range(n)]
    while True:
        entering = _entering(goals)
        if entering is None:
            break
        ratios = [
            (Fraction(right[i]) / row[entering], basis[i], i) for i, row in enumerate(rows) if row.get(entering, 0) > 0
        ]
        _, _, leaving = min(ratios)
        lead = rows[leaving]
        pivot = lead[entering]
        if pivot != 1:
            lead = rows[leaving] = {j: _ratio(cell, pivot) for j, cell in lead.items()}
            right[leaving] = _ratio(right[leaving], pivot)
        for i, row in enumerate(rows):
            factor = row.get(entering)
            if i != leaving and factor:
                _subtract(row, factor, lead)
                right[i] = whole(right[i] - factor * right[leaving])
        for goal in goals:
            factor = goal.get(entering)
            if factor:
                _subtract(goal, factor, lead)
        basis[leaving] = entering
    paid: dict[int, Fen] = dict.fromkeys(order, 0)
    for i, variable in enumerate(basis):
        if variable < n:
            paid[order[variable]] = right[i]
    return paid


def _entering(goals: Sequence[dict[int, Fen]]) -> int | None:
    """The first column whose first goal that it moves rises."""
    seen: set[int] = set()
    rising: list[int] = []
    for goal in goals:
        rising += [j for j, cell in goal.items() if cell > 0 and j not in seen]
        seen.update(goal)
    return min(rising, default=None)


def _subtract(row: dict[int, Fen], factor: Fen, lead: dict[int, Fen]) -> None:
    for j, cell in lead.items():
        value = row.get(j, 0) - factor * cell
        if value:
            row[j] = whole(value)
        else:
            row.pop(j, None)


def _ratio(above: Fen, below: Fen) -> Fen:
    return whole(Fraction(above) / below)


def whole(value: Fen) -> Fen:
    """An int where the fraction is whole: cheaper."""
    return value.numerator if isinstance(value, Fraction) and value.denominator == 1 else value
