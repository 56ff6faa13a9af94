"""Long polling: updates fetched, kept, and confirmed by the next call.

The offset is sent only to confirm: once a call with it has succeeded, the next goes without, so that update ids which start
anew (Telegram does that after an idle week) are not taken for old ones.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from telegram.error import Conflict, InvalidToken, RetryAfter, TelegramError

from bot.logs import fields, logger
from bot.telegram.api import Api, Unreadable, seconds_of
from bot.telegram.intake import update_id_of

WAIT = 10.0
"""Seconds that Telegram may hold a call while nothing comes, at most. After a crash a server may take the dead call for
another poller until it ends."""
MOST = 100
"""Updates fetched at once."""
_PAUSES = (0.5, 1.0, 2.0, 5.0)
REFUSALS = 4
"""Times in a row that Telegram must refuse the token before it is taken for wrong: single ones happen."""
_NEWCOMER = 60.0
"""Seconds after the start in which a second poller makes us give way; later we stay, and it is the other that is told."""
_CONFLICTS, _LASTING = 3, 2 * WAIT
"""So often, and for so many seconds, must another be seen: a call of our own that a crash cut off is none."""

log = logger()


class AnotherPoller(Exception):
    """Another process fetches updates with the same token."""


class Polling:
    """`run` for ever. `accept` keeps updates, `room` waits until more can be taken, `alive` hears of each call that succeeded."""

    def __init__(
        self,
        api: Api,
        accept: Callable[[Sequence[Any]], Awaitable[None]],
        room: Callable[[], Awaitable[None]],
        alive: Callable[[], None],
        wait: float = WAIT,
    ) -> None:
        self._api, self._accept, self._room, self._alive, self._wait = api, accept, room, alive, min(wait, WAIT)
        self._began, self._conflicts, self._first_conflict = time.monotonic(), 0, 0.0

    async def run(self) -> None:
        """Raises AnotherPoller; InvalidToken when Telegram says so again and again."""
        offset: int | None = None
        failed, refused, unhooked, most = 0, 0, False, MOST
        while True:
            await self._room()
            try:
                if not unhooked:
                    with contextlib.suppress(InvalidToken):  # some servers of one's own have no webhooks
                        await self._api.call("deleteWebhook", {})
                    unhooked = True
                updates = await self._api.updates(offset, self._wait, most)
            except Unreadable as error:  # one of them; it is found by asking for one at a time
                number = _first_id(error.body) if most == 1 else None
                if number is not None:
                    await self._keep([error.body], offset)
                    offset = number + 1
                elif most == 1:
                    await asyncio.sleep(_PAUSES[-1])
                most = 1
                continue
            except TelegramError as error:
                if isinstance(error, Conflict):
                    self._conflict(error.message)
                    unhooked = False
                refused = refused + 1 if isinstance(error, InvalidToken) else 0
                if refused >= REFUSALS:
                    raise
                pause = _pause(error, failed)
                failed += 1
                log.warning("no updates", extra=fields(error=type(error).__name__, again_in=pause))
                await asyncio.sleep(pause)
                continue
            self._alive()
            failed, refused, most = 0, 0, MOST
            if updates:
                await self._keep(updates, offset)
            offset = max((number + 1 for number in map(update_id_of, updates) if number is not None), default=None)
            if updates and offset is None:  # nothing that could be confirmed: they would come again at once
                await asyncio.sleep(_PAUSES[-1])

    async def _keep(self, updates: Sequence[Any], offset: int | None) -> None:
        """Until they are kept. While the disk refuses, the same updates are asked for again now and then: we are alive."""
        keeping = asyncio.ensure_future(self._accept(updates))
        while not (await asyncio.wait([keeping], timeout=self._wait / 2))[0]:
            with contextlib.suppress(TelegramError):
                await self._api.updates(offset, 0, 1)
                self._alive()
        await keeping

    def _conflict(self, said: str) -> None:
        now = time.monotonic()
        if not self._conflicts:
            self._first_conflict = now
        self._conflicts += 1
        log.error("another process polls with this token", extra=fields(times=self._conflicts, said=said[:120]))
        lasting = self._conflicts >= _CONFLICTS and now >= self._first_conflict + _LASTING
        if lasting and now < self._began + _NEWCOMER:
            raise AnotherPoller


def _first_id(body: bytes) -> int | None:
    """The id of the one update in an answer that cannot be read."""
    found = re.search(rb'"update_id"\s*:\s*(\d{1,20})', body)
    return None if found is None else int(found[1])


def _pause(error: TelegramError, failed: int) -> float:
    return seconds_of(error) if isinstance(error, RetryAfter) else _PAUSES[min(failed, len(_PAUSES) - 1)]
