"""Three-valued tests of facts: true, false, or not known yet (None). Unknown is not no.

A table's conditions are compiled once into tests; a test runs on a `Subject` (one enterprise, project or recognition).
Kleene logic: a settled verdict never changes when more becomes known.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from policies.facts import Fact, Vocabulary
from policies.money import exact_number, fen, rate
from policies.predicates import Condition
from policies.profile import Profile, Project, Recognition
from policies.regions import contains

Verdict = bool | None

REASONS = (
    "payee",
    "applicant_kind",
    "territory",
    "not_in_force",
    "disqualified",
    "industry",
    "size",
    "lower_level",
    "condition",
    "date",
    "same_project",
    "same_spending",
    "same_tier",
    "same_kind",
    "annual_limit",
    "clause_cap",
    "project_cap",
    "document_cap",
)
"""Why a clause pays nothing, in the order in which the first that holds is told (docs/reference/assessment.md)."""

RANK = {reason: rank for rank, reason in enumerate(REASONS)}


@dataclass(slots=True)
class Subject:
    """What a clause is tested on: the enterprise, and the project or recognition at hand."""

    profile: Profile
    award_day: date
    project: Project | None = None
    recognition: Recognition | None = None

    def value(self, scope: str, name: str) -> Any:
        """The told value, or None."""
        if scope == "enterprise":
            return self.profile.enterprise.get(name)
        if scope == "project":
            found = self.project.facts.get(name) if self.project is not None else None
            if found is None and name == "region":
                return self.profile.enterprise.get("region")
            return found
        return self.recognition.facts.get(name) if self.recognition is not None else None

    def path(self, scope: str, name: str) -> str:
        """Where the fact stands in the profile: `projects[0].build`."""
        if scope == "enterprise" or (name == "region" and scope == "project"):
            return f"enterprise.{name}"
        if scope == "project":
            return f"projects[{self.project.index}].{name}" if self.project else "projects"
        return f"recognitions[{self.recognition.index}].{name}" if self.recognition else "recognitions"

    def lacks(self, scope: str) -> bool:
        """There is no object of that scope: a recognition that is tied to no project."""
        return (scope == "project" and self.project is None) or (scope == "recognition" and self.recognition is None)


class Test:
    """A compiled condition: `run` gives the verdict, `unknown` the paths that keep it open, `reason` why it failed."""

    __slots__ = ("condition", "reason", "run", "unknown")

    def __init__(
        self,
        condition: Condition,
        run: Callable[[Subject], Verdict],
        unknown: Callable[[Subject], Iterable[str]],
        reason: Callable[[Subject], str],
    ) -> None:
        self.condition, self.run, self.unknown, self.reason = condition, run, unknown, reason


def locate(name: str, scopes: tuple[str, ...], vocabulary: Vocabulary) -> tuple[str, Fact]:
    """The scope and declaration of a fact named in a row. Raises KeyError where the loader would have refused it."""
    if name.startswith("enterprise."):
        scopes, name = ("enterprise",), name.removeprefix("enterprise.")
    for scope in scopes:
        fact = vocabulary.facts.get((scope, name))
        if fact is not None:
            return scope, fact
    raise KeyError(name)


def compile_condition(condition: Condition, scopes: tuple[str, ...], vocabulary: Vocabulary) -> Test:
    """A test from a condition; `scopes` in the order in which a fact's name is looked up."""
    if condition.fact is not None:
        return _fact_test(condition, scopes, vocabulary)
    if condition.ratio is not None:
        return _ratio_test(condition, scopes, vocabulary)
    if condition.recognition is not None:
        return _recognition_test(condition, vocabulary)
    if condition.not_ is not None:
        inner = compile_condition(condition.not_, scopes, vocabulary)

        def negate(subject: Subject) -> Verdict:
            verdict = inner.run(subject)
            return None if verdict is None else not verdict

        return Test(condition, negate, inner.unknown, inner.reason)
    anyway = condition.any is not None
    items = condition.any if anyway else condition.all
    tests = [compile_condition(item, scopes, vocabulary) for item in items or () if isinstance(item, Condition)]
    decisive = anyway  # one True settles `any`, one False settles `all`

    def combine(subject: Subject) -> Verdict:
        verdict: Verdict = not decisive
        for test in tests:
            found = test.run(subject)
            if found is decisive:
                return decisive
            if found is None:
                verdict = None
        return verdict

    def unknown(subject: Subject) -> Iterable[str]:
        for test in tests:
            if test.run(subject) is None:
                yield from test.unknown(subject)

    def reason(subject: Subject) -> str:
        reasons = {test.reason(subject) for test in tests if test.run(subject) is False}
        return reasons.pop() if len(reasons) == 1 else "condition"

    return Test(condition, combine, unknown, reason)


