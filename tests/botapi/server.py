"""The server on loopback: one port for the bot (calls, files), one for tests in other processes (the control side)."""

from __future__ import annotations

import asyncio
import functools
import inspect
import socket
from collections.abc import Coroutine
from typing import Any
from urllib.parse import unquote

from tornado.httpserver import HTTPServer
from tornado.httputil import HTTPServerRequest
from tornado.netutil import bind_sockets

from tests.botapi import wire
from tests.botapi.calls import accept, run_reply, send
from tests.botapi.errors import Impossible
from tests.botapi.people import Person
from tests.botapi.stage import Stage
from tests.botapi.world import World

Tasks = set[asyncio.Task[None]]

LARGEST_BODY = 60 * 2**20


class Server:
    """A world behind its ports. `async with Server(World()) as server:`, then url, stage and person(1)."""

    def __init__(self, world: World | None = None, port: int = 0) -> None:
        self.world = world or World()
        self.world.run_reply = functools.partial(run_reply, self.world)
        self.stage = Stage(self.world, self)
        self.port, self.control_port = port, 0
        self.bot_side: HTTPServer | None = None
        self.waiting: Tasks = set()
        self.orders: Tasks = set()

    @property
    def url(self) -> str:
        """For KEDUI_TELEGRAM_API: the address without /bot<token>."""
        return f"http://127.0.0.1:{self.port}"

    def person(self, number: int, **about: Any) -> Person:
        return Person(self.world, number, **about)

    async def __aenter__(self) -> Server:
        self.go_online()
        self.control_side, self.control_port = listen(self.control, 0)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.go_offline()
        self.world.updates.stop()
        self.control_side.stop()
        await self.control_side.close_all_connections()

    def go_online(self) -> None:
        if self.bot_side is None:
            self.bot_side, self.port = listen(self.take, self.port)

    async def go_offline(self) -> None:
        """Nothing listens on the bot's port any more, and all its lines are cut."""
        if self.bot_side is not None:
            self.bot_side.stop()
            await self.bot_side.close_all_connections()
            self.bot_side = None
        for task in list(self.waiting):
            task.cancel()
        await asyncio.gather(*self.waiting, return_exceptions=True)

    def take(self, request: HTTPServerRequest) -> None:
        """A request of the bot."""
        place, _, rest = request.path[1:].partition("/")
        if place == "file":
            token, _, path = rest.removeprefix("bot").partition("/")
            self.download(request, unquote(token), unquote(path))
            return
        call = accept(self.world, request, unquote(place.removeprefix("bot")), rest)
        if call.waits():
            keep(self.waiting, call.run_late())
        else:
            call.run()

    def download(self, request: HTTPServerRequest, token: str, path: str) -> None:
        """/file/bot<token>/<file_path>."""
        found = next((file for file in self.world.files.values() if file.path == path), None)
        if token != self.world.token or found is None:
            send(request, 404, b'{"ok":false,"error_code":404,"description":"Not Found"}')
        else:
            send(request, 200, found.content, "application/octet-stream")

    def control(self, request: HTTPServerRequest) -> None:
        """An order of a test in another process, as Remote.control writes it."""
        keep(self.orders, self.obey(request))

    async def obey(self, request: HTTPServerRequest) -> None:
        try:
            order = wire.loads(request.body)
            target: Any = self.stage if order["who"] is None else self.person(order["who"], **order["about"])
            if order["do"].startswith("_"):
                raise Impossible(f"{order['do']} is private")
            result = getattr(target, order["do"])(*order["given"], **order["with"])
            answer = {"result": await result if inspect.isawaitable(result) else result}
        except Exception as error:  # told to the test, which raises it
            answer = {"error": type(error).__name__, "message": str(error)}
        send(request, 200, wire.dumps(answer))


def keep(tasks: Tasks, work: Coroutine[Any, Any, None]) -> None:
    """Start a task and hold it until it is done."""
    task = asyncio.get_running_loop().create_task(work)
    tasks.add(task)
    task.add_done_callback(tasks.discard)


def listen(take: Any, port: int) -> tuple[HTTPServer, int]:
    """A server on loopback and its port."""
    sockets = bind_sockets(port, "127.0.0.1", family=socket.AF_INET)
    server = HTTPServer(take, max_buffer_size=LARGEST_BODY, idle_connection_timeout=600)
    server.add_sockets(sockets)
    return server, int(sockets[0].getsockname()[1])
