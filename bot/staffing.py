"""`kedui staff`: who may look at, edit and publish the tables."""

from __future__ import annotations

import argparse

from bot.__main__ import OK
from bot.published import database_path
from bot.publishing import person, writing
from bot.settings import now, read_settings
from policies import staff as roles
from policies.database import open_database


def staff(arguments: argparse.Namespace) -> int:
    """The command."""
    if arguments.action == "add":
        with writing(arguments, "publisher", f"staff add {arguments.person}") as database:
            roles.add(database, arguments.person, arguments.role, by=person(), at=now())
        print(f"{arguments.person} 现在是 {arguments.role}。")
        return OK
    if arguments.action == "remove":
        with writing(arguments, "publisher", f"staff remove {arguments.person}") as database:
            roles.remove(database, arguments.person, by=person(), at=now())
        print(f"{arguments.person} 不再是工作人员。")
        return OK
    path = database_path(arguments)
    database_or_none = open_database(path, readonly=True) if path.exists() else None
    fixed = roles.people(None, read_settings().staff)
    for name, role in sorted(roles.people(database_or_none, read_settings().staff).items()):
        print(f"{name}\t{role}\t{'KEDUI_STAFF' if name in fixed else '数据库'}")
    return OK
