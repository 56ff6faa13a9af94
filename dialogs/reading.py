"""A message read: as the answer to what was asked, and as a sentence that may tell more (`answer_to`)."""

from __future__ import annotations

import re
from decimal import Decimal

from dialogs.answering import Answers, Outcome, answer_fact, read, within_window, year_alone
from dialogs.declared import LISTS, fact_of
from dialogs.joint import answer_joint
from dialogs.listing import answer_list
from dialogs.paths import drop, get, index_of, name_of, put
from dialogs.session import Pending, Session
from dialogs.understand.choosing import entries_of, exactly
from dialogs.understand.heard import Doubt, Heard, HeardProject, Told
from dialogs.understand.text import normalise
from policies.money import fen, wan


def answer_to(
    answers: Answers, text: str, heard: Heard, session: Session, correction: bool, edited: bool = False
) -> Outcome:
    """What the message says: about the fact asked, and by itself. Changes go through the teller."""
    asked = session.asked
    outcome = Outcome()
    bare = (
        heard.projects == [] and heard.recognitions == [] and heard.awards == [] and bool(heard.amounts or heard.dates)
    )
    if correction and bare and not edited:
        pass  # 「不对，是1000万」 is about what was told before
    elif asked in LISTS or (asked is not None and name_of(asked) == "spending"):
        outcome = answer_list(answers, text, heard, str(asked))
    elif asked is not None and (edited or not (correction and not heard.empty)):
        joint = bool(session.beside) and not edited
        outcome = (answer_joint if joint else answer_fact)(answers, text, heard, asked)
    answered = fact_of(asked, session, answers.assessor) if asked is not None and outcome.understood else None
    listed = outcome.understood and answered is None
    if answered is not None and answered.choices and answered.name != "industries":
        if exactly(normalise(text).text, entries_of(answered.choices)) is not None:
            return outcome  # a choice as it stands tells nothing else
    if outcome.pending is not None and asked == "enterprise.region" and "region" in heard.enterprise:
        outcome = Outcome()  # several places, and the sentence says which is the seat
    if outcome.pending is not None and not heard.empty and not _short(text):
        answers.teller.heard(heard)  # what else it tells is not lost for the doubt
    if outcome.pending is None and not (outcome.understood and _short(text)):
        _sentence(answers, heard, outcome, asked)
    if outcome.pending is None and not listed:
        if not outcome.understood and correction:
            outcome.understood = retell(answers, heard, text)
        elif not correction:
            _loose(answers, text, heard, outcome, answered.type if answered is not None else "")
    return _plausible(answers, _dated(answers, outcome))


def _dated(answers: Answers, outcome: Outcome) -> Outcome:
    """A year alone is kept as its last day, and asked again where a document's window opens or ends inside it."""
    for change in answers.teller.changes:
        if outcome.pending is None and change.approx and change.new is not None:
            if name_of(change.path) in ("completed_on", "obtained_on") and within_window(answers, change):
                answers.session.exact.add(change.path)
                outcome.pending = Pending(change.path, (), "window", change.words)
    return outcome


_LARGEST = Decimal(5_000_000_000)


def _plausible(answers: Answers, outcome: Outcome) -> Outcome:
    """An amount of 50亿 or more is asked back, once."""
    session = answers.session
    for change in list(answers.teller.changes):
        large = (
            name_of(change.path).endswith("_yuan") and change.new is not None and Decimal(str(change.new)) >= _LARGEST
        )
        if large and change.path not in session.exact and outcome.pending is None:
            session.exact.add(change.path)
            answers.teller.changes.remove(change)
            if change.old is None:
                drop(session.facts, change.path)
            else:
                put(session.facts, change.path, change.old)
            label = wan(fen(Decimal(str(change.new))))
            outcome.pending = Pending(change.path, ((change.new, label),), "large", change.words or label)
    return outcome


