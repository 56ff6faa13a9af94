"""Sheet 条件: a condition is a row, or a few rows that share a group. Both directions.

The rows of one owner hold together. `其一1` is a group of which one row is enough, `除外1` one that must not hold,
`认定1` a recognition for which all its rows hold; groups stand in groups: `其一1/认定1`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from policies.canonical import find_fact
from policies.facts import Fact, Vocabulary
from policies.workbook import cells, names
from policies.workbook.cells import BadCell
from policies.workbook.rows import Line, Placed, Reader, Row, nearest
from policies.workbook.sheets import say, squeeze, words

RECOGNITION = ("recognition", "project", "enterprise")
_BOUNDS = ("at_least", "more_than", "at_most", "less_than")


@dataclass(frozen=True)
class Scope:
    """Where the facts of an owner's conditions are looked up, and whose levels are meant."""

    scopes: tuple[str, ...] = ("enterprise",)
    kinds: tuple[str, ...] = ()


def scope_of(clause: Mapping[str, Any] | None) -> Scope:
    """The scope of a clause's conditions; None: of a document's."""
    if clause is None:
        return Scope()
    scopes = tuple(dict.fromkeys((str(clause.get("for", "enterprise")), "project", "enterprise")))
    return Scope(scopes, tuple(clause.get("kinds", ())))


# ---- to rows ----


def condition_lines(conditions: Sequence[Any], scope: Scope, vocabulary: Vocabulary) -> list[Line]:
    """The rows of conditions that hold together: columns group, fact, test, value."""
    return _lines(conditions, "", scope, vocabulary, {})


def single_lines(condition: Mapping[str, Any], scope: Scope, vocabulary: Vocabulary) -> list[Line]:
    """The rows of one condition (of a disqualifier or reduction)."""
    together = condition.get("all")
    return condition_lines(together if together and len(together) > 1 else [condition], scope, vocabulary)


def _lines(
    conditions: Iterable[Any], group: str, scope: Scope, vocabulary: Vocabulary, count: dict[str, int]
) -> list[Line]:
    out: list[Line] = []
    for condition in conditions:
        kind = next((key for key in ("recognition", "not", "all", "any") if key in condition), None)
        if kind is None or (kind == "any" and "fact" in condition):
            out.append({"group": group, **_leaf_line(condition, scope, vocabulary)})
            continue
        count[kind] = count.get(kind, 0) + 1
        own = f"{group}/" * bool(group) + f"{say('groups', kind)}{count[kind]}"
        inner = condition[kind]
        if kind == "recognition":
            kinds = names.of_kinds(vocabulary).list(inner["kinds"])
            out.append({"group": own, "fact": say("kinds"), "test": words()["test"].say("in"), "value": kinds})
            within = Scope(RECOGNITION, tuple(inner["kinds"]))
            out += _lines(inner.get("when", ()), own, within, vocabulary, count)
        elif kind == "not":
            several = inner["all"] if len(inner.get("all", ())) > 1 else [inner]
            out += _lines(several, own, scope, vocabulary, count)
        else:
            out += _lines(inner, own, scope, vocabulary, count)
    return out


def _leaf_line(condition: Mapping[str, Any], scope: Scope, vocabulary: Vocabulary) -> Line:
    test = next(key for key in words()["test"].said if key in condition)
    value = condition[test]
    known = names.of_facts(vocabulary, scope.scopes)
    if "ratio" in condition:
        ratio = condition["ratio"]
        fact_name = f"{known.say(ratio['of'])}÷{known.say(ratio['to'])}"
        shown = str(value) if isinstance(value, str) else cells.amount_text(value)
    else:
        fact_name = known.say(condition["fact"])
        if "less" in condition:
            fact_name += f"{say('less')}{known.say(condition['less'])}"
        fact = find_fact(condition["fact"], scope.scopes, vocabulary)
        shown = _value_text(test, value, fact, scope, vocabulary)
    return {"fact": fact_name, "test": words()["test"].say(test), "value": shown}


def _value_text(test: str, value: Any, fact: Fact | None, scope: Scope, vocabulary: Vocabulary) -> str:
    if isinstance(value, bool):
        return str(say("yes" if value else "no"))
    if test == "year":
        return str(say("award_year") if value == "award" else value)
    if test == "within":
        return "；".join(names.place_text(code) for code in value)
    if fact is not None and fact.type == "money":
        return cells.amount_text(value)
    if test == "group":
        return names.of_groups().say(value)
    known = names.of_fact(fact, vocabulary, scope.kinds) if fact is not None else None
    items = value if isinstance(value, list) else [value]
    return known.list(items) if known is not None else "；".join(map(str, items))


# ---- from rows ----


class _Group:
    """A group under way: its kind, its members in order (rows' conditions and groups)."""

    def __init__(self, kind: str, row: Row) -> None:
        self.kind, self.row = kind, row
        self.members: list[Placed | _Group] = []
        self.groups: dict[str, _Group] = {}
        self.kinds: list[str] = []

    def data(self) -> Placed:
        out = Placed(self.row, {self.kind: "group"})
        members = [member.data() if isinstance(member, _Group) else member for member in self.members]
        if self.kind == "not":
            out["not"] = members[0] if len(members) == 1 else {"all": members}
        elif self.kind == "recognition":
            inner = Placed(self.row, {"kinds": "value"})
            inner["kinds"] = self.kinds
            if members:
                inner["when"] = members
            out["recognition"] = inner
        else:
            out[self.kind] = members
        return out


