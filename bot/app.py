"""The Telegram bot: the one place that wires its parts (docs/explanation/state.md shows how they hang together)."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import os
import signal
import time
from collections.abc import Coroutine
from datetime import datetime
from pathlib import Path
from typing import Any

from telegram.error import InvalidToken, TelegramError

from bot import store as stores
from bot import vault as vaults
from bot.journal import schema as journal
from bot.journal.channels import TelegramJournal
from bot.journal.journal import Journal, purge
from bot.ledger import Ledger
from bot.live import Live
from bot.lock import held, lock_of_database, lock_of_token
from bot.logs import fields, logger, set_up
from bot.settings import CHINA, Settings, data_folder, today
from bot.store import Store
from bot.telegram.api import Api
from bot.telegram.bureau import Bureau
from bot.telegram.calls import Call
from bot.telegram.commands import introduction
from bot.telegram.desk import Desk
from bot.telegram.errands import Errands
from bot.telegram.intake import Intake
from bot.telegram.limits import Limits
from bot.telegram.outbox import Outbox
from bot.telegram.polling import REFUSALS, AnotherPoller, Polling
from bot.telegram.turns import Turns
from bot.telegram.webhook import Webhook
from bot.vault import key_file_of, open_vault
from bot.watchdog import Watchdog
from dialogs.engine import Engine
from dialogs.events import Event
from dialogs.session import Session
from dialogs.words import say
from policies import store as tables
from policies.database import FileGone, Place, open_database, save_copy
from policies.errors import KeduiError, reason_of
from policies.loader import LIBRARY, read_files
from policies.staff import people

BEAT = 10.0
"""Seconds between two signs of life in the database."""
_FINISH_TURNS, _FINISH_SENDING = 2.5, 1.5
"""Seconds that a stop waits for accepted updates, then for their answers; the rest is in the database."""

_DAY = 24 * 3600
_HOUR = 3600

log = logger()


WRONG_TOKEN = "Telegram 不认这个机器人令牌：检查 KEDUI_TELEGRAM_TOKEN，应与 @BotFather 给出的一字不差"


class Ended(KeduiError):
    """The bot cannot go on until somebody mends something (exit status 2)."""


class Failed(KeduiError):
    """The bot cannot go on, and may be started again at once (exit status 1)."""


def run(settings: Settings) -> int:
    """The command `kedui telegram`: until SIGTERM or SIGINT. Raises KeduiError for what must be mended first."""
    token = settings.need_token()
    if settings.telegram_mode == "webhook":
        settings.need_webhook()
    people(None, settings.staff)
    os.umask(0o077)  # what we write is for our own user
    set_up(settings.log_level, settings.secrets)
    with (
        held(
            lock_of_database(settings.db), f"另一个进程正在用数据库 {settings.db}，同时只能运行一个机器人；先停掉那一个"
        ),
        held(
            lock_of_token(token, data_folder(), settings.db.parent),
            "这台机器上另一个进程正在用同一个机器人令牌；先停掉那一个",
        ),
    ):
        rescued = _rescue_of(settings.db)
        if rescued.exists() and not settings.db.exists():
            raise Ended(
                f"数据库 {settings.db} 不在了，旁边有上次另存的 {rescued}：要接着用，先运行 kedui restore {rescued}；不要了，删掉它再启动"
            )
        database = open_database(settings.db, tables.schema, vaults.MIGRATIONS, stores.MIGRATIONS, journal.MIGRATIONS)
        tables.seed(database, read_files(LIBRARY), datetime.now(CHINA))
        vault = open_vault(database, key_file_of(settings.db, settings.key_file))
        store = Store(database, vault)
        live = Live(lambda: tables.published(database), settings.contact)
        warm_up(live.engine(settings.as_of or today()))
        return asyncio.run(_run(settings, token, store, live))


def _rescue_of(database: Path) -> Path:
    """Where the content of a database goes whose file was taken away."""
    return database.with_name(database.name + ".rescued")


async def _run(settings: Settings, token: str, store: Store, live: Live) -> int:
    return await App(settings, token, store, live).run()


def warm_up(engine: Engine) -> None:
    """What is made at its first use is made before anybody waits: the greeting, which gives an example, is heard once."""
    engine.turn(Session(), Event(say("greet.hello")))
    gc.collect()
    gc.freeze()  # all this stays; looking through it again and again would only make turns wait


class App:
    """All parts of one running bot."""

    def __init__(self, settings: Settings, token: str, store: Store, live: Live) -> None:
        self._settings, self._store, self._live = settings, store, live
        self._stop: asyncio.Future[KeduiError | None] = asyncio.get_running_loop().create_future()
        self._watchdog = Watchdog(settings.telegram_patience)
        self._ledger = Ledger(store.database, self._trouble, Place(settings.db).look)
        self._turn_log = TelegramJournal(Journal(store.database, store.vault, settings.retention_days))
        self._api = Api(token, settings.telegram_api)
        limits = Limits() if settings.telegram_limits else None
        self._outbox = Outbox(self._api, self._ledger, store, limits, lambda: self._end(Ended(WRONG_TOKEN)))
        self._turns: Turns | None = None
        self._tasks: set[asyncio.Task[Any]] = set()
        self._beat_at = 0.0

    async def run(self) -> int:
        """Until a signal: exit status 0. Raises Ended."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._end, None)
        loop.set_exception_handler(_lost)
        self._watchdog.start()
        writing = self._start(self._ledger.run())
        serving = self._start(self._serve())
        fault = await self._stop
        log.info("stopping")
        serving.cancel()
        await asyncio.wait([serving])
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_FINISH_TURNS):
                await self._turns_drained()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_FINISH_SENDING):
                await self._outbox.drained()
        writing.cancel()
        await asyncio.wait([writing])
        if isinstance(fault, FileGone):
            fault = self._rescued(fault)
        self._ledger.close()
        self._watchdog.stop()
        await self._api.close()
        if fault is not None:
            raise fault
        log.info("stopped")
        return 0

    async def _serve(self) -> None:
        """From the first word with Telegram until the end."""
        me = await self._who_am_i()
        settings, ledger, store = self._settings, self._ledger, self._store

        def engine_for(now: datetime) -> Engine:
            engine = self._live.engine(settings.as_of or now.astimezone(CHINA).date())
            engine.watch = turns.watch
            return engine

        username = str(me.get("username") or me.get("id"))
        desk = Desk(engine_for, username, settings.contact, settings.retention_days)
        bureau = Bureau(store.database, settings.staff)
        errands = Errands(
            self._api, settings, lambda chat_id, call: self._outbox.put(store.name_of(chat_id), (), (call,))
        )
        turns = self._turns = Turns(ledger, store, desk, self._outbox, self._turn_log, bureau, errands)
        intake = Intake(ledger, store, turns.wake, self._say_trouble)
        beats, calls, chats = store.beats(), self._outbox.recover(), turns.recover()
        log.info("started", extra=fields(mode=settings.telegram_mode, unsent_calls=calls, waiting_chats=chats))
        self._start(turns.leave_no_trace())
        self._start(turns.look_again())
        self._start(self._purging())
        self._start(self._announcing(bureau, turns))
        self._start(turns.resume_after(max(beats.values(), default=time.time())))
        for call in introduction():
            self._start(self._try(call))
        often = settings.telegram_patience / 4  # a sign of life must come well before the watchdog ends us
        if settings.telegram_mode == "webhook":
            url, listen = settings.need_webhook()
            secret = settings.telegram_webhook_secret
            await Webhook(self._api, intake.accept, self._alive, url, listen, secret, often).run()
        else:
            await Polling(self._api, intake.accept, turns.room, self._alive, often).run()

    async def _who_am_i(self) -> dict[str, Any]:
        """getMe, until it succeeds. Raises InvalidToken when Telegram says so again and again."""
        refused = 0
        while True:
            try:
                me = await self._api.call("getMe", {})
            except TelegramError as error:
                log.warning("no word from Telegram", extra=fields(error=type(error).__name__))
                refused = refused + 1 if isinstance(error, InvalidToken) else 0
                if refused >= REFUSALS:
                    raise
                await asyncio.sleep(1)
            else:
                self._alive()
                return me if isinstance(me, dict) else {}

    # ---- what the parts tell ----

    def _rescued(self, fault: FileGone) -> Ended:
        """What was accepted is still ours to save: the file lives as long as we hold it."""
        target = _rescue_of(self._settings.db)
        try:
            save_copy(self._store.database, target)
        except KeduiError as error:
            return Ended(f"{fault}。程序已停下；里面的内容没能另存（{error}）。请用 kedui restore 取回备份，再启动")
        return Ended(f"{fault}。程序已停下；到此为止的内容另存在 {target}。用 kedui restore {target} 取回，再启动")

    def _start(self, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._finished)
        return task

    def _finished(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        error = None if task.cancelled() else task.exception()
        if error is not None:
            log.error("a part has ended", exc_info=error)
            self._end(_word(error))

    def _end(self, fault: KeduiError | None) -> None:
        if not self._stop.done():
            self._stop.set_result(fault)

    def _alive(self) -> None:
        """A call that fetches or looks has succeeded."""
        self._watchdog.alive()
        now = time.time()
        if now > self._beat_at + BEAT:
            self._beat_at = now
            self._start(self._ledger.write(lambda: self._store.beat("poll", now)))

    def _trouble(self, kind: str) -> None:
        if kind:
            log.error("cannot store", extra=fields(kind=kind))
        else:
            log.info("can store again")

    def _say_trouble(self, chat_id: int) -> None:
        """Nothing can be kept just now; the message is not lost, for Telegram keeps it."""
        self._start(self._try(Call("sendMessage", {"chat_id": chat_id, "text": say("trouble.storage")})))

    async def _try(self, call: Call) -> None:
        """A call worth one attempt."""
        with contextlib.suppress(TelegramError):
            await self._api.make(call)

    async def _purging(self) -> None:
        """Each day what is older than it may be goes from the log."""
        execute, days = self._store.database.conn.execute, self._settings.retention_days
        while True:
            await self._ledger.write(lambda: purge(execute, datetime.now(CHINA), days))
            await asyncio.sleep(_DAY)

    async def _announcing(self, bureau: Bureau, turns: Turns) -> None:
        """Documents that come to their end are told to staff: each once, so it does no harm to look every hour."""

        def due() -> dict[str, list[tuple[int, Call]]]:
            now = datetime.now(CHINA)
            return turns.queue(bureau.announce(now, self._settings.as_of or now.date()), now.timestamp())

        while True:
            for chat, kept in (await self._ledger.write(due)).items():
                self._outbox.put(chat, kept)
            await asyncio.sleep(_HOUR)

    async def _turns_drained(self) -> None:
        if self._turns is not None:
            await self._turns.drained()


def _lost(_: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """A failure that nobody waits for: asyncio's own line would quote the exception, and so perhaps a message."""
    log.error("a task has failed", exc_info=context.get("exception"))


def _word(error: BaseException) -> KeduiError:
    """What a person must know of the end of a part."""
    if isinstance(error, KeduiError):
        return error
    if isinstance(error, InvalidToken):
        return Ended(WRONG_TOKEN)
    if isinstance(error, AnotherPoller):
        return Ended(
            "另一个进程正在用同一个机器人令牌取消息（Telegram 报告 409）。一个令牌只能运行一个机器人：先停掉那一个"
        )
    if isinstance(error, OSError):
        return Ended(f"监听地址用不了（{reason_of(error)}）：检查 KEDUI_TELEGRAM_WEBHOOK_LISTEN，或停掉占用它的程序")
    return Failed("程序内部出错，已记入日志；由守护程序重新启动后接着处理，没有消息丢失")