_BY_NAME = {"industries": "industry", "size": "size", "region": "territory"}


def _rank_of(fact: Fact, vocabulary: Vocabulary, subject: Subject) -> dict[str, int] | None:
    """The order of a fact's values, where they have one."""
    if fact.type == "body":
        return vocabulary.body_rank
    if fact.type == "level" and subject.recognition is not None:
        kind = vocabulary.kinds[subject.recognition.kind]
        return {level: rank for rank, level in enumerate(kind.values())} if kind.ordered else None
    if fact.ordered:
        return {value: rank for rank, value in enumerate(fact.values())}
    return None


def bound_of(fact: Fact, value: Any) -> Any:
    """What a fact is compared with, of its own type. Raises ValueError."""
    if fact.type == "money":
        return fen(value)
    if fact.type == "date":
        return value if isinstance(value, date) else date.fromisoformat(str(value))
    if fact.type == "number":
        return exact_number(value)
    return str(value)


_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "at_least": lambda told, bound: told >= bound,
    "more_than": lambda told, bound: told > bound,
    "at_most": lambda told, bound: told <= bound,
    "less_than": lambda told, bound: told < bound,
}


def _fact_test(condition: Condition, scopes: tuple[str, ...], vocabulary: Vocabulary) -> Test:
    scope, fact = locate(str(condition.fact), scopes, vocabulary)
    name = fact.name
    holds = _holds(condition, fact, vocabulary)
    wanted: tuple[str, ...] = ()
    if isinstance(condition.is_, str):
        wanted = (condition.is_,)
    elif condition.in_ is not None:
        wanted = condition.in_
    rising = condition.at_least is not None or condition.more_than is not None
    part = locate(condition.less, scopes, vocabulary) if condition.less is not None else None

    def run(subject: Subject) -> Verdict:
        told = subject.value(scope, name)
        if told is None:
            return False if subject.lacks(scope) else None
        if part is not None:
            less = subject.value(part[0], part[1].name)
            if less is None:
                return False if subject.lacks(part[0]) else None
            told = told - less
        return holds(told, subject)

    def unknown(subject: Subject) -> Iterable[str]:
        if part is None:
            yield subject.path(scope, name)
            return
        for of, other in ((scope, fact), part):
            if not subject.lacks(of) and subject.value(of, other.name) is None:
                yield subject.path(of, other.name)

    def reason(subject: Subject) -> str:
        if name in _BY_NAME:
            return _BY_NAME[name]
        if fact.type == "date":
            return "date"
        if fact.type in ("level", "body") or fact.ordered:
            told, ranks = subject.value(scope, name), _rank_of(fact, vocabulary, subject)
            if told is not None and ranks is not None:
                if rising or (wanted and all(ranks[told] < ranks[item] for item in wanted if item in ranks)):
                    return "lower_level"
        return "condition"

    return Test(condition, run, unknown, reason)


