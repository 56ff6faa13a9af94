"""A policy made ready for matching: its rows compiled once into tests, formulas and bounds."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from policies.amounts import Bound, Formula, compile_pays
from policies.conditions import Test, compile_condition
from policies.facts import Vocabulary
from policies.formulas import Pays
from policies.model import Clause, Policy
from policies.predicates import Condition


class Rule:
    """A clause or one tier of it, compiled. `clause_id` is the clause, `id` the tier's own id."""

    __slots__ = ("bounds", "clause", "formula", "id", "matched", "said", "screens", "series", "tests", "title")

    def __init__(self, clause: Clause, id_: str, title: str) -> None:
        self.clause, self.id, self.title = clause, id_, title
        self.tests: list[Test] = []
        self.formula: Formula | None = None
        self.bounds: list[Bound] = []
        self.series: tuple[str, ...] = ()
        self.screens: list[Test] = []
        self.matched: frozenset[str] = frozenset()
        """Levels whose awards the formula takes a share of."""
        self.said: dict[Any, str] = {}
        """Sentences about this rule that are the same for everybody, once they were said (explain.py)."""


class Rules:
    """A policy, compiled once: its clauses with their rules, and its document-wide tests."""

    def __init__(self, policy: Policy, vocabulary: Vocabulary) -> None:
        self.policy, self.document, self.vocabulary = policy, policy.document, vocabulary
        own = policy.document.when
        self.clauses: list[tuple[Clause, list[Test], list[Rule]]] = []
        for clause in policy.clauses:
            scopes = scopes_of(clause)
            when = (*(() if clause.beyond_document else own), *clause.when)
            tests = [compile_condition(item, scopes, vocabulary) for item in when]
            self.clauses.append((clause, tests, self._rules(clause, scopes, vocabulary)))
        self.disqualifiers = [
            (row, compile_condition(row.when, ("enterprise",), vocabulary)) for row in policy.disqualifiers
        ]
        self.reductions = [(row, compile_condition(row.when, ("enterprise",), vocabulary)) for row in policy.reductions]
        self.limit_bounds = {
            limit.id: [Bound(cap, ("project", "enterprise"), vocabulary) for cap in limit.caps]
            for limit in policy.limits
        }
        self.clause_bounds = {
            clause.id: [Bound(cap, scopes_of(clause), vocabulary) for cap in clause.caps] for clause in policy.clauses
        }
        self.tier_bounds = {
            tier.id: [Bound(cap, scopes_of(clause), vocabulary) for cap in tier.caps if cap.per != "award"]
            for clause in policy.clauses
            for tier in clause.tiers
        }
        self.ids = {name for _, _, rules in self.clauses for rule in rules for name in (rule.id, rule.clause.id)}
        for _, tests, rules in self.clauses:
            for rule in rules:
                rule.screens = _screens((*tests, *rule.tests))
        self.takes = {clause.id: frozenset(clause.takes) for clause in policy.clauses}
        self.uses_spending = {
            clause.id: any(rule.formula is not None and rule.formula.uses_spending for rule in rules)
            for clause, _, rules in self.clauses
        }

    @staticmethod
    def _rules(clause: Clause, scopes: tuple[str, ...], vocabulary: Vocabulary) -> list[Rule]:
        rules = []
        if not clause.tiers:
            rule = Rule(clause, clause.id, clause.title)
            if clause.pays is not None:
                rule.formula = compile_pays(clause.pays, scopes, vocabulary)
                rule.matched = _matched(clause.pays)
            rule.bounds = [Bound(cap, scopes, vocabulary) for cap in clause.caps if cap.per == "award"]
            rules.append(rule)
        for tier in clause.tiers:
            rule = Rule(clause, tier.id, tier.title or clause.title)
            when = list(tier.when)
            if tier.level is not None:
                when.insert(0, Condition(fact="level", at_least=tier.level))
            rule.tests = [compile_condition(item, scopes, vocabulary) for item in when]
            rule.formula = compile_pays(tier.pays, scopes, vocabulary)
            rule.matched = _matched(tier.pays)
            rule.bounds = [Bound(cap, scopes, vocabulary) for cap in (*clause.caps, *tier.caps) if cap.per == "award"]
            rules.append(rule)
        for rule in rules:
            rule.series = tuple(item.id for item in rules)
        return rules


def _matched(pays: Pays) -> frozenset[str]:
    return frozenset(level for part in pays.parts() if part.match is not None for level in part.match.levels)


def _screens(tests: Iterable[Test]) -> list[Test]:
    """The tests that can say more of a clause with nothing to attach to than that there is nothing."""
    names = ("industries", "size")
    return [test for test in tests if any(str(leaf.fact).endswith(names) for leaf in test.condition.leaves())]


def scopes_of(clause: Clause) -> tuple[str, ...]:
    """Where the facts named in a clause are looked up."""
    if clause.for_ == "recognition":
        return ("recognition", "project", "enterprise")
    return ("project", "enterprise") if clause.for_ == "project" else ("enterprise",)
