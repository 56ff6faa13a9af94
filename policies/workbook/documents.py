"""Sheets 文件, 条款, 限制与互斥, 口径说明: the rows of a document. Both directions.

To rows: from the data of a canonical policy.yaml. From rows: to that data again, each value with its cell.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from policies.facts import Vocabulary
from policies.workbook import cells, names
from policies.workbook.cells import BadCell, Cell
from policies.workbook.conditions import Scope, condition_lines, read_conditions, read_places, read_single, single_lines
from policies.workbook.payments import Writer, payment_lines, read_binding, read_cap, read_payments
from policies.workbook.rows import Line, Placed, Reader, Row
from policies.workbook.sheets import Sheet, say, sheets, words

Rows = dict[str, list[Row]]
"""The rows of one document, by sheet."""

_HEAD_TEXT = ("title", "short", "number", "issuer", "responsible", "interprets", "contact", "apply", "note")
_READING = ("question", "quote", "strict", "lenient", "why", "caveat")
_WHOLE = Scope(("project", "enterprise"))
"""Where the bases of a limit's ceilings are looked up."""


# ---- to rows ----


def document_lines(policy: Mapping[str, Any], vocabulary: Vocabulary) -> dict[str, list[Line]]:
    """The rows of a document, by sheet."""
    out: dict[str, list[Line]] = {
        name: [] for name in ("documents", "clauses", "conditions", "payments", "limits", "readings")
    }
    head = policy["document"]
    out["documents"].append(_head_line(head))
    for line in condition_lines(head.get("when", ()), Scope(), vocabulary):
        out["conditions"].append({"owner": head["id"], "shown": say("all_document"), **line})
    for clause in policy["clauses"]:
        out["clauses"].append(_clause_line(clause, vocabulary))
        scope = Scope(tuple(dict.fromkeys((clause["for"], "project", "enterprise"))), tuple(clause.get("kinds", ())))
        for line in condition_lines(clause.get("when", ()), scope, vocabulary):
            out["conditions"].append({"owner": clause["id"], "shown": clause["title"], **line})
        payments, tests = payment_lines(clause, vocabulary)
        out["payments"] += payments
        out["conditions"] += tests
    for limit in policy.get("limits", ()):
        writer = Writer(_WHOLE, vocabulary)
        out["limits"] += _limit_lines(limit, writer)
        out["conditions"] += writer.tests
    for kind in ("disqualifiers", "reductions"):
        for row in policy.get(kind, ()):
            type_ = words()["limit"].say(kind.removesuffix("s"))
            out["limits"].append({"type": type_, **_strings(row, "id", "article", "quote", "factor", "text")})
            for line in single_lines(row["when"], Scope(), vocabulary):
                out["conditions"].append({"owner": row["id"], "shown": row["text"], **line})
    if "netting" in head:
        out["limits"].append(_netting_line(head["netting"]))
    for reading in policy.get("readings", ()):
        line = _strings(reading, "id", *_READING)
        ids = "；".join(reading.get("clauses", ()))
        if reading.get("several"):
            line["several"] = words()["several"].say(reading["several"])
        out["readings"].append({**line, "used": words()["used"].say(reading["used"]), "clauses": ids})
    return {name: [{"document": head["id"], **line} for line in lines] for name, lines in out.items()}


def _strings(row: Mapping[str, Any], *keys: str) -> Line:
    return {key: str(row[key]) for key in keys if row.get(key) not in (None, "")}


def _said(row: Mapping[str, Any], sheet: Sheet) -> Line:
    """The columns of closed sets and of yes-or-no."""
    out: Line = {}
    for column in sheet.columns:
        value = row.get(column.key)
        if value is None:
            continue
        if column.kind == "word":
            out[column.key] = words()[column.words].say(value)
        elif column.kind == "word_list":
            out[column.key] = "；".join(words()[column.words].say(item) for item in value)
        elif column.kind == "yesno" and value:
            out[column.key] = say("yes")
    return out


def _head_line(head: Mapping[str, Any]) -> Line:
    out = {**_strings(head, "id", *_HEAD_TEXT, "from", "to"), **_said(head, sheets()["documents"])}
    out["territory"] = "；".join(names.place_text(code) for code in head["territory"])
    events = head.get("events")
    if events is not None:
        out["events"] = say("any_time") if events == "none" else f"{events['from']} 至 {events['to']}"
    return out


def _clause_line(clause: Mapping[str, Any], vocabulary: Vocabulary) -> Line:
    out = {**_strings(clause, "id", "article", "title", "quote"), **_said(clause, sheets()["clauses"])}
    out["takes"] = names.of_choices(vocabulary.activities.choices).list(clause.get("takes", ()))
    out["kinds"] = names.of_kinds(vocabulary).list(clause.get("kinds", ()))
    out["instalments"] = "\n".join(f"{item['share']} {item['when']}" for item in clause.get("instalments", ()))
    return out


