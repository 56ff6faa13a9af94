"""Telegram's limits on what a bot sends: 30 messages a second in all, one a second to a chat, 20 a minute to a group.

We stay below them by our own count, so that Telegram need not refuse: in no second more than 30, in no minute more than 20 to
a group. A bucket lets through its burst and its rate together. To a person short bursts are allowed, as Telegram does.
"""

from __future__ import annotations

from dataclasses import dataclass

OVERALL = 25.0
CHAT = 1.0
GROUP = 16 / 60
BURST = 3
TOGETHER = 3
"""The burst over all chats."""
_COUNTED = ("send", "edit", "copy", "forward")
_KEPT = 10_000


@dataclass
class Bucket:
    """`rate` a second, up to `burst` at once. Each `take` reserves a place and says how long to wait for it."""

    rate: float
    burst: int
    due: float = 0.0
    """When the bucket is full again, were nothing more taken."""

    def take(self, now: float) -> float:
        """Seconds to wait for the place that is taken now."""
        self.due = max(self.due, now)
        wait = max(0.0, self.due - now - (self.burst - 1) / self.rate)
        self.due += 1 / self.rate
        return wait


class Limits:
    """The buckets of one bot; chats by their id."""

    def __init__(self) -> None:
        self._overall = Bucket(OVERALL, TOGETHER)
        self._chats: dict[int, Bucket] = {}

    @staticmethod
    def counts(method: str) -> bool:
        """Whether Telegram counts a call of this method."""
        return method.startswith(_COUNTED)

    def of_chat(self, chat_id: int, now: float) -> float:
        """Seconds to wait before the next message to a chat."""
        bucket = self._chats.get(chat_id)
        if bucket is None:
            if len(self._chats) > _KEPT:
                self._chats = {one: kept for one, kept in self._chats.items() if kept.due > now}
            bucket = self._chats[chat_id] = Bucket(GROUP if chat_id < 0 else CHAT, BURST)
        return bucket.take(now)

    def overall(self, now: float) -> float:
        """Seconds to wait before the next message to anybody."""
        return self._overall.take(now)
