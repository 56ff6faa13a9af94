"""Which of the choices of a fact, the levels of a kind or the bodies a text names."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from rapidfuzz import fuzz

from dialogs.understand.lexicon import any_of, bare
from dialogs.understand.scan import Scanner, gaps, sound
from dialogs.understand.text import fold, normalise
from policies.facts import Choice, Vocabulary

Entries = tuple[tuple[str, str, tuple[str, ...]], ...]
"""(value, label, all words for it) of each choice, in their order."""

_IS = re.compile(r"^(?:就是|是|属于|算是)(?=.{2})")
_PAREN = re.compile(r"[（(][^（）()]*[）)]")
_DIGITS = dict(zip("零一二三四五六七八九", "0123456789", strict=True))


def _words(value: str, label: str, aliases: Sequence[str]) -> tuple[str, ...]:
    """Value, label and aliases, and the label without what stands in brackets and in its parts."""
    short = _PAREN.sub("", label)
    inner = [part for bracket in _PAREN.findall(label) for part in re.split(r"[、，]", bracket[1:-1])]
    parts = [part for part in re.split(r"[、，或]", short) if len(part) >= 2]
    return tuple(dict.fromkeys(normalise(word).text for word in (value, label, short, *inner, *parts, *aliases)))


@lru_cache(maxsize=256)
def entries_of(choices: tuple[Choice, ...]) -> Entries:
    """The choices with all words for each."""
    return tuple((c.value, c.label, _words(c.value, c.label, c.aliases)) for c in choices)


@lru_cache(maxsize=256)
def _level_entries(levels: tuple[Choice, ...], bodies: tuple[Choice, ...]) -> Entries:
    by_body = {body.value: body for body in bodies}
    rows = []
    for level in levels:
        words = list(_words(level.value, level.label, level.aliases))
        if level.value in by_body:
            words += by_body[level.value].aliases
        match = re.fullmatch(r"([1-9])([A-Z]?)", level.value)
        if match and not by_body.get(level.value):
            chinese = next(c for c, d in _DIGITS.items() if d == match[1])
            tail = match[2]
            words += [match[1], match[1] + tail, chinese, chinese + tail, f"{chinese}{tail}级", f"{match[1]}{tail}级"]
        rows.append((level.value, level.label, tuple(dict.fromkeys(words))))
    return tuple(rows)


def level_entries(kind: str, vocabulary: Vocabulary) -> Entries:
    """The levels of a kind; a level that is a body has the body's words too."""
    known = vocabulary.kinds.get(kind)
    return _level_entries(known.levels, vocabulary.bodies) if known else ()


@lru_cache(maxsize=256)
def _names(entries: Entries) -> Scanner[str]:
    """All words, for whole answers."""
    return Scanner((word, value) for value, _, words in entries for word in words)


@lru_cache(maxsize=256)
def _scanner(entries: Entries) -> Scanner[str]:
    """Words to be found within a text: a single Chinese character is too little."""
    return Scanner((word, value) for value, _, words in entries for word in words if len(word) > 1 or word.isascii())


def exactly(text: str, entries: Entries) -> str | None:
    """The value that the whole text is a word for."""
    short = bare(text)
    for said in dict.fromkeys((text.strip(), short, short.removesuffix("的"), _IS.sub("", short))):
        items = _names(entries).get(said)
        if len(items) == 1:
            return items[0]
    return None


def _denied(text: str, start: int) -> bool:
    """Whether what begins here is denied: 不是大型, 没有失信."""
    before = text[max(0, start - 6) : start]
    denial = re.search(rf"(?:{any_of('denied').pattern})(?:被|有|过|是|列入|发生|做|上|搞|出过|出)*\s*$", before)
    return denial is not None and not before.endswith(("是不是", "有没有"))


_LETTER, _PIECE = re.compile(r"[A-Za-z]"), re.compile(r"[A-Za-z0-9]{2}")


def named(text: str, entries: Entries) -> tuple[list[str], list[str], list[str]]:
    """Values that the text names, values that it denies, and words that stand for several values."""
    known, denied, unsure = [], [], []
    denying = False
    last_end = -1
    for found in _scanner(entries).find(text):
        if _LETTER.fullmatch(found.word) and _PIECE.search(text[max(0, found.start - 1) : found.end + 1]):
            continue  # the A of 4A is no grade A
        listed = (
            last_end >= 0
            and re.fullmatch(r"\s*[、，,/和及或跟与]?(?:也|以及)?\s*", text[last_end : found.start]) is not None
        )
        denying = _denied(text, found.start) or (denying and listed and "，" not in text[last_end : found.start])
        last_end = found.end
        if len(found.items) > 1:
            unsure.append(found.word)
        elif denying:
            denied.append(found.items[0])
        else:
            known.append(found.items[0])
    return list(dict.fromkeys(known)), list(dict.fromkeys(denied)), unsure


def nearly(text: str, entries: Entries) -> tuple[list[str], bool]:
    """Values whose words the text nearly names, the nearest first, and whether the first may be taken without asking."""
    said = fold(bare(text))
    slips = _scanner(entries).slips(said, gaps(len(said), ()))
    values = list(dict.fromkeys(item for slip in slips for item in slip.items))
    if values:
        return values[:3], len(values) == 1
    if len(said) < 2 or len(said) > 24:
        return [], False
    heard = [sound(c) for c in said]
    scored: dict[str, float] = {}
    for value, _, words in entries:
        best = 0.0
        for word in words:
            if len(word) >= 3 and abs(len(word) - len(said)) <= 1 and not word.isascii():
                alike = fuzz.ratio([sound(c) for c in word], heard) * 0.5 + fuzz.ratio(fold(word), said) * 0.5
                best = max(best, alike)
            elif len(word) >= 4 and word.isascii() and said.isascii() and abs(len(word) - len(said)) <= 2:
                best = max(best, fuzz.ratio(fold(word), said))
        if best >= 60:
            scored[value] = best
    ranked = sorted(scored, key=lambda value: -scored[value])[:3]
    return ranked, False