def _limit_lines(limit: Mapping[str, Any], writer: Writer) -> Iterable[Line]:
    type_ = words()["limit"].say("caps" if "caps" in limit else "at_most")
    line = {"type": type_, **_strings(limit, "id", "article", "quote", "text", "at_most")}
    for key in ("over", "except"):
        line[key] = "；".join(limit.get(key, ()))
    line["per"] = words()["per"].say(limit["per"])
    if limit.get("after_reductions"):
        line["after_reductions"] = say("yes")
    if "at_most" in limit:
        line["of"] = words()["pick"].say(limit.get("of", "award"))
        yield {**line, "cap_yearly": say("yes")} if limit.get("yearly") else line
        return
    for number, cap in enumerate(writer.caps(limit["id"], limit["text"], limit["caps"])):
        yield {**(line if not number else {"id": limit["id"], "type": type_}), **cap}


def _netting_line(netting: Mapping[str, Any]) -> Line:
    line = {"type": words()["limit"].say("netting"), **_strings(netting, "article", "quote", "text")}
    line["levels"] = "；".join(words()["body"].say(level) for level in netting.get("levels", ()))
    for key in ("documents", "over"):
        line[key] = "；".join(netting.get(key, ()))
    if "leaves" in netting:
        line["leaves"] = words()["leaves"].say(netting["leaves"])
    return {**line, "tied": say("yes")} if netting.get("tied_recognitions") else line


# ---- from rows ----


def read_document(head: Row, rows: Rows, declares: Mapping[str, Any] | None, reader: Reader) -> Placed:
    """The data of a document's policy.yaml from its rows; faults go to the reader."""
    data = Placed(head, {"document": "id"})
    tests: dict[tuple[str, str], list[Row]] = {}
    for row in rows.get("conditions", ()):
        tests.setdefault((reader.id(row, "owner"), reader.id(row, "case")), []).append(row)
    data["document"] = _read_head(head, reader)
    id_ = data["document"]["id"]
    when = read_conditions(tests.get((id_, ""), ()), Scope(), reader)
    if when:
        data["document"]["when"] = when
    payments: dict[str, list[Row]] = {}
    for row in rows.get("payments", ()):
        payments.setdefault(reader.id(row, "clause"), []).append(row)
    clauses: dict[str, Placed] = {}
    for row in rows.get("clauses", ()):
        clause = _read_clause(row, reader)
        read_payments(clause, payments.get(clause["id"], []), tests, reader)
        _need_activities(clause, reader)
        found = read_conditions(tests.get((clause["id"], ""), ()), _scope(clause), reader)
        if found:
            clause["when"] = found
        data.setdefault("clauses", []).append(clause)
        if clause["id"] in clauses:
            reader.fault(row, "id", f"：{clause['id']} 重复", "换一个编号")
        clauses[clause["id"]] = clause
    if not clauses:
        reader.fault(head, "id", "：这个文件没有条款", "在“条款”页写上它的条款")
        data["clauses"] = []
    for clause_id, own in payments.items():
        if clause_id and clause_id not in clauses:
            reader.fault(own[0], "clause", f"：“条款”页里没有 {clause_id}", _like(clause_id, clauses))
    _read_limits(rows.get("limits", ()), data, tests, reader)
    data.put("readings", [_read_reading(row, reader) for row in rows.get("readings", ())])
    _orphans(tests, data, reader)
    if declares:
        data["declares"] = dict(declares)
    return data


def _need_activities(clause: Placed, reader: Reader) -> None:
    """A formula on 本条的投入 needs to know which lines those are."""
    formulas = [clause.get("pays"), *(tier.get("pays") for tier in clause.get("tiers", ()))]
    if "takes" not in clause and any("spending" in _bases(formula) for formula in formulas if formula):
        if not clause.row.has("takes"):
            reader.fault(clause.row, "takes", "没有填", "按本条的投入计算的，要写支持哪些建设内容，如 机器人及集成")
        clause["takes"] = reader.vocabulary.activities.values()[:1]


def _bases(pays: Mapping[str, Any]) -> Iterable[str]:
    yield from (part[key] for part in (pays, *pays.get("sum", ())) for key in ("of", "less") if key in part)
    for one in (*(case["pays"] for case in pays.get("cases", ())), *pays.get("least", ()), *pays.get("greatest", ())):
        yield from _bases(one)


def _like(id_: str, known: Iterable[str]) -> str:
    from policies.workbook.rows import nearest

    return nearest(id_, known) or "先在“条款”页写这个条款"


