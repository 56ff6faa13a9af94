"""Sheets 事实 and 别名: facts, choices, kinds of recognition, levels, bodies, and what people call them. Both directions.

A row without a document is shared by all (facts.yaml); with one it is declared by that document.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from policies.workbook import cells, names
from policies.workbook.rows import Line, Placed, Reader, Row
from policies.workbook.sheets import say, words

FEW = 8
"""So many aliases stand with their row in 事实; more stand in 别名."""
A_ROW = 12
"""Aliases of one row in 别名."""

# ---- to rows ----


def vocabulary_lines(data: Mapping[str, Any], labels: Mapping[str, str]) -> tuple[list[Line], list[Line]]:
    """The rows of 事实 and 别名 of a facts.yaml or of one document's `declares`.

    `labels`: the names of facts by id, for choices that a document adds to a fact of others.
    """
    out = _Lines()
    for body in data.get("bodies", ()):
        out.add("body", words()["entry"].say("body"), body)
    for fact in data.get("facts", ()):
        scope = words()["scope"].say(fact["of"])
        extra = {"of": scope, "form": words()["fact_type"].say(fact["type"])}
        for key in ("question", "help", "unit", "none", "default"):
            extra[key] = fact.get(key, "")
        if fact.get("effort", 1) != 1:
            extra["effort"] = str(fact["effort"])
        if fact.get("decimals"):
            extra["decimals"] = say("yes")
        if fact.get("ordered"):
            extra["ordered"] = say("yes")
        extra["zero_words"] = cells.join_phrases(fact.get("zero_words", ()))
        if fact.get("zero_asks"):
            extra["zero_asks"] = say("yes")
        extra["usual"] = cells.join_phrases(fact.get("usual", ()))
        out.add("fact", scope, {**fact, "value": fact["name"]}, extra)
        for choice in fact.get("choices", ()):
            out.add("choice", fact["label"], choice, {"belongs": fact["label"]})
    for name, choices in data.get("choices", {}).items():
        for choice in choices:
            out.add("choice", labels[name], choice, {"belongs": labels[name]})
    for kind in data.get("kinds", ()):
        extra = {} if kind.get("ordered", True) else {"ordered": say("no")}
        out.add("kind", words()["entry"].say("kind"), kind, extra)
        for level in kind["levels"]:
            out.add("level", kind["label"], level, {"belongs": kind["label"]})
    return out.entries, out.aliases


class _Lines:
    def __init__(self) -> None:
        self.entries: list[Line] = []
        self.aliases: list[Line] = []

    def add(self, type_: str, of: str, row: Mapping[str, Any], extra: Mapping[str, str] | None = None) -> None:
        aliases = list(row.get("aliases", ()))
        line = {"type": words()["entry"].say(type_), "name": row["label"], "id": row["value"], **(extra or {})}
        line["groups"] = names.of_groups().list(row.get("groups", ()))
        if len(aliases) <= FEW:
            line["aliases"] = cells.join_phrases(aliases)
        else:
            for start in range(0, len(aliases), A_ROW):
                some = cells.join_phrases(aliases[start : start + A_ROW])
                self.aliases.append({"of": of, "id": row["value"], "shown": row["label"], "aliases": some})
        self.entries.append(line)


# ---- from rows ----


class Declared:
    """What the rows of 事实 and 别名 declare: shared entries, and `declares` by document."""

    def __init__(self, base: Mapping[str, Any], reader: Reader) -> None:
        """`base`: the data of the facts.yaml that shared rows change; rows of a new workbook make it anew."""
        self.reader = reader
        self.shared: dict[str, list[dict[str, Any]]] = {
            key: list(base.get(key, ())) for key in ("bodies", "facts", "kinds")
        }
        self.by_document: dict[str, dict[str, Any]] = {}
        self.labels = {fact["name"]: fact["label"] for fact in self.shared["facts"]}
        self.seen: dict[tuple[str, str, str], dict[str, Any]] = {}
        self.touched: set[int] = set()

    def read(self, entries: Iterable[Row], aliases: Iterable[Row]) -> Declared:
        for row in entries:
            self._entry(row)
        for row in aliases:
            self._aliases(row)
        return self

    def _entry(self, row: Row) -> None:
        reader = self.reader
        type_, document = reader.word(row, "type"), reader.id(row, "document")
        id_ = cells.narrow(reader.text(row, "id"))
        if type_ is None or not id_:
            return
        reader.unused(row, "type", type_)
        entry = Placed(row, {"value": "id", "name": "id", "label": "name", "type": "form"})
        key = "name" if type_ == "fact" else "value"
        entry[key] = id_
        if type_ == "fact":
            entry["of"] = reader.word(row, "of") or "enterprise"
            entry["type"] = reader.word(row, "form") or "text"
            for needed in ("of", "form", "question"):
                if not row.has(needed):
                    reader.fault(row, needed, "没有填", "事实要写谁的、怎么回答、问题")
        entry["label"] = reader.text(row, "name") or id_
        if type_ == "fact":
            entry["question"] = reader.text(row, "question")
            for one in ("help", "unit", "none", "default"):
                entry.put(one, reader.text(row, one))
            entry.put("effort", reader.get(row, "effort", cells.whole))
            entry.put("ordered", reader.yes(row, "ordered"))
            entry.put("decimals", reader.yes(row, "decimals"))
            entry.put("zero_words", cells.phrases(reader.text(row, "zero_words")))
            entry.put("zero_asks", reader.yes(row, "zero_asks"))
            entry.put("usual", cells.phrases(reader.text(row, "usual")))
        entry.put("aliases", cells.phrases(reader.text(row, "aliases")))
        if type_ != "fact":
            groups = cells.ids(reader.text(row, "groups"))
            entry.put("groups", [names.of_groups().value(group) or group for group in groups])
        if type_ == "kind":
            entry["levels"] = []
            if row.has("ordered") and not reader.yes(row, "ordered"):
                entry["ordered"] = False
        self._put(type_, document, entry, row)

    def _put(self, type_: str, document: str, entry: Placed, row: Row) -> None:
        if type_ in ("choice", "level"):
            owner = self._owner(type_, document, row)
            if owner is None:
                return
            target, of = owner
        else:
            part = {"fact": "facts", "kind": "kinds", "body": "bodies"}[type_]
            target = self._part(document, part, row)
            of = words()["scope"].say(entry["of"]) if type_ == "fact" else words()["entry"].say(type_)
            if type_ == "fact":
                self.labels[entry["name"]] = entry["label"]
        key = "name" if type_ == "fact" else "value"
        same = [
            i
            for i, old in enumerate(target)
            if old[key] == entry[key] and (type_ != "fact" or old["of"] == entry["of"])
        ]
        if (document, of, entry[key]) in self.seen:
            self.reader.fault(row, "id", f"：{entry[key]} 写了两行", "删去一行，或换一个编号")
            return
        self.seen[(document, of, entry[key])] = entry
        if same:
            target[same[0]] = entry
        else:
            target.append(entry)

    def _part(self, document: str, part: str, row: Row) -> list[dict[str, Any]]:
        if not document:
            return self.shared[part]
        found: list[dict[str, Any]] = self.by_document.setdefault(document, Placed(row)).setdefault(part, [])
        return found

    def _owner(self, type_: str, document: str, row: Row) -> tuple[list[dict[str, Any]], str] | None:
        """The list that a choice or a level belongs into, and the name of its fact or kind."""
        said = self.reader.text(row, "belongs")
        part, key, inside = ("facts", "name", "choices") if type_ == "choice" else ("kinds", "value", "levels")
        for source in (self.by_document.get(document, {}).get(part, ()) if document else (), self.shared[part]):
            known = names.Names(
                {one[key]: one["label"] for one in source if type_ == "level" or "choice" in one.get("type", "")}
            )
            found = known.value(said)
            if found is None:
                continue
            one = next(one for one in source if one[key] == found)
            if document and source is self.shared[part]:
                if type_ == "choice":
                    added = self.by_document.setdefault(document, Placed(row)).setdefault("choices", {})
                    return added.setdefault(found, []), one["label"]
                continue
            if not isinstance(one, Placed) and id(one) not in self.touched:
                one[inside] = list(one.get(inside, ()))
                self.touched.add(id(one))
            return one.setdefault(inside, []), one["label"]
        what = "认定" if type_ == "level" else "单选或多选的事实"
        self.reader.fault(
            row, "belongs", f"里没有“{said[:20]}”" if said else "没有填", f"写上它属于哪个{what}，那一行要在它上面"
        )
        return None

    def _aliases(self, row: Row) -> None:
        reader = self.reader
        document, of, id_ = reader.id(row, "document"), reader.text(row, "of"), reader.id(row, "id")
        entry = self.seen.get((document, of, id_)) or self._known(of, id_)
        if entry is None:
            reader.fault(row, "id", f"：“事实”页里没有属于“{of[:20]}”的 {id_[:30]}", "编号、属于、文件要和“事实”页一样")
            return
        added = cells.phrases(reader.text(row, "aliases"))
        had = entry.get("aliases", [])
        entry["aliases"] = [*had, *(word for word in added if isinstance(entry, Placed) or word not in had)]

    def _known(self, of: str, id_: str) -> dict[str, Any] | None:
        """An entry of the base that this workbook only adds aliases to."""
        for fact in self.shared["facts"]:
            if fact["name"] == id_ and words()["scope"].say(fact["of"]) == of:
                return fact
            if fact["label"] == of or fact["name"] == of:
                return next((choice for choice in fact.get("choices", ()) if choice["value"] == id_), None)
        for kind in self.shared["kinds"]:
            if kind["value"] == id_ and of == words()["entry"].say("kind"):
                return kind
            if kind["label"] == of or kind["value"] == of:
                return next((level for level in kind["levels"] if level["value"] == id_), None)
        return next((body for body in self.shared["bodies"] if body["value"] == id_), None)
