"""Ends the process when nothing has succeeded for too long: the supervisor starts it again, fresh.

A thread, so that it sees also an event loop that hangs.
"""

from __future__ import annotations

import os
import sys
import threading
import time

from bot.logs import fields, logger


class Watchdog:
    """`alive` at each success; `start` begins to watch."""

    def __init__(self, patience: float) -> None:
        self._patience, self._last = patience, time.monotonic()
        self._stopped = threading.Event()

    def alive(self) -> None:
        self._last = time.monotonic()

    def start(self) -> None:
        threading.Thread(target=self._watch, name="watchdog", daemon=True).start()

    def stop(self) -> None:
        self._stopped.set()

    def _watch(self) -> None:
        while not self._stopped.wait(min(1.0, self._patience / 10)):
            silent = time.monotonic() - self._last
            if silent > self._patience:
                logger().error("watchdog", extra=fields(silent_seconds=round(silent)))
                print(
                    f"已有 {silent:.0f} 秒没能从 Telegram 取到消息，程序退出，由守护程序重新启动。"
                    "请检查网络、代理和 KEDUI_TELEGRAM_API",
                    file=sys.stderr,
                    flush=True,
                )
                os._exit(1)
