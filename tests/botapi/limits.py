"""Telegram's limits on sending: a bucket for each chat and one for all (https://core.telegram.org/bots/faq)."""

from __future__ import annotations

import math
from dataclasses import dataclass

from tests.botapi.errors import too_many


@dataclass
class Bucket:
    """`most` at once, refilled at `rate` a second."""

    rate: float
    most: float
    level: float
    at: float

    def lacking(self, now: float) -> float:
        """Seconds until one more may pass; 0 when it may now."""
        self.level = min(self.most, self.level + (now - self.at) * self.rate)
        self.at = now
        return 0 if self.level >= 1 else (1 - self.level) / self.rate


class Limits:
    """1 a second and chat with a short burst, 20 a minute in a group, 30 a second overall."""

    def __init__(self, on: bool) -> None:
        self.on = on
        self.buckets: dict[int, Bucket] = {}

    def check(self, chat: int, now: float) -> None:
        """Takes one from both buckets. Raises Refused (429) with retry_after; a refused call takes nothing."""
        if not self.on:
            return
        own = self.buckets.get(chat) or Bucket(
            20 / 60 if chat < 0 else 1, 20 if chat < 0 else 3, 20 if chat < 0 else 3, now
        )
        overall = self.buckets.get(0) or Bucket(30, 30, 30, now)
        self.buckets[chat], self.buckets[0] = own, overall
        wait = max(own.lacking(now), overall.lacking(now))
        if wait:
            raise too_many(max(1, math.ceil(wait)))
        own.level -= 1
        overall.level -= 1
