"""From acts to words: the only place of the conversation where sentences are put together."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from dialogs.paths import get, index_of, line_of, name_of, scope_of
from dialogs.questions import fact_of, relevant_activities, relevant_kinds
from dialogs.session import Session
from dialogs.telling import Change, lines_of
from dialogs.words import say
from policies.assess import Assessment, Assessor
from policies.facts import Fact
from policies.money import fen, wan
from policies.regions import UnknownPlace, resolve

Options = tuple[tuple[Any, str], ...]


@dataclass
class Reply:
    """What the bot says, and the choices it offers (value, label)."""

    text: str
    choices: Options = field(default_factory=tuple)


def value_label(fact: Fact | None, value: Any, assessor: Assessor) -> str:
    """A canonical value as people read it."""
    if fact is None:
        return str(value)
    if fact.type == "money":
        return wan(fen(Decimal(str(value))))
    if fact.type == "yesno":
        return say("label.yes") if value else say("label.no")
    if fact.type == "number":
        return f"{value}{fact.unit}"
    if fact.type == "place":
        try:
            return resolve(str(value)).full_name
        except (UnknownPlace, ValueError):
            return str(value)
    if isinstance(value, list):
        return "、".join(fact.label_of(str(item)) for item in value) or fact.none or say("label.none")
    return fact.label_of(str(value))


def change_text(change: Change, session: Session, assessor: Assessor) -> str:
    """`两化融合贯标 级别 3A级`."""
    path = change.path
    if path.endswith(".kind"):
        return assessor.vocabulary.kinds[str(change.new)].label
    if path in ("projects", "recognitions", "other_awards"):
        return f"{list_label(path)}{say('label.none')}"
    if path.startswith("other_awards["):
        return list_label("other_awards")
    fact = fact_of(path, session, assessor)
    label = fact.label if fact is not None else ""
    return f"{where_label(path, session, assessor)}{label} {value_label(fact, change.new, assessor)}".strip()


def list_label(name: str) -> str:
    from policies.words import say as word

    return word(f"list.{name}")


def where_label(path: str, session: Session, assessor: Assessor) -> str:
    """Which project or certificate a path is about, in words."""
    index = index_of(path)
    if index is None:
        return ""
    if path.startswith("projects["):
        several = len(session.facts.get("projects") or ()) > 1
        return f"{say('label.project')} {get(session.facts, f'projects[{index}].id')} " if several else ""
    if path.startswith("recognitions["):
        kind = get(session.facts, f"recognitions[{index}].kind")
        return f"{assessor.vocabulary.kinds[str(kind)].label} " if kind else ""
    return ""


def question(path: str, session: Session, result: Assessment, assessor: Assessor) -> Reply:
    """The question for a path, with its choices."""
    choices = choices_of(path, session, result, assessor)
    return Reply(question_text(path, session, result, assessor), choices)


def question_text(path: str, session: Session, result: Assessment, assessor: Assessor) -> str:
    name, scope, index = name_of(path), scope_of(path), index_of(path)
    if path in ("projects", "recognitions", "other_awards"):
        more = bool(session.facts.get(path))
        examples = "、".join(label for _, label in relevant_kinds(result, assessor)[:4])
        return say(f"ask.{path}_more" if more else f"ask.{path}", **({"examples": examples} if path == "recognitions" and not more else {}))
    fact = fact_of(path, session, assessor)
    if name == "spending":
        return _spending_text(path, session, assessor)
    if scope == "award":
        return say("ask.of_award", question=say(f"ask.{fact.question}")) if fact is not None else ""
    if scope == "recognition" and name == "kind":
        return say("ask.kind")
    assert fact is not None
    if scope == "spending" and name == "amount_yuan":
        line = get(session.facts, path.rsplit(".", 1)[0]) or {}
        what = "、".join(assessor.vocabulary.activities.label_of(a) for a in line.get("activities") or ())
        return say("ask.amount", project=get(session.facts, f"projects[{index}].id"), what=what)
    if scope == "recognition":
        kind = assessor.vocabulary.kinds[str(get(session.facts, f"recognitions[{index}].kind"))].label
        return say("ask.of_recognition", kind=kind, question=fact.question)
    if scope in ("project", "spending") and len(session.facts.get("projects") or ()) > 1:
        return say("ask.of_project", project=get(session.facts, f"projects[{index}].id"), question=fact.question)
    return fact.question


def _spending_text(path: str, session: Session, assessor: Assessor) -> str:
    project = get(session.facts, path.rsplit(".", 1)[0])
    if not lines_of(project):
        return say("ask.spending", project=project["id"])
    if project.get("activities"):
        what = "、".join(assessor.vocabulary.activities.label_of(a) for a in project["activities"])
        total = wan(fen(str(project.get("total_investment_yuan") or 0)))
        return say("ask.spending_whole", project=project["id"], total=total, what=what)
    total = Decimal(str(project.get("total_investment_yuan") or 0))
    told = sum((Decimal(str(line.get("amount_yuan") or 0)) for line in lines_of(project)), Decimal(0))
    return say("ask.spending_more", project=project["id"], total=wan(fen(total)), told=wan(fen(told)))


def choices_of(path: str, session: Session, result: Assessment, assessor: Assessor) -> Options:
    """The choices offered with a question; a number picks one."""
    name = name_of(path)
    unknown = (("unknown", say("label.unknown")),)
    if path == "projects" or name == "spending":
        more = bool(session.facts.get("projects")) if path == "projects" else bool(lines_of(get(session.facts, path.rsplit(".", 1)[0])))
        none = (("none", say("label.no_more" if more else "label.none")),)
        return (*relevant_activities(result, assessor), *none)
    if path == "recognitions":
        none = (("none", say("label.no_more" if session.facts.get(path) else "label.none")),)
        return (*relevant_kinds(result, assessor), *none)
    if path == "other_awards":
        return (("none", say("label.no_more" if session.facts.get(path) else "label.none")),)
    fact = fact_of(path, session, assessor)
    if fact is None:
        return ()
    if fact.type == "yesno":
        return (("true", say("label.yes")), ("false", say("label.no")), *unknown)
    if name == "kind":
        return tuple(relevant_kinds(result, assessor))
    if name == "activities":
        return tuple(relevant_activities(result, assessor))
    if fact.choices:
        none = (("none", fact.none),) if fact.none else ()
        if scope_of(path) == "recognition" and name == "project":
            none = (("none", say("label.none")),)
        return (*((c.value, c.label) for c in fact.choices), *none, *unknown)
    if name == "amount_yuan" and scope_of(path) == "spending" and line_of(path) == 0:
        total = get(session.facts, path.split(".spending")[0] + ".total_investment_yuan")
        if total is not None:
            return ((str(total), say("label.all", amount=wan(fen(Decimal(str(total)))))), *unknown)
    return unknown if path != "enterprise.region" else ()


def range_text(result: Assessment) -> str:
    """Where the figure stands: certain now … at most."""
    firm = any(one.status == "in_force" and one.applies for one in result.documents)
    if result.high is None or result.high or result.total:
        if result.high is None:
            return say("now.open", low=wan(result.total)) if result.total else ""
        return say("now.range", low=wan(result.total), high=wan(result.high)) if result.high != result.total or firm else ""
    if result.indicative_high is None:
        return say("now.apart_open", low=wan(result.indicative)) if result.indicative else ""
    if result.indicative_high:
        return say("now.apart", low=wan(result.indicative), high=wan(result.indicative_high))
    return ""
