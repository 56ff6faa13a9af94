"""Raw updates read: what this version of the library cannot read of a message is left out, so that the user gets an answer."""

from __future__ import annotations

from typing import Any

import telegram

_ENVELOPE = ("message_id", "date", "edit_date", "chat", "from", "text", "caption", "media_group_id")
_TYPES = {"message_id": int, "text": str, "caption": str, "media_group_id": str}
LARGEST_ID = 2**63 - 1
"""Numbers beyond it are none of Telegram's, and fit no column of a database."""


class Unreadable(ValueError):
    """An update that is none, whatever is left out of it."""


def read_update(raw: dict[str, Any]) -> telegram.Update:
    """The update; a message whose content fails is reduced to its envelope and words. Raises Unreadable."""
    if not _sound(raw):
        raise Unreadable(f"update {raw.get('update_id')}")
    whole = _read(raw)
    if whole is not None:
        return whole
    for kind in ("message", "edited_message"):
        content = raw.get(kind)
        if isinstance(content, dict):
            plain = {name: content[name] for name in _ENVELOPE if name in content}
            reduced = _read({"update_id": raw.get("update_id"), kind: plain})
            if reduced is not None:
                return reduced
    raise Unreadable(f"update {raw.get('update_id')}")


def _sound(raw: dict[str, Any]) -> bool:
    """Whether what we keep of an update is of the types that Telegram gives: the library itself looks at few of them."""
    press = raw.get("callback_query")
    pressed = press if isinstance(press, dict) else {}
    if not isinstance(pressed.get("data") or "", str):
        return False
    messages = (raw.get("message"), raw.get("edited_message"), pressed.get("message"))
    values = (
        (message.get(name), kind) for message in messages if isinstance(message, dict) for name, kind in _TYPES.items()
    )
    return all(value is None or _is(value, kind) for value, kind in values)


def _is(value: Any, kind: type) -> bool:
    return type(value) is kind and (not isinstance(value, int) or abs(value) <= LARGEST_ID)


def _read(raw: dict[str, Any]) -> telegram.Update | None:
    try:
        return telegram.Update.de_json(raw, None)
    except Exception:  # the library raises whatever its parts do: TypeError, KeyError, AttributeError, OverflowError …
        return None
