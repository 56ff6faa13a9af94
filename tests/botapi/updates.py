"""What the bot has still to learn: updates kept until confirmed, fetched by long polling or posted to a webhook."""

from __future__ import annotations

import asyncio
import itertools
import json
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tornado.httputil import responses

from tests.botapi.errors import Refused, bad_request
from tests.botapi.parameters import Parameters
from tests.botapi.posting import Poster

if TYPE_CHECKING:
    from tests.botapi.world import World

Update = dict[str, Any]

KEPT = 24 * 3600
"""Seconds that an update waits for the bot."""
LONGEST_POLL = 50
ON_REQUEST = ("chat_member", "message_reaction", "message_reaction_count")
"""Kinds that come only when allowed_updates names them."""
CONFLICT_POLL = "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
CONFLICT_SET = "Conflict: terminated by setWebhook request"
CONFLICT_HOOK = (
    "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
)


@dataclass(eq=False)
class Waiting:
    """An update that waits: since when, and the chat in whose order it is posted."""

    at: float
    lane: int
    update: Update


@dataclass
class Webhook:
    """A webhook in force, and how its last failure read."""

    url: str
    secret: str
    most: int
    posters: dict[int, asyncio.Task[None]] = field(default_factory=dict)
    failed_at: int = 0
    failure: str = ""


