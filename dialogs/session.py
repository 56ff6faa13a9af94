"""A conversation's state: what was told, with the words; what was last asked; nothing that can be derived."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any

from pydantic import TypeAdapter

from dialogs.history import History

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
    history: History = field(default_factory=History)
    """The states before the last turns, for 返回 and edited messages; not part of `state`."""

    def state(self) -> str:
        """All but the history, as JSON: what was never set is left out."""
        history, self.history = self.history, History()
        text = _form().dump_json(self, exclude_defaults=True).decode()
        self.history = history
        return f'{{"form":{FORM},{text[1:]}' if text != "{}" else f'{{"form":{FORM}}}'

    @classmethod
    def from_state(cls, text: str) -> Session:
        """The session of a `state`, without a history. States of older forms are brought up to date."""
        data = json.loads(text)
        for step in MIGRATIONS[data.pop("form") - 1 :]:
            step(data)
        return _form().validate_python(data)

    def snapshot(self) -> Session:
        """A copy without a history."""
        return self.from_state(self.state())

    def to_json(self) -> dict[str, Any]:
        """State and history as JSON values."""
        return {"state": self.state(), "history": self.history.to_json()}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Session:
        session = cls.from_state(data["state"])
        session.history = History.from_json(data["history"])
        return session


MIGRATIONS: tuple[Callable[[dict[str, Any]], None], ...] = ()
"""Each changes a state of its form (1, 2, …) into the next in place, so that conversations outlive a change of `Session`."""

FORM = len(MIGRATIONS) + 1


@lru_cache(1)
def _form() -> TypeAdapter[Session]:
    return TypeAdapter(Session)