def _scope(clause: Mapping[str, Any]) -> Scope:
    scopes = tuple(dict.fromkeys((str(clause.get("for", "enterprise")), "project", "enterprise")))
    return Scope(scopes, tuple(clause.get("kinds", ())))


def _orphans(tests: Mapping[tuple[str, str], list[Row]], data: Placed, reader: Reader) -> None:
    """Conditions of what is not there."""
    owners = {(data["document"]["id"], "")}
    for kind in ("disqualifiers", "reductions"):
        owners |= {(row["id"], "") for row in data.get(kind, ())}
    for clause in data["clauses"]:
        for part in (clause, *clause.get("tiers", ())):
            owners.add((part["id"], ""))
            owners |= {(part["id"], case) for case in _cases(part.get("pays"), "")}
            owners |= _binding_cases(part, reader)
    for limit in data.get("limits", ()):
        owners |= _binding_cases(limit, reader)
    known = {owner for owner, _ in owners}
    for (owner, case), rows in tests.items():
        if owner and owner not in known:
            reader.fault(rows[0], "owner", f"：没有 {owner}", _like(owner, known))
        elif owner and (owner, case) not in owners:
            reader.fault(rows[0], "case", f"：“金额与档位”页里 {owner} 没有情形 {case}", "两页的情形号要一样")


def _binding_cases(part: Mapping[str, Any], reader: Reader) -> set[tuple[str, str]]:
    """The owner and case of each of its ceilings that binds under conditions."""
    placed = [cap for cap in part.get("caps", ()) if isinstance(cap, Placed)]
    return {(part["id"], reader.id(cap.row, "cap_case")) for cap in placed if cap.row.has("cap_case")}


def _cases(pays: Any, case: str) -> Iterable[str]:
    for kind, form in say("case").items():
        for number, one in enumerate((pays or {}).get(kind, ()), 1):
            own = f"{case}.{form.format(number)}" if case else form.format(number)
            if kind == "cases":
                yield own
            yield from _cases(one["pays"] if kind == "cases" else one, own)


def _read_head(row: Row, reader: Reader) -> Placed:
    head = Placed(row)
    head["id"] = reader.id(row, "id")
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}", head["id"]):
        reader.fault(row, "id", f"不能写“{head['id'][:20]}”", "只用英文字母、数字、点和连字符，如 baotou-2026-12")
    for key in _HEAD_TEXT:
        head.put(key, reader.text(row, key))
    for key in ("level", "state"):
        head[key] = reader.word(row, key) or {"level": "city", "state": "in_force"}[key]
    head["territory"] = read_places(row, "territory", reader)
    head["applicants"] = reader.word_list(row, "applicants") or ["enterprise"]
    for key in ("from", "to"):
        head.put(key, reader.get(row, key, cells.day))
    for key in ("end_unconfirmed", "yearly"):
        head.put(key, reader.yes(row, key))
    head.put("events", reader.get(row, "events", _events))
    return head


def _events(cell: Cell) -> Any:
    said = cells.text(cell)
    if said == say("any_time"):
        return "none"
    found = re.findall(r"\d{4}\D\d{1,2}\D\d{1,2}日?|\d{8}", said)
    if len(found) != 2:
        raise BadCell(f"“{said[:20]}”不是一段时间", "空着，或写 不限，或写 2024-06-01 至 2026-06-30")
    return {"from": cells.day(Cell(found[0])), "to": cells.day(Cell(found[1]))}


def _read_clause(row: Row, reader: Reader) -> Placed:
    clause = Placed(row)
    clause["id"] = reader.id(row, "id")
    for key in ("article", "title", "quote"):
        clause[key] = reader.text(row, key)
    clause["for"] = reader.word(row, "for") or "enterprise"
    if row.has("for"):
        reader.unused(row, "for", clause["for"])
    for key in ("strength", "dated", "already_paid", "shown_when"):
        clause.put(key, reader.word(row, key))
    clause.put("payee", reader.word_list(row, "payee"))
    activities, kinds = names.of_choices(reader.vocabulary.activities.choices), names.of_kinds(reader.vocabulary)
    for key, known in (("takes", activities), ("kinds", kinds)):
        remedy = "先在“事实”页写上它"
        clause.put(key, reader.named(row, key, reader.text(row, key), known.value, known.labels.values(), remedy))
    if clause["for"] == "recognition" and not row.has("kinds"):
        reader.fault(row, "kinds", "没有填", "按认定给的条款要写奖励哪几种认定，如 两化融合贯标")
    for key in ("once", "beyond_document", "or_base"):
        clause.put(key, reader.yes(row, key))
    clause.put("instalments", reader.get(row, "instalments", _instalments))
    return clause


