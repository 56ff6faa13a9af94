"""Inline keyboards for a phone: rows by width, pages, toggles, and the tokens that buttons carry."""

from __future__ import annotations

import unicodedata
import zlib
from dataclasses import dataclass
from typing import Any

from bot.telegram.chat import Board, Chat
from dialogs.render import short_label
from dialogs.words import say

Markup = dict[str, Any]
"""An InlineKeyboardMarkup as JSON."""

NARROW, HALF, WHOLE = 9, 20, 40
"""Columns (a Chinese character is two) of a label of which three, two, or one stand in a row: phones cut what is wider."""
ROWS = 10
"""Rows of options on a page, where they do not all fit into one more."""
FEW = 3
"""So many options, all that may be taken, stand in one block in their own order."""
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
    return len(_paged(board)[0])


def _paged(board: Board) -> tuple[list[list[list[int]]], list[int]]:
    """The numbers of the options, page by page and row by row, and of those that stand under each page."""
    numbers = list(range(len(board.options)))
    if not board.several and len(numbers) <= FEW:
        return [_rows(board, numbers)], []
    listed = [number for number in numbers if board.options[number][0] not in _APART]
    rows = _rows(board, listed)
    step = len(rows) if len(rows) <= ROWS + 1 else ROWS
    return [rows[at : at + step] for at in range(0, len(rows), step)] or [[]], [n for n in numbers if n not in listed]


def markup(chat: Chat, board: Board) -> Markup:
    """The keyboard as it now stands."""
    paged, apart = _paged(board)
    rows = [[_button(chat, board, number) for number in row] for row in paged[min(board.page, len(paged) - 1)]]
    if len(paged) > 1:
        rows.append(_turning(chat, board, len(paged)))
    if board.several:
        rows.append([{"text": say("telegram.done"), "callback_data": token(chat, board, DONE)}])
    rows += [[_button(chat, board, number) for number in row] for row in _rows(board, apart)]
    return {"inline_keyboard": rows}


def _label(board: Board, number: int) -> str:
    """What the button says: in short where that is too wide for half a row."""
    label = board.options[number][1]
    if board.use == "ask" and width(label) > HALF:
        label = short_label(label)
    return label if len(label) <= _LONGEST_LABEL else label[: _LONGEST_LABEL - 1] + "…"


def _button(chat: Chat, board: Board, number: int) -> dict[str, str]:
    label = _label(board, number)
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


def _rows(board: Board, numbers: list[int]) -> list[list[int]]:
    """As many in a row as the widest of them allows; no row of three is followed by a single one where 2 + 2 do."""
    rows: list[list[int]] = []
    rest = list(numbers)
    while rest:
        count = 3
        while count > 1 and any(width(_label(board, n)) > (NARROW if count == 3 else HALF) for n in rest[:count]):
            count -= 1
        if count == 3 and len(rest) == 4:
            count = 2
        rows.append(rest[:count])
        rest = rest[count:]
    return rows


def width(text: str) -> int:
    """Columns: a Chinese character is as wide as two letters."""
    return sum(2 if unicodedata.east_asian_width(char) in "WFA" else 1 for char in text)
