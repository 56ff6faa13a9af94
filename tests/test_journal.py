"""The journal: what of a turn is kept, for how long, and that it is nobody's."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot import vault as vaults
from bot.journal.channels import TelegramJournal
from bot.journal.journal import Journal, Speaker, purge
from bot.journal.schema import MIGRATIONS
from bot.settings import CHINA
from bot.telegram.turns import Exchange, Happened
from bot.vault import open_vault
from dialogs.engine import Engine
from policies.database import Database, immediate, open_database
from tests.conversing import Talk

DAY = date(2025, 6, 30)
NOW = datetime(2025, 6, 30, 9, 30, tzinfo=CHINA)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = open_database(tmp_path / "kedui.db", vaults.MIGRATIONS, MIGRATIONS)
    yield opened
    opened.close()


@pytest.fixture
def journal(database: Database, tmp_path: Path) -> Journal:
    return Journal(database, open_vault(database, tmp_path / "key"), 180)


def logged(
    journal: Journal,
    *said: str,
    name: str = "a",
    conversation: str = "1",
    at: datetime = NOW,
    engine: Engine | None = None,
) -> Talk:
    """A conversation in the journal, a minute a turn."""
    minute = 0

    def watch(before: str, event: Any, session: Any, turn: Any) -> None:
        nonlocal minute
        moment = at + timedelta(minutes=minute)
        journal.keep(moment, Speaker("telegram", name, conversation), before, event, session, turn, 1.5)
        minute += 1

    talk = Talk(DAY, None)
    talk.engine = engine or talk.engine
    talk.engine.watch = watch
    talk.engine.greet(talk.session)
    for text in said:
        talk.say(text)
    return talk


def rows(database: Database, what: str = "log_turns") -> list[dict[str, Any]]:
    return list(database.query(f"SELECT * FROM {what}"))


def test_a_turn_is_kept(database: Database, journal: Journal) -> None:
    """What was asked, what was heard, what was done, and where the range stands before and after."""
    talk = logged(journal, "我们在包头稀土高新区做稀土永磁，今年投700万上机器人", "什么是小灯塔")
    greeting, first, second = rows(database)
    assert (greeting["act"], greeting["asks"], greeting["text"]) == ("greet", "enterprise.region", "")
    assert first["asked"] == "enterprise.region"
    assert first["outcome"] == "answered"
    assert json.loads(first["heard"])["projects[0].spending[0].amount_yuan"] == 7000000
    assert first["region"].endswith("稀土高新技术产业开发区")
    assert first["covered"] == "yes"
    assert first["firm_before"] is None
    assert first["firm_high"] == talk.assess().high
    assert (second["act"], json.loads(second["answered_by"])[0]) == ("answer", "little-lighthouse")
    assert (second["outcome"], second["asks"]) == ("same", first["asks"])
    assert second["firm_high_before"] == first["firm_high"] == second["firm_high"]
    assert [row["at"][11:16] for row in rows(database)] == ["09:30", "09:31", "09:32"]


def test_who_speaks_is_not_in_it(database: Database, journal: Journal, tmp_path: Path) -> None:
    """Messages are masked, persons are keyed hashes: nothing of them is in the file, and another key gives other names."""
    logged(journal, "我叫张伟，电话13812345678，在包头", name="987654321")
    (row,) = [row for row in rows(database) if row["text"]]
    assert row["text"] == "我叫〔姓名〕，电话〔电话〕，在包头"
    database.conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    raw = (tmp_path / "kedui.db").read_bytes()
    for word in ("张伟", "13812345678", "987654321"):
        assert word.encode() not in raw
    logged(journal, "在包头", name="987654321", conversation="2")
    assert len({row["person"] for row in rows(database)}) == 1
    assert len({row["conversation"] for row in rows(database)}) == 2


def test_what_is_old_goes(database: Database, journal: Journal, tmp_path: Path) -> None:
    """After the days of the setting rows go, once a day without being asked, and by `purge`; the index with them."""
    logged(journal, "什么是小灯塔")
    logged(journal, "两化融合贯标怎么做", conversation="2", at=NOW + timedelta(days=180))
    assert len(rows(database)) == 4
    logged(journal, "在包头", conversation="3", at=NOW + timedelta(days=181))
    assert {row["day"] for row in rows(database)} == {"2025-12-27", "2025-12-28"}
    with immediate(database):
        assert purge(database.conn.execute, NOW + timedelta(days=400), 180) == 4
    assert rows(database) == []
    database.conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    raw = (tmp_path / "kedui.db").read_bytes()
    assert "小灯塔".encode() not in raw
    assert "什么是".encode() not in raw


def test_a_person_can_be_erased(database: Database, journal: Journal, tmp_path: Path) -> None:
    """Every row of a person goes, and nothing of the words stays in the file."""
    logged(journal, "什么是小灯塔", name="a")
    logged(journal, "两化融合贯标怎么做", name="b")
    with immediate(database):
        assert journal.erase("telegram", "a") == 2
    assert {row["text"] for row in rows(database)} == {"", "两化融合贯标怎么做"}
    database.conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    assert "小灯塔".encode() not in (tmp_path / "kedui.db").read_bytes()


def test_telegram_keeps_and_erases(database: Database, journal: Journal) -> None:
    """Each exchange of an update is a row, under the conversation that began then; /delete takes them all."""
    seen: list[Exchange] = []
    talk = Talk(DAY, None)
    talk.engine.watch = lambda before, event, session, turn: seen.append(Exchange(before, event, turn))
    talk.engine.greet(talk.session)
    talk.say("包头稀土高新区")
    of_telegram = TelegramJournal(journal)
    of_telegram.note(Happened(NOW, "chat-a", "message", seen, talk.session, 4.0, 1_750_000_000))
    of_telegram.note(Happened(NOW, "chat-b", "message", seen[:1], talk.session, 4.0, 1_750_000_000))
    assert [(row["act"], row["asks"], row["ms"]) for row in rows(database)][:2] == [
        ("greet", "enterprise.region", 2.0),
        ("ask", talk.asks, 2.0),
    ]
    of_telegram.forget("chat-a")
    assert [row["act"] for row in rows(database)] == ["greet"]


def test_a_fault_of_the_log_costs_no_answer(journal: Journal, caplog: pytest.LogCaptureFixture) -> None:
    """What cannot be written down is said to the log; a full or locked disk is the turn's trouble too."""
    talk, seen = Talk(DAY, None), []
    talk.engine.watch = lambda before, event, session, turn: seen.append(Exchange(before, event, turn))
    talk.say("包头")
    happened = Happened(NOW, "chat-a", "message", seen, talk.session, 4.0, 1)

    def broken(*_: Any) -> None:
        raise ValueError("13812345678")

    journal.keep = broken
    TelegramJournal(journal).note(happened)
    assert "not in the journal" in caplog.text
    full = sqlite3.OperationalError("disk full")
    full.sqlite_errorcode = sqlite3.SQLITE_FULL

    def no_room(*_: Any) -> None:
        raise full

    journal.keep = no_room
    with pytest.raises(sqlite3.OperationalError):
        TelegramJournal(journal).note(happened)


