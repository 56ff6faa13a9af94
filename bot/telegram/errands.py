"""What an update of staff needs before its turn and takes long: a file fetched, a workbook checked, one written, the
log looked through.

Done outside the transaction, one errand at a time, in a thread that only reads. What it brings is handed to the turn, which
keeps it and answers. Until then the update waits in the inbox: after a crash the errand is run again.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
import shutil
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from telegram.error import BadRequest, Forbidden, TelegramError

from bot.logs import fields, logger
from bot.settings import Settings
from bot.telegram import unanswered
from bot.telegram.api import Api, TooLarge
from bot.telegram.calls import Call
from bot.telegram.letters import Letter
from dialogs.words import say
from policies import publishing, store
from policies.database import open_database
from policies.errors import KeduiError
from policies.workbook.guard import LARGEST_FILE, MB

if TYPE_CHECKING:
    from bot.proposals import Proposal

T = TypeVar("T")

TYPING = 4.0
"""Seconds between two signs that we work; Telegram shows each for five."""
_PAUSES = (0.5, 1.0, 2.0, 5.0, 10.0)
"""Seconds between two tries to fetch a file."""

log = logger()


@dataclass(frozen=True)
class Check:
    """Fetch a file that was sent, and see what it would change."""

    file_id: str
    name: str


@dataclass(frozen=True)
class Recheck:
    """See whether the worked cases still hold under a draft; its tables are loaded, ready for the next answers."""

    draft: int


@dataclass(frozen=True)
class Export:
    """Write the published tables, or one document's, as a workbook."""

    document: str


@dataclass(frozen=True)
class Look:
    """See what is asked and goes unanswered; with the code of a cluster, draft an answer to it."""

    to: int
    code: str | None
    today: date


Errand = Check | Recheck | Export | Look


@dataclass(frozen=True)
class Brought:
    """What came of an errand. `refusal`: why nothing did, in a sentence."""

    errand: Errand
    proposal: Proposal | None = None
    broken: tuple[str, ...] = ()
    workbook: bytes = b""
    version: int = 0
    letters: tuple[Letter, ...] = ()
    refusal: str = ""


class Runner(Protocol):
    """Who runs errands for the turns."""

    async def run(self, chat_id: int, errand: Errand) -> Brought: ...


class Errands:
    """Runs errands, the next when the one before is done. `show` sends a sign of work to a chat."""

    def __init__(self, api: Api, settings: Settings, show: Callable[[int, Call], None]) -> None:
        self._api, self._settings, self._show = api, settings, show
        self._one = asyncio.Semaphore(1)

    async def run(self, chat_id: int, errand: Errand) -> Brought:
        """What it brings. Raises DatabaseError."""
        showing = asyncio.create_task(self._working(chat_id))
        try:
            async with self._one:
                return await self._run(errand)
        finally:
            showing.cancel()

    async def _working(self, chat_id: int) -> None:
        while True:
            self._show(chat_id, Call("sendChatAction", {"chat_id": chat_id, "action": "typing"}, fleeting=True))
            await asyncio.sleep(TYPING)

    async def _run(self, errand: Errand) -> Brought:
        work: Callable[[], Brought]
        if isinstance(errand, Check):
            try:
                content = await self._fetched(errand)
            except TooLarge:
                return Brought(errand, refusal=say("staff.too_large", name=errand.name, most=LARGEST_FILE // MB))
            if content is None:
                return Brought(errand, refusal=say("staff.not_given", name=errand.name))
            work = partial(_check, errand, content, self._settings)
        elif isinstance(errand, Recheck):
            work = partial(_recheck, errand, self._settings)
        elif isinstance(errand, Look):
            work = partial(_look, errand, self._settings)
        else:
            work = partial(_export, errand, self._settings)
        return await beside(work)

    async def _fetched(self, errand: Check) -> bytes | None:
        """The file; None where Telegram does not give it, now or ever. Raises TooLarge."""
        for pause in (*_PAUSES, None):
            try:
                return await self._api.fetch(errand.file_id, LARGEST_FILE)
            except (BadRequest, Forbidden) as error:
                log.warning("file not given", extra=fields(error=type(error).__name__))
                return None
            except TelegramError as error:
                log.warning("file not fetched", extra=fields(error=type(error).__name__, again_in=pause))
                if pause is not None:
                    await asyncio.sleep(pause)
        return None


# ---- in the thread ----


# The spreadsheet library is loaded by whoever first needs it: most days nobody does.


def _check(errand: Check, content: bytes, settings: Settings) -> Brought:
    from bot.proposals import propose

    with _folder(settings) as folder:
        path = folder / file_name(errand.name)
        path.write_bytes(content)
        return Brought(errand, propose(path, settings))


def _recheck(errand: Recheck, settings: Settings) -> Brought:
    database = open_database(settings.db, readonly=True)
    try:
        return Brought(errand, broken=tuple(publishing.broken_by(database, store.draft(database, errand.draft))))
    except store.StoreError as error:
        return Brought(errand, refusal=str(error))
    finally:
        database.close()


def _export(errand: Export, settings: Settings) -> Brought:
    from policies.workbook.writing import write_workbook

    database = open_database(settings.db, readonly=True)
    try:
        version, files = store.current_number(database), publishing.published_files(database)
        with _folder(settings) as folder:
            path = folder / "tables.xlsx"
            write_workbook(files, path, document=errand.document or None, version=version)
            return Brought(errand, workbook=path.read_bytes(), version=version)
    except KeduiError as error:
        return Brought(errand, refusal=str(error))
    finally:
        database.close()


def _look(errand: Look, settings: Settings) -> Brought:
    database = open_database(settings.db, readonly=True)
    try:
        if errand.code is None:
            found = unanswered.listed(errand.to, database, errand.today)
        else:
            found = unanswered.draft(errand.to, database, errand.code, errand.today)
        return Brought(errand, letters=tuple(found))
    finally:
        database.close()


@contextlib.contextmanager
def _folder(settings: Settings) -> Iterator[Path]:
    """An empty folder beside the database for one errand. What a killed process left in it goes."""
    folder = settings.db.with_name(f"{settings.db.name}.errand")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def file_name(name: str) -> str:
    """A name that is safe on any disk; its end is kept, for it says what the file is."""
    return re.sub(r"[^\w.()（）-]", "_", name)[-60:].lstrip(".") or "_"


async def beside(work: Callable[[], T]) -> T:
    """What the work returns or raises, done in a thread that the process does not wait for at its end."""
    loop = asyncio.get_running_loop()
    future: asyncio.Future[T] = loop.create_future()

    def settle(result: Any, error: BaseException | None) -> None:
        if future.cancelled():
            return
        if error is not None:
            future.set_exception(error)
        else:
            future.set_result(result)

    def run() -> None:
        result, fault = None, None
        try:
            result = work()
        except BaseException as error:
            fault = error
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits any more
            loop.call_soon_threadsafe(settle, result, fault)

    threading.Thread(target=run, name="errand", daemon=True).start()
    return await future
