"""All typed mentions of a sentence: places, amounts, dates, and the words of the vocabulary, none overlapping."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from weakref import WeakKeyDictionary

from dialogs.understand.amounts import find_amounts
from dialogs.understand.choosing import entries_of, level_entries
from dialogs.understand.dates import find_dates
from dialogs.understand.lexicon import any_of, lexicon, word_set, words
from dialogs.understand.scan import Found, Scanner, gaps
from dialogs.understand.text import fold, normalise
from policies.facts import Fact, Vocabulary
from policies.regions import find_places, fuzzy_places


@dataclass(frozen=True)
class Reading:
    """One thing a word may stand for.

    `type` is choice (a value of the fact `name`), cue (the fact `name` is about to be told), kind (a recognition),
    grade (a level of a kind: `name` is its words), noise.
    """

    type: str
    name: str
    value: str = ""


@dataclass(frozen=True)
class Mention:
    """Something typed at text[start:end]: `readings` for words, else `value` (a PlaceMention, Amount or DateMention)."""

    start: int
    end: int
    type: str
    text: str
    readings: tuple[Reading, ...] = ()
    value: Any = None
    slip: bool = False

    def choice(self, name: str) -> str:
        """The value of the fact `name` that this stands for, or ""."""
        return next((r.value for r in self.readings if r.type == "choice" and r.name == name), "")

    def choices(self, name: str) -> list[str]:
        """All values of the fact `name` that this may stand for."""
        return [r.value for r in self.readings if r.type == "choice" and r.name == name]

    def cue(self) -> str:
        """The fact that is about to be told, or ""."""
        return next((r.name for r in self.readings if r.type == "cue"), "")

    def kind(self) -> str:
        """The kind of recognition, or ""."""
        return next((r.name for r in self.readings if r.type == "kind"), "")

    def has(self, kind: str) -> bool:
        """Whether one of the readings is of this type."""
        return any(r.type == kind for r in self.readings)

    def also(self, reading: Reading) -> Mention:
        """This mention with one more reading."""
        return replace(self, readings=(*self.readings, reading))

    def without(self, kind: str) -> Mention:
        """This mention without the readings of one type."""
        return replace(self, readings=tuple(r for r in self.readings if r.type != kind))


MOST = 200
"""Mentions of one message that are looked at; what comes after them is left to further questions."""

_SCANNED = (
    "applicant_kind",
    "industries",
    "size",
    "build",
    "platform_scope",
    "node_scope",
    "safety_accident_level",
    "disqualifying_events",
    "resource_use_grade",
)


def is_money(mention: Mention) -> bool:
    """Whether an amount may be money: 800万, and 投了800 where the unit is in doubt."""
    amount = mention.value
    if amount.is_money:
        return True
    return amount.unit in ("", "个") and amount.doubt == "unit"


_LEVELS_OF_BODY = {"county", "city", "province", "national"}
_CACHE: WeakKeyDictionary[Vocabulary, Scanner[Reading]] = WeakKeyDictionary()


def scanner_of(vocabulary: Vocabulary) -> Scanner[Reading]:
    """The words of a vocabulary, compiled once."""
    known = _CACHE.get(vocabulary)
    if known is None:
        known = _CACHE[vocabulary] = Scanner(_all_words(vocabulary))
    return known


def _all_words(vocabulary: Vocabulary) -> Iterable[tuple[str, Reading]]:
    ignored = word_set("sentence.answer_only")
    for fact in vocabulary.facts.values():
        if (
            fact.name in _SCANNED
            or fact == vocabulary.activities
            or (fact.type in ("choice", "choices") and fact.of == "project")
        ):
            for value, _, spoken in entries_of(fact.choices):
                for word in spoken:
                    if fold(word) not in ignored and len(word) > 1:
                        yield word, Reading("choice", fact.name, value)
                        if fact == vocabulary.activities:
                            yield from ((word, reading) for reading in _scopes_in(word, vocabulary))
        for word in _names_of(fact):
            if fold(word) not in ignored:
                yield word, Reading("cue", fact.name)
                inside = _activity_in(word, vocabulary) if fact.of == "project" and fact.type == "money" else ""
                if inside:
                    yield word, Reading("choice", vocabulary.activities.name, inside)
    for kind in vocabulary.kinds.values():
        for word in (kind.label, re.sub(r"[（(].*", "", kind.label), *kind.aliases):
            if len(word) > 1 and fold(word) not in ignored:
                yield normalise(word).text, Reading("kind", kind.value)
        for level, _, spoken in level_entries(kind.value, vocabulary):
            for word in spoken:
                if (
                    level not in _LEVELS_OF_BODY
                    and len(word) > 1
                    and not word.isascii()
                    and not word.startswith("通过")
                    and "平台" not in word
                ):
                    yield word, Reading("grade", word, level)
    known = vocabulary.activities.values()
    for word, values in lexicon()["sentence"]["unsure"].items():
        for value in values:
            if value in known:
                yield str(word), Reading("choice", vocabulary.activities.name, value)
    for name in ("equipment", "software"):
        for word in words(f"sentence.{name}"):
            yield word, Reading("cue", name)
    for word in words("sentence.noise"):
        yield word, Reading("noise", word)


def _names_of(fact: Fact) -> Iterable[str]:
    """What people call a fact: its other names, and the name of an amount, as a document that declares it writes it."""
    yield from fact.aliases
    short = normalise(re.sub(r"[（(].*", "", fact.label)).text
    if fact.type == "money" and len(short) > 2 and short not in fact.aliases:
        yield short


def _activity_in(word: str, vocabulary: Vocabulary) -> str:
    """The activity that a name of money begins with: 机器人购置款, 立库设备."""
    ignored = word_set("sentence.answer_only")
    found = (
        (len(alias), c.value)
        for c in vocabulary.activities.choices
        for alias in c.aliases
        if alias not in ignored and word.startswith(alias)
    )
    return max(found, default=(0, ""))[1]


def _scopes_in(word: str, vocabulary: Vocabulary) -> Iterable[Reading]:
    """行业级工业互联网平台 tells the scope too."""
    for name in ("platform_scope", "node_scope"):
        fact = vocabulary.find(name, "project")
        for value, _, spoken in entries_of(fact.choices) if fact else ():
            if any(len(s) >= 3 and word.startswith(s) for s in spoken):
                yield Reading("choice", name, value)
                break


_GRADE = re.compile(
    r"(?<![A-Za-z0-9])(?:A{1,5}|[1-5一二两三四五]\s?A)(?![A-Za-z0-9轮股])\s?(?:级|类(?!))?|(?<![A-Za-z])L[1-5](?!\w)|[1-5]\s?(?:级|星级?)(?!市)",
    re.IGNORECASE,
)
_BODY = re.compile(
    r"(?P<national>国家级?|工信部|部级|国家工信部|工业和信息化部)|(?P<province>自治区级?|省级?(?=[^会内外份略心得力电钱]|$)|省部级|全区|区级(?=智能|数字|标杆|优质|示范|认定))"
    r"|(?P<city>(?:地|盟)?市级|市里|盟市级?|市(?=重点|优质|示范|智能|数字|级|里|工信局|标杆|首|5G|链式|小灯塔))|(?P<county>(?:旗|区|县)县?级|区县级|县里|旗里|园区里|区里)"
)
_CLASS = re.compile(r"(?<![A-Za-z])[ABCDabcd]\s?(?:类|档)(?!型)")


def body_at(text: str) -> list[tuple[int, int, str]]:
    """Words for recognising and paying bodies: (start, end, county | city | province | national)."""
    return [(m.start(), m.end(), m.lastgroup or "") for m in _BODY.finditer(text)]


def find_mentions(text: str, vocabulary: Vocabulary, today: date) -> list[Mention]:
    """All mentions in their order; where two overlap the longer word counts."""
    scanner = scanner_of(vocabulary)
    spoken = [_of_word(found) for found in scanner.every(text)]
    places = [Mention(p.start, p.end, "place", p.text, value=p) for p in find_places(text)]
    places = _mended(text, places)
    places = [  # 小灯塔市级 is not in 灯塔市
        p for p in places if not any(w.start < p.start < w.end and w.end - w.start >= p.end - p.start for w in spoken)
    ]
    dates = [Mention(d.start, d.end, "date", d.text, value=d) for d in find_dates(text, today)]
    hidden = _hidden(text, _chosen([*places, *spoken]))
    amounts = [
        Mention(a.start, a.end, "amount", text[a.start : a.end], value=a)
        for a in find_amounts(hidden)
        if a.end > a.start
    ]
    grades = [Mention(m.start(), m.end(), "grade", m.group()) for m in _GRADE.finditer(text)]
    classes = [Mention(m.start(), m.end(), "class", m.group()) for m in _CLASS.finditer(text)]
    bodies = [Mention(start, end, "body", text[start:end], value=level) for start, end, level in body_at(text)]
    chosen = _chosen([*places, *dates, *spoken, *grades, *classes, *amounts, *bodies])
    free = gaps(len(text), [(m.start, m.end) for m in chosen if m.type != "body"])
    slips = [_of_word(found) for found in scanner.slips(text, free) if len({r.name for r in found.items}) <= 2]
    if not places:
        slips += [Mention(p.start, p.end, "place", p.text, value=p, slip=True) for p in fuzzy_places(text) if p.fuzzy]
    slips = [
        s
        for s in slips
        if not any(c.start < s.end and s.start < c.end and c.type not in ("body", "amount") for c in chosen)
    ]
    return (_chosen([*chosen, *slips]) if slips else chosen)[:MOST]


_DISTRICT = re.compile(r"[\u4e00-\u9fff]{1,4}?[区县旗]")


def _mended(text: str, places: list[Mention]) -> list[Mention]:
    """Places with a misspelt district after the city: 包头市昆都伦区."""
    if not any(_DISTRICT.match(text, p.end) for p in places):
        return places
    finer = {f.start: f for f in fuzzy_places(text) if len(f.candidates) == 1 and text[f.end - 1] in "区县旗"}
    return [
        Mention(p.start, finer[p.start].end, "place", finer[p.start].text, value=finer[p.start], slip=True)
        if p.start in finer and finer[p.start].end > p.end
        else p
        for p in places
    ]


_JOINED = re.compile(
    r"(?<=[万亿元wW])(?:\+(?=\s*[^\s\d，。,)])|、(?=\s*[\d一二三四五六七八九十两百]))"
)  # MES 300万+机器人500万; 500万、300万


def _hidden(text: str, mentions: list[Mention]) -> str:
    """The text with known words blotted out, so that 系统一百万 holds no 统一 and 60万包头 no 包; same length."""
    pieces, at = [], 0
    for mention in mentions:
        pieces.append(text[at : mention.start])
        pieces.append("□" * (mention.end - mention.start))
        at = mention.end
    return _JOINED.sub("；", "".join([*pieces, text[at:]]))


def _of_word(found: Found[Reading]) -> Mention:
    return Mention(found.start, found.end, "word", found.word, found.items, slip=found.slip)


_RANK = {"place": 0, "date": 1, "word": 2, "grade": 3, "class": 3, "amount": 4, "body": 5}


def _chosen(mentions: list[Mention]) -> list[Mention]:
    """The mentions that stand: a longer one before a shorter, of equals by type; in order of the text."""
    kept: list[Mention] = []
    taken = bytearray(max((m.end for m in mentions), default=0))
    order = sorted(
        mentions,
        key=lambda m: (
            m.type == "body",
            -(m.end - m.start) if m.type != "amount" else -_worth(m),
            _RANK[m.type],
            m.start,
        ),
    )
    for mention in order:
        if not any(taken[mention.start : mention.end]):
            kept.append(mention)
            taken[mention.start : mention.end] = b"\1" * (mention.end - mention.start)
    return sorted(kept, key=lambda m: m.start)


def _worth(mention: Mention) -> int:
    """Length of an amount: 几 and 第二 are no match for a word."""
    return mention.end - mention.start if mention.value.is_money or mention.value.unit else 1


def plausible_trade(text: str, mention: Mention) -> bool:
    """Whether a word for a trade is meant as one here: 做软件的, 食品厂, 主营石墨, but not 软件200万."""
    after, before = text[mention.end :], text[: mention.start]
    if any_of("sentence.trade_never_after").match(after):
        return False
    if fold(mention.text) not in word_set("sentence.in_trade"):
        return True
    if re.search(r"[万亿元块wW]\s*(?:都)?是$", before):
        return False  # 600万是软件
    if any_of("sentence.trade_before").search(before[-8:]):
        return True
    return any_of("sentence.trade_after").match(after) is not None