def _holds(condition: Condition, fact: Fact, vocabulary: Vocabulary) -> Callable[[Any, Subject], Verdict]:
    """The test itself, on a told value."""
    if condition.within is not None:
        codes = condition.within

        def within(told: Any, subject: Subject) -> Verdict:
            if any(contains(code, told) for code in codes):
                return True
            return None if any(contains(told, code) for code in codes) else False

        return within
    if condition.year is not None:
        year = condition.year
        return lambda told, subject: told.year == (subject.award_day.year if year == "award" else year)
    for name, compare in _COMPARE.items():
        bound = getattr(condition, name)
        if bound is None:
            continue
        bound = bound_of(fact, bound)
        if fact.type in ("level", "body") or fact.ordered:

            def ranked(told: Any, subject: Subject, compare: Any = compare, bound: Any = bound) -> Verdict:
                ranks = _rank_of(fact, vocabulary, subject)
                if ranks is None or bound not in ranks:
                    return bool(told == bound)
                return bool(compare(ranks[told], ranks[bound]))

            return ranked
        return lambda told, subject, compare=compare, bound=bound: compare(told, bound)  # type: ignore[misc]
    if condition.is_ is not None:
        value = condition.is_
        if fact.type == "choices":
            return lambda told, subject: value in told
        return lambda told, subject: bool(told == value)
    if condition.group is not None:
        values = frozenset(choice.value for choice in fact.choices if condition.group in choice.groups)
    else:
        values = frozenset(str(item) for item in (condition.in_ or condition.any or ()))
    if fact.type == "choices":
        return lambda told, subject: not values.isdisjoint(told)
    return lambda told, subject: told in values


def ratio_bound(value: Any, above: Fact, over: Fact) -> Any:
    """What a ratio is compared with: an amount (in fen) where it is one of money to a number, else a rate."""
    return fen(value) if (above.type, over.type) == ("money", "number") else rate(value)


def _ratio_test(condition: Condition, scopes: tuple[str, ...], vocabulary: Vocabulary) -> Test:
    assert condition.ratio is not None
    above, over = locate(condition.ratio.of, scopes, vocabulary), locate(condition.ratio.to, scopes, vocabulary)
    name = next(key for key in _COMPARE if getattr(condition, key) is not None)
    bound, compare = ratio_bound(getattr(condition, name), above[1], over[1]), _COMPARE[name]

    def run(subject: Subject) -> Verdict:
        told = [subject.value(scope, fact.name) for scope, fact in (above, over)]
        if None in told:
            return False if any(subject.lacks(scope) for scope, _ in (above, over)) else None
        return bool(compare(told[0], bound * told[1])) if told[1] else False

    def unknown(subject: Subject) -> Iterable[str]:
        for scope, fact in (above, over):
            if subject.value(scope, fact.name) is None:
                yield subject.path(scope, fact.name)

    return Test(condition, run, unknown, lambda subject: "condition")


def _recognition_test(condition: Condition, vocabulary: Vocabulary) -> Test:
    assert condition.recognition is not None
    kinds = condition.recognition.kinds
    tests = [
        compile_condition(item, ("recognition", "project", "enterprise"), vocabulary)
        for item in condition.recognition.when
    ]

    def candidates(subject: Subject) -> list[Subject]:
        own = subject.project.id if subject.project else None
        return [
            Subject(subject.profile, subject.award_day, subject.project, item)
            for item in subject.profile.recognitions or ()
            if item.kind in kinds and (own is None or item.project == own)
        ]

    def run(subject: Subject) -> Verdict:
        if subject.profile.recognitions is None:
            return None
        verdict: Verdict = False
        for candidate in candidates(subject):
            verdicts = [test.run(candidate) for test in tests]
            if False in verdicts:
                continue
            if None not in verdicts:
                return True
            verdict = None
        return verdict

    def unknown(subject: Subject) -> Iterable[str]:
        if subject.profile.recognitions is None:
            yield "recognitions"
            return
        for candidate in candidates(subject):
            for test in tests:
                if test.run(candidate) is None:
                    yield from test.unknown(candidate)

    return Test(condition, run, unknown, lambda subject: "condition")
