"""Values, conditions and the state of a document in words."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import Any

from policies.conditions import bound_of, locate, ratio_bound
from policies.entries import Matched
from policies.facts import Fact, Vocabulary
from policies.model import Clause
from policies.money import number_text, percent, wan
from policies.predicates import Condition
from policies.regions import place
from policies.rules import scopes_of
from policies.words import say


def value_text(fact: Fact, value: Any, vocabulary: Vocabulary, clause: Clause | None = None) -> str:
    """A value of a fact as people read it. Money in fen."""
    if fact.type == "money":
        return wan(value)
    if fact.type == "number":
        return f"{number_text(value)}{fact.unit}"
    if fact.type == "yesno":
        return "是" if value else "否"
    if fact.type == "date":
        return str(value)
    if fact.type == "place":
        found = place(str(value))
        return found.full_name if found else str(value)
    if fact.type == "body":
        return vocabulary.body_label(str(value))
    if fact.type == "level" and clause is not None:
        for kind in clause.kinds:
            if str(value) in vocabulary.kinds[kind].values():
                return vocabulary.kinds[kind].label_of(str(value))
    if isinstance(value, frozenset | set | tuple | list):
        return "、".join(fact.label_of(str(item)) for item in _in_order(fact, value)) or fact.none or "没有"
    return fact.label_of(str(value))


def _in_order(fact: Fact, values: Any) -> list[str]:
    known = fact.values()
    return sorted((str(value) for value in values), key=lambda v: known.index(v) if v in known else len(known))


def describe(condition: Condition, clause: Clause | None, vocabulary: Vocabulary) -> str:
    """What a condition asks for, in words."""
    scopes = scopes_of(clause) if clause is not None else ("enterprise",)
    if condition.ratio is not None:
        names = [locate(name, scopes, vocabulary)[1].label for name in (condition.ratio.of, condition.ratio.to)]
        op, bound = next((k, getattr(condition, k)) for k in _COMPARISONS if getattr(condition, k) is not None)
        words = {"at_least": "不低于", "more_than": "超过", "at_most": "不超过", "less_than": "低于"}
        facts = [locate(name, scopes, vocabulary)[1] for name in (condition.ratio.of, condition.ratio.to)]
        found = ratio_bound(bound, *facts)
        value = wan(found) if facts[0].type != facts[1].type else percent(found)
        return say("when.ratio", fact=names[0], other=names[1], op=words[op], value=value)
    if condition.recognition is not None:
        kinds = "、".join(vocabulary.kinds[kind].label for kind in condition.recognition.kinds)
        if not condition.recognition.when:
            return say("when.recognition_any", kinds=kinds)
        inner = Clause.model_construct(for_="recognition", kinds=condition.recognition.kinds)
        needs = "、".join(describe(item, inner, vocabulary) for item in condition.recognition.when)
        return say("when.recognition", kinds=kinds, needs=needs)
    if condition.fact is None:
        if condition.not_ is not None:
            return say("when.not", needs=describe(condition.not_, clause, vocabulary))
        if condition.any is not None:
            parts = [describe(item, clause, vocabulary) for item in condition.any if isinstance(item, Condition)]
            return say("when.any", needs="；".join(parts))
        return "，".join(describe(item, clause, vocabulary) for item in condition.all or ())
    return _describe_fact(condition, clause, vocabulary, scopes)


_COMPARISONS = ("at_least", "more_than", "at_most", "less_than")


def _describe_fact(condition: Condition, clause: Clause | None, vocabulary: Vocabulary, scopes: tuple[str, ...]) -> str:
    _, fact = locate(str(condition.fact), scopes, vocabulary)
    for name in _COMPARISONS:
        bound = getattr(condition, name)
        if bound is not None:
            text = value_text(fact, bound_of(fact, bound), vocabulary, clause)
            key = "level_at_least" if name == "at_least" and fact.type in ("level", "body", "choice") else name
            label = fact.label
            if condition.less is not None:
                label = say("when.part", fact=label, less=locate(condition.less, scopes, vocabulary)[1].label)
            return say(f"when.{key}", fact=label, value=text)
    if condition.year is not None:
        if condition.year == "award":
            return say("when.year_award", fact=fact.label)
        return say("when.year", fact=fact.label, value=condition.year)
    if condition.within is not None:
        return say("when.within", value="、".join(p.name for p in map(place, condition.within) if p))
    if isinstance(condition.is_, bool):
        return say("when.is_yes" if condition.is_ else "when.is_no", fact=fact.label)
    if condition.group is not None:
        values: tuple[Any, ...] = tuple(c.value for c in fact.choices if condition.group in c.groups)
    else:
        values = (condition.is_,) if condition.is_ is not None else (condition.in_ or condition.any or ())
    text = "、".join(value_text(fact, value, vocabulary, clause) for value in values)
    return text if fact.name in ("industries", "size") else say("when.in", fact=fact.label, value=text)


def status_text(matched: Matched, as_of: date) -> str:
    """Whether a document is in force on a day, and from when to when."""
    document = matched.rules.document
    if matched.applies is None:
        return say("status.undecided")
    key = "trial" if matched.status == "in_force" and document.state == "trial" else matched.status
    return _status(key, document.from_, document.to, as_of)


@lru_cache(maxsize=1024)
def _status(key: str, start: date | None, end: date | None, as_of: date) -> str:
    return say(f"status.{key}", **{"from": start, "to": end, "as_of": as_of})
