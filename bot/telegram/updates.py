"""Raw updates read: what this version of the library cannot read of a message is left out, so that the user gets an answer."""

from __future__ import annotations

from typing import Any

import telegram

_ENVELOPE = ("message_id", "date", "edit_date", "chat", "from", "text", "caption", "media_group_id")


class Unreadable(ValueError):
    """An update that is none, whatever is left out of it."""


def read_update(raw: dict[str, Any]) -> telegram.Update:
    """The update; a message whose content fails is reduced to its envelope and words. Raises Unreadable."""
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


def _read(raw: dict[str, Any]) -> telegram.Update | None:
    try:
        return telegram.Update.de_json(raw, None)
    except Exception:  # the library raises whatever its parts do: TypeError, KeyError, AttributeError, OverflowError …
        return None
