"""What is checked of one file of tables: its form. What it names, references.py checks.

A fault names the file, the line, the row and the remedy, in Chinese (errors.py); all faults of a file are told together.
"""

from __future__ import annotations

import re
from typing import Any

from pydantic import ValidationError
from rapidfuzz import process

from policies.errors import Fault
from policies.facts import Vocabulary
from policies.model import Policy
from policies.rules import Rules

_PROBLEMS = {
    "extra_forbidden": ("不认识的键", "删去，或改成已有的键"),
    "missing": ("缺少必填的键", "补上"),
    "literal_error": ("取值不在范围内", ""),
}


def nearest(word: str, known: Any) -> str:
    """A remedy that names the known word most like this one; empty where none is."""
    found = process.extractOne(word, list(known), score_cutoff=60)
    return f"是不是 {found[0]}？" if found else ""


Path = tuple[str | int, ...]
"""Where in the data: keys and indexes."""


class Checker:
    """Checks one document; collects all its faults."""

    def __init__(self, name: str, data: Any, lines: dict[Path, int], source: str) -> None:
        self.name, self.data, self.lines, self.source = name, data, lines, squeeze(source)
        self.faults: list[Fault] = []

    def line(self, path: Path) -> int:
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)

    def row(self, path: Path) -> str:
        """The id of the row that a path lies in."""
        node, found = self.data, ""
        for step in path:
            try:
                node = node[step]
            except (KeyError, IndexError, TypeError):
                break
            if isinstance(node, dict) and isinstance(node.get("id"), str):
                found = node["id"]
        return found

    def fault(self, path: Path, text: str, remedy: str = "") -> None:
        self.faults.append(Fault(self.name, self.line(path), self.row(path), text, remedy, path=path))

    def policy(self) -> Policy | None:
        """The validated document, or None with faults noted."""
        if not isinstance(self.data, dict):
            self.fault((), "应是一张表（document、clauses……）", "见 docs/reference/format.md")
            return None
        try:
            return Policy.model_validate(self.data)
        except ValidationError as error:
            self.invalid(error, ())
            return None

    def invalid(self, error: ValidationError, under: Path) -> None:
        """Notes what a model found wrong in the row at `under`."""
        for item in error.errors():
            steps = tuple(step for step in item["loc"] if isinstance(step, int | str))
            path = tuple(self._real((*under, *steps)))
            text, remedy = _PROBLEMS.get(item["type"], ("", ""))
            where = ".".join(str(step) for step in path)
            if item["type"] == "value_error":
                text = str(item["ctx"]["error"])
            elif not text:
                text = f"取值不对：{str(item['input'])[:40]}"
            elif item["type"] == "literal_error":
                text = f"{text}：{str(item['input'])[:40]}"
                remedy = f"应是 {item['ctx']['expected']}"
            self.fault(path, f"{where} {text}", remedy)

    def _real(self, path: Path) -> list[str | int]:
        """pydantic's location without the names of union members."""
        node: Any = self.data
        out: list[str | int] = []
        for step in path:
            try:
                node = node[step]
            except (KeyError, IndexError, TypeError):
                if isinstance(node, dict) and isinstance(step, str) and re.fullmatch(r"[a-z_]+", step):
                    out.append(step)
                continue
            out.append(step)
        return out

    def compiles(self, policy: Policy, vocabulary: Vocabulary) -> None:
        """What the checks above let pass and matching would not: never published, so that no bot stumbles over it."""
        try:
            Rules(policy, vocabulary)
        except (LookupError, TypeError, ValueError, AttributeError) as error:
            self.fault(
                (), f"有一行不能计算，与它有关的是 {str(error)[:60]}", "核对这个名字写在了哪里，是否适用于那一行"
            )


def squeeze(text: str) -> str:
    """Without white space: quotes are compared so."""
    return re.sub(r"\s+", "", text)


def row_ids(policy: Policy) -> list[str]:
    """Ids of clauses, their tiers, and the rules across clauses."""
    tiers = [tier.id for clause in policy.clauses for tier in clause.tiers]
    limits = [limit.id for limit in policy.limits]
    others = [*(row.id for row in policy.disqualifiers), *(row.id for row in policy.reductions)]
    return [*(clause.id for clause in policy.clauses), *tiers, *limits, *others]
