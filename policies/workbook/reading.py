"""Rows from a workbook or a CSV file, read as a person would: columns by their headers, wherever they stand.

Titles above the headers, blank rows, merged cells, sheets in another order, sheets and columns that begin with 备注 are
all right. What cannot be told is a fault with its cell. Formulas are never evaluated.
"""

from __future__ import annotations

import csv
import io
import re
import warnings
from collections.abc import Iterable, Mapping
from datetime import time, timedelta
from pathlib import Path

from openpyxl import load_workbook
from openpyxl.utils import get_column_letter
from openpyxl.workbook.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from policies.errors import Fault, TableError
from policies.loader import Files
from policies.workbook.book import Imported, files_of, lines_of
from policies.workbook.cells import Cell
from policies.workbook.guard import MB, Extent, UnusableWorkbook, inspect
from policies.workbook.rows import Row, nearest
from policies.workbook.sheets import GUIDE, LISTS, Column, Sheet, sheets, squeeze

REMARK = "备注"
"""Sheets and columns that begin so are people's own."""
HEADERS_WITHIN = 15
"""Rows among which the headers are looked for."""
LONGEST_TEXT = 32_767
"""Characters of a cell."""
LARGEST_CSV = 20 * MB
_KEYS = {"document", "owner", "clause", "id", "tier", "type", "case", "group"}
"""Columns whose merged cells hold for each of their rows."""

Grid = list[tuple[int, dict[int, Cell]]]
"""Rows with their number, and their filled cells by column (1-based)."""


def read_workbook(path: Path, base: Files | None = None) -> Imported:
    """The tables' files that a workbook (or the CSV file of one sheet) says.

    `base`: the published files; what the workbook does not have stays as it is there. Raises UnusableWorkbook for what
    is no workbook, TableError with every fault, each with its sheet and cell.
    """
    if path.suffix.lower() == ".csv":
        return files_of(_csv_rows(path, base or {}), base)
    workbook = open_workbook(path)
    faults: list[Fault] = []
    rows: dict[str, list[Row]] = {}
    for worksheet in workbook[0].worksheets:
        sheet = _sheet(worksheet.title, faults)
        if sheet is not None:
            found = _rows(sheet, _grid(worksheet, workbook[1], faults), faults)
            rows.setdefault(sheet.key, []).extend(found)
    return _all(rows, base, faults)


def base_version(path: Path) -> int | None:
    """The version that a workbook was exported from, as its first sheet says, or the last header of a CSV."""
    if path.suffix.lower() == ".csv":
        grid = _csv_grid(_decoded(path.read_bytes(), path.name), path.name)[:HEADERS_WITHIN]
        marks = [str(cell.value) for _, row in grid for cell in row.values() if str(cell.value).startswith(REMARK)]
        return next((int(match[1]) for mark in marks if (match := re.search(r"第\s*(\d{1,9})\s*版", mark))), None)
    workbook, extent = open_workbook(path)
    if GUIDE not in workbook.sheetnames:
        return None
    for row in workbook[GUIDE].iter_rows(max_row=min(extent.rows, 100), max_col=4, values_only=True):
        for cell in row:
            match = re.search(r"第\s*(\d{1,9})\s*版", cell) if isinstance(cell, str) else None
            if match is not None:
                return int(match[1])
    return None


def open_workbook(path: Path) -> tuple[Workbook, Extent]:
    """A workbook that was looked at first, and how far its cells go. Raises UnusableWorkbook."""
    extent = inspect(path)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl warns of what it leaves out: drawings, extensions
            return load_workbook(path, keep_links=False), extent
    except Exception as error:  # openpyxl raises whatever a broken part makes it stumble over
        raise UnusableWorkbook(f"{path.name} 坏了或不完整，用 Excel 打开后另存为 .xlsx 再试") from error


def _all(rows: Mapping[str, list[Row]], base: Files | None, faults: list[Fault]) -> Imported:
    """The files, or all faults: those of the sheets' form, and those of what stands in them."""
    try:
        imported = files_of(rows, base)
    except TableError as error:
        raise TableError([*faults, *error.faults]) from None
    if faults:
        raise TableError(faults)
    return imported


