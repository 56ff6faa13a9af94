"""The log in a file of its own: tables, views and index, and nothing else of the database (`export_log`).

For Datasette and other readers: whoever looks at the log needs neither the sealed conversations nor the tables.
"""

from __future__ import annotations

import os
from pathlib import Path

from bot.journal.schema import MIGRATIONS
from policies.database import DatabaseError, guarded, open_database


def export_log(source: Path, target: Path, force: bool = False) -> int:
    """Writes the log of `source` into a new file `target`; how many rows. Raises DatabaseError."""
    if target.exists() and not force:
        raise DatabaseError(f"{target} 已经有了：换一个名字，或加 --force 覆盖")
    if target.exists() and target.resolve() == source.resolve():
        raise DatabaseError("不能写到数据库自己身上，换一个名字")
    begun = target.with_name(f"{target.name}.{os.getpid()}")
    try:
        with guarded():
            os.umask(0o077)
            database = open_database(begun, MIGRATIONS)
            reader = open_database(source, readonly=True)
            database.conn.execute("PRAGMA journal_mode = DELETE")
            columns = [column.name for column in database["log_turns"].columns]
            if reader["log_turns"].exists():
                names, marks = ", ".join(columns), ", ".join("?" * len(columns))
                database.conn.execute("BEGIN")
                database.conn.executemany(
                    f"INSERT INTO log_turns ({names}) VALUES ({marks})",
                    reader.conn.execute(f"SELECT {names} FROM log_turns ORDER BY id"),
                )
                database.conn.execute("COMMIT")
            rows: int = database.conn.execute("SELECT count(*) FROM log_turns").fetchone()[0]
            reader.close()
            database.close()
        begun.replace(target)
    except OSError as error:
        raise DatabaseError(f"{target} 写不了（{error}），检查路径、权限和磁盘空间") from error
    finally:
        begun.unlink(missing_ok=True)
    return rows
