"""A draft as a workbook: the template filled in, what a person must still decide marked in its cells and listed.

A cell that a pattern guessed is tinted by how sure the guess is, with a comment; the sheet 备注-待定 lists every open point
in order, to be ticked off. Sheets that begin with 备注 are not read by the import.
"""

from __future__ import annotations

from pathlib import Path

from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.worksheet.worksheet import Worksheet

from policies.draft.book import Confidence, Doubt, Draft
from policies.loader import Files
from policies.words import say
from policies.workbook.sheets import Sheet, sheets
from policies.workbook.writing import FONT, HEADERS, save, workbook_of

_TINTS: dict[Confidence, str] = {"high": "E3F4E3", "medium": "FFF3CD", "low": "F8D7DA"}
_WIDTHS = (10, 18, 14, 8, 70, 12)


def write_draft(draft: Draft, files: Files, path: Path) -> None:
    """Writes the draft as a workbook whose lists know the facts of `files`, which are canonical."""
    lines = {key: draft.lines.get(key, []) for key in sheets()}
    workbook = workbook_of(lines, files, None, template=True)
    for key in ("documents", "clauses", "conditions", "payments", "limits"):
        _tint(workbook[sheets()[key].name], sheets()[key], lines[key])
    for doubt in draft.doubts:
        _mark(workbook[sheets()[doubt.sheet].name], doubt, lines[doubt.sheet])
    _list(workbook.create_sheet(say("draft.todo_sheet"), 1), draft)
    save(workbook, path)


_COPIED = ("document", "id", "clause", "owner", "tier", "article", "quote")
"""Columns that are copied or numbered, not guessed."""


def _tint(worksheet: Worksheet, sheet: Sheet, lines: list[dict[str, str]]) -> None:
    """Every cell that a pattern filled in; those in doubt are tinted over."""
    for number, line in enumerate(lines, HEADERS + 1):
        for at, column in enumerate(sheet.columns, 1):
            if line.get(column.key) and column.key not in _COPIED:
                worksheet.cell(number, at).fill = PatternFill("solid", fgColor=_TINTS["high"])


def _mark(worksheet: Worksheet, doubt: Doubt, lines: list[dict[str, str]]) -> None:
    """Tints the cells of a doubt and says in a comment what to decide."""
    sheet = sheets()[doubt.sheet]
    keys = [column.key for column in sheet.columns]
    column = next(key for key in (doubt.column, "quote", "figure", "title", "fact") if key in keys)
    at = keys.index(column) + 1
    for number, line in enumerate(lines, HEADERS + 1):
        if doubt.line not in (None, number - HEADERS - 1) or doubt.row not in (
            line.get("id"),
            line.get("clause"),
            line.get("owner"),
        ):
            continue
        cell = worksheet.cell(number, at)
        cell.fill = PatternFill("solid", fgColor=_TINTS[doubt.confidence])
        said = cell.comment.text + "\n" if cell.comment else ""
        cell.comment = Comment(said + _said(doubt), "可兑", width=320, height=120)


def _said(doubt: Doubt) -> str:
    return say("draft.comment", sure=say(f"draft.confidence_{doubt.confidence}"), text=doubt.text)


def _list(worksheet: Worksheet, draft: Draft) -> None:
    """The open points, a row each."""
    points = draft.open_points()
    worksheet.sheet_view.showGridLines = False
    worksheet.cell(1, 1, say("draft.todo_title", count=len(points))).font = Font(name=FONT, size=12, bold=True)
    for at, (header, width) in enumerate(zip(say("draft.todo_headers").split("、"), _WIDTHS, strict=True), 1):
        cell = worksheet.cell(HEADERS, at, header)
        cell.font = Font(name=FONT, size=10, bold=True, color="FFFFFF")
        cell.fill = PatternFill("solid", fgColor="2F5D8A")
        worksheet.column_dimensions[cell.column_letter].width = width
    for number, doubt in enumerate(points, HEADERS + 1):
        sheet = sheets()[doubt.sheet]
        column = next((one.header for one in sheet.columns if one.key == doubt.column), "")
        values = (sheet.name, doubt.row, column, say(f"draft.confidence_{doubt.confidence}"), doubt.text, "")
        for at, value in enumerate(values, 1):
            cell = worksheet.cell(number, at, value)
            cell.font = Font(name=FONT, size=10)
            cell.alignment = Alignment(vertical="top", wrap_text=True)
        worksheet.cell(number, 4).fill = PatternFill("solid", fgColor=_TINTS[doubt.confidence])
    worksheet.freeze_panes = worksheet.cell(HEADERS + 1, 1).coordinate
    worksheet.auto_filter.ref = f"A{HEADERS}:F{max(HEADERS + len(points), 3)}"
