"""What conversations told, for the impact of new tables: profiles without a name, from the database's sealed chats."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from bot.settings import Settings
from policies.database import Database


def count(database: Database) -> int:
    """How many conversations are kept."""
    names = {name for (name,) in database.conn.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    if not {"chats", "vault"} <= names or not database.conn.execute("SELECT 1 FROM vault").fetchone():
        return 0
    found: int = database.conn.execute("SELECT count(*) FROM chats").fetchone()[0]
    return found


def profiles(database: Database, settings: Settings) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each with a number for a name. Raises VaultError where the key is not at hand."""
    if not count(database):
        return
    from bot.telegram.chat import Chat
    from bot.vault import key_file_of, open_vault

    vault = open_vault(database, key_file_of(settings.db, settings.key_file))
    rows = database.conn.execute("SELECT chat, body FROM chats ORDER BY chat")
    for number, (chat, body) in enumerate(rows, 1):
        told = Chat.from_json(vault.open(body, f"chat {chat}")).session.profile()
        if told.get("enterprise"):
            yield f"对话{number}", told
