"""Keyboards: reply_markup as the real server takes and refuses it."""

from __future__ import annotations

from typing import Any

from tests.botapi.errors import bad_request
from tests.botapi.parameters import Parameters

ACTIONS = (
    "callback_data", "url", "login_url", "web_app", "switch_inline_query", "switch_inline_query_current_chat",
    "switch_inline_query_chosen_chat", "copy_text", "callback_game", "pay",
)  # fmt: skip
MOST_BUTTONS = 100


def keyboard_of(parameters: Parameters, *, inline_only: bool = False) -> dict[str, Any] | None:
    """The reply_markup, checked. Raises Refused."""
    markup = parameters.json("reply_markup", "reply keyboard markup")
    if markup is None:
        return None
    if not isinstance(markup, dict):
        raise bad_request("object expected as reply markup")
    if "inline_keyboard" in markup:
        rows = check_rows(markup["inline_keyboard"], "inline keyboard", check_inline)
        return {"inline_keyboard": rows} if rows else None
    if inline_only and markup:
        raise bad_request("inline keyboard expected")
    if "keyboard" in markup:
        rows = check_rows(markup["keyboard"], "keyboard", check_plain)
        if not rows:
            raise bad_request("reply keyboard must be non-empty")
        return {**markup, "keyboard": rows}
    return markup or None


def check_rows(rows: Any, what: str, check: Any) -> list[list[dict[str, Any]]]:
    if not isinstance(rows, list):
        raise bad_request(f'field "{what.replace(" ", "_")}" of the ReplyMarkup must be an Array')
    if not all(isinstance(row, list) for row in rows):
        raise bad_request(f'field "{what.replace(" ", "_")}" of the ReplyMarkup must be an Array of Arrays')
    checked = [[check(button) for button in row] for row in rows if row]
    if sum(map(len, checked)) > MOST_BUTTONS:
        raise bad_request("reply markup is too long")
    return checked


def check_inline(button: Any) -> dict[str, Any]:
    """One InlineKeyboardButton: a text and exactly one action; callback_data 1 to 64 bytes."""
    if not isinstance(button, dict):
        raise bad_request("can't parse inline keyboard button: expected an Object")
    text = button.get("text")
    if not isinstance(text, str):
        raise bad_request("can't parse inline keyboard button: Can't find field \"text\"")
    if not text.strip():
        raise bad_request("inline keyboard button text must be non-empty")
    actions = [name for name in ACTIONS if name in button]
    if not actions:
        raise bad_request("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard")
    if len(actions) > 1:
        raise bad_request("BUTTON_TYPE_INVALID")
    if "callback_data" in button:
        data = button["callback_data"]
        if not isinstance(data, str) or not 1 <= len(data.encode()) <= 64:
            raise bad_request("BUTTON_DATA_INVALID")
    if "url" in button and not str(button["url"]).startswith(("http://", "https://", "tg://")):
        raise bad_request(f"inline keyboard button URL '{button['url']}' is invalid: Wrong HTTP URL")
    return button


def check_plain(button: Any) -> dict[str, Any]:
    """One KeyboardButton; a text alone stands for it."""
    button = {"text": button} if isinstance(button, str) else button
    if not isinstance(button, dict) or not isinstance(button.get("text"), str):
        raise bad_request("can't parse keyboard button: Can't find field \"text\"")
    if not button["text"].strip():
        raise bad_request("keyboard button text must be non-empty")
    return button
