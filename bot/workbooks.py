"""`kedui policies export`, `format`, and the workbook of `import`: the tables as people at home in Excel keep them."""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path

from bot.__main__ import OK
from bot.published import database_path, files_to_use
from policies.canonical import canonical_files
from policies.database import open_database
from policies.errors import KeduiError, TableError
from policies.loader import documents_of, read_files
from policies.words import say
from policies.workbook.annotating import annotate
from policies.workbook.book import Imported
from policies.workbook.changing import changes_of
from policies.workbook.guard import UnusableWorkbook
from policies.workbook.reading import base_version, read_workbook
from policies.workbook.sheets import sheets
from policies.workbook.writing import write_csv, write_template, write_workbook


def export(arguments: argparse.Namespace) -> int:
    """Writes the published tables (or a folder's) as a workbook, the CSV of a sheet, or a folder."""
    path = Path(arguments.file)
    version, files = files_to_use(arguments)
    if path.exists() and not arguments.force:
        raise KeduiError(f"{path} 已经有了：换一个名字，或加 --force 覆盖")
    if path.suffix.lower() == ".csv":
        write_csv(files, path, sheet_of(arguments.sheet or path.stem), version)
        print(f"已写 {path}")
        return OK
    if path.suffix.lower() != ".xlsx":
        raise KeduiError(f"{path.name} 要以 .xlsx 结尾（工作簿），或以 .csv 结尾（一页）")
    if arguments.template:
        write_template(files, path)
        print(f"已写空白模板 {path}：填好后 kedui policies import {path}")
        return OK
    write_workbook(files, path, document=arguments.document, version=version)
    print(f"已写 {path}：{arguments.document or f'{len(documents_of(files))} 个文件'}")
    return OK


def sheet_of(name: str) -> str:
    """The key of the sheet that a name ends with. Raises KeduiError."""
    found = next(
        (key for key, sheet in sheets().items() if name in (key, sheet.name) or name.endswith(sheet.name)), None
    )
    if found is None:
        raise KeduiError(
            f"没有“{name[:20]}”这一页，CSV 一次写一页：用 --sheet，取 {'、'.join(s.name for s in sheets().values())} 之一"
        )
    return found


def given_workbook(path: Path, arguments: argparse.Namespace) -> dict[str, str]:
    """The tables' files that a workbook (or the CSV of a sheet) changes, read onto the published ones.

    Raises TableError with every fault; with `--annotate` a copy of the workbook carries them as comments. Raises
    StoreError where somebody published a change of the same documents after the workbook was exported.
    """
    version, base = files_to_use(arguments)
    database = open_database(database_path(arguments), readonly=True) if version else None
    if version and path.suffix.lower() == ".csv" and base_version(path) is None:
        print(say("import.csv_undated"), file=sys.stderr)
    try:
        return changes_of(path, base, version, database)
    except TableError as error:
        if arguments.annotate:
            if path.suffix.lower() != ".xlsx":
                raise UnusableWorkbook("批注只能写在 .xlsx 工作簿上") from error
            count = annotate(path, error.faults, Path(arguments.annotate))
            print(f"{count} 处错误已作为批注写在 {arguments.annotate}", file=sys.stderr)
        raise
    finally:
        if database is not None:
            database.close()


def whole_workbook(path: Path, arguments: argparse.Namespace) -> Imported:
    """All tables as they would be with a workbook's changes. Raises TableError with every fault."""
    return read_workbook(path, files_to_use(arguments)[1])


def format_(arguments: argparse.Namespace) -> int:
    """Writes a folder's files in one form. Comments are lost, so a folder with comments needs --force."""
    folder = Path(arguments.dir)
    files = read_files(folder)
    changed = {path: text for path, text in canonical_files(files).items() if text != files[path]}
    comments = [path for path in changed if path.endswith(".yaml") and re.search(r"(?m)^\s*#", files[path])]
    if comments and not arguments.force:
        raise KeduiError(f"{'、'.join(comments)} 里有注释，整理后会丢失：把要留的写进 notes.md，再加 --force")
    alone = (folder / "policy.yaml").exists()
    for path, text in changed.items():
        target = folder / (path.rpartition("/")[2] if alone else path)
        target.write_text(text, encoding="utf-8", newline="")
    print(f"{len(files)} 个文件，改写了 {len(changed)} 个")
    return OK


ACTIONS = {"export": export, "format": format_}
