"""The test's own side: order faults, move the clock, read the journal, put in odd updates, wait until the bot is quiet."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any

from tests.botapi.world import World

if TYPE_CHECKING:
    from tests.botapi.server import Server


class Stage:
    """What a test may do that nobody at Telegram can. Methods take and return JSON values, as those of Person do."""

    def __init__(self, world: World, server: Server) -> None:
        self.world, self.server = world, server

    def fault(self, method: str, kind: str, **more: Any) -> None:
        """Order a fault (faults.py: `kind`; `count`, `skip`, `share`, `code`, `seconds`)."""
        self.world.faults.add(method, kind, **more)

    def no_faults(self) -> None:
        self.world.faults.ordered.clear()

    def limits(self, on: bool) -> None:
        """Switch the sending limits; the buckets begin full."""
        self.world.limits.on = on
        self.world.limits.buckets.clear()

    def advance(self, seconds: float) -> None:
        """Move the clock."""
        self.world.advance(seconds)

    def clock(self, runs: bool) -> None:
        """Let Telegram's clock stand still, or run again."""
        self.world.stopped = 0.0 if runs else time.time()

    def journal(self, since: int = 0, method: str = "") -> list[dict[str, Any]]:
        """The calls after a number, of one method or all."""
        return self.world.journal.since(since, method)

    def pending(self) -> int:
        """Updates that the bot has not confirmed."""
        return self.world.updates.pending()

    def polling(self) -> bool:
        """Whether a getUpdates waits."""
        return self.world.updates.poll is not None

    def updates(self, last: int = 1000) -> list[dict[str, Any]]:
        """The last updates, confirmed or not, oldest first: any may be put again."""
        return list(self.world.updates.past)[-last:]

    def put(self, update: dict[str, Any]) -> None:
        """An update as it is: a duplicate, one out of order, one that nobody can parse."""
        self.world.updates.put(update)

    def skip_ids(self, by: int) -> None:
        """update_id goes on elsewhere, as it may after a week without updates; `by` may be negative."""
        number = next(self.world.updates.ids)
        self.world.updates.restart(number + by)

    async def offline(self) -> None:
        """Telegram cannot be reached: nothing listens, all lines are cut. People go on writing."""
        await self.server.go_offline()

    def online(self) -> None:
        """Telegram is there again, on the same port."""
        self.server.go_online()

    def commands(self, scope: str = "default", language: str = "") -> list[dict[str, str]]:
        """The command menu that people with this language see."""
        found = [v for (s, lang), v in self.world.commands.items() if f'"type": "{scope}"' in s and lang == language]
        return found[-1] if found else []

    def description(self, field: str = "description", language: str = "") -> str:
        return self.world.texts.get((field, language), "")

    async def quiet(self, still: float = 0.3, timeout: float = 10) -> None:
        """Wait until no update is pending and the bot has called nothing (but getUpdates) for `still` seconds."""
        end = time.monotonic() + timeout
        while self.world.updates.pending() or time.monotonic() - self.world.busy_at < still:
            if time.monotonic() > end:
                raise TimeoutError(f"not quiet within {timeout} s: {self.world.updates.pending()} updates pending")
            await asyncio.sleep(min(0.02, still))
