"""A conversation's state: what was told, with the words; what was last asked; nothing that can be derived."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any

from pydantic import GetCoreSchemaHandler, TypeAdapter
from pydantic_core import CoreSchema
from pydantic_core.core_schema import no_info_before_validator_function

from dialogs.history import History

Facts = dict[str, Any]
"""A profile (docs/reference/profile.md): canonical JSON values, only what was told."""


MIGRATIONS: tuple[Callable[[dict[str, Any]], None], ...] = ()
"""Each changes a session of its form (1, 2, …), as JSON, into the next, so that conversations outlive a change of fields."""

FORM = len(MIGRATIONS) + 1


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
    version: int = 0
    """The version of the tables that the last answer rests on, and the figure that was said by them."""
    figure: str = ""
    noticed: set[str] = field(default_factory=set)
    """Notices said once."""
    touched: str | None = None
    """The path told last: what 「不对，是…」 is about."""
    history: History = field(default_factory=History)
    """The states before the last turns, for 返回 and edited messages; not part of `state`."""

    form: int = FORM
    """Which of MIGRATIONS have been applied."""

    def profile(self) -> Facts:
        """What an assessment reads: money from elsewhere counts once it is told what it is for."""
        awards = self.facts.get("other_awards")
        if not awards:
            return self.facts
        told = [row for row in awards if row.get("project") or row.get("recognition") or row.get("clause")]
        return {**self.facts, "other_awards": told}

    def state(self) -> str:
        """All but the history, as JSON."""
        return _adapter().dump_json(self, exclude={"history"}).decode()

    @classmethod
    def from_state(cls, text: str) -> Session:
        """The session of a `state`, without a history."""
        return _adapter().validate_json(text)

    def snapshot(self) -> Session:
        """A copy without a history."""
        return self.from_state(self.state())

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Read and written field by field; what was written in an older form is first brought up to date."""
        return no_info_before_validator_function(_up_to_date, handler(source))


def _up_to_date(data: Any) -> Any:
    if isinstance(data, dict):
        for step in MIGRATIONS[data["form"] - 1 :]:
            step(data)
        data["form"] = FORM
    return data


@lru_cache(1)
def _adapter() -> TypeAdapter[Session]:
    return TypeAdapter(Session)