def _sheet(title: str, faults: list[Fault]) -> Sheet | None:
    by_name = {squeeze(sheet.name): sheet for sheet in sheets().values()}
    name = squeeze(title)
    if name in by_name:
        return by_name[name]
    if name not in (GUIDE, LISTS) and not name.startswith(REMARK):
        text, remedy = (
            "不认识这一页",
            nearest(title, (sheet.name for sheet in sheets().values())) or f"删去，或把名字改成以“{REMARK}”开头",
        )
        faults.append(Fault(title, 1, "", text, remedy, "A1"))
    return None


def _grid(worksheet: Worksheet, extent: Extent, faults: list[Fault]) -> Grid:
    """The filled cells; merged cells hold for all their rows where that means something (`_KEYS`, see `_rows`)."""
    last_row, last_column = min(worksheet.max_row, extent.rows), min(worksheet.max_column, extent.columns)
    rows: dict[int, dict[int, Cell]] = {}
    for number, row in enumerate(worksheet.iter_rows(max_row=last_row, max_col=last_column), 1):
        for cell in row:
            value = cell.value
            if value is None:
                continue
            ref = cell.coordinate
            known = isinstance(value, str | int | float) or hasattr(value, "isoformat") or isinstance(value, timedelta)
            if cell.data_type == "f" or not known:
                faults.append(Fault(worksheet.title, number, "", "是公式，程序不计算公式", "改成写好的数或文字", ref))
                continue
            if cell.data_type == "e" or isinstance(value, time | timedelta):
                faults.append(Fault(worksheet.title, number, "", f"“{str(value)[:20]}”不能用", "重新写这一格", ref))
                continue
            if isinstance(value, str) and len(value) > LONGEST_TEXT:
                faults.append(Fault(worksheet.title, number, "", "文字太长", f"一格最多 {LONGEST_TEXT} 字", ref))
                continue
            rows.setdefault(number, {})[int(cell.column or 0)] = Cell(value, str(cell.number_format), ref)
    for merged in worksheet.merged_cells.ranges:
        first = rows.get(merged.min_row, {}).get(merged.min_col)
        if first is not None and merged.max_row - merged.min_row < last_row:
            for number in range(merged.min_row + 1, min(merged.max_row, last_row) + 1):
                ref = f"{get_column_letter(merged.min_col)}{number}"
                rows.setdefault(number, {}).setdefault(merged.min_col, Cell(first.value, "merged", ref))
    return sorted(rows.items())


def _rows(sheet: Sheet, grid: Grid, faults: list[Fault]) -> list[Row]:
    """The rows of a sheet below its headers."""
    head = _headers(sheet, grid)
    if head is None:
        if grid:
            names = "、".join(column.header for column in sheet.columns[:4])
            faults.append(Fault(sheet.name, 1, "", "找不到表头", f"表头那一行应有：{names}……", f"A{grid[0][0]}"))
        return []
    number, columns = head
    _check_headers(sheet, number, dict(grid)[number], columns, faults)
    out: list[Row] = []
    for row_number, cells in grid:
        own = {columns[at].key: cell for at, cell in cells.items() if at in columns}
        own = {key: cell for key, cell in own.items() if cell.form != "merged" or key in _KEYS}
        if row_number <= number or all(cell.empty for cell in own.values()):
            continue
        if sum(sheet.column(key).matches(str(cell.value)) for key, cell in own.items()) > len(own) / 2:
            continue  # the headers once more
        if all(sheet.column(key).only_shown or cell.empty or cell.form == "merged" for key, cell in own.items()):
            continue
        for at, column in columns.items():
            own.setdefault(column.key, Cell(None, "", f"{get_column_letter(at)}{row_number}"))
        row = Row(sheet, row_number, own)
        if out:
            _as_above(row, out[-1])
        out.append(row)
    return out


def _as_above(row: Row, above: Row) -> None:
    """An empty leading cell means what the row above says."""
    keys = [
        column.key for column in row.sheet.columns[:2] if column.needed and (row.sheet.same or column.key == "document")
    ]
    if row.sheet.key == "limits" and not row.has("type"):  # a further ceiling of the same rule
        keys += ["id", "type"]
    for key in keys:
        if not row.has(key):
            row.cells[key] = Cell(above.cell(key).value, above.cell(key).form, row.cell(key).ref)


