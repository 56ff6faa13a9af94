"""The answer to a question: what was asked is known, so a bare number, yes or name is enough (`read_answer`)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from policies.facts import Fact, Vocabulary

Status = Literal["value", "doubt", "unknown", "none", "no_match"]


@dataclass(frozen=True)
class Answer:
    """What a message says about the fact asked.

    value: `value` is canonical (Decimal yuan, int, bool, date, 6-digit code, value of a choice or a list of them).
    doubt: ask which of `options` (value, label); `doubt` says why: range, unit, spread, foreign_money, malformed,
    several, ambiguous, typo, coarse, order. unknown: 不知道. none: 没有 where the type has no value for it (a date, a place, a level, text).
    no_match: the message is about something else. `words` are the user's own.
    """

    status: Status
    value: Any = None
    words: str = ""
    approx: bool = False
    options: tuple[tuple[Any, str], ...] = ()
    doubt: str = ""


def read_answer(text: str, fact: Fact, vocabulary: Vocabulary, today: date, kind: str | None = None) -> Answer:
    """Read `text` as the answer for `fact`; `kind` is the recognition's, for a level."""
    return Answer("no_match")
