"""Sheet 案例: worked cases. A case is a row; what is told and what is expected are lines `名称：事实=值；事实=值`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from policies.canonical import told_value
from policies.facts import Fact, Vocabulary
from policies.money import fen, yuan
from policies.workbook import cells, names
from policies.workbook.cells import BadCell, Cell
from policies.workbook.names import Names
from policies.workbook.rows import Line, Reader, Row, nearest
from policies.workbook.sheets import say, squeeze
from policies.workbook.sheets import words as bodies

SCOPES = {
    "enterprise": "enterprise",
    "projects": "project",
    "spending": "spending",
    "recognitions": "recognition",
    "other_awards": "award",
}
"""Which facts a line of the profile tells."""
_OWN = {
    "project": ("id",),
    "recognition": ("kind", "level"),
    "award": ("level", "document", "clause", "amount_yuan", "year", "status", "project", "recognition"),
}
"""Keys of objects that are no facts."""
_SUMS = ("total_yuan", "indicative_yuan", "other_yuan")
_RANGES = ("range_yuan", "indicative_range_yuan")
_LISTS = ("unquantified", "missing", "caveats")


# ---- to rows ----


def case_lines(document: str, data: Mapping[str, Any], vocabulary: Vocabulary) -> list[Line]:
    """The rows of a cases.yaml (in canonical form)."""
    words = _Words(vocabulary)
    out: list[Line] = []
    if "base" in data:
        out.append({"document": document, "id": say("base"), "profile": words.profile(data["base"])})
    for case in data["cases"]:
        line = {"document": document, **{key: str(case[key]) for key in ("id", "title", "why") if key in case}}
        if "profile" in case:
            line["profile"] = words.profile(case["profile"])
        out.append({**line, "expect": words.expect(case.get("expect", {}))})
    return out


class _Words:
    """Keys and values of profiles in words, and back."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary
        self.kinds = names.of_kinds(vocabulary)
        self.keys: dict[str, Names] = {}
        for scope in SCOPES.values():
            labels = {fact.name: fact.label for fact in vocabulary.of(scope)}
            if scope == "project":
                labels["activities"] = vocabulary.activities.label
            for key in _OWN.get(scope, ()):
                labels[key] = say("fields", key)
            self.keys[scope] = Names(labels)

    def profile(self, data: Mapping[str, Any]) -> str:
        lines: list[str] = []
        if "as_of" in data:
            lines.append(f"{say('profile', 'as_of')}={data['as_of']}")
        for key, scope in SCOPES.items():
            if key not in data:
                continue
            word, value = say("profile", key), data[key]
            if key == "enterprise":
                lines.append(f"{word}：{self.told(value, scope, ())}")
            elif not value:
                lines.append(f"{word}={say('unknown' if value is None else 'none')}")
            for item in value if isinstance(value, list) else ():
                kinds = (item["kind"],) if key == "recognitions" and "kind" in item else ()
                lines.append(f"{word}：{self.told({k: v for k, v in item.items() if k != 'spending'}, scope, kinds)}")
                if "spending" in item:
                    own = say("profile", "spending")
                    spending = item["spending"]
                    lines += [f"{own}：{self.told(line, 'spending', ())}" for line in spending or ()]
                    if not spending:
                        lines.append(f"{own}={say('unknown' if spending is None else 'none')}")
        return "\n".join(lines)

    def told(self, item: Mapping[str, Any], scope: str, kinds: tuple[str, ...]) -> str:
        return "；".join(
            f"{self.keys[scope].say(key)}={self.value(key, value, scope, kinds)}" for key, value in item.items()
        )

    def value(self, key: str, value: Any, scope: str, kinds: tuple[str, ...]) -> str:
        if value is None or value == []:
            return str(say("unknown" if value is None else "none"))
        if isinstance(value, bool):
            return str(say("yes" if value else "no"))
        if self.type(key, scope) == "money":
            return cells.amount_text(value)
        known = self.known(key, scope, kinds)
        items = value if isinstance(value, list) else [value]
        shown = [known.say(str(item)) if known else str(item) for item in items]
        for one in shown:
            if re.search(r"[；;\n=]", one):
                raise ValueError(f"案例里的“{one[:30]}”有分号、等号或换行")
        return cells.join_phrases(shown) if isinstance(value, list) else shown[0]

    def fact(self, key: str, scope: str) -> Fact | None:
        if key == "activities":
            return self.vocabulary.activities
        return self.vocabulary.facts.get((scope, key))

    def type(self, key: str, scope: str) -> str:
        fact = self.fact(key, scope)
        if fact is not None:
            return fact.type
        return {"amount_yuan": "money", "year": "number", "level": "body"}.get(key, "text")

    def known(self, key: str, scope: str, kinds: tuple[str, ...]) -> Names | None:
        """The closed set that a value is from."""
        if key == "kind" or (scope == "award" and key == "recognition"):
            return self.kinds
        if scope == "award" and key == "status":
            return Names(say("status"))
        fact = self.fact(key, scope)
        if fact is None:
            return names.of_choices(self.vocabulary.bodies) if key == "level" else None
        return names.of_fact(fact, self.vocabulary, kinds)

    def expect(self, data: Mapping[str, Any]) -> str:
        lines = []
        for key, value in data.items():
            word = say("expect", key)
            if key in _SUMS:
                lines.append(f"{word}={_sum(value)}")
            elif key in _RANGES:
                lines.append(f"{word}={_sum(value[0])} 至 {_sum(value[1])}")
            elif not value:
                lines.append(f"{word}={say('none')}")
            elif key == "awards":
                lines.append(f"{word}：" + "；".join(f"{id_}={_sum(amount)}" for id_, amount in value.items()))
            elif key == "excluded":
                reasons = Names(say("reasons"))
                shown = {i: "、".join(map(reasons.say, r if isinstance(r, list) else [r])) for i, r in value.items()}
                lines.append(f"{word}：" + "；".join(f"{id_}={reason}" for id_, reason in shown.items()))
            else:
                lines.append(f"{word}={'、'.join(value)}")
        return "\n".join(lines)


