"""The channel's tables: nothing twice, nothing out of order, nothing readable, nothing left of who asks to be erased."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from bot import vault as vaults
from bot.parked import count
from bot.store import KEPT_DONE, MIGRATIONS, Store
from bot.telegram.calls import Call
from bot.telegram.intake import chat_id_of, name_of, update_id_of
from bot.vault import open_vault
from policies.database import open_database

WORDS = "我们公司在包头稀土高新区做稀土永磁"
CALL = Call("sendMessage", {"chat_id": 7, "text": WORDS}, ("报告.html", b"\x00\xff"), keep_as="ask")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "kedui.db"


@pytest.fixture
def store(path: Path) -> Store:
    database = open_database(path, vaults.MIGRATIONS, MIGRATIONS)
    return Store(database, open_vault(database, path.with_suffix(".key")))


def body(text: str) -> bytes:
    return json.dumps({"text": text}, ensure_ascii=False).encode()


def bytes_of(path: Path) -> bytes:
    """The database file and its write-ahead log."""
    log = path.with_name(path.name + "-wal")
    return path.read_bytes() + (log.read_bytes() if log.exists() else b"")


def test_an_update_is_accepted_once(store: Store) -> None:
    """While it waits, and after it is done."""
    row = store.accept(body("一"), 10, "a", 1.0)
    assert row is not None
    assert store.accept(body("一"), 10, "a", 2.0) is None
    store.done(row, 3.0)
    assert store.accept(body("一"), 10, "a", 4.0) is None
    assert store.waiting("a") is None


def test_updates_of_a_chat_wait_in_telegrams_order(store: Store) -> None:
    """Even where they came in another."""
    for number in (12, 11, 13):
        store.accept(body(str(number)), number, "a", 1.0)
    store.accept(body("b"), 5, "b", 1.0)
    assert store.waiting_chats() == ["a", "b"]
    order = []
    while (waiting := store.waiting("a")) is not None:
        order.append(json.loads(waiting.body)["text"])
        store.done(waiting.row, 2.0)
    assert order == ["11", "12", "13"]


def test_ids_that_start_anew_are_new(store: Store) -> None:
    """After an idle week Telegram may choose a lower or a used update id: what is long done no longer counts."""
    row = store.accept(body("一"), 10, "a", 1.0)
    assert row is not None
    store.done(row, 1.0)
    store.prune(1.0 + KEPT_DONE + 1)
    assert store.accept(body("二"), 10, "a", 1.0 + KEPT_DONE + 1) is not None


def test_an_id_that_was_used_names_another_update(store: Store) -> None:
    """Ids that start anew sooner than expected: what the update speaks of tells it from a second delivery."""
    row = store.accept(body("一"), 10, "a", 1.0, b"message 1")
    assert row is not None
    store.done(row, 1.0)
    assert store.accept(body("一"), 10, "a", 2.0, b"message 1") is None
    assert store.accept(body("二"), 10, "b", 3.0, b"message 7") is not None
    waiting = store.waiting("b")
    assert waiting is not None
    assert json.loads(waiting.body)["text"] == "二"
    assert store.waiting("a") is None


def test_numbers_that_are_none_of_telegrams() -> None:
    """Too large for any column, no whole numbers: the update has no id, or is of no chat."""
    for wrong in (10**30, -(10**30), 1.5, "5", True, None):
        assert update_id_of({"update_id": wrong}) is None
        assert chat_id_of({"update_id": 1, "message": {"chat": {"id": wrong}}}) is None
    assert (update_id_of({"update_id": 5}), chat_id_of({"message": {"chat": {"id": -5}}})) == (5, -5)


def test_an_update_is_known_by_what_it_speaks_of() -> None:
    """The same at each delivery, another for each message, edit, tap and change of membership."""
    said = {"message_id": 5, "date": 1, "chat": {"id": 7}}
    different = [
        {"message": said}, {"message": said | {"message_id": 6}}, {"message": said | {"date": 2}},
        {"edited_message": said | {"edit_date": 3}}, {"edited_message": said | {"edit_date": 4}},
        {"callback_query": {"id": "1", "message": said}}, {"callback_query": {"id": "2", "message": said}},
        {"my_chat_member": {"date": 1}}, {"my_chat_member": {"date": 2}},
    ]  # fmt: skip
    assert len({name_of({"update_id": 1, **one}) for one in different}) == len(different)
    edited = said | {"text": "x", "edit_date": 9}
    assert name_of({"update_id": 1, "message": edited}) == name_of({"update_id": 1, "message": said})
    taps = [{"callback_query": {"id": "1", "message": one}} for one in (said, edited)]
    assert name_of(taps[0]) == name_of(taps[1])


def test_what_has_no_id_is_kept_once(store: Store) -> None:
    """It cannot be confirmed to Telegram, and comes again and again."""
    assert store.accept(b"[[", None, "", 1.0, b"[[") is not None
    assert store.accept(b"[[", None, "", 2.0, b"[[") is None
    assert store.accept(b"{{", None, "", 2.0, b"{{") is not None


def test_a_parked_update_is_kept_for_people(store: Store) -> None:
    """It waits no more, its content can still be looked at, and the count is known."""
    row = store.accept(body("坏"), 10, "a", 1.0)
    assert row is not None
    store.park(row, "ValueError", 2.0)
    assert store.waiting("a") is None
    assert count(store.database) == 1


def test_calls_come_back_as_they_were(store: Store) -> None:
    """In order, with file and names, until they are made."""
    rows = [
        store.queue("a", CALL, 1.0),
        store.queue("b", Call("editMessageText", {"message_id": {"sent": "ask"}}), 1.0),
    ]
    left = list(store.unsent())
    assert [(one.row, one.chat) for one in left] == [(rows[0], "a"), (rows[1], "b")]
    assert left[0].call == CALL
    store.made(rows[0])
    assert [one.chat for one in store.unsent()] == ["b"]
    store.remember("a", "ask", 42)
    assert (store.remembered("a", "ask"), store.remembered("b", "ask")) == (42, None)


def test_a_closed_chat_hears_no_more_of_what_waited(store: Store) -> None:
    """What was put down since stays; the chat's own record says that it is closed."""
    old, new = store.queue("a", CALL, 1.0), store.queue("a", CALL, 1.0)
    store.keep_chat("a", b'{"id":7,"closed":false}', 1.0)
    store.close("a", [old])
    assert [one.row for one in store.unsent("a")] == [new]
    kept = store.chat("a")
    assert kept is not None
    assert json.loads(kept) == {"id": 7, "closed": True}


