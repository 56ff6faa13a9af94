"""How well a draft finds amounts and rates, each at the right clause.

Against a table: a figure of the draft is right if a clause whose quote overlaps the drafted row's pays by it; a figure of
the table is found if an overlapping drafted row has it. Clauses without a number are not in it: a draft shows their
amounts to a person, who decides. Against labels (tests/data/draft): the same by article and label.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from policies.draft.offers import Offer, find
from policies.model import Cap, Pays, Policy

Value = tuple[str, Fraction]


@dataclass(frozen=True)
class Score:
    """Figures right, wrong and missed; the misses and the wrong ones in words."""

    right: int
    wrong: int
    missed: int
    notes: tuple[str, ...] = ()

    @property
    def precision(self) -> Fraction:
        return Fraction(self.right, self.right + self.wrong) if self.right + self.wrong else Fraction(1)

    @property
    def recall(self) -> Fraction:
        return Fraction(self.right, self.right + self.missed) if self.right + self.missed else Fraction(1)


def total(scores: Iterable[Score]) -> Score:
    scores = list(scores)
    notes = tuple(note for one in scores for note in one.notes)
    return Score(
        sum(one.right for one in scores), sum(one.wrong for one in scores), sum(one.missed for one in scores), notes
    )


def squeeze(text: str) -> str:
    return "".join(text.split())


def values(pays: Pays | None, caps: Iterable[Cap]) -> set[Value]:
    """All amounts (fen) and rates of a formula and its ceilings; 100% of what was spent is not said as a number."""
    out: set[Value] = {("money", Fraction(cap.amount)) for cap in caps if cap.amount is not None}
    if pays is None:
        return out
    money = [pays.fixed, pays.unit]
    rates = [pays.rate, *(term.rate for term in pays.sum or ()), *(bracket.rate for bracket in pays.brackets or ())]
    if pays.step is not None:
        money += [pays.step.first, pays.step.each]
    out |= {("money", Fraction(one)) for one in money if one is not None}
    out |= {("rate", Fraction(one)) for one in rates if one is not None and one != 1}
    for case in pays.cases or ():
        out |= values(case.pays, ())
    return out


def drafted(offer: Offer) -> set[Value]:
    paid = [one for one in offer.figures if one.role in ("rate", "fixed", "cap", "unit")]
    return {("money" if one.money else "rate", Fraction(one.value)) for one in paid}


def against_tables(policy: Policy, text: str) -> Score:
    """The draft of a document beside its table."""
    whole = squeeze(text)
    known, silent = [], []
    for clause in policy.clauses:
        start = whole.find(squeeze(clause.quote))
        span = (start, start + len(squeeze(clause.quote)))
        expected = values(clause.pays, clause.caps)
        for tier in clause.tiers:
            expected |= values(tier.pays, tier.caps)
        (known if expected else silent).append((span, expected, clause.id))
    made = []
    for offer in find(text).offers:
        start = whole.find(squeeze(offer.quote))
        made.append(((start, start + len(squeeze(offer.quote))), drafted(offer), offer.article))
    right = missed = wrong = 0
    notes = []
    for span, expected, id_ in known:
        for value in expected:
            if any(meet(span, other) and value in found for other, found, _ in made):
                right += 1
            else:
                missed += 1
                notes.append(f"missed {id_} {value[0]} {value[1]}")
    for span, found, article in made:
        if any(meet(span, other) for other, _, _ in silent) and not any(meet(span, other) for other, _, _ in known):
            continue
        for value in found:
            if not any(meet(span, other) and value in expected for other, expected, _ in known):
                wrong += 1
                notes.append(f"wrong {policy.id} {article} {value[0]} {value[1]}")
    return Score(right, wrong, missed, tuple(notes))


def meet(one: tuple[int, int], other: tuple[int, int]) -> bool:
    return one[0] >= 0 and other[0] >= 0 and one[0] < other[1] and other[0] < one[1]
