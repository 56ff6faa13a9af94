"""One writing for all that people type, with the way back to what they typed (`normalise`)."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

LONGEST = 4000
_KEPT = "，"  # a wide comma parts amounts where a narrow one groups digits
_REMOVED = frozenset(("Cc", "Cf", "Cs", "Co", "Cn"))
_LOWER = {c: c + 32 for c in range(ord("A"), ord("Z") + 1)}


@dataclass(frozen=True)
class Normal:
    """`text` is for matching; `original[a:b]` for a span of it is `said(start, end)`. `cut`: the end was ignored."""

    text: str
    original: str
    offsets: tuple[int, ...]
    cut: bool = False

    def said(self, start: int, end: int) -> str:
        """The user's own words for a span of `text`."""
        return self.original[slice(*self.span(start, end))]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The offsets in the original for a span of `text`."""
        first = self.offsets[start]
        return first, (self.offsets[end - 1] + 1 if end > start else first)


def fold(text: str) -> str:
    """Latin letters in lower case, nothing else changed; same length."""
    return text.translate(_LOWER)


@lru_cache(maxsize=8192)
def _written(char: str) -> str:
    """One character in its one writing; empty for what cannot be seen."""
    if char in "\n\r\u2028\u2029":
        return "\n"
    if char == "\t" or unicodedata.category(char) == "Zs":
        return " "
    if char in _KEPT:
        return char
    if unicodedata.category(char) in _REMOVED or "\ufe00" <= char <= "\ufe0f":
        return ""
    written = unicodedata.normalize("NFKC", char)
    return written if len(written) <= 4 else char


@lru_cache(maxsize=1)
def _opencc() -> Any:
    import opencc

    return opencc.OpenCC("t2s")


@lru_cache(maxsize=8192)
def _may_be_traditional(char: str) -> bool:
    if char < "\u3400":
        return False
    try:
        char.encode("gb2312")
    except UnicodeEncodeError:
        return True
    return False


def _simplified(text: str) -> str:
    if text.isascii() or not any(map(_may_be_traditional, text)):
        return text
    converted: str = _opencc().convert(text)
    if len(converted) == len(text):
        return converted
    return "".join(c if len(c) == 1 else old for old in text for c in [_opencc().convert(old)])


@lru_cache(maxsize=128)
def normalise(text: str) -> Normal:
    """NFKC, control characters out, simplified characters, at most `LONGEST` characters. A turn asks for the same often."""
    head = text[:LONGEST]
    pieces: list[str] = []
    offsets: list[int] = []
    for i, char in enumerate(head):
        written = char if "\u4e00" <= char <= "\u9fff" or " " <= char <= "~" else _written(char)
        pieces.append(written)
        offsets.extend([i] * len(written))
    offsets.append(len(head))
    return Normal(_simplified("".join(pieces)), text, tuple(offsets), len(text) > LONGEST)
