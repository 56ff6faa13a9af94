"""The server on loopback: Bot API calls, file downloads, and the control side for tests in other processes."""

from __future__ import annotations

import asyncio
import contextlib
import inspect
import json
import re
import socket
import time
from typing import Any
from urllib.parse import unquote

from tornado import httputil
from tornado.http1connection import HTTP1Connection
from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets

from tests.botapi import wire
from tests.botapi.errors import Impossible, Refused, too_many
from tests.botapi.faults import Fault
from tests.botapi.methods import BY_NAME
from tests.botapi.parameters import Parameters, as_text, read
from tests.botapi.people import Person
from tests.botapi.stage import Stage
from tests.botapi.world import World

TOKEN_SHAPE = re.compile(r"\d{1,20}:[\w-]{30,}")
LARGEST_BODY = 60 * 2**20
HTML_PAGE = (
    b"<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body><h1>502 Bad Gateway</h1></body>\r\n</html>\r\n"
)


class Server:
    """A world behind a port. `async with Server(World()) as server:`; then server.url, server.world, server.person(1)."""

    def __init__(self, world: World | None = None, port: int = 0) -> None:
        self.world = world or World()
        self.stage = Stage(self.world)
        self.world.run_call = self.run_webhook_call
        self.port = port
        self.http = HTTPServer(self.take, max_buffer_size=LARGEST_BODY, idle_connection_timeout=600)  # type: ignore[arg-type]
        self.tasks: set[asyncio.Task[None]] = set()

    @property
    def url(self) -> str:
        """For KEDUI_TELEGRAM_API: the address without /bot<token>."""
        return f"http://127.0.0.1:{self.port}"

    def person(self, number: int, **about: Any) -> Person:
        return Person(self.world, number, **about)

    async def __aenter__(self) -> Server:
        sockets = bind_sockets(self.port, "127.0.0.1", family=socket.AF_INET)
        self.port = sockets[0].getsockname()[1]
        self.http.add_sockets(sockets)
        return self

    async def __aexit__(self, *_: object) -> None:
        self.http.stop()
        self.world.updates.stop()
        for task in list(self.tasks):
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)
        await self.http.close_all_connections()

    # ---- requests ----

    def take(self, request: httputil.HTTPServerRequest) -> None:
        """One request; what waits (long polls, delays) goes on in a task."""
        task = asyncio.get_running_loop().create_task(self.serve(request))
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def serve(self, request: httputil.HTTPServerRequest) -> None:
        path = request.path
        if path.startswith("/bot"):
            token, _, method = path[4:].partition("/")
            await self.call(request, unquote(token), method)
        elif path.startswith("/file/bot"):
            token, _, file_path = path[9:].partition("/")
            self.download(request, unquote(token), unquote(file_path))
        elif path == "/control":
            await self.control(request)
        else:
            answer(request, 404, Refused(404, "Not Found").body())

    async def call(self, request: httputil.HTTPServerRequest, token: str, name: str) -> None:
        """A Bot API call, with the faults that were ordered for it."""
        world = self.world
        if token != world.token or name.lower() not in BY_NAME:
            known = TOKEN_SHAPE.fullmatch(token) is not None
            refused = Refused(401, "Unauthorized") if known and token != world.token else Refused(404, "Not Found")
            answer(request, refused.code, refused.body())
            return
        name, _ = BY_NAME[name.lower()]
        entry: dict[str, Any] = {"at": world.now(), "method": name, "fault": "", "effect": False}
        fault = world.faults.take(name)
        entry["fault"] = fault.kind if fault else ""
        if fault and fault.kind == "delay":
            await asyncio.sleep(fault.seconds)
        code, body = (0, {})
        try:
            parameters = read(request)
            entry |= {"chat": parameters.text("chat_id"), "parameters": parameters.values}
            if fault and (instead := before(fault)):
                code, body = instead
            else:
                code, body = await self.run(name, parameters, request)
                entry["effect"] = code == 200
        except Refused as refused:
            code, body = refused.code, refused.body()
        except asyncio.CancelledError:
            code, body = 0, {}
            if not request.connection.stream.closed():  # type: ignore[attr-defined]
                raise
        finally:
            entry |= {"code": code, "description": body.get("description", "")}
            if isinstance(result := body.get("result"), dict) and "message_id" in result:
                entry["message_id"] = result["message_id"]
            world.journal.add(entry)
        respond(request, code, body, fault)

    async def run(self, name: str, parameters: Parameters, request: Any = None) -> tuple[int, dict[str, Any]]:
        """Run a method: code and body of the answer."""
        world = self.world
        if name == "getUpdates":
            if request is not None:
                poll_task = asyncio.current_task()
                request.connection.set_close_callback(lambda: poll_task and poll_task.cancel())
            return 200, {"ok": True, "result": await world.updates.get(parameters)}
        world.busy_at = time.monotonic()
        try:
            return 200, {"ok": True, "result": BY_NAME[name.lower()][1](world, parameters)}
        except Refused as refused:
            return refused.code, refused.body()

    def run_webhook_call(self, name: str, values: dict[str, Any]) -> None:
        """A call that the bot put into its answer to a webhook post: its result is not told to anybody."""
        if name.lower() in BY_NAME and name.lower() != "getupdates":
            with contextlib.suppress(Refused):
                BY_NAME[name.lower()][1](self.world, Parameters({k: as_text(v) for k, v in values.items()}))

    def download(self, request: httputil.HTTPServerRequest, token: str, path: str) -> None:
        """/file/bot<token>/<file_path>."""
        found = next((file for file in self.world.files.values() if file.path == path), None)
        if token != self.world.token or found is None:
            answer(request, 404, Refused(404, "Not Found").body())
        else:
            send(request, 200, "application/octet-stream", found.content)

    async def control(self, request: httputil.HTTPServerRequest) -> None:
        """A call of a test in another process: {"who": person or null, "about": {…}, "do": method, "given": […], "with": {…}}."""
        try:
            order = wire.loads(request.body)
            target: Any = self.stage if order["who"] is None else self.person(order["who"], **order.get("about", {}))
            if order["do"].startswith("_"):
                raise Impossible(f"{order['do']} is private")
            result = getattr(target, order["do"])(*order["given"], **order["with"])
            if inspect.isawaitable(result):
                result = await result
            send(request, 200, "application/json", wire.dumps({"result": result}))
        except Exception as error:
            send(request, 200, "application/json", wire.dumps({"error": type(error).__name__, "message": str(error)}))