def _loose(answers: Answers, text: str, heard: Heard, outcome: Outcome, answered: str) -> None:
    """A date or an amount that was told beside the question belongs to the one fact of its kind that is missing."""
    facts, teller = answers.session.facts, answers.teller
    projects = facts.get("projects") or []
    if heard.dates and answered != "date":
        paths = [f"projects[{n}].completed_on" for n, row in enumerate(projects) if row.get("completed_on") is None]
        paths += [
            f"recognitions[{n}].obtained_on"
            for n, row in enumerate(facts.get("recognitions") or ())
            if row.get("obtained_on") is None
        ]
        if len(paths) > 1 and len(heard.dates) != len(paths):
            if heard.projects and heard.recognitions:
                paths = []  # which of them it dates is better asked
            elif heard.projects or heard.recognitions:
                told = "projects[" if heard.projects else "recognitions["
                paths = [path for path in paths if path.startswith(told)]
        near = (answers.session.touched or "").split(".")[0]
        if len(heard.dates) != len(paths):
            paths.sort(key=lambda path: not path.startswith(near + ".") if near else False)
        days = (
            heard.dates if len(heard.dates) == len(paths) else [heard.dates[-1]] * (len(paths) if "都" in text else 1)
        )
        if not paths and len(heard.dates) == 1 and not heard.projects and not heard.recognitions:
            rough = [path for path in answers.session.approx if name_of(path) in ("completed_on", "obtained_on")]
            paths = rough if len(rough) == 1 else []  # 去年, then 去年三月
        for path, (day, words) in zip(paths, days, strict=False):
            teller.set(path, day, words, year_alone(day, words))
            outcome.understood = True
    if len(heard.amounts) == 1 and answered not in ("money", "number"):
        paths = []
        for n, row in enumerate(projects):
            paths += [
                f"projects[{n}].spending[{i}].amount_yuan"
                for i, line in enumerate(row.get("spending") or ())
                if line.get("amount_yuan") is None
            ]
            if row.get("total_investment_yuan") is None and not row.get("spending"):
                paths.append(f"projects[{n}].total_investment_yuan")
        if len(paths) == 1:
            teller.told(paths[0], heard.amounts[0])
            teller._imply_total(index_of(paths[0]) or 0)
            outcome.understood = True
        elif facts.get("projects") is None and any(word in text for word in ("投", "花", "买", "上了")):
            teller.new_project(HeardProject(facts={"total_investment_yuan": heard.amounts[0]}))
            outcome.understood = True


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
        path = _own_path(doubt, heard, answers.session) or _doubt_path(doubt.about, answers.session)
        if path is not None and get(answers.session.facts, path) is None and outcome.pending is None:
            outcome.pending = Pending(path, doubt.options, doubt.code, doubt.words)
            outcome.understood = True


def _own_path(doubt: Doubt, heard: Heard, session: Session) -> str | None:
    """The fact that the doubt names: one of the enterprise or of the only project told, or of several lines the one that
    waits for its amount (MES投了700，机器人300万)."""
    if doubt.about == "money" and doubt.where.startswith("enterprise."):
        return doubt.where
    named = re.fullmatch(r"projects\[0\]\.(\w+_yuan)", doubt.where)
    if named is not None and len(heard.projects) == 1 and len(session.facts.get("projects") or ()) == 1:
        return f"projects[0].{named[1]}"
    found = re.fullmatch(r"projects\[(\d+)\]\.spending\[(\d+)\]\.amount_yuan", doubt.where)
    line = heard.projects[int(found[1])].lines[int(found[2])] if found is not None else None
    if line is None or line.activities is None:
        return None
    for index, project in reversed(list(enumerate(session.facts.get("projects") or ()))):
        for number, own in enumerate(project.get("spending") or ()):
            if own.get("activities") == line.activities.value and own.get("amount_yuan") is None:
                return f"projects[{index}].spending[{number}].amount_yuan"
    return None


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


_CORRECTING = re.compile(r"^.*(?:升到|升级到|评上|达到|升成|变成|改成|改为|换成|应该是|应是|不对[，,\s]*(?:是)?|是)")


def retell(answers: Answers, heard: Heard, text: str) -> bool:
    """「不对，是1000万」「改成4A」: a bare value is about what was told last of its type."""
    session = answers.session
    word = _CORRECTING.sub("", text, count=1).strip(" ，,。？?呢吗了")
    for path in reversed(list(session.words)):
        fact = fact_of(path, session, answers.assessor) if get(session.facts, path) is not None else None
        if fact is None:
            continue
        told = None
        if heard.amounts:
            told = heard.amounts[-1] if fact.type == "money" else None
        elif heard.dates:
            told = Told(*heard.dates[-1]) if fact.type == "date" else None
        elif word and fact.type not in ("money", "date", "text"):
            answer = read(answers, word, fact, path)
            if answer.status == "value" and not answer.approx:
                told = Told(answer.value, answer.words)
        if told is not None:
            answers.teller.told(path, told)
            index = index_of(path)
            if index is not None and path.startswith("projects["):
                answers.teller._imply_total(index)
            return True
    return False
