"""Awards that are paid in parts: 项目通过评审后拨付40%，竣工验收后拨付30%，达产后拨付30%."""

from __future__ import annotations

import re

from policies.draft.figures import Figure
from policies.draft.lexicon import pattern
from policies.draft.offers import Found
from policies.draft.plain import plain
from policies.money import percent
from policies.words import say

_NOT_WHEN = pattern(r"(?:补助|奖补|奖励)?(?:资金|经费)|(?:<paid_out>|其余|剩余|余下|按|分.[期年]|:|、)+|的$")


def instalments(found: Found) -> dict[str, str]:
    """The cell 分期拨付 by article; under no article, that of a sentence which stands apart from all offers."""
    articles = {offer.article for offer in found.offers}
    out: dict[str, str] = {}
    for rule in found.rules:
        if rule.kind == "instalments" and (cell := _cell(plain(rule.quote).text, rule.figures)):
            out.setdefault(rule.article if rule.article in articles else "", cell)
    return out


def _cell(words: str, figures: tuple[Figure, ...]) -> str:
    """A line for each part: its share, and when. Nothing if they do not make the whole."""
    shares = [figure for figure in figures if figure.role == "instalment"]
    if len(shares) < 2 or sum(figure.value for figure in shares) != 1:
        return ""
    lines, at = [], 0
    for number, figure in enumerate(shares, 1):
        end = words.index(figure.words, at)
        when = _NOT_WHEN.sub("", re.split("[,;。:]", words[at:end])[-1])
        at = end + len(figure.words)
        lines.append(f"{percent(figure.value)} {when or say('draft.instalment', number=number)}")
    return "\n".join(lines)
