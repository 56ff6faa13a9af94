"""The answer where a list was asked: none, one more, or its description (`answer_list`)."""

from __future__ import annotations

import re
from typing import Any

from dialogs.answering import Answers, Outcome
from dialogs.declared import AWARD_FACTS, LISTS, fact_of
from dialogs.paths import get, index_of, name_of
from dialogs.session import Pending
from dialogs.telling import Change, lines_of
from dialogs.understand.answers import read_answer
from dialogs.understand.choosing import exactly, level_entries
from dialogs.understand.heard import Heard, HeardLine, HeardProject, HeardRecognition, Told
from dialogs.understand.intents import intent_of
from dialogs.understand.text import normalise
from policies.facts import Fact


def answer_list(answers: Answers, text: str, heard: Heard, path: str) -> Outcome:
    """`projects`, `recognitions`, `other_awards`, `projects[0].spending`: none, one more, or its description."""
    intent = intent_of(text)
    name = name_of(path)
    described = {
        "projects": bool(heard.projects),
        "recognitions": bool(heard.recognitions),
        "other_awards": bool(heard.awards),
        "spending": any(item.lines for item in heard.projects),
    }[name]
    named = _named(answers, text, name)
    if named:
        for value in [named] if name in ("projects", "spending") else named:
            answers.put(path, value, text)
        heard.clear()
        return Outcome(True)
    if not described and (
        text.strip() in ("none", "[]")
        or (intent is not None and intent.name in ("none", "no"))
        or name in heard.none_of
        or (len(text) <= 20 and _NOTHING_ELSE.search(text))
    ):
        _close(answers, path, text)
        return Outcome(True)
    if described or (heard.recognitions and name != "recognitions"):
        return Outcome()
    if name in ("projects", "spending"):
        return _activities(answers, text, heard, path)
    if name == "recognitions":
        return Outcome() if heard.aimed else _kind(answers, text, path)
    return _award(answers, text, heard, intent)


def _named(answers: Answers, text: str, name: str) -> list[str]:
    """The values that the whole message names by value or label, joined by 、: a press, or a label typed as it stands."""
    vocabulary = answers.assessor.vocabulary
    if name in ("projects", "spending"):
        known = {word: c.value for c in vocabulary.activities.choices for word in (c.value, normalise(c.label).text)}
    elif name == "recognitions":
        known = {
            word: kind.value for kind in vocabulary.kinds.values() for word in (kind.value, normalise(kind.label).text)
        }
    else:
        return []
    if text.strip() in known:
        return [known[text.strip()]]
    found: list[str] = []
    rest = text.strip()
    while rest:  # a label may hold 、 itself: 上云用数、设备上云
        word = max((word for word in known if rest.startswith(word)), key=len, default="")
        after = rest[len(word) :].lstrip()
        if not word or (after and after[0] not in "、,"):
            return []
        found.append(known[word])
        rest = after[1:].strip()
    return found


_NOTHING_ELSE = re.compile(r"就这些|就这么多|都没有?了|别的都没|其他都没|没别的|什么都没")


def _close(answers: Answers, path: str, text: str) -> None:
    session = answers.session
    if _NOTHING_ELSE.search(text) and path != "other_awards":
        session.closed |= {name for name in ("projects", "recognitions") if session.facts.get(name)}
        session.closed |= {f"projects[{index}].spending" for index in range(len(session.facts.get("projects") or ()))}
    session.closed.add(path)
    if path in LISTS:
        if session.facts.get(path) is None:
            session.facts[path] = []
            answers.teller.changes.append(Change(path, None, []))
        return
    project = get(session.facts, path.rsplit(".", 1)[0])
    if not lines_of(project):
        project["spending"] = []
        answers.teller.changes.append(Change(path, None, []))


def _activities(answers: Answers, text: str, heard: Heard, path: str) -> Outcome:
    """Activities by label or value, perhaps with an amount: a project, or one more line of it."""
    fact = answers.assessor.vocabulary.activities
    answer = read_answer(text, fact, answers.assessor.vocabulary, answers.today)
    amount = heard.amounts[0] if len(heard.amounts) == 1 else None
    if answer.status == "value" and answer.value:
        line = HeardLine(Told(list(answer.value), answer.words or text), amount)
        if path == "projects":
            answers.teller.new_project(HeardProject(lines=[line]))
        else:
            index = index_of(path)
            assert index is not None
            answers.line(path, index, line.activities or Told([], text), amount)
        return Outcome(True)
    if answer.status == "doubt":
        return Outcome(True, Pending(path, answer.options, answer.doubt, answer.words or text))
    intent = intent_of(text)
    if path == "projects" and intent is not None and intent.name in ("yes", "more"):
        answers.teller.new_project()
        answers.teller.changes.append(Change("projects", None, "yes"))
        return Outcome(True)
    if path == "projects" and amount is not None:
        answers.teller.new_project(HeardProject(facts={"total_investment_yuan": amount}))
        heard.amounts.clear()
        return Outcome(True)
    return Outcome()


def _kind(answers: Answers, text: str, path: str) -> Outcome:
    session = answers.session
    fact = fact_of(f"recognitions[{len(session.facts.get('recognitions') or ())}].kind", session, answers.assessor)
    assert fact is not None
    vocabulary = answers.assessor.vocabulary
    graded = {kind: level for kind in vocabulary.kinds if (level := exactly(text, level_entries(kind, vocabulary)))}
    own = {kind: level for kind, level in graded.items() if level not in vocabulary.body_rank}
    if len(graded) == len(own) == 1:  # AAA is a level of one kind only
        kind, level = own.popitem()
        answers.teller._recognition(HeardRecognition(kind, {"level": Told(level, text)}, text))
        return Outcome(True)
    answer = read_answer(text, fact, vocabulary, answers.today)
    if answer.status == "value":
        answers.put("recognitions", answer.value, text)
        return Outcome(True)
    if answer.status == "doubt":
        return Outcome(True, Pending(path, answer.options, answer.doubt, answer.words or text))
    intent = intent_of(text)
    if intent is not None and intent.name in ("yes", "more"):
        options = tuple((choice.value, choice.label) for choice in fact.choices)
        return Outcome(True, Pending("recognitions", options, "kind", text))
    return Outcome()


def _award(answers: Answers, text: str, heard: Heard, intent: Any) -> Outcome:
    """Money from elsewhere told by an amount, a level or a plain yes."""
    from dialogs.understand.heard import HeardAward

    facts: dict[str, Told] = {}
    amount = read_answer(text, AWARD_FACTS["amount_yuan"], answers.assessor.vocabulary, answers.today)
    if len(heard.amounts) == 1:
        facts["amount_yuan"] = heard.amounts[0]
    elif amount.status == "value" and amount.value:
        facts["amount_yuan"] = Told(amount.value, amount.words, amount.approx)
    vocabulary = answers.assessor.vocabulary
    body = Fact(name="level", of="award", type="body", label="", question="", choices=vocabulary.bodies)
    level = read_answer(text, body, vocabulary, answers.today)
    if level.status == "value":
        facts["level"] = Told(level.value, level.words or text)
    if not facts and not (intent is not None and intent.name in ("yes", "more")):
        return Outcome()
    answers.teller.award(HeardAward(facts, text))
    return Outcome(True)
