"""Which sheets the workbook has, which columns a sheet has, and the words of its closed sets (sheets.yaml)."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from policies.yaml12 import load

GUIDE = "说明"
"""The first sheet, for people; never read, but for the version that it names."""
LISTS = "选项"
"""The hidden sheet that the drop-down lists take their words from."""


@dataclass(frozen=True)
class Column:
    """One column: how the program calls it, its header, what people are told, how its cells are read."""

    key: str
    header: str
    about: str
    example: str
    width: int
    kind: str
    also: tuple[str, ...] = ()
    words: str = ""
    needed: bool = False
    only_shown: bool = False

    def matches(self, header: str) -> bool:
        """Whether a header found in a file names this column."""
        return squeeze(header) in {squeeze(name) for name in (self.header, *self.also)}


@dataclass(frozen=True)
class Sheet:
    """One sheet. `same`: an empty leading cell means "as above"."""

    key: str
    name: str
    about: str
    colour: str
    columns: tuple[Column, ...]
    same: bool = False

    def column(self, key: str) -> Column:
        return next(column for column in self.columns if column.key == key)


@dataclass(frozen=True)
class Words:
    """A closed set: each value of the model with what a cell says."""

    said: Mapping[str, tuple[str, ...]]

    def say(self, value: str) -> str:
        """The first word of a value."""
        return self.said[value][0]

    def value(self, word: str) -> str | None:
        """The value that a cell means, None when it means none."""
        wanted = squeeze(word)
        for value, words in self.said.items():
            if wanted in {squeeze(item) for item in words} or wanted == value:
                return value
        return None

    def shown(self) -> list[str]:
        return [words[0] for words in self.said.values()]


def squeeze(text: str) -> str:
    """For comparing: one width, no white space, no asterisk that marks what must be filled."""
    return "".join(unicodedata.normalize("NFKC", text).split()).strip("*").lower()


@lru_cache(maxsize=1)
def _data() -> dict[str, Any]:
    data, _ = load((Path(__file__).parent / "sheets.yaml").read_text(encoding="utf-8"))
    return dict(data)


@lru_cache(maxsize=1)
def sheets() -> dict[str, Sheet]:
    """All sheets by key, in the order of the workbook."""
    out: dict[str, Sheet] = {}
    for row in _data()["sheets"]:
        columns = tuple(
            Column(**{**(column.get("<<") or {}), **{key: value for key, value in column.items() if key != "<<"}})
            for column in row["columns"]
        )
        out[row["key"]] = Sheet(**{**row, "columns": columns})
    return out


@lru_cache(maxsize=1)
def words() -> dict[str, Words]:
    """The closed sets by name."""
    return {
        name: Words({value: tuple(said) for value, said in rows.items()}) for name, rows in _data()["words"].items()
    }


def uses(sheet: str, column: str) -> dict[str, list[str]]:
    """For each word of a column the columns that mean something beside it."""
    found: dict[str, list[str]] = _data()["uses"][sheet][column]
    return found


def say(*path: str) -> Any:
    """A word inside cells: `say("profile", "projects")`."""
    found: Any = _data()["say"]
    for step in path:
        found = found[step]
    return found
