"""Who tried what with the published tables: an append-only trail whose rows are chained by their hashes.

Triggers refuse a change or a removal; who takes the triggers away breaks the chain, and `broken` says where. Rows cut
off at the end leave no gap: the last hash, noted elsewhere from time to time, shows that.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from policies.database import Database, guarded

LONGEST = 500
"""Characters of a detail."""


def create(database: Database) -> None:
    """The table and its triggers (a migration of policies/store.py)."""
    database.conn.execute(
        "CREATE TABLE tables_trail (id INTEGER PRIMARY KEY, at TEXT NOT NULL, who TEXT NOT NULL, what TEXT NOT NULL,"
        " detail TEXT NOT NULL, hash TEXT NOT NULL)"
    )
    for change in ("UPDATE", "DELETE"):
        database.conn.execute(
            f"CREATE TRIGGER tables_trail_no_{change.lower()} BEFORE {change} ON tables_trail"
            " BEGIN SELECT RAISE(ABORT, 'append only'); END"
        )


@dataclass(frozen=True)
class Step:
    """One attempt: `what` is import, publish, rollback, drop, seed, staff, or refused."""

    id: int
    at: str
    who: str
    what: str
    detail: str
    hash: str


def note(database: Database, *, at: datetime, who: str, what: str, detail: str) -> None:
    """Appends a row; inside the transaction of what it tells of, or by itself."""
    last = database.conn.execute("SELECT id, hash FROM tables_trail ORDER BY id DESC LIMIT 1").fetchone() or (0, "")
    row = (last[0] + 1, at.isoformat(timespec="seconds"), who[:LONGEST], what, " ".join(detail.split())[:LONGEST])
    chained = (*row, _chain(last[1], row))
    database.conn.execute("INSERT INTO tables_trail VALUES (?, ?, ?, ?, ?, ?)", chained)


def steps(database: Database) -> Iterator[Step]:
    """All attempts, oldest first."""
    with guarded():
        for row in database.conn.execute("SELECT id, at, who, what, detail, hash FROM tables_trail ORDER BY id"):
            yield Step(*row)


def broken(database: Database) -> Step | None:
    """The first row that does not follow from the one before it; None where the chain is whole."""
    before = ""
    for number, step in enumerate(steps(database), 1):
        row = (step.id, step.at, step.who, step.what, step.detail)
        if step.id != number or step.hash != _chain(before, row):
            return step
        before = step.hash
    return None


def _chain(before: str, row: tuple[object, ...]) -> str:
    return hashlib.sha256(f"{before}\n{json.dumps(row, ensure_ascii=False)}".encode("utf-8", "replace")).hexdigest()
