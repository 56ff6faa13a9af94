"""What is heard: amounts of the public collections, first messages by fact, intents."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

from tests import amounts_scoring, understanding_scoring
from tests.bench.tables import Options, Table

_DATA = Path(__file__).parents[1] / "data"


def tables(options: Options) -> list[Table]:
    return [_amounts(), _messages(), _intents()]


def _amounts() -> Table:
    table = Table(
        "Amounts of money, public collections", ("collection", "texts", "right", "asked back", "silently wrong")
    )
    found: dict[str, Counter[str]] = {}
    for line in (_DATA / "amounts.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        verdict = amounts_scoring.score(row)
        for name in (row["source"].split(".")[0], "all"):
            found.setdefault(name, Counter())[verdict] += 1
    for name in sorted(found, key=lambda item: (item == "all", item)):
        counts = found[name]
        every = counts.total()
        table.rows.append(
            (name, str(every), f"{counts['right'] / every:.1%}", str(counts["asked"]), str(counts["wrong"]))
        )
    return table


def _messages() -> Table:
    table = Table(
        "First messages, by fact", ("fact", "told", "precision", "recall", "held: told", "precision", "recall")
    )
    dev, held = (understanding_scoring.score_messages(part) for part in ("dev", "held"))
    paths = sorted(
        set(dev.right) | set(dev.missed) | set(dev.wrong) | set(held.right) | set(held.missed) | set(held.wrong)
    )
    for path in (*paths, ""):
        cells = []
        for tally in (dev, held):
            told = sum(n for counts in (tally.right, tally.missed) for own, n in counts.items() if path in ("", own))
            wrong = sum(n for own, n in tally.wrong.items() if path in ("", own))
            cells += (
                [str(told), f"{tally.precision(path):.1%}", f"{tally.recall(path):.1%}"]
                if told or wrong
                else ["", "", ""]
            )
        table.rows.append((path or "all", *cells))
    table.notes.append(f"baits taken: {len(dev.baits)} and {len(held.baits)}; nobody tunes a word to the held part")
    return table


def _intents() -> Table:
    table = Table("Intents", ("part", "right", "of", "share"))
    for part in ("dev", "held"):
        right, every, _ = understanding_scoring.score_intents(part)
        table.rows.append((part, str(right), str(every), f"{right / every:.1%}" if every else ""))
    return table
