"""How well questions in the middle of a conversation are answered, on labelled sets (tests/data/questions/).

Each question is asked of a real conversation, with its context played in: `said` is a first message, `asked` the fact
that the bot has just asked for. What a turn answered from (`Turn.answered_by`) is held against the label.

    right   answered, from all that the label names; not known where no document says; no answer where nothing was asked
    wrong   answered from something else; a question taken for an answer; a statement taken for a question
    asked   which of several questions was meant was asked, or which place
    not     said to be not known, or not understood, though the documents answer it
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from dialogs.engine import Engine
from dialogs.events import Turn
from dialogs.session import Session
from policies.yaml12 import load
from tests.conversing import Talk, assessor

DATA = Path(__file__).parent / "data" / "questions"
TODAY = date(2025, 6, 30)
ANSWERS = frozenset({"answer", "explain", "whatif", "report", "greet"})
RULES = {
    "baotou-R1": ("baotou-project-cap",),
    "baotou-R2": ("baotou-pay-when",),
    "baotou-R4": ("baotou-both-standards",),
    "baotou-R5": ("baotou-both-titles",),
    "baotou-R7": ("baotou-who-pays",),
    "innermongolia-R1": ("innermongolia-pay-when", "innermongolia-no-amount"),
    "innermongolia-R2": ("innermongolia-who-pays",),
    "innermongolia-R3": ("innermongolia-targets",),
    "innermongolia-R4": ("innermongolia-hundred",),
    "hohhot-R1": ("hohhot-newest",),
    "hohhot-R3": ("hohhot-input",),
    "hohhot-R4": ("hohhot-acceptance", "hohhot-pay-when"),
    "hohhot-R5": ("hohhot-chain-service",),
    "hohhot-R6": ("hohhot-who-pays",),
    "siyang-R3": ("siyang-use",),
    "siyang-R4": ("siyang-who-pays",),
    "siyang-R7": ("siyang-province-interest",),
    "guangxi-R3": ("guangxi-pool",),
    "baotou-R3": ("baotou-two-a-year",),
    "baotou-R6": ("baotou-netting",),
    "hohhot-R2": ("hohhot-netting",),
    "siyang-R1": ("siyang-R1", "siyang-netting"),
    "siyang-R5": ("siyang-R5-accident", "siyang-R5-events", "siyang-R5-grade"),
    "guangxi-R1": ("guangxi-netting", "guangxi-one-per-project"),
}
"""Document rules of the dossier, as the tables name them; a rule that has no row is answered under its own id."""


@dataclass
class Tally:
    """Verdicts by kind, and the rows that were not right; all turns."""

    by_kind: dict[str, Counter[str]] = field(default_factory=dict)
    rows: list[tuple[str, dict[str, Any], Turn]] = field(default_factory=list)
    turns: list[tuple[dict[str, Any], Turn]] = field(default_factory=list)

    def count(self, verdict: str, kind: str = "") -> int:
        return sum(counts[verdict] for name, counts in self.by_kind.items() if kind in ("", name))

    def every(self, kind: str = "") -> int:
        return sum(counts.total() for name, counts in self.by_kind.items() if kind in ("", name))

    def precision(self, kind: str = "") -> float:
        """Of what was answered, the share that was right."""
        right = self.count("right", kind)
        return right / max(1, right + self.count("wrong", kind))

    def answered(self, kind: str = "") -> float:
        """The share that was answered rightly."""
        return self.count("right", kind) / max(1, self.every(kind))


def rows(name: str) -> list[dict[str, Any]]:
    data, _ = load((DATA / f"{name}.yaml").read_text(encoding="utf-8"))
    return list(data)


@lru_cache(maxsize=1)
def _engine() -> Engine:
    return Engine(assessor(), TODAY)


@lru_cache(maxsize=64)
def _after(said: str) -> Session:
    talk = Talk(TODAY)
    talk.engine = _engine()
    talk.say(said)
    return talk.session


def converse(row: dict[str, Any]) -> Talk:
    """The conversation up to the question."""
    talk = Talk(TODAY)
    talk.engine = _engine()
    context = row.get("context") or {}
    if "said" in context:
        talk.session = _after(context["said"]).snapshot()
    if "asked" in context:
        scope, _, name = context["asked"].rpartition(".")
        facts = talk.session.facts
        at = {
            "project": "projects[0]",
            "spending": "projects[0].spending[0]",
            "recognition": "recognitions[0]",
            "award": "other_awards[0]",
        }.get(scope, scope)
        if scope in ("project", "spending"):
            facts["projects"] = [{"id": "P1", "spending": [{"activities": ["robots"]}]}]
        if scope == "recognition":
            facts["recognitions"] = [{"kind": "lianghua"}]
        if scope == "award":
            facts["other_awards"] = [{"level": "province"}]
        talk.session.asked = {"recognition.kind": "recognitions"}.get(context["asked"], f"{at}.{name}".lstrip("."))
        talk.session.pending = None
        talk.session.shown = ()
    return talk


def ask(row: dict[str, Any]) -> Turn:
    return converse(row).say(row["text"])


@lru_cache(maxsize=1)
def _tiers() -> dict[str, str]:
    """Tier → its clause."""
    policies = assessor().tables.policies.values()
    return {tier.id: clause.id for policy in policies for clause in policy.clauses for tier in clause.tiers}


def named(label: str, given: set[str]) -> bool:
    """Whether what answered covers one id of a label."""
    wanted = {label, *RULES.get(label, ())}
    for one in given:
        names = {one, _tiers().get(one, one)}
        for want in wanted:
            if want in names or _tiers().get(want) in names:
                return True
            if any(re.fullmatch(re.escape(want) + r"[a-z-]\S*", name) for name in names if want.count("-")):
                return True
    return False


def covers(about: Any, given: set[str]) -> bool:
    if isinstance(about, dict):
        return any(covers(one, given) for one in about["any"])
    if isinstance(about, list):
        return all(named(one, given) for one in about)
    return named(about, given)


def verdict(row: dict[str, Any], turn: Turn) -> str:
    about, given = row["about"], set(turn.answered_by)
    if row["kind"] == "not_a_question":
        return "wrong" if turn.act in ("answer", "choices", "unknown", "explain") else "right"
    if turn.act == "choices":
        if isinstance(about, dict) and covers(about, given):
            return "right"  # the choice of places, where any place is right
        return "asked"
    if turn.act == "unknown":
        return "right" if covers(about, given | {"not_known"}) else "not"
    if turn.act in ("unclear", "clarify"):
        return "not"
    if given and covers(about, given):
        return "right"
    return "wrong"


def score(name: str) -> Tally:
    """The verdicts on one set."""
    tally = Tally()
    for row in rows(name):
        turn = ask(row)
        tally.turns.append((row, turn))
        found = verdict(row, turn)
        tally.by_kind.setdefault(row["kind"], Counter())[found] += 1
        if found != "right":
            tally.rows.append((found, row, turn))
    return tally


def show(tally: Tally) -> str:
    lines = [f"{'':16}{'of':>5}{'right':>7}{'wrong':>7}{'asked':>7}{'not':>7}{'precision':>11}{'answered':>10}"]
    for kind in (*tally.by_kind, ""):
        counts = [tally.count(verdict, kind) for verdict in ("right", "wrong", "asked", "not")]
        lines.append(
            f"{kind or 'all':16}{tally.every(kind):5}"
            + "".join(f"{count:7}" for count in counts)
            + f"{tally.precision(kind):11.1%}{tally.answered(kind):10.1%}"
        )
    return "\n".join(lines)


def main() -> None:
    """`python -m tests.questions_scoring`: totals of the sets; `rows`: what went wrong on those to tune on."""
    for name in ("tune", "mine", "second", "third", "held"):
        tally = score(name)
        print(name, show(tally), sep="\n")
        if name != "held" and "rows" in sys.argv[1:]:
            for found, row, turn in tally.rows:
                print(f"{found:6}{row['kind']:9}{row['text']}  {row.get('context') or ''}\n        {row['about']}")
                print(f"        {turn.intent}/{turn.act} {turn.answered_by} {turn.score or ''}")
                if "text" in sys.argv[1:]:
                    print("        " + turn.replies[0].text[:300].replace("\n", "\n        ") if turn.replies else "")


if __name__ == "__main__":
    main()
