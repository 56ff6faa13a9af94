"""Prepared entries, found by what they are about, by the names of their thing, or by nearness to a way of asking."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from rapidfuzz import fuzz, process

from dialogs.answers.asking import Asked, Reader, skeleton
from dialogs.understand.scan import sound
from policies.faq import FaqEntry

SURE = 86.0
"""From here on an entry answers, if the next one is `MARGIN` behind; measured on tests/data/questions/tune.yaml."""
PERHAPS = 66.0
"""From here on an entry is offered as a choice."""
MARGIN = 6.0
SAME = 96.0
"""As good as one of the entry's own ways of asking."""
_LOOKED_AT = 24
_WORDED_FROM = 4
"""Characters of a way of asking that is known whatever else the message might mean."""
_OFF = 16.0
"""Taken off where one of the two names a thing, or asks a topic, that the other does not."""
_SOUND_OFF = 4.0
NOT_KNOWN = "not_known"


@dataclass(frozen=True)
class Near:
    """An entry and how near the question is to one of its ways of asking."""

    entry: FaqEntry
    score: float
    ask: str


class Prepared:
    """All entries of a set of tables."""

    def __init__(self, entries: Iterable[FaqEntry], reader: Reader) -> None:
        self.entries = {entry.id: entry for entry in entries}
        self._reader = reader
        self._by_about: dict[str, list[FaqEntry]] = {}
        for entry in self.entries.values():
            for about in entry.about:
                self._by_about.setdefault(about, []).append(entry)
        rows = [(skeleton(ask), entry.id, ask) for entry in self.entries.values() for ask in entry.asks]
        self._rows = [(entry, ask) for _, entry, ask in rows]
        self._asks = [text for text, _, _ in rows]
        self._worded = {text: self.entries[name] for text, name, _ in rows if len(text) >= _WORDED_FROM}

    def worded(self, text: str) -> FaqEntry | None:
        """The entry that has just this way of asking."""
        return self._worded.get(skeleton(text))

    def about(self, *ids: str, documents: Iterable[str] = ()) -> list[FaqEntry]:
        """Entries about all of `ids`; of these documents, or of none."""
        first, *others = ids
        own = set(documents)
        found = [e for e in self._by_about.get(first, ()) if all(other in e.about for other in others)]
        return [e for e in found if not own or e.document is None or e.document in own]

    def named(self, asked: Asked) -> list[FaqEntry]:
        """Entries whose thing the question names."""
        return [self.entries[name] for sort, name in asked.things if sort == "entry"]

    def near(self, asked: Asked, documents: Iterable[str]) -> list[Near]:
        """Entries by nearness, the nearest first, each once."""
        if not self._asks:
            return []
        text, own = skeleton(asked.text), set(documents)
        if len(text) < 2:
            return []
        found: dict[str, Near] = {}
        hits = process.extract(text, self._asks, scorer=fuzz.ratio, limit=_LOOKED_AT, score_cutoff=40)
        for other, score, index in hits:
            name, ask = self._rows[index]
            entry = self.entries[name]
            if own and entry.document is not None and entry.document not in own and not entry.general:
                continue
            if score < SAME and score >= PERHAPS - 20:
                heard = fuzz.ratio([sound(c) for c in text], [sound(c) for c in other])
                score = max(score, heard - _SOUND_OFF)
            score -= self._off(asked, ask, score)
            if score >= PERHAPS and (name not in found or found[name].score < score):
                found[name] = Near(entry, score, ask)
        return sorted(found.values(), key=lambda near: (-near.score, near.entry.id))

    def _off(self, asked: Asked, ask: str, score: float) -> float:
        """How much nearness in letters misleads: 智能工厂奖多少 and 数字车间奖多少 are near, and other questions."""
        if score >= SAME:
            return 0.0
        other = self._reader.read(ask)
        off = 0.0
        mine, theirs = set(asked.things), set(other.things)
        if mine and theirs and mine.isdisjoint(theirs):
            return 100.0
        if bool(mine) != bool(theirs):
            off += _OFF
        first, second = asked.topics[:1], other.topics[:1]
        if first != second:
            off += _OFF / 2
        if asked.documents and other.documents and set(asked.documents).isdisjoint(other.documents):
            return 100.0
        return off
