"""What a workbook changes of the published tables, and whether somebody else changed the same meanwhile."""

from __future__ import annotations

from pathlib import Path

from policies import store
from policies.database import Database
from policies.loader import Files
from policies.store import StoreError
from policies.workbook.book import Imported, lines_of
from policies.workbook.reading import base_version, read_workbook, sheet_of_csv
from policies.workbook.rows import Line
from policies.workbook.sheets import sheets


class Outdated(StoreError):
    """The workbook was exported from version `exported`; since then, up to `now`, the same documents were changed."""

    def __init__(self, exported: int, now: int, moved: list[str]) -> None:
        super().__init__(
            f"这本工作簿是从第{exported}版导出的，现在已是第{now}版，期间有人改了 {'、'.join(moved)}："
            f"看 kedui policies diff {exported} {now}，重新 export 再改，免得盖掉别人的修改"
        )
        self.exported, self.now, self.moved = exported, now, moved


def changes_of(path: Path, base: Files, version: int, database: Database | None) -> dict[str, str]:
    """The files that a workbook (or the CSV of a sheet) changes, read onto `base`, the published ones of a version.

    Raises UnusableWorkbook, TableError with every fault, and Outdated, for which the older version is looked up.
    """
    imported = read_workbook(path, base)
    exported = base_version(path) if database is not None else None
    if database is not None and exported is not None and exported < version:
        old = store.files_of(database, store.version(database, exported).content)
        own = sheet_of_csv(path) if path.suffix.lower() == ".csv" else None
        moved = moved_documents(imported, old, base) if own is None else moved_rows(own.key, old, base)
        if moved:
            raise Outdated(exported, version, moved)
    return imported.given


def moved_documents(imported: Imported, old: Files, new: Files) -> list[str]:
    """The documents and shared files of a workbook that differ between two versions."""
    own = {*imported.documents, *imported.shared}
    paths = {*old, *new}
    return sorted({path.split("/")[0] for path in paths if old.get(path) != new.get(path)} & own)


def moved_rows(sheet: str, old: Files, new: Files) -> list[str]:
    """The documents whose rows in one sheet differ between two versions; the sheet's name for rows of no document."""
    rows: list[dict[str, list[Line]]] = [{}, {}]
    for found, files in zip(rows, (old, new), strict=True):
        for line in lines_of(files)[sheet]:
            found.setdefault(line.get("document", line.get("id", "")), []).append(line)
    moved = {name for name in {*rows[0], *rows[1]} if rows[0].get(name) != rows[1].get(name)}
    return sorted(name or sheets()[sheet].name for name in moved)
