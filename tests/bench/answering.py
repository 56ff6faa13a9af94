"""Questions in the middle of a conversation: how many are answered rightly, and the time of such a turn."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import date

from dialogs.engine import Engine
from dialogs.session import Session
from policies.assess import Assessor
from policies.faq import FaqEntry
from policies.loader import library
from tests import questions_scoring
from tests.bench.tables import Options, Table, against, percentile, spread
from tests.conversing import Event

_VERDICTS = ("right", "wrong", "asked", "not")
_MANY = 5000


def tables(options: Options) -> list[Table]:
    return [*(_set(name) for name in ("tune", "held")), _times()]


def _set(name: str) -> Table:
    tally = questions_scoring.score(name)
    table = Table(
        f"Questions, {name}",
        ("kind", "precision", "answered rightly", "of", "right", "wrong", "asked back", "not known"),
    )
    for kind in (*tally.by_kind, ""):
        counts = [str(tally.count(verdict, kind)) for verdict in _VERDICTS]
        table.rows.append(
            (
                kind or "all",
                f"{tally.precision(kind):.1%}",
                f"{tally.answered(kind):.1%}",
                str(tally.every(kind)),
                *counts,
            )
        )
    if name == "held":
        table.notes.append("nobody tunes a word to held.yaml")
    return table


def _times() -> Table:
    table = Table("Processor time of a turn that asks, ms", ("prepared entries", "p50", "p95", "p99"))
    tables = library()
    texts = [row["text"] for row in questions_scoring.rows("tune")]
    for faq, aim in ((tables.faq, 10.0), (tables.faq + _invented(_MANY - len(tables.faq)), 20.0)):
        spent = _spent(Engine(Assessor(replace(tables, faq=faq)), date(2025, 6, 30)), texts)
        table.rows.append((f"{len(faq):,}", *spread(spent)))
        table.notes.append(f"p95 with {len(faq):,}: {against(percentile(spent, 95), aim, 'ms')}")
    return table


def _spent(engine: Engine, texts: list[str]) -> list[float]:
    told = Session()
    engine.turn(told, Event("我厂在包头青山区，稀土永磁电机，机器人投了700万"))
    engine.turn(told, Event("什么是小灯塔"))

    def ask(text: str) -> float:
        start = time.process_time()
        engine.turn(told.snapshot(), Event(text))
        return (time.process_time() - start) * 1000

    return [min(ask(text) for _ in range(3)) for text in texts]


def _invented(count: int) -> tuple[FaqEntry, ...]:
    """Entries of made-up things, asked for in the usual ways."""
    return tuple(
        FaqEntry(
            id=f"made-up-{n}",
            asks=(f"第{n}号设备怎么申请补贴", f"{n}号产线能补多少钱", f"编号{n}的平台给不给奖励"),
            answer="没有写。",
            general=True,
        )
        for n in range(count)
    )
