"""One turn: the next update of a chat, in one transaction, and only then what the bot has to say.

Inside the transaction: the update taken from the inbox, the chat as it stands, what the desk makes of it, the chat and the
calls kept, the update done. A crash before the commit leaves the update waiting; after it, the calls. Nothing is done twice.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Protocol

import telegram

from bot.ledger import Ledger
from bot.logs import fields, logger, told
from bot.settings import CHINA
from bot.store import Store
from bot.telegram.bureau import Bureau
from bot.telegram.calls import Call
from bot.telegram.chat import Chat
from bot.telegram.errands import Brought, Errand, Runner
from bot.telegram.intake import chat_id_of
from bot.telegram.letters import Letter
from bot.telegram.outbox import Outbox
from bot.telegram.updates import read_update
from dialogs.events import Event, Turn
from dialogs.session import Session
from dialogs.words import say
from policies.database import trouble
from policies.errors import KeduiError

MANY = 48
"""Chats waiting for their turn, from which on no further updates are fetched."""
LOOK = 10.0
"""Seconds between two looks at what waits."""
AWAY = timedelta(days=1).total_seconds()
"""Telegram keeps updates so long."""
RECENT = timedelta(days=14).total_seconds()
"""How long before we went away somebody must have written to be asked again."""
_KINDS = ("message", "edited_message", "callback_query", "my_chat_member")

log = logger()


class Desk(Protocol):
    """What a user sees: pure, no network, clock or disk."""

    def handle(self, update: telegram.Update, chat: Chat, now: datetime, late: bool = False) -> list[Call]:
        """The calls that answer an update; `chat` is changed in place. `late`: it is tried again, after a fault."""

    def resume(self, chat: Chat, now: datetime) -> list[Call]:
        """The calls that put the standing question again after days away; none where nothing is asked."""


@dataclass(frozen=True)
class Exchange:
    """One turn of the conversation: the session before it (`Session.state`), what came in, what goes out."""

    before: str
    event: Event
    turn: Turn


@dataclass(frozen=True)
class Happened:
    """All that is known of an update that was handled. `chat` is a pseudonym; most updates are one exchange, some none."""

    at: datetime
    chat: str
    kind: str
    """message, edited_message, callback_query, my_chat_member."""
    exchanges: list[Exchange]
    after: Session
    ms: float
    started: int
    """When this conversation began, in seconds of Unix time."""


class TurnLog(Protocol):
    """What people ask, for staff. Called inside the turn's transaction."""

    def note(self, happened: Happened) -> None:
        """One update was handled."""

    def forget(self, chat: str) -> None:
        """The user wants everything erased."""


@dataclass
class _Done:
    """A turn as it is on the disk."""

    kept: list[tuple[int, Call]] = field(default_factory=list)
    elsewhere: dict[str, list[tuple[int, Call]]] = field(default_factory=dict)
    """For other chats, by pseudonym."""
    fleeting: list[Call] = field(default_factory=list)
    erased: bool = False
    told: dict[str, Any] = field(default_factory=dict)
    """For the line in the log."""


@dataclass(frozen=True)
class _Needed:
    """The update in this row waits for an errand; nothing was changed."""

    row: int
    chat_id: int
    errand: Errand


