"""One process at a time: a lock that the system lets go of when the process ends, however it ends."""

from __future__ import annotations

import fcntl
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from policies.database import DatabaseError
from policies.errors import KeduiError, reason_of


class Locked(KeduiError):
    """Another process is at work."""


@contextmanager
def held(path: Path, otherwise: str) -> Iterator[None]:
    """Hold the lock file while inside. Raises Locked with the sentence `otherwise`; DatabaseError where no file can be made."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        stream = path.open("a", encoding="utf-8")
    except OSError as error:
        raise DatabaseError(
            f"{path.parent} 不能写（{reason_of(error)}）：检查权限和磁盘，或用 KEDUI_DB 换个地方"
        ) from error
    with stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise Locked(otherwise) from error
        yield


def lock_of_database(database: Path) -> Path:
    """For processes that share a database, on one machine."""
    return database.with_name(database.name + ".lock")


def lock_of_token(token: str, *folders: Path) -> Path:
    """For processes of one user on one machine; elsewhere Telegram notices (409). In the first folder that can be written."""
    name = f"telegram-{hashlib.sha256(token.encode()).hexdigest()[:16]}.lock"
    for folder in folders[:-1]:
        with suppress(OSError):
            folder.mkdir(parents=True, exist_ok=True)
            if os.access(folder, os.W_OK):
                return folder / name
    return folders[-1] / name
