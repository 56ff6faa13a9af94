"""Progress on standard error, once something takes long."""

from __future__ import annotations

import sys
import time

FIRST, EVERY = 2.0, 0.5
"""Seconds until the first line and between two, on a terminal, where one takes the other's place."""
ELSEWHERE = 10.0
"""Both, where each is a line of its own."""


class Progress:
    """Call it with how many are done; says so now and then. `what` names what is counted, `total` how many there are."""

    def __init__(self, what: str, total: int | None = None) -> None:
        self.what, self.total = what, total
        self.terminal = sys.stderr.isatty()
        self.next: float | None = None
        self.shown = False

    def __call__(self, done: int, note: str = "") -> None:
        now = time.monotonic()
        if self.next is None:
            self.next = now + (FIRST if self.terminal else ELSEWHERE)
        if now < self.next:
            return
        self.shown = True
        self.next = now + (EVERY if self.terminal else ELSEWHERE)
        of = f"/{self.total}" if self.total else ""
        line = f"{self.what} {done}{of}{note}"
        print(
            f"\r{line}\x1b[K" if self.terminal else line, end="" if self.terminal else "\n", file=sys.stderr, flush=True
        )

    def done(self) -> None:
        """Leaves the line to what is said next."""
        if self.terminal and self.shown:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)
