"""Finds known words in running text: longest match first, left to right, and words with a slip in them.

A slip is a word that sounds the same (两化溶合), or a word of five characters and more with one character wrong,
missing or too many. Two words that are as near are no slip but a doubt: both are given.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Generic, TypeVar

from rapidfuzz import fuzz

from dialogs.understand.text import fold

T = TypeVar("T")

SLIP_FROM = 5
"""Shorter words are not looked for with a character wrong; three and more with the same sound are."""
NEAR, MARGIN = 79.0, 6.0
LONGEST_SLIPPED = 400
"""Characters of a message that are looked at for slips: slips matter in messages, not in documents."""


@dataclass(frozen=True)
class Found(Generic[T]):
    """A word at text[start:end]; several `items` where several things are called so."""

    start: int
    end: int
    word: str
    items: tuple[T, ...]
    slip: bool = False


def _joined(before: str, after: str) -> bool:
    """Whether two characters belong to one Latin word or one number."""
    return (before.isascii() and after.isascii()) and (
        (before.isalpha() and after.isalpha()) or (before.isdigit() and after.isdigit())
    )


class Scanner(Generic[T]):
    """Words with what they stand for; compiled once."""

    def __init__(self, words: Iterable[tuple[str, T]]) -> None:
        table: dict[str, list[T]] = defaultdict(list)
        for word, item in words:
            folded = fold(word)
            if folded and item not in table[folded]:
                table[folded].append(item)
        self._table: dict[str, tuple[T, ...]] = {word: tuple(items) for word, items in table.items()}
        lengths: dict[str, set[int]] = defaultdict(set)
        for word in self._table:
            lengths[word[0]].add(len(word))
        self._lengths = {first: sorted(sizes, reverse=True) for first, sizes in lengths.items()}
        self._sounds: dict[tuple[str, ...], list[str]] | None = None
        self._pairs: dict[str, list[str]] = {}
        self._longest = 0

    def get(self, word: str) -> tuple[T, ...]:
        """What exactly this word stands for."""
        return self._table.get(fold(word), ())

    def at(self, folded: str, start: int) -> Found[T] | None:
        """The longest word that begins here."""
        for size in self._lengths.get(folded[start], ()):
            end = start + size
            word = folded[start:end]
            if len(word) == size and word in self._table:
                if start and _joined(folded[start - 1], word[0]):
                    continue
                if end < len(folded) and _joined(word[-1], folded[end]):
                    continue
                return Found(start, end, word, self._table[word])
        return None

    def find(self, text: str) -> list[Found[T]]:
        """All words in the text, none overlapping."""
        folded, found, at = fold(text), [], 0
        while at < len(folded):
            one = self.at(folded, at)
            if one is None:
                at += 1
            else:
                found.append(one)
                at = one.end
        return found

    def every(self, text: str) -> list[Found[T]]:
        """The longest word at each place of the text; they may overlap."""
        folded = fold(text)
        return [one for at in range(len(folded)) if (one := self.at(folded, at)) is not None]

    # --- slips ---

    def slips(self, text: str, free: Iterable[tuple[int, int]]) -> list[Found[T]]:
        """Words with a slip within the `free` spans of the text."""
        folded = fold(text)
        found: list[Found[T]] = []
        for start, end in free:
            if end > LONGEST_SLIPPED:
                break
            if end - start >= 3:
                found.extend(self._slips_in(folded, start, end))
        return found

    def _prepare(self) -> dict[tuple[str, ...], list[str]]:
        if self._sounds is None:
            sounds: dict[tuple[str, ...], list[str]] = defaultdict(list)
            pairs: dict[str, list[str]] = defaultdict(list)
            for word in self._table:
                if len(word) >= 3 and not word.isascii():
                    sounds[tuple(map(sound, word))].append(word)
                if len(word) >= SLIP_FROM and not word.isascii():
                    for i in range(len(word) - 1):
                        pairs[word[i : i + 2]].append(word)
            self._pairs, self._sounds, self._longest = dict(pairs), dict(sounds), max(map(len, sounds), default=0)
        return self._sounds

    def _slips_in(self, folded: str, start: int, end: int) -> Iterator[Found[T]]:
        sounds = self._prepare()
        longest = self._longest
        heard = [sound(c) for c in folded[start:end]]
        at = 0
        while at < len(heard):
            step = 1
            for size in range(min(longest, len(heard) - at), 2, -1):
                words = sounds.get(tuple(heard[at : at + size]))
                window = folded[start + at : start + at + size]
                if words and any(sum(a == b for a, b in zip(w, window, strict=True)) * 2 >= size for w in words):
                    yield self._slip(start + at, start + at + size, words)
                    step = size
                    break
            else:
                near = self._near(folded, start + at, end)
                if near:
                    yield near
                    step = near.end - near.start
            at += step

    def _near(self, folded: str, start: int, end: int) -> Found[T] | None:
        """The word of five characters and more that begins about here with one character wrong."""
        counts: dict[str, int] = defaultdict(int)
        for i in range(start, min(end, start + 14) - 1):
            for word in self._pairs.get(folded[i : i + 2], ()):
                counts[word] += 1
        scored: list[tuple[float, int, str]] = []
        for word, count in counts.items():
            if count < len(word) - 4 or count < 2:
                continue
            best = max(
                (
                    (fuzz.ratio(word, folded[start : start + size], score_cutoff=NEAR), size)
                    for size in range(len(word) - 1, len(word) + 2)
                    if start + size <= end
                ),
                default=(0.0, 0),
            )
            window = folded[start : start + best[1]]
            if best[0] >= NEAR and window[0] == word[0] and window[-1] == word[-1] and _same_rank(word, window):
                scored.append((best[0], best[1], word))
        if not scored:
            return None
        scored.sort(reverse=True)
        top = [word for score, _, word in scored if score > scored[0][0] - MARGIN]
        return self._slip(start, start + scored[0][1], top)

    def _slip(self, start: int, end: int, words: list[str]) -> Found[T]:
        items = tuple(dict.fromkeys(item for word in words for item in self._table[word]))
        return Found(start, end, words[0], items, True)


_RANKS = (
    "国家",
    "自治区",
    "省",
    "市",
    "县",
    "区",
    "旗",
    "企业",
    "行业",
    "区域",
    "一",
    "二",
    "三",
    "四",
    "五",
    "1",
    "2",
    "3",
    "4",
    "5",
)


def _same_rank(word: str, window: str) -> bool:
    """Whether both name the same rank: a slip never chooses between 国家级, 省级 and 市级."""
    return all((rank in word) == (rank in window) for rank in _RANKS)


@lru_cache(maxsize=8192)
def sound(char: str) -> str:
    """The toneless pinyin of one character; the character itself where it has none."""
    if not "\u4e00" <= char <= "\u9fff":
        return char
    from pypinyin import lazy_pinyin

    syllable: Any = lazy_pinyin(char)
    return str(syllable[0])


def gaps(length: int, spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """What the spans leave free of 0 to `length`."""
    free, at = [], 0
    for start, end in sorted(spans):
        if start > at:
            free.append((at, start))
        at = max(at, end)
    if at < length:
        free.append((at, length))
    return free
