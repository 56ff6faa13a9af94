"""A first draft from the text: amounts and rates, each at the right clause, on the five documents."""

from __future__ import annotations

import time

from policies.draft.rows import draft
from policies.loader import LIBRARY, library
from tests import draft_scoring
from tests.bench.tables import Options, Table


def tables(options: Options) -> list[Table]:
    table = Table(
        "A draft from the text: amounts and rates at the right clause",
        ("document", "right", "wrong", "missed", "precision", "recall", "ms"),
    )
    scores = []
    for policy in library().policies.values():
        text = (LIBRARY / policy.id / "source.md").read_text(encoding="utf-8")
        start = time.perf_counter()
        draft(text, library().vocabulary)
        took = (time.perf_counter() - start) * 1000
        scores.append(draft_scoring.against_tables(policy, text))
        table.rows.append((policy.id, *_cells(scores[-1]), f"{took:.0f}"))
    table.rows.append(("all", *_cells(draft_scoring.total(scores)), ""))
    table.notes.append("the patterns were tuned on these five; texts of other hands are in tests/data/draft")
    return [table]


def _cells(score: draft_scoring.Score) -> tuple[str, ...]:
    shares = (f"{float(share):.1%}" for share in (score.precision, score.recall))
    return (*map(str, (score.right, score.wrong, score.missed)), *shares)
