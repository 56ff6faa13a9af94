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
    table.notes.append("the patterns were tuned on these five")
    return [table, _labelled()]


def _labelled() -> Table:
    """Invented texts of very different make, labelled by hand: tests/data/draft."""
    table = Table(
        "A draft from the text: invented texts, labelled before the extractor was read",
        ("text", "right", "wrong", "missed", "precision", "recall", "part", "head"),
    )
    texts = draft_scoring.labelled()
    for one in texts:
        score = draft_scoring.against_labels(one)
        table.rows.append((one.name, *_cells(score), _part(score), _head([one])))
    for name in ("tune", "held"):
        part = [one for one in texts if one.held == (name == "held")]
        score = draft_scoring.total(map(draft_scoring.against_labels, part))
        table.rows.append((f"all {name}", *_cells(score), _part(score), _head(part)))
    table.notes.append(
        "part: of the figures right, how many are rate, fixed, cap or unit as labelled; head: facts of the document that are"
        " right, of those labelled; held: nobody tunes on them"
    )
    return table


def _head(texts: list[draft_scoring.Labelled]) -> str:
    score = draft_scoring.total(map(draft_scoring.against_head, texts))
    return f"{score.right}/{score.right + score.wrong}"


def _cells(score: draft_scoring.Score) -> tuple[str, ...]:
    shares = (f"{float(share):.1%}" for share in (score.precision, score.recall))
    return (*map(str, (score.right, score.wrong, score.missed)), *shares)


def _part(score: draft_scoring.Score) -> str:
    return f"{score.parts / score.right:.1%}" if score.right else "–"
