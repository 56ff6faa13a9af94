"""How good clusters are against labelled groups: purity, completeness, and pairs found."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.analysis.clusters import clusters
from policies.yaml12 import load

DATA = Path(__file__).parent / "data" / "questions" / "paraphrases.yaml"


@dataclass(frozen=True)
class Score:
    """`purity`: share of questions in a cluster whose commonest group is theirs. `completeness`: share of questions whose
    group's largest cluster is theirs. `pairs`: share of pairs of one group that are in one cluster."""

    clusters: int
    purity: float
    completeness: float
    pairs: float


def paraphrases() -> list[tuple[str, str]]:
    """Group and question."""
    rows: Any = load(DATA.read_text(encoding="utf-8"))[0]
    return [(row["group"], question) for row in rows for question in row["questions"]]


def score(labelled: Sequence[tuple[str, str]]) -> Score:
    found = clusters(text for _, text in labelled)
    label = [group for group, _ in labelled]
    inside = [Counter(label[index] for index in one.members) for one in found]
    groups = Counter(label)
    best = {group: max(counts[group] for counts in inside) for group in groups}
    pairs = sum(n * (n - 1) for counts in inside for n in counts.values())
    return Score(
        len(found),
        sum(max(counts.values()) for counts in inside) / len(label),
        sum(best.values()) / len(label),
        pairs / sum(n * (n - 1) for n in groups.values()),
    )
