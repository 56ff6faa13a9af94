"""The answer to a question: what was asked is known, so a bare number, yes or name is enough (`read_answer`)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from dialogs.understand import choosing, quantities
from dialogs.understand.dates import find_dates
from dialogs.understand.lexicon import any_of, bare, word_set
from dialogs.understand.text import fold, normalise
from policies.facts import Fact, Vocabulary
from policies.regions import AmbiguousPlace, Place, UnknownPlace, find_places, fuzzy_places, resolve

Status = Literal["value", "doubt", "unknown", "none", "no_match"]


@dataclass(frozen=True)
class Answer:
    """What a message says about the fact asked.

    value: `value` is canonical (Decimal yuan, int, bool, date, 6-digit code, value of a choice or a list of them).
    doubt: ask which of `options` (value, label); `doubt` says why: range, unit, spread, foreign_money, malformed,
    several, ambiguous, typo, recent, year, bad. unknown: 不知道. none: 没有 where the type has no value for it (a date, a
    place, a level, text). no_match: the message is about something else. `approx`: about so much, some time in that
    year or season, or a name with a slip in it. `words` are the user's own.
    """

    status: Status
    value: Any = None
    words: str = ""
    approx: bool = False
    options: tuple[tuple[Any, str], ...] = ()
    doubt: str = ""


def read_answer(text: str, fact: Fact, vocabulary: Vocabulary, today: date, kind: str | None = None) -> Answer:
    """Read `text` as the answer for `fact`; `kind` is the recognition's, for a level. Never raises."""
    normal = normalise(text)
    said = normal.text.strip()
    if not said:
        return Answer("no_match", words=text.strip())
    answer = _read(said, fact, vocabulary, today, kind)
    words = normal.original[: len(normal.original) if not normal.cut else normal.offsets[-1]].strip()
    return Answer(answer.status, answer.value, words, answer.approx, answer.options, answer.doubt)


def is_unknown(said: str) -> bool:
    """Whether the whole text says that the speaker does not know."""
    short = fold(bare(said))
    forms = (short, short.removesuffix("的"), fold(said.strip(" 。，,.!！~")))
    return any(form in word_set("unknown") for form in forms) or any_of("unknown_said").fullmatch(short) is not None


def is_none(said: str) -> bool:
    """Whether the whole text says that there is none."""
    return fold(said.strip()) in word_set("none") or fold(bare(said)) in word_set("none")


def _read(said: str, fact: Fact, vocabulary: Vocabulary, today: date, kind: str | None) -> Answer:
    if fact.type in ("choice", "choices", "level", "body"):
        entries = _entries(fact, vocabulary, kind)
        return _choice(_undated(said, today) if fact.type == "level" else said, fact, entries)
    if fact.zero_words and fold(bare(said)) in fact.zero_words:
        return Answer("value", 0)
    if is_unknown(said):
        return Answer("unknown")
    match fact.type:
        case "yesno":
            return _yesno(said, fact)
        case "money":
            found = quantities.money(said, zero=fact)
        case "number":
            found = quantities.count(said, fact)
        case "date":
            found = quantities.day(said, today)
        case "place":
            return read_place(said)
        case _:
            return Answer("none") if is_none(said) else Answer("value", said)
    if found is not None:
        return Answer("doubt" if found.doubt else "value", found.value, "", found.approx, found.options, found.doubt)
    if is_none(said) or re.match(r"(?:目前|现在|暂时)?(?:还没|没|尚未|未|无)", bare(said)):
        return Answer("none")
    return Answer("no_match")


def _undated(said: str, today: date) -> str:
    """Without its dates: the 5 of 「3A，今年5月」 is no level."""
    for mention in find_dates(said, today):
        said = said[: mention.start] + " " * (mention.end - mention.start) + said[mention.end :]
    return said.strip(" ，,、；;")


def _entries(fact: Fact, vocabulary: Vocabulary, kind: str | None) -> choosing.Entries:
    if fact.type == "level":
        return choosing.level_entries(kind or "", vocabulary)
    return choosing.entries_of(vocabulary.bodies if fact.type == "body" else fact.choices)


def _choice(said: str, fact: Fact, entries: choosing.Entries) -> Answer:
    many = fact.type == "choices"
    value = choosing.exactly(said, entries)
    if value is not None:
        return Answer("value", [value] if many else value)
    if many and (is_none(said) or bare(said) == fact.none):
        return Answer("value", [])
    if is_unknown(said):
        return Answer("unknown")
    known, denied, unsure = choosing.named(said, entries)
    labels = {value: label for value, label, _ in entries}
    order = [value for value, _, _ in entries]
    if many:
        if known:
            return Answer("value", sorted(known, key=order.index))
        if denied and (set(denied) == set(order) or re.search(r"都|均|以上|任何", said)):
            return Answer("value", [])
    elif len(known) == 1 and not unsure:
        return Answer("value", known[0])
    elif len(known) > 1 or unsure:
        options = known if len(known) > 1 else order
        return Answer(
            "doubt",
            options=tuple((v, labels[v]) for v in options[:4]),
            doubt="several" if len(known) > 1 else "ambiguous",
        )
    if denied:
        rest = [v for v in order if v not in denied]
        if fact.type == "choice" and len(rest) == 1:
            return Answer("value", rest[0])
        return (
            Answer("doubt", options=tuple((v, labels[v]) for v in rest[:4]), doubt="ambiguous")
            if not many
            else Answer("no_match")
        )
    if is_none(said):
        return Answer("none")
    near, sure = choosing.nearly(said, entries)
    if near and sure and fact.type not in ("level", "body"):
        return Answer("value", near if many else near[0], approx=True)
    if near:
        return Answer("doubt", options=tuple((v, labels[v]) for v in near), doubt="typo")
    return Answer("no_match")