def _instalments(cell: Cell) -> list[dict[str, str]]:
    out = []
    for part in cells.parts(cells.text(cell)):
        match = re.fullmatch(r"\s*([\d.]+\s*[%％])\s*[:：]?\s*(.+)", part)
        if match is None:
            raise BadCell(f"“{part[:20]}”看不出比例和时间", "一行一次：30% 项目开工后")
        out.append({"share": cells.rate(Cell(match[1])), "when": match[2].strip()})
    return out


def _read_reading(row: Row, reader: Reader) -> Placed:
    reading = Placed(row)
    reading["id"] = reader.id(row, "id")
    for key in _READING:
        reading.put(key, reader.text(row, key))
        if key != "quote":
            reading.setdefault(key, "")
    reading["used"] = reader.word(row, "used") or "strict"
    reading.put("clauses", cells.ids(reader.text(row, "clauses")))
    reading.put("several", reader.word(row, "several"))
    return reading


def _read_limits(rows: Iterable[Row], data: Placed, tests: Mapping[tuple[str, str], list[Row]], reader: Reader) -> None:
    limits: dict[str, Placed] = {}
    for row in rows:
        id_, type_ = reader.id(row, "id"), reader.word(row, "type")
        if id_ in limits and row.has("cap") and not row.has("text"):  # a further ceiling of the same rule
            cap = read_cap(row, _WHOLE, reader)
            if cap is not None:
                read_binding(cap, id_, tests, _WHOLE, reader)
                limits[id_].setdefault("caps", []).append(cap)
            continue
        rule = Placed(row, {"levels": "levels", "when": "id"})
        if type_ is not None:
            reader.unused(row, "type", type_)
        for key in ("article", "quote", "text"):
            rule[key] = reader.text(row, key)
            if key != "article" and not row.has(key):
                reader.fault(row, key, "没有填", f"如 {row.sheet.column(key).example[:40]}")
        if type_ == "netting":
            rule.put("levels", reader.word_list(row, "levels"))
            for key in ("documents", "over"):
                rule.put(key, cells.ids(reader.text(row, key)))
            if not row.has("levels") and not row.has("documents"):
                reader.fault(row, "levels", "没有填", "填哪几级给的钱要扣除，如 国家级；省级")
                rule["levels"] = ["national"]
            if reader.yes(row, "tied"):
                rule["tied_recognitions"] = True
            rule.put("leaves", reader.word(row, "leaves"))
            data["document"]["netting"] = rule
            continue
        if not id_:
            reader.fault(row, "id", "没有填", f"如 {row.sheet.column('id').example}")
        rule["id"] = id_
        if type_ in ("disqualifier", "reduction"):
            when = read_single(tests.get((id_, ""), []), Scope(), reader)
            if when is None:
                reader.fault(row, "id", f"：“条件”页里没有 {id_} 的条件", "在“条件”页写上什么情况下这样")
                continue
            rule["when"] = when
            if type_ == "reduction":
                rule["factor"] = reader.get(row, "factor", cells.rate)
                if rule["factor"] is None and not row.has("factor"):
                    reader.fault(row, "factor", "没有填", "如 90%")
            if type_ == "disqualifier" or rule["factor"] is not None:
                data.setdefault(f"{type_}s", []).append(rule)
            continue
        if type_ is not None:
            limits[id_] = _read_limit(row, rule, type_, tests, reader)
            data.setdefault("limits", []).append(limits[id_])


def _read_limit(
    row: Row, rule: Placed, type_: str, tests: Mapping[tuple[str, str], list[Row]], reader: Reader
) -> Placed:
    for key in ("over", "except"):
        rule.put(key, cells.ids(reader.text(row, key)))
    rule["per"] = reader.word(row, "per") or "enterprise"
    if not row.has("per"):
        reader.fault(row, "per", "没有填", "写 每个项目 或 每户企业")
    rule.put("after_reductions", reader.yes(row, "after_reductions"))
    if type_ == "caps":
        cap = read_cap(row, _WHOLE, reader)
        rule["caps"] = [cap or {"amount": 1}]
        if cap is not None:
            read_binding(cap, rule["id"], tests, _WHOLE, reader)
        else:
            reader.fault(row, "cap", "没有填", "合计上限要写上限，如 300万元")
        return rule
    rule["at_most"] = reader.get(row, "at_most", cells.whole)
    if rule["at_most"] is None:
        if not row.has("at_most"):
            reader.fault(row, "at_most", "没有填", "写最多几项，如 2")
        rule["at_most"] = 1
    rule.put("of", reader.word(row, "of"))
    if reader.yes(row, "cap_yearly"):
        rule["yearly"] = True
    return rule
