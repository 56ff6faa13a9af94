"""Our rows as a decision table of zen-engine (JSON decision model): one row a clause or tier, all that hold are collected.

Conditions and amounts only: no limits across clauses, no netting, no maximum, no reasons, nothing unknown.
"""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from policies.amounts import exactly
from policies.conditions import locate
from policies.facts import Fact, Vocabulary
from policies.formulas import Cap, Pays
from policies.model import Clause, Policy, Tier
from policies.money import Fen, fen
from policies.predicates import Condition
from policies.profile import Profile
from policies.rules import scopes_of

_COMPARE = {"at_least": ">=", "more_than": ">", "at_most": "<=", "less_than": "<"}


def decision(policy: Policy, vocabulary: Vocabulary) -> dict[str, Any]:
    """The decision model of a document."""
    rows = []
    for clause in policy.clauses:
        writer = _Writer(policy, clause, vocabulary)
        for number, tier in enumerate(clause.tiers or ((None,) if clause.pays is not None else ())):
            rows.append(
                {
                    "_id": f"{clause.id}-{number}",
                    "when": writer.when(number),
                    "clause": json.dumps(tier.id if tier is not None else clause.id),
                    "amount": writer.amount(tier),
                }
            )
    content = {
        "hitPolicy": "collect",
        "inputs": [{"id": "when", "name": "when"}],
        "outputs": [{"id": name, "name": name, "field": name} for name in ("clause", "amount")],
        "rules": rows,
    }
    place = {"x": 0, "y": 0}
    return {
        "contentType": "application/vnd.gorules.decision",
        "nodes": [
            {"id": "in", "type": "inputNode", "name": "facts", "position": place},
            {"id": "table", "type": "decisionTableNode", "name": "clauses", "position": place, "content": content},
            {"id": "out", "type": "outputNode", "name": "awards", "position": place},
        ],
        "edges": [
            {"id": "a", "type": "edge", "sourceId": "in", "targetId": "table"},
            {"id": "b", "type": "edge", "sourceId": "table", "targetId": "out"},
        ],
    }


def context(profile: Profile, day: date, vocabulary: Vocabulary) -> dict[str, Any]:
    """The facts of a profile with one project and at most one recognition, flat and complete."""
    project = (profile.projects or [])[0]
    spend: dict[str, Any] = dict.fromkeys(vocabulary.activities.values(), 0)
    for line in project.lines or ():
        spend[min(line.activities or {"other"})] += _yuan(line.amount or 0)
    recognition = (profile.recognitions or [None])[0]
    told: dict[str, Any] = {"kind": "", "level": -1, "obtained_on": 0, "obtained_year": 0, "first_time": False}
    if recognition is not None:
        told |= {
            name: _plain(value, vocabulary.facts["recognition", name]) for name, value in recognition.facts.items()
        }
        levels = vocabulary.kinds[recognition.kind].values()
        told |= {"kind": recognition.kind, "level": levels.index(recognition.facts["level"])}
        told |= {"obtained_year": recognition.facts["obtained_on"].year}
    facts = vocabulary.facts
    return {
        "enterprise": {name: _plain(value, facts["enterprise", name]) for name, value in profile.enterprise.items()},
        "project": {name: _plain(value, facts["project", name]) for name, value in project.facts.items()}
        | {"completed_year": project.facts["completed_on"].year},
        "recognition": told,
        "spend": spend,
        "today": _number(day),
        "year": day.year,
    }


def _yuan(amount: Fen) -> Any:
    exact = exactly(amount)
    return exact // 100 if exact % 100 == 0 else float(exact) / 100


def _number(day: date) -> int:
    return day.year * 10_000 + day.month * 100 + day.day


def _plain(value: Any, fact: Fact) -> Any:
    if fact.type == "money":
        return _yuan(value)
    if isinstance(value, date):
        return _number(value)
    if isinstance(value, frozenset):
        return sorted(value)
    if fact.ordered:
        return fact.values().index(value)
    return value