class Turns:
    """`wake` chats that have updates waiting: each is served in order, all side by side."""

    def __init__(
        self,
        ledger: Ledger,
        store: Store,
        desk: Desk,
        outbox: Outbox,
        turn_log: TurnLog | None,
        bureau: Bureau | None = None,
        errands: Runner | None = None,
    ) -> None:
        """`bureau` is asked before the desk; `errands` runs what it needs."""
        self._ledger, self._store, self._desk, self._outbox, self._turn_log = ledger, store, desk, outbox, turn_log
        self._bureau, self._errands = bureau, errands
        self._serving: dict[str, asyncio.Task[None]] = {}
        self._again: set[str] = set()
        self._in_turn: set[str] = set()
        self._fewer = asyncio.Event()
        self._exchanges: list[Exchange] = []

    def watch(self, before: str, event: Event, session: Session, turn: Turn) -> None:
        """For the engine: hears of each exchange within an update."""
        self._exchanges.append(Exchange(before, event, turn))

    def wake(self, chats: Iterable[str]) -> None:
        for chat in chats:
            if chat in self._serving:
                self._again.add(chat)
            else:
                self._serving[chat] = asyncio.create_task(self._serve(chat))

    def recover(self) -> int:
        """Take up what an earlier process left, before anything else is done; how many chats."""
        chats = self._store.waiting_chats()
        self.wake(chats)
        return len(chats)

    async def look_again(self) -> None:
        """For ever: take up also what another process has put back in line (bot/parked.py)."""
        while True:
            await asyncio.sleep(LOOK)
            chats = await self._ledger.write(self._store.waiting_chats)
            self.wake(chat for chat in chats if chat not in self._serving)

    async def room(self) -> None:
        """Wait until fewer than MANY chats wait for their turn. Who waits for his own replies to be sent does not count."""
        while len(self._in_turn) >= MANY:
            self._fewer.clear()
            await self._fewer.wait()

    async def drained(self) -> None:
        """Wait until every accepted update is answered."""
        while self._serving:
            await asyncio.wait(self._serving.values())

    async def leave_no_trace(self) -> None:
        """What was erased goes from the write-ahead log too, as soon as the disk allows."""
        while True:
            try:
                if await self._ledger.between(self._store.leave_no_trace):
                    return
            except Exception as error:
                if trouble(error) is None:
                    raise
            await asyncio.sleep(1)

    async def resume_after(self, last_alive: float) -> None:
        """After a day without us, those who were left with a question hear it once more: what they said is lost at Telegram."""
        now = time.time()
        if now < last_alive + AWAY:
            return
        for chat in await self._ledger.write(lambda: self._store.chats_since(last_alive - RECENT)):
            kept = await self._ledger.write(partial(self._resume, chat))
            self._outbox.put(chat, kept)

    # ---- one chat ----

    async def _serve(self, chat: str) -> None:
        try:
            while True:
                await self._outbox.room(chat)
                self._again.discard(chat)
                self._in_turn.add(chat)
                try:
                    done = await self._next(chat)
                except Exception as error:
                    log.exception("turn failed", extra=fields(chat=chat))
                    fault = json.dumps(told(error))
                    done = await self._ledger.write(partial(self._park, chat, fault))
                finally:
                    self._in_turn.discard(chat)
                    self._fewer.set()
                if done is None:
                    if chat not in self._again:
                        return
                    continue
                self._outbox.put(chat, done.kept, done.fleeting)
                for other, kept in done.elsewhere.items():
                    self._outbox.put(other, kept)
                log.info("turn", extra=fields(chat=chat, **done.told))
                if done.erased:
                    await self.leave_no_trace()
                    await self._outbox.room(chat, 0)  # the farewell is the last that is known of them
                    await self.leave_no_trace()
        finally:
            del self._serving[chat]

    async def _next(self, chat: str) -> _Done | None:
        """The chat's next turn, once the errands that it needs are run; None where no update waits."""
        brought: tuple[int, Brought] | None = None
        while True:
            done = await self._ledger.write(partial(self._turn, chat, brought))
            if not isinstance(done, _Needed):
                return done
            assert self._errands is not None
            begun = time.perf_counter()
            brought = done.row, await self._errands.run(done.chat_id, done.errand)
            seconds = round(time.perf_counter() - begun, 2)
            log.info("errand", extra=fields(chat=chat, kind=type(done.errand).__name__, seconds=seconds))

    def _turn(self, chat: str, brought: tuple[int, Brought] | None) -> _Done | _Needed | None:
        """In the transaction: the chat's next update, if one waits. `brought`: what an errand for a row brought."""
        start = time.perf_counter()
        waiting = self._store.waiting(chat)
        if waiting is None:
            return None
        now = datetime.now(CHINA)
        update = read_update(json.loads(waiting.body))
        before = self._store.chat(chat)
        state = Chat.from_json(before) if before is not None else _new(update)
        self._exchanges = []
        known = brought[1] if brought is not None and brought[0] == waiting.row else None
        answer = self._bureau.handle(update, known, now) if self._bureau is not None else None
        if isinstance(answer, Errand):
            return _Needed(waiting.row, state.id, answer)
        letters = answer or []
        calls = [letter.call for letter in letters if letter.to == state.id]
        if answer is None:
            calls = self._desk.handle(update, state, now, waiting.late)
        at = now.timestamp()
        self._store.done(waiting.row, at)
        if state.forget:
            self._store.erase(chat)
            if self._turn_log is not None:
                self._turn_log.forget(chat)
        else:
            self._store.keep_chat(chat, state.to_json(), at)
        done = _Done(
            [(self._store.queue(chat, call, at), call) for call in calls if not call.fleeting],
            self.queue([letter for letter in letters if letter.to != state.id], at),
            [call for call in calls if call.fleeting],
            state.forget,
        )
        self._store.beat("turn", at)
        ms = (time.perf_counter() - start) * 1000
        kind = _kind(update)
        if self._turn_log is not None and not state.forget:
            self._turn_log.note(Happened(now, chat, kind, self._exchanges, state.session, ms, state.started))
        acts = [exchange.turn.act for exchange in self._exchanges]
        done.told = {"kind": kind, "turn": state.session.turn, "acts": acts, "calls": len(calls), "ms": round(ms, 2)}
        return done

    def queue(self, letters: Iterable[Letter], at: float) -> dict[str, list[tuple[int, Call]]]:
        """In a transaction: letters kept to be sent, by the pseudonym of their chats."""
        kept: dict[str, list[tuple[int, Call]]] = {}
        for letter in letters:
            chat = self._store.name_of(letter.to)
            kept.setdefault(chat, []).append((self._store.queue(chat, letter.call, at), letter.call))
        return kept

    def _resume(self, chat: str) -> list[tuple[int, Call]]:
        """In the transaction."""
        body = self._store.chat(chat)
        if body is None:
            return []
        state, now = Chat.from_json(body), datetime.now(CHINA)
        calls = self._desk.resume(state, now)
        if calls:
            self._store.keep_chat(chat, state.to_json(), now.timestamp())
        return [(self._store.queue(chat, call, now.timestamp()), call) for call in calls if not call.fleeting]

    def _park(self, chat: str, fault: str) -> _Done | None:
        """In the transaction: the chat's next update cannot be handled; its user is told so."""
        row = self._store.waiting_row(chat)
        if row is None:
            return None
        now, chat_id = time.time(), self._chat_id(chat)
        self._store.park(row, fault, now)
        if chat_id is None:
            return _Done(told={"parked": True})
        call = Call("sendMessage", {"chat_id": chat_id, "text": say("trouble.fault")})
        return _Done([(self._store.queue(chat, call, now), call)], told={"parked": True})

    def _chat_id(self, chat: str) -> int | None:
        """Telegram's id of the chat whose update waits; None where even that cannot be read."""
        try:
            waiting = self._store.waiting(chat)
            return None if waiting is None else chat_id_of(json.loads(waiting.body))
        except (KeduiError, ValueError):
            return None


def _kind(update: telegram.Update) -> str:
    """What came: message, edited_message, callback_query, …"""
    return next((name for name in _KINDS if getattr(update, name) is not None), "other")


def _new(update: telegram.Update) -> Chat:
    where = update.effective_chat
    if where is None:
        raise ValueError("an update of no chat")
    return Chat(where.id, where.type)
