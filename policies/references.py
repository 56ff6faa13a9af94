"""What the rows of a document name must exist: facts, choices, kinds, levels, ids, places, and quotes in the source."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from policies.checking import Checker, Path, nearest, squeeze
from policies.conditions import bound_of, ratio_bound
from policies.facts import Fact, Vocabulary
from policies.formulas import Cap, Pays, Term
from policies.model import Clause, Policy
from policies.predicates import BOUNDS, Condition
from policies.regions import place
from policies.rules import scopes_of


@dataclass(frozen=True)
class Spot:
    """A place in a document: its path, where the facts that are named there are looked up, and its clause."""

    path: Path
    scopes: tuple[str, ...] = ("enterprise",)
    clause: Clause | None = None

    def at(self, *steps: str | int) -> Spot:
        """A place inside it."""
        return replace(self, path=(*self.path, *steps))


class References:
    """Checks what one document names; the faults are the checker's."""

    def __init__(self, checker: Checker, policy: Policy, vocabulary: Vocabulary) -> None:
        self.checker, self.policy, self.vocabulary = checker, policy, vocabulary

    def check(self) -> None:
        """Notes every fault."""
        policy, vocabulary = self.policy, self.vocabulary
        ids: dict[str, int] = {}
        for index, clause in enumerate(policy.clauses):
            path: Path = ("clauses", index)
            spot = Spot(path, scopes_of(clause), clause)
            names = [tier.id for tier in clause.tiers] or [clause.id]
            for name in names:
                if name in ids:
                    self.checker.fault(path, f"条款编号 {name} 重复", "换一个编号")
                ids[name] = index
            ids.setdefault(clause.id, index)
            for activity in clause.takes:
                self._choice(path, "takes", activity, vocabulary.activities.values())
            for kind in clause.kinds:
                self._choice(path, "kinds", kind, vocabulary.kinds)
            self._conditions(spot.at("when"), clause.when)
            for number, tier in enumerate(clause.tiers):
                own = spot.at("tiers", number)
                self._conditions(own.at("when"), tier.when)
                self._pays(own.at("pays"), tier.pays, clause)
                self._caps(own, tier.caps)
                if tier.level is not None:
                    for kind in clause.kinds:
                        if kind in vocabulary.kinds:
                            self._choice(own.path, "level", tier.level, vocabulary.kinds[kind].values())
            if clause.pays is not None:
                self._pays(spot.at("pays"), clause.pays, clause)
            self._caps(spot, clause.caps)
            self._quote(path, clause.quote)
        self._conditions(Spot(("document", "when")), policy.document.when)
        for index, row in enumerate(policy.disqualifiers):
            self._conditions(Spot(("disqualifiers", index, "when")), (row.when,))
            self._quote(("disqualifiers", index), row.quote)
        for index, reduction in enumerate(policy.reductions):
            self._conditions(Spot(("reductions", index, "when")), (reduction.when,))
            self._quote(("reductions", index), reduction.quote)
        for index, limit in enumerate(policy.limits):
            for clause_id in (*limit.over, *limit.except_):
                if clause_id not in ids:
                    self.checker.fault(("limits", index, "over"), f"没有条款 {clause_id}", nearest(clause_id, ids))
            scopes = ("project", "enterprise") if limit.per == "project" else ("enterprise",)
            self._caps(Spot(("limits", index), scopes), limit.caps)
            self._quote(("limits", index), limit.quote)
        for index, reading in enumerate(policy.readings):
            for clause_id in reading.clauses:
                if clause_id not in ids:
                    self.checker.fault(("readings", index, "clauses"), f"没有条款 {clause_id}", nearest(clause_id, ids))
            if reading.quote:
                self._quote(("readings", index), reading.quote)
        if policy.document.netting is not None:
            self._quote(("document", "netting"), policy.document.netting.quote)
            for clause_id in policy.document.netting.over:
                if clause_id not in ids:
                    self.checker.fault(("document", "netting"), f"没有条款 {clause_id}", nearest(clause_id, ids))
        head = policy.document
        if head.from_ and head.to and head.from_ > head.to:
            self.checker.fault(("document", "to"), "截止日早于起始日", "核对 from 和 to")
        for index, code in enumerate(head.territory):
            if place(code) is None:
                self.checker.fault(
                    ("document", "territory", index), f"没有行政区划代码 {code}", "用 6 位代码，如 150200"
                )

    def _choice(self, path: Path, key: str, value: str, known: Any) -> None:
        if value not in known:
            self.checker.fault(
                (*path, key), f"{key} 里没有 {value}", nearest(value, known) or "在 facts.yaml 或 declares 里先声明"
            )

    def _quote(self, path: Path, quote: str) -> None:
        if squeeze(quote) not in self.checker.source:
            self.checker.fault((*path, "quote"), f"原文里没有这句话：{quote[:30]}", "从 source.md 逐字复制")

    def _fact(self, spot: Spot, name: str | None) -> Any:
        """The fact that a name means there."""
        if name is None or name == "spending":
            return None
        scopes = spot.scopes
        if name.startswith("enterprise."):
            scopes, name = ("enterprise",), name.removeprefix("enterprise.")
        fact = self.vocabulary.find(name, *scopes)
        if fact is None and name != "kind":
            self.checker.fault(
                spot.path, f"没有事实 {name}", nearest(name, {key[1] for key in self.vocabulary.facts}) or "先声明"
            )
        return fact

    def _caps(self, spot: Spot, caps: tuple[Cap, ...]) -> None:
        """The ceilings of a clause, a tier or a limit: their bases, and when they bind."""
        for number, cap in enumerate(caps):
            self._base(spot.at("caps", number), cap.of)
            self._conditions(spot.at("caps", number, "when"), cap.when)

    def _base(self, spot: Spot, name: str | None) -> None:
        """What a formula or a cap is computed from."""
        fact = self._fact(spot, name)
        if fact is not None and fact.type not in ("money", "number"):
            self.checker.fault(spot.path, f"{name} 不是金额或数量，不能用来计算", "换成金额事实")

    def _pays(self, spot: Spot, pays: Pays, clause: Clause) -> None:
        for term in pays.terms():
            self._base(spot, term)
        for part in pays.parts():
            self._measures(spot, part, clause)
        if "spending" in pays.terms() and not clause.takes:
            self.checker.fault(spot.path, "以 spending 为基数的条款要写 takes（哪些建设内容）", "补上 takes")
        self._cases(spot, pays)

    def _cases(self, spot: Spot, pays: Pays) -> None:
        for name in ("cases", "least", "greatest"):
            for number, one in enumerate(getattr(pays, name) or ()):
                own = spot.at(name, number)
                if name == "cases":
                    self._conditions(own.at("when"), one.when)
                    own, one = own.at("pays"), one.pays
                self._cases(own, one)

    def _measures(self, spot: Spot, pays: Pays, clause: Clause) -> None:
        """Rates are of money, units of numbers: 5% of 3 employees would be three cents."""
        rated: list[str] = []
        counted = [number.of for number in pays.times]
        if pays.step is not None:
            fact = self.vocabulary.find(pays.step.of.removeprefix("enterprise."), clause.for_, "project", "enterprise")
            if fact is not None and fact.type == "money" and pays.step.per == 1:
                self.checker.fault(
                    spot.path, f"{fact.name} 是金额，step 要写 per（每多多少元加一次）", "如 per: 10000000"
                )
        terms: tuple[Pays | Term, ...] = (pays, *(pays.sum or ()))
        for term in terms:
            counts = term.unit is not None
            (counted if counts else rated).extend(name for name in (term.of, term.less) if name is not None)
        for names, wrong, remedy in (
            (rated, "number", "数量用 unit（每一个多少钱）或 step"),
            (counted, "money", "金额用 rate（比例）或 brackets"),
        ):
            for name in names:
                fact = self.vocabulary.find(name.removeprefix("enterprise."), clause.for_, "project", "enterprise")
                if name == "spending" and wrong == "money":
                    self.checker.fault(spot.path, "spending 是金额，不能当数量", remedy)
                elif fact is not None and fact.type == wrong:
                    self.checker.fault(
                        spot.path, f"{name} 是{'数量' if wrong == 'number' else '金额'}，不能这样计算", remedy
                    )

    def _conditions(self, spot: Spot, conditions: tuple[Condition, ...]) -> None:
        for condition in conditions:
            for leaf in condition.leaves():
                if leaf.recognition is not None:
                    for kind in leaf.recognition.kinds:
                        self._choice(spot.path, "recognition", kind, self.vocabulary.kinds)
                    continue
                if leaf.ratio is not None:
                    self._ratio(spot, leaf)
                    continue
                fact = self._fact(spot, leaf.fact)
                if fact is None:
                    continue
                self._bounded(spot, leaf, fact)
                wanted = [*(leaf.in_ or ()), *(leaf.any or ())]
                if isinstance(leaf.is_, str):
                    wanted.append(leaf.is_)
                known: Any = None
                if fact.choices:
                    known = fact.values()
                elif fact.type == "level" and spot.clause is not None:
                    known = {
                        v
                        for kind in spot.clause.kinds
                        if kind in self.vocabulary.kinds
                        for v in self.vocabulary.kinds[kind].values()
                    }
                elif fact.type == "body":
                    known = self.vocabulary.body_rank
                if known is not None:
                    for value in wanted:
                        self._choice(spot.path, str(leaf.fact), str(value), known)
                if leaf.group is not None and not any(leaf.group in choice.groups for choice in fact.choices):
                    groups = {group for choice in fact.choices for group in choice.groups}
                    self.checker.fault(spot.path, f"{leaf.fact} 没有分组 {leaf.group}", nearest(leaf.group, groups))

    def _ratio(self, spot: Spot, leaf: Condition) -> None:
        assert leaf.ratio is not None
        above, over = (self._fact(spot, name) for name in (leaf.ratio.of, leaf.ratio.to))
        if above is None or over is None:
            return
        if not {above.type, over.type} <= {"money", "number"} or (above.type, over.type) == ("number", "money"):
            self.checker.fault(
                spot.path, f"{above.name} 与 {over.name} 不能相比", "两个都是金额或数量，或金额比数量（每亩多少钱）"
            )
            return
        bound = next(value for name in BOUNDS if (value := getattr(leaf, name)) is not None)
        try:
            ratio_bound(bound, above, over)
        except ValueError:
            right = "每一个多少元，如 200000" if above.type != over.type else "如 15% 或 1.5"
            self.checker.fault(spot.path, f"{str(bound)[:20]} 不能用来比较", f"写{right}")

    def _bounded(self, spot: Spot, leaf: Condition, fact: Fact) -> None:
        """A fact is compared with a value of its own type; what is taken from it is of that type too."""
        if leaf.less is not None:
            other = self._fact(spot, leaf.less)
            if other is not None and (fact.type != other.type or fact.type not in ("money", "number")):
                self.checker.fault(spot.path, f"{fact.name} 不能减去 {other.name}", "两个都应是金额，或都是数量")
        for name in BOUNDS:
            value = getattr(leaf, name)
            try:
                if value is not None:
                    bound_of(fact, value)
            except ValueError:
                right = {"money": "元数，如 5000000", "number": "数，如 15 或 1.5", "date": "日期，如 2026-01-01"}
                self.checker.fault(
                    spot.path, f"{str(value)[:20]} 不能和 {fact.name} 比较", f"写{right.get(fact.type, '已有的取值')}"
                )
