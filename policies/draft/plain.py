"""The plain form of a text that patterns read, with the way back to the very words."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

EDGES = "|\t"
"""Between the cells of a table row."""


@lru_cache
def _converter() -> Any:
    from opencc import OpenCC

    return OpenCC("t2s")


@dataclass(frozen=True)
class Plain:
    """`text`: simplified, half-width, without the spaces that layout leaves; the edge of a table cell is a comma.

    `at[i]`: where its i-th character stands in `words`.
    """

    text: str
    at: tuple[int, ...]
    words: str

    def quote(self, start: int, end: int) -> str:
        """The very words of text[start:end]."""
        if start >= end:
            return ""
        return self.words[self.at[start] : self.at[end - 1] + 1]


def plain(words: str) -> Plain:
    """One paragraph in its plain form."""
    simple = _converter().convert(words)
    if len(simple) != len(words):
        simple = "".join(_converter().convert(char)[:1] or char for char in words)
    text, at = [], []
    for index, char in enumerate(simple):
        folded = unicodedata.normalize("NFKC", char)
        folded = folded if len(folded) == 1 else char
        if char in EDGES:
            folded = ","
        elif folded.isspace():
            before, after = simple[index - 1 : index], simple[index + 1 : index + 2]
            if not (re.match(r"[A-Za-z]", before) and re.match(r"[A-Za-z]", after)):
                continue
            folded = " "
        text.append(folded)
        at.append(index)
    return Plain("".join(text), tuple(at), words)
