"""One Bot API call over HTTP: token, faults, limits of time, the method, the journal and the answer."""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
import time
import traceback
from dataclasses import dataclass, field
from typing import Any

from tornado.http1connection import HTTP1Connection
from tornado.httputil import HTTPHeaders, HTTPServerRequest, ResponseStartLine, responses

from tests.botapi.errors import Refused, too_many
from tests.botapi.faults import Fault
from tests.botapi.methods import BY_NAME
from tests.botapi.parameters import Parameters, as_text, read
from tests.botapi.world import World

TOKEN_SHAPE = re.compile(r"\d{1,20}:[\w-]{30,}")
ENCODE = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
PAGE = b"<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body><h1>502 Bad Gateway</h1></body>\r\n</html>\r\n"


@dataclass
class Call:
    """A call under way."""

    world: World
    request: HTTPServerRequest
    method: str
    fault: Fault
    at: float
    parameters: Parameters = field(default_factory=lambda: Parameters({}))
    refused: Refused | None = None

    def waits(self) -> bool:
        """Whether it takes its time: a long poll, or a delay."""
        return self.refused is None and (self.method == "getUpdates" or self.fault.kind == "delay")

    def run(self) -> None:
        """A call that is answered at once."""
        self.finish(*self.outcome())

    async def run_late(self) -> None:
        """A call that waits."""
        if self.fault.kind == "delay":
            await asyncio.sleep(self.fault.seconds)
        if self.method != "getUpdates":
            self.run()
            return
        poll = asyncio.current_task()
        assert poll is not None
        self.connection.set_close_callback(poll.cancel)  # nobody hears the answer any more
        code, body = 0, {"ok": False}
        try:
            self.parameters = read(self.request)
            code, body = self.spoilt() or (200, {"ok": True, "result": await self.world.updates.get(self.parameters)})
        except Refused as refused:
            code, body = refused.code, refused.body()
        finally:
            self.finish(code, body)

    def outcome(self) -> tuple[int, dict[str, Any]]:
        """Code and body of the answer, the effect done."""
        self.world.busy_at = time.monotonic()
        try:
            if self.refused:
                raise self.refused
            self.parameters = read(self.request)
            if (spoilt := self.spoilt()) is not None:
                return spoilt
            return 200, {"ok": True, "result": BY_NAME[self.method.lower()][1](self.world, self.parameters)}
        except Refused as refused:
            return refused.code, refused.body()
        except Exception:  # a fault of this server: seen by the test, and the bot gets its 500
            traceback.print_exc()
            return 500, Refused(500, "Internal Server Error: a bug of the test server, see its output").body()

    def spoilt(self) -> tuple[int, dict[str, Any]] | None:
        """What a fault answers instead of doing anything."""
        if self.fault.kind == "status":
            return self.fault.code, Refused(self.fault.code, responses.get(self.fault.code, "Unknown")).body()
        if self.fault.kind == "too_many":
            refused = too_many(max(1, int(self.fault.seconds)))
            return refused.code, refused.body()
        return (self.fault.code, {}) if self.fault.kind in ("html", "cut_before", "garbage") else None

    @property
    def connection(self) -> HTTP1Connection:
        assert isinstance(self.request.connection, HTTP1Connection)
        return self.request.connection

    def finish(self, code: int, body: dict[str, Any]) -> None:
        """Into the journal, and answered as the fault wants it."""
        result, kind = body.get("result"), self.fault.kind
        self.world.journal.add({
            "at": self.at, "done": self.world.now(), "method": self.method, "chat": self.parameters.text("chat_id"),
            "parameters": self.parameters.values, "code": code, "description": body.get("description", ""),
            "message_id": result.get("message_id", 0) if isinstance(result, dict) else 0,
            "effect": code == 200 and "result" in body, "fault": kind,
        })  # fmt: skip
        raw = ENCODE(body).encode("utf-8", "surrogatepass")
        if kind in ("cut_before", "cut_after"):
            self.connection.close()
        elif kind == "cut_half":
            head = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(raw)
            self.connection.stream.write(head + raw[: len(raw) // 2])
            self.connection.close()
        elif kind == "html":
            send(self.request, code, PAGE, "text/html")
        elif kind == "garbage":
            send(self.request, 200, b'{"ok":tru')
        else:
            send(self.request, code, raw)


def accept(world: World, request: HTTPServerRequest, token: str, name: str) -> Call:
    """The call that a request makes; one with a wrong token or of no known method is refused like any other."""
    if token != world.token:
        refused = Refused(401, "Unauthorized") if TOKEN_SHAPE.fullmatch(token) else Refused(404, "Not Found")
    elif name.lower() in BY_NAME:
        method = BY_NAME[name.lower()][0]
        return Call(world, request, method, world.faults.take(method) or Fault(method, ""), world.now())
    else:
        refused = Refused(404, "Not Found")
    return Call(world, request, name, Fault(name, ""), world.now(), refused=refused)


def run_reply(world: World, body: bytes) -> None:
    """The answer to a webhook post may itself be a call (none that gets something); nobody is told its result."""
    with contextlib.suppress(ValueError, Refused):
        call = json.loads(body) if body.lstrip().startswith(b"{") else {}
        method = str(call.pop("method", "")).lower()
        if method in BY_NAME and not method.startswith("get") and not method.endswith("webhook"):
            BY_NAME[method][1](world, Parameters({name: as_text(value) for name, value in call.items()}))


def send(request: HTTPServerRequest, code: int, raw: bytes, kind: str = "application/json") -> None:
    """Write an answer, if anybody is still there to read it."""
    connection = request.connection
    assert isinstance(connection, HTTP1Connection)
    if not connection.stream.closed():
        headers = HTTPHeaders({"Content-Type": kind, "Content-Length": str(len(raw))})
        connection.write_headers(ResponseStartLine("HTTP/1.1", code, responses.get(code, "Unknown")), headers, raw)
        connection.finish()