class Updates:
    """The bot's queue of updates."""

    def __init__(self, world: World, first_id: int, retry: tuple[float, float]) -> None:
        self.world = world
        self.ids = itertools.count(first_id)
        self.waiting: deque[Waiting] = deque()
        self.past: deque[Update] = deque(maxlen=1000)
        """The last updates, also those that the bot confirmed."""
        self.allowed: list[str] = []
        self.poll: asyncio.Future[None] | None = None
        self.webhook: Webhook | None = None
        self.retry = retry
        """Seconds before a failed post is tried again, first and at most; each failure doubles them."""

    def add(self, kind: str, content: Any) -> int | None:
        """A new update, unless the bot did not ask for its kind. Returns update_id."""
        if (kind not in self.allowed) if self.allowed else (kind in ON_REQUEST):
            return None
        update_id = next(self.ids)
        self.put({"update_id": update_id, kind: content})
        return update_id

    def put(self, update: Update) -> None:
        """An update as it is, also one that Telegram would never send: twice, late, in bad order, senseless."""
        item = Waiting(self.world.now(), lane_of(update), update)
        self.waiting.append(item)
        self.past.append(update)
        if self.poll is not None and not self.poll.done():
            self.poll.set_result(None)
        if self.webhook is not None:
            self.post_next(self.webhook, item.lane)

    def restart(self, number: int) -> None:
        """update_id goes on from another number."""
        self.ids = itertools.count(number)

    def pending(self) -> int:
        while self.waiting and self.waiting[0].at < self.world.now() - KEPT:
            self.waiting.popleft()
        return len(self.waiting)

    # ---- long polling ----

    async def get(self, parameters: Parameters) -> list[Update]:
        """getUpdates."""
        if self.webhook is not None:
            raise Refused(409, CONFLICT_HOOK)
        self.interrupt(CONFLICT_POLL)
        limit, offset = parameters.integer("limit", 100, 1, 100), parameters.integer("offset")
        timeout = parameters.integer("timeout", 0, 0, LONGEST_POLL)
        self.allow(parameters)
        self.confirm(offset)
        if not self.pending() and timeout:
            self.poll = poll = asyncio.get_running_loop().create_future()
            try:
                async with asyncio.timeout(timeout):
                    await poll
            except TimeoutError:
                pass
            finally:
                if self.poll is poll:
                    self.poll = None
        self.pending()
        return [item.update for item in itertools.islice(self.waiting, limit)]

    def confirm(self, offset: int) -> None:
        """Forget what lies before the offset; a negative one keeps that many from the end."""
        if offset < 0:
            while len(self.waiting) > -offset:
                self.waiting.popleft()
        elif offset:
            while self.waiting and self.waiting[0].update.get("update_id", 0) < offset:
                self.waiting.popleft()

    def allow(self, parameters: Parameters) -> None:
        """allowed_updates stay as they were unless they are given; an empty list means the default."""
        kinds = parameters.json("allowed_updates", "allowed_updates")
        if kinds is not None:
            if not isinstance(kinds, list):
                raise bad_request("can't parse allowed_updates: expected an Array")
            self.allowed = [str(kind) for kind in kinds]

    def interrupt(self, why: str) -> None:
        """The poll that waits ends with 409."""
        if self.poll is not None and not self.poll.done():
            self.poll.set_exception(Refused(409, why))
        self.poll = None

    # ---- webhook ----

    def set_webhook(self, parameters: Parameters) -> bool:
        url, secret = parameters.text("url"), parameters.text("secret_token")
        if not url:
            return self.delete_webhook(parameters)
        if not url.startswith(("https://", "http://127.0.0.1", "http://localhost")):
            raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
        if len(secret) > 256:
            raise bad_request("secret token is too long")
        if not all(c.isascii() and (c.isalnum() or c in "_-") for c in secret):
            raise bad_request("secret token contains unallowed characters")
        self.interrupt(CONFLICT_SET)
        self.stop()
        self.allow(parameters)
        if parameters.flag("drop_pending_updates"):
            self.waiting.clear()
        self.webhook = hook = Webhook(url, secret, parameters.integer("max_connections", 40, 1, 100))
        self.poster = Poster(url, hook.most)
        for lane in {item.lane for item in self.waiting}:
            self.post_next(hook, lane)
        return True

    def delete_webhook(self, parameters: Parameters) -> bool:
        self.stop()
        if parameters.flag("drop_pending_updates"):
            self.waiting.clear()
        return True

    def webhook_info(self) -> dict[str, Any]:
        hook = self.webhook
        info: dict[str, Any] = {
            "url": hook.url if hook else "",
            "has_custom_certificate": False,
            "pending_update_count": self.pending(),
        }
        if hook:
            info |= {"max_connections": hook.most, "ip_address": "127.0.0.1"}
            if hook.failure:
                info |= {"last_error_date": hook.failed_at, "last_error_message": hook.failure}
        return info | ({"allowed_updates": self.allowed} if self.allowed else {})

    def stop(self) -> None:
        """No webhook any more."""
        if self.webhook is not None:
            for task in self.webhook.posters.values():
                task.cancel()
            self.poster.close()
            self.webhook = None

    def post_next(self, hook: Webhook, lane: int) -> None:
        if lane not in hook.posters:
            hook.posters[lane] = asyncio.get_running_loop().create_task(self.post_lane(hook, lane))

    async def post_lane(self, hook: Webhook, lane: int) -> None:
        """Post the updates of one chat in order, each again until it is accepted."""
        headers = {"X-Telegram-Bot-Api-Secret-Token": hook.secret} if hook.secret else {}
        pause = self.retry[0]
        while (item := next((item for item in self.waiting if item.lane == lane), None)) is not None:
            status, body, failure = await self.poster.post(
                json.dumps(item.update, ensure_ascii=False).encode(), headers
            )
            if failure or not 200 <= status < 300:
                hook.failed_at = int(self.world.now())
                hook.failure = failure or f"Wrong response from the webhook: {status} {responses.get(status, '')}"
                await asyncio.sleep(pause)
                pause = min(pause * 2, self.retry[1])
                continue
            pause = self.retry[0]
            if item in self.waiting:
                self.waiting.remove(item)
            self.world.run_reply(body)
        del hook.posters[lane]


def lane_of(update: Update) -> int:
    """The chat that an update belongs to: its updates are posted one after another."""
    for kind, content in update.items():
        if kind != "update_id" and isinstance(content, dict):
            chat = content.get("chat") or content.get("message", {}).get("chat") or content.get("from") or {}
            return int(chat.get("id", 0))
    return 0
