"""The published tables in the database: versions, drafts, and what a crash, a rival or a curious hand may do to them."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from policies import store
from policies.database import Database, DatabaseError, open_database
from policies.errors import TableError
from policies.loader import LIBRARY, library, load_files, read_files

NOW = datetime(2026, 11, 26, 9, 30, tzinfo=UTC)
CAP = "caps: [{amount: 1000000, per: enterprise}]"


@pytest.fixture(scope="module")
def files() -> dict[str, str]:
    return read_files(LIBRARY)


def edited(files: dict[str, str], old: str = CAP, new: str = CAP.replace("1000000", "1200000")) -> dict[str, str]:
    """The tables with the first such words of Baotou's changed."""
    text = files["baotou/policy.yaml"]
    assert old in text
    return {**files, "baotou/policy.yaml": text.replace(old, new, 1)}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "kedui.db"


@pytest.fixture
def database(path: Path, files: dict[str, str]) -> Iterator[Database]:
    """A database with the library as version 1."""
    store._loaded.clear()
    store._faulty.clear()
    opened = open_database(path, store.schema)
    store.seed(opened, files, NOW)
    yield opened
    opened.close()


def cap(database: Database) -> int:
    """The cap of baotou-4.2 in the published tables, in yuan."""
    clause = next(one for one in store.published(database).tables.policies["baotou"].clauses if one.id == "baotou-4.2")
    return int(clause.caps[0].amount) // 100


def put_out(database: Database, files: dict[str, str], who: str = "wang") -> store.Version:
    one = store.submit(database, files, who=who, origin="folder", at=NOW)
    return store.publish(database, one.id, who=who, why="上限提高", at=NOW)


def test_the_library_is_version_one(database: Database) -> None:
    """Seeded texts say exactly what the folder says."""
    found = store.published(database)
    assert found.version == 1
    assert found.tables.policies == library().policies
    assert found.tables.vocabulary.facts == library().vocabulary.facts
    assert [(one.number, one.kind) for one in store.history(database)] == [(1, "library")]


def test_without_versions_the_library_answers(path: Path) -> None:
    """A database that holds no tables, or has not even their schema."""
    assert store.published(open_database(path)).version == 0
    assert store.published(open_database(path, store.schema)).tables is library()


def test_a_poll_is_cheap_and_gives_the_same_object(database: Database) -> None:
    """While nothing was published nothing is parsed."""
    first = store.published(database).tables
    statements: list[str] = []
    database.conn.set_trace_callback(statements.append)
    assert store.published(database).tables is first
    assert len(statements) <= 2


def test_publishing_shows_in_another_connection(database: Database, path: Path, files: dict[str, str]) -> None:
    """A running bot answers by the new tables at its next turn."""
    bot = open_database(path, store.schema)
    assert (store.published(bot).version, cap(bot)) == (1, 1_000_000)
    made = put_out(database, edited(files))
    assert (made.number, made.kind, made.who, made.why) == (2, "published", "wang", "上限提高")
    assert (store.published(bot).version, cap(bot)) == (2, 1_200_000)


def test_what_is_kept_is_what_was_given(database: Database, files: dict[str, str]) -> None:
    """Texts come back byte for byte, comments, notes and cases too."""
    made = put_out(database, edited(files))
    assert store.files_of(database, made.content) == edited(files)


def test_drafts_given_up_leave_nothing(database: Database, files: dict[str, str]) -> None:
    """Neither a dropped draft nor one that its author replaced keeps its texts; versions do."""
    texts = "SELECT count(*) FROM tables_texts"
    before = database.conn.execute(texts).fetchone()[0]
    for number in range(5):
        last = store.submit(database, {**files, "baotou/notes.md": f"{number}\n"}, who="wang", origin="x", at=NOW)
    assert database.conn.execute(texts).fetchone()[0] == before + 1
    store.drop(database, last.id, who="wang", at=NOW)
    assert database.conn.execute(texts).fetchone()[0] == before
    put_out(database, edited(files))
    assert database.conn.execute(texts).fetchone()[0] == before + 1
    assert store.files_of(database, store.history(database)[1].content) == files


def test_a_broken_import_changes_nothing(database: Database, files: dict[str, str]) -> None:
    """Faults are told; no version, no draft, no text is added."""
    before = list(database.conn.iterdump())
    with pytest.raises(TableError):
        store.submit(
            database, edited(files, CAP, "caps: [{amount: 1000000, per: enterprize}]"), who="w", origin="f", at=NOW
        )
    with pytest.raises(store.StoreError):
        store.submit(database, {**files, "../escape.yaml": "x"}, who="w", origin="f", at=NOW)
    assert list(database.conn.iterdump()) == before


