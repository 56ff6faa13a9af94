"""Reading a message as the answer to what was asked, next to what the sentence tells by itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from dialogs.paths import get, index_of, name_of, scope_of
from dialogs.questions import LISTS, fact_of
from dialogs.session import Pending, Session
from dialogs.telling import Change, Teller, lines_of, place_value
from dialogs.understand.answers import Answer, read_answer
from dialogs.understand.heard import Heard, HeardLine, HeardProject, HeardRecognition, Told
from dialogs.understand.intents import intent_of
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
            self.teller.new_project(HeardProject(lines=[HeardLine(Told(value if isinstance(value, list) else [value], words))]))
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
        if name == "kind" and get(facts, path) is None:
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


def answer_to(answers: Answers, text: str, heard: Heard, session: Session, correction: bool) -> Outcome:
    """What the message says: about the fact asked, and by itself. Changes go through the teller."""
    asked = session.asked
    outcome = Outcome()
    if asked in LISTS or (asked is not None and name_of(asked) == "spending"):
        outcome = _list(answers, text, heard, str(asked))
    elif asked is not None and not (correction and not heard.empty):
        outcome = _fact(answers, text, heard, asked)
    if outcome.pending is None and not (outcome.understood and _short(text)):
        _sentence(answers, heard, outcome, asked)
    if not outcome.understood and outcome.pending is None and correction:
        _repair(answers, heard, outcome)
    return outcome


def _short(text: str) -> bool:
    return len(text.strip()) <= 4


def _sentence(answers: Answers, heard: Heard, outcome: Outcome, asked: str | None) -> None:
    """What the sentence tells by itself, beside the answer."""
    told = bool(heard.enterprise or heard.projects or heard.recognitions or heard.awards or heard.none_of)
    if asked is not None and outcome.understood:
        heard.enterprise.pop(name_of(asked), None) if asked.startswith("enterprise.") else None
    if told and not getattr(outcome, "told", False):
        answers.teller.heard(heard)
        outcome.understood = True
    for doubt in heard.doubts:
        path = _doubt_path(doubt.about, answers.session)
        if path is not None and get(answers.session.facts, path) is None and outcome.pending is None:
            outcome.pending = Pending(path, doubt.options, doubt.code, doubt.words)
            outcome.understood = True


def _doubt_path(about: str, session: Session) -> str | None:
    projects = session.facts.get("projects") or []
    last = len(projects) - 1
    if about == "region":
        return "enterprise.region"
    if about == "industries":
        return "enterprise.industries"
    if about == "money" and projects:
        return f"projects[{last}].total_investment_yuan"
    if about == "date" and projects:
        return f"projects[{last}].completed_on"
    return None


def _repair(answers: Answers, heard: Heard, outcome: Outcome) -> None:
    """「不对，是1000万」: a bare amount or date is about what was told last."""
    touched = answers.session.touched
    if touched is None:
        return
    if heard.amounts and name_of(touched).endswith("_yuan"):
        told = heard.amounts[-1]
    elif heard.dates and name_of(touched).endswith("_on"):
        told = Told(heard.dates[-1][0], heard.dates[-1][1])
    else:
        fact = fact_of(touched, answers.session, answers.assessor)
        if fact is None:
            return
        answer = _read(answers, heard.rest, fact, touched)
        if answer.status != "value":
            return
        told = Told(answer.value, answer.words, answer.approx)
    answers.teller.told(touched, told)
    _share_total(answers, touched)
    outcome.understood = True


def _share_total(answers: Answers, path: str) -> None:
    """A single line's amount and an implied total go together."""
    index = index_of(path)
    if index is None or not path.startswith("projects["):
        return
    answers.teller._imply_total(index)


# ---- one fact ----


def _read(answers: Answers, text: str, fact: Fact, path: str) -> Answer:
    kind = get(answers.session.facts, f"recognitions[{index_of(path)}].kind") if path.startswith("recognitions[") else None
    return read_answer(text, fact, answers.assessor.vocabulary, answers.today, kind)


def _fact(answers: Answers, text: str, heard: Heard, path: str) -> Outcome:
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
    if heard.projects and scope in ("project", "spending") and any(own in item.facts or item.lines for item in heard.projects):
        if any(own in item.facts for item in heard.projects) or own == "amount_yuan":
            return Outcome()  # the sentence names it itself
    answer = _read(answers, text, fact, path)
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
        if own in ("accident", "safety_accident_level") and answer.value == "none" and _nothing_at_all(text):
            answers.put("enterprise.disqualifying_events", [], text)
        return Outcome(True)
    if answer.status == "doubt":
        return Outcome(True, Pending(path, answer.options, answer.doubt, answer.words or text))
    if answer.status == "none":
        return _none(answers, path, fact, text)
    if answer.status == "unknown":
        session.skipped.add(path)
        return Outcome(True)
    return Outcome()


def _nothing_at_all(text: str) -> bool:
    return "都没" in text or "什么都没" in text or "全没" in text


def _none(answers: Answers, path: str, fact: Fact, text: str) -> Outcome:
    """没有 where the type has no value for it."""
    if fact.type in ("money", "number"):
        answers.put(path, 0, text)
        return Outcome(True)
    if fact.type == "choices":
        answers.put(path, [], text)
        return Outcome(True)
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


# ---- lists ----


def _list(answers: Answers, text: str, heard: Heard, path: str) -> Outcome:
    """`projects`, `recognitions`, `other_awards`, `projects[0].spending`: none, one more, or its description."""
    session = answers.session
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
    if not described and (text.strip() in ("none", "[]") or (intent is not None and intent.name in ("none", "no")) or name in heard.none_of):
        _close(answers, path)
        return Outcome(True)
    if described:
        return Outcome()
    if name in ("projects", "spending"):
        return _activities(answers, text, heard, path)
    if name == "recognitions":
        return _kind(answers, text, path)
    return _award(answers, text, heard, intent)


def _named(answers: Answers, text: str, name: str) -> list[str]:
    """The values that the whole message names by value or label, joined by 、: a press, or a label typed as it stands."""
    vocabulary = answers.assessor.vocabulary
    if name in ("projects", "spending"):
        known = {word: c.value for c in vocabulary.activities.choices for word in (c.value, c.label)}
    elif name == "recognitions":
        known = {word: kind.value for kind in vocabulary.kinds.values() for word in (kind.value, kind.label)}
    else:
        return []
    if text.strip() in known:
        return [known[text.strip()]]
    parts = [part.strip() for part in text.split("、")]
    return [known[part] for part in parts] if all(part in known for part in parts) else []


def _close(answers: Answers, path: str) -> None:
    session = answers.session
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
    answer = read_answer(text, fact, answers.assessor.vocabulary, answers.today)
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
    if len(heard.amounts) == 1:
        facts["amount_yuan"] = heard.amounts[0]
    vocabulary = answers.assessor.vocabulary
    body = Fact(name="level", of="award", type="body", label="", question="", choices=vocabulary.bodies)
    level = read_answer(text, body, vocabulary, answers.today)
    if level.status == "value":
        facts["level"] = Told(level.value, level.words or text)
    if not facts and not (intent is not None and intent.name in ("yes", "more")):
        return Outcome()
    answers.teller.award(HeardAward(facts, text))
    return Outcome(True)


__all__ = ["Answers", "Decimal", "Outcome", "answer_to"]
