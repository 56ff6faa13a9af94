"""Searching the messages for a word of two characters and more.

FTS5's trigram index finds what has three characters; shorter words are looked for in the texts themselves. Neither a
second index over pairs nor a word segmenter would be noticed by anybody who searches (docs/explanation/logs.md;
`make bench ARGS=log`).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from policies.database import Database
from policies.errors import KeduiError

INDEXED = 3
"""Characters from which on the index is used."""
SEARCH = """SELECT at, channel, conversation, turn, asked, act, answered_by, text FROM log_turns
    WHERE id IN (SELECT rowid FROM log_texts WHERE log_texts MATCH :phrase) ORDER BY id DESC LIMIT :most"""
SCAN = """SELECT at, channel, conversation, turn, asked, act, answered_by, text FROM log_turns
    WHERE instr(text, :word) ORDER BY id DESC LIMIT :most"""


class SearchError(KeduiError):
    """A word that cannot be searched for."""


def search(database: Database, word: str, most: int = 50) -> Iterator[dict[str, Any]]:
    """Turns whose message holds the word, the newest first. Raises SearchError."""
    word = word.strip()
    if not word:
        raise SearchError("要写搜什么，比如：kedui log search 贯标")
    if not database["log_turns"].exists():
        return
    if len(word) >= INDEXED:
        phrase = '"' + word.replace('"', '""') + '"'
        yield from database.query(SEARCH, {"phrase": phrase, "most": most})
    else:
        yield from database.query(SCAN, {"word": word, "most": most})
