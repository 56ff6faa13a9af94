"""Rows of a table in words: a condition, a formula, a cap, a limit, as an official reads them."""

from __future__ import annotations

from collections.abc import Iterable

from policies.conditions import bound_of, locate
from policies.describe import describe, value_text
from policies.facts import Fact, Vocabulary
from policies.formulas import Cap, Pays, Term, Times
from policies.model import Clause, Limit, Tier
from policies.money import number_text, percent, wan
from policies.predicates import Condition
from policies.rules import scopes_of
from policies.words import say


class Wording:
    """The rows of one clause in words; without a clause, those of a document, which speak of the enterprise."""

    def __init__(self, vocabulary: Vocabulary, clause: Clause | None = None) -> None:
        self.clause, self.vocabulary = clause, vocabulary

    def fact(self, name: str) -> Fact:
        """A fact that a row names."""
        scopes = scopes_of(self.clause) if self.clause is not None else ("project", "enterprise")
        return locate(name, scopes, self.vocabulary)[1]

    def base(self, name: str) -> str:
        """What a rate is taken of."""
        return say("row.spending") if name == "spending" else self.fact(name).label

    def part(self, name: str, less: str | None) -> str:
        """A base, or what it is more than another fact."""
        return self.base(name) if less is None else say("row.part", base=self.base(name), less=self.base(less))

    def when(self, conditions: Iterable[Condition]) -> list[str]:
        """Each condition that must hold."""
        return [describe(item, self.clause, self.vocabulary) for item in conditions]

    def needs(self, tier: Tier) -> list[str]:
        """What a tier asks for: its level, and its conditions."""
        level = [Condition(fact="level", at_least=tier.level)] if tier.level is not None else []
        return self.when([*level, *tier.when])

    def pays(self, pays: Pays) -> str:
        """The formula."""
        most = say("row.at_most", amount=wan(pays.at_most)) if pays.at_most is not None else ""
        return self._form(pays) + "".join(map(self._times, pays.times)) + most

    def _times(self, number: Times) -> str:
        base = self.base(number.of) + (f" ÷ {number_text(number.per)}" if number.per != 1 else "")
        count = number_text(number.up_to) if number.up_to is not None else ""
        most = say("row.up_to", count=count, unit=self.fact(number.of).unit) if number.up_to is not None else ""
        return f" × {base}{most}"

    def _term(self, term: Term) -> str:
        measure = percent(term.rate) if term.rate is not None else wan(term.unit or 0)
        return say("row.rate", base=self.part(term.of, term.less), rate=measure)

    def _form(self, pays: Pays) -> str:
        if pays.fixed is not None:
            return say("row.fixed", amount=wan(pays.fixed))
        if pays.rate is not None:
            within = say("row.within") if pays.within_spending else ""
            return say("row.rate", base=self.part(str(pays.of), pays.less), rate=percent(pays.rate)) + within
        if pays.sum is not None:
            return " ＋ ".join(map(self._term, pays.sum))
        if pays.step is not None:
            step = pays.step
            amounts = {"first": wan(step.first), "each": wan(step.each)}
            fact = self.fact(step.of)
            at, per = (value_text(fact, bound_of(fact, value), self.vocabulary) for value in (step.at, step.per))
            return say("row.step", base=fact.label, at=at, per=per, **amounts)
        if pays.unit is not None:
            return say("row.rate", base=self.part(str(pays.of), pays.less), rate=wan(pays.unit))
        if pays.brackets is not None:
            parts = [
                say("row.bracket_rest", rate=percent(row.rate))
                if row.up_to is None
                else say("row.bracket", up_to=wan(row.up_to), rate=percent(row.rate))
                for row in pays.brackets
            ]
            return say("row.brackets", base=self.part(str(pays.of), pays.less), parts="，".join(parts))
        if pays.match is not None:
            levels = "、".join(map(self.vocabulary.body_label, pays.match.levels))
            return say("row.match", levels=levels, rate=percent(pays.match.rate))
        for name in ("least", "greatest"):
            several = getattr(pays, name)
            if several is not None:
                return say(f"row.{name}", parts="；".join(map(self.pays, several)))
        cases = (
            f"{'；'.join(self.when(case.when)) or say('row.otherwise')}：{self.pays(case.pays)}"
            for case in pays.cases or ()
        )
        return say("row.cases", cases="；".join(cases))

    def bound(self, cap: Cap) -> str:
        """How much a cap allows."""
        bound = wan(cap.amount or 0)
        if cap.rate is not None:
            bound = say("row.share", base=self.base(str(cap.of)), rate=percent(cap.rate))
        return bound + (say("row.binds", needs="；".join(self.when(cap.when))) if cap.when else "")

    def cap(self, cap: Cap) -> str:
        """One cap: per what, and how much."""
        return say("row.cap", per=say(f"per.{cap.per}"), yearly=_yearly(cap.yearly), bound=self.bound(cap))

    def caps(self, caps: Iterable[Cap]) -> str:
        """All caps of a row."""
        return "，".join(map(self.cap, caps))

    def limit(self, limit: Limit) -> str:
        """A pick or a common cap."""
        per = say(f"per.{limit.per}")
        if limit.at_most is not None:
            of = say(f"row.of_{limit.of}")
            return say("row.pick", per=per, yearly=_yearly(limit.yearly), count=limit.at_most, of=of)
        bounds = (say("row.cap", per="", yearly=_yearly(cap.yearly), bound=self.bound(cap)) for cap in limit.caps)
        return say("row.together", per=per, bounds="，".join(bounds))


def _yearly(yearly: bool) -> str:
    return say("row.yearly") if yearly else ""
