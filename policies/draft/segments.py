"""A paragraph cut into segments: at full stops and semicolons, and before a further 「，对…的」."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from policies.draft.figures import Figure, figures
from policies.draft.lexicon import pattern
from policies.draft.outline import unnumbered
from policies.draft.plain import Plain

GIVES = pattern("<gives>")
_FURTHER = re.compile(r"针?对(?!于?(?:接|照|外|应|标|象))|凡")
_OPEN, _CLOSE = "(《“「", ")》”」"


@dataclass(frozen=True)
class Segment:
    """text[start:end] of a plain paragraph, with its figures."""

    text: Plain
    start: int
    end: int

    @cached_property
    def words(self) -> str:
        """What stands in it."""
        return self.text.text[self.start : self.end]

    @cached_property
    def bare(self) -> str:
        """The words without the number of their article."""
        return (self.words if self.start else unnumbered(self.words)).strip(",;。、")

    @cached_property
    def figures(self) -> tuple[Figure, ...]:
        """Its figures, placed as in the whole text."""
        return tuple(
            replace(one, start=one.start + self.start, end=one.end + self.start) for one in figures(self.words)
        )

    @cached_property
    def paid(self) -> tuple[Figure, ...]:
        """Those of its figures that say what is paid."""
        return tuple(one for one in self.figures if one.paid)

    @property
    def quote(self) -> str:
        """Its words as they stand in the source."""
        return self.text.quote(self.start, self.end).strip("，,；;。、 ")

    def parts(self) -> set[str]:
        """What its paid figures are: rates, amounts, caps."""
        return {one.role for one in self.paid}

    def before(self, figure: Figure) -> str:
        """The clause in which a figure stands, up to it."""
        before = self.text.text[self.start : figure.start]
        return re.split("[,;。]", before if self.start else unnumbered(before))[-1]


def segments(text: Plain) -> Iterator[Segment]:
    """The segments of a paragraph, in order; brackets and book titles are not cut."""
    start = depth = 0
    plain = text.text
    for index, char in enumerate(plain):
        if char in _OPEN:
            depth += 1
        elif char in _CLOSE:
            depth = max(0, depth - 1)
        ends = char == "。" or (char in ";!" and depth == 0)
        if ends:
            depth = 0
        again = char in ",、" and depth == 0 and _FURTHER.match(plain[index + 1 :])
        if ends or (again and _pays(plain[start:index])):
            yield Segment(text, start, index + 1)
            start = index + 1
    if start < len(plain):
        yield Segment(text, start, len(plain))


def _pays(words: str) -> bool:
    return bool(GIVES.search(words)) and any(one.paid for one in figures(words))
