"""Inline keyboards for a phone: rows by width, pages, toggles, and the tokens that buttons carry."""

from __future__ import annotations

import unicodedata
import zlib
from dataclasses import dataclass
from typing import Any

from bot.telegram.chat import Board, Chat
from dialogs.words import say

Markup = dict[str, Any]
"""An InlineKeyboardMarkup as JSON."""

NARROW, HALF = 9, 18
"""Columns (a Chinese character is two) of a label of which three, or two, stand in a row."""
LONGEST_LIST, PAGE = 18, 12
"""More options than the first are shown in pages of the second."""
_LONGEST_LABEL = 64
DONE = "ok"
_APART = ("none", "unknown")
"""Values that answer alone: they stand in a row of their own and toggle nothing."""


@dataclass(frozen=True)
class Token:
    """What a button carries: `started.use.revision.about.option`, at most 64 bytes."""

    started: int
    use: str
    revision: int
    about: int
    option: str
    """The number of the option, `p2` for a page, `ok` for 完成."""


def token(chat: Chat, board: Board, option: str) -> str:
    """The callback data of one button. Paths and values may be long: the first is a checksum, the second an index."""
    return f"{chat.started:x}.{board.use}.{board.revision}.{_checksum(board.about):x}.{option}"


def read_token(data: str) -> Token | None:
    """None: not one of ours."""
    parts = data.split(".")
    try:
        return Token(int(parts[0], 16), parts[1], int(parts[2]), int(parts[3], 16), parts[4])
    except (IndexError, ValueError):
        return None


def pressed(chat: Chat, data: str) -> tuple[Board, str] | None:
    """The live board and the option that a press means; None: the keyboard is old, or not ours."""
    found = read_token(data)
    board = chat.boards.get(found.use) if found is not None else None
    if found is None or board is None or found.started != chat.started:
        return None
    if found.revision != board.revision or found.about != _checksum(board.about):
        return None
    return board, found.option


def _checksum(text: str) -> int:
    return zlib.crc32(text.encode("utf-8", "replace"))


def alone(board: Board, number: int) -> bool:
    """Whether the option answers at once, also where several may be taken."""
    return not board.several or board.options[number][0] in _APART


def pages(board: Board) -> int:
    """How many pages the options fill."""
    listed = sum(value not in _APART for value, _ in board.options)
    return 1 if listed <= LONGEST_LIST else -(-listed // PAGE)


def markup(chat: Chat, board: Board) -> Markup:
    """The keyboard as it now stands."""
    listed = [number for number, (value, _) in enumerate(board.options) if value not in _APART]
    apart = [number for number, (value, _) in enumerate(board.options) if value in _APART]
    count = pages(board)
    if count > 1:
        listed = listed[board.page * PAGE : (board.page + 1) * PAGE]
    rows = _rows([_button(chat, board, number) for number in listed])
    if count > 1:
        rows.append(_turning(chat, board, count))
    if board.several:
        rows.append([{"text": say("telegram.done"), "callback_data": token(chat, board, DONE)}])
    rows += _rows([_button(chat, board, number) for number in apart])
    return {"inline_keyboard": rows}


def _button(chat: Chat, board: Board, number: int) -> dict[str, str]:
    label = board.options[number][1]
    if len(label) > _LONGEST_LABEL:
        label = label[: _LONGEST_LABEL - 1] + "…"
    if number in board.chosen:
        label = say("telegram.chosen", label=label)
    return {"text": label or "…", "callback_data": token(chat, board, str(number))}


def _turning(chat: Chat, board: Board, count: int) -> list[dict[str, str]]:
    row = []
    if board.page > 0:
        row.append({"text": say("telegram.page_before"), "callback_data": token(chat, board, f"p{board.page - 1}")})
    if board.page + 1 < count:
        text = say("telegram.page_after", page=board.page + 1, count=count)
        row.append({"text": text, "callback_data": token(chat, board, f"p{board.page + 1}")})
    return row


def _rows(buttons: list[dict[str, str]]) -> list[list[dict[str, str]]]:
    """As many in a row as the widest of them allows; no row of three is followed by a single one where 2 + 2 do."""
    rows: list[list[dict[str, str]]] = []
    rest = list(buttons)
    while rest:
        number = 3
        while number > 1 and any(width(one["text"]) > (NARROW if number == 3 else HALF) for one in rest[:number]):
            number -= 1
        if number == 3 and len(rest) == 4:
            number = 2
        rows.append(rest[:number])
        rest = rest[number:]
    return rows


def width(text: str) -> int:
    """Columns: a Chinese character is as wide as two letters."""
    return sum(2 if unicodedata.east_asian_width(char) in "WFA" else 1 for char in text)
