"""Turns that fail: the update is parked, its user is told, the others and his next message are served, no word is logged."""

from __future__ import annotations

import asyncio
import io
import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import telegram

from bot import logs
from bot import store as stores
from bot import vault as vaults
from bot.ledger import Ledger
from bot.parked import again, count
from bot.store import Store
from bot.telegram.calls import Call
from bot.telegram.chat import Chat
from bot.telegram.intake import Intake
from bot.telegram.turns import Turns
from bot.vault import open_vault
from policies.database import open_database

BAD, SECRET = "坏掉", "包头稀土"


class Faulty:
    """A desk that echoes, and breaks at one word, with the user's words in the exception."""

    def handle(self, update: telegram.Update, chat: Chat, now: datetime, late: bool = False) -> list[Call]:
        assert update.message is not None
        text = update.message.text or ""
        chat.session.words["said"] = chat.session.words.get("said", "") + text
        if BAD in text and not late:
            raise KeyError(text)
        return [Call("sendMessage", {"chat_id": chat.id, "text": text})]

    def resume(self, chat: Chat, now: datetime) -> list[Call]:
        return []


class Sent:
    """What would be sent, by chat."""

    def __init__(self) -> None:
        self.texts: dict[int, list[str]] = {}

    def put(self, chat: str, kept: list[tuple[int, Call]], fleeting: list[Call]) -> None:
        for _, call in kept:
            self.texts.setdefault(call.data["chat_id"], []).append(call.data["text"])

    async def room(self, chat: str, most: int = 4) -> None:
        pass


def message(number: int, chat: int, text: str) -> dict[str, Any]:
    where = {"id": chat, "type": "private"}
    return {"update_id": number, "message": {"message_id": number, "date": 1, "chat": where, "text": text}}


@pytest.fixture
def store(tmp_path: Path) -> Store:
    database = open_database(tmp_path / "kedui.db", vaults.MIGRATIONS, stores.MIGRATIONS)
    return Store(database, open_vault(database, tmp_path / "key"))


def served(store: Store, updates: list[dict[str, Any]], spoil: str = "") -> tuple[dict[int, list[str]], str]:
    """The updates through intake and turns; what was sent, and the log."""
    told, sent = io.StringIO(), Sent()
    logs.set_up("debug", stream=told)

    async def main() -> None:
        ledger = Ledger(store.database)
        running = asyncio.create_task(ledger.run())
        turns = Turns(ledger, store, Faulty(), sent, None)
        intake = Intake(ledger, store, lambda chats: None, lambda chat: None)
        await intake.accept(updates)
        if spoil:
            store.database.conn.execute(spoil)
        turns.recover()
        await turns.drained()
        running.cancel()

    asyncio.run(main())
    return sent.texts, told.getvalue()


def test_a_turn_that_fails_is_told_and_parked(store: Store) -> None:
    """Its changes are taken back, what comes after is answered, other chats do not notice, and no word is in the log."""
    updates = [
        message(1, 7, "一"), message(2, 7, SECRET + BAD), message(3, 7, "三"), message(4, 8, "别人"),
    ]  # fmt: skip
    sent, log = served(store, updates)
    assert (sent[7][0], sent[7][2], sent[8]) == ("一", "三", ["别人"])
    assert "出了错" in sent[7][1]
    body = store.chat(store.name_of(7))
    assert body is not None
    assert Chat.from_json(body).session.words == {"said": "一三"}
    assert count(store.database) == 1
    failed = next(line for line in map(json.loads, log.splitlines()) if line["event"] == "turn failed")
    assert failed["error"] == "KeyError"
    assert not any(word in log for word in (SECRET, BAD, "别人"))


def test_what_was_parked_is_tried_again(store: Store) -> None:
    """Once the fault is mended (here: for what comes late), in a running process; what is of no chat stays aside."""
    served(store, [message(1, 7, "一"), message(2, 7, BAD), {"update_id": 3, "message": 5}])
    assert count(store.database) == 2
    assert again(store.database) == 1
    sent, _ = served(store, [message(4, 7, "三")])
    assert sent == {7: [BAD, "三"]}
    assert (count(store.database), store.waiting_chats()) == (1, [])


@pytest.mark.parametrize("table", ["inbox", "chats"])
def test_what_cannot_be_read_stops_nobody_else(store: Store, table: str) -> None:
    """A row damaged on the disk: that chat's update is parked, the others are served."""
    served(store, [message(1, 7, "一")])
    spoil = f"UPDATE {table} SET body = x'00' WHERE chat = '{store.name_of(7)}'"
    sent, _ = served(store, [message(2, 7, "二"), message(3, 8, "别人")], spoil)
    assert sent[8] == ["别人"]
    assert count(store.database) == 1
    assert store.waiting_chats() == []


def test_a_call_that_cannot_be_read_stops_no_other(store: Store) -> None:
    """Of the calls that an earlier process left, the readable ones are sent."""
    store.queue("a", Call("sendMessage", {"text": "一"}), 1.0)
    store.database.conn.execute("UPDATE outbox SET body = x'00'")
    store.queue("a", Call("sendMessage", {"text": "二"}), 1.0)
    assert [unsent.call.data["text"] for unsent in store.unsent()] == ["二"]


def test_chats_whose_replies_wait_do_not_stop_the_fetching(store: Store) -> None:
    """A hundred chats that write faster than they can be answered: further updates are fetched all the same."""

    class Stuck(Sent):
        async def room(self, chat: str, most: int = 4) -> None:
            await asyncio.Event().wait()

    async def main() -> None:
        turns = Turns(Ledger(store.database), store, Faulty(), Stuck(), None)
        turns.wake([f"chat {number}" for number in range(100)])
        await asyncio.sleep(0)
        await asyncio.wait_for(turns.room(), 5)

    asyncio.run(main())