def before(fault: Fault) -> tuple[int, dict[str, Any]] | None:
    """What a fault answers instead of doing anything."""
    if fault.kind == "status":
        return fault.code, Refused(fault.code, "Internal Server Error" if fault.code == 500 else "Bad Gateway").body()
    if fault.kind == "too_many":
        return 429, too_many(max(1, int(fault.seconds))).body()
    if fault.kind in ("html", "cut_before", "garbage"):
        return fault.code if fault.kind == "html" else 200, {"ok": False}
    return None


def respond(request: httputil.HTTPServerRequest, code: int, body: dict[str, Any], fault: Fault | None) -> None:
    """The answer, spoilt as the fault wants it."""
    kind = fault.kind if fault else ""
    connection = request.connection
    assert isinstance(connection, HTTP1Connection)
    if kind in ("cut_before", "cut_after"):
        connection.close()
    elif kind == "cut_half":
        raw = json.dumps(body).encode()
        connection.stream.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(raw) + raw[: len(raw) // 2])
        connection.close()
    elif kind == "html":
        send(request, code, "text/html", HTML_PAGE)
    elif kind == "garbage":
        send(request, 200, "application/json", b'{"ok":tru')
    else:
        answer(request, code, body)


def answer(request: httputil.HTTPServerRequest, code: int, body: dict[str, Any]) -> None:
    send(request, code, "application/json", json.dumps(body, ensure_ascii=False).encode("utf-8", "surrogatepass"))


def send(request: httputil.HTTPServerRequest, code: int, kind: str, raw: bytes) -> None:
    """Write an answer, if anybody is still there to read it."""
    connection = request.connection
    assert isinstance(connection, HTTP1Connection)
    if connection.stream.closed():
        return
    headers = httputil.HTTPHeaders({"Content-Type": kind, "Content-Length": str(len(raw))})
    line = httputil.ResponseStartLine("HTTP/1.1", code, httputil.responses.get(code, "Unknown"))
    connection.write_headers(line, headers, raw)
    connection.finish()
