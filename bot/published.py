"""Which tables a command answers by: a folder, what is published in the database, or what came with the program."""

from __future__ import annotations

import argparse
from pathlib import Path

from policies.loader import LIBRARY, Published, Tables, library, load_folder, read_files


def database_path(arguments: argparse.Namespace) -> Path:
    """`--db`, else the setting's."""
    if arguments.db:
        return Path(arguments.db)
    from bot.settings import read_settings

    return read_settings().db


def tables_of(arguments: argparse.Namespace) -> Tables:
    """The tables that a command answers by; see `published_of`."""
    return published_of(arguments).tables


def published_of(arguments: argparse.Namespace) -> Published:
    """`--policies` wins; then the published tables of a database that is there; then the library. Writes nothing."""
    if arguments.policies:
        return Published(0, load_folder(Path(arguments.policies)))
    path = database_path(arguments)
    if not path.exists():
        return Published(0, library())
    from policies.database import open_database
    from policies.store import published

    database = open_database(path, readonly=True)
    try:
        return published(database)
    finally:
        database.close()


def files_to_use(arguments: argparse.Namespace) -> tuple[int, dict[str, str]]:
    """The texts that `published_of` reads its tables from, and their version (0: a folder or the library)."""
    if getattr(arguments, "policies", None):
        return 0, read_files(Path(arguments.policies))
    path = database_path(arguments)
    if path.exists():
        from policies.database import open_database
        from policies.store import current, files_of

        database = open_database(path, readonly=True)
        try:
            newest = current(database)
            if newest is not None:
                return newest.number, files_of(database, newest.content)
        finally:
            database.close()
    return 0, read_files(LIBRARY)
