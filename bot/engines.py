"""The conversation over the tables in force: made once for each version of the tables and each day."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from dialogs.engine import Engine
from policies.assess import Assessor
from policies.loader import Tables, library

_CHINA = ZoneInfo("Asia/Shanghai")


class Engines:
    """`engines(now)` is the engine for a turn. `as_of`: the day that counts as today, when it is set."""

    def __init__(self, as_of: date | None, contact: str | None) -> None:
        self._as_of, self._contact = as_of, contact
        self._assessor: Assessor | None = None
        self._engine: Engine | None = None

    def __call__(self, now: datetime) -> Engine:
        assessor = self._assessor_for(library())
        today = self._as_of or now.astimezone(_CHINA).date()
        engine = self._engine
        if engine is None or engine.assessor is not assessor or engine.today != today:
            engine = self._engine = Engine(assessor, today, self._contact)
        return engine

    def _assessor_for(self, tables: Tables) -> Assessor:
        if self._assessor is None or self._assessor.tables is not tables:
            self._assessor = Assessor(tables)
        return self._assessor
