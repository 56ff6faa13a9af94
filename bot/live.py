"""The engine of a program that runs on while tables are published."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import date

from dialogs.engine import Engine
from policies.assess import Assessor
from policies.errors import KeduiError
from policies.loader import Published

log = logging.getLogger(__name__)


class Live:
    """The engine over what is published now: asked at every turn, made anew when there is another version.

    `poll` says what is published (`published_of`, or `published` of an open database). When the database cannot be read
    in the middle of things, the last tables go on answering and the log says so.
    """

    def __init__(self, poll: Callable[[], Published], contact: str | None = None) -> None:
        self._poll, self._contact = poll, contact
        self._now: Published | None = None
        self._engine: Engine | None = None

    def engine(self, today: date) -> Engine:
        """Raises KeduiError when there are no tables yet."""
        try:
            found = self._poll()
        except KeduiError as error:
            if self._now is None:
                raise
            log.error("%s", error)
            found = self._now
        if self._engine is None or self._now is None or found.tables is not self._now.tables:
            self._engine = Engine(Assessor(found.tables), today, self._contact, found.version)
        elif self._engine.today != today:
            self._engine = Engine(self._engine.assessor, today, self._contact, found.version)
        self._now = found
        return self._engine
