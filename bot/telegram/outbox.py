"""Sending: the calls that turns decided on, in order within a chat, chats side by side, until each is known to be made.

What Telegram answers decides:

| answer | what follows |
|---|---|
| made | the row goes; the message's id is kept, if a later call may edit it |
| no answer, 5xx, a cut line, no JSON | unknown whether made: again, slower and slower |
| 429 | the chat waits as long as Telegram says; when several chats are told so at once, all wait |
| 403 | the chat is closed until its user writes again; what waits for it is dropped |
| 400, the group has moved | its conversation goes on under the new id |
| 400, formatting not understood | once more without formatting |
| 400 otherwise | cannot ever be made (a message deleted, a tap too old): dropped |
| 401, 404 | again; when it lasts and getMe says so too, the token is wrong and the process ends; else the call is dropped |

Fleeting calls (answers to taps, typing) are tried once, at once, and are not kept.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from telegram.error import BadRequest, ChatMigrated, Forbidden, InvalidToken, RetryAfter, TelegramError

from bot.ledger import Ledger
from bot.logs import fields, logger
from bot.store import Store
from bot.telegram.api import CONNECTIONS, Api, seconds_of
from bot.telegram.calls import Call
from bot.telegram.limits import Limits

ROOM = 4
"""Calls that may wait for one chat before its next update is taken up."""
_PAUSES = (0.5, 1.0, 2.0, 5.0, 10.0)
_UNKNOWN = 3
"""Attempts at a method that is not there."""
_SEVERAL, _AT_ONCE = 3, 5.0
"""So many chats told to wait within so many seconds: it is the bot that is too fast."""
_FORMATTING = ("parse_mode", "entities", "caption_entities")

log = logger()
Kept = tuple[int, Call]
"""A row of the outbox and its call."""


class Outbox:
    """`put` what a transaction kept; `room` waits until a chat is not behind."""

    def __init__(
        self, api: Api, ledger: Ledger, store: Store, limits: Limits | None, on_wrong_token: Callable[[], None]
    ) -> None:
        self._api, self._ledger, self._store = api, ledger, store
        self._limits, self._on_wrong_token = limits, on_wrong_token
        self._queues: dict[str, deque[Kept]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._roomy: dict[str, asyncio.Event] = {}
        self._slots = asyncio.Semaphore(CONNECTIONS)
        self._until: dict[str, float] = {}
        self._told_to_wait: deque[tuple[float, str]] = deque()

    def put(self, chat: str, kept: Iterable[Kept], fleeting: Iterable[Call] = ()) -> None:
        """Send these after what already waits for the chat; the fleeting ones at once."""
        for call in fleeting:
            self._start(self._try_once(call))
        kept = list(kept)
        if not kept:
            return
        if chat in self._queues:
            self._queues[chat].extend(kept)
        else:
            self._queues[chat] = deque(kept)
            self._start(self._serve(chat))

    async def room(self, chat: str, most: int = ROOM) -> None:
        """Wait until no more than `most` calls wait for the chat."""
        while len(self._queues.get(chat, ())) > most:
            event = self._roomy.setdefault(chat, asyncio.Event())
            event.clear()
            await event.wait()

    def recover(self) -> int:
        """Take up what an earlier process left, before anything else is done; how many calls."""
        left = list(self._store.unsent())
        for unsent in left:
            self.put(unsent.chat, [(unsent.row, unsent.call)])
        return len(left)

    async def drained(self) -> None:
        """Wait until nothing is being sent and nothing waits."""
        while self._tasks:
            await asyncio.wait(self._tasks)

    # ---- one chat ----

    def _start(self, work: Any) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _serve(self, chat: str) -> None:
        queue = self._queues[chat]
        while queue:
            first = queue[0]
            await self._deliver(chat, *first)
            if queue and queue[0] is first:
                queue.popleft()
            if not queue:
                del self._queues[chat]
            if chat in self._roomy:
                self._roomy.pop(chat).set()

    async def _deliver(self, chat: str, row: int, call: Call) -> None:
        """Until the call is made or cannot be made."""
        ready = await self._resolved(chat, call)
        failed = 0
        while ready is not None:
            await self._turn_to_send(chat, ready)
            try:
                async with self._slots:
                    result = await self._api.make(ready)
            except RetryAfter as error:
                self._wait(chat, seconds_of(error))
            except ChatMigrated as error:
                await self._moved(chat, error.new_chat_id)
                return
            except Forbidden:
                await self._closed(chat)
                return
            except BadRequest as error:
                plain = _without_formatting(ready)
                if plain is not None and "can't parse entities" in error.message:
                    log.error("formatting refused", extra=fields(chat=chat, method=call.method))
                    ready = plain
                    continue
                _refused(chat, call, error)
                break
            except InvalidToken:  # 401 and 404: the token, or a method that this server does not know
                if failed >= _UNKNOWN:
                    if await self._token_is_right():
                        log.error("unknown method", extra=fields(chat=chat, method=call.method))
                        break
                    self._on_wrong_token()
                await asyncio.sleep(_PAUSES[min(failed, len(_PAUSES) - 1)])
                failed += 1
            except TelegramError as error:
                pause = _PAUSES[min(failed, len(_PAUSES) - 1)]
                log.warning("not sent", extra=fields(chat=chat, method=call.method, error=_kind(error), again_in=pause))
                failed += 1
                await asyncio.sleep(pause)
            else:
                await self._made(chat, row, call, result)
                return
        await self._ledger.write(lambda: self._store.made(row), urgent=True)

    async def _token_is_right(self) -> bool:
        try:
            await self._api.call("getMe", {})
        except InvalidToken:
            return False
        except TelegramError:
            pass
        return True

    async def _made(self, chat: str, row: int, call: Call, result: Any) -> None:
        message_id = result.get("message_id") if isinstance(result, dict) else None

        def job() -> None:
            self._store.made(row)
            if call.keep_as is not None and isinstance(message_id, int):
                self._store.remember(chat, call.keep_as, message_id)

        await self._ledger.write(job, urgent=True)  # until it is known, a crash would send the message again

    async def _resolved(self, chat: str, call: Call) -> Call | None:
        """`{"sent": name}` as the id of the message; None where that was never sent."""
        name = call.data.get("message_id")
        if not isinstance(name, dict):
            return call
        message_id = await self._ledger.write(lambda: self._store.remembered(chat, str(name.get("sent"))))
        return None if message_id is None else replace(call, data={**call.data, "message_id": message_id})

    async def _closed(self, chat: str) -> None:
        log.info("chat closed", extra=fields(chat=chat))
        rows = self._taken(chat)
        await self._ledger.write(lambda: self._store.close(chat, rows))

    async def _moved(self, chat: str, new_id: int) -> None:
        log.info("chat moved", extra=fields(chat=chat))
        new = self._store.name_of(new_id)
        self._taken(chat)
        self.put(new, await self._ledger.write(lambda: self._store.move(chat, new, new_id, time.time())))

    def _taken(self, chat: str) -> list[int]:
        """The rows that waited; the queue is empty."""
        rows = [row for row, _ in self._queues[chat]]
        self._queues[chat].clear()
        return rows

    # ---- when ----

    async def _turn_to_send(self, chat: str, call: Call) -> None:
        while (pause := max(self._until.get(chat, 0.0), self._until.get("", 0.0)) - time.monotonic()) > 0:
            await asyncio.sleep(pause)
        self._until.pop(chat, None)
        if self._limits is not None and self._limits.counts(call.method):
            await asyncio.sleep(self._limits.of_chat(int(call.data.get("chat_id", 0)), time.monotonic()))
            await asyncio.sleep(self._limits.overall(time.monotonic()))

    def _wait(self, chat: str, seconds: float) -> None:
        now = time.monotonic()
        self._until[chat] = now + seconds
        self._told_to_wait.append((now, chat))
        while self._told_to_wait[0][0] < now - _AT_ONCE:
            self._told_to_wait.popleft()
        everybody = len({one for _, one in self._told_to_wait}) >= _SEVERAL
        if everybody:
            self._until[""] = now + seconds
        log.warning("too fast", extra=fields(chat=chat, wait=seconds, everybody=everybody))

    async def _try_once(self, call: Call) -> None:
        try:
            async with self._slots:
                await self._api.call(call.method, call.data, 5.0)
        except TelegramError as error:
            log.debug("fleeting call lost", extra=fields(method=call.method, error=_kind(error)))


def _without_formatting(call: Call) -> Call | None:
    if not any(key in call.data for key in _FORMATTING):
        return None
    return replace(call, data={key: value for key, value in call.data.items() if key not in _FORMATTING})


def _refused(chat: str, call: Call, error: BadRequest) -> None:
    """A second edit alike, or an edit of a message that is gone, is nothing; a message that nobody will read is a fault."""
    level = log.error if call.method.startswith("send") else log.info
    level("refused", extra=fields(chat=chat, method=call.method, said=error.message[:120]))


def _kind(error: TelegramError) -> str:
    """The exception's kind; its text may quote an answer."""
    return type(error).__name__