def _sum(amount: Any) -> str:
    return str(say("open")) if amount is None else cells.amount_text(cells.money(Cell(f"{amount}元")))


# ---- from rows ----


def read_cases(rows: Iterable[Row], reader: Reader) -> dict[str, Any] | None:
    """The data of a cases.yaml; None without rows."""
    words = _Words(reader.vocabulary)
    out: dict[str, Any] = {}
    cases: list[dict[str, Any]] = []
    some = False
    for row in rows:
        some = True
        id_ = reader.text(row, "id")
        told = _lines(row, "profile", reader, lambda line, into: _profile_line(line, into, words))
        if id_ == say("base"):
            out["base"] = told
            continue
        case: dict[str, Any] = {"id": id_, "title": reader.text(row, "title"), "why": reader.text(row, "why")}
        if row.has("profile"):
            case["profile"] = told
        case["expect"] = _lines(row, "expect", reader, _expect_line)
        cases.append(case)
    return {**out, "cases": cases} if some else None


def _lines(row: Row, key: str, reader: Reader, read: Callable[[str, dict[str, Any]], None]) -> dict[str, Any]:
    out: dict[str, Any] = {}
    for number, line in enumerate(reader.text(row, key).split("\n"), 1):
        try:
            if line.strip():
                read(cells.plain(line), out)
        except BadCell as error:
            reader.fault(row, key, f"第{number}行：{error.text}", error.remedy)
    return out


def _head(line: str, known: Mapping[str, str]) -> tuple[str, str, bool]:
    """The key of a line, what follows, and whether it is a list of `事实=值`."""
    match = re.match(r"\s*([^：:=＝]+?)\s*([：:=＝])(.*)", line, re.DOTALL)
    by_word = {squeeze(word): key for key, word in known.items()}
    key = by_word.get(squeeze(match[1])) if match else None
    if match is None or key is None:
        raise BadCell(f"看不懂“{line[:20]}”", f"以 {'、'.join(known.values())} 之一开头，后面写冒号或等号")
    return key, match[3].strip(), match[2] in "：:"