def read_conditions(rows: Iterable[Row], scope: Scope, reader: Reader) -> list[Placed]:
    """The conditions of one owner's rows; faults go to the reader."""
    root: _Group | None = None
    for row in rows:
        root = root or _Group("all", row)
        group = _group_of(row, root, reader)
        if group is None:
            continue
        inside = Scope(RECOGNITION, tuple(group.kinds)) if group.kind == "recognition" else scope
        if group.kind == "recognition" and squeeze(reader.text(row, "fact")) == squeeze(say("kinds")):
            known = names.of_kinds(reader.vocabulary)
            remedy = "先在“事实”页写这种认定"
            said = reader.text(row, "value")
            group.kinds += reader.named(row, "value", said, known.value, known.labels.values(), remedy)
            continue
        leaf = _read_leaf(row, inside, reader)
        if leaf is not None:
            group.members.append(leaf)
    if root is None:
        return []
    return [member.data() if isinstance(member, _Group) else member for member in root.members]


def read_single(rows: list[Row], scope: Scope, reader: Reader) -> Any:
    """The one condition of a disqualifier's or reduction's rows; None without any."""
    found = read_conditions(rows, scope, reader)
    return (found[0] if len(found) == 1 else {"all": found}) if found else None


def _group_of(row: Row, root: _Group, reader: Reader) -> _Group | None:
    kinds = {word: kind for kind, word in say("groups").items()}
    group = root
    for step in filter(None, re.split(r"[/＞>]", cells.narrow(reader.text(row, "group")))):
        match = re.fullmatch(r"(\D+?)(\d*)", step)
        kind = kinds.get(match[1]) if match else None
        if kind is None:
            reader.fault(row, "group", f"不能写“{step[:20]}”", "空着，或写 其一1、除外1、认定1、同时1")
            return None
        if step not in group.groups:
            group.groups[step] = _Group(kind, row)
            group.members.append(group.groups[step])
        group = group.groups[step]
    return group


def _read_leaf(row: Row, scope: Scope, reader: Reader) -> Placed | None:
    out = Placed(row, {"ratio": "fact"})
    said, test = reader.text(row, "fact"), reader.word(row, "test")
    known = names.of_facts(reader.vocabulary, scope.scopes)
    found: list[str] = []
    pair = names.difference(said, known)
    for part in pair or said.split("÷"):
        name = known.value(part)
        if name is None or name == "spending":
            remedy = nearest(part, known.labels.values()) or "先在“事实”页写这个事实"
            reader.fault(row, "fact", f"里没有“{part.strip()[:20]}”", remedy)
            return None
        found.append(name)
    if test is None or not row.has("value"):
        return None
    if len(found) == 2 and pair is None:
        out["ratio"] = {"of": found[0], "to": found[1]}
        types = [fact.type for name in found if (fact := find_fact(name, scope.scopes, reader.vocabulary)) is not None]
        parse: Any = cells.money if types == ["money", "number"] else cells.rate
        out.put(test, reader.get(row, "value", parse), "value")
        return out
    out.put("fact", found[0])
    if pair is not None:
        out.put("less", found[1], "fact")
    fact = find_fact(found[0], scope.scopes, reader.vocabulary)
    assert fact is not None
    value = _read_value(row, test, fact, scope, reader)
    if value is None or value == []:
        return None
    out[test] = value
    out.columns[test] = "value"
    return out


def _read_value(row: Row, test: str, fact: Fact, scope: Scope, reader: Reader) -> Any:
    said = reader.text(row, "value") if fact.type != "date" or test == "year" else ""
    if test == "year":
        return "award" if squeeze(said) == say("award_year") else reader.get(row, "value", cells.whole)
    if test == "within":
        return read_places(row, "value", reader)
    if test == "group":
        group = names.of_groups().value(said) or said
        groups = {name for choice in fact.choices for name in choice.groups}
        if group in groups:
            return group
        shown = [names.of_groups().say(name) for name in sorted(groups)]
        remedy = nearest(said, shown) or (f"应是 {'、'.join(shown)}" if shown else "这个事实的选项没有分组")
        reader.fault(row, "value", f"里没有“{said[:20]}”这一组", remedy)
        return None
    if fact.type == "yesno":
        return reader.get(row, "value", cells.yesno)
    if test in _BOUNDS:
        number = cells.decimal if fact.decimals else cells.whole
        parse: Any = {"money": cells.money, "number": number, "date": cells.day}.get(fact.type)
        if parse is not None:
            return reader.get(row, "value", parse)
    known = names.of_fact(fact, reader.vocabulary, scope.kinds)
    if known is None:
        return said if test not in ("in", "any") else cells.parts(said)
    found = reader.named(row, "value", said, known.value, known.labels.values(), "先在“事实”页写这个选项")
    if test in ("in", "any"):
        return found
    if len(found) > 1:
        reader.fault(row, "value", "只能写一个", "几个里有一个就行的，判断用“属于”")
    return found[0] if found else None


def read_places(row: Row, key: str, reader: Reader) -> list[str]:
    """The codes of the places that a cell lists."""
    found: list[str] = []
    for part in cells.parts(reader.text(row, key)):
        try:
            found.append(names.place_code(part))
        except BadCell as error:
            reader.fault(row, key, f"：{error.text}", error.remedy)
    return found
