"""The states a conversation went through, for 返回 and for edited messages.

Each state is the JSON that `Session.state` gives. Two neighbours are nearly the same, so that only the newest is kept whole
and each older one is compressed against the one after it: 80 turns are some 20 KB, and a turn adds one compression of 2 KB.
"""

from __future__ import annotations

import zlib
from base64 import b64decode, b64encode
from collections.abc import Iterator
from dataclasses import dataclass, field

LONGEST = 80
"""Turns that can be gone back."""


@dataclass(frozen=True)
class Step:
    """A turn, its words, and the state before it as JSON."""

    turn: int
    words: str
    state: str


@dataclass
class History:
    """Steps, oldest first; `whole` is the state before the newest."""

    steps: list[tuple[int, str, str]] = field(default_factory=list)
    whole: str = ""

    def __len__(self) -> int:
        return len(self.steps)

    def add(self, turn: int, words: str, state: str) -> None:
        """A new step; the oldest beyond LONGEST are forgotten."""
        if self.steps:
            last, said, _ = self.steps[-1]
            self.steps[-1] = last, said, _packed(self.whole, state)
        self.steps.append((turn, words, ""))
        self.whole = state
        del self.steps[:-LONGEST]

    def newest_first(self) -> Iterator[Step]:
        """Each step with the state before it, unpacked on the way."""
        state = self.whole
        for turn, words, packed in reversed(self.steps):
            if packed:
                state = _unpacked(packed, state)
            yield Step(turn, words, state)

    def back_to(self, turn: int) -> None:
        """Forget this turn and all after it."""
        kept = next((step for step in self.newest_first() if step.turn < turn), None)
        self.steps = [step for step in self.steps if step[0] < turn]
        self.whole = kept.state if kept is not None else ""
        if kept is not None:
            self.steps[-1] = kept.turn, kept.words, ""


def _packed(state: str, successor: str) -> str:
    packer = zlib.compressobj(6, zlib.DEFLATED, -15, 8, zlib.Z_DEFAULT_STRATEGY, successor.encode())
    return b64encode(packer.compress(state.encode()) + packer.flush()).decode()


def _unpacked(packed: str, successor: str) -> str:
    unpacker = zlib.decompressobj(-15, successor.encode())
    return (unpacker.decompress(b64decode(packed)) + unpacker.flush()).decode()
