"""Progress on standard error, once something takes longer than two seconds."""

from __future__ import annotations

import sys
import time

SHOWN_AFTER = 2.0
"""Seconds."""
EVERY = (0.5, 10.0)
"""Seconds between two lines: on a terminal, where one takes the other's place, and elsewhere."""


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
            self.next = now + SHOWN_AFTER
        if now < self.next:
            return
        self.shown = True
        self.next = now + EVERY[0 if self.terminal else 1]
        of = f"/{self.total}" if self.total else ""
        line = f"{self.what} {done}{of}{note}"
        print(
            f"\r{line}\x1b[K" if self.terminal else line, end="" if self.terminal else "\n", file=sys.stderr, flush=True
        )

    def done(self) -> None:
        """Leaves the line to what is said next."""
        if self.terminal and self.shown:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)
