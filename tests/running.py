"""The real bot as a process, against the Bot API server on loopback."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent


@dataclass
class Bot:
    """`kedui …` in a folder of its own, with the settings given; its log in a file there."""

    folder: Path
    settings: dict[str, str]
    process: subprocess.Popen[bytes] | None = None
    seen: int = 0
    """Lines of the log before the last start."""
    extra: dict[str, Any] = field(default_factory=dict)
    """More for Popen."""

    @property
    def database(self) -> Path:
        return Path(self.settings.get("KEDUI_DB", str(self.folder / "data" / "kedui" / "kedui.db")))

    @property
    def log(self) -> Path:
        return self.folder / "log"

    def environment(self) -> dict[str, str]:
        own = {key: value for key, value in os.environ.items() if not key.startswith("KEDUI_")}
        own |= {"PYTHONPATH": str(ROOT), "XDG_DATA_HOME": str(self.folder / "data"), "PYTHONWARNINGS": "error"}
        return own | self.settings

    def start(self, ready: bool = True) -> None:
        """Begin; `ready`: wait until it has talked with Telegram."""
        self.seen = len(self.words().splitlines())
        with self.log.open("ab") as log:
            command = [sys.executable, "-m", "bot", "telegram"]
            self.process = subprocess.Popen(
                command, cwd=self.folder, env=self.environment(), stdout=log, stderr=log, **self.extra
            )
        if ready:
            asyncio.run(self.ready())

    def wait_for(self, event: str, count: int = 1, timeout: float = 20) -> list[dict[str, Any]]:
        """Wait until the log has the event so often; those lines."""
        end = time.monotonic() + timeout
        while len(found := [line for line in self.lines() if line.get("event") == event]) < count:
            assert self.process is not None
            assert self.process.poll() is None, f"ended with {self.process.returncode}: {self.words()[-2000:]}"
            assert time.monotonic() < end, f"no {event}: {self.words()[-2000:]}"
            time.sleep(0.02)
        return found

    async def ready(self, timeout: float = 60) -> None:
        """The same as `start(ready=True)`, beside a server on this loop."""
        end = time.monotonic() + timeout
        while sum('"event": "started"' in line for line in self.words().splitlines()[self.seen :]) < 1:
            assert self.process is not None
            assert self.process.poll() is None, f"ended with {self.process.returncode}: {self.words()[-2000:]}"
            assert time.monotonic() < end, self.words()[-2000:]
            await asyncio.sleep(0.02)

    def waiting(self) -> tuple[int, int]:
        """Updates not answered and calls not made, as the database has them."""
        with closing(sqlite3.connect(self.database)) as database:
            inbox = database.execute("SELECT count(*) FROM inbox WHERE done_at IS NULL").fetchone()[0]
            return inbox, database.execute("SELECT count(*) FROM outbox").fetchone()[0]

    def words(self) -> str:
        return self.log.read_text(encoding="utf-8", errors="replace") if self.log.exists() else ""

    def lines(self) -> list[dict[str, Any]]:
        """The lines of the log that are JSON."""
        return [json.loads(line) for line in self.words().splitlines() if line.startswith("{") and line.endswith("}")]

    def kill(self) -> None:
        """SIGKILL."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def stop(self) -> tuple[int, float]:
        """SIGTERM; the exit status and the seconds it took."""
        assert self.process is not None
        begun = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        status = self.process.wait(10)
        return status, time.monotonic() - begun

    def run(self, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
        """Another command in the same place, to its end."""
        return subprocess.run(
            [sys.executable, "-m", "bot", *arguments],
            cwd=self.folder,
            env=self.environment() | settings,
            capture_output=True,
            encoding="utf-8",
            timeout=60,
            check=False,
        )

    def end(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.kill()


@contextmanager
def bot(folder: Path, url: str, token: str, **settings: str) -> Iterator[Bot]:
    """A bot that is not started yet; killed at the end."""
    folder.mkdir(parents=True, exist_ok=True)
    given = {"KEDUI_TELEGRAM_API": url, "KEDUI_TELEGRAM_TOKEN": token, "KEDUI_AS_OF": "2025-06-30", **settings}
    one = Bot(folder, given)
    try:
        yield one
    finally:
        one.end()


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])
