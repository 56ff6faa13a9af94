"""Progress on standard error, once something takes longer than two seconds."""

from __future__ import annotations

import sys
import time

SHOWN_AFTER = 2.0
"""Seconds."""


class Progress:
    """Call it with how many are done; says so now and then. `what` names what is counted."""

    def __init__(self, what: str, total: int | None = None) -> None:
        self.what, self.total, self.last = what, total, 0.0
        self.start: float | None = None

    def __call__(self, done: int) -> None:
        now = time.monotonic()
        if self.start is None:
            self.start = now
        if now - self.start < SHOWN_AFTER or now - self.last < 0.5:
            return
        self.last = now
        of = f"/{self.total}" if self.total else ""
        if sys.stderr.isatty():
            print(f"\r{self.what} {done}{of}", end="", file=sys.stderr, flush=True)
        else:
            print(f"{self.what} {done}{of}", file=sys.stderr, flush=True)

    def done(self) -> None:
        if self.last and sys.stderr.isatty():
            print(file=sys.stderr)
