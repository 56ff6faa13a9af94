"""Rows of sheets, and what is read from them: each value with the cell that it came from, faults gathered on the way."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from rapidfuzz import process

from policies.errors import Fault
from policies.facts import Vocabulary
from policies.workbook import cells
from policies.workbook.cells import BadCell, Cell
from policies.workbook.sheets import Sheet, uses, words

T = TypeVar("T")
Line = dict[str, str]
"""A row to be written: the text of each column, by the column's key."""


@dataclass
class Row:
    """A row that was read: its sheet, its number (1-based), its cells by the column's key."""

    sheet: Sheet
    number: int
    cells: dict[str, Cell]

    def cell(self, key: str) -> Cell:
        return self.cells.get(key, Cell(None))

    def has(self, key: str) -> bool:
        return not self.cell(key).empty


class Placed(dict[str, Any]):
    """A part of a document's data that knows its row, and the column of each of its keys."""

    def __init__(self, row: Row, columns: Mapping[str, str] | None = None) -> None:
        super().__init__()
        self.row, self.columns = row, dict(columns or {})

    def put(self, key: str, value: Any, column: str | None = None) -> None:
        """Sets a value that came from `column` (default: the column of the same key), unless there is none."""
        if value is None or value is False or (isinstance(value, str | list) and not value):
            return
        self[key] = value
        self.columns[key] = column or key


def place(data: Any, path: Iterable[str | int]) -> tuple[Row, str] | None:
    """The row and column that the value at `path` came from: the nearest that is known."""
    found: tuple[Row, str] | None = None
    for step in (*path, None):
        if isinstance(data, Placed):
            known = [column.key for column in data.row.sheet.columns]
            named = (data.columns.get(str(step), str(step)), data.columns.get("id", "id"), *data.columns.values())
            found = (data.row, next((key for key in named if key in known), known[0]))
        try:
            data = data[step]
        except (KeyError, IndexError, TypeError):
            break
    return found


@dataclass
class Reader:
    """Reads cells of rows; notes every fault and goes on."""

    vocabulary: Vocabulary
    faults: list[Fault] = field(default_factory=list)

    def fault(self, row: Row, key: str, text: str, remedy: str = "") -> None:
        """Notes what is wrong with a cell, by its column's header."""
        column = row.sheet.column(key) if any(c.key == key for c in row.sheet.columns) else row.sheet.columns[0]
        name = "" if row.cell("id").empty else str(row.cell("id").value).strip()
        ref = row.cells[column.key].ref if column.key in row.cells else ""
        self.faults.append(
            Fault(row.sheet.name, row.number, name, f"“{column.header}”{text}", remedy, ref or f"第{row.number}行")
        )

    def get(self, row: Row, key: str, parse: Callable[[Cell], T]) -> T | None:
        """A parsed cell; None where it is empty or faulty."""
        cell = row.cell(key)
        if cell.empty:
            return None
        try:
            return parse(cell)
        except BadCell as error:
            self.fault(row, key, f"：{error.text}", error.remedy)
            return None

    def text(self, row: Row, key: str) -> str:
        return self.get(row, key, cells.text) or ""

    def id(self, row: Row, key: str) -> str:
        """An id: one width, no white space."""
        return cells.narrow(self.text(row, key))

    def yes(self, row: Row, key: str) -> bool:
        return bool(self.get(row, key, cells.yesno))

    def word(self, row: Row, key: str) -> str | None:
        """The value of a closed set."""
        said = self.text(row, key)
        if not said:
            return None
        known = words()[row.sheet.column(key).words]
        value = known.value(said)
        if value is None:
            self.fault(row, key, f"不能写“{said[:20]}”", f"应是 {'、'.join(known.shown())} 之一")
        return value

    def word_list(self, row: Row, key: str) -> list[str]:
        """Values of a closed set."""
        known = words()[row.sheet.column(key).words]
        remedy = f"应是 {'、'.join(known.shown())}"
        return self.named(row, key, self.text(row, key), known.value, known.shown(), remedy)

    def named(
        self, row: Row, key: str, said: str, value: Callable[[str], str | None], known: Iterable[str], remedy: str = ""
    ) -> list[str]:
        """Values of a list of names. An item may hold the signs that set items apart, where it is a name as a whole."""
        whole = value(said) if said else None
        if whole is not None:
            return [whole]
        out: list[str] = []
        for item in cells.parts(said):
            found = value(item)
            if found is not None:
                out.append(found)
                continue
            pieces, start = item.split("、"), 0
            while start < len(pieces):
                ends = range(len(pieces), start, -1)
                end = next((end for end in ends if value("、".join(pieces[start:end])) is not None), None)
                if end is None:
                    self.fault(
                        row, key, f"里没有“{pieces[start].strip()[:30]}”", nearest(pieces[start], known) or remedy
                    )
                    end = start + 1
                else:
                    out.append(value("、".join(pieces[start:end])) or "")
                start = end
        return out

    def unused(self, row: Row, key: str, value: str | None) -> None:
        """Notes filled cells that mean nothing beside the word `value` of column `key` (None: beside no word)."""
        by_word = uses(row.sheet.key, key)
        wanted = set(by_word[value]) if value is not None else set()
        column = row.sheet.column(key)
        shown = f"“{column.header}”是“{words()[column.words].say(value)}”" if value else f"“{column.header}”没有填"
        for name in dict.fromkeys(name for names in by_word.values() for name in names):
            if name in wanted or not row.has(name):
                continue
            if row.sheet.column(name).kind == "yesno" and not self.yes(row, name):
                continue
            others = [words()[column.words].say(word) for word, names in by_word.items() if name in names]
            remedy = f"清空这一格；它只用于 {'、'.join(others)}"
            self.fault(row, name, f"填了“{cells.shown(row.cell(name))}”，但{shown}，用不上", remedy)

    def need(self, rows: Iterable[Row]) -> None:
        """Notes cells that must be filled and are not."""
        for row in rows:
            for column in row.sheet.columns:
                if column.needed and not row.has(column.key):
                    self.fault(row, column.key, "没有填", f"如 {column.example[:40]}")


def nearest(word: str, known: Iterable[str]) -> str:
    """A question after the known word that is most like it."""
    found = process.extractOne(word, list(known), score_cutoff=50)
    return f"是不是“{found[0]}”？" if found else ""