def _pairs(words: str) -> Iterable[tuple[str, str]]:
    for part in cells.parts(words):
        name, sign, value = re.sub("＝", "=", part).partition("=")
        if not sign:
            raise BadCell(f"“{part[:20]}”里没有等号", "写成 事实=值")
        yield name.strip(), value.strip()


def _profile_line(line: str, into: dict[str, Any], words: _Words) -> None:
    key, rest, listed = _head(line, say("profile"))
    if key == "as_of":
        into[key] = cells.day(Cell(rest))
        return
    target = into
    if key == "spending":
        if not into.get("projects"):
            raise BadCell("“投入”前面没有项目", "先写一行 项目：…")
        target = into["projects"][-1]
    if not listed or rest in (say("none"), say("unknown")):
        if rest not in (say("none"), say("unknown")):
            raise BadCell(f"看不懂“{line[:20]}”", f"写 {say('none')}，或用冒号接 事实=值")
        target[key] = None if rest == say("unknown") else []
        return
    scope, item = SCOPES[key], {}
    pairs = list(_pairs(rest))
    known = words.keys[scope]
    kinds = tuple(words.kinds.value(value) or "" for name, value in pairs if known.value(name) == "kind")
    for name, value in pairs:
        id_ = known.value(name)
        if id_ is None:
            raise BadCell(f"没有“{name[:20]}”这个事实", nearest(name, known.labels.values()) or "见“事实”页")
        item[id_] = _value(id_, value, scope, kinds, words)
    if key == "enterprise":
        target[key] = item
    else:
        target.setdefault(key, []).append(item)


def _value(key: str, said: str, scope: str, kinds: tuple[str, ...], words: _Words) -> Any:
    type_ = words.type(key, scope)
    if said == say("unknown"):
        return None
    if type_ == "yesno":
        return cells.yesno(Cell(said))
    if type_ == "money":
        return cells.money(Cell(said))
    if type_ == "number":
        fact = words.fact(key, scope)
        return cells.decimal(Cell(said)) if fact is not None and fact.decimals else cells.whole(Cell(said))
    if type_ == "date":
        return cells.day(Cell(said))
    if type_ == "choices" and said == say("none"):
        return []
    known = words.known(key, scope, kinds)
    if known is None:
        return said
    if type_ == "body" and (body := bodies()["body"].value(said)) is not None:
        return body
    out = [known.value(said)] if known.value(said) else [known.value(part) for part in cells.phrases(said)]
    if None in out:
        raise BadCell(f"没有“{said[:20]}”", nearest(said, known.labels.values()) or "见“事实”页")
    if type_ != "choices" and len(out) != 1:
        raise BadCell(f"“{said[:20]}”只能是一个", "只写一个")
    return told_value(key, out if type_ == "choices" else out[0], scope, words.vocabulary)


def _expect_line(line: str, into: dict[str, Any]) -> None:
    key, rest, listed = _head(line, say("expect"))
    if not listed and rest == say("none"):
        into[key] = {} if key in ("awards", "excluded") else []
    elif key in _SUMS:
        into[key] = _amount(rest)
    elif key in _RANGES:
        ends = re.split(r"\s*(?:至|到|~|～)\s*", rest)
        if len(ends) != 2:
            raise BadCell(f"“{rest[:20]}”不是区间", "写成 150万元 至 300万元")
        into[key] = [_amount(ends[0]), None if ends[1] == say("open") else _amount(ends[1])]
    elif key == "awards":
        into[key] = {id_: _amount(amount) for id_, amount in _pairs(rest)}
    elif key == "excluded":
        into[key] = {id_: _reasons(reason) for id_, reason in _pairs(rest)}
    else:
        into[key] = cells.phrases(rest)


def _amount(said: str) -> str:
    return yuan(fen(cells.money(Cell(said))))


def _reasons(said: str) -> Any:
    known = Names(say("reasons"))
    found = [known.value(part) for part in cells.phrases(said)]
    if None in found or not found:
        raise BadCell(
            f"没有“{said[:20]}”这种原因", nearest(said, known.labels.values()) or f"如 {known.say('condition')}"
        )
    return found if len(found) > 1 else found[0]
