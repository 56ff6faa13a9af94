"""Scores `hear` and `intent_of` on the labelled collections in data/: right, missed, wrong, by fact.

How a message is compared is told in data/README.md. Paths carry no index: every element's facts count under
`projects.completed_on`, lines under `projects.spending.activities` and `projects.spending.amount_yuan`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from itertools import permutations
from pathlib import Path
from typing import Any

from dialogs.understand.heard import Heard
from dialogs.understand.intents import intent_of
from dialogs.understand.sentence import hear
from policies.facts import Vocabulary, read_vocabulary
from policies.yaml12 import load

DATA = Path(__file__).parent / "data"
TODAY = date(2025, 6, 30)
Item = dict[str, Any]


def vocabulary() -> Vocabulary:
    """The vocabulary of the library."""
    path = Path(__file__).parents[1] / "policies" / "library" / "facts.yaml"
    return read_vocabulary(load(path.read_text(encoding="utf-8"))[0])


def rows(name: str, part: str = "") -> list[dict[str, Any]]:
    """The rows of a collection, of one part or all."""
    found: list[dict[str, Any]] = load((DATA / name).read_text(encoding="utf-8"))[0]
    return [row for row in found if part in ("", row.get("part"))]


@dataclass
class Tally:
    """Counts by path; `faults` are (text, path, expected, heard)."""

    right: Counter[str] = field(default_factory=Counter)
    missed: Counter[str] = field(default_factory=Counter)
    wrong: Counter[str] = field(default_factory=Counter)
    faults: list[tuple[str, str, object, object]] = field(default_factory=list)
    baits: list[tuple[str, str]] = field(default_factory=list)

    def precision(self, path: str = "") -> float:
        right, wrong = self._of(self.right, path), self._of(self.wrong, path)
        return right / (right + wrong) if right + wrong else 1.0

    def recall(self, path: str = "") -> float:
        right, missed = self._of(self.right, path), self._of(self.missed, path)
        return right / (right + missed) if right + missed else 1.0

    def _of(self, counts: Counter[str], path: str) -> int:
        return sum(n for p, n in counts.items() if path in ("", p))

    def paths(self) -> list[str]:
        return sorted({*self.right, *self.missed, *self.wrong})

    def table(self) -> str:
        """One line a fact: right, missed, wrong, precision, recall."""
        lines = [f"{'fact':44} right missed wrong  prec   rec"]
        for path in [*self.paths(), ""]:
            counts = [self._of(c, path) for c in (self.right, self.missed, self.wrong)]
            lines.append(
                f"{path or 'all':44} {counts[0]:5} {counts[1]:6} {counts[2]:5}  {self.precision(path):.3f} {self.recall(path):.3f}"
            )
        return "\n".join(lines)


def _canonical(value: object) -> object:
    if isinstance(value, bool):
        return value
    if isinstance(value, int | Decimal):
        return str(Decimal(value).normalize())
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return tuple(sorted(str(_canonical(v)) for v in value))
    text = str(value)
    return str(Decimal(text).normalize()) if text.isdecimal() and len(text) < 12 and not text.startswith("0") else text


def heard_items(heard: Heard) -> dict[str, Any]:
    """What was heard, in the form of the labelled facts."""
    out: dict[str, Any] = {f"enterprise.{name}": told.value for name, told in heard.enterprise.items()}
    out["projects"] = [
        {
            **{name: told.value for name, told in p.facts.items()},
            "spending": [
                {
                    k: t.value
                    for k, t in (("activities", line.activities), ("amount_yuan", line.amount))
                    if t is not None
                }
                for line in p.lines
            ],
            **({"planned": True} if p.planned else {}),
        }
        for p in heard.projects
    ]
    out["recognitions"] = [{"kind": r.kind, **{n: t.value for n, t in r.facts.items()}} for r in heard.recognitions]
    out["other_awards"] = [{n: t.value for n, t in a.facts.items() if n != "recognition"} for a in heard.awards]
    for name in ("projects", "recognitions", "other_awards"):
        out[f"{name}.none"] = name in heard.none_of
    return out


def _shaped(project: Item) -> Item:
    """A labelled project with `activities` as a line, scopes as lists."""
    shaped = {k: v for k, v in project.items() if k not in ("activities", "spending", "id")}
    lines = [dict(line) for line in project.get("spending") or ()]
    if "activities" in project:
        lines.append({"activities": project["activities"]})
    shaped["spending"] = lines
    if "platform_scope" in shaped and not isinstance(shaped["platform_scope"], list):
        shaped["platform_scope"] = [shaped["platform_scope"]]
    return shaped


def _cost(told: Item, expected: Item, optional: Item) -> int:
    """How badly an element fits: wrong facts weigh more than missing ones."""
    cost = 0
    for key in {*told, *expected}:
        if key == "spending":
            cost += _lines_cost(told.get(key, []), expected.get(key, []))
        elif key in expected and key in told:
            cost += 0 if _canonical(told[key]) == _canonical(expected[key]) else 3
        else:
            cost += 1
    return cost


def _lines_cost(told: list[Item], expected: list[Item]) -> int:
    acts = [{str(a) for a in line.get("activities", ())} for line in told]
    wanted = [{str(a) for a in line.get("activities", ())} for line in expected]
    sums = {_canonical(line["amount_yuan"]) for line in told if "amount_yuan" in line}
    wanted_sums = {_canonical(line["amount_yuan"]) for line in expected if "amount_yuan" in line}
    return (
        sum(2 for w in wanted if not any(w & a for a in acts))
        + sum(1 for a in acts if not any(w & a for w in wanted))
        + len(sums ^ wanted_sums)
    )


def _pairs(told: list[Item], expected: list[Item]) -> list[tuple[int | None, int | None]]:
    """The best assignment of heard to labelled elements, by index; None where one has no partner."""
    n = max(len(told), len(expected))
    if n == 0:
        return []
    if n > 6:
        return [(i if i < len(told) else None, i if i < len(expected) else None) for i in range(n)]
    best: tuple[int, tuple[int, ...]] | None = None
    for order in permutations(range(n)):
        cost = 0
        for i, j in enumerate(order):
            cost += _cost(told[i], expected[j], {}) if i < len(told) and j < len(expected) else 2
        if best is None or cost < best[0]:
            best = (cost, order)
    assert best is not None
    return [(i if i < len(told) else None, j if j < len(expected) else None) for i, j in enumerate(best[1])]


def score_message(row: dict[str, Any], heard: Heard, tally: Tally) -> None:
    """Adds one message to the tally."""
    text, facts, optional = row["text"], row.get("facts") or {}, row.get("optional") or {}
    told = heard_items(heard)

    def note(path: str, expected: object, value: object, allowed: Iterable[object] = ()) -> None:
        want, got = _canonical(expected), _canonical(value)
        spare = [_canonical(a) for a in allowed]
        if expected is not None and value is not None:
            ok = want == got or got in spare
            if not ok and isinstance(got, tuple) and isinstance(want, tuple):
                extra = set(got) - set(want) - {v for s in spare for v in (s if isinstance(s, tuple) else (s,))}
                ok = not extra and set(want) <= set(got)
            (tally.right if ok else tally.wrong)[path] += 1
            if not ok:
                tally.missed[path] += 1
                tally.faults.append((text, path, expected, value))
        elif expected is not None:
            tally.missed[path] += 1
            tally.faults.append((text, path, expected, None))
        elif value is not None:
            inside = isinstance(got, tuple) and any(set(got) <= set(s if isinstance(s, tuple) else (s,)) for s in spare)
            if got in spare or inside:
                return
            tally.wrong[path] += 1
            tally.faults.append((text, path, None, value))

    names = {k for k in (*told, *facts) if k.startswith("enterprise.")}
    for name in sorted(names):
        spare = [optional[name]] if name in optional else []
        note(name, facts.get(name), told.get(name), spare)
    for name in ("recognitions", "other_awards"):
        _score_list(name, told, facts, optional, note)
    _score_projects(told, facts, optional, note)
    for name in ("recognitions", "other_awards", "projects"):
        if facts.get(name) == []:
            note(f"{name}.none", True, told[f"{name}.none"] or None)
        elif told[f"{name}.none"] and optional.get(name) != []:
            note(f"{name}.none", None, True)
    for path in row.get("not") or ():
        if _filled(path, told):
            tally.baits.append((text, path))


def _score_list(name: str, told: dict[str, Any], facts: dict[str, Any], optional: dict[str, Any], note: Any) -> None:
    expected, spare = list(facts.get(name) or ()), list(optional.get(name) or ())
    for i, j in _pairs(told[name], expected):
        heard_one = told[name][i] if i is not None else {}
        wanted = expected[j] if j is not None else {}
        free = [spare[j]] if j is not None and j < len(spare) else spare[len(expected) :] if j is None else []
        if i is not None and j is None:
            free = [s for s in free if s.get("kind") == heard_one.get("kind")]
        for key in sorted({*heard_one, *wanted}):
            note(f"{name}.{key}", wanted.get(key), heard_one.get(key), [s[key] for s in free if key in s])


def _score_projects(told: dict[str, Any], facts: dict[str, Any], optional: dict[str, Any], note: Any) -> None:
    expected = [_shaped(p) for p in facts.get("projects") or ()]
    spare = [_shaped(p) for p in optional.get("projects") or ()]
    for i, j in _pairs(told["projects"], expected):
        heard_one = told["projects"][i] if i is not None else {"spending": []}
        wanted = expected[j] if j is not None else {"spending": []}
        free = spare[j : j + 1] if j is not None else spare[len(expected) :]
        for key in sorted({*heard_one, *wanted} - {"spending", "planned"}):
            note(f"projects.{key}", wanted.get(key), heard_one.get(key), [s[key] for s in free if key in s])
        if wanted.get("planned"):  # its absence says nothing
            note("projects.planned", wanted.get("planned"), heard_one.get("planned"))
        _score_lines(heard_one, wanted, free, spare, note)


def _score_lines(heard_one: Item, wanted: Item, free: list[Item], every: list[Item], note: Any) -> None:
    heard_lines, lines = list(heard_one.get("spending", ())), list(wanted.get("spending", ()))
    whole = [p["total_investment_yuan"] for p in (wanted, *free) if "total_investment_yuan" in p]
    for i, j in _pairs([{"spending": [x]} for x in heard_lines], [{"spending": [x]} for x in lines]):
        got = heard_lines[i] if i is not None else {}
        line = lines[j] if j is not None else {}
        spare_lines = (
            [s["spending"][j] for s in free if j is not None and j < len(s["spending"])] if j is not None else []
        )
        if j is None:
            spare_lines = [x for s in every for x in s["spending"]]
        wanted_acts, got_acts = line.get("activities"), got.get("activities")
        allowed = [a for s in spare_lines for a in s.get("activities", ())]
        if wanted_acts and got_acts and (set(map(str, got_acts)) & {str(a) for a in (*wanted_acts, *allowed)}):
            note("projects.spending.activities", wanted_acts, wanted_acts)
        elif not wanted_acts and got_acts and set(map(str, got_acts)) & set(map(str, allowed)):
            pass
        else:
            note("projects.spending.activities", wanted_acts, got_acts)
        amounts = [s["amount_yuan"] for s in spare_lines if "amount_yuan" in s] + whole
        note("projects.spending.amount_yuan", line.get("amount_yuan"), got.get("amount_yuan"), amounts)


def _filled(path: str, told: dict[str, Any]) -> bool:
    """Whether something was heard for a path of `not`."""
    if path in told:
        return told[path] not in (None, [], False)
    head, _, key = path.partition(".")
    if key.startswith("spending."):
        return any(key.removeprefix("spending.") in line for p in told["projects"] for line in p["spending"])
    return any(key in element for element in told.get(head, ()) if isinstance(element, dict))


def score_messages(part: str, collection: str = "first_messages.yaml") -> Tally:
    """`hear` on one part of a collection of first messages."""
    words, tally = vocabulary(), Tally()
    for row in rows(collection, part):
        score_message(row, hear(row["text"], words, TODAY), tally)
    return tally


def score_intents(part: str) -> tuple[int, int, list[tuple[str, str, str | None]]]:
    """(right, all, faults) of `intent_of` on one part of intents.yaml; a fault is (text, wanted, heard)."""
    faults: list[tuple[str, str, str | None]] = []
    every = rows("intents.yaml", part)
    for row in every:
        found = intent_of(row["text"], TODAY)
        name = found.name if found else None
        if name != row["intent"] and name not in (row.get("also") or ()):
            faults.append((row["text"], row["intent"], name))
    return len(every) - len(faults), len(every), faults


if __name__ == "__main__":
    for one in ("dev", "held"):
        result = score_messages(one)
        print(f"== first messages, {one}\n{result.table()}\nbaits taken: {len(result.baits)}")
        right, number, _ = score_intents(one)
        print(f"== intents, {one}: {right} of {number}\n")
