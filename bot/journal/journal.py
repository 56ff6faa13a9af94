"""Writing the journal: one row a turn, inside the transaction of whoever serves the turn (`Journal.keep`)."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from bot.journal.masking import masked
from bot.settings import CHINA
from bot.vault import Vault
from dialogs.events import Event, Turn, text_of
from dialogs.paths import get
from dialogs.session import Session
from policies.assessment import Assessment
from policies.database import Database
from policies.regions import AmbiguousPlace, UnknownPlace, resolve

LONGEST = 500
"""Characters of a message that are kept."""
_STANDS = ("firm", "firm_high", "apart", "apart_high")
_COLUMNS = (
    *("at", "day", "channel", "person", "conversation", "turn", "kind", "asked", "text", "heard", "outcome", "intent"),
    *("act", "answered_by", "score", "asks", "reported", *(f"{name}_before" for name in _STANDS), *_STANDS),
    *("region", "industries", "covered", "version", "ms", "synthetic"),
)
_INSERT = f"INSERT INTO log_turns ({', '.join(_COLUMNS)}) VALUES ({', '.join('?' * len(_COLUMNS))})"
_LAST = f"SELECT {', '.join(_STANDS)}, covered, region FROM log_turns WHERE conversation = ? ORDER BY id DESC LIMIT 1"


@dataclass(frozen=True)
class Speaker:
    """Who talks where: the channel (terminal, telegram), the name by which the channel knows the person, the conversation's."""

    channel: str
    name: str
    conversation: str


class Journal:
    """Writes to an open database on which MIGRATIONS have been applied. `retention_days`: how long rows are kept."""

    def __init__(self, database: Database, vault: Vault, retention_days: int, synthetic: bool = False) -> None:
        self._run, self._retention, self._synthetic = database.conn.execute, timedelta(days=retention_days), synthetic
        self._pseudonym: Callable[[str], str] = lru_cache(maxsize=4096)(vault.pseudonym)
        self._purged_on = ""

    def keep(
        self, at: datetime, speaker: Speaker, before: str, event: Event, session: Session, turn: Turn, ms: float
    ) -> None:
        """One turn: `before` is the session's state when the message came, `session` as it stands now.

        Once a day what is too old goes. Amounts are kept in fen.
        """
        was = json.loads(before)
        at = at.astimezone(CHINA)
        day = at.date().isoformat()
        if day != self._purged_on:
            self.purge(at)
            self._purged_on = day
        conversation = self._pseudonym(f"conversation {speaker.channel} {speaker.name} {speaker.conversation}")[:12]
        last = self._run(_LAST, [conversation]).fetchone()
        stood = tuple(last[:4]) if last is not None else (None,) * 4
        result = turn.assessment
        stands = (result.total, result.high, result.indicative, result.indicative_high) if result is not None else stood
        covered = _covered(result) if result is not None else last[4] if last is not None else "unknown"
        industries = get(session.facts, "enterprise.industries")
        values = (
            *(at.isoformat(timespec="milliseconds"), day, speaker.channel, self.person(speaker.channel, speaker.name)),
            *(conversation, session.turn, _kind(event), was["asked"]),
            *(kept_text(_words(event, was)), _json(turn.heard), _outcome(was, session, turn), turn.intent, turn.act),
            *(json.dumps(turn.answered_by, ensure_ascii=False), turn.score, session.asked),
            any(reply.form == "report" for reply in turn.replies),
            *(*stood, *stands, _region(session), None if industries is None else _json(industries), covered),
            *(session.version, round(ms, 3), self._synthetic),
        )
        self._run(_INSERT, values)

    def person(self, channel: str, name: str) -> str:
        """The pseudonym of a person; another than the one under which the conversation itself is kept."""
        return self._pseudonym(f"log {channel} {name}")[:16]

    def erase(self, channel: str, name: str) -> int:
        """Every row of a person, index included; how many."""
        gone = self._run("DELETE FROM log_turns WHERE person = ?", [self.person(channel, name)]).rowcount
        if gone:
            tidy(self._run)
        return gone

    def purge(self, now: datetime) -> int:
        """Rows older than the retention go; how many."""
        return purge(self._run, now, self._retention.days)


def purge(run: Callable[..., Any], now: datetime, days: int) -> int:
    """Rows of days before the last `days` go, index included; how many."""
    first = (now.astimezone(CHINA) - timedelta(days=days)).date().isoformat()
    gone: int = run("DELETE FROM log_turns WHERE day < ?", [first]).rowcount
    if gone:
        tidy(run)
    return gone


def tidy(run: Callable[..., Any]) -> None:
    """FTS5 marks what is deleted and drops it when it merges: merge now."""
    run("INSERT INTO log_texts (log_texts) VALUES ('optimize')")


def kept_text(text: str) -> str:
    """A message as it is kept: masked and cut. The cut never leaves half of a number, which would not be known for one."""
    head = text if len(text) <= 2 * LONGEST else re.sub(r"\S{1,40}$", "", text[: 2 * LONGEST])
    return masked(head)[:LONGEST]


def _json(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, default=str, separators=(",", ":"))
    return (
        text if text.isascii() else json.dumps(_masked(value), ensure_ascii=False, default=str, separators=(",", ":"))
    )


def _masked(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _masked(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_masked(item) for item in value]
    return masked(value) if isinstance(value, str) and not value.isascii() else value


def _kind(event: Event) -> str:
    return "edit" if event.turn is not None else "press" if event.value is not None else "text"


def _words(event: Event, was: dict[str, Any]) -> str:
    """The message; the labels of what was pressed."""
    if event.value is None:
        return event.text
    labels = {str(value): str(label) for value, label in was["shown"]}
    values = event.value if isinstance(event.value, list) else [event.value]
    return "、".join(labels.get(str(value)) or text_of(Event(value=value)) for value in values)


def _outcome(was: dict[str, Any], session: Session, turn: Turn) -> str:
    """What became of the question that stood open: none answered skipped same moved."""
    path = was["asked"]
    if path is None:
        return "none"
    told = any(one == path or one.startswith((f"{path}.", f"{path}[")) for one in turn.heard)
    if told or (path in session.closed and path not in was["closed"]):
        return "answered"
    if path in session.skipped and path not in was["skipped"]:
        return "skipped"
    if session.asked == path:
        return "same"
    return "answered" if turn.heard and get(session.facts, path) is not None else "moved"


def _region(session: Session) -> str | None:
    told = get(session.facts, "enterprise.region")
    if told is None:
        return None
    try:
        return resolve(str(told)).full_name
    except (AmbiguousPlace, UnknownPlace, ValueError):
        return None


def _covered(result: Assessment) -> str:
    """Whether the tables have something for the place and the trade: yes, no_region, no_industry."""
    if not result.documents:
        return "no_region"
    if result.high or result.high is None or result.indicative_high or result.indicative_high is None:
        return "yes"
    reasons = [refusal.reason for refusal in result.refusals]
    return "no_industry" if "industry" in reasons and not result.missing else "yes"
