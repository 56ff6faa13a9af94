"""What the channel keeps in the database: updates accepted, conversations, calls to be made, signs of life.

Every method is plain SQL on an open transaction; `bot/ledger.py` says when one begins and ends. Whatever people told us is
sealed (bot/vault.py); in plain stand only pseudonyms of chats, update ids, times and message ids.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from bot.logs import fields, logger
from bot.telegram.calls import Call
from bot.vault import Vault, VaultError
from policies.database import Database, Migrations

MIGRATIONS = Migrations("channel")

KEPT_DONE = timedelta(days=2).total_seconds()
"""How long the id of a finished update is kept: Telegram delivers again for one day at most."""
KEPT_PARKED = timedelta(days=6).total_seconds()
"""How long an update that could not be handled is kept: update ids may start anew after an idle week."""


@MIGRATIONS()
def inbox_outbox_chats(database: Database) -> None:
    for statement in (
        """CREATE TABLE inbox (
            id INTEGER PRIMARY KEY AUTOINCREMENT, update_id INTEGER UNIQUE, chat TEXT NOT NULL, body BLOB,
            received_at REAL NOT NULL, done_at REAL, fault TEXT)""",
        "CREATE INDEX inbox_waiting ON inbox (chat, id) WHERE done_at IS NULL",
        "CREATE INDEX inbox_done ON inbox (done_at) WHERE done_at IS NOT NULL",
        "CREATE TABLE chats (chat TEXT PRIMARY KEY, body BLOB NOT NULL, changed_at REAL NOT NULL) WITHOUT ROWID",
        """CREATE TABLE outbox (
            id INTEGER PRIMARY KEY AUTOINCREMENT, chat TEXT NOT NULL, body BLOB NOT NULL, made_at REAL NOT NULL)""",
        "CREATE INDEX inbox_chat ON inbox (chat) WHERE done_at IS NOT NULL",
        "CREATE INDEX outbox_chat ON outbox (chat)",
        """CREATE TABLE sent (
            chat TEXT, name TEXT, message_id INTEGER NOT NULL, PRIMARY KEY (chat, name)) WITHOUT ROWID""",
        "CREATE TABLE beats (name TEXT PRIMARY KEY, at REAL NOT NULL) WITHOUT ROWID",
    ):
        database.conn.execute(statement)


@MIGRATIONS()
def names_of_updates(database: Database) -> None:
    """What the update spoke of, as a keyed hash: its id alone may be used again for another one."""
    database.conn.execute("ALTER TABLE inbox ADD COLUMN known_as TEXT")


@dataclass(frozen=True)
class Waiting:
    """An update that was accepted and is not yet answered."""

    row: int
    body: bytes
    late: bool = False
    """It could not be handled when it came, and is tried again."""


@dataclass(frozen=True)
class Unsent:
    """A call that was decided on and is not yet known to be made."""

    row: int
    chat: str
    call: Call
    made_at: float


_ACCEPT = """
INSERT INTO inbox (update_id, chat, body, received_at, known_as) VALUES (?, ?, ?, ?, ?)
ON CONFLICT (update_id) DO UPDATE SET chat = excluded.chat, body = excluded.body, received_at = excluded.received_at,
    done_at = NULL, fault = NULL, known_as = excluded.known_as
    WHERE done_at IS NOT NULL AND known_as <> excluded.known_as
