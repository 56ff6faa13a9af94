"""Bot API calls that a turn wants made: rows of the outbox."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Call:
    """One call of the Bot API (https://core.telegram.org/bots/api)."""

    method: str
    """As the Bot API names it: sendMessage, editMessageText, answerCallbackQuery, sendDocument, …"""
    data: dict[str, Any] = field(default_factory=dict)
    """The method's parameters as JSON values. `{"sent": name}` as a message_id stands for the id kept under that name."""
    file: tuple[str, bytes] | None = None
    """For sendDocument: name and content."""
    keep_as: str | None = None
    """Keep the id of the message that comes of this call under this name, for later edits in the same chat."""
    fleeting: bool = False
    """Worth something only now (a typing indicator, the answer to a tap): tried once, never blocks what follows."""
