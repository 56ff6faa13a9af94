"""From a cluster of unanswered questions to a draft of an answer: `kedui faq promote CODE`.

The draft is a workbook of the published tables with one more row on the sheet 常见问题: its ways of asking are filled in from
the cluster, its answer is empty. Until staff have written the answer `kedui policies import` refuses it; then it goes
through the same check, diff, publishing and rollback as every change of the tables.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from bot.analysis.clusters import Cluster, code_of
from bot.analysis.figures import MINE
from policies.canonical import canonical_files
from policies.errors import KeduiError
from policies.faq import FEWEST, LONGEST_ASK, squeezed
from policies.loader import Files, Tables, documents_of
from policies.workbook.answers import answer_lines
from policies.workbook.book import lines_of
from policies.workbook.rows import Line
from policies.workbook.writing import csv_text, save, workbook_of
from policies.yaml12 import load

MOST_ASKS = 8


class NoCluster(KeduiError):
    """No cluster is called so."""


def cluster_of(code: str, found: Iterable[Cluster]) -> Cluster:
    """The cluster that is called `code`, or in which the question is that was called so. Raises NoCluster."""
    every = list(found)
    code = code.strip().lower()
    named = [one for one in every if one.code == code]
    named += [one for one in every if any(code_of(wording) == code for wording in one.wordings)]
    if not named:
        some = "、".join(one.code for one in every[:5])
        raise NoCluster(
            f"没有编号为 {code[:20]} 的提问类"
            + (f"，现有 {some} 等" if some else "，这段时间没有答不上来的提问")
            + "：用 kedui faq report 看编号，日期范围要一样"
        )
    return named[0]


def draft_entry(cluster: Cluster, tables: Tables) -> dict[str, Any]:
    """The row, as data: everything but the answer and its citation."""
    taken = {squeezed(ask) for entry in tables.faq for ask in entry.asks}
    asks: dict[str, str] = {}
    for wording in cluster.wordings:
        key = squeezed(wording)
        if key and key not in taken and len(wording) <= LONGEST_ASK and "〔" not in wording:
            asks.setdefault(key, wording)
    return {"id": f"{MINE}{cluster.code}", "asks": list(asks.values())[:MOST_ASKS], "answer": ""}


def draft_csv(cluster: Cluster, files: Files, tables: Tables) -> tuple[dict[str, Any], bytes]:
    """The row, and the sheet 常见问题 with it as CSV: made at once, for Telegram. Raises NoCluster as `write_draft`."""
    entry = _new_entry(cluster, tables)
    lines = answer_lines("", _data(files, "glossary.yaml"))
    for document in documents_of(files):
        lines += answer_lines(document, _data(files, f"{document}/faq.yaml"))
    return entry, csv_text("answers", [*lines, _line(entry)]).encode("utf-8-sig")


def _data(files: Files, name: str) -> Any:
    return load(files[name])[0] if name in files else {"entries": []}


def _line(entry: dict[str, Any]) -> Line:
    return {"document": "", "id": entry["id"], "asks": "\n".join(entry["asks"]), "answer": ""}


def _new_entry(cluster: Cluster, tables: Tables) -> dict[str, Any]:
    entry = draft_entry(cluster, tables)
    if any(one.id == entry["id"] for one in tables.faq):
        raise NoCluster(f"{entry['id']} 已经在政策表里了：用 kedui policies export 导出后改它的问法和回答")
    return entry


def write_draft(cluster: Cluster, files: Files, tables: Tables, version: int, path: Path) -> dict[str, Any]:
    """Writes the workbook of the published tables with the row; the row. Raises NoCluster where it is there already."""
    entry = _new_entry(cluster, tables)
    lines = lines_of(files)
    lines["answers"].append(_line(entry))
    save(workbook_of(lines, canonical_files(files), version, template=False), path)
    return entry


def missing(entry: dict[str, Any]) -> int:
    """How many more ways of asking the row needs."""
    return max(0, FEWEST - len(entry["asks"]))
