"""A real client of python-telegram-bot, a bare one, and a webhook: what the contract tests of the server call it with."""

from __future__ import annotations

import http.client
import itertools
import json
import threading
import time
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from telegram import Bot, Update
from telegram.request import HTTPXRequest

from tests.botapi.remote import Remote

PEOPLE = itertools.count(1)
Run = Callable[[Coroutine[Any, Any, Any]], Any]


def client(api: Remote, token: str = "") -> Bot:
    """A Bot of python-telegram-bot, not yet initialised."""
    request = [HTTPXRequest(connection_pool_size=8, read_timeout=20) for _ in range(2)]
    return Bot(
        token or api.token, f"{api.url}/bot", f"{api.url}/file/bot", request=request[0], get_updates_request=request[1]
    )  # fmt: skip


@contextmanager
def connected(api: Remote, run: Run) -> Iterator[Bot]:
    """A Bot ready for use."""
    bot = client(api)
    run(bot.initialize())
    yield bot
    run(bot.shutdown())


def newcomer(api: Remote, bot: Bot, run: Run) -> Any:
    """A person who has written to the bot; nothing is pending, ordered or set any more."""
    api.stage.no_faults()
    person = api.person(next(PEOPLE))
    person.say("/start")
    run(bot.delete_webhook(drop_pending_updates=True))
    return person


def news(bot: Bot, run: Run, **options: Any) -> tuple[Update, ...]:
    """The updates that wait, confirmed at once."""
    updates = run(bot.get_updates(timeout=5, **options))
    run(bot.get_updates(offset=updates[-1].update_id + 1, timeout=0))
    return tuple(updates)


def raw(api: Remote, method: str, body: bytes = b"", kind: str = "", token: str = "") -> tuple[int, dict[str, Any]]:
    """A call without a client library: code and body."""
    line = http.client.HTTPConnection("127.0.0.1", api.port, timeout=20)
    line.request("POST", f"/bot{token or api.token}/{method}", body, {"Content-Type": kind} if kind else {})
    with line.getresponse() as response:
        answer = json.loads(response.read())
    line.close()
    return response.status, answer


def raw_file(api: Remote, path: str) -> int:
    line = http.client.HTTPConnection("127.0.0.1", api.port, timeout=20)
    line.request("GET", f"/file/bot{api.token}/{path}")
    with line.getresponse() as response:
        response.read()
    line.close()
    return response.status


class Hook(BaseHTTPRequestHandler):
    """A webhook that answers as told and remembers."""

    protocol_version = "HTTP/1.1"
    answers: list[tuple[int, bytes]]
    got: list[tuple[str, dict[str, Any]]]

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.got.append((self.headers.get("X-Telegram-Bot-Api-Secret-Token", ""), body))
        code, answer = self.answers.pop(0) if self.answers else (200, b"")
        self.send_response(code)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  # the base class names it so
        pass


@contextmanager
def hook(*answers: tuple[int, bytes]) -> Iterator[tuple[str, list[tuple[str, dict[str, Any]]]]]:
    """A webhook's address and what it got."""
    handler = type("TestHook", (Hook,), {"answers": list(answers), "got": []})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/hook", handler.got
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def until(holds: Callable[[], bool], seconds: float = 10) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "did not come true"
        time.sleep(0.02)
