"""Fetching updates: what cannot be read does not stand in the way of what can."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from typing import Any

from aiohttp import web

from bot.telegram.api import Api
from bot.telegram.polling import Polling

DEEP = "[" * 100_000 + "]" * 100_000
LONG = "9" * 5000


class Server:
    """getUpdates over raw texts, as Telegram gives and confirms them."""

    def __init__(self, updates: dict[int, str]) -> None:
        self.updates = updates
        self.asked: list[dict[str, Any]] = []

    async def answer(self, request: web.Request) -> web.Response:
        given = await request.post()
        if request.path.endswith("/deleteWebhook"):
            return web.json_response({"ok": True, "result": True})
        self.asked.append(dict(given))
        offset, most = int(str(given.get("offset", 0))), int(str(given["limit"]))
        self.updates = {number: text for number, text in self.updates.items() if number >= offset}
        if not self.updates:
            await asyncio.sleep(0.05)
        body = ",".join(list(self.updates.values())[:most])
        return web.Response(text=f'{{"ok":true,"result":[{body}]}}', content_type="application/json")


def kept(updates: dict[int, str]) -> tuple[list[Any], Server]:
    """All that a poller keeps of them, in order."""
    server, found = Server(updates), []

    async def main() -> None:
        application = web.Application()
        application.router.add_post("/{path:.*}", server.answer)
        runner = web.AppRunner(application)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        api = Api("1:x", f"http://127.0.0.1:{runner.addresses[0][1]}")

        async def accept(some: Sequence[Any]) -> None:
            found.extend(some)

        async def room() -> None:
            pass

        polling = asyncio.create_task(Polling(api, accept, room, lambda: None, 1.0).run())
        async with asyncio.timeout(20):
            while server.updates:
                await asyncio.sleep(0.02)
        polling.cancel()
        await asyncio.wait([polling])
        await api.close()
        await runner.cleanup()

    asyncio.run(main())
    return found, server


def test_what_cannot_be_read_is_passed_over_and_kept() -> None:
    """Nested too deep, or a number too long: those come as they are, the others are read, each once, in order."""
    updates = {
        1: '{"update_id": 1, "message": {"text": "a"}}',
        2: f'{{"update_id": 2, "message": {{"x": {DEEP}}}}}',
        3: '{"update_id": 3, "message": {"text": "b"}}',
        4: f'{{"x": {LONG}, "update_id": 4}}',
        5: '{"update_id": 5, "message": {"text": "c"}}',
    }
    found, server = kept(dict(updates))
    read = [one["message"]["text"] for one in found if isinstance(one, dict)]
    assert read == ["a", "b", "c"]
    unread = [one for one in found if isinstance(one, bytes)]
    assert [DEEP.encode() in unread[0], LONG.encode() in unread[1], len(unread)] == [True, True, 2]
    assert "message" in json.loads(server.asked[0]["allowed_updates"])
