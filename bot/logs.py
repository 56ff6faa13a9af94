"""Logs: one JSON object a line on standard error. No words of users, no token, whatever goes wrong.

Our own lines carry fields (`log.info("turn", extra=fields(chat=…, ms=…))`). Of an exception the kind and the places are
told, never its text, which may quote a message. Of other people's libraries the unfilled sentence is told, from warnings up.
"""

from __future__ import annotations

import json
import logging
import sys
import traceback
from datetime import datetime
from typing import Any, TextIO

from bot.settings import CHINA

LEVELS = ("debug", "info", "warning", "error")
OWN = "kedui"
_OURS = (OWN, "bot", "dialogs", "policies")


def logger() -> logging.Logger:
    return logging.getLogger(OWN)


def fields(**values: Any) -> dict[str, Any]:
    """What a line says beside its event, for `extra`."""
    return {"fields": values}


def set_up(level: str, secrets: tuple[str, ...] = (), stream: TextIO | None = None) -> None:
    """All logs as JSON lines from this level; secrets never appear."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(_Line(secrets))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logger().setLevel(level.upper())


class _Line(logging.Formatter):
    def __init__(self, secrets: tuple[str, ...]) -> None:
        super().__init__()
        self._secrets = secrets

    def format(self, record: logging.LogRecord) -> str:
        ours = record.name.split(".")[0] in _OURS
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, CHINA).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "event": record.getMessage() if ours else str(record.msg),
        }
        if record.name != OWN:
            line["from"] = record.name
        line |= getattr(record, "fields", {})
        if record.exc_info and record.exc_info[1] is not None:
            line |= told(record.exc_info[1])
        text = json.dumps(line, ensure_ascii=False, default=str)
        for secret in self._secrets:
            text = text.replace(secret, "***")
        return text


def told(error: BaseException) -> dict[str, Any]:
    """An exception without its words: its kind, and where it passed, innermost last."""
    frames = traceback.extract_tb(error.__traceback__)[-6:]
    places = [f"{'/'.join(frame.filename.split('/')[-2:])}:{frame.lineno} {frame.name}" for frame in frames]
    return {"error": type(error).__name__, "where": places}
