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
from dialogs.understand.choosing import entries_of, exactly
from dialogs.understand.heard import Heard, HeardLine, HeardProject, HeardRecognition, Told
from dialogs.understand.lexicon import bare, lexicon, word_set
from dialogs.understand.text import fold, normalise
from policies.assess import Assessor
from policies.facts import Fact
from policies.model import Window
from policies.money import wan
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
            if row.get("kind") != value:
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
        self.teller._imply_total(index)


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
    exact = bool(fact.choices) and exactly(normalise(text).text, entries_of(fact.choices)) is not None
    if (
        heard.projects
        and not exact
        and scope in ("project", "spending")
        and any(own in item.facts or item.lines for item in heard.projects)
    ):
        if any(own in item.facts for item in heard.projects) or own == "amount_yuan":
            return Outcome()  # the sentence names it itself
    if fact.zero_asks and is_none(text) and text.strip() != "0" and path not in session.exact:
        session.exact.add(path)
        return Outcome(True, Pending(path, ((0, wan(0)),), "zero", text.strip()))
    if fact.type == "money" and heard.accounts and not heard.amounts and not _is_about(fact, heard.accounts):
        return Outcome()
    if fact.type == "money" and _NEGATIVE.match(text):
        return Outcome(True, Pending(path, (), "negative", text.strip()))
    if scope == "award" and own == "year" and len({day.year for day, _ in heard.dates}) == 1:
        answers.put(path, heard.dates.pop()[0].year, text)
        heard.dates.clear()
        return Outcome(True)
    plain = _unused(text, heard) if fact.type == "choice" and not exact and own not in heard.enterprise else text
    answer = read(answers, plain, fact, path) if plain.strip() else Answer("no_match")
    if answer.status == "value" and answer.value == [] and fact.type == "choices" and not fact.none:
        return Outcome()
    if answer.status == "no_match" and fact.type == "choice":
        return _choice(answers, text, heard, fact, path)
    if answer.status == "value":
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
    if answer.status == "none" and "loan" in heard.none_of and "loan" not in own:
        return Outcome()  # 没有贷款 says nothing of the robots that were asked
    if answer.status == "none":
        return _none(answers, path, fact, text)
    if answer.status == "unknown":
        session.skipped.add(path)
        return Outcome(True)
    return Outcome()


def _is_about(fact: Fact, accounts: dict[str, str]) -> bool:
    """Whether figures of the firm's books are what was asked: 营收 to the 年服务收入, but no tax paid to a loan."""
    near = str(lexicon()["sentence"]["not_the_same"].get(fact.name, "")).split()
    names = " ".join((fact.label, fact.question, *fact.aliases))
    return any(word in names and word not in near for word in accounts)


def _unused(text: str, heard: Heard) -> str:
    """The text without what it tells about a certificate or a project: the 工厂 of 智能工厂 is no applicant."""
    if not (heard.recognitions or heard.projects):
        return text
    for start, end in heard.used:
        text = text[:start] + " " * (end - start) + text[end:]
    return text


def _choice(answers: Answers, text: str, heard: Heard, fact: Fact, path: str) -> Outcome:
    """是 to 「是企业吗」; a project named by what it does."""
    agreed = fold(bare(normalise(text).text)) in word_set("assent")  # 第一次, 拿了, 通过了 say yes to something else
    if agreed and fact.choices and f"{fact.choices[0].label}吗" in fact.question:
        answers.put(path, fact.choices[0].value, text)
        return Outcome(True)
    if name_of(path) == "project":
        own = answers.session.facts.get("projects") or []
        if len(own) == 1 and _THIS_ONE.search(text):
            answers.put(path, own[0]["id"], text)
            return Outcome(True)
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


_THIS_ONE = re.compile(r"^(?:就?是)?(?:给)?(?:上面|前面|刚才)?(?:这个|那个|该|这)项目(?:的)?$")
_NOTHING = ("none", "unrated", "0")
_NEGATIVE = re.compile(r"\s*(?:[-－−]|负)\s*[\d一二三四五六七八九十百千万两]")


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


def year_alone(day: date, words: str) -> bool:
    """Whether the words tell no more than a year, which is kept as its last day: 去年."""
    return (day.month, day.day) == (12, 31) and not re.search(r"[月底末/.\-]|\d{5}", words)


def within_window(answers: Answers, change: Change) -> bool:
    """Whether a year told alone holds the first or the last day of a document's window."""
    value = date.fromisoformat(str(change.new))
    region = get(answers.session.facts, "enterprise.region")
    if not year_alone(value, change.words) or change.path in answers.session.exact or region is None:
        return False
    code = resolve(str(region)).code
    for policy in answers.assessor.tables.policies.values():
        head = policy.document
        if not any(contains(place, code) for place in head.territory):
            continue
        window = head.events if isinstance(head.events, Window) else None
        days = (window.from_, window.to) if window is not None else (head.from_, head.to)
        for day in days:
            if day is not None and day.year == value.year and (day.month, day.day) not in ((1, 1), (12, 31)):
                return True
    return False
