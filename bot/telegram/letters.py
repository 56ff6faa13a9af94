"""What the bureau writes to its people: texts, with buttons under the last piece, and files."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from bot.telegram.calls import Call
from bot.telegram.writing import escaped, messages

SHOWN = 30
"""Lines of a list that stand in a message; the whole of a longer one goes beside it as a file."""


@dataclass(frozen=True)
class Letter:
    """A call of the Bot API for somebody's private chat."""

    to: int
    call: Call


def text(
    to: int, words: str, buttons: Sequence[tuple[str, str]] = (), keep_as: str | None = None, quiet: bool = False
) -> list[Letter]:
    """A text in as many messages as it needs. `buttons` (label, data) stand under the last, whose id is kept."""
    pieces = messages(words)
    out = []
    for number, piece in enumerate(pieces, 1):
        data: dict[str, Any] = {"chat_id": to, "text": escaped(piece), "parse_mode": "HTML"}
        data |= {"disable_notification": True} if quiet else {}
        row = [{"text": label, "callback_data": value} for label, value in buttons]
        last = number == len(pieces)
        if last and row:
            data["reply_markup"] = {"inline_keyboard": [row]}
        out.append(Letter(to, Call("sendMessage", data, keep_as=keep_as if last else None)))
    return out


def file(to: int, name: str, content: bytes, caption: str) -> Letter:
    return Letter(to, Call("sendDocument", {"chat_id": to, "caption": caption}, file=(name, content)))


def toast(to: int, query_id: str, words: str = "") -> Letter:
    """The answer to a tap."""
    data = {"callback_query_id": query_id} | ({"text": words[:200]} if words else {})
    return Letter(to, Call("answerCallbackQuery", data, fleeting=True))


def without_buttons(to: int, kept: str) -> Letter:
    """The message kept under a name has no buttons any more; nothing, where it was never sent."""
    return Letter(to, Call("editMessageReplyMarkup", {"chat_id": to, "message_id": {"sent": kept}}))


def listed(lines: Iterable[str]) -> list[str]:
    """Each as an item."""
    return [f"- {line}" for line in lines]
