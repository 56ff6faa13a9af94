"""`kedui policies …` and the programs that answer by what is published: real processes on a real database."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from test_commands import FACTORY, Run, process
from test_store import edited

from policies import store
from policies.database import open_database
from policies.loader import LIBRARY, read_files

NOW = datetime(2026, 11, 26, 9, 30, tzinfo=UTC)


@pytest.fixture
def kedui(tmp_path: Path) -> Run:
    return process(tmp_path)


def total(kedui: Run, *options: str) -> str:
    done = kedui("assess", "-", "--json", *options, stdin=FACTORY)
    assert (done.returncode, done.stderr) == (0, "")
    return str(json.loads(done.stdout)["total_yuan"])


def test_assess_answers_by_what_is_published(kedui: Run, tmp_path: Path) -> None:
    """--db with versions wins over the library, --policies over both; assess writes nothing."""
    database = open_database(tmp_path / "kedui.db", store.schema)
    files = read_files(LIBRARY)
    store.seed(database, files, NOW)
    one = store.submit(database, edited(files), who="wang", origin="folder", at=NOW)
    store.publish(database, one.id, who="wang", why="上限提高", at=NOW)
    database.close()
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir() if path.is_file()}
    assert total(kedui) == "2100000"
    assert total(kedui, "--db", "kedui.db") == "2150000"
    assert total(kedui, "--db", "kedui.db", "--policies", str(LIBRARY)) == "2100000"
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir() if path.is_file()} == before
