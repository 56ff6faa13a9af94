"""Faults that a test orders, and the journal of all calls."""

from __future__ import annotations

import random
from collections import deque
from dataclasses import dataclass
from typing import Any

KINDS = ("status", "html", "garbage", "too_many", "delay", "cut_before", "cut_after", "cut_half")
"""status: an error of that HTTP code; html: a proxy's page; garbage: 200 with broken JSON; too_many: 429; delay: late
by `seconds`; cut_before: the line is cut and nothing happens; cut_after: it happens, then the line is cut; cut_half: it
happens and half of the answer arrives."""


@dataclass
class Fault:
    """What goes wrong with the next `count` calls of a method (`*`: of any but getUpdates), after `skip` good ones."""

    method: str
    kind: str
    count: int = 1
    skip: int = 0
    code: int = 502
    seconds: float = 1
    share: float = 1
    """How many of the calls it could meet it does meet, by a die that falls the same way in each run."""


class Faults:
    """The faults still to come, in the order they were ordered."""

    def __init__(self) -> None:
        self.ordered: list[Fault] = []
        self.die = random.Random(1)

    def add(self, method: str, kind: str, **more: Any) -> None:
        if kind not in KINDS:
            raise ValueError(f"no fault {kind}; there are {', '.join(KINDS)}")
        self.ordered.append(Fault(method.lower(), kind, **more))

    def take(self, method: str) -> Fault | None:
        """The fault that this call meets."""
        if not self.ordered:
            return None
        for fault in self.ordered:
            if fault.method == method.lower() or (fault.method == "*" and method.lower() != "getupdates"):
                if fault.skip:
                    fault.skip -= 1
                    continue
                if fault.share < 1 and self.die.random() >= fault.share:
                    continue
                fault.count -= 1
                if fault.count <= 0:
                    self.ordered.remove(fault)
                return fault
        return None


class Journal:
    """The calls, newest last: number, time, method, chat, parameters, HTTP code, description, fault and effect."""

    def __init__(self, most: int) -> None:
        self.calls: deque[dict[str, Any]] = deque(maxlen=most)
        self.number = 0

    def add(self, call: dict[str, Any]) -> None:
        self.number += 1
        call["number"] = self.number
        self.calls.append(call)

    def since(self, number: int = 0, method: str = "") -> list[dict[str, Any]]:
        return [c for c in self.calls if c["number"] > number and (not method or c["method"].lower() == method.lower())]
