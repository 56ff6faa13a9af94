"""Documents that come to their end: announced to staff 30 days and 1 day before, and on the day, each once.

The channel asks `take_due` once in a while, inside the transaction in which it queues the messages to staff; so a crash
neither loses nor repeats one. A day on which nothing ran is made up for: the text says how many days are left.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from policies.database import Database
from policies.loader import Tables
from policies.words import say

DAYS = (0, 1, 30)
"""How many days before the last day."""

Key = tuple[str, str, int]
"""Document, last day, days before: a document whose end is moved is announced anew."""


def create(database: Database) -> None:
    """The table (a migration of policies/store.py)."""
    database.conn.execute(
        "CREATE TABLE tables_announced (document TEXT NOT NULL, ends TEXT NOT NULL, days INTEGER NOT NULL,"
        " at TEXT NOT NULL, PRIMARY KEY (document, ends, days)) WITHOUT ROWID"
    )


@dataclass(frozen=True)
class Announcement:
    """One thing to say to staff."""

    document: str
    ends: date
    days: int
    """Which of `DAYS` it is."""
    left: int
    text: str

    @property
    def key(self) -> Key:
        """By which it is known that it was said."""
        return self.document, self.ends.isoformat(), self.days


def due_announcements(tables: Tables, today: date, already: Collection[Key]) -> list[Announcement]:
    """What is to be said today and was not said yet, the nearest end first."""
    out = []
    for one in expiring(tables, today, max(DAYS)):
        days = next(days for days in DAYS if one.left <= days)
        found = Announcement(one.document, one.ends, days, one.left, one.text)
        if found.key not in already:
            out.append(found)
    return out


def expiring(tables: Tables, today: date, within: int) -> list[Announcement]:
    """Documents in force whose last day is at most `within` days ahead, the nearest first."""
    out = []
    for name, policy in tables.policies.items():
        head = policy.document
        if head.state not in ("in_force", "trial") or head.to is None or not 0 <= (head.to - today).days <= within:
            continue
        left = (head.to - today).days
        key = "today" if left == 0 else "soon_unconfirmed" if head.end_unconfirmed else "soon"
        text = say(f"announce.{key}", document=head.title, number=head.number, to=head.to, left=left)
        out.append(Announcement(name, head.to, left, left, text))
    return sorted(out, key=lambda one: (one.ends, one.document))


def take_due(database: Database, tables: Tables, today: date, at: datetime) -> list[Announcement]:
    """What is to be said today, noted as said. Plain SQL on the transaction that the caller has open."""
    rows = database.conn.execute("SELECT document, ends, days FROM tables_announced").fetchall()
    due = due_announcements(tables, today, {(document, ends, days) for document, ends, days in rows})
    said = [(*one.key, at.isoformat(timespec="seconds")) for one in due]
    database.conn.executemany("INSERT INTO tables_announced VALUES (?, ?, ?, ?)", said)
    return due
