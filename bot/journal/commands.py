"""`kedui log search, purge, export`: looking at the journal, and what goes from it."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

from bot.__main__ import OK
from bot.journal.export import export_log
from bot.journal.journal import purge as purge_rows
from bot.journal.schema import MIGRATIONS
from bot.journal.search import search as find
from bot.published import database_path
from bot.settings import now, read_settings
from policies.database import DatabaseError, guarded, immediate, open_database


def database_there(arguments: argparse.Namespace) -> Path:
    """The database of a command that reads. Raises DatabaseError where there is none."""
    path = database_path(arguments)
    if not path.exists():
        raise DatabaseError(f"没有数据库 {path}，还没有日志：先运行机器人，或用 --db 指定")
    return path


def search(arguments: argparse.Namespace) -> int:
    """Messages that hold a word."""
    database = open_database(database_there(arguments), readonly=True)
    with guarded():
        rows = list(find(database, arguments.word, arguments.most))
    for row in rows:
        print(f"{row['at'][:16]}\t{row['conversation']}\t{row['turn']}\t{row['act']}\t{row['text']}")
    print(f"{len(rows)} 条" + ("（只列最近的，用 --most 看更多）" if len(rows) == arguments.most else ""))
    return OK


def purge(arguments: argparse.Namespace) -> int:
    """Rows older than the retention go."""
    days = read_settings().retention_days if arguments.days is None else arguments.days
    database = open_database(database_there(arguments), MIGRATIONS)
    with guarded():
        with immediate(database):
            gone = purge_rows(database.conn.execute, now(), days)
        database.conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()
    print(f"删除了 {gone} 条：早于 {days} 天的")
    return OK


def export(arguments: argparse.Namespace) -> int:
    """The log alone, in a file of its own."""
    rows = export_log(database_there(arguments), Path(arguments.file), arguments.force)
    print(f"已写 {arguments.file}：{rows} 条")
    return OK


ACTIONS: dict[str, Callable[[argparse.Namespace], int]] = {"search": search, "purge": purge, "export": export}


def log(arguments: argparse.Namespace) -> int:
    """The command."""
    return ACTIONS[arguments.action](arguments)
