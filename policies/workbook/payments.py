"""Sheet 金额与档位: formulas, tiers and ceilings as rows. Both directions.

A formula is one row, or several: terms of a sum, brackets, cases (column 情形: 1, 2), formulas of which the lowest or
the highest counts (取低1, 取低2; 取高1). The n-th row of a clause or tier also carries its n-th ceiling; one that binds
only under conditions has a number of its own (column 上限情形: 上限1), under which 条件 has them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from itertools import zip_longest
from typing import Any

from policies.canonical import find_fact, plain_number
from policies.facts import Vocabulary
from policies.formulas import FORMS
from policies.workbook import cells, names
from policies.workbook.conditions import Scope, condition_lines, read_conditions, scope_of
from policies.workbook.rows import Line, Placed, Reader, Row, nearest
from policies.workbook.sheets import say, words

_RATES = ("rate", "brackets", "match")

# ---- to rows ----


def payment_lines(clause: Mapping[str, Any], vocabulary: Vocabulary) -> tuple[list[Line], list[Line]]:
    """The rows of a clause in 金额与档位, and those of its tiers and cases in 条件."""
    writer = Writer(scope_of(clause), vocabulary)
    own = {"clause": clause["id"], "shown": clause["title"]}
    writer.group(own, clause["id"], clause.get("pays"), clause.get("caps", ()))
    for tier in clause.get("tiers", ()):
        known = names.of_levels(vocabulary, clause.get("kinds", ()))
        head = {**own, "tier": tier["id"], "title": tier.get("title", "")}
        if "level" in tier:
            head["level"] = known.say(tier["level"])
        writer.conditions(tier["id"], tier.get("title", clause["title"]), "", tier.get("when", ()))
        writer.group(head, tier["id"], tier["pays"], tier.get("caps", ()))
    return writer.payments, writer.tests


class Writer:
    """Writes rows of 金额与档位 (`payments`), and of 条件 (`tests`), in one scope."""

    def __init__(self, scope: Scope, vocabulary: Vocabulary) -> None:
        self.scope, self.vocabulary = scope, vocabulary
        self.bases = names.of_facts(vocabulary, scope.scopes)
        self.payments: list[Line] = []
        self.tests: list[Line] = []

    def conditions(self, owner: str, shown: str, case: str, conditions: Any) -> None:
        for line in condition_lines(conditions, self.scope, self.vocabulary):
            self.tests.append({"owner": owner, "shown": shown, "case": case, **line})

    def group(self, head: Line, owner: str, pays: Mapping[str, Any] | None, caps: Iterable[Any]) -> None:
        """The rows of one clause or tier."""
        shown = head.get("title") or head["shown"]
        formulas = list(self.formula(pays, owner, shown, "")) if pays else []
        own = list(self.caps(owner, shown, caps))
        if any(formula.get("case") for formula in formulas):  # a ceiling beside a case would be that case's own
            formulas, own = [*formulas, *({} for _ in own)], [*({} for _ in formulas), *own]
        for number, (formula, cap) in enumerate(zip_longest(formulas, own)):
            kept: Line = head if not number else {key: head[key] for key in ("clause", "shown", "tier") if key in head}
            self.payments.append({**kept, **(formula or {}), **(cap or {})})

    def caps(self, owner: str, shown: str, caps: Iterable[Any]) -> Iterable[Line]:
        """The columns of each ceiling; what it binds under goes to 条件."""
        count = 0
        for cap in caps:
            line = cap_line(cap, self.bases)
            if "when" in cap:
                count += 1
                line["cap_case"] = say("cap_case").format(count)
                self.conditions(owner, shown, line["cap_case"], cap["when"])
            yield line

    def formula(self, pays: Mapping[str, Any], owner: str, shown: str, case: str) -> Iterable[Line]:
        if "at_most" in pays:
            rest = {key: value for key, value in pays.items() if key != "at_most"}
            top, *further = self.formula(rest, owner, shown, case)
            yield {**top, "cap": cells.amount_text(pays["at_most"])}
            yield from further
            return
        form = next(key for key in FORMS if key in pays)
        if form in say("case"):
            for number, one in enumerate(pays[form], 1):
                step = say("case", form).format(number)
                own = f"{case}.{step}" if case else step
                if form == "cases":
                    self.conditions(owner, shown, own, one.get("when", ()))
                yield from self.formula(one["pays"] if form == "cases" else one, owner, shown, own)
            return
        head: Line = {"case": case, "form": words()["form"].say("rate" if form == "sum" else form)}
        if "of" in pays:
            head["of"] = base_text(pays, self.bases)
        if pays.get("within_spending"):
            head["within_spending"] = say("yes")
        if "times" in pays:
            head["times"] = "\n".join(map(self.times, pays["times"]))
        if form in ("fixed", "unit"):
            yield {**head, "figure": cells.amount_text(pays[form])}
        elif form == "rate":
            yield {**head, "figure": pays["rate"]}
        elif form == "sum":
            for number, term in enumerate(pays["sum"]):
                kind = "rate" if "rate" in term else "unit"
                figure = term["rate"] if kind == "rate" else cells.amount_text(term["unit"])
                line: Line = {"form": words()["form"].say(kind), "figure": figure, "of": base_text(term, self.bases)}
                yield {**(head if not number else {"case": case}), **line}
        elif form == "step":
            step = pays["step"]
            first, each = cells.amount_text(step["first"]), cells.amount_text(step["each"])
            fact = find_fact(step["of"], self.scope.scopes, self.vocabulary)
            show = cells.amount_text if fact is not None and fact.type == "money" else str
            more = {"per": show(step["per"])} if step.get("per", 1) != 1 else {}
            line = {"figure": first, "of": self.bases.say(step["of"]), "at": show(step["at"]), "each": each}
            yield {**head, **line, **more}
        elif form == "match":
            levels = "；".join(words()["body"].say(level) for level in pays["match"]["levels"])
            yield {**head, "figure": pays["match"]["rate"], "of": levels}
        else:
            for bracket in pays["brackets"]:
                upper = cells.amount_text(bracket["up_to"]) if "up_to" in bracket else ""
                yield {**head, "figure": bracket["rate"], "up_to": upper}

    def times(self, number: Mapping[str, Any]) -> str:
        """`贴息月数（最多36，每12算1）`"""
        name = self.bases.say(number["of"])
        more = [say("times", "up_to").format(number["up_to"])] if "up_to" in number else []
        more += [say("times", "per").format(number["per"])] if number.get("per", 1) != 1 else []
        return f"{name}（{'，'.join(more)}）" if more else name


def base_text(part: Mapping[str, Any], bases: names.Names) -> str:
    """`研发费用`, or `研发费用－上年研发费用`."""
    of = bases.say(part["of"])
    return f"{of}{say('less')}{bases.say(part['less'])}" if "less" in part else of


def cap_line(cap: Mapping[str, Any], bases: names.Names) -> Line:
    """The columns of a ceiling."""
    out: Line = {"cap_per": words()["cap_per"].say(cap["per"])} if "per" in cap else {}
    if "amount" in cap:
        out["cap"] = cells.amount_text(cap["amount"])
    else:
        out |= {"cap": cap["rate"], "cap_of": bases.say(cap["of"])}
    return {**out, "cap_yearly": say("yes")} if cap.get("yearly") else out


# ---- from rows ----


def read_payments(clause: Placed, rows: list[Row], tests: Mapping[tuple[str, str], list[Row]], reader: Reader) -> None:
    """Puts formula, ceilings and tiers of the rows into a clause. `tests`: rows of 条件 by owner and case."""
    scope = scope_of(clause)
    groups: dict[str, list[Row]] = {}
    for row in rows:
        groups.setdefault(reader.id(row, "tier"), []).append(row)
    tiers = []
    for id_, own in groups.items():
        owner = id_ or clause["id"]
        if not id_:
            for row in own:
                for key in ("title", "level"):
                    if row.has(key):
                        reader.fault(
                            row, key, "填了，但“档位编号”没有填，用不上", "分档的每档写一个档位编号；不分档的清空这一格"
                        )
            _read_group(clause, own, owner, tests, scope, reader)
            continue
        tier = Placed(own[0], {"id": "tier", "pays": "figure"})
        tier["id"] = id_
        for row in own:
            if row.has("title") and "title" not in tier:
                tier.put("title", reader.text(row, "title"))
            if row.has("level") and "level" not in tier:
                known = names.of_levels(reader.vocabulary, scope.kinds)
                said = reader.text(row, "level")
                tier.put("level", known.value(said))
                if "level" not in tier and (
                    scope.kinds or clause["for"] != "recognition"
                ):  # else the kind is the fault
                    remedy = nearest(said, known.labels.values()) or "先在“事实”页写这一级"
                    reader.fault(row, "level", f"里没有“{said[:20]}”", remedy)
        when = read_conditions(tests.get((id_, ""), ()), scope, reader)
        if when:
            tier["when"] = when
        _read_group(tier, own, owner, tests, scope, reader)
        if "pays" not in tier:
            reader.fault(own[0], "form", "没有填", "这一档给多少，写上算法和金额或比例")
            tier["pays"] = {"fixed": 1}
        tiers.append(tier)
    if tiers:
        clause["tiers"] = tiers


def _read_group(
    into: Placed, rows: list[Row], owner: str, tests: Mapping[tuple[str, str], list[Row]], scope: Scope, reader: Reader
) -> None:
    whole = [row for row in rows if not row.has("case")]
    caps = [cap for row in whole if (cap := read_cap(row, scope, reader)) is not None]
    for cap in caps:
        read_binding(cap, owner, tests, scope, reader)
    if caps:
        into["caps"] = caps
    formulas = [row for row in rows if row.has("form") or row.has("figure")]
    for row in rows:
        if row not in formulas:
            reader.unused(row, "form", None)
    if formulas:
        into["pays"] = _Formulas(owner, tests, scope, reader).read(formulas, "")
        into.columns["pays"] = "figure"


def read_cap(row: Row, scope: Scope, reader: Reader) -> Placed | None:
    """The ceiling of a row, if it has one."""
    if not row.has("cap"):
        for key in ("cap_of", "cap_per", "cap_case"):
            if row.has(key):
                reader.fault(row, "cap", "没有填", f"“{row.sheet.column(key).header}”填了，这里也要填")
        return None
    cap = Placed(row, {"amount": "cap", "rate": "cap", "of": "cap_of", "per": "cap_per", "yearly": "cap_yearly"})
    if row.has("cap_of") or "%" in cells.narrow(str(row.cell("cap").value)) or "%" in row.cell("cap").form:
        cap["rate"] = reader.get(row, "cap", cells.rate) or "1%"
        cap["of"] = _base(row, "cap_of", scope, reader)
    else:
        cap["amount"] = reader.get(row, "cap", cells.money) or 1
    cap.put("per", reader.word(row, "cap_per"), "cap_per")
    if reader.yes(row, "cap_yearly"):
        cap["yearly"] = True
    return cap


def read_binding(
    cap: Placed, owner: str, tests: Mapping[tuple[str, str], list[Row]], scope: Scope, reader: Reader
) -> None:
    """Under which conditions a ceiling binds, where its row names a case."""
    case = reader.id(cap.row, "cap_case")
    if not case:
        return
    if re.fullmatch(say("cap_case").format(r"\d{1,3}"), case) is None:
        reader.fault(
            cap.row, "cap_case", f"不能写“{case[:20]}”", f"写 {say('cap_case').format(1)}，条件写在“条件”页同一个号下"
        )
        return
    when = read_conditions(tests.get((owner, case), ()), scope, reader)
    if not when:
        reader.fault(
            cap.row, "cap_case", f"：“条件”页里 {owner} 没有情形 {case}", "在“条件”页写上这个上限在什么情况下才管"
        )
    cap.put("when", when, "cap_case")


def _base_of(row: Row, scope: Scope, reader: Reader) -> dict[str, str]:
    """`of`, and `less` where the cell says 甲－乙."""
    known = names.of_facts(reader.vocabulary, scope.scopes)
    pair = names.difference(reader.text(row, "of"), known)
    return {"of": pair[0], "less": pair[1]} if pair is not None else {"of": _base(row, "of", scope, reader)}


def _base(row: Row, key: str, scope: Scope, reader: Reader) -> str:
    """The fact that a formula is computed from."""
    said = reader.text(row, key)
    known = names.of_facts(reader.vocabulary, scope.scopes)
    found = known.value(said) if said else None
    if found is None:
        remedy = nearest(said, known.labels.values()) or f"写“{say('spending')}”，或“事实”页里的一个金额"
        reader.fault(row, key, f"里没有“{said[:20]}”" if said else "没有填", remedy)
        return "spending"
    return found


def _kind_of(case: str) -> str | None:
    """What the last step of a case is: one of several `cases`, or a formula of `least` or `greatest`."""
    step = case.rpartition(".")[2]
    forms: Mapping[str, str] = say("case")
    return next((kind for kind, form in forms.items() if re.fullmatch(form.format(r"\d{1,3}"), step)), None)


class _Formulas:
    """Reads the formula of one clause or tier."""

    def __init__(self, owner: str, tests: Mapping[tuple[str, str], list[Row]], scope: Scope, reader: Reader) -> None:
        self.owner, self.tests, self.scope, self.reader = owner, tests, scope, reader

    def read(self, rows: list[Row], case: str) -> Placed:
        """The formula of rows whose case begins with `case`."""
        depth = len(case.split(".")) if case else 0
        branches: dict[str, list[Row]] = {}
        plain: list[Row] = []
        for row in rows:
            steps = [step for step in re.split(r"[.。、]", self.reader.id(row, "case")) if step]
            if len(steps) > depth:
                branches.setdefault(".".join(steps[: depth + 1]), []).append(row)
            else:
                plain.append(row)
        if not branches:
            return self.formula(plain) if not case else self.under(plain)
        for row in plain:
            self.reader.fault(row, "case", "没有填", "同一条款有的行分情形，每一行都要填是第几种情形")
        kind = _kind_of(next(iter(branches)))
        out = Placed(rows[0], {kind or "cases": "case"})
        parts = out[kind or "cases"] = []
        for own, inside in branches.items():
            if kind is None or _kind_of(own) != kind:
                self.reader.fault(inside[0], "case", f"不能写“{own[:20]}”", say("case_remedy"))
            if kind in ("least", "greatest"):
                parts.append(self.read(inside, own))
                continue
            one = Placed(inside[0], {"when": "case", "pays": "figure"})
            when = read_conditions(self.tests.get((self.owner, own), ()), self.scope, self.reader)
            if when:
                one["when"] = when
            one["pays"] = self.read(inside, own)
            parts.append(one)
        if kind in ("least", "greatest") and len(parts) == 1:
            self.reader.fault(rows[0], "case", "只有一种算法", say("case_remedy"))
            parts.append(parts[0])
        return out

    def under(self, rows: list[Row]) -> Placed:
        """The formula of one case, under the ceiling that stands in its rows."""
        reader, out = self.reader, self.formula(rows)
        for row in rows:
            if row.has("cap") and "at_most" not in out:
                out.put("at_most", reader.get(row, "cap", cells.money) or 1, "cap")
            elif row.has("cap"):
                reader.fault(row, "cap", "：这种情形已有上限", "只写一个")
            for key in ("cap_of", "cap_per", "cap_yearly", "cap_case"):
                if row.has(key):
                    header = row.sheet.column(key).header
                    remedy = f"情形旁的上限只管这一笔。管整条的，另起一行，情形空着，写上限和{header}"
                    reader.fault(row, key, "在分情形的行里不能写", remedy)
        return out

    def formula(self, rows: list[Row]) -> Placed:
        """One formula: a row, the terms of a sum, or brackets."""
        row, reader = rows[0], self.reader
        form = reader.word(row, "form") or ("rate" if row.has("of") else "fixed")
        out = Placed(row, {"fixed": "figure", "unit": "figure", "rate": "figure", "of": "of", "step": "figure"})
        forms = [reader.word(one, "form") or form for one in rows]
        for number, (one, own) in enumerate(zip(rows, forms, strict=True)):
            reader.unused(one, "form", own)
            if number and one.has("times"):
                reader.fault(
                    one, "times", "写在了后面的行", "乘的是几行之和，写在第一行；只乘这一行的，用取低、取高或另立条款"
                )
        adds = len(rows) > 1 and set(forms) <= {"rate", "unit"}
        if form != "brackets" and not adds:
            for other in rows[1:]:
                reader.fault(other, "form", "多了一行", "一个条款（一档、一种情形）只写一种算法；分档的写上档位编号")
        kinds = forms if adds else [form] * len(rows)
        parsers: list[Any] = [cells.rate if kind in _RATES else cells.money for kind in kinds]
        figures = [reader.get(one, "figure", parse) for one, parse in zip(rows, parsers, strict=True)]
        for one, figure in zip(rows, figures, strict=True):
            if figure is None and not one.has("figure"):
                reader.fault(one, "figure", "没有填", "金额写明万元或元，比例写百分数")
        values = [
            figure if figure is not None else ("1%" if k in _RATES else 1)
            for figure, k in zip(figures, kinds, strict=True)
        ]
        if form == "fixed":
            out["fixed"] = values[0]
        elif adds:
            bases = [_base_of(one, self.scope, reader) for one in rows]
            out["sum"] = [{kind: value, **base} for kind, value, base in zip(kinds, values, bases, strict=True)]
        elif form == "brackets":
            uppers = [reader.get(one, "up_to", cells.money) for one in rows]
            pairs = zip(uppers, values, strict=True)
            out["brackets"] = [
                {"up_to": up, "rate": value} if up is not None else {"rate": value} for up, value in pairs
            ]
        elif form == "match":
            levels = reader.named(row, "of", reader.text(row, "of"), words()["body"].value, words()["body"].shown())
            out["match"] = {"rate": values[0], "levels": levels}
        elif form == "step":
            of = _base(row, "of", self.scope, reader)
            fact = find_fact(of, self.scope.scopes, reader.vocabulary)
            size: Any = cells.money if fact is not None and fact.type == "money" else cells.whole
            at, each = reader.get(row, "at", size), reader.get(row, "each", cells.money)
            for key, found in (("at", at), ("each", each)):
                if found is None and not row.has(key):
                    reader.fault(row, key, "没有填", f"如 {row.sheet.column(key).example}")
            out["step"] = {
                "of": of,
                "at": at or 1,
                "first": values[0],
                "each": each or 0,
            }
            if (per := reader.get(row, "per", size)) is not None:
                out["step"]["per"] = per
        else:
            out[form] = values[0]
        if form in ("unit", "brackets", "rate") and not adds:
            out.update(_base_of(row, self.scope, reader))
        if reader.yes(row, "within_spending"):
            out["within_spending"] = True
        out.put("times", self.times(row), "times")
        return out

    def times(self, row: Row) -> list[dict[str, Any]]:
        """The numbers that a formula is multiplied by: `贴息月数（最多36，每12算1）`."""
        known = names.of_facts(self.reader.vocabulary, self.scope.scopes)
        out: list[dict[str, Any]] = []
        for part in cells.parts(self.reader.text(row, "times")):
            figure = r"\s*(\d{1,9}(?:\.\d{1,6})?)\s*"
            limits = [(key, re.search(say("times", key).format(figure), part)) for key in ("up_to", "per")]
            name = re.sub(r"[（(][^（()）]*(?:" + say("times", "marks") + r")[^（()）]*[)）]\s*$", "", part)
            of = known.value(name)
            if of is None:
                remedy = nearest(name, known.labels.values()) or "写“事实”页里的一个数量"
                self.reader.fault(row, "times", f"里没有“{name[:20]}”", remedy)
                continue
            out.append({"of": of, **{key: plain_number(found[1]) for key, found in limits if found}})
        return out
