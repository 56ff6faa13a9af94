"""How well a draft finds amounts and rates, each at the right clause.

Against a table: a figure of the draft is right if a clause whose quote overlaps the drafted row's pays by it; a figure of
the table is found if an overlapping drafted row has it. Clauses without a number are not in it: a draft shows their
amounts to a person, who decides. Against labels (tests/data/draft): the same by article and label.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from policies.draft.figures import Figure
from policies.draft.files import without_tags
from policies.draft.header import header
from policies.draft.offers import Offer, find
from policies.draft.outline import lines_of
from policies.draft.plain import plain
from policies.formulas import Cap, Pays
from policies.model import Policy
from policies.yaml12 import load

LABELLED = Path(__file__).parent / "data" / "draft"
PARTS = ("rate", "fixed", "cap", "unit")
Value = tuple[str, Fraction]


@dataclass(frozen=True)
class Score:
    """Figures right, wrong and missed; the misses and the wrong ones in words."""

    right: int
    wrong: int
    missed: int
    notes: tuple[str, ...] = ()
    parts: int = 0
    """Of those right, how many also have the part that the label says: rate, fixed, cap or unit."""

    @property
    def precision(self) -> Fraction:
        return Fraction(self.right, self.right + self.wrong) if self.right + self.wrong else Fraction(1)

    @property
    def recall(self) -> Fraction:
        return Fraction(self.right, self.right + self.missed) if self.right + self.missed else Fraction(1)


def total(scores: Iterable[Score]) -> Score:
    scores = list(scores)
    notes = tuple(note for one in scores for note in one.notes)
    right, wrong, missed, parts = (
        sum(getattr(one, name) for one in scores) for name in ("right", "wrong", "missed", "parts")
    )
    return Score(right, wrong, missed, notes, parts)


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
    paid = [one for one in offer.figures if one.role in PARTS]
    return {figure_value(one) for one in paid}


def figure_value(figure: Figure) -> Value:
    return ("money" if figure.money else "rate", Fraction(figure.value))


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


# ---- against labels ----


@dataclass(frozen=True)
class Labelled:
    """One text of tests/data/draft with what a person would take from it."""

    name: str
    text: str
    labels: dict[str, Any]

    @property
    def held(self) -> bool:
        """Only for the report: nobody tunes on it."""
        return self.name.startswith("held-")


def labelled() -> list[Labelled]:
    """All labelled texts, without their head comment."""
    return [
        Labelled(
            path.stem,
            re.sub(r"\A<!--.*?-->\n", "", path.read_text(encoding="utf-8")),
            load(path.with_suffix(".yaml").read_text(encoding="utf-8"))[0],
        )
        for path in sorted(LABELLED.glob("*-*.md"))
    ]


def value_of(words: str) -> Value:
    """0.8万元 → money in fen; 10%, 1/3 → a rate."""
    if match := re.fullmatch(r"([\d.]+)(万|亿|)元", words):
        return "money", Fraction(match[1]) * {"": 1, "万": 10**4, "亿": 10**8}[match[2]] * 100
    if words.endswith("%"):
        return "rate", Fraction(words[:-1]) / 100
    return "rate", Fraction(words)


def words_of(value: Value, words: Iterable[str]) -> bool:
    return any(value_of(one) == value for one in words)


def against_labels(one: Labelled) -> Score:
    """A figure is right if it stands in a drafted row of the right article that holds words of its label."""
    text = readable(one.text)
    whole = plain_words("".join(lines_of(text)))
    expected = []
    for award in one.labels["awards"]:
        spans = [sentence(whole, plain_words(words)) for words in award["words"]]
        values = {
            value: {part for part in PARTS if words_of(value, award.get(part, ()))}
            for value in {value_of(words) for part in PARTS for words in award.get(part, ())} - {("rate", Fraction(1))}
        }
        expected.append((award["at"].strip("、."), spans, values))
    made = []
    for offer in find(text).offers:
        quote = plain_words(offer.quote)
        start = whole.find(quote)
        made.append((offer, (start, start + len(quote)), drafted(offer) - {("rate", Fraction(1))}))
    right = wrong = missed = parts = 0
    notes = []
    for at, spans, values in expected:
        for value in sorted(values):
            offers = [offer for offer, span, own in made if value in own and any(meet(span, s) for s in spans)]
            found = [offer.article for offer in offers]
            if any(cited(article, at) for article in found):
                right += 1
                roles = {one.role for offer in offers for one in offer.figures if figure_value(one) == value}
                if roles & values[value]:
                    parts += 1
                else:
                    notes.append(
                        f"part {one.name} {at} {shown(value)} {sorted(roles)} instead of {sorted(values[value])}"
                    )
            else:
                missed += 1
                notes.append(f"missed {one.name} {at} {shown(value)}" + (f" (stands at {found})" if found else ""))
    for offer, span, own in made:
        for value in sorted(own):
            if not any(value in values and any(meet(span, s) for s in spans) for _, spans, values in expected):
                wrong += 1
                notes.append(f"wrong {one.name} {offer.article} {shown(value)}: {whole[span[0] : span[1]]}")
    return Score(right, wrong, missed, tuple(notes), parts)


def against_head(one: Labelled) -> Score:
    """The facts of the document; a fact that the labels do not name is not judged."""
    text = readable(one.text)
    head, labels = header(text), one.labels["head"]
    got = {
        "title": plain_words(head.title),
        "number": squeeze(head.number),
        "issuer": plain_words(head.issuer.split("、")[0]),
        "from": head.from_ and head.from_.isoformat(),
        "to": head.to and head.to.isoformat(),
        "state": head.state,
        "place": getattr(head, "named", ""),
    }
    notes = [
        f"head {one.name} {key}: {got[key]!r} instead of {str(value)!r}"
        for key, value in labels.items()
        if (got[key] or "") != (plain_words(str(value)) if value else "")
    ]
    return Score(len(labels) - len(notes), len(notes), 0, tuple(notes))


def readable(text: str) -> str:
    """What `kedui policies draft` would read of it: a paste of HTML is a page."""
    return without_tags(text)


def plain_words(words: str) -> str:
    return squeeze(plain(words).text)


def sentence(whole: str, words: str) -> tuple[int, int]:
    """The sentence in which `words` stand, by full stops and semicolons."""
    at = whole.index(words)
    start = max(whole.rfind(mark, 0, at) for mark in "。;") + 1
    ends = [end for mark in "。;" if (end := whole.find(mark, at)) >= 0]
    return start, min(ends, default=len(whole))


def cited(article: str, at: str) -> bool:
    """Whether `article` is `at`, or an item below it: 第四条（一） is of 第四条."""
    own, other = (words.replace("（", "(").replace("）", ")") for words in (article, at))
    return own.endswith((other, other.strip("()"))) or re.search(re.escape(other) + r"[(①-⑳]", own) is not None


def shown(value: Value) -> str:
    return f"{float(value[1]) / 100:g}元" if value[0] == "money" else f"{float(value[1]):.4g}"
