"""Staff are told of a document that comes to its end: 30 days and 1 day before, and on the day, each once."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from policies import store
from policies.announcing import due_announcements, take_due
from policies.database import immediate, open_database
from policies.loader import library

END = date(2025, 12, 31)
NOW = datetime(2025, 12, 1, tzinfo=UTC)


@pytest.mark.parametrize(("left", "days"), [(31, None), (30, 30), (29, 30), (2, 30), (1, 1), (0, 0), (-1, None)])
def test_the_days_of_an_announcement(left: int, days: int | None) -> None:
    """Baotou's last day is 2025-12-31; what a day off missed is said the next day."""
    found = [one for one in due_announcements(library(), END - timedelta(days=left), ()) if one.document == "baotou"]
    assert [one.days for one in found] == ([] if days is None else [days])
    for one in found:
        assert one.left == left
        assert "2025-12-31" in one.text


def test_each_is_said_once(tmp_path: Path) -> None:
    """Over every day of the last two months, also when asked twice a day; a rolled back turn has said nothing."""
    database = open_database(tmp_path / "kedui.db", store.schema)
    said = []
    for left in range(60, -10, -1):
        today = END - timedelta(days=left)
        for _ in range(2):
            with immediate(database):
                said += [(one.document, one.left) for one in take_due(database, library(), today, NOW)]
    assert said == [("baotou", 30), ("baotou", 1), ("baotou", 0)]
    again = open_database(tmp_path / "other.db", store.schema)
    again.conn.execute("BEGIN IMMEDIATE")
    assert take_due(again, library(), END, NOW)
    again.conn.execute("ROLLBACK")
    with immediate(again):
        assert [one.document for one in take_due(again, library(), END, NOW)] == ["baotou"]


def test_an_open_end_is_a_question() -> None:
    """Hohhot's end is derived: staff are asked to find out, not told that it ends."""
    found = [one for one in due_announcements(library(), date(2026, 6, 1), ()) if one.document == "hohhot"]
    assert len(found) == 1
    assert "待确认" in found[0].text