class _Writer:
    """The expressions of one clause."""

    def __init__(self, policy: Policy, clause: Clause, vocabulary: Vocabulary) -> None:
        self.head, self.clause, self.vocabulary = policy.document, clause, vocabulary
        self.spend = "(" + " + ".join(f"spend.{name}" for name in clause.takes) + ")" if clause.takes else "0"

    def when(self, number: int) -> str:
        clause = self.clause
        payees = clause.payee if clause.payee is not None else self.head.applicants
        parts = [f"enterprise.applicant_kind in {json.dumps(payees)}", *self._attached(), *self._dated()]
        parts += [self._condition(item) for item in (*(() if clause.beyond_document else self.head.when), *clause.when)]
        if clause.tiers:
            parts += self._tier(clause.tiers[number])
            parts += [f"not ({' and '.join(self._tier(later))})" for later in clause.tiers[number + 1 :]]
        return " and ".join(parts)

    def _attached(self) -> list[str]:
        clause = self.clause
        if clause.for_ == "recognition":
            return [f"recognition.kind in {json.dumps(clause.kinds)}"]
        if clause.for_ == "enterprise":
            return []
        bases = [self._name(of) for of in (clause.pays.terms() if clause.pays is not None else ()) if of != "spending"]
        parts = [f"{self.spend} > 0"] if clause.takes else []
        if clause.or_base or not clause.takes:
            parts += [f"{base} > 0" for base in bases]
        return [f"({' or '.join(parts)})"]

    def _dated(self) -> list[str]:
        clause, head = self.clause, self.head
        if clause.for_ == "enterprise" or clause.dated == "no":
            return []
        base = "recognition.obtained_" if clause.for_ == "recognition" else "project.completed_"
        window = (head.from_, head.to) if head.events is None else None
        if head.events is not None and head.events != "none":
            window = (head.events.from_, head.events.to)
        parts = []
        for day, sign in zip(window or (None, None), (">=", "<="), strict=True):
            if day is not None:
                parts.append(f"{base}on {sign} {_number(day)}")
        if head.yearly:
            parts.append(f"({base}on <= today or {base}year == year)")
        if clause.dated == "year":
            parts.append(f"{base}year == year")
        return parts

    def _tier(self, tier: Tier) -> list[str]:
        parts = [self._condition(item) for item in tier.when]
        if tier.level is not None:
            parts.insert(0, f"recognition.level >= {self._rank(tier.level)}")
        return parts or ["true"]

    def _rank(self, level: str) -> int:
        return self.vocabulary.kinds[self.clause.kinds[0]].values().index(level)

    def _locate(self, name: str) -> tuple[str, Fact]:
        return locate(name, scopes_of(self.clause), self.vocabulary)

    def _name(self, name: str) -> str:
        scope, fact = self._locate(name)
        return f"{scope}.{fact.name}"

    def _condition(self, item: Condition) -> str:
        if item.fact is None:
            if item.not_ is not None:
                return f"not ({self._condition(item.not_)})"
            items, word = (item.all, " and ") if item.all is not None else (item.any, " or ")
            assert items is not None
            return f"({word.join(self._condition(one) for one in items if isinstance(one, Condition))})"
        _, fact = self._locate(item.fact)
        name = self._name(item.fact)
        for key, sign in _COMPARE.items():
            bound = getattr(item, key)
            if bound is not None:
                return f"{name} {sign} {self._bound(fact, bound)}"
        if isinstance(item.is_, bool):
            return f"{name} == {'true' if item.is_ else 'false'}"
        values = list(item.in_ or item.any or ([item.is_] if item.is_ is not None else ()))
        if item.group is not None:
            values = [choice.value for choice in fact.choices if item.group in choice.groups]
        if not values:
            raise NotImplementedError(item)
        if fact.ordered:
            return f"{name} in {json.dumps([fact.values().index(str(value)) for value in values])}"
        if fact.type == "level":
            return f"{name} in {json.dumps([self._rank(str(value)) for value in values])}"
        if fact.type == "choices":
            return f"some({name}, # in {json.dumps(values)})"
        return f"{name} in {json.dumps(values)}"

    def _bound(self, fact: Fact, bound: Any) -> Any:
        if fact.type == "money":
            return _yuan(fen(bound))
        if fact.ordered:
            return fact.values().index(str(bound))
        return self._rank(str(bound)) if fact.type == "level" else bound

    def amount(self, tier: Tier | None) -> str:
        pays = tier.pays if tier is not None else self.clause.pays
        assert pays is not None
        caps = [cap for cap in (*self.clause.caps, *(tier.caps if tier is not None else ())) if cap.per == "award"]
        parts = [self._pays(pays), *(self._cap(cap) for cap in caps)]
        return f"min([{', '.join(parts)}])" if caps else parts[0]

    def _cap(self, cap: Cap) -> str:
        return str(_yuan(cap.amount)) if cap.amount is not None else self._times(cap.rate, str(cap.of))

    def _times(self, rate: Any, of: str) -> str:
        return f"{self.spend if of == 'spending' else self._name(of)} * {rate.numerator} / {rate.denominator}"

    def _pays(self, pays: Pays) -> str:
        if pays.fixed is not None:
            return str(_yuan(pays.fixed))
        if pays.rate is not None:
            base = self._times(pays.rate, str(pays.of))
            if not pays.within_spending:
                return base
            within = f"min([{base}, {self._times(pays.rate, 'spending')}])"
            return f"({self.spend} > 0 ? {within} : {base})" if self.clause.or_base else within
        if pays.sum is not None:
            return " + ".join(self._times(term.rate, term.of) for term in pays.sum)
        if pays.step is not None:
            step, count = pays.step, self._name(pays.step.of)
            return f"{count} >= {step.at} ? {_yuan(step.first)} + {_yuan(step.each)} * ({count} - {step.at}) : 0"
        raise NotImplementedError(pays)
