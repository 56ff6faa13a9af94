"""Webhook: Telegram posts each update; it is kept on the disk before 200 is answered, and 200 is always answered then.

Bound to loopback unless told otherwise: a web server in front holds the certificate. Only requests with the secret token that
we gave Telegram are taken.
"""

from __future__ import annotations

import asyncio
import hmac
import json
import secrets
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from aiohttp import web
from telegram.error import InvalidToken, TelegramError

from bot.logs import fields, logger
from bot.telegram.api import WANTED, Api

LARGEST = 4 * 2**20
"""Bytes of an update."""
CHECK = 30.0
"""Seconds between two looks at what Telegram says of the webhook, at most."""
_HEADER = "X-Telegram-Bot-Api-Secret-Token"

log = logger()


class Webhook:
    """`run` for ever. `alive` hears of each look at the webhook that succeeded."""

    def __init__(
        self,
        api: Api,
        accept: Callable[[Sequence[Any]], Awaitable[None]],
        alive: Callable[[], None],
        url: str,
        listen: tuple[str, int],
        secret: str | None,
        check: float = CHECK,
    ) -> None:
        self._api, self._accept, self._alive, self._url, self._listen = api, accept, alive, url, listen
        self._check = min(check, CHECK)
        self._secret = secret or secrets.token_urlsafe(32)

    async def run(self) -> None:
        """Raises OSError when the address cannot be listened on."""
        application = web.Application(client_max_size=LARGEST)
        application.router.add_post("/{path:.*}", self._take)  # the server in front may have rewritten it
        runner = web.AppRunner(application, access_log=None, handle_signals=False, shutdown_timeout=0.5)
        await runner.setup()
        try:
            await web.TCPSite(runner, *self._listen).start()
            await self._register()
            while True:
                await self._look()
                await asyncio.sleep(self._check)
        finally:
            await runner.cleanup()

    async def _register(self) -> None:
        data = {"url": self._url, "secret_token": self._secret, "allowed_updates": list(WANTED)}
        while True:
            try:
                await self._api.call("setWebhook", data)
                return
            except TelegramError as error:  # also InvalidToken: getMe has just found the token good
                log.error("webhook not set", extra=fields(error=type(error).__name__, said=error.message[:200]))
                await asyncio.sleep(5)

    async def _look(self) -> None:
        try:
            info = await self._api.call("getWebhookInfo", {})
        except InvalidToken:  # answered all the same: some servers of one's own do not tell
            self._alive()
            return
        except TelegramError as error:
            log.warning("no word from Telegram", extra=fields(error=type(error).__name__))
            return
        self._alive()
        if not isinstance(info, dict):
            return
        if str(info.get("url")).rstrip("/") != self._url.rstrip("/"):
            log.error("somebody else has set the webhook")
            await self._register()
        elif info.get("pending_update_count", 0) > 100 or info.get("last_error_message"):
            last = fields(waiting=info.get("pending_update_count"), last_error=info.get("last_error_message"))
            log.warning("webhook", extra=last)

    async def _take(self, request: web.Request) -> web.Response:
        given = request.headers.get(_HEADER, "")
        if not hmac.compare_digest(given.encode("utf-8", "replace"), self._secret.encode()):
            return web.Response(status=403)
        body = await request.read()
        try:
            update = json.loads(body)
        except (ValueError, RecursionError):
            update = body
        await self._accept([update])  # as long as the disk takes: if Telegram tires of waiting, it comes again
        return web.Response()
