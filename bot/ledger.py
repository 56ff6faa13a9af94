"""Changes of the state, gathered: many small jobs, one transaction, one flush to the disk for all.

`await ledger.write(job)` runs the job in the next transaction and comes back once that is on the disk, with what the job
returned or raised. So nothing is told to anybody (Telegram that an update is accepted, a user what the answer is) before it
is safe, and yet 200 conversations at once cost a few flushes and not 200.

A job is a plain function on the open transaction. It may be run again, when the disk was full or the file locked: it must
not change anything outside the database. What it raises rolls back that job alone.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, TypeVar

from policies.database import Database, trouble

T = TypeVar("T")
_Job = tuple[Callable[[], Any], asyncio.Future[Any]]
_Outcome = tuple[Any, Exception | None]

SHORT = 0.004
"""Seconds of work after which a transaction is closed; longer only where the disk itself takes longer to flush."""
QUICK = 0.002
"""Seconds: a disk that flushes faster is not worth a thread, which costs as much."""
_PAUSES = (0.05, 0.1, 0.2, 0.5, 1.0)
"""Seconds to wait after a transaction that failed, growing."""


class Ledger:
    """The one writer of a database. `run` is its task.

    `trouble` is what keeps it from writing now (locked, full, readonly, broken), empty when nothing does; `on_trouble` hears
    each change. Jobs wait meanwhile, and are tried again.
    """

    def __init__(
        self,
        database: Database,
        on_trouble: Callable[[str], None] = lambda kind: None,
        before: Callable[[], None] = lambda: None,
    ) -> None:
        """`before` is called before each transaction; what it raises ends `run`, with the jobs undone."""
        self._database, self._on_trouble, self._before = database, on_trouble, before
        self._urgent: deque[_Job] = deque()
        self._jobs: deque[_Job] = deque()
        self._between: deque[_Job] = deque()
        self._wake = asyncio.Event()
        self._disk = ThreadPoolExecutor(1, "disk")
        self._flush = 0.0
        self.trouble = ""
        database.conn.execute("PRAGMA busy_timeout = 0")  # waiting is done here, without stopping everything else

    async def write(self, job: Callable[[], T], urgent: bool = False) -> T:
        """Run the job in the next transaction, an urgent one before the others; its result, once it is on the disk."""
        future: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        (self._urgent if urgent else self._jobs).append((job, future))
        self._wake.set()
        return await future

    async def between(self, work: Callable[[], T]) -> T:
        """Something for the disk that needs no transaction to be open (a checkpoint): between two of them."""
        future: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._between.append((work, future))
        self._wake.set()
        return await future

    async def run(self) -> None:
        """For ever: transactions as jobs come in."""
        failed = 0
        while True:
            await self._wake.wait()
            self._wake.clear()
            while self._urgent or self._jobs or self._between:
                taken: list[_Job] = []
                try:
                    if self._urgent or self._jobs:
                        _answer(taken, await self._transaction(taken))
                    failed = 0
                    self._say("")
                except Exception as error:
                    kind = trouble(error)
                    if kind is None:
                        raise
                    if self._database.conn.in_transaction:
                        self._database.conn.execute("ROLLBACK")
                    self._jobs.extendleft(reversed(taken))
                    self._say(kind)
                    await asyncio.sleep(_PAUSES[min(failed, len(_PAUSES) - 1)])
                    failed += 1
                while self._between:
                    work, future = self._between.popleft()
                    _answer([(work, future)], [await self._on_disk(partial(_outcome, work))])

    def close(self) -> None:
        """Let go of the disk's thread and the file."""
        self._disk.shutdown()
        self._database.conn.close()

    def _say(self, kind: str) -> None:
        if kind != self.trouble:
            self.trouble = kind
            self._on_trouble(kind)

    async def _on_disk(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._disk, work)

    async def _transaction(self, taken: list[_Job]) -> list[_Outcome]:
        """One transaction of the jobs that wait, and of those that come while it has time. `taken` grows by each job begun."""
        execute = self._database.conn.execute
        outcomes: list[_Outcome] = []
        self._before()
        execute("BEGIN IMMEDIATE")
        begun = time.perf_counter()
        while (self._urgent or self._jobs) and time.perf_counter() < begun + max(SHORT, self._flush):
            taken.append((self._urgent or self._jobs).popleft())
            execute("SAVEPOINT job")
            outcome = _outcome(taken[-1][0])
            if outcome[1] is not None:
                if trouble(outcome[1]) is not None:
                    raise outcome[1]
                execute("ROLLBACK TO job")
            execute("RELEASE job")
            outcomes.append(outcome)
            if not self._urgent:
                await asyncio.sleep(0)  # who has news from the network may join
        begun = time.perf_counter()
        if self._flush < QUICK:
            execute("COMMIT")
        else:
            await self._on_disk(lambda: execute("COMMIT"))
        self._flush = time.perf_counter() - begun
        return outcomes


def _outcome(work: Callable[[], Any]) -> _Outcome:
    try:
        return work(), None
    except Exception as error:
        return None, error


def _answer(jobs: list[_Job], outcomes: list[_Outcome]) -> None:
    for (_, future), (result, fault) in zip(jobs, outcomes, strict=True):
        if future.cancelled():
            continue
        if fault is None:
            future.set_result(result)
        else:
            future.set_exception(fault)
