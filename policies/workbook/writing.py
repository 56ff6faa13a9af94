"""A workbook from the tables' files: sheets that an official reads and edits at ease. And the CSV of a sheet.

All cells are text, so that no program turns 3-1 into a day or 15% into 0.15. A comment on each header says what goes in;
closed sets have drop-down lists; rows that belong together share a tint; what is only for the eye is grey.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.cell.cell import Cell as SheetCell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Border, Font, NamedStyle, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from policies.canonical import canonical_files
from policies.errors import KeduiError
from policies.loader import Files, documents_of, load_files
from policies.workbook import lists
from policies.workbook.book import Lines, lines_of
from policies.workbook.rows import Line
from policies.workbook.sheets import GUIDE, LISTS, Column, Sheet, say, sheets
from policies.yaml12 import load

FONT = "微软雅黑"
SPARE = 300
"""Rows below the last that have drop-down lists too."""
HEADERS = 2
"""The row of the headers; the row above says what the sheet is."""
_GROUP = {"conditions": "owner", "payments": "clause", "limits": "id", "facts": "belongs", "aliases": "id"}
"""The column whose change changes the tint; else each row has its own."""


class NoSuchDocument(KeduiError):
    """A document that is not in the tables."""


def write_workbook(files: Files, path: Path, *, document: str | None = None, version: int | None = None) -> None:
    """Writes all tables, or one document's, as a workbook. `version`: the published version they are.

    Raises NoSuchDocument, TableError for tables with faults, KeduiError where the file cannot be written.
    """
    known = [load(files[f"{folder}/policy.yaml"])[0]["document"]["id"] for folder in documents_of(files)]
    if document is not None and document not in known:
        raise NoSuchDocument(f"没有文件 {document}，现有：{'、'.join(known)}")
    files = canonical_files(files)
    save(workbook_of(lines_of(files, document), files, version, template=False), path)


def write_template(files: Files, path: Path) -> None:
    """Writes an empty workbook for a new document; its lists know the facts of `files`."""
    files = canonical_files(files)
    save(workbook_of({key: [] for key in sheets()}, files, None, template=True), path)


def write_csv(files: Files, path: Path, key: str, version: int = 0) -> None:
    """Writes one sheet as CSV, with a mark by which Excel knows UTF-8. `version`: the published version it is from."""
    try:
        path.write_text(csv_text(key, lines_of(files)[key], version), encoding="utf-8-sig", newline="")
    except OSError as error:
        raise KeduiError(f"写不了 {path}：{error.strerror}。检查路径、权限，文件是不是正打开着") from error


def csv_text(key: str, lines: Iterable[Line], version: int = 0) -> str:
    """The rows of one sheet as CSV, the headers first; the version stands in the header of a last, empty column."""
    sheet, out = sheets()[key], io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    mark = [say("csv_version").format(version)] if version else []
    writer.writerow([column.header for column in sheet.columns] + mark)
    for line in lines:
        writer.writerow([line.get(column.key, "") for column in sheet.columns])
    return out.getvalue()


def save(workbook: Workbook, path: Path) -> None:
    """Writes the file. Raises KeduiError where it cannot be written."""
    try:
        workbook.save(path)
    except OSError as error:
        raise KeduiError(f"写不了 {path}：{error.strerror}。检查路径、权限，文件是不是正打开着") from error


def workbook_of(lines: Lines, files: Files, version: int | None, *, template: bool) -> Workbook:
    """The workbook of some rows; its lists know the facts of `files`, which are in canonical form."""
    workbook = Workbook()
    first = workbook.active
    assert isinstance(first, Worksheet)
    first.title = GUIDE
    columns = lists.columns(load_files(files).vocabulary)
    for sheet in sheets().values():
        _Styles(workbook, sheet).write(workbook.create_sheet(sheet.name), lines[sheet.key], columns)
    _lists(workbook.create_sheet(LISTS), columns)
    _guide(first, version, template=template)
    workbook.properties.creator = "kedui"
    return workbook


# ---- one sheet ----


class _Styles:
    """The styles of one sheet, and its writing."""

    def __init__(self, workbook: Workbook, sheet: Sheet) -> None:
        self.sheet = sheet
        side = Side(style="thin", color="D5D9DE")
        border = Border(left=side, right=side, top=side, bottom=side)
        for tint, colour in enumerate(("FFFFFF", _mixed(sheet.colour))):
            for shown in (False, True):
                style = NamedStyle(f"{sheet.key}-{tint}-{shown}")
                style.font = Font(name=FONT, size=10, italic=shown, color="808080" if shown else "1F2328")
                style.fill = PatternFill("solid", fgColor=colour)
                style.alignment = Alignment(vertical="top", wrap_text=True)
                style.border, style.number_format = border, "@"
                workbook.add_named_style(style)

    def write(self, worksheet: Worksheet, lines: list[dict[str, str]], columns: lists.Columns) -> None:
        sheet = self.sheet
        worksheet.sheet_properties.tabColor = sheet.colour
        worksheet.sheet_view.showGridLines = False
        self._head(worksheet)
        tint, last = 1, None
        group = _GROUP.get(sheet.key)
        for number, line in enumerate(lines, HEADERS + 1):
            own = (line.get("document", ""), line.get(group, "") or line.get("name", "")) if group else number
            if own != last:
                tint, last = 1 - tint, own
            self._row(worksheet, number, line, tint)
        for number in range(HEADERS + 1 + len(lines), HEADERS + 1 + max(len(lines), 30)):
            self._row(worksheet, number, {}, 0)
        bottom = HEADERS + max(len(lines), 30) + SPARE
        for at, column in enumerate(sheet.columns, 1):
            self._choices(worksheet, column, get_column_letter(at), bottom, columns)
        worksheet.freeze_panes = worksheet.cell(HEADERS + 1, 3 if len(sheet.columns) > 3 else 2).coordinate
        worksheet.auto_filter.ref = f"A{HEADERS}:{get_column_letter(len(sheet.columns))}{max(HEADERS + len(lines), 3)}"
        worksheet.page_setup.orientation = "landscape"
        worksheet.page_setup.fitToHeight = 0
        worksheet.sheet_properties.pageSetUpPr.fitToPage = True  # type: ignore[union-attr]  # made with the sheet
        worksheet.print_title_rows = f"{HEADERS}:{HEADERS}"

    def _head(self, worksheet: Worksheet) -> None:
        sheet = self.sheet
        title = worksheet.cell(1, 1, f"{sheet.name}：{sheet.about}")
        title.font = Font(name=FONT, size=11, bold=True, color=sheet.colour)
        title.alignment = Alignment(vertical="center")
        worksheet.row_dimensions[1].height = 24
        worksheet.row_dimensions[HEADERS].height = 32
        for at, column in enumerate(sheet.columns, 1):
            cell = worksheet.cell(HEADERS, at, column.header + "*" * column.needed)
            cell.font = Font(name=FONT, size=10, bold=True, color="FFFFFF")
            fill = sheet.colour if column.needed else _mixed(sheet.colour, 70)
            cell.fill = PatternFill("solid", fgColor="9A9A9A" if column.only_shown else fill)
            cell.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
            cell.comment = _comment(column)
            worksheet.column_dimensions[get_column_letter(at)].width = column.width

    def _row(self, worksheet: Worksheet, number: int, line: Mapping[str, str], tint: int) -> None:
        height = 1
        for at, column in enumerate(self.sheet.columns, 1):
            cell = worksheet.cell(number, at)
            assert isinstance(cell, SheetCell)
            text = line.get(column.key, "")
            if text:
                cell.value = text
                cell.data_type = "s"  # a text that begins with = is no formula
                height = max(height, _lines_needed(text, column.width))
            cell.style = f"{self.sheet.key}-{tint}-{column.only_shown}"
        worksheet.row_dimensions[number].height = min(16 * height + 4, 260)

    def _choices(self, worksheet: Worksheet, column: Column, letter: str, bottom: int, columns: lists.Columns) -> None:
        """The drop-down list of a column: strict for closed sets, a suggestion where several may be written."""
        formula = None
        if column.kind == "yesno":
            formula = f'"{say("yes")},{say("no")}"'
        elif column.key == "document" and self.sheet.key != "documents":
            formula = f"{sheets()['documents'].name}!$A${HEADERS + 1}:$A${HEADERS + 200}"
        else:
            name = lists.name_for(self.sheet, column)
            if name in columns:
                at = get_column_letter(list(columns).index(name) + 1)
                formula = f"{LISTS}!${at}${HEADERS + 1}:${at}${HEADERS + len(columns[name])}"
        if formula is None:
            return
        strict = column.kind in ("word", "yesno")
        validation = DataValidation("list", formula1=formula, allow_blank=True, showErrorMessage=strict)
        validation.errorTitle, validation.error = column.header, "请从下拉列表里选一个"
        validation.add(f"{letter}{HEADERS + 1}:{letter}{bottom}")
        worksheet.add_data_validation(validation)


def _comment(column: Column) -> Comment:
    text = column.about if not column.only_shown else f"只供查看。{column.about}"
    text += f"\n例：{column.example}" if column.example else ""
    text += "\n必填。" if column.needed else ""
    return Comment(text, "可兑", width=300, height=40 + 19 * _lines_needed(text, 38))


def _lines_needed(text: str, width: int) -> int:
    """Lines that a text takes in a column; a wide character takes two columns and a little."""
    return sum(max(1, -(-_columns(line) // max(width - 1, 1))) for line in text.split("\n"))


def _columns(text: str) -> int:
    return sum(2 if ord(letter) > 0x2000 else 1 for letter in text)


def _mixed(colour: str, percent: int = 12) -> str:
    """A colour on white: so many per cent of it."""
    parts = (int(colour[at : at + 2], 16) for at in (0, 2, 4))
    return "".join(f"{255 - (255 - part) * percent // 100:02X}" for part in parts)


# ---- the first and the last sheet ----


@lru_cache(maxsize=1)
def _guide_data() -> dict[str, Any]:
    return dict(load((Path(__file__).parent / "guide.yaml").read_text(encoding="utf-8"))[0])


def _guide(worksheet: Worksheet, version: int | None, *, template: bool) -> None:
    data = _guide_data()
    worksheet.sheet_view.showGridLines = False
    worksheet.column_dimensions["A"].width, worksheet.column_dimensions["B"].width = 18, 104
    number = 1

    def line(text: str, *, at: int = 2, size: int = 10, bold: bool = False, colour: str = "1F2328") -> None:
        cell = worksheet.cell(number, at, text)
        cell.font = Font(name=FONT, size=size, bold=bold, color=colour)
        cell.alignment = Alignment(vertical="center", wrap_text=True)
        worksheet.row_dimensions[number].height = (
            30 if size > 12 else 17 * (_lines_needed(text, 125) if at == 2 else 1) + 3
        )

    line(data["template_title" if template else "title"], at=1, size=16, bold=True, colour="2F5D8A")
    worksheet.cell(number, 1).alignment = Alignment(vertical="center", wrap_text=False)
    number += 1
    if not template:
        line(data["version"].format(version=version) if version else data["version_none"], colour="666666")
        number += 1
    for text in data["template_notes"] if template else ():
        line(text)
        number += 1
    for part in data["parts"]:
        for first, text in enumerate(part["lines"]):
            line(text)
            if not first:
                line(part["heading"], at=1, bold=True, colour="2F5D8A")
                worksheet.row_dimensions[number].height = 17 * _lines_needed(text, 125) + 3
            number += 1
    line(data["sheets"], at=1, bold=True, colour="2F5D8A")
    for sheet in sheets().values():
        line(f"{sheet.name}：{sheet.about}", colour=sheet.colour)
        worksheet.cell(number, 2).hyperlink = f"#'{sheet.name}'!A1"
        number += 1
    worksheet.page_setup.orientation = "landscape"
    worksheet.sheet_properties.pageSetUpPr.fitToPage = True  # type: ignore[union-attr]  # made with the sheet


def _lists(worksheet: Worksheet, columns: lists.Columns) -> None:
    worksheet.sheet_view.showGridLines = False
    title = worksheet.cell(1, 1, _guide_data()["lists_title"])
    title.font = Font(name=FONT, size=10, bold=True, color="666666")
    for at, (name, words) in enumerate(columns.items(), 1):
        head = worksheet.cell(HEADERS, at, name)
        head.font = Font(name=FONT, size=10, bold=True, color="FFFFFF")
        head.fill = PatternFill("solid", fgColor="808080")
        head.alignment = Alignment(wrap_text=True, vertical="center")
        worksheet.column_dimensions[get_column_letter(at)].width = 20
        for number, word in enumerate(words, HEADERS + 1):
            cell = worksheet.cell(number, at, word)
            cell.font, cell.number_format = Font(name=FONT, size=10, color="666666"), "@"
    worksheet.freeze_panes = f"A{HEADERS + 1}"
