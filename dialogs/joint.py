"""The answer to a question that asked several facts at once (`answer_joint`)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from dialogs.answering import Answers, Outcome, answer_fact, read
from dialogs.asking import CONDUCT
from dialogs.declared import fact_of
from dialogs.paths import get, name_of
from dialogs.session import Pending
from dialogs.understand.answers import Answer, is_none
from dialogs.understand.choosing import entries_of, exactly
from dialogs.understand.heard import Heard, Told
from dialogs.understand.intents import intent_of
from dialogs.understand.sentence import hear
from dialogs.understand.text import normalise
from policies.facts import Fact
from policies.regions import resolve

_PART = re.compile(r"[，；;。\n]|,(?!\d{3}(?!\d))|(?<=\d{4}-\d\d-\d\d),")
"""Between the parts of an answer: no 、, which joins choices, and no comma within a number."""


def answer_joint(answers: Answers, text: str, heard: Heard, path: str) -> Outcome:
    """What a message says to the question for `path` and the facts beside it. Any of them may be left out."""
    paths = [path, *answers.session.beside]
    fact = fact_of(path, answers.session, answers.assessor)
    if fact is not None and fact.usual:
        return _uncommon(answers, text, heard, paths)
    if {name_of(one) for one in paths} <= set(CONDUCT):
        return _conduct(answers, text, paths)
    return _each(answers, text, heard, paths)


def _each(answers: Answers, text: str, heard: Heard, paths: list[str]) -> Outcome:
    """「2023年3月，300万，没有贷款」: a bare value is the first fact of its type, and the rest is heard as a sentence."""
    facts = {path: fact for path in paths if (fact := fact_of(path, answers.session, answers.assessor)) is not None}
    left = dict(facts)
    rest: list[str] = []
    parts = [part.strip() for part in _PART.split(text) if part.strip()]
    for part in parts:
        path = _meant(answers, part, heard, left)
        if path is None or (len(parts) == 1 and path == paths[0]):
            rest.append(part)
            continue
        outcome = answer_fact(answers, part, Heard(), path)
        if outcome.pending is not None:
            return outcome
        if outcome.understood:
            del left[path]
        else:
            rest.append(part)
    if len(left) == len(facts):
        by_name = _named(heard) & {name_of(path) for path in paths[1:]}
        return Outcome() if by_name and len(parts) == 1 else answer_fact(answers, text, heard, paths[0])
    heard.clear()
    if rest:
        vocabulary, region = answers.assessor.vocabulary, get(answers.session.facts, "enterprise.region")
        seat = "" if region is None else resolve(str(region)).code
        vars(heard).update(vars(hear("，".join(rest), vocabulary, answers.today, paths[0], seat)))
    return Outcome(True)


def _meant(answers: Answers, part: str, heard: Heard, left: dict[str, Fact]) -> str | None:
    """The one of several facts that a part of an answer is a bare value of; None: it says something by name, or nothing."""
    for path, fact in left.items():
        choice = fact.choices and exactly(normalise(part).text, entries_of(fact.choices)) is not None
        if choice or part in fact.zero_words:
            return path
    if any(told.words and told.words in part for told in _tolds(heard)):
        return None
    none = is_none(part)
    able = {path for path, fact in left.items() if not none or fact.type in ("money", "number", "yesno", "choices")}
    fits = [path for path in left if path in able and _fits(answers, part, left[path], path, none)]
    return fits[0] if len(fits) == 1 or (fits and not none) else None


def _named(heard: Heard) -> set[str]:
    """The facts that a sentence names."""
    return set(heard.enterprise) | {name for project in heard.projects for name in project.facts}


def _tolds(heard: Heard) -> Iterator[Told]:
    """What a sentence tells by name, but for what it takes to be the whole sum of a project."""
    yield from heard.enterprise.values()
    for project in heard.projects:
        yield from (told for name, told in project.facts.items() if name != "total_investment_yuan")


def _fits(answers: Answers, part: str, fact: Fact, path: str, none: bool) -> bool:
    """Whether a part of an answer is a value of the fact, or a number of its type that is in doubt."""
    answer = read(answers, part, fact, path)
    if answer.status == "doubt":
        return re.search(r"[\d一二三四五六七八九十百千两几]", part) is not None
    if answer.status == "none":
        return none
    return answer.status == "value" and (not answer.approx or fact.type in ("date", "money", "number"))


def _conduct(answers: Answers, text: str, paths: list[str]) -> Outcome:
    """Accident, events and grade in one answer: what it names is told, 都没有 settles the first two but for that."""
    told: set[str] = set()
    rest = text
    for name in (
        "resource_use_grade",
        "disqualifying_events",
        "safety_accident_level",
    ):  # 重大环境污染事故 is no 重大事故
        path = next((path for path in paths if name_of(path) == name), None)
        if path is not None:
            left = _named_in(answers, rest, path)
            told |= {path} if left is not None else set()
            rest = rest if left is None else left
    clean = {path: value for path in paths if (value := _CLEAN.get(name_of(path))) is not None and path not in told}
    if text.strip() not in ("none", "[]") and _says_none(rest) and not _OF_ACCIDENT.search(rest):
        if not told and not _ALL.search(rest):
            clean = {path: value for path, value in clean.items() if path == paths[0]}
        for path, value in clean.items():
            answers.put(path, value, text)
        return Outcome(bool(told or clean))
    for path in clean:  # 没出过事故
        if name_of(path) != "safety_accident_level" and _OF_ACCIDENT.search(rest):
            continue
        fact = fact_of(path, answers.session, answers.assessor)
        answer = read(answers, rest, fact, path) if fact is not None else Answer("no_match")
        if answer.status == "value" and (fact is None or fact.type != "choices" or text.strip() != "none"):
            answers.put(path, answer.value, text, answer.approx)
            told.add(path)
    return Outcome(bool(told))


def _uncommon(answers: Answers, text: str, heard: Heard, paths: list[str]) -> Outcome:
    """What few enterprises of the trade have, asked in one breath: 都没有 is none of it, a fact by name is that one, and
    a bare value or a bare 没有 is about the first. A bare 是 may be about any: it is asked of which."""
    if any(name_of(path) in heard.enterprise for path in paths):
        for path in paths if _says_none(text) else ():
            if name_of(path) not in heard.enterprise:
                _put_none(answers, path, text)
        return Outcome()  # the sentence tells what it names
    plain = text.strip()
    if plain not in ("0", "true", "false") and _says_none(plain):
        for path in paths if plain == "none" or _ALL.search(plain) else paths[:1]:
            _put_none(answers, path, text)
        return Outcome(True)
    for path in paths:
        fact = fact_of(path, answers.session, answers.assessor)
        named = fact is not None and fact.type == "yesno" and any(alias in plain for alias in fact.aliases)
        if fact is None or not (named or path == paths[0]):
            continue
        answer = read(answers, plain, fact, path)
        if answer.status == "value" and fact.type == "yesno" and not named and plain not in ("true", "false"):
            return Outcome(True, Pending(path, ((answer.value, fact.label),), "that_one", answer.words or text))
        if answer.status == "value":
            answers.put(path, answer.value, answer.words or text, answer.approx)
            return Outcome(True)
        if answer.status == "doubt":
            return Outcome(True, Pending(path, answer.options, answer.doubt, answer.words or text))
    return Outcome()


def _put_none(answers: Answers, path: str, words: str) -> None:
    fact = fact_of(path, answers.session, answers.assessor)
    answers.put(path, False if fact is not None and fact.type == "yesno" else 0, words)


_OF_ACCIDENT = re.compile(r"^[^，。、；]*(?:出过|发生|事故|出事)[^，。、；都全均]*$")
"""没出过, 没有发生: about accidents, whatever else was asked with it."""
_ALL = re.compile(
    r"[都全均](?:没|无|不)|任何|以上|上述|这些|(?:什么|啥|一[个项样])[都也]|(?:其他|其它|别的|其余)[^，。]{0,3}[没无]"
)
"""No to all that was asked; a bare 没有 is about the first, for who answers one by one means no more by it."""
_CLEAN: dict[str, Any] = {"safety_accident_level": "none", "disqualifying_events": []}


def _says_none(text: str) -> bool:
    """都没有, and 其他没有 beside what was named."""
    parts = [part for part in re.split(r"[，,。；;、\s]+", text) if part]
    intents = [intent_of(part) for part in parts]
    plain = any(is_none(part) for part in parts) or any(one and one.name in ("none", "no") for one in intents)
    return plain or re.search(r"[都全均]没|[都全均]无|(?:其他|其它|别的|其余)[^，。]{0,3}[没无]", text) is not None


def _named_in(answers: Answers, text: str, path: str) -> str | None:
    """Puts one fact of several asked at once where the text names a value of it; the text without that, else None."""
    fact = fact_of(path, answers.session, answers.assessor)
    assert fact is not None
    some = tuple(choice for choice in fact.choices if choice.value != "none")
    answer = read(answers, text, fact.model_copy(update={"choices": some}), path)
    if answer.status != "value" or not answer.value:
        return None
    answers.put(path, answer.value, text, answer.approx)
    words = {word for choice in some for word in (choice.value, choice.label, *choice.aliases)}
    for word in sorted(words, key=len, reverse=True):
        text = text.replace(normalise(word).text, " ")
    return text
