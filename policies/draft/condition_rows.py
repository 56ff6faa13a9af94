"""Thresholds of an offer as rows of sheet 条件, where a known fact fits; else only the doubt."""

from __future__ import annotations

import re
from collections.abc import Iterable

from policies.draft.book import Draft, amount
from policies.draft.figures import Figure, figures
from policies.draft.guesses import Guesses
from policies.draft.offers import Offer, RuleText
from policies.draft.outline import unnumbered
from policies.draft.plain import plain
from policies.words import say

_COUNTED = re.compile(r"\d+(?:家|个|人|项|台|套|年)(?:\(含\))?(?:及)?以上")
_TESTS = (
    ("不超过", re.compile("(?:不超过|不高于|不得超过)$"), re.compile(r"(?:\(含\))?(?:以下|以内)")),
    ("低于", re.compile("(?:低于|少于|小于|不足|不满)$"), re.compile(r"\(不含\)(?:以下|以内)?")),
    ("超过", re.compile("(?:超过|突破|大于|高于)(?:了)?$"), re.compile("(?!)")),
)


def add_conditions(id_: str, offer: Offer, tiers: list[tuple[str, tuple[Figure, ...]]], guesses: Guesses, out: Draft) -> None:  # fmt: skip
    """`tiers`: the id of each tier and the thresholds that are its own; all others are the clause's."""
    of_tier = {one.start: tier for tier, own in tiers for one in own}
    scopes = ("project", "enterprise", "spending")
    for figure in offer.figures:
        if figure.role not in ("threshold", "share"):
            continue
        words, subject = _around(offer, figure)
        fact = guesses.money(subject, scopes) if figure.money and "增" not in subject else ""
        owner = of_tier.get(figure.start, id_)
        if not fact:
            out.doubt("clauses", id_, "", "low", say("draft_doubt.condition", words=words))
            continue
        second = any(one.start == figure.start and one.value < figure.value for one in offer.figures)
        test = "低于" if second else _test(offer.plain.text, figure.start, figure.end)  # 300—500万元 ends below 500万元
        row = {"owner": owner, "fact": fact, "test": test, "value": amount(figure)}
        if {"document": out.document, **row} in out.lines["conditions"]:
            continue
        out.add("conditions", row)
        out.doubt("conditions", owner, "fact", "medium", say("draft_doubt.condition_guess", words=words, fact=fact))
    for match in _COUNTED.finditer(offer.words):
        out.doubt("clauses", id_, "", "low", say("draft_doubt.condition", words=match[0]))


def add_document_conditions(rules: Iterable[RuleText], guesses: Guesses, out: Draft) -> None:
    """What every applicant must be or have: rows that hold for the whole document, or doubts about its row."""
    for rule in rules:
        words = unnumbered(plain(rule.quote).text)
        rows = 0
        for figure in figures(words):
            subject = re.split("[。;,]", words[: figure.start])[-1]
            fact = guesses.money(subject, ("enterprise",)) if figure.money and "增" not in subject else ""
            if fact:
                row = {"owner": out.document, "fact": fact, "value": amount(figure)}
                out.add("conditions", row | {"test": _test(words, figure.start, figure.end)})
                text = say("draft_doubt.condition_guess", words=words, fact=fact)
                out.doubt("conditions", out.document, "fact", "medium", text)
                rows += 1
        if not rows:
            out.doubt(
                "documents", out.document, "applicants", "low", say("draft_doubt.document_condition", words=words)
            )


def thresholds_of(offer: Offer, ids: Iterable[str]) -> list[tuple[str, tuple[Figure, ...]]]:
    """The thresholds of each tier: those in its band, or the n-th of a list of as many (突破5亿元、10亿元)."""
    ids = list(ids)
    bounds = [one for one in offer.figures if one.role == "threshold"]
    if offer.bands:
        edges = [*offer.bands, offer.end]
        return [
            (id_, tuple(one for one in bounds if edges[at] <= one.start < edges[at + 1])) for at, id_ in enumerate(ids)
        ]
    if ids and len(bounds) == len(ids):
        return [(id_, (one,)) for id_, one in zip(ids, bounds, strict=True)]
    return []


def _test(text: str, start: int, end: int) -> str:
    before, after = text[max(0, start - 8) : start], text[end : end + 8]
    for test, ahead, behind in _TESTS:
        if ahead.search(before) or behind.match(after):
            return test
    return "不低于"


def _around(offer: Offer, figure: Figure) -> tuple[str, str]:
    """The words of a threshold, and those before it that say what it bounds; the first of a list speaks for all."""
    text = offer.plain.text
    first = figure.start
    while match := re.search(r"(?:\d[\d.]*[万亿]?元?(?:\([^)]*\))?(?:以上|以下)?)[、和至到\-—~]$", text[:first]):
        first = match.start()
    subject = re.split("[。;,]", text[max(offer.context, first - 20) : first])[-1]
    after = re.match(r"(?:\(不?含[^)]*\))?(?:及)?(?:以上|以下)?", text[figure.end : figure.end + 10])
    said = unnumbered(re.sub("^.*[】:]|^(?:.{0,6}?对)", "", re.split("[,。;、]", subject)[-1]))
    return said[-20:] + figure.words + (after[0] if after else ""), subject
