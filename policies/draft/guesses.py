"""Which known thing a sentence means: an activity, a certificate, a level, a fact. By labels and aliases of the vocabulary."""

from __future__ import annotations

from collections.abc import Iterable

from policies.facts import Choice, Fact, Vocabulary

_SHORTEST = 3
"""A name of two characters stands in too many words."""


class Guesses:
    """The names of a vocabulary, to be found in plain words."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._activities = {one.label: (one.label, *one.aliases) for one in vocabulary.activities.choices}
        self._kinds = {kind.label: kind for kind in vocabulary.kinds.values()}
        self._money = [fact for fact in vocabulary.facts.values() if fact.type == "money"]

    def activities(self, words: str) -> list[str]:
        """Labels, those whose longest name stands in `words` first."""
        return _best(words, self._activities)

    def kinds(self, words: str) -> list[str]:
        return _best(words, {label: (label, *kind.aliases) for label, kind in self._kinds.items()})

    def level(self, words: str, kind: str) -> str:
        """The label of the level of a kind that `words` name, or nothing."""
        found = _best(words, {level.label: _names(level) for level in self._kinds[kind].levels}, shortest=2)
        return found[0] if len(found) == 1 else ""

    def money(self, words: str, scopes: Iterable[str]) -> str:
        """The label of the amount of money that `words` name: 总投资 → 项目总投资; nothing if two fit as well."""
        known = {fact.label: _fact_names(fact) for fact in self._money if fact.of in scopes}
        found = _best(words, known)
        return found[0] if len(found) == 1 or (found and _longest(words, known[found[0]]) > _longest(words, known[found[1]])) else ""  # fmt: skip


def _names(choice: Choice) -> tuple[str, ...]:
    return (choice.label, choice.label.split("（")[0], *choice.aliases)


def _fact_names(fact: Fact) -> tuple[str, ...]:
    return (fact.label, *fact.aliases)


def _longest(words: str, names: tuple[str, ...], shortest: int = _SHORTEST) -> int:
    return max((len(name) for name in names if len(name) >= shortest and name in words), default=0)


def _best(words: str, known: dict[str, tuple[str, ...]], shortest: int = _SHORTEST) -> list[str]:
    hits = [(-_longest(words, names, shortest), label) for label, names in known.items()]
    return [label for length, label in sorted(hits) if length][:4]
