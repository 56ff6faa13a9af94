"""A conversation's state: what was told, with the words; what was last asked; nothing that can be derived."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from datetime import date
from typing import Any

Facts = dict[str, Any]
"""A profile as contract §2 writes it: canonical JSON values, only what was told."""


@dataclass
class Pending:
    """A doubt that waits for an answer: the fact's path, the choices (value, label), and why it is asked."""

    path: str
    options: tuple[tuple[Any, str], ...]
    code: str
    words: str


@dataclass
class Session:
    """All that a conversation must remember between two turns."""

    facts: Facts = field(default_factory=dict)
    words: dict[str, str] = field(default_factory=dict)
    """Path of a told fact → the user's own words."""
    approx: set[str] = field(default_factory=set)
    """Paths told only roughly (八百来万)."""
    exact: set[str] = field(default_factory=set)
    """Paths asked again for the exact figure, whatever came of it."""
    implied: set[str] = field(default_factory=set)
    """Paths taken from what the words imply; said back."""
    planned: set[str] = field(default_factory=set)
    """Ids of projects told as plans."""
    skipped: set[str] = field(default_factory=set)
    """Paths answered with 不知道; not asked again."""
    closed: set[str] = field(default_factory=set)
    """List paths answered with 没有了."""
    asked: str | None = None
    beside: tuple[str, ...] = ()
    """Further facts that the question asked asks in the same breath."""
    shown: tuple[tuple[Any, str], ...] = ()
    """The choices shown with the last question: a number picks one."""
    pending: Pending | None = None
    as_of: date | None = None
    turn: int = 0
    unclear: int = 0
    reported: str = ""
    """The facts of the last report: it comes again when they have changed."""
    stand: str = ""
    """The range said last: said again only when it moves."""
    noticed: set[str] = field(default_factory=set)
    """Notices said once."""
    touched: str | None = None
    """The path told last: what 「不对，是…」 is about."""
    history: list[tuple[int, str, Session]] = field(default_factory=list)
    """Turn, its words and the state before it, newest last, for 返回 and edited messages."""

    def snapshot(self) -> Session:
        """A copy without its own history."""
        kept, self.history = self.history, []
        twin = copy.deepcopy(self)
        self.history = kept
        return twin
