"""What a whole message wants of the bot: to go back, to skip, to know why … (`intent_of`)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Intent:
    """One of restart back skip unknown why progress report help cancel whatif as_of yes no none more human privacy thanks greeting
    question correction offtopic nonsense.

    `rest` is the sentence after 如果 … (whatif) or what remains beside the intent's own words; `on` the date of as_of.
    `whole`: the message says nothing else. question and correction are seldom whole: hear the sentence first.
    `action` for privacy: delete, export or "" (a question about it).
    """

    name: str
    words: str = ""
    rest: str = ""
    on: date | None = None
    whole: bool = True
    action: str = ""


def intent_of(text: str, today: date | None = None) -> Intent | None:
    """The intent of a whole message, or None; relative years (按明年算) need `today`."""
    return None