def test_askings_say_what_became_of_each_question(database: Database, journal: Journal) -> None:
    """Answered, skipped or left; the time from the question to its answer."""
    logged(journal, "包头稀土高新区", "稀土永磁", "不知道")
    asked = rows(database, "log_askings")
    assert [row["outcome"] for row in asked] == ["answered", "answered", "skipped", "left"]
    assert [round(row["seconds"]) for row in asked[:3]] == [60, 60, 60]
    (conversation,) = rows(database, "log_conversations")
    assert (conversation["turns"], conversation["completed"]) == (4, 0)
    assert conversation["left_at"] == asked[-1]["path"]


def test_it_costs_little(database: Database, journal: Journal) -> None:
    """Under a millisecond a turn."""
    times: list[float] = []
    keep = journal.keep

    def timed(*values: Any) -> None:
        start = time.process_time()
        keep(*values)
        times.append(time.process_time() - start)

    journal.keep = timed
    with immediate(database):
        for number in range(30):
            logged(
                journal,
                "我们在包头稀土高新区做稀土永磁，电话13812345678，今年投700万",
                "什么是小灯塔",
                name=str(number),
            )
    assert sorted(times)[len(times) // 2] < 0.001


def chat(folder: Path, *lines: str, arguments: tuple[str, ...] = ()) -> subprocess.CompletedProcess[str]:
    """`kedui chat` in a process of its own, with a data folder of its own."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("KEDUI_")}
    return subprocess.run(
        [sys.executable, "-m", "bot", "chat", *arguments],
        input="\n".join(lines),
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=True,
        env={**clean, "XDG_DATA_HOME": str(folder), "PYTHONPATH": str(Path(__file__).parent.parent)},
        cwd=folder,
    )


def test_the_terminal_logs_where_a_database_is_named(tmp_path: Path) -> None:
    """With --db turns are kept; without a database none is made."""
    chat(tmp_path, "我姓王，在包头做稀土永磁", arguments=("--db", "own.db"))
    kept = rows(open_database(tmp_path / "own.db", readonly=True))
    assert [(row["channel"], row["text"]) for row in kept] == [
        ("terminal", ""),
        ("terminal", "我姓〔姓名〕，在包头做稀土永磁"),
    ]
    assert kept[1]["ms"] > 0
    assert (tmp_path / "own.db").stat().st_mode & 0o077 == 0
    chat(tmp_path, "在包头")
    assert not (tmp_path / "kedui").exists()


def test_a_database_that_cannot_be_used_stops_no_conversation(tmp_path: Path) -> None:
    """The reason is said, and the conversation goes on."""
    (tmp_path / "own.db.key").write_text("nonsense")
    run = chat(tmp_path, "在包头", arguments=("--db", "own.db"))
    assert "这次对话不记日志" in run.stderr
    assert "包头" in run.stdout
