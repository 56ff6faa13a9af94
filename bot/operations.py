"""`kedui telegram`, `kedui health`, `kedui backup`, `kedui restore`: run the bot; is it alive; a consistent copy while it works; back again."""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
import time
from pathlib import Path

from bot import store as stores
from bot import vault as vaults
from bot.lock import held, lock_of_database
from bot.parked import count
from bot.settings import Settings, read_settings
from bot.vault import key_file_of, open_vault
from policies.database import DatabaseError, copy_into, guarded, open_database
from policies.errors import KeduiError, reason_of

FRESH = 90.0
"""Seconds for which a sign of life counts."""


class NotAlive(KeduiError):
    """The bot does nothing, or is not there."""


def settings_of(arguments: argparse.Namespace) -> Settings:
    """The settings in force, the database as named on the command line."""
    settings = read_settings()
    return settings.model_copy(update={"db": Path(arguments.db)}) if arguments.db else settings


def telegram(arguments: argparse.Namespace) -> int:
    """The Telegram bot, or with --check only a look at its settings."""
    if arguments.check:
        from bot.telegram.check import check

        return check(settings_of(arguments))
    from bot.app import Failed, run

    try:
        return run(settings_of(arguments))
    except (Failed, DatabaseError) as error:  # a locked file or a full disk may pass: the supervisor starts again
        print(error, file=sys.stderr)
        return 1


def health(arguments: argparse.Namespace) -> int:
    """Exit status 0 when the last poll or turn is under 90 seconds old, else 1."""
    settings = settings_of(arguments)
    try:
        if not settings.db.exists():
            raise NotAlive(f"没有数据库 {settings.db}，机器人还没有启动过")
        database = open_database(settings.db, readonly=True)
        with guarded():
            if not database["beats"].exists():
                raise NotAlive(f"{settings.db} 里没有机器人的记录，机器人还没有启动过")
            beats = dict(database.conn.execute("SELECT name, at FROM beats").fetchall())
            parked = count(database)
        age = time.time() - max(beats.values(), default=0.0)
        if age >= FRESH:
            raise NotAlive(f"机器人已有 {_span(age)} 没有动静" if beats else "机器人还没有动静")
    except KeduiError as error:
        print(error)
        return 1
    print(
        f"正常：{age:.0f} 秒前有动静" + (f"；有 {parked} 条消息处理不了，已放在一边（kedui parked）" if parked else "")
    )
    return 0


def _span(seconds: float) -> str:
    return (
        f"{seconds:.0f} 秒"
        if seconds < 600
        else f"{seconds / 60:.0f} 分钟"
        if seconds < 36000
        else f"{seconds / 3600:.0f} 小时"
    )


def backup(arguments: argparse.Namespace) -> int:
    """A consistent copy, while the bot works. The key is not in it."""
    settings, target = settings_of(arguments), Path(arguments.file)
    if not settings.db.exists():
        raise DatabaseError(f"没有数据库 {settings.db}，没有可备份的")
    if target.resolve() == settings.db.resolve():
        raise DatabaseError("备份文件不能就是数据库本身，请另给一个文件名")
    if target.exists() and not _is_ours(target):
        raise DatabaseError(f"{target} 已经有了，而且不是本程序的备份，请另给一个文件名")
    _copy(settings.db, target)
    print(
        f"已备份到 {target}。密钥 {key_file_of(settings.db, settings.key_file)} 不在里面，请另外保存：没有它，备份里的对话打不开"
    )
    return 0


def restore(arguments: argparse.Namespace) -> int:
    """The database is what the backup was; what stood there before is kept beside it. The bot must not run."""
    settings, source = settings_of(arguments), Path(arguments.file)
    if not source.exists():
        raise DatabaseError(f"没有备份文件 {source}")
    if not _is_ours(source):
        raise DatabaseError(f"{source} 不是本程序的备份，或已损坏")
    with held(lock_of_database(settings.db), f"机器人正在用数据库 {settings.db}，先停掉再恢复"):
        fresh = settings.db.with_name(settings.db.name + ".restoring")
        try:
            _copy(source, fresh)
            _try_key(fresh, settings)
            before = _put_aside(settings.db)
            fresh.rename(settings.db)
        finally:
            for rest in _files_of(fresh):
                rest.unlink(missing_ok=True)
    print(f"已由 {source} 恢复" + (f"；原来的数据库留在 {before}" if before else ""))
    return 0


def _is_ours(path: Path) -> bool:
    """Whether a file is a whole database of ours."""
    try:
        database = open_database(path, readonly=True)
        with guarded():
            tables = {name for (name,) in database.conn.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
            whole = database.conn.execute("PRAGMA quick_check").fetchone()[0] == "ok"
        database.conn.close()
    except DatabaseError:
        return False
    return whole and "vault" in tables


def _copy(source: Path, target: Path) -> None:
    """All committed content of a database, as one file that others cannot read; whole or not at all."""
    begun = target.with_name(f"{target.name}.{os.getpid()}")
    try:
        begun.parent.mkdir(parents=True, exist_ok=True)
        begun.touch(mode=0o600)
        copy_into(source, begun)
        begun.rename(target)
    except OSError as error:
        raise DatabaseError(f"{target} 写不了（{reason_of(error)}），检查路径、权限和磁盘空间") from error
    finally:
        with contextlib.suppress(OSError):
            begun.unlink(missing_ok=True)


def _try_key(path: Path, settings: Settings) -> None:
    """A backup that the key at hand does not open is of no use. Raises VaultError."""
    database = open_database(path, vaults.MIGRATIONS, stores.MIGRATIONS)
    open_vault(database, key_file_of(settings.db, settings.key_file))
    database.conn.close()


def _put_aside(path: Path) -> Path | None:
    """What stands at the path, under another name; the newest only."""
    if not path.exists():
        return None
    aside = path.with_name(path.name + ".before-restore")
    for own, kept in zip(_files_of(path), _files_of(aside), strict=True):
        kept.unlink(missing_ok=True)
        if own.exists():
            own.rename(kept)
    return aside


def _files_of(path: Path) -> list[Path]:
    """A database, its write-ahead log and that one's index."""
    return [path, *(path.with_name(path.name + end) for end in ("-wal", "-shm"))]