def _headers(sheet: Sheet, grid: Grid) -> tuple[int, dict[int, Column]] | None:
    """The row of the headers, and which column stands where."""
    best: tuple[int, dict[int, Column]] | None = None
    for number, cells in grid[:HEADERS_WITHIN]:
        found: dict[int, Column] = {}
        for exact in (True, False):
            for at, cell in sorted(cells.items()):
                name = str(cell.value)
                for column in sheet.columns:
                    same = squeeze(name) == squeeze(column.header) if exact else column.matches(name)
                    if same and at not in found and column not in found.values():
                        found[at] = column
        if len(found) > (len(best[1]) if best else 1):
            best = number, found
    return best


def _check_headers(
    sheet: Sheet, number: int, cells: Mapping[int, Cell], columns: Mapping[int, Column], faults: list[Fault]
) -> None:
    for at, cell in sorted(cells.items()):
        name = str(cell.value)
        if at in columns or cell.empty or squeeze(name).startswith(REMARK):
            continue
        twice = any(column.matches(name) for column in columns.values())
        missing = [column.header for column in sheet.columns if column not in columns.values()]
        remedy = "删去一列" if twice else nearest(name, missing) or f"删去这一列，或把表头改成以“{REMARK}”开头"
        text = f"表头“{name[:20]}”有两列" if twice else f"不认识表头“{name[:20]}”"
        faults.append(Fault(sheet.name, number, "", text, remedy, cell.ref))
    for column in sheet.columns:
        if column.needed and column not in columns.values():
            text = f"缺少“{column.header}”一列"
            faults.append(Fault(sheet.name, number, "", text, f"加上这一列：{column.about[:40]}", f"A{number}"))


# ---- CSV ----


def sheet_of_csv(path: Path) -> Sheet | None:
    """The sheet that a CSV file is named after."""
    return next((sheet for sheet in sheets().values() if squeeze(path.stem).endswith(squeeze(sheet.name))), None)


def _csv_rows(path: Path, base: Files) -> dict[str, list[Row]]:
    """The rows of one sheet from a CSV file named after it (`条款.csv`, `新表-条款.csv`); of all others from the base."""
    own = sheet_of_csv(path)
    if own is None:
        raise UnusableWorkbook(f"{path.name} 不知道是哪一页：文件名要以页名结尾，如 条款.csv")
    try:
        if path.stat().st_size > LARGEST_CSV:
            raise UnusableWorkbook(f"{path.name} 超过 {LARGEST_CSV // MB} MB，没有读")
        raw = path.read_bytes()
    except OSError as error:
        raise UnusableWorkbook(f"打不开 {path.name}：{error.strerror or error}。检查路径和权限") from error
    faults: list[Fault] = []
    rows = {
        name: [
            Row(sheets()[name], number, _line_cells(sheets()[name], line, number))
            for number, line in enumerate(lines, 3)
        ]
        for name, lines in (lines_of(base) if base else {}).items()
    }
    rows[own.key] = _rows(own, _csv_grid(_decoded(raw, path.name), path.name), faults)
    if faults:
        raise TableError(faults)
    return rows


def _line_cells(sheet: Sheet, line: Mapping[str, str], number: int) -> dict[str, Cell]:
    out = {}
    for at, column in enumerate(sheet.columns, 1):
        out[column.key] = Cell(line.get(column.key) or None, "", f"{get_column_letter(at)}{number}")
    return out


def _decoded(raw: bytes, name: str) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise UnusableWorkbook(f"{name} 不是 CSV 文字，另存为“CSV UTF-8（逗号分隔）”再试")


def _csv_grid(text: str, name: str) -> Grid:
    grid: Grid = []
    try:
        for number, row in enumerate(csv.reader(io.StringIO(text, newline=""), strict=True), 1):
            cells: Iterable[tuple[int, str]] = enumerate(row, 1)
            filled = {at: Cell(value, "", f"{get_column_letter(at)}{number}") for at, value in cells if value}
            if filled:
                grid.append((number, filled))
    except csv.Error as error:
        raise UnusableWorkbook(f"{name} 不是正确的 CSV，另存为“CSV UTF-8（逗号分隔）”再试") from error
    return grid
