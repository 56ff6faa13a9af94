"""`kedui faq report, promote`: what the journal teaches, and a draft of an answer from it."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from datetime import date
from pathlib import Path

from bot.__main__ import OK
from bot.analysis import terminal
from bot.analysis.figures import Figures, figures
from bot.analysis.page import page
from bot.analysis.promoting import cluster_of, missing, write_draft
from bot.published import database_path, files_to_use
from policies.database import guarded, open_database
from policies.errors import KeduiError, reason_of
from policies.loader import Tables, load_files


def report(arguments: argparse.Namespace) -> int:
    """The report, in the terminal or as a page."""
    _, files = files_to_use(arguments)
    found = _figures(arguments, load_files(files))
    if not arguments.html:
        print(terminal.text(found), end="")
        return OK
    path = Path(arguments.html)
    try:
        path.write_text(page(found), encoding="utf-8")
    except OSError as error:
        raise KeduiError(f"{path} 写不了（{reason_of(error)}），检查路径和权限") from error
    print(f"已写 {path}：{found.conversations} 场对话")
    return OK


def promote(arguments: argparse.Namespace) -> int:
    """A draft entry from a cluster, in a workbook."""
    version, files = files_to_use(arguments)
    tables = load_files(files)
    cluster = cluster_of(arguments.cluster, (one.cluster for one in _figures(arguments, tables).unanswered))
    path = Path(arguments.output or f"asked-{cluster.code}.xlsx")
    if path.suffix.lower() != ".xlsx":
        raise KeduiError(f"{path.name} 要以 .xlsx 结尾（工作簿）")
    if path.exists() and not arguments.force:
        raise KeduiError(f"{path} 已经有了：换一个名字，或加 --force 覆盖")
    entry = write_draft(cluster, files, tables, version, path)
    print(f"已写 {path}：常见问题页最后一行 {entry['id']}，{len(entry['asks'])} 种问法")
    if missing(entry):
        print(f"问法还差 {missing(entry)} 种，补上")
    print(f"写好回答和依据后：kedui policies import {path}，再 kedui policies publish")
    return OK


def _figures(arguments: argparse.Namespace, tables: Tables) -> Figures:
    since: date | None = arguments.since
    until: date | None = arguments.until
    if since is not None and until is not None and since > until:
        raise KeduiError(f"--since {since} 在 --until {until} 之后，前后换一下")
    path = database_path(arguments)
    if not path.exists():
        return Figures(since, until)
    database = open_database(path, readonly=True)
    with guarded():
        found = figures(database, tables, since, until)
    database.close()
    return found


ACTIONS: dict[str, Callable[[argparse.Namespace], int]] = {"report": report, "promote": promote}


def faq(arguments: argparse.Namespace) -> int:
    """The command."""
    return ACTIONS[arguments.action](arguments)
