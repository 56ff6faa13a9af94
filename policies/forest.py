"""Caps, nets and picks as far as they nest: a bound on every payout, in one pass."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from policies.money import Fen
from policies.payout import CapRow


@dataclass(slots=True)
class NestedSet:
    """Items that a cap (`bound`), a net or a pick is about; of a pick, `groups` of which `at_most` count."""

    members: frozenset[int]
    bound: Fen | None = None
    net: int = -1
    pick: int = -1
    groups: list[frozenset[int]] = field(default_factory=list)
    at_most: int = 0


class Forest:
    """Caps, nets and picks as far as they nest: not less than any payout, in one pass from the leaves.

    Sets that cross one already kept are left out: `left_out`.
    """

    __slots__ = ("count", "left_out", "nodes", "places", "roots")

    def __init__(self, count: int, rows: Sequence[NestedSet]) -> None:
        self.count = count
        kept: dict[frozenset[int], list[NestedSet]] = {}
        covering: list[list[frozenset[int]]] = [[] for _ in range(count)]
        grouped: dict[frozenset[int], list[frozenset[int]]] = {}

        def fits(members: frozenset[int]) -> bool:
            if members in kept:
                return True
            for other in {other for number in members for other in covering[number]}:
                if not (members <= other or other <= members):
                    return False
                if other in grouped and members < other and not any(members <= group for group in grouped[other]):
                    return False
            return True

        def room(row: NestedSet) -> bool:
            """A pick's groups lie apart, and no set inside it joins two of them."""
            if sum(map(len, row.groups)) != len(row.members) or row.members in grouped:
                return False
            inside = {other for number in row.members for other in covering[number] if other < row.members}
            return all(any(other <= group for group in row.groups) for other in inside)

        self.left_out: list[NestedSet] = []
        for row in rows:
            sets = [row.members, *row.groups]
            if not all(map(fits, sets)) or (row.groups and not room(row)):
                self.left_out.append(row)
                continue
            for members in sets:
                if members not in kept:
                    kept[members] = []
                    for number in members:
                        covering[number].append(members)
            kept[row.members].append(row)
            if row.groups:
                grouped[row.members] = row.groups
        self.nodes: list[tuple[list[int], Fen | None, int, list[int]]] = []
        """Of each set, leaves first: its parts, its least bound, how many parts count (0: all), its nets."""
        self.places: dict[int, tuple[int, list[int]]] = {}
        """Of each pick: its place, and those of its groups."""
        top = list(range(count))
        for members in sorted(kept, key=lambda members: (len(members), min(members))):
            own = kept[members]
            if not own and len(members) == 1:
                continue
            place, at_most = count + len(self.nodes), 0
            for row in own:
                if row.groups:
                    at_most = row.at_most
                    self.places[row.pick] = place, [top[min(group)] for group in row.groups]
            bounds = [row.bound for row in own if row.bound is not None]
            parts = sorted({top[number] for number in members})
            nets = [row.net for row in own if row.net >= 0]
            self.nodes.append((parts, min(bounds) if bounds else None, at_most, nets))
            for number in members:
                top[number] = place
        self.roots = sorted(set(top))

    def values(self, amounts: list[Fen], nets: Sequence[Fen]) -> list[Fen]:
        """What each item, then each set, pays at the most."""
        found = list(amounts)
        for parts, bound, at_most, own in self.nodes:
            inside = [found[part] for part in parts]
            if at_most and len(inside) > at_most:
                inside.sort()
                inside = inside[-at_most:]
            value = sum(inside)
            if bound is not None and value > bound:
                value = bound
            for net in own:
                value = min(value, nets[net])
            found.append(value)
        return found

    def total(self, amounts: list[Fen], nets: Sequence[Fen] = ()) -> Fen:
        """The most that all items bring together."""
        found = self.values(amounts, nets)
        return sum([found[root] for root in self.roots])


def sets_of(caps: Sequence[CapRow]) -> list[NestedSet]:
    """Caps as sets, the smallest first."""
    return [NestedSet(members, bound) for members, bound in sorted(caps, key=lambda row: len(row[0])) if members]
