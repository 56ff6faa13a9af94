"""The server used from a test: in a thread, or as a process of its own; people and stage over its control side.

with running() as api:                       # or spawned()
    ada = api.person(1)
    ada.say("/start")
    ada.wait(text="…")
"""

from __future__ import annotations

import asyncio
import contextlib
import http.client
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from tests.botapi import wire
from tests.botapi.errors import Impossible
from tests.botapi.server import Server
from tests.botapi.world import TOKEN, World

ROOT = Path(__file__).parent.parent.parent
ERRORS = {"TimeoutError": TimeoutError, "Impossible": Impossible, "ValueError": ValueError, "KeyError": KeyError}
LONGEST_WAIT = 300
"""Seconds that a control call may take."""


class Proxy:
    """A person or the stage in another thread or process: the same methods, each an HTTP call that waits."""

    def __init__(self, api: Remote, who: int | None, about: dict[str, Any]) -> None:
        self._api, self._who, self._about = api, who, about

    def __getattr__(self, name: str) -> Callable[..., Any]:
        if name.startswith("_"):
            raise AttributeError(name)

        def method(*given: Any, **named: Any) -> Any:
            return self._api.control(self._who, self._about, name, given, named)

        return method


class Remote:
    """A running server. `url` is for KEDUI_TELEGRAM_API."""

    def __init__(self, port: int, control_port: int, token: str) -> None:
        self.port, self.control_port, self.token = port, control_port, token
        self.url = f"http://127.0.0.1:{port}"
        self.stage: Any = Proxy(self, None, {})
        self._own = threading.local()
        self._lines: list[http.client.HTTPConnection] = []
        """Lines to the control side, one for each thread."""

    def person(self, number: int, **about: Any) -> Any:
        """A person (people.Person), by id; `about`: first_name, language."""
        return Proxy(self, number, about)

    def control(self, who: int | None, about: dict[str, Any], do: str, given: tuple[Any, ...], named: Any) -> Any:
        """One order; raises what the method raised."""
        body = wire.dumps({"who": who, "about": about, "do": do, "given": given, "with": named})
        line: http.client.HTTPConnection | None = getattr(self._own, "line", None)
        if line is None:
            line = self._own.line = http.client.HTTPConnection("127.0.0.1", self.control_port, timeout=LONGEST_WAIT)
            self._lines.append(line)
        try:
            line.request("POST", "/control", body)
            answer = wire.loads(line.getresponse().read())
        except BaseException:
            line.close()
            raise
        if "error" in answer:
            raise ERRORS.get(answer["error"], RuntimeError)(answer["message"])
        return answer["result"]

    def close(self) -> None:
        for line in self._lines:
            line.close()


@contextlib.contextmanager
def running(**options: Any) -> Iterator[Remote]:
    """A server in a thread of this process (`options` as World takes them)."""
    started, ends = threading.Event(), threading.Event()
    ports, failure = (0, 0), ""

    async def main() -> None:
        nonlocal ports
        async with Server(World(**options)) as server:
            ports = server.port, server.control_port
            started.set()
            await asyncio.get_running_loop().run_in_executor(None, ends.wait)

    def run() -> None:
        nonlocal failure
        try:
            asyncio.run(main())
        except BaseException as error:
            failure = repr(error)
        finally:
            started.set()

    thread = threading.Thread(target=run, name="botapi", daemon=True)
    thread.start()
    started.wait(10)
    if not ports[1]:
        raise RuntimeError(f"the server did not start: {failure}")
    api = Remote(*ports, options.get("token", TOKEN))
    try:
        yield api
    finally:
        api.close()
        ends.set()
        thread.join(10)


@contextlib.contextmanager
def spawned(*arguments: str) -> Iterator[Remote]:
    """A server as a process of its own (`arguments` as `python -m tests.botapi` takes them)."""
    command = [sys.executable, "-m", "tests.botapi", *arguments]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stdin=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        words = process.stdout.readline().split()
        if len(words) != 3:
            raise RuntimeError("the server did not start")
        api = Remote(int(words[0].rpartition(":")[2]), int(words[1]), words[2])
        yield api
        api.close()
    finally:
        process.kill()
        process.communicate()
