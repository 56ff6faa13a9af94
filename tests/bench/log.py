"""The log: what its row costs beside the turn that it tells of, and searching by its index beside looking at every text."""

from __future__ import annotations

import tempfile
import time
from datetime import datetime, timedelta
from pathlib import Path

from bot import vault as vaults
from bot.journal.journal import Journal, Speaker
from bot.journal.schema import MIGRATIONS
from bot.journal.search import search
from bot.settings import CHINA
from bot.vault import open_vault
from dialogs.engine import Engine
from dialogs.events import Event
from dialogs.session import Session
from policies.assess import Assessor
from policies.database import Database, immediate, open_database
from policies.loader import library
from tests.bench.tables import Options, Table, milliseconds, percentile
from tests.enterprises import enterprises

_PEOPLE = 200
_RUNS = 5
_NOBODY_SAYS = "珠贯"
"""A word of two characters for which every text is looked at in vain."""


def tables(options: Options) -> list[Table]:
    with tempfile.TemporaryDirectory() as folder:
        database = open_database(Path(folder) / "log.db", vaults.MIGRATIONS, MIGRATIONS)
        journal = Journal(database, open_vault(database, Path(folder) / "key"), 180)
        written = _written(database, journal, options.seed)
        _multiply(database, 100_000 if options.full else 20_000)
        return [written, _searched(database, journal)]


def _written(database: Database, journal: Journal, seed: int) -> Table:
    """Conversations of a few messages each, with the row of each turn on a clock of its own."""
    assessor, turns, rows = Assessor(library()), [], []
    now = datetime(2025, 6, 30, 9, tzinfo=CHINA)
    for number, firm in enumerate(enterprises(_PEOPLE, seed)):
        engine, session = Engine(assessor, firm.as_of), Session()
        engine.greet(session)
        for text in (firm.message, "两化融合贯标是什么", "不知道", "现在能拿多少"):
            before, event, start = session.state(), Event(text), time.perf_counter_ns()
            turn = engine.turn(session, event)
            taken = time.perf_counter_ns()
            now += timedelta(seconds=20)
            with immediate(database):
                begun = time.perf_counter_ns()
                journal.keep(now, Speaker("terminal", str(number), "1"), before, event, session, turn, 1.0)
                rows.append((time.perf_counter_ns() - begun) / 1e6)
            turns.append((taken - start) / 1e6)
    table = Table("Keeping a turn in the log (ms)", ("", "p50", "p95", "p50 ratio"))
    for name, values in (("the turn", turns), ("its row", rows)):
        middle = percentile(values, 50)
        ratio = middle / percentile(turns, 50)
        table.rows.append((name, f"{middle:.3f}", f"{percentile(values, 95):.3f}", f"{ratio:.2f}"))
    return table


def _multiply(database: Database, count: int) -> None:
    """The rows again and again, each time as somebody else's."""
    columns = [column.name for column in database["log_turns"].columns if column.name != "id"]
    again = ", ".join(f"{name} || '+'" if name in ("person", "conversation") else name for name in columns)
    copy = f"INSERT INTO log_turns ({', '.join(columns)}) SELECT {again} FROM log_turns LIMIT ?"
    while (missing := count - database["log_turns"].count) > 0:
        with immediate(database):
            database.execute(copy, [missing])


def _searched(database: Database, journal: Journal) -> Table:
    count = database["log_turns"].count
    table = Table(f"Searching {count:,} turns (ms)", ("", "best", "ratio"))

    def best(word: str) -> float:
        return milliseconds(lambda: list(search(database, word)), _RUNS)

    every = best(_NOBODY_SAYS)
    times = [("two characters, every text looked at", every), ("two characters, the newest 50", best("贯标"))]
    times.append(("three characters and more, by the index, the newest 50", best("两化融合")))

    def erase() -> None:
        with immediate(database):
            journal.erase("terminal", "1")

    times.append(("a person erased, the index merged", milliseconds(erase)))
    for name, took in times:
        table.rows.append((name, f"{took:.2f}", f"{took / every:.2f}"))
    return table
