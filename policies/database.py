"""The SQLite file: the one place that opens it. Stores take the `Database` and know their own tables.

One file holds the published tables, the conversations and the log (docs/explanation/design.md). What is committed is on
the disk (WAL, `synchronous=FULL`); what is deleted is overwritten (`secure_delete`).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

from policies.errors import KeduiError

BUSY_MS = 5000
"""How long a statement waits for another process's lock, in milliseconds."""


class DatabaseError(KeduiError):
    """The file cannot be opened, read or written."""


class FileGone(KeduiError):
    """The open file is no longer the one at its path: deleted, moved away, or another put in its place."""


class Place:
    """Where the file of an open database is. SQLite goes on writing to a file that was deleted, and nobody would ever see it."""

    def __init__(self, path: Path) -> None:
        self._names = (path, path.with_name(path.name + "-wal"))
        self._known = self._files()

    def look(self) -> None:
        """Raises FileGone."""
        if any(known not in (None, found) for known, found in zip(self._known, self._files(), strict=True)):
            raise FileGone(f"数据库文件 {self._names[0]} 在运行中被删掉、移走或换掉了")

    def _files(self) -> list[tuple[int, int] | None]:
        return [_identity(name) for name in self._names]


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return found.st_dev, found.st_ino


def save_copy(database: Database, target: Path) -> None:
    """What an open database holds, also where its file is gone. Raises DatabaseError."""
    with guarded():
        writer = sqlite3.connect(target)
        try:
            database.conn.backup(writer)
        finally:
            writer.close()


def open_database(path: Path, *migrations: Migrations, readonly: bool = False) -> Database:
    """The database at `path`, with its schema brought up to date; made if it is not there.

    `readonly`: an existing file, never written, no migration applied. Where nobody has it open (no -wal beside it) it is
    read as immutable, since SQLite would leave a -wal and a -shm behind, perhaps of another owner than the bot's. The connection may be used from several threads,
    one at a time, and begins no transaction by itself. Raises DatabaseError with the path and the remedy.
    """
    try:
        if readonly:
            alone = "" if path.with_name(path.name + "-wal").exists() else "&immutable=1"
            uri = f"{path.resolve().as_uri()}?mode=ro{alone}"
            connection = sqlite3.connect(uri, uri=True, isolation_level=None, check_same_thread=False)
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        connection.execute(f"PRAGMA busy_timeout = {BUSY_MS}")
        if not readonly:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("PRAGMA secure_delete = ON")
            connection.execute("PRAGMA foreign_keys = ON")
        database = Database(connection)
        if not readonly:
            for one in migrations:
                with immediate(database):
                    one.apply(database)
    except (sqlite3.Error, OSError) as error:
        raise DatabaseError(
            f"打不开数据库 {path}：{error}。检查路径、权限和磁盘空间，或用 --db 指定别的文件"
        ) from error
    return database


_TROUBLES = {
    sqlite3.SQLITE_BUSY: "locked",
    sqlite3.SQLITE_LOCKED: "locked",
    sqlite3.SQLITE_FULL: "full",
    sqlite3.SQLITE_READONLY: "readonly",
    sqlite3.SQLITE_IOERR: "broken",
    sqlite3.SQLITE_CANTOPEN: "broken",
    sqlite3.SQLITE_CORRUPT: "broken",
    sqlite3.SQLITE_NOTADB: "broken",
}


def trouble(error: BaseException) -> str | None:
    """Why the file cannot be written: `locked`, `full`, `readonly` or `broken`. None: the error is not the file's."""
    error = error.__cause__ or error if isinstance(error, DatabaseError) else error
    return _TROUBLES.get(getattr(error, "sqlite_errorcode", 0) & 0xFF) if isinstance(error, sqlite3.Error) else None


def copy_into(source: Path, target: Path) -> None:
    """All that is committed in the one file, into the other, while others work on the first. Raises DatabaseError."""
    with guarded():
        reader = open_database(source, readonly=True).conn
        writer = sqlite3.connect(target)
        try:
            reader.backup(writer)
        finally:
            writer.close()
            reader.close()


@contextmanager
def immediate(database: Database) -> Iterator[Database]:
    """A transaction that takes the write lock at once, so that what it reads is still true when it writes.

    Inside another (a bot's turn) it is a savepoint of that one, and so is sqlite-utils' `atomic()` in it. Any exception
    rolls back all that was done in it.
    """
    outer = database.conn.in_transaction
    begin, commit, rollback = _NESTED if outer else ("BEGIN IMMEDIATE", "COMMIT", "ROLLBACK")
    database.conn.execute(begin)
    try:
        yield database
    except BaseException:
        if database.conn.in_transaction:
            database.conn.execute(rollback)
            if outer:
                database.conn.execute(commit)
        raise
    database.conn.execute(commit)


_NESTED = ("SAVEPOINT inner", "RELEASE inner", "ROLLBACK TO inner")


@contextmanager
def guarded() -> Iterator[None]:
    """SQLite's own errors inside it become a DatabaseError that says what to look at."""
    try:
        yield
    except sqlite3.Error as error:
        raise DatabaseError(
            f"数据库读写失败：{error}。检查磁盘空间和文件权限；文件损坏的，用 kedui restore 取回备份"
        ) from error


__all__ = [
    "Database",
    "DatabaseError",
    "FileGone",
    "Migrations",
    "Place",
    "copy_into",
    "guarded",
    "immediate",
    "open_database",
    "save_copy",
    "trouble",
]