_MAYBE = re.compile(r"(?:好像|应该|可能|大概|估计|似乎)(?:是|有|在|算)(?:的)?(?:吧)?")


def _yesno(said: str, fact: Fact) -> Answer:
    first = re.split(r"[，。,;；!！\n]", said, maxsplit=1)[0]
    for part in dict.fromkeys((said, first)):
        short = fold(bare(part))
        for form in (fold(part.strip()), short, short.removesuffix("的")):
            if form in word_set("yes"):
                return Answer("value", True)
            if form in word_set("no"):
                return Answer("value", False)
        if _MAYBE.fullmatch(part.strip()):
            return Answer("value", True, approx=True)
    if re.search(r"是不是|有没有|算不算|吗|[?？]$|么$", said):
        return Answer("no_match")
    if any_of("yesno.false").search(said):
        return Answer("value", False)
    alias = next((word for word in fact.aliases if word in said), "")
    if alias:
        return Answer("value", not choosing._denied(said, said.index(alias)))
    start = bare(said)
    if any_of("yesno.starts_false").match(start):
        return Answer("value", False)
    if any_of("yesno.starts_true").match(start):
        return Answer("value", True)
    return Answer("no_match")


_AROUND = re.compile(
    r"^(?:我们|公司|企业|注册地?|地址|总部|工厂|厂|项目|建|就|是|位于|坐落|设|落户|落|址|都)*(?:在|于|是|[:：])?\s*|(?:的|那边|这边|这里|那里|那儿|这儿|本地|当地|人|里|啊|吧|呢|了)+$"
)


def _options(places: tuple[Place, ...]) -> tuple[tuple[Any, str], ...]:
    return tuple((place.code, place.full_name) for place in places[:4])


def read_place(said: str) -> Answer:
    """The one place that a text means; a doubt where a name is borne by several or misspelt."""
    for form in dict.fromkeys((said, bare(said), _AROUND.sub("", bare(said)))):
        if not form:
            continue
        try:
            return Answer("value", resolve(form).code)
        except AmbiguousPlace as error:
            return Answer("doubt", options=_options(error.candidates), doubt="ambiguous")
        except UnknownPlace:
            continue
    if is_none(said):
        return Answer("none")
    mentions = find_places(said)
    if len(mentions) > 1:
        kept = [m for m in mentions if not re.search(r"(?:不是|不在|并非|离开?|非|没在)\s*$", said[: m.start])]
        mentions = kept or mentions
    if len({m.candidates for m in mentions}) > 1:
        moved = [
            m
            for m in mentions
            if re.search(r"(?:注册在|注册地是?|改成|改为|其实是|而是|搬到了?|迁到了?)\s*$", said[: m.start])
        ]
        if len(moved) != 1:
            places = tuple(dict.fromkeys(p for m in mentions for p in m.candidates))
            return Answer("doubt", options=_options(places), doubt="several")
        mentions = moved
    slipped = [f for f in fuzzy_places(said) if any(f.start == m.start and f.end > m.end for m in mentions)]
    if len(slipped) == 1 and len(slipped[0].candidates) == 1 and said[slipped[0].end - 1] in "区县旗":
        return Answer("value", slipped[0].candidates[0].code, approx=True)  # 包头市昆都伦区
    if mentions:
        candidates = mentions[0].candidates
        if len(candidates) == 1:
            return Answer("value", candidates[0].code)
        return Answer("doubt", options=_options(candidates), doubt="ambiguous")
    slipped = fuzzy_places(said)
    if len(slipped) == 1 and len(slipped[0].candidates) == 1:
        return Answer("value", slipped[0].candidates[0].code, approx=True)
    if slipped:
        places = tuple(dict.fromkeys(p for m in slipped for p in m.candidates))
        return Answer("doubt", options=_options(places), doubt="typo")
    try:
        resolve(bare(said))
    except UnknownPlace as error:
        if error.suggestions:
            return Answer("doubt", options=_options(error.suggestions), doubt="typo")
    except AmbiguousPlace as error:
        return Answer("doubt", options=_options(error.candidates), doubt="ambiguous")
    return Answer("no_match")
