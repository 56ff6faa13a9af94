"""What if: the copy of a session changed as the words say (「如果再投200万」「要是升到4A」「如果没有两化」)."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import Any

from dialogs.answering import Answers
from dialogs.noting import told_text
from dialogs.paths import index_of
from dialogs.reading import retell
from dialogs.session import Session
from dialogs.telling import Teller, canonical, lines_of
from dialogs.understand.sentence import hear
from policies.assess import Assessor

_MORE = re.compile(r"再投|多投|再加|追加|增加|再多|多花|加投|再花")
_LESS = re.compile(r"少投|减少|少花|砍掉")
_WITHOUT = re.compile(r"没有|不算|去掉|不要|取消|没了|不做|除去")
_TAIL = "？?。呢吗 "


def suppose(twin: Session, rest: str, assessor: Assessor, today: date) -> str | None:
    """Change the copy; what was supposed, in words, or None where nothing was understood."""
    heard = hear(rest, assessor.vocabulary, today)
    what = rest.strip(_TAIL)
    sign = 1 if _MORE.search(rest) else -1 if _LESS.search(rest) else 0
    amounts = list(heard.amounts)
    for project in heard.projects:
        amounts += [line.amount for line in project.lines if line.amount is not None and line.activities is None]
        if sign and "total_investment_yuan" in project.facts:
            amounts.append(project.facts.pop("total_investment_yuan"))
    if sign and amounts and twin.facts.get("projects"):
        _add(twin, sign * Decimal(str(amounts[0].value)))
        return what
    if _WITHOUT.search(rest) and _without(twin, rest, assessor):
        return what
    teller = Teller(twin, rest, None, True)
    answers = Answers(assessor, twin, teller, today)
    if not (heard.enterprise or heard.projects or heard.recognitions):
        return told_text(teller.changes, twin, assessor) if retell(answers, heard, rest) else None
    teller.heard(heard)
    _by_now(twin, today)
    return told_text(teller.changes, twin, assessor) if teller.changes else None


def _by_now(twin: Session, today: date) -> None:
    """A supposed certificate or project is supposed to be there today."""
    for name, key in (("recognitions", "obtained_on"), ("projects", "completed_on")):
        for row in twin.facts.get(name) or ():
            row.setdefault(key, today.isoformat())


def _add(twin: Session, amount: Decimal) -> None:
    """More money for the project told last: its total, and its only or largest line."""
    projects = twin.facts["projects"]
    touched = twin.touched or ""
    index = index_of(touched) if touched.startswith("projects[") else None
    project = projects[index if index is not None and index < len(projects) else -1]
    rows: list[tuple[Any, str]] = []
    if project.get("total_investment_yuan") is not None:
        rows.append((project, "total_investment_yuan"))
    spending = [line for line in project.get("spending") or () if line.get("amount_yuan") is not None]
    if spending:
        rows.append((max(spending, key=lambda line: Decimal(str(line["amount_yuan"]))), "amount_yuan"))
    for row, key in rows:
        row[key] = canonical(max(Decimal(0), Decimal(str(row[key])) + amount))


def _without(twin: Session, rest: str, assessor: Assessor) -> bool:
    """Take away the certificates or the lines that the words name."""
    vocabulary = assessor.vocabulary
    kinds = {
        k.value for k in vocabulary.kinds.values() if any(len(w) >= 2 and w in rest for w in (k.label, *k.aliases))
    }
    chosen = vocabulary.activities.choices
    activities = {c.value for c in chosen if any(len(w) >= 2 and w in rest for w in (c.label, *c.aliases))}
    recognitions, projects = twin.facts.get("recognitions") or [], twin.facts.get("projects") or []
    kept = [row for row in recognitions if row["kind"] not in kinds]
    left = [
        row for row in projects if not any(activities & set(line.get("activities") or ()) for line in lines_of(row))
    ]
    if len(kept) == len(recognitions) and len(left) == len(projects):
        return False
    ids = {row["id"] for row in left}
    for row in kept:
        if row.get("project") not in ids:
            row.pop("project", None)
    twin.facts["recognitions"], twin.facts["projects"] = kept, left
    awards = twin.facts.get("other_awards") or []
    if awards:
        had = {row["kind"] for row in kept}
        twin.facts["other_awards"] = [
            a for a in awards if a.get("project") in ids or a.get("recognition") in had or a.get("clause")
        ]
    return True
