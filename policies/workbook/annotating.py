"""Faults as comments on the cells of a copy of the workbook, so that who edits it finds them where they are."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from openpyxl.comments import Comment
from openpyxl.styles import PatternFill
from openpyxl.utils.exceptions import CellCoordinatesException

from policies.errors import Fault, KeduiError
from policies.workbook.reading import open_workbook

_MARK = PatternFill("solid", fgColor="FFC7CE")


def annotate(path: Path, faults: Iterable[Fault], copy: Path) -> int:
    """Writes a copy of the workbook with a comment at each fault; returns how many were put at a cell.

    A fault without a cell of its own stands at the first cell of its row. Raises KeduiError.
    """
    workbook, _ = open_workbook(path)
    texts: dict[tuple[str, str], list[str]] = {}
    for fault in faults:
        remedy = f"。{fault.remedy}" if fault.remedy else ""
        cell = fault.cell if fault.cell[:1].isascii() and fault.cell else f"A{fault.line}"
        texts.setdefault((fault.file, cell), []).append(f"{fault.text}{remedy}")
    count = 0
    for (sheet, ref), own in texts.items():
        if sheet not in workbook.sheetnames:
            continue
        try:
            cell = workbook[sheet][ref]
            text = "\n".join(own)
            cell.comment = Comment(f"要改：\n{text}", "可兑", width=320, height=60 + 20 * (len(text) // 18 + len(own)))
            cell.fill = _MARK
        except (CellCoordinatesException, ValueError, AttributeError):  # a merged cell has no comment of its own
            continue
        count += len(own)
    if copy.resolve() == path.resolve():
        raise KeduiError(f"批注要写进另一个文件，不能是 {path.name} 本身")
    try:
        workbook.save(copy)
    except OSError as error:
        raise KeduiError(f"写不了 {copy}：{error.strerror}。检查路径、权限，文件是不是正打开着") from error
    return count
