"""The journal as each channel keeps it: Telegram inside the turn's transaction, the terminal for itself."""

from __future__ import annotations

import os
import secrets
import time
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from bot import vault as vaults
from bot.journal.journal import Journal, Speaker
from bot.journal.schema import MIGRATIONS
from bot.logs import fields, logger, told
from bot.settings import CHINA, Settings
from bot.vault import key_file_of, open_vault
from dialogs.events import Event, Turn
from dialogs.session import Session
from policies.database import immediate, open_database, trouble

if TYPE_CHECKING:
    from bot.telegram.turns import Happened

log = logger()


class TelegramJournal:
    """What `bot.telegram.turns` tells of each update. A fault of ours must not cost the user the answer."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal

    def note(self, happened: Happened) -> None:
        """A row for each exchange of an update. Raises what the disk does, so that the whole turn is tried again."""
        speaker = Speaker("telegram", happened.chat, str(happened.started))
        made = happened.exchanges
        for number, one in enumerate(made):
            last = number + 1 == len(made)
            after = happened.after if last else Session.from_state(made[number + 1].before)
            try:
                self._journal.keep(
                    happened.at, speaker, one.before, one.event, after, one.turn, happened.ms / len(made)
                )
            except Exception as error:
                if trouble(error) is not None:
                    raise  # the disk: the whole turn waits and is tried again
                log.error("a turn is not in the journal", extra=fields(chat=happened.chat, **told(error)))

    def forget(self, chat: str) -> None:
        """Every row of a chat."""
        self._journal.erase("telegram", chat)


class TerminalJournal:
    """The turns of one `kedui chat`. Where the database cannot be written any more, the conversation goes on without."""

    def __init__(self, path: Path, settings: Settings, user: str) -> None:
        """Opens the database, or makes it. Raises KeduiError."""
        os.umask(0o077)  # what we write is for our own user
        self._database = open_database(path, vaults.MIGRATIONS, MIGRATIONS)
        self._database.conn.execute("PRAGMA synchronous = NORMAL")  # a row of the log is not worth a flush a turn
        vault = open_vault(self._database, key_file_of(path, settings.key_file))
        self._journal = Journal(self._database, vault, settings.retention_days)
        self._speaker = Speaker("terminal", user, secrets.token_hex(8))
        self._begun, self._broken = time.perf_counter(), False

    def begin(self) -> None:
        """A message has come: from now on it is our time."""
        self._begun = time.perf_counter()

    def watch(self, before: str, event: Event, session: Session, turn: Turn) -> None:
        """For the engine: hears of each turn."""
        ms = (time.perf_counter() - self._begun) * 1000
        if self._broken:
            return
        try:
            with immediate(self._database):
                self._journal.keep(datetime.now(CHINA), self._speaker, before, event, session, turn, ms)
        except Exception as error:
            self._broken = True
            log.warning("turns are not in the journal any more", extra=fields(**told(error)))
