"""What is checked of one file of tables: its form, and that the facts, choices, ids and quotes it names exist.

A fault names the file, the line, the row and the remedy, in Chinese (errors.py); all faults of a file are told together.
"""

from __future__ import annotations

import re
from typing import Any

from pydantic import ValidationError
from rapidfuzz import process

from policies.conditions import bound_of, ratio_bound
from policies.errors import Fault
from policies.facts import Fact, Vocabulary
from policies.formulas import Cap, Pays, Term
from policies.model import Clause, Policy
from policies.predicates import BOUNDS, Condition
from policies.rules import Rules, scopes_of

_PROBLEMS = {
    "extra_forbidden": ("不认识的键", "删去，或改成已有的键"),
    "missing": ("缺少必填的键", "补上"),
    "literal_error": ("取值不在范围内", ""),
}


def nearest(word: str, known: Any) -> str:
    """A remedy that names the known word most like this one; empty where none is."""
    found = process.extractOne(word, list(known), score_cutoff=60)
    return f"是不是 {found[0]}？" if found else ""


class Checker:
    """Checks one document; collects all its faults."""

    def __init__(self, name: str, data: Any, lines: dict[tuple[str | int, ...], int], source: str) -> None:
        self.name, self.data, self.lines, self.source = name, data, lines, squeeze(source)
        self.faults: list[Fault] = []

    def line(self, path: tuple[str | int, ...]) -> int:
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)

    def row(self, path: tuple[str | int, ...]) -> str:
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

    def fault(self, path: tuple[str | int, ...], text: str, remedy: str = "") -> None:
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

    def invalid(self, error: ValidationError, under: tuple[str | int, ...]) -> None:
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

    def _real(self, path: tuple[str | int, ...]) -> list[str | int]:
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

    def references(self, policy: Policy, vocabulary: Vocabulary) -> None:
        """Facts, choices, kinds, levels, ids and quotes that a row names must exist."""
        ids: dict[str, int] = {}
        for index, clause in enumerate(policy.clauses):
            path: tuple[str | int, ...] = ("clauses", index)
            names = [tier.id for tier in clause.tiers] or [clause.id]
            for name in names:
                if name in ids:
                    self.fault(path, f"条款编号 {name} 重复", "换一个编号")
                ids[name] = index
            ids.setdefault(clause.id, index)
            for activity in clause.takes:
                self._choice(path, "takes", activity, vocabulary.activities.values())
            for kind in clause.kinds:
                self._choice(path, "kinds", kind, vocabulary.kinds)
            self._conditions((*path, "when"), clause.when, clause, vocabulary)
            for number, tier in enumerate(clause.tiers):
                own = (*path, "tiers", number)
                self._conditions((*own, "when"), tier.when, clause, vocabulary)
                self._pays((*own, "pays"), tier.pays, clause, vocabulary)
                self._caps(own, tier.caps, clause, vocabulary)
                if tier.level is not None:
                    for kind in clause.kinds:
                        if kind in vocabulary.kinds:
                            self._choice(own, "level", tier.level, vocabulary.kinds[kind].values())
            if clause.pays is not None:
                self._pays((*path, "pays"), clause.pays, clause, vocabulary)
            self._caps(path, clause.caps, clause, vocabulary)
            self._quote(path, clause.quote)
        self._conditions(("document", "when"), policy.document.when, None, vocabulary)
        for index, row in enumerate(policy.disqualifiers):
            self._conditions(("disqualifiers", index, "when"), (row.when,), None, vocabulary)
            self._quote(("disqualifiers", index), row.quote)
        for index, reduction in enumerate(policy.reductions):
            self._conditions(("reductions", index, "when"), (reduction.when,), None, vocabulary)
            self._quote(("reductions", index), reduction.quote)
        for index, limit in enumerate(policy.limits):
            for clause_id in (*limit.over, *limit.except_):
                if clause_id not in ids:
                    self.fault(("limits", index, "over"), f"没有条款 {clause_id}", nearest(clause_id, ids))
            scopes = ("project", "enterprise") if limit.per == "project" else ("enterprise",)
            self._caps(("limits", index), limit.caps, None, vocabulary, scopes)
            self._quote(("limits", index), limit.quote)
        for index, reading in enumerate(policy.readings):
            for clause_id in reading.clauses:
                if clause_id not in ids:
                    self.fault(("readings", index, "clauses"), f"没有条款 {clause_id}", nearest(clause_id, ids))
            if reading.quote:
                self._quote(("readings", index), reading.quote)
        if policy.document.netting is not None:
            self._quote(("document", "netting"), policy.document.netting.quote)
            for clause_id in policy.document.netting.over:
                if clause_id not in ids:
                    self.fault(("document", "netting"), f"没有条款 {clause_id}", nearest(clause_id, ids))
        head = policy.document
        if head.from_ and head.to and head.from_ > head.to:
            self.fault(("document", "to"), "截止日早于起始日", "核对 from 和 to")
        from policies.regions import place

        for index, code in enumerate(head.territory):
            if place(code) is None:
                self.fault(("document", "territory", index), f"没有行政区划代码 {code}", "用 6 位代码，如 150200")

    def compiles(self, policy: Policy, vocabulary: Vocabulary) -> None:
        """What the checks above let pass and matching would not: never published, so that no bot stumbles over it."""
        try:
            Rules(policy, vocabulary)
        except (LookupError, TypeError, ValueError, AttributeError) as error:
            self.fault(
                (), f"有一行不能计算，与它有关的是 {str(error)[:60]}", "核对这个名字写在了哪里，是否适用于那一行"
            )

    def _choice(self, path: tuple[str | int, ...], key: str, value: str, known: Any) -> None:
        if value not in known:
            self.fault(
                (*path, key), f"{key} 里没有 {value}", nearest(value, known) or "在 facts.yaml 或 declares 里先声明"
            )

    def _quote(self, path: tuple[str | int, ...], quote: str) -> None:
        if squeeze(quote) not in self.source:
            self.fault((*path, "quote"), f"原文里没有这句话：{quote[:30]}", "从 source.md 逐字复制")

    def _fact(
        self,
        path: tuple[str | int, ...],
        name: str | None,
        clause: Clause | None,
        vocabulary: Vocabulary,
        scopes: tuple[str, ...] = ("enterprise",),
    ) -> Any:
        """The fact of a name; without a clause it is looked up in `scopes`."""
        if name is None or name == "spending":
            return None
        scopes = scopes if clause is None else scopes_of(clause)
        if name.startswith("enterprise."):
            scopes, name = ("enterprise",), name.removeprefix("enterprise.")
        fact = vocabulary.find(name, *scopes)
        if fact is None and name != "kind":
            self.fault(path, f"没有事实 {name}", nearest(name, {key[1] for key in vocabulary.facts}) or "先声明")
        return fact

    def _caps(
        self,
        path: tuple[str | int, ...],
        caps: tuple[Cap, ...],
        clause: Clause | None,
        vocabulary: Vocabulary,
        scopes: tuple[str, ...] = ("enterprise",),
    ) -> None:
        """The ceilings of a clause, a tier or a limit: their bases, and when they bind."""
        for number, cap in enumerate(caps):
            self._base((*path, "caps", number), cap.of, clause, vocabulary, scopes)
            self._conditions((*path, "caps", number, "when"), cap.when, clause, vocabulary, scopes)

    def _base(
        self,
        path: tuple[str | int, ...],
        name: str | None,
        clause: Clause | None,
        vocabulary: Vocabulary,
        scopes: tuple[str, ...] = ("enterprise",),
    ) -> None:
        """What a formula or a cap is computed from."""
        fact = self._fact(path, name, clause, vocabulary, scopes)
        if fact is not None and fact.type not in ("money", "number"):
            self.fault(path, f"{name} 不是金额或数量，不能用来计算", "换成金额事实")

    def _pays(self, path: tuple[str | int, ...], pays: Pays, clause: Clause, vocabulary: Vocabulary) -> None:
        for term in pays.terms():
            self._base(path, term, clause, vocabulary)
        for part in pays.parts():
            self._measures(path, part, clause, vocabulary)
        if "spending" in pays.terms() and not clause.takes:
            self.fault(path, "以 spending 为基数的条款要写 takes（哪些建设内容）", "补上 takes")
        self._cases(path, pays, clause, vocabulary)

    def _cases(self, path: tuple[str | int, ...], pays: Pays, clause: Clause, vocabulary: Vocabulary) -> None:
        for name in ("cases", "least", "greatest"):
            for number, one in enumerate(getattr(pays, name) or ()):
                own = (*path, name, number)
                if name == "cases":
                    self._conditions((*own, "when"), one.when, clause, vocabulary)
                    own, one = (*own, "pays"), one.pays
                self._cases(own, one, clause, vocabulary)

    def _measures(self, path: tuple[str | int, ...], pays: Pays, clause: Clause, vocabulary: Vocabulary) -> None:
        """Rates are of money, units of numbers: 5% of 3 employees would be three cents."""
        rated: list[str] = []
        counted = [pays.step.of] if pays.step is not None else []
        counted += [number.of for number in pays.times]
        terms: tuple[Pays | Term, ...] = (pays, *(pays.sum or ()))
        for term in terms:
            counts = term.unit is not None
            (counted if counts else rated).extend(name for name in (term.of, term.less) if name is not None)
        for names, wrong, remedy in (
            (rated, "number", "数量用 unit（每一个多少钱）或 step"),
            (counted, "money", "金额用 rate（比例）或 brackets"),
        ):
            for name in names:
                fact = vocabulary.find(name.removeprefix("enterprise."), clause.for_, "project", "enterprise")
                if name == "spending" and wrong == "money":
                    self.fault(path, "spending 是金额，不能当数量", remedy)
                elif fact is not None and fact.type == wrong:
                    self.fault(path, f"{name} 是{'数量' if wrong == 'number' else '金额'}，不能这样计算", remedy)

    def _conditions(
        self,
        path: tuple[str | int, ...],
        conditions: tuple[Condition, ...],
        clause: Clause | None,
        vocabulary: Vocabulary,
        scopes: tuple[str, ...] = ("enterprise",),
    ) -> None:
        for condition in conditions:
            for leaf in condition.leaves():
                if leaf.recognition is not None:
                    for kind in leaf.recognition.kinds:
                        self._choice(path, "recognition", kind, vocabulary.kinds)
                    continue
                if leaf.ratio is not None:
                    self._ratio(path, leaf, clause, vocabulary, scopes)
                    continue
                fact = self._fact(path, leaf.fact, clause, vocabulary, scopes)
                if fact is None:
                    continue
                self._bounded(path, leaf, fact, clause, vocabulary, scopes)
                wanted = [*(leaf.in_ or ()), *(leaf.any or ())]
                if isinstance(leaf.is_, str):
                    wanted.append(leaf.is_)
                known: Any = None
                if fact.choices:
                    known = fact.values()
                elif fact.type == "level" and clause is not None:
                    known = {
                        v for kind in clause.kinds if kind in vocabulary.kinds for v in vocabulary.kinds[kind].values()
                    }
                elif fact.type == "body":
                    known = vocabulary.body_rank
                if known is not None:
                    for value in wanted:
                        self._choice(path, str(leaf.fact), str(value), known)
                if leaf.group is not None and not any(leaf.group in choice.groups for choice in fact.choices):
                    groups = {group for choice in fact.choices for group in choice.groups}
                    self.fault(path, f"{leaf.fact} 没有分组 {leaf.group}", nearest(leaf.group, groups))

    def _ratio(
        self,
        path: tuple[str | int, ...],
        leaf: Condition,
        clause: Clause | None,
        vocabulary: Vocabulary,
        scopes: tuple[str, ...],
    ) -> None:
        assert leaf.ratio is not None
        above, over = (self._fact(path, name, clause, vocabulary, scopes) for name in (leaf.ratio.of, leaf.ratio.to))
        if above is None or over is None:
            return
        if not {above.type, over.type} <= {"money", "number"} or (above.type, over.type) == ("number", "money"):
            self.fault(path, f"{above.name} 与 {over.name} 不能相比", "两个都是金额或数量，或金额比数量（每亩多少钱）")
            return
        bound = next(value for name in BOUNDS if (value := getattr(leaf, name)) is not None)
        try:
            ratio_bound(bound, above, over)
        except ValueError:
            right = "每一个多少元，如 200000" if above.type != over.type else "如 15% 或 1.5"
            self.fault(path, f"{str(bound)[:20]} 不能用来比较", f"写{right}")

    def _bounded(
        self,
        path: tuple[str | int, ...],
        leaf: Condition,
        fact: Fact,
        clause: Clause | None,
        vocabulary: Vocabulary,
        scopes: tuple[str, ...],
    ) -> None:
        """A fact is compared with a value of its own type; what is taken from it is of that type too."""
        if leaf.less is not None:
            other = self._fact(path, leaf.less, clause, vocabulary, scopes)
            if other is not None and (fact.type != other.type or fact.type not in ("money", "number")):
                self.fault(path, f"{fact.name} 不能减去 {other.name}", "两个都应是金额，或都是数量")
        for name in BOUNDS:
            value = getattr(leaf, name)
            try:
                if value is not None:
                    bound_of(fact, value)
            except ValueError:
                right = {"money": "元数，如 5000000", "number": "数，如 15 或 1.5", "date": "日期，如 2026-01-01"}
                self.fault(
                    path, f"{str(value)[:20]} 不能和 {fact.name} 比较", f"写{right.get(fact.type, '已有的取值')}"
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
