"""Who may do what with the tables: readers look, editors import, publishers publish and roll back.

A person is a Telegram user id (digits) or a user name of this machine. Settings (KEDUI_STAFF) win over what
`kedui staff add` put into the database. Until a user name of this machine is named anywhere, everybody who can write the
file may do everything at the command line.
"""

from __future__ import annotations

import re
from datetime import datetime

from policies.database import Database, guarded, immediate
from policies.errors import KeduiError
from policies.trail import note
from policies.words import say

ROLES = ("reader", "editor", "publisher")
"""Rising: each may do what those before it may."""


def create(database: Database) -> None:
    """The table (a migration of policies/store.py)."""
    database.conn.execute(
        "CREATE TABLE staff (person TEXT PRIMARY KEY, role TEXT NOT NULL, at TEXT NOT NULL, by TEXT NOT NULL)"
    )


class StaffError(KeduiError):
    """A person, a role or a setting that cannot be used, or a step that somebody may not take."""


def people(database: Database | None, setting: str | None) -> dict[str, str]:
    """Role by person. Raises StaffError for a setting that cannot be read."""
    found: dict[str, str] = {}
    if database is not None:
        with guarded():
            found = dict(database.conn.execute("SELECT person, role FROM staff ORDER BY person").fetchall())
    for part in re.split(r"[,，;；\s]+", setting or ""):
        person, _, role = part.strip().partition(":")
        if person:
            _check(person, role, part)
            found[person] = role
    return {person: role for person, role in found.items() if role in ROLES}


def _check(person: str, role: str, shown: str) -> None:
    if not re.fullmatch(r"[\w.@-]{1,64}", person) or role not in ROLES:
        raise StaffError(say("staff.unreadable", text=shown[:60], roles="、".join(ROLES)))


def add(database: Database, person: str, role: str, *, by: str, at: datetime) -> None:
    """Gives a person a role. Raises StaffError."""
    _check(person, role, f"{person}:{role}")
    with guarded(), immediate(database):
        row = (person, role, at.isoformat(timespec="seconds"), by)
        database.conn.execute("INSERT OR REPLACE INTO staff VALUES (?, ?, ?, ?)", row)
        note(database, at=at, who=by, what="staff", detail=f"{person}:{role}")


def remove(database: Database, person: str, *, by: str, at: datetime) -> None:
    """Takes a person's role away. Raises StaffError for one who has none."""
    with guarded(), immediate(database):
        if not database.conn.execute("DELETE FROM staff WHERE person = ?", [person]).rowcount:
            raise StaffError(say("staff.nobody", person=person[:64]))
        note(database, at=at, who=by, what="staff", detail=f"{person}:-")


def allowed(database: Database | None, setting: str | None, person: str, needed: str) -> bool:
    """Whether a person may do what `needed` may."""
    known = people(database, setting)
    if not person.isdigit() and all(one.isdigit() for one in known):
        return True
    role = known.get(person)
    return role is not None and ROLES.index(role) >= ROLES.index(needed)


def require(database: Database | None, setting: str | None, person: str, needed: str) -> None:
    """Raises StaffError, with who may and how to get there."""
    if not allowed(database, setting, person, needed):
        may = "、".join(
            one for one, role in people(database, setting).items() if ROLES.index(role) >= ROLES.index(needed)
        )
        raise StaffError(
            say("staff.refused", person=person, needed=say(f"staff.{needed}"), may=may or say("staff.none"))
        )