RETURNING id"""


class Store:
    def __init__(self, database: Database, vault: Vault) -> None:
        self.database, self.vault = database, vault
        self._run = database.conn.execute

    def name_of(self, chat_id: int) -> str:
        """The pseudonym under which a chat's rows stand."""
        return self.vault.pseudonym(f"telegram {chat_id}")

    # ---- inbox ----

    def accept(self, body: bytes, update_id: int | None, chat: str, now: float, known_as: bytes = b"") -> int | None:
        """Keep an update; its row, or None when it is there already, waiting or done.

        It is the same when its id is, unless `known_as` (what it speaks of) says otherwise: ids may start anew. One without
        an id is known by `known_as` alone.
        """
        name = self.vault.pseudonym(f"update {known_as.hex()}")
        if update_id is None and self._run("SELECT 1 FROM inbox WHERE known_as = ?", [name]).fetchone() is not None:
            return None
        sealed = self.vault.seal(body, f"inbox {chat}")
        row = self._run(_ACCEPT, [update_id, chat, sealed, now, name]).fetchone()
        return None if row is None else row[0]

    def waiting(self, chat: str) -> Waiting | None:
        """The chat's next update: by Telegram's order where several wait."""
        query = "SELECT id, body, fault IS NOT NULL FROM inbox WHERE chat = ? AND done_at IS NULL ORDER BY update_id, id LIMIT 1"
        row = self._run(query, [chat]).fetchone()
        return None if row is None else Waiting(row[0], self.vault.open(row[1], f"inbox {chat}"), bool(row[2]))

    def waiting_row(self, chat: str) -> int | None:
        """The row of that update, readable or not."""
        query = "SELECT id FROM inbox WHERE chat = ? AND done_at IS NULL ORDER BY update_id, id LIMIT 1"
        row = self._run(query, [chat]).fetchone()
        return None if row is None else row[0]

    def waiting_chats(self) -> list[str]:
        """Chats with an update that is not answered, longest waiting first."""
        query = "SELECT chat FROM inbox WHERE done_at IS NULL GROUP BY chat ORDER BY min(id)"
        return [chat for (chat,) in self._run(query)]

    def done(self, row: int, now: float) -> None:
        """The update is answered: its words go, its id stays for a while against a second delivery."""
        self._run("UPDATE inbox SET done_at = ?, body = NULL, fault = NULL WHERE id = ?", [now, row])

    def park(self, row: int, fault: str, now: float) -> None:
        """The update cannot be handled: kept for people to look at, not tried again. `fault` says nothing of its words."""
        self._run("UPDATE inbox SET done_at = ?, fault = ? WHERE id = ?", [now, fault, row])

    def prune(self, now: float) -> None:
        """Forget what was finished long ago."""
        self._run("DELETE FROM inbox WHERE done_at < ? AND fault IS NULL", [now - KEPT_DONE])
        self._run("DELETE FROM inbox WHERE done_at < ?", [now - KEPT_PARKED])

    # ---- conversations ----

    def chat(self, chat: str) -> bytes | None:
        row = self._run("SELECT body FROM chats WHERE chat = ?", [chat]).fetchone()
        return None if row is None else self.vault.open(row[0], f"chat {chat}")

    def keep_chat(self, chat: str, body: bytes, now: float) -> None:
        self._run("INSERT OR REPLACE INTO chats VALUES (?, ?, ?)", [chat, self.vault.seal(body, f"chat {chat}"), now])

    def chats_since(self, at: float) -> list[str]:
        """Chats whose conversation changed after `at`."""
        return [chat for (chat,) in self._run("SELECT chat FROM chats WHERE changed_at > ?", [at])]

    def close(self, chat: str, rows: list[int]) -> None:
        """Nothing can be sent there now: these calls are dropped, and the conversation knows."""
        for row in rows:
            self.made(row)
        body = self.chat(chat)
        if body is not None:
            self._run(
                "UPDATE chats SET body = ? WHERE chat = ?",
                [self.vault.seal(_changed(body, closed=True), f"chat {chat}"), chat],
            )

    def erase(self, chat: str) -> None:
        """Everything of a chat but updates that still wait. Of finished updates the bare ids stay, against a second delivery."""
        for table in ("chats", "outbox", "sent"):
            self._run(f"DELETE FROM {table} WHERE chat = ?", [chat])
        self._run(
            "UPDATE inbox SET chat = '', body = NULL, fault = NULL WHERE chat = ? AND done_at IS NOT NULL", [chat]
        )

    def leave_no_trace(self) -> bool:
        """After an erasure is committed: nothing of it in the write-ahead log either. False: somebody is reading, try again."""
        busy: int = self._run("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
        return busy == 0

    def move(self, old: str, new: str, new_id: int, now: float) -> list[tuple[int, Call]]:
        """A group has become a supergroup: its conversation and its calls go on under the new id. The calls, with new rows."""
        body, moved = self.chat(old), []
        if body is not None and self.chat(new) is None:
            self.keep_chat(new, _changed(body, id=new_id), now)
        for unsent in self.unsent(old):
            call = replace(unsent.call, data={**unsent.call.data, "chat_id": new_id})
            moved.append((self.queue(new, call, unsent.made_at), call))
        self._run("UPDATE OR REPLACE sent SET chat = ? WHERE chat = ?", [new, old])
        self.erase(old)
        return moved

    # ---- outbox ----

    def queue(self, chat: str, call: Call, now: float) -> int:
        """Keep a call until it is known to be made; the row's id."""
        sealed = self.vault.seal(_written(call), f"outbox {chat}")
        row = self._run("INSERT INTO outbox (chat, body, made_at) VALUES (?, ?, ?)", [chat, sealed, now]).lastrowid
        assert row is not None
        return row

    def unsent(self, chat: str | None = None) -> Iterator[Unsent]:
        """Calls to be made, of one chat or of all, in order."""
        where, values = ("", []) if chat is None else ("WHERE chat = ?", [chat])
        query = f"SELECT id, chat, body, made_at FROM outbox {where} ORDER BY id"
        for row, of, body, at in self._run(query, values).fetchall():
            try:
                yield Unsent(row, of, _read(self.vault.open(body, f"outbox {of}")), at)
            except VaultError:
                logger().exception("a call cannot be read", extra=fields(chat=of, row=row))

    def made(self, row: int) -> None:
        """The call is made, or must not be made any more."""
        self._run("DELETE FROM outbox WHERE id = ?", [row])

    def remember(self, chat: str, name: str, message_id: int) -> None:
        """The id of a message that a later call will edit."""
        self._run("INSERT OR REPLACE INTO sent VALUES (?, ?, ?)", [chat, name, message_id])

    def remembered(self, chat: str, name: str) -> int | None:
        row = self._run("SELECT message_id FROM sent WHERE chat = ? AND name = ?", [chat, name]).fetchone()
        return None if row is None else row[0]

    # ---- signs of life ----

    def beat(self, name: str, now: float) -> None:
        self._run("INSERT OR REPLACE INTO beats VALUES (?, ?)", [name, now])

    def beats(self) -> dict[str, float]:
        """Name (poll, turn) → when it last happened, in seconds of Unix time."""
        return dict(self._run("SELECT name, at FROM beats").fetchall())


def _changed(body: bytes, **values: Any) -> bytes:
    return json.dumps({**json.loads(body), **values}, ensure_ascii=False, separators=(",", ":")).encode()


def _written(call: Call) -> bytes:
    file = None if call.file is None else [call.file[0], base64.b64encode(call.file[1]).decode()]
    data: dict[str, Any] = {"method": call.method, "data": call.data}
    data |= {"keep_as": call.keep_as} if call.keep_as is not None else {}
    data |= {"file": file} if file is not None else {}
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode()


def _read(body: bytes) -> Call:
    data = json.loads(body)
    if "file" in data:
        data["file"] = data["file"][0], base64.b64decode(data["file"][1])
    return Call(**data)