def test_a_group_that_moved_goes_on(store: Store) -> None:
    """Its conversation, its calls and the ids of its messages, under the new id; nothing under the old."""
    store.keep_chat("old", b'{"id":-7}', 1.0)
    store.queue("old", CALL, 1.0)
    store.remember("old", "ask", 42)
    moved = store.move("old", "new", -100, 2.0)
    assert [call.data["chat_id"] for _, call in moved] == [-100]
    assert [(one.row, one.chat) for one in store.unsent()] == [(moved[0][0], "new")]
    kept = store.chat("new")
    assert kept is not None
    assert json.loads(kept) == {"id": -100}
    assert (store.chat("old"), store.remembered("new", "ask")) == (None, 42)


def test_nothing_that_was_said_stands_in_the_file(store: Store, path: Path) -> None:
    """Neither in the database nor in its write-ahead log: no words, no chat id, as UTF-8 or escaped."""
    chat = store.name_of(813579246)
    store.accept(body(WORDS), 10, chat, 1.0)
    store.keep_chat(chat, json.dumps({"id": 813579246, "words": WORDS}).encode(), 1.0)
    store.queue(chat, CALL, 1.0)
    for _ in range(2):
        raw = bytes_of(path)
        assert chat.encode() in raw
        for word in (WORDS, "稀土", "报告", "813579246", "sendMessage"):
            assert word.encode() not in raw
            assert json.dumps(word)[1:-1].encode() not in raw
        assert store.leave_no_trace()


def test_erasing_leaves_nothing_even_sealed(store: Store, path: Path) -> None:
    """No row, no free page and no log holds a sealed word of theirs; others keep theirs; a second delivery stays known."""
    gone, stays = store.name_of(1), store.name_of(2)
    for chat, first in ((gone, 100), (stays, 500)):
        for number in range(24):
            row = store.accept(body(WORDS * (number % 9)), first + number, chat, 1.0)
            assert row is not None
            if number % 3:
                store.done(row, 2.0)
            else:
                store.park(row, "fault", 2.0)
            store.keep_chat(chat, (WORDS * 40 * (number % 7 + 1)).encode(), 3.0)
            store.queue(chat, Call("sendMessage", {"text": WORDS * number}), 3.0)
        store.remember(chat, "ask", 5)
    assert store.leave_no_trace()
    sealed = [bytes(blob) for blob in sealed_of(store, gone)]
    raw = bytes_of(path)
    assert all(piece in raw for piece in (one[:40] for one in sealed))
    later = store.accept(body("又来了"), 999, gone, 4.0)

    store.erase(gone)
    assert store.leave_no_trace()
    raw = bytes_of(path)
    for one in sealed:
        for start in range(0, len(one) - 16, 64):
            assert one[start : start + 16] not in raw
    assert len(list(store.unsent(stays))) == 24
    assert store.chat(gone) is None
    assert store.accept(body("一"), 101, gone, 5.0) is None
    waiting = store.waiting(gone)
    assert waiting is not None
    assert waiting.row == later
    assert gone.encode() in raw  # of the update that came after


def sealed_of(store: Store, chat: str) -> list[bytes]:
    query = " UNION ALL ".join(
        f"SELECT body FROM {table} WHERE chat = :chat AND body IS NOT NULL" for table in ("inbox", "chats", "outbox")
    )
    return [blob for (blob,) in store.database.conn.execute(query, {"chat": chat})]


def test_signs_of_life(store: Store) -> None:
    """The last of each kind."""
    now = time.time()
    store.beat("poll", now - 5)
    store.beat("poll", now)
    store.beat("turn", 3.0)
    assert store.beats() == {"poll": now, "turn": 3.0}
