"""Accepting updates: kept in the inbox, on the disk, before Telegram hears that we have them.

What cannot be understood as an update of a chat is parked and reported, and confirmed like the others: asking Telegram for it
again would bring the same.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from bot.ledger import Ledger
from bot.logs import fields, logger
from bot.store import Store
from bot.telegram.api import WANTED
from bot.telegram.updates import LARGEST_ID

PATIENCE = 5.0
"""Seconds to wait for the disk before the users are told."""
_HOUR = 3600.0

log = logger()


def chat_id_of(update: Any) -> int | None:
    """The chat that an update belongs to; None: not to be found."""
    if not isinstance(update, dict):
        return None
    for kind in WANTED:
        event = update.get(kind)
        if isinstance(event, dict):
            holder = event.get("message") if kind == "callback_query" else event
            chat = holder.get("chat") if isinstance(holder, dict) else event.get("from")
            return _whole(chat.get("id")) if isinstance(chat, dict) else None
    return None


def update_id_of(update: Any) -> int | None:
    """Telegram's number of an update; None: it has none."""
    return _whole(update.get("update_id")) if isinstance(update, dict) else None


_KNOWN_BY = {
    "message": ("message_id", "date"),
    "edited_message": ("message_id", "edit_date"),
    "callback_query": ("id",),
    "my_chat_member": ("date",),
}


def name_of(update: Any) -> str:
    """What an update speaks of, the same at each delivery: ids of updates may be used again, ids of messages and taps are not.

    What may change until the next delivery is left out: our answer edits the message under a tap, its author a message.
    """
    parts: list[Any] = []
    for kind, keys in _KNOWN_BY.items():
        event = update.get(kind)
        if isinstance(event, dict):
            parts += [kind, *map(event.get, keys)]
    return json.dumps(parts, default=str)


def _whole(number: Any) -> int | None:
    return number if type(number) is int and abs(number) <= LARGEST_ID else None


class Intake:
    """`accept` comes back once the updates are safe; `on_accepted` hears whose they are."""

    def __init__(
        self,
        ledger: Ledger,
        store: Store,
        on_accepted: Callable[[Iterable[str]], None],
        on_trouble: Callable[[int], None],
    ) -> None:
        self._ledger, self._store = ledger, store
        self._on_accepted, self._on_trouble = on_accepted, on_trouble
        self._pruned = 0.0
        self._told: set[int] = set()

    async def accept(self, updates: Sequence[Any]) -> None:
        """Keep updates (JSON values, or the bytes of one that is none). Waits as long as the disk takes."""
        late = asyncio.get_running_loop().call_later(PATIENCE, self._tell, updates)
        try:
            accepted, unclear = await self._ledger.write(lambda: self._keep(updates))
        finally:
            late.cancel()
        self._told.clear()
        if unclear:
            log.error("update not understood", extra=fields(count=unclear))
        self._on_accepted(accepted)

    def _keep(self, updates: Sequence[Any]) -> tuple[list[str], int]:
        """In the transaction. The chats that have something new, and how many updates were parked."""
        now = time.time()
        if now > self._pruned + _HOUR:
            self._store.prune(now)
        accepted, unclear = [], 0
        for update in updates:
            number, chat_id = update_id_of(update), chat_id_of(update)
            if number is not None and not any(update.get(kind) for kind in WANTED):
                continue  # of a kind that we did not ask for: of no concern to us, and so not kept
            body = update if isinstance(update, bytes) else _written(update)
            chat = self._store.name_of(chat_id) if chat_id is not None else ""
            known_as = body if number is None else name_of(update).encode()
            row = self._store.accept(body, number, chat, now, known_as)
            if row is None:
                continue
            if number is None or chat_id is None:
                self._store.park(row, "no update of a chat", now)
                unclear += 1
            else:
                accepted.append(chat)
        self._pruned = now
        return accepted, unclear

    def _tell(self, updates: Sequence[Any]) -> None:
        """Nothing can be kept just now: each user hears it once."""
        for chat_id in {chat_id_of(update) for update in updates} - self._told - {None}:
            assert chat_id is not None
            self._told.add(chat_id)
            self._on_trouble(chat_id)


def _written(update: Any) -> bytes:
    """As JSON; halves of surrogate pairs, which no UTF-8 can say, come back as they were (`json.loads` reads them)."""
    try:
        return json.dumps(update, ensure_ascii=False).encode("utf-8", "surrogatepass")
    except RecursionError:  # nested just less deep than can be read: it will be parked
        return b"{}"
