"""A workbook that staff sent, looked at from all sides: its faults, or what it changes and whose result moves.

Takes seconds, and only reads: a running bot does it beside its turns (bot/telegram/errands.py) and keeps the proposal then.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from bot.settings import Settings, today
from bot.stored import profiles
from bot.vault import VaultError
from policies import publishing, store
from policies.database import Database, DatabaseError, open_database
from policies.differences import differences
from policies.errors import Fault, KeduiError, TableError
from policies.loader import Files
from policies.publishing import Review
from policies.workbook.annotating import annotate
from policies.workbook.changing import Outdated, changes_of


@dataclass(frozen=True)
class Proposal:
    """Tables that a workbook would make of version `base`, and what they do; or why it cannot be taken."""

    base: int
    files: Files | None = None
    review: Review | None = None
    refusal: str = ""
    faults: tuple[Fault, ...] = ()
    copy: bytes = b""
    """The workbook with the faults as comments on its cells; empty where there is none."""
    exported: int = 0
    """The version that the workbook was exported from, where others changed the same documents since: `moved` says how."""
    moved: tuple[str, ...] = ()


def propose(path: Path, settings: Settings, progress: Callable[[int], None] = lambda done: None) -> Proposal:
    """The proposal of a workbook, or of the CSV of a sheet, in a folder of its own. Raises DatabaseError."""
    database = open_database(settings.db, readonly=True)
    try:
        base = store.current_number(database)
        try:
            published = publishing.published_files(database)
            given = changes_of(path, published, base, database)
            files = publishing.changed(published, given)
        except TableError as error:
            return Proposal(base, refusal=str(error), faults=tuple(error.faults), copy=_commented(path, error.faults))
        except Outdated as error:
            old = store.files_of(database, store.version(database, error.exported).content)
            moved = [one.text for one in differences(old, published) if (one.document or "facts.yaml") in error.moved]
            return Proposal(base, refusal=str(error), exported=error.exported, moved=tuple(moved))
        except DatabaseError:
            raise
        except KeduiError as error:
            return Proposal(base, refusal=str(error))
        return Proposal(base, files, _review(database, published, files, settings, progress))
    finally:
        database.close()


def _review(
    database: Database, base: Files, files: Files, settings: Settings, progress: Callable[[int], None]
) -> Review:
    """Over the stored conversations too, where their key is at hand."""
    day = settings.as_of or today()
    try:
        return publishing.compare(base, files, day, profiles(database, settings), progress)
    except VaultError:
        return publishing.compare(base, files, day, progress=progress)


def _commented(path: Path, faults: list[Fault]) -> bytes:
    if path.suffix.lower() != ".xlsx":
        return b""
    copy = path.with_name("commented.xlsx")
    return copy.read_bytes() if annotate(path, faults, copy) else b""