def test_the_second_publisher_is_told_that_the_base_moved(database: Database, files: dict[str, str]) -> None:
    """Two editors do not overwrite each other."""
    first = store.submit(database, edited(files), who="wang", origin="a", at=NOW)
    second = store.submit(database, edited(files, CAP, CAP.replace("1000000", "900000")), who="li", origin="b", at=NOW)
    store.publish(database, first.id, who="wang", why="", at=NOW)
    with pytest.raises(store.BaseMoved) as told:
        store.publish(database, second.id, who="li", why="", at=NOW)
    assert (told.value.base, told.value.now) == (1, 2)
    assert cap(database) == 1_200_000


def test_rollback_is_a_new_version_equal_to_an_old_one(database: Database, files: dict[str, str]) -> None:
    """History only grows."""
    put_out(database, edited(files))
    made = store.rollback(database, 1, who="wang", why="发早了", at=NOW)
    assert (made.number, made.kind, made.of) == (3, "rollback", 1)
    assert cap(database) == 1_000_000
    assert [one.number for one in store.history(database)] == [3, 2, 1]
    with pytest.raises(store.StoreError, match="相同"):
        store.rollback(database, 1, who="wang", why="", at=NOW)
    with pytest.raises(store.StoreError, match="没有第9版"):
        store.rollback(database, 9, who="wang", why="", at=NOW)


def test_an_upgrade_replaces_the_seed_until_staff_publish(database: Database, files: dict[str, str]) -> None:
    """A newer program brings its newer library, but never over what staff published."""
    newer = edited(files)
    assert store.seed(database, newer, NOW).number == 1
    assert cap(database) == 1_200_000
    put_out(database, files)
    assert store.seed(database, newer, NOW).number == 2
    assert cap(database) == 1_000_000


@pytest.mark.parametrize(
    "harm",
    [
        "UPDATE tables_texts SET text = replace(text, '1000000', '1000001')",
        "UPDATE tables_texts SET text = x'00ff'",
        "DELETE FROM tables_contents WHERE content = (SELECT content FROM tables_versions WHERE number = 2)",
        "UPDATE tables_versions SET content = 'nothing' WHERE number = 2",
    ],
)
def test_a_hand_in_the_database_does_not_stop_the_bot(
    database: Database, path: Path, files: dict[str, str], harm: str, caplog: pytest.LogCaptureFixture
) -> None:
    """The last version that is whole answers, else the library, and the log says so once."""
    put_out(database, edited(files))
    store._loaded.clear()
    with sqlite3.connect(path) as hand:
        hand.execute("PRAGMA foreign_keys = OFF")
        hand.execute(harm)
    hand.close()
    with caplog.at_level(logging.ERROR):
        found = store.published(database)
        assert store.published(database).tables is found.tables
    assert found.version in (0, 1)
    assert found.tables.policies == library().policies
    assert [record.message for record in caplog.records if "第2版" in record.message] == [caplog.records[0].message]


def test_what_was_damaged_is_mended_by_publishing_it_again(
    database: Database, path: Path, files: dict[str, str]
) -> None:
    """The texts are put right, and a bot that had given the version up answers by the new one."""
    put_out(database, edited(files))
    store._loaded.clear()
    database.conn.execute("UPDATE tables_texts SET text = text || ' '")
    assert store.published(database).version == 0
    again = put_out(database, {**edited(files), "baotou/notes.md": "mended\n"})
    assert again.number == 3
    assert store.published(database).version == 3


def test_no_database_at_all(path: Path) -> None:
    """A file that is something else is refused with a sentence."""
    path.write_bytes(b"%PDF-1.7 nothing of the kind" * 100)
    with pytest.raises(DatabaseError, match="数据库"):
        store.published(open_database(path, readonly=True))


def test_faults_of_the_vocabulary_are_told(files: dict[str, str]) -> None:
    """A slip in facts.yaml is a sentence with its line, as one in a policy is."""
    text = files["facts.yaml"].replace("type: place", "type: plaice", 1)
    with pytest.raises(TableError, match=r"facts.yaml 第\d+行.*type.*plaice"):
        load_files({**files, "facts.yaml": text})
    with pytest.raises(TableError, match="facts"):
        load_files({**files, "facts.yaml": "facts: 3\n"})
