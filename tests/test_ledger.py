"""Group commits: a job is answered when it is on the disk; jobs are alone in failing and together in waiting for the disk."""

from __future__ import annotations

import asyncio
import resource
import sqlite3
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from bot.ledger import Ledger
from policies.database import Database, open_database

Insert = Callable[[int], Callable[[], int]]


class Bench:
    """A ledger over a file with one table, and what it said of trouble."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "some.db"
        self.database: Database = open_database(self.path)
        self.database.conn.execute("CREATE TABLE t (n INTEGER UNIQUE, filling BLOB)")
        self.said: list[str] = []

    def insert(self, number: int, filling: int = 0) -> Callable[[], int]:
        return lambda: self.database.conn.execute("INSERT INTO t VALUES (?, zeroblob(?))", [number, filling]).rowcount

    def on_disk(self) -> list[int]:
        """What another process finds."""
        with sqlite3.connect(self.path) as other:
            return [n for (n,) in other.execute("SELECT n FROM t ORDER BY n")]

    def during(self, work: Callable[[Ledger], Awaitable[None]]) -> None:
        async def main() -> None:
            ledger = Ledger(self.database, self.said.append)
            running = asyncio.create_task(ledger.run())
            try:
                await work(ledger)
            finally:
                running.cancel()
                await asyncio.wait([running])
                ledger.close()

        asyncio.run(main())


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def test_an_answer_means_it_is_on_the_disk(bench: Bench) -> None:
    """Whoever is woken can rely on it; the result of the job comes along."""

    async def work(ledger: Ledger) -> None:
        for number in range(20):
            assert await ledger.write(bench.insert(number)) == 1
            assert number in bench.on_disk()

    bench.during(work)


def test_many_jobs_share_a_transaction(bench: Bench) -> None:
    """300 at once: all there, in few transactions."""
    begun: list[str] = []
    bench.database.conn.set_trace_callback(lambda sql: begun.append(sql) if sql.startswith("BEGIN") else None)

    async def work(ledger: Ledger) -> None:
        await asyncio.gather(*(ledger.write(bench.insert(number)) for number in range(300)))

    bench.during(work)
    assert bench.on_disk() == list(range(300))
    assert len(begun) < 60


def test_a_failing_job_is_alone(bench: Bench) -> None:
    """It takes back what it did, and only that; its neighbours are committed."""

    def bad() -> None:
        bench.insert(100)()
        raise ValueError("no")

    async def work(ledger: Ledger) -> None:
        outcomes = await asyncio.gather(
            ledger.write(bench.insert(1)),
            ledger.write(bad),
            ledger.write(bench.insert(1)),
            ledger.write(bench.insert(2)),
            return_exceptions=True,
        )
        assert [type(outcome).__name__ for outcome in outcomes] == ["int", "ValueError", "IntegrityError", "int"]

    bench.during(work)
    assert bench.on_disk() == [1, 2]


def test_a_locked_file_is_waited_for(bench: Bench) -> None:
    """Another process holds the lock: jobs wait, the loop does not, and it is said once; nothing is done twice."""
    other = sqlite3.connect(bench.path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    async def work(ledger: Ledger) -> None:
        writing = asyncio.gather(*(ledger.write(bench.insert(number)) for number in range(5)))
        ticks = 0
        while ticks < 30:
            await asyncio.sleep(0.01)
            ticks += 1
        assert ledger.trouble == "locked"
        other.execute("COMMIT")
        await writing
        assert ledger.trouble == ""

    bench.during(work)
    assert bench.said == ["locked", ""]
    assert bench.on_disk() == [0, 1, 2, 3, 4]


def test_a_file_that_cannot_grow_is_waited_for(bench: Bench) -> None:
    """A full disk, seen from the file: what was accepted stays, what came waits, and goes on when there is room."""

    def room(size: int) -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.getrlimit(resource.RLIMIT_FSIZE)[1]))

    before = resource.getrlimit(resource.RLIMIT_FSIZE)

    async def work(ledger: Ledger) -> None:
        await ledger.write(bench.insert(1))
        room(100_000)
        writing = asyncio.gather(ledger.write(bench.insert(2)), ledger.write(bench.insert(3, 300_000)))
        await asyncio.sleep(0.3)
        assert ledger.trouble in ("full", "broken")
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        assert await writing == [1, 1]

    try:
        bench.during(work)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert bench.on_disk() == [1, 2, 3]
    assert bench.said[-1] == ""


def test_a_checkpoint_comes_between_transactions(bench: Bench) -> None:
    """Work for the disk that must not meet an open transaction."""

    async def work(ledger: Ledger) -> None:
        writing = [asyncio.create_task(ledger.write(bench.insert(number))) for number in range(50)]
        checkpoint = "PRAGMA wal_checkpoint(TRUNCATE)"
        assert (await ledger.between(lambda: bench.database.conn.execute(checkpoint).fetchone()))[0] == 0
        await asyncio.gather(*writing)

    bench.during(work)
    assert len(bench.on_disk()) == 50
