"""The answer to the one fact that was asked, put into the facts (`answer_fact`)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Any

from dialogs.declared import fact_of
from dialogs.paths import get, index_of, name_of, scope_of
from dialogs.session import Pending, Session
from dialogs.telling import Change, Teller, lines_of, place_value
from dialogs.understand.answers import Answer, is_none, read_answer
from dialogs.understand.heard import Heard, HeardLine, HeardProject, HeardRecognition, Told
from dialogs.understand.intents import intent_of
from dialogs.understand.text import normalise
from policies.assess import Assessor
from policies.facts import Fact
from policies.regions import contains, resolve

_ALL = ("全部", "都是", "全是", "所有", "整个", "全都")


@dataclass
class Outcome:
    """Whether anything was understood, and a doubt that must be asked first."""

    understood: bool = False
    pending: Pending | None = None


class Answers:
    """Puts answers into the facts."""

    def __init__(self, assessor: Assessor, session: Session, teller: Teller, today: date) -> None:
        self.assessor, self.session, self.teller, self.today = assessor, session, teller, today

    def put(self, path: str, value: Any, words: str, approx: bool = False) -> None:
        """An answer at a path. A list's path takes an element; an award's `for` names a project or a recognition."""
        name = name_of(path)
        facts = self.session.facts
        if path == "projects":
            self.teller.new_project(
                HeardProject(lines=[HeardLine(Told(value if isinstance(value, list) else [value], words))])
            )
            return
        if path == "recognitions":
            self.teller._recognition(HeardRecognition(str(value), {}, words))
            return
        if name == "spending":
            index = index_of(path)
            assert index is not None
            self.line(path, index, Told(value if isinstance(value, list) else [value], words), None)
            return
        if scope_of(path) == "award" and name in ("project", "recognition", "clause"):
            ids = {project["id"] for project in facts.get("projects") or ()}
            row = get(facts, path.rsplit(".", 1)[0])
            if name == "clause":
                row["clause"] = value
                row["document"] = next(d for d, own in self.assessor.clauses.items() if value in own)
            else:
                row["project" if value in ids else "recognition"] = value
            self.teller.changes.append(Change(path, None, value, words))
            return
        if name == "kind":
            row = get(facts, path.rsplit(".", 1)[0])
            row.pop("level", None)
            self.teller.set(path, value, words)
            return
        if path.endswith("region"):
            value = place_value(str(value), words)
        self.teller.set(path, value, words, approx)

    def line(self, path: str, index: int, activities: Told, amount: Told | None) -> None:
        """One more spending line of a project; the first without an amount stands for the whole."""
        if not lines_of(self.session.facts["projects"][index]):
            self.teller.lines(index, [HeardLine(activities, amount)])
            return
        self.teller.spread(index)
        number = len(get(self.session.facts, path) or ())
        self.teller.told(f"{path}[{number}].activities", activities)
        if amount is not None:
            self.teller.told(f"{path}[{number}].amount_yuan", amount)


# ---- one fact ----


def read(answers: Answers, text: str, fact: Fact, path: str) -> Answer:
    kind = (
        get(answers.session.facts, f"recognitions[{index_of(path)}].kind") if path.startswith("recognitions[") else None
    )
    return read_answer(text, fact, answers.assessor.vocabulary, answers.today, kind)


def answer_fact(answers: Answers, text: str, heard: Heard, path: str) -> Outcome:
    session = answers.session
    fact = fact_of(path, session, answers.assessor)
    if fact is None:
        return Outcome()
    own = name_of(path)
    scope = scope_of(path)
    if own == "amount_yuan" and scope == "spending" and any(word in text for word in _ALL):
        total = get(session.facts, path.split(".spending")[0] + ".total_investment_yuan")
        if total is not None:
            answers.put(path, total, text)
            return Outcome(True)
    if (
        heard.projects
        and scope in ("project", "spending")
        and any(own in item.facts or item.lines for item in heard.projects)
    ):
        if any(own in item.facts for item in heard.projects) or own == "amount_yuan":
            return Outcome()  # the sentence names it itself
    if session.beside is not None and own == "safety_accident_level":
        return _conduct(answers, text, fact, path, session.beside)
    if fact.type == "money" and _NEGATIVE.match(text):
        return Outcome(True, Pending(path, (), "negative", text.strip()))
    answer = read(answers, text, fact, path)
    if answer.status == "value" and answer.value == [] and fact.type == "choices" and not fact.none:
        return Outcome()
    if answer.status == "no_match" and fact.type == "choice":
        return _choice(answers, text, heard, fact, path)
    if answer.status == "value":
        window = _window(answers, text, fact, answer.value, path)
        if window is not None:
            return Outcome(True, window)
        if scope == "award" and own == "year" and not 1990 <= int(answer.value) <= 2100:
            return Outcome()
        before = len(answers.teller.changes)
        answers.put(path, answer.value, answer.words or text, answer.approx)
        if len(answers.teller.changes) == before:
            session.skipped.add(path)  # told again and no nearer: 内蒙古, once more 内蒙古
        return Outcome(True)
    if (
        answer.status == "doubt"
        and answer.doubt == "typo"
        and (heard.enterprise or heard.projects or heard.recognitions)
    ):
        return Outcome()  # it says something else, and says it plainly
    if answer.status == "doubt":
        return Outcome(True, Pending(path, answer.options, answer.doubt, answer.words or text))
    if answer.status == "none":
        return _none(answers, path, fact, text)
    if answer.status == "unknown":
        session.skipped.add(path)
        return Outcome(True)
    return Outcome()


def _choice(answers: Answers, text: str, heard: Heard, fact: Fact, path: str) -> Outcome:
    """是 to 「是企业吗」; a project named by what it does."""
    intent = intent_of(text)
    if intent is not None and intent.name == "yes" and fact.choices and f"{fact.choices[0].label}吗" in fact.question:
        answers.put(path, fact.choices[0].value, text)
        return Outcome(True)
    if name_of(path) == "project":
        wanted = {
            a for project in heard.projects for line in project.lines if line.activities for a in line.activities.value
        }
        projects = answers.session.facts.get("projects") or []
        ids = [p["id"] for p in projects if any(wanted & set(line.get("activities") or ()) for line in lines_of(p))]
        if len(ids) == 1:
            heard.clear()
            answers.put(path, ids[0], text)
            return Outcome(True)
    return Outcome()


_NOTHING = ("none", "unrated", "0")
_NEGATIVE = re.compile(r"\s*(?:[-－−]|负)\s*[\d一二三四五六七八九十百千万两]")


def _conduct(answers: Answers, text: str, fact: Fact, path: str, second: str) -> Outcome:
    """Accident and events in one answer: 都没有 settles both, a word for one of them settles that one."""
    events = fact_of(second, answers.session, answers.assessor)
    assert events is not None
    intent = intent_of(text)
    clear = text.strip() != "none" and intent is not None and intent.name in ("none", "no")
    if text.strip() == "clear" or clear or re.search(r"[都全均]没|[都全均]无", text):
        answers.put(path, "none", text)
        answers.put(second, [], text)
        return Outcome(True)
    told = read(answers, text, events, second)
    if told.status == "value" and told.value:
        answers.put(second, told.value, text, told.approx)
    for choice in events.choices:  # 重大环境污染事故 is no 重大事故
        for word in (choice.value, choice.label, *choice.aliases):
            text = text.replace(normalise(word).text, " ")
    answer = read(answers, text, fact, path)
    if answer.status == "value":
        answers.put(path, answer.value, text, answer.approx)
    return Outcome(answer.status == "value" or (told.status == "value" and bool(told.value)))


def _none(answers: Answers, path: str, fact: Fact, text: str) -> Outcome:
    """没有 where the type has no value for it."""
    if scope_of(path) == "award":
        answers.session.skipped.add(path)
        return Outcome(True)
    if fact.type in ("money", "number"):
        answers.put(path, 0, text)
        return Outcome(True)
    if fact.type == "choices":
        answers.put(path, [], text)
        return Outcome(True)
    if fact.type == "date" and path not in answers.session.exact:
        answers.session.exact.add(path)
        return Outcome(True, Pending(path, (), "not_yet", text))
    if fact.type in ("choice", "level", "body") and name_of(path) != "project":
        value = next((choice.value for choice in fact.choices if choice.value in _NOTHING), None)
        if value is not None and is_none(text):
            answers.put(path, value, text, approx=True)
            return Outcome(True)
        return Outcome()
    answers.session.skipped.add(path)
    return Outcome(True)


def _window(answers: Answers, text: str, fact: Fact, value: Any, path: str) -> Pending | None:
    """A year alone is asked again where a document's window opens or ends inside it."""
    if fact.type != "date" or not isinstance(value, date) or path in answers.session.exact:
        return None
    if any(mark in text for mark in ("月", "-", "/", ".", "底", "末", "初", "季", "上半年", "下半年")):
        return None
    region = get(answers.session.facts, "enterprise.region")
    if region is None:
        return None
    code = resolve(str(region)).code
    for policy in answers.assessor.tables.policies.values():
        head = policy.document
        if not any(contains(place, code) for place in head.territory):
            continue
        window = head.events if head.events not in (None, "none") else None
        days = (window.from_, window.to) if window is not None else (head.from_, head.to)  # type: ignore[union-attr]
        for day in days:
            if day is not None and day.year == value.year and (day.month, day.day) not in ((1, 1), (12, 31)):
                answers.session.exact.add(path)
                return Pending(path, (), "window", text)
    return None
