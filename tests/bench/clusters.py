"""Clusters of unanswered questions: purity and completeness on paraphrases, and time and memory for many questions."""

from __future__ import annotations

import random
import resource
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator

from bot.analysis.clusters import clusters, content
from tests.bench.tables import Options, Table, against
from tests.clusters_scoring import paraphrases, score

MANY, FEW = 100_000, 10_000
_BEFORE = (
    "",
    "",
    "",
    "请问",
    "我们厂",
    "老板问",
    "想问下",
    "急，",
    "包头",
    "呼和浩特的",
    "广西",
    "在泗阳",
    "我朋友公司",
)
_AFTER = ("", "", "吗", "呢", "？", "谢谢", "今年的", "明年还有吗", "怎么办", "能拿多少")
_SLIPS = "的了在有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面而方后多定行学法所民得经"


def many(count: int, seed: int) -> Iterator[tuple[str, str]]:
    """Topic and question, nearly all different: paraphrases with words around them and slips in them."""
    dice, rows = random.Random(seed), paraphrases()
    for _ in range(count):
        group, text = dice.choice(rows)
        text = dice.choice(_BEFORE) + text + dice.choice(_AFTER)
        place = dice.randrange(len(text))
        if dice.random() < 0.5:
            text = text[:place] + dice.choice(_SLIPS) + text[place + 1 :]
        if dice.random() < 0.3:
            text = text[:place] + dice.choice(_SLIPS) + text[place:]
        yield group, text


def tables(options: Options) -> Iterator[Table]:
    yield _quality()
    yield _volume(MANY if options.full else FEW, options.seed)


def _quality() -> Table:
    measured = score(paraphrases())
    table = Table("Clusters of unanswered questions: 480 paraphrases of 60 topics", ("", "share"))
    table.rows += [
        ("purity: questions in a cluster whose commonest topic is theirs", f"{measured.purity:.1%}"),
        ("completeness: questions in the largest cluster of their topic", f"{measured.completeness:.1%}"),
        ("pairs of one topic that are in one cluster", f"{measured.pairs:.1%}"),
    ]
    table.notes.append(f"{measured.clusters} clusters; the paraphrases were written before the clustering, by another")
    return table


def _volume(count: int, seed: int) -> Table:
    """In a process of its own, for its memory."""
    command = [sys.executable, "-m", "tests.bench.clusters", str(count), str(seed)]
    run = subprocess.run(command, capture_output=True, check=True, encoding="utf-8")
    seconds, megabytes, different, found, purity = map(float, run.stdout.split())
    table = Table(f"Clusters of {count:,} questions", ("different contents", "clusters", "purity", "seconds", "MB"))
    table.rows.append((f"{different:,.0f}", f"{found:,.0f}", f"{purity:.1%}", f"{seconds:.1f}", f"{megabytes:.0f}"))
    table.notes.append(
        f"time {against(seconds, 60, 's')}, memory {against(megabytes, 1000, 'MB')}, for {MANY:,}: --full"
    )
    return table


def main(count: int, seed: int) -> None:
    """One line: seconds, megabytes, different contents, clusters, purity."""
    rows = list(many(count, seed))
    start = time.perf_counter()
    found = clusters(text for _, text in rows)
    seconds = time.perf_counter() - start
    largest = sum(max(Counter(rows[index][0] for index in one.members).values()) for one in found)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(seconds, memory, len({content(text) for _, text in rows}), len(found), largest / count)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
