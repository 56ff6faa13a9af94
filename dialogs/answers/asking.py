"""What a question asks, and about what: topics by the words of questions.yaml, things by the names in the tables."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from dialogs.understand.scan import Found, Scanner, gaps
from dialogs.understand.statements import questions
from dialogs.understand.text import fold, normalise
from policies.loader import Tables
from policies.model import Policy
from policies.regions import Place, PlaceMention, contains, find_places, fuzzy_places

Thing = tuple[str, str]
"""What a word names: its sort (kind, activity, fact, entry, document) and its id."""

_FACTS_LEFT_OUT = frozenset({"applicant_kind", "size", "build", "total_investment_yuan", "first_time", "amount_yuan"})
_SHORTEST = 2
_LEVEL = re.compile(
    r"[1-5一二三四五两双单]A级?|A{2,5}级?|[\u4e00-\u9fff]{2,}级(?<![一二三四五国家省市治]级)(?<!企业级)(?<!行业级)(?<!区域级)(?<!供应链级)"
)
"""A level's own name that tells its kind: 3A, 集成级, 生态级."""


@dataclass(frozen=True)
class Topic:
    """One row of questions.yaml."""

    name: str
    source: str
    words: re.Pattern[str]


@lru_cache(maxsize=1)
def topics() -> tuple[Topic, ...]:
    """All topics, in the order in which they are tried."""
    return tuple(Topic(row["name"], row["from"], re.compile(row["words"])) for row in questions()["topics"])


@lru_cache(maxsize=1)
def counts() -> re.Pattern[str]:
    """Whether a question is on what counts: 要算税吗, 含不含安装费."""
    return re.compile(str(questions()["counts"]))


@lru_cache(maxsize=1)
def _empty() -> re.Pattern[str]:
    words = sorted(str(questions()["empty"]).split(), key=len, reverse=True)
    return re.compile("|".join(map(re.escape, words)) + r"|\s")


@lru_cache(maxsize=65536)
def skeleton(text: str) -> str:
    """A question without what does not distinguish it: politeness, particles, punctuation."""
    said = fold(normalise(text).text)
    return _empty().sub("", said) or said.strip()


@dataclass(frozen=True)
class Asked:
    """A question as it was understood."""

    text: str
    topics: tuple[Topic, ...]
    things: tuple[Thing, ...]
    places: tuple[Place, ...]
    documents: tuple[str, ...]
    """Documents that the question names, or whose territory covers the place it names."""
    rest: str
    """What is neither topic nor thing nor place nor empty: its words are not known here."""
    unknown: tuple[str, ...]
    """The same, piece by piece."""

    def ids(self, *sorts: str) -> set[str]:
        """Ids of the things of some sorts."""
        return {name for sort, name in self.things if not sorts or sort in sorts}

    @property
    def named_anything(self) -> bool:
        """Whether a thing, a place or a document is named."""
        return bool(self.things or self.places or self.documents)

    def asks(self, name: str) -> bool:
        """Whether this topic is among what is asked."""
        return any(topic.name == name for topic in self.topics)


class Reader:
    """Reads questions; compiled once for a set of tables."""

    def __init__(self, tables: Tables) -> None:
        self.tables = tables
        self._scanner: Scanner[Thing] = Scanner(_names(tables))
        self._read = lru_cache(maxsize=4096)(self._read_anew)

    def read(self, text: str) -> Asked:
        """What `text` asks. Never raises."""
        return self._read(text)

    def _read_anew(self, text: str) -> Asked:
        said = fold(normalise(text[:300]).text)
        places = [*find_places(said)] or [*fuzzy_places(said)]
        found = self._scanner.find(said)
        taken = [(one.start, one.end) for one in found]
        found += self._scanner.slips(said, gaps(len(said), [*taken, *((p.start, p.end) for p in places)]))
        found.sort(key=lambda one: one.start)
        hits = [topic for topic in topics() if topic.words.search(said)]
        things = tuple(dict.fromkeys(item for one in found for item in one.items))
        named = [name for sort, name in things if sort == "document"]
        candidates = [place for mention in places for place in mention.candidates]
        documents = named or self._covering(candidates)
        rest = _rest(said, found, places, hits)
        return Asked(
            said,
            tuple(hits),
            tuple(thing for thing in things if thing[0] != "document"),
            tuple(candidates),
            tuple(dict.fromkeys(documents)),
            "".join(rest),
            rest,
        )

    def _covering(self, places: list[Place]) -> list[str]:
        """Documents of these places; of a province its own, and those of its cities only where it has none."""
        policies = self.tables.policies.values()
        own = [p.id for p in policies if any(contains(t, place.code) for t in p.document.territory for place in places)]
        within = [
            p.id for p in policies if any(contains(place.code, t) for t in p.document.territory for place in places)
        ]
        return own or within


def _names(tables: Tables) -> Iterator[tuple[str, Thing]]:
    vocabulary = tables.vocabulary
    for kind in vocabulary.kinds.values():
        for word in (kind.label, *re.split(r"[（）()]", kind.label), *kind.aliases):
            if len(word) >= _SHORTEST:
                yield word, ("kind", kind.value)
    levels: dict[str, set[str]] = {}
    for kind in vocabulary.kinds.values():
        for level in kind.levels:
            for word in (*re.split(r"[（）()]", level.label), *level.aliases):
                levels.setdefault(word, set()).add(kind.value)
    for word, kinds in levels.items():
        if _LEVEL.fullmatch(word) and len(kinds) <= 2:
            yield from ((word, ("kind", kind)) for kind in sorted(kinds))
    for choice in vocabulary.activities.choices:
        for word in (choice.label, *re.split(r"[（）()、]", choice.label), *choice.aliases):
            if len(word) >= _SHORTEST:
                yield word, ("activity", choice.value)
    for fact in vocabulary.facts.values():
        if fact.name in _FACTS_LEFT_OUT or fact.type not in ("money", "number", "yesno", "choice"):
            continue
        for word in (fact.label, *fact.aliases):
            if len(word) >= (_SHORTEST if fact.type == "yesno" else 3):
                yield word, ("fact", fact.name)
    activities = set(vocabulary.activities.values())
    for entry in tables.faq:
        for word in entry.names:
            yield word, ("entry", entry.id)
            for about in entry.about:
                if about in vocabulary.kinds or about in activities:
                    yield word, ("kind" if about in vocabulary.kinds else "activity", about)
    for policy in tables.policies.values():
        for word in _called(policy):
            yield word, ("document", policy.id)


def _called(policy: Policy) -> tuple[str, ...]:
    head = policy.document
    agency = re.split(r"[〔\[(（]", head.number)[0]  # 泗政办发
    return tuple(word for word in (head.title, head.short, head.number, agency) if word)


def _rest(said: str, found: list[Found[Thing]], places: list[PlaceMention], hits: list[Topic]) -> tuple[str, ...]:
    spans = [(one.start, one.end) for one in found] + [(p.start, p.end) for p in places]
    spans += [match.span() for topic in hits for match in topic.words.finditer(said)]
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if merged and start < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    pieces = (_empty().sub(" ", said[a:b]).split() for a, b in gaps(len(said), merged))
    return tuple(piece for row in pieces for piece in row)
