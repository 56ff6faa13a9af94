"""The tables' life: how much of a processor a poll, a new version, a diff and the impact on 10,000 conversations take."""

from __future__ import annotations

import tempfile
import time
from datetime import UTC, date, datetime
from pathlib import Path

from policies import store
from policies.database import open_database
from policies.differences import differences
from policies.impact import replay
from policies.loader import LIBRARY, load_files, read_files
from tests.bench.tables import Options, Table, milliseconds
from tests.enterprises import enterprises

_PROFILES = 10_000
_CAP = "caps: [{amount: 1000000, per: enterprise}]"


def tables(options: Options) -> list[Table]:
    old = read_files(LIBRARY)
    text = old["baotou/policy.yaml"].replace(_CAP, _CAP.replace("1000000", "1200000"), 1)
    new = {**old, "baotou/policy.yaml": text}
    table = Table("Publishing (s of one processor)", ("", "took", "aim", ""))
    with tempfile.TemporaryDirectory() as folder:
        database = open_database(Path(folder) / "kedui.db", store.schema)
        now = datetime.now(UTC)
        store.seed(database, old, now)
        store.published(database)
        table.rows.append(_row("poll, nothing new", milliseconds(lambda: store.published(database), 200) / 1000, 0.001))
        draft = store.submit(database, new, who="bench", origin="bench", at=now)
        start = time.process_time()
        store.publish(database, draft.id, who="bench", why="bench", at=now)
        table.rows.append(_row("publish", time.process_time() - start, 1))
        start = time.process_time()
        store.published(database)
        table.rows.append(_row("poll, a new version", time.process_time() - start, 0.5))
        database.close()
    start = time.process_time()
    differences(old, new)
    table.rows.append(_row("diff in words", time.process_time() - start, 2))
    profiles = [(str(number), one.profile) for number, one in enumerate(enterprises(_PROFILES, options.seed))]
    before, after = load_files(old), load_files(new)
    start = time.process_time()
    found = replay(before, after, profiles, date(2025, 6, 30))
    table.rows.append(_row(f"impact on {_PROFILES} profiles", time.process_time() - start, 30))
    table.notes.append(f"one cap of Baotou raised; {len(found.moves)} results move")
    return [table]


def _row(name: str, seconds: float, aim: float) -> list[str]:
    return [name, f"{seconds:.4f}", str(aim), "held" if seconds <= aim else "MISSED"]
