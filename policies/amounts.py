"""The formula grammar: from a row's `pays` and `caps` to exact fen, and to the sentence that shows the arithmetic."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from fractions import Fraction
from math import floor
from typing import Any

from policies.conditions import Subject, Test, compile_condition, locate
from policies.facts import Vocabulary
from policies.formulas import Cap, Pays, Term, Times
from policies.money import Fen, exact_yuan, number_text, percent
from policies.words import say

OPEN = 10**24
"""Stands for an amount without a known bound (fen)."""
OPEN_FROM = 10**18
"""Amounts from here on are open."""


class Formula:
    """A compiled `pays`.

    `run(subject, spend, high)`: fen for lines that sum to `spend`; an unknown fact gives None, or, with `high`,
    the most it could be (OPEN where nothing bounds it). Rising in `spend`. A sum gives its known terms, which the
    unknown ones can only add to: where those reach the clause's own ceiling the amount is settled.
    `unknown(subject)`: paths of the facts it waits for. `show(subject, spend)`: the arithmetic in yuan.
    """

    __slots__ = ("match", "run", "show", "unknown", "uses_spending")

    def __init__(self, run: Any, unknown: Any, show: Any, uses_spending: bool, match: bool = False) -> None:
        self.run: Callable[[Subject, Fen, bool], Fen | None] = run
        self.unknown: Callable[[Subject], Iterable[str]] = unknown
        self.show: Callable[[Subject, Fen], str] = show
        self.uses_spending, self.match = uses_spending, match


def exactly(amount: Fraction | int) -> Fen:
    """An int where the fraction is whole: cheaper in the search."""
    if isinstance(amount, Fraction) and amount.denominator == 1:
        return amount.numerator
    return amount


def multiplier(share: Fraction | int) -> Callable[[Fen], Fen]:
    """Times `share`, exactly: in whole numbers where money is whole, which is many times faster than fractions."""
    above, below = share.numerator, share.denominator

    def times(amount: Fen) -> Fen:
        if not isinstance(amount, int):
            return exactly(amount * share)
        whole, rest = divmod(amount * above, below)
        return Fraction(amount * above, below) if rest else whole

    return times


def _no_unknown(subject: Subject) -> Iterable[str]:
    return ()


def compile_pays(pays: Pays, scopes: tuple[str, ...], vocabulary: Vocabulary) -> Formula:
    """A formula from a row."""
    formula = _one_form(pays, scopes, vocabulary)
    if pays.times:
        formula = _times(pays.times, formula, scopes, vocabulary)
    return formula if pays.at_most is None else _at_most(pays.at_most, formula)


def _one_form(pays: Pays, scopes: tuple[str, ...], vocabulary: Vocabulary) -> Formula:
    if pays.fixed is not None:
        amount = pays.fixed
        return Formula(lambda s, x, h: amount, _no_unknown, lambda s, x: f"定额 {exact_yuan(amount)}", False)
    if pays.rate is not None:
        return _rate(pays, scopes, vocabulary)
    if pays.sum is not None:
        return _sum(pays, scopes, vocabulary)
    if pays.step is not None or pays.unit is not None:
        return _count(pays, scopes, vocabulary)
    if pays.brackets is not None:
        return _brackets(pays, scopes, vocabulary)
    if pays.match is not None:
        return _match(pays)
    several = pays.least or pays.greatest
    if several is not None:
        return _pick([compile_pays(one, scopes, vocabulary) for one in several], pays.least is not None)
    return _cases(pays, scopes, vocabulary)


class Base:
    """What a formula is computed from: a fact, the spending lines (`of_lines`), or what one fact is more than another.

    `read(subject, spend)`: its value, None while a fact is unknown; `most`: the most it could be, OPEN where nothing
    bounds it. Nothing where there is no object with the fact, and where the difference is below zero.
    """

    __slots__ = ("most", "of_lines", "read", "unknown")

    def __init__(self, of: str, less: str | None, scopes: tuple[str, ...], vocabulary: Vocabulary) -> None:
        self.of_lines = of == "spending"
        whole = _reader(of, scopes, vocabulary)
        if less is None:
            self.read = whole
            self.most: Callable[[Subject, Fen], Any] = lambda s, x: OPEN if (told := whole(s, x)) is None else told
        else:
            self._difference(whole, _reader(less, scopes, vocabulary))
        paths = [locate(name, scopes, vocabulary) for name in (of, less) if name is not None and name != "spending"]

        def unknown(subject: Subject) -> Iterable[str]:
            for scope, fact in paths:
                if not subject.lacks(scope) and subject.value(scope, fact.name) is None:
                    yield subject.path(scope, fact.name)

        self.unknown: Callable[[Subject], Iterable[str]] = unknown

    def _difference(self, whole: Callable[[Subject, Fen], Any], part: Callable[[Subject, Fen], Any]) -> None:
        def read(subject: Subject, spend: Fen) -> Any:
            told, less = whole(subject, spend), part(subject, spend)
            if told == 0:
                return 0
            return None if told is None or less is None else max(0, told - less)

        def most(subject: Subject, spend: Fen) -> Any:
            told = whole(subject, spend)
            return OPEN if told is None else max(0, told - (part(subject, spend) or 0))

        self.read, self.most = read, most


def _reader(of: str, scopes: tuple[str, ...], vocabulary: Vocabulary) -> Callable[[Subject, Fen], Any]:
    if of == "spending":
        return lambda subject, spend: spend
    scope, fact = locate(of, scopes, vocabulary)
    name = fact.name
    return lambda subject, spend: 0 if subject.lacks(scope) else subject.value(scope, name)


def _waits(bases: list[Base]) -> Callable[[Subject], Iterable[str]]:
    def unknown(subject: Subject) -> Iterable[str]:
        for base in bases:
            yield from base.unknown(subject)

    return unknown


def _rate(pays: Pays, scopes: tuple[str, ...], vocabulary: Vocabulary) -> Formula:
    assert pays.rate is not None
    share: Fraction = pays.rate
    times = multiplier(share)
    within = pays.within_spending
    own = Base(str(pays.of), pays.less, scopes, vocabulary)

    def base(subject: Subject, spend: Fen, high: bool) -> Fen | None:
        told: Fen | None = own.most(subject, spend) if high else own.read(subject, spend)
        return min(told, spend) if within and told is not None else told

    def run(subject: Subject, spend: Fen, high: bool) -> Fen | None:
        told = base(subject, spend, high)
        return None if told is None else times(told)

    def show(subject: Subject, spend: Fen) -> str:
        told = base(subject, spend, True)
        assert told is not None
        return f"{exact_yuan(told)} × {percent(share)} = {exact_yuan(times(told))}"

    return Formula(run, own.unknown, show, own.of_lines or within)


def _times(times: tuple[Times, ...], formula: Formula, scopes: tuple[str, ...], vocabulary: Vocabulary) -> Formula:
    """A formula multiplied by numbers."""
    bases = [Base(number.of, None, scopes, vocabulary) for number in times]

    def factors(subject: Subject, high: bool) -> list[Fraction] | None:
        found = []
        for number, base in zip(times, bases, strict=True):
            told = base.most(subject, 0) if high else base.read(subject, 0)
            if told is None:
                return None
            found.append(Fraction(told if number.up_to is None else min(told, number.up_to)) / number.per)
        return found

    def nothing(subject: Subject) -> bool:
        """A number is told to be none: then the others do not matter."""
        return any(base.read(subject, 0) == 0 for base in bases)

    def run(subject: Subject, spend: Fen, high: bool) -> Fen | None:
        told, factors_ = formula.run(subject, spend, high), factors(subject, high)
        if told == 0 or nothing(subject):
            return 0
        return None if told is None or factors_ is None else exactly(told * math.prod(factors_))

    def show(subject: Subject, spend: Fen) -> str:
        parts = "".join(f" × {number_text(factor)}" for factor in factors(subject, True) or ())
        return f"{formula.show(subject, spend)}；{parts.lstrip()} = {exact_yuan(run(subject, spend, True) or 0)}"

    def unknown(subject: Subject) -> Iterable[str]:
        if not nothing(subject):
            yield from formula.unknown(subject)
            if formula.uses_spending or formula.run(subject, 0, False) != 0:
                yield from _waits(bases)(subject)

    return Formula(run, unknown, show, formula.uses_spending, formula.match)


def _at_most(ceiling: Fen, formula: Formula) -> Formula:
    """A formula under a ceiling of its own."""

    def run(subject: Subject, spend: Fen, high: bool) -> Fen | None:
        found = formula.run(subject, spend, high)
        return None if found is None else min(found, ceiling)

    def show(subject: Subject, spend: Fen) -> str:
        shown, found = formula.show(subject, spend), formula.run(subject, spend, False)
        over = found is not None and found > ceiling
        return say("formula.cap", shown=shown, cap=exact_yuan(ceiling)) if over else shown

    return Formula(run, formula.unknown, show, formula.uses_spending, formula.match)


def _sum(pays: Pays, scopes: tuple[str, ...], vocabulary: Vocabulary) -> Formula:
    terms = [(Base(term.of, term.less, scopes, vocabulary), *_measure(term)) for term in pays.sum or ()]
    of_lines = any(base.of_lines for base, _, _ in terms)

    def run(subject: Subject, spend: Fen, high: bool) -> Fen | None:
        total: Fen = 0
        for base, measure, _ in terms:
            told = base.most(subject, spend) if high else base.read(subject, spend)
            if told is None:
                if of_lines:  # with fewer of its lines the unknown term would count again
                    return None
                continue
            total += measure(told)
        return exactly(total)

    def show(subject: Subject, spend: Fen) -> str:
        told = [base.read(subject, spend) for base, _, _ in terms]
        parts = [words(value) for value, (_, _, words) in zip(told, terms, strict=True)]
        sign = "≥" if None in told else "="
        return f"{' + '.join(parts)} {sign} {exact_yuan(run(subject, spend, None in told and of_lines) or 0)}"

    return Formula(run, _waits([base for base, _, _ in terms]), show, of_lines)


def _measure(term: Term) -> tuple[Callable[[Fen], Fen], Callable[[Fen | None], str]]:
    """What a term of a sum makes of its base, and how that is written (None: not told)."""
    if term.rate is not None:
        share: Fraction = term.rate
        return multiplier(share), lambda told: f"{_told(told)} × {percent(share)}"
    unit: Fen = term.unit or 0
    return (
        lambda told: told * unit,
        lambda told: f"{'未知' if told is None else number_text(told)} × {exact_yuan(unit)}",
    )


def _told(amount: Fen | None) -> str:
    return "未知" if amount is None else exact_yuan(amount)


def _count(pays: Pays, scopes: tuple[str, ...], vocabulary: Vocabulary) -> Formula:
    """`step` (first from n on, each further one) and `unit` (an amount each)."""
    step = pays.step
    of = step.of if step is not None else str(pays.of)
    base = Base(of, pays.less, scopes, vocabulary)

    unit: Fen = pays.unit if pays.unit is not None else 0
    scale = 100 if step is not None and locate(step.of, scopes, vocabulary)[1].type == "money" else 1

    def further(count: Fen) -> int:
        """Further units, each whole."""
        assert step is not None
        more: Fraction = (count - step.at * scale) / Fraction(step.per * scale)
        return max(0, floor(more))

    def pay(count: Fen) -> Fen:
        if step is None:
            return exactly(count * unit)
        found: Fen = step.first + step.each * further(count) if count >= step.at * scale else 0
        return found

    def run(subject: Subject, spend: Fen, high: bool) -> Fen | None:
        told = base.most(subject, spend) if high else base.read(subject, spend)
        if told is None:
            return None
        return OPEN if told == OPEN else pay(told)

    def show(subject: Subject, spend: Fen) -> str:
        told = base.read(subject, spend)
        if step is None:
            return f"{number_text(told)} × {exact_yuan(unit)} = {exact_yuan(pay(told))}"
        if not further(told):
            return f"{number_text(told / Fraction(scale))}：{exact_yuan(pay(told))}"
        return f"{exact_yuan(step.first)} + {further(told)} × {exact_yuan(step.each)} = {exact_yuan(pay(told))}"

    return Formula(run, base.unknown, show, False)


def _brackets(pays: Pays, scopes: tuple[str, ...], vocabulary: Vocabulary) -> Formula:
    base = Base(str(pays.of), pays.less, scopes, vocabulary)
    brackets = pays.brackets or ()

    def parts(told: Fen) -> list[tuple[Fen, Fraction]]:
        found: list[tuple[Fen, Fraction]] = []
        start: Fen = 0
        for bracket in brackets:
            end = bracket.up_to if bracket.up_to is not None else told
            part = min(told, end) - start
            if part > 0:
                found.append((part, bracket.rate))
            start = max(start, end)
        return found

    def run(subject: Subject, spend: Fen, high: bool) -> Fen | None:
        told = base.most(subject, spend) if high else base.read(subject, spend)
        return None if told is None else exactly(sum((part * share for part, share in parts(told)), Fraction(0)))

    def show(subject: Subject, spend: Fen) -> str:
        told = base.read(subject, spend)
        steps = " + ".join(f"{exact_yuan(part)} × {percent(share)}" for part, share in parts(told))
        return f"{steps or '0'} = {exact_yuan(run(subject, spend, True) or 0)}"

    return Formula(run, base.unknown, show, base.of_lines)


def _match(pays: Pays) -> Formula:
    """A share of what another level pays for the same project or recognition."""
    assert pays.match is not None
    share, levels = pays.match.rate, pays.match.levels

    def awards(subject: Subject) -> list[Any]:
        own = subject.project.id if subject.project else None
        kind = subject.recognition.kind if subject.recognition else None
        return [
            award
            for award in subject.profile.awards or ()
            if (award.level in levels or award.level is None)
            and ((own is not None and award.project == own) or (kind is not None and award.recognition == kind))
        ]

    def run(subject: Subject, spend: Fen, high: bool) -> Fen | None:
        total: Fen = 0
        for award in awards(subject):
            if award.amount is None or award.level is None:
                if not high:
                    return None
                total += OPEN if award.amount is None else award.amount
            else:
                total += award.amount
        return exactly(total * share)

    def unknown(subject: Subject) -> Iterable[str]:
        for award in awards(subject):
            if award.amount is None:
                yield f"other_awards[{award.index}].amount_yuan"
            if award.level is None:
                yield f"other_awards[{award.index}].level"

    def show(subject: Subject, spend: Fen) -> str:
        total = sum((award.amount or 0 for award in awards(subject)), 0)
        return f"上级奖补 {exact_yuan(total)} × {percent(share)} = {exact_yuan(total * share)}"

    return Formula(run, unknown, show, False, match=True)


def _cases(pays: Pays, scopes: tuple[str, ...], vocabulary: Vocabulary) -> Formula:
    """The first case whose conditions hold; an unknown condition keeps the later ones open."""
    cases: list[tuple[list[Test], Formula]] = [
        (
            [compile_condition(item, scopes, vocabulary) for item in case.when],
            compile_pays(case.pays, scopes, vocabulary),
        )
        for case in pays.cases or ()
    ]

    def open_cases(subject: Subject) -> list[tuple[list[Test], Formula, bool]]:
        found = []
        for tests, formula in cases:
            verdicts = [test.run(subject) for test in tests]
            if False in verdicts:
                continue
            settled = None not in verdicts
            found.append((tests, formula, settled))
            if settled:
                break
        return found

    def run(subject: Subject, spend: Fen, high: bool) -> Fen | None:
        found = open_cases(subject)
        if high:
            return max((formula.run(subject, spend, True) or 0 for _, formula, _ in found), default=0)
        if len(found) == 1 and found[0][2]:
            return found[0][1].run(subject, spend, False)
        return None if found else 0

    def unknown(subject: Subject) -> Iterable[str]:
        for tests, formula, settled in open_cases(subject):
            if not settled:
                for test in tests:
                    if test.run(subject) is None:
                        yield from test.unknown(subject)
            yield from formula.unknown(subject)

    def show(subject: Subject, spend: Fen) -> str:
        found = open_cases(subject)
        return found[0][1].show(subject, spend) if found else "0"

    return Formula(run, unknown, show, any(formula.uses_spending for _, formula in cases))


def _pick(formulas: list[Formula], lowest: bool) -> Formula:
    """The lowest or the highest of several formulas. Of the highest, a known one is a floor of it."""
    best: Callable[..., Fen] = min if lowest else max
    of_lines = any(formula.uses_spending for formula in formulas)

    def run(subject: Subject, spend: Fen, high: bool) -> Fen | None:
        found = [formula.run(subject, spend, high) for formula in formulas]
        told = [amount for amount in found if amount is not None]
        if len(told) < len(found):
            if lowest:
                return 0 if 0 in told else None
            if of_lines:
                return None
        return best(told) if told else None

    def unknown(subject: Subject) -> Iterable[str]:
        told = [formula.run(subject, OPEN, False) for formula in formulas]
        known = [amount for amount in told if amount is not None]
        for formula, amount in zip(formulas, told, strict=True):
            if amount is None and lowest and 0 in known:
                continue
            yield from formula.unknown(subject)

    def show(subject: Subject, spend: Fen) -> str:
        told = [(formula, formula.run(subject, spend, False)) for formula in formulas]
        parts = "；".join(formula.show(subject, spend) for formula, amount in told if amount is not None)
        amount = exact_yuan(run(subject, spend, False) or 0)
        return say("formula.least" if lowest else "formula.greatest", parts=parts, amount=amount)

    return Formula(run, unknown, show, of_lines, any(formula.match for formula in formulas))


class Bound:
    """A compiled cap: `run(subject)` in fen, OPEN where its conditions fail, None while a fact is unknown; `sure`: what
    it leaves whatever the unknown facts are (0 while its own amount is unknown)."""

    __slots__ = ("cap", "run", "sure", "unknown")

    def __init__(self, cap: Cap, scopes: tuple[str, ...], vocabulary: Vocabulary) -> None:
        self.cap = cap
        tests = [compile_condition(item, scopes, vocabulary) for item in cap.when]
        base = Base(str(cap.of), None, scopes, vocabulary) if cap.amount is None else None
        times = multiplier(cap.rate or 0)

        fixed: Fen = cap.amount if cap.amount is not None else 0

        def amount(subject: Subject) -> Fen | None:
            if base is None:
                return fixed
            told = base.read(subject, 0)
            return None if told is None else times(told)

        def run(subject: Subject) -> Fen | None:
            verdicts = [test.run(subject) for test in tests]
            if False in verdicts:
                return OPEN
            return None if None in verdicts else amount(subject)

        def sure(subject: Subject) -> Fen:
            return OPEN if any(test.run(subject) is False for test in tests) else amount(subject) or 0

        def unknown(subject: Subject) -> Iterable[str]:
            if any(test.run(subject) is False for test in tests):
                return
            for test in tests:
                if test.run(subject) is None:
                    yield from test.unknown(subject)
            if base is not None:
                yield from base.unknown(subject)

        self.run: Callable[[Subject], Fen | None] = run if tests else amount
        self.sure: Callable[[Subject], Fen] = sure
        self.unknown: Callable[[Subject], Iterable[str]] = unknown
