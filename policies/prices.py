"""Prices on the caps that cross the picks: a sharper bound where hundreds of projects compete for a few caps.

A cap that crosses picks does not nest with them, so that a `Forest` leaves it out. Put a price λ on it (0 to 1 of each
fen that it covers): every item pays 1 - Σλ of what it paid, the cap itself λ times its bound, and the sum is still not
less than any plan, whatever the prices (a Lagrangian relaxation). Good prices make the bound nearly tight.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from policies.forest import Forest
from policies.money import Fen
from policies.payout import CapRow

_FEW = 6
_STEPS = 64
"""A price is so many 64ths: whole numbers keep the bound exact."""


Move = tuple[tuple[int, int], ...]
"""Prices (by number) that go up or down (1 or -1) together."""


class Prices:
    """Prices on the caps that a forest leaves out. `toll`: what the caps themselves add to the bound."""

    def __init__(self, forest: Forest, crossing: Sequence[CapRow]) -> None:
        self.forest, self.crossing = forest, crossing
        self.steps = [0] * len(crossing)
        self.weights = [_STEPS] * forest.count
        self.toll: Fen = 0

    def _set(self, number: int, step: int) -> None:
        if self.steps[number] == step:
            return
        self.steps[number] = step
        for item in self.crossing[number][0]:
            covering = sum([self.steps[n] for n, (members, _) in enumerate(self.crossing) if item in members])
            self.weights[item] = max(0, _STEPS - covering)
        self.toll = _up(sum([step * bound for step, (_, bound) in zip(self.steps, self.crossing, strict=True)]))

    def priced(self, amounts: Sequence[Fen]) -> list[Fen]:
        """What the items pay beyond the prices, rounded up."""
        return [_up(amount * weight) for amount, weight in zip(amounts, self.weights, strict=True)]

    def bound(self, amounts: Sequence[Fen], nets: Sequence[Fen]) -> Fen:
        """Not less than any plan that takes no more than these amounts."""
        return self.toll + self.forest.total(self.priced(amounts), nets)

    def tune(self, amounts: Sequence[Fen], nets: Sequence[Fen]) -> None:
        """To the least bound on these amounts, in ever smaller steps (the bound is convex in the prices).

        Of few prices two move at once too, since the bound has kinks that one alone cannot pass.
        """
        one = self._single()
        two = [(*a, *b) for a, b in itertools.combinations(one, 2) if a[0][0] != b[0][0]]
        moves = [*one, *two] if len(self.crossing) <= _FEW else one
        stride = _STEPS // 2
        while stride:
            while self._step(moves, stride, amounts, nets):
                pass
            stride //= 2

    def retune(self, amounts: Sequence[Fen], nets: Sequence[Fen]) -> None:
        """One small step, where the amounts have changed a little."""
        self._step(self._single(), 2, amounts, nets)

    def _single(self) -> list[Move]:
        return [((number, sign),) for number in range(len(self.crossing)) for sign in (1, -1)]

    def _step(self, moves: Sequence[Move], stride: int, amounts: Sequence[Fen], nets: Sequence[Fen]) -> bool:
        """Every move that lessens the bound; whether one did."""
        least, better = self.bound(amounts, nets), False
        for move in moves:
            before = [(number, self.steps[number]) for number, _ in move]
            for number, sign in move:
                self._set(number, min(_STEPS, max(0, self.steps[number] + sign * stride)))
            found = self.bound(amounts, nets)
            if found < least:
                least, better = found, True
            else:
                for number, step in before:
                    self._set(number, step)
        return better


def _up(amount: Fen) -> Fen:
    return -(-amount // _STEPS)
