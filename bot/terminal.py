"""`kedui chat`: the conversation in a terminal, and as JSON Lines for programs (docs/reference/conversation.md)."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.__main__ import OK
from bot.live import Live
from bot.published import published_of
from dialogs.engine import Engine
from dialogs.events import Event, Turn
from dialogs.render import short_label
from dialogs.session import Session
from policies.as_json import as_json
from policies.errors import KeduiError

if TYPE_CHECKING:
    from bot.journal.channels import TerminalJournal
    from bot.settings import Settings

LONGEST = 80_000_000
"""Characters of one line: 10 MB of text, escaped. The rest of a longer line is dropped."""


def chat(arguments: argparse.Namespace) -> int:
    """The command."""
    from bot.settings import read_settings, today

    settings = read_settings()
    day: date = arguments.as_of or settings.as_of or today()
    fixed = published_of(arguments) if arguments.policies else None
    live = Live(lambda: fixed or published_of(arguments), settings.contact)
    journal = _journal(arguments, settings)

    def engine() -> Engine:
        now = live.engine(day)
        if journal is not None:
            now.watch = journal.watch
            journal.begin()
        return now

    return (_jsonl if arguments.jsonl else _lines)(engine, Session())


def _journal(arguments: argparse.Namespace, settings: Settings) -> TerminalJournal | None:
    """Turns are logged where a database is in use: there is one, or one is named. Not for tables that are tried out."""
    path = Path(arguments.db) if arguments.db else settings.db
    named = arguments.db or "db" in settings.model_fields_set
    if arguments.policies or not (named or path.exists()):
        return None
    from bot.journal.channels import TerminalJournal
    from bot.publishing import person

    try:
        return TerminalJournal(path, settings, person())
    except KeduiError as error:
        print(f"这次对话不记日志：{error}", file=sys.stderr)
        return None


def _lines(engine: Callable[[], Engine], session: Session) -> int:
    """People: replies as text with numbered choices; one message a line."""
    interactive = sys.stdin.isatty()
    _print(engine().greet(session))
    while True:
        if interactive:
            try:
                line = input("\n> ")
            except EOFError:
                print()
                return OK
        else:
            line = _read()
            if not line:
                return OK
            print(f"\n> {line.strip()[:200]}")
        if not line.strip():
            continue
        turn = engine().turn(session, Event(line.strip()))
        _print(turn)
        if interactive and not turn.replies:
            return OK


def _print(turn: Turn) -> None:
    for reply in turn.replies:
        print()
        print(reply.text)
        if reply.choices:
            numbered = not any(str(value).isdecimal() for value, _ in reply.choices)
            print(
                "  ".join(
                    f"{n} {short_label(label)}" if numbered else label for n, (_, label) in enumerate(reply.choices, 1)
                )
            )
    sys.stdout.flush()


def _jsonl(engine: Callable[[], Engine], session: Session) -> int:
    """Programs: one object a line in, one a line out, flushed."""
    now = engine()
    _write(now, session, now.greet(session))
    while line := _read():
        if not line.strip():
            continue
        try:
            event = _event(json.loads(line))
        except (ValueError, TypeError, KeyError, RecursionError):
            session.turn += 1
            fault = {"code": "bad_line", "message": '这一行不是 {"text": "…"} 这样的 JSON 对象', "where": ""}
            print(json.dumps({"turn": session.turn, "error": fault}, ensure_ascii=False), flush=True)
            continue
        now = engine()
        _write(now, session, now.turn(session, event))
    return OK


def _read() -> str:
    """One whole line, bounded; empty at the end."""
    line = rest = sys.stdin.readline(LONGEST)
    while len(rest) == LONGEST and not rest.endswith("\n"):
        rest = sys.stdin.readline(LONGEST)
    return line


def _event(data: Any) -> Event:
    if not isinstance(data, dict):
        raise TypeError
    kind = data.get("event", "text")
    if kind == "press":
        return Event(str(data.get("text") or ""), data.get("value"))
    text = data.get("text")
    if not isinstance(text, str):
        raise TypeError
    if kind == "edit":
        return Event(text, None, int(data["turn"]))
    return Event(text)


def _write(engine: Engine, session: Session, turn: Turn) -> None:
    assessment = None
    if turn.assessment is not None:
        assessment = as_json(turn.assessment, engine.vocabulary)
    out = {
        "turn": session.turn,
        "replies": [
            {"text": reply.text, "choices": [{"label": label, "value": value} for value, label in reply.choices]}
            for reply in turn.replies
        ],
        "asks": session.asked,
        "heard": turn.heard,
        "facts": session.facts,
        "assessment": assessment,
    }
    print(json.dumps(out, ensure_ascii=False, default=str), flush=True)
