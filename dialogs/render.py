"""From acts to words: the only place of the conversation where sentences are put together."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal

from dialogs.asking import CONDUCT
from dialogs.closing import asks_awards
from dialogs.declared import fact_of, harmful_values, relevant_activities, relevant_kinds
from dialogs.paths import get, index_of, line_of, name_of, scope_of
from dialogs.session import Session
from dialogs.telling import Change, lines_of
from dialogs.words import catalogue, say
from policies.assess import Assessor
from policies.assessment import Assessment
from policies.facts import Fact
from policies.money import fen, wan
from policies.regions import UnknownPlace, resolve

Options = tuple[tuple[Any, str], ...]


@dataclass
class Reply:
    """What the bot says, and the choices it offers (value, label)."""

    text: str
    choices: Options = field(default_factory=tuple)
    form: Literal["", "several", "report"] = ""
    """several: more than one choice may be taken; report: a long text in paragraphs, each with its title."""


_GLOSSED = re.compile(r"(?P<name>[^（）]+)（(?P<gloss>[^（）]+)）")


def short_label(label: str) -> str:
    """A label as people say it: `CMMM` of 智能制造能力成熟度（CMMM）, `智能车间` of 智能车间（数字化车间）."""
    found = _GLOSSED.fullmatch(label)
    return label if found is None else found["gloss"] if found["gloss"].isascii() else found["name"]


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


def told_label(path: str, value: Any, session: Session, assessor: Assessor) -> str:
    """The value told at a path: `约800万元` where it was told roughly."""
    text = value_label(fact_of(path, session, assessor), value, assessor)
    return say("label.about", value=text) if path in rough_amounts(session) else text


def rough_amounts(session: Session) -> list[str]:
    """Paths of the amounts that were told only roughly (八百来万)."""
    money = (path for path in session.approx if name_of(path).endswith("_yuan"))
    return sorted(path for path in money if get(session.facts, path) is not None)


def change_text(change: Change, session: Session, assessor: Assessor) -> str:
    """`两化融合贯标 级别 3A级`."""
    path = change.path
    if path.endswith(".kind"):
        return assessor.vocabulary.kinds[str(change.new)].label
    if path in ("projects", "recognitions", "other_awards"):
        return f"{list_label(path)}{say('label.none')}"
    if path.startswith("other_awards[") and name_of(path) == "other_awards":
        return ""
    fact = fact_of(path, session, assessor)
    label = fact.label if fact is not None else ""
    return f"{where_label(path, session, assessor)}{label} {told_label(path, change.new, session, assessor)}".strip()


def award_label(award: dict[str, Any], assessor: Assessor) -> str:
    """`自治区85万元`: money from elsewhere as it is spoken of."""
    body = assessor.vocabulary.body_label(str(award["level"])) if award.get("level") else ""
    amount = wan(fen(str(award["amount_yuan"]))) if award.get("amount_yuan") is not None else ""
    return say("label.award", what=body + amount)


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
    if path.startswith("other_awards["):
        return f"{award_label(get(session.facts, f'other_awards[{index}]') or {}, assessor)} "
    return ""


def fact_label(path: str, session: Session, assessor: Assessor) -> str:
    """What a told fact is called: `两化融合贯标 级别`, `机器人及集成投入`."""
    fact = fact_of(path, session, assessor)
    label = fact.label if fact is not None else ""
    line = get(session.facts, path.rsplit(".", 1)[0]) if scope_of(path) == "spending" else None
    if line and name_of(path) == "amount_yuan" and line.get("activities"):
        names = "、".join(assessor.vocabulary.activities.label_of(a) for a in line["activities"])
        label = say("label.spent", what=short_label(names))
    return where_label(path, session, assessor) + label


def question(path: str, session: Session, result: Assessment, assessor: Assessor) -> Reply:
    """The question for a path, with its choices."""
    choices = choices_of(path, session, result, assessor)
    form: Literal["", "several"] = "several" if _several(path, session, assessor) else ""
    return Reply(question_text(path, session, result, assessor), choices, form)


def _several(path: str, session: Session, assessor: Assessor) -> bool:
    """More than one choice may be taken. Activities go one by one: each has an amount of its own."""
    fact = fact_of(path, session, assessor)
    return fact is not None and fact.type == "choices" and fact.name != "activities"


def question_text(path: str, session: Session, result: Assessment, assessor: Assessor) -> str:
    name, scope, index = name_of(path), scope_of(path), index_of(path)
    if session.beside and session.asked == path:
        return _together_text(path, session, assessor)
    if path == "enterprise.region" and get(session.facts, path) is not None and path in result.missing:
        return say("ask.region_finer", place=resolve(str(get(session.facts, path))).full_name)
    if path in ("projects", "recognitions", "other_awards"):
        more = bool(session.facts.get(path))
        examples = "、".join(short_label(label) for _, label in relevant_kinds(result, assessor)[:4])
        return say(
            f"ask.{path}_more" if more else f"ask.{path}",
            **({"examples": examples} if path == "recognitions" and not more else {}),
        )
    fact = fact_of(path, session, assessor)
    if name == "spending":
        return _spending_text(path, session, assessor)
    if scope == "award":
        award = award_label(get(session.facts, path.rsplit(".", 1)[0]) or {}, assessor)
        return say("ask.of_award", award=award, question=say(f"ask.{fact.question}")) if fact is not None else ""
    if scope == "recognition" and name == "kind":
        return say("ask.kind")
    assert fact is not None
    if scope == "spending" and name == "amount_yuan":
        line = get(session.facts, path.rsplit(".", 1)[0]) or {}
        what = "、".join(assessor.vocabulary.activities.label_of(a) for a in line.get("activities") or ())
        return say("ask.amount", project=where_label(path, session, assessor), what=what)
    if scope == "recognition":
        kind = assessor.vocabulary.kinds[str(get(session.facts, f"recognitions[{index}].kind"))].label
        return say("ask.of_recognition", kind=kind, question=fact.question)
    if scope in ("project", "spending") and len(session.facts.get("projects") or ()) > 1:
        return say("ask.of_project", project=get(session.facts, f"projects[{index}].id"), question=fact.question)
    return fact.question


def _together_text(path: str, session: Session, assessor: Assessor) -> str:
    """One question for several facts: a sentence of the catalogue for the first two, else one row each."""
    facts = [fact for one in (path, *session.beside) if (fact := fact_of(one, session, assessor)) is not None]
    if facts[0].usual:
        return say("ask.uncommon", what="、".join(fact.label for fact in facts))
    whose = say("label.the_project") if facts[0].of == "project" else say("label.the_enterprise")
    who = where_label(path, session, assessor).strip() or whose
    pair = f"ask.pair_{facts[0].name}_{facts[1].name}"
    if pair in catalogue():
        return say(pair, who=who) + "".join(_also(fact) for fact in facts[2:])
    rows = "".join(f"\n· {_also(fact).removeprefix(whose)}" for fact in facts)
    example = "，".join(_example(fact) for fact in facts)
    return say("ask.together", who=who, example=example, questions=rows)


def _also(fact: Fact) -> str:
    if fact.of == "award":
        return say(f"ask.{fact.question}")
    key = f"ask.and_{fact.name}"
    return say(key) if key in catalogue() else fact.question


def _example(fact: Fact) -> str:
    """What an answer looks like."""
    if fact.choices:
        return fact.choices[0].label
    if fact.zero_words:
        return max(fact.zero_words, key=len)
    return say(f"label.example_{fact.type}")


def _spending_text(path: str, session: Session, assessor: Assessor) -> str:
    project = get(session.facts, path.rsplit(".", 1)[0])
    who = where_label(path, session, assessor) or say("label.the_project")
    if not lines_of(project):
        return say("ask.spending", project=who)
    if project.get("activities"):
        what = "、".join(assessor.vocabulary.activities.label_of(a) for a in project["activities"])
        if project.get("total_investment_yuan") is None:
            return say("ask.spending_other", project=who, what=what)
        whole = path.replace("spending", "total_investment_yuan")
        return say(
            "ask.spending_whole",
            project=who,
            total=told_label(whole, get(session.facts, whole), session, assessor),
            what=what,
        )
    total = Decimal(str(project.get("total_investment_yuan") or 0))
    told = sum((Decimal(str(line.get("amount_yuan") or 0)) for line in lines_of(project)), Decimal(0))
    if told >= total:
        labels = [assessor.vocabulary.activities.label_of(a) for line in lines_of(project) for a in line["activities"]]
        return say("ask.spending_other", project=who, what="、".join(dict.fromkeys(labels)))
    return say("ask.spending_more", project=who, total=wan(fen(total)), told=wan(fen(told)))


def choices_of(path: str, session: Session, result: Assessment, assessor: Assessor) -> Options:
    """The choices offered with a question; a number picks one."""
    name = name_of(path)
    unknown = (("unknown", say("label.unknown")),)
    if path == "projects" or name == "spending":
        more = (
            bool(session.facts.get("projects"))
            if path == "projects"
            else bool(lines_of(get(session.facts, path.rsplit(".", 1)[0])))
        )
        return (
            _no_more(path, session, result)
            if more
            else (*relevant_activities(result, assessor), ("none", say("label.none")))
        )
    if path == "recognitions":
        more = bool(session.facts.get(path))
        return (
            _no_more(path, session, result)
            if more
            else (*relevant_kinds(result, assessor), ("none", say("label.none")))
        )
    if path == "other_awards":
        return (("none", say("label.no_more" if session.facts.get(path) else "label.none")),)
    fact = fact_of(path, session, assessor)
    if fact is None:
        return ()
    if path == session.asked and session.beside and fact.usual:
        return (("none", say("label.all_clear")), *unknown)
    if path == session.asked and session.beside and name in CONDUCT:
        facts = [fact_of(each, session, assessor) for each in (path, *session.beside)]
        return (*_conduct_choices([one for one in facts if one is not None], result), *unknown)
    if name == "clause":
        return (*_likely_clauses(fact, result), ("none", say("label.neither")), *unknown)
    if fact.type == "yesno":
        return (("true", say("label.yes")), ("false", say("label.no")), *unknown)
    if name == "kind":
        return tuple(relevant_kinds(result, assessor))
    if name == "activities":
        return tuple(relevant_activities(result, assessor))
    if fact.choices:
        word = say("label.none") if scope_of(path) == "recognition" and name == "project" else fact.none
        nothing = (("none", word),) if word else ()
        return (*((c.value, c.label) for c in fact.choices), *nothing, *unknown)
    if name == "amount_yuan" and scope_of(path) == "spending" and line_of(path) == 0:
        project = path.split(".spending")[0]
        total = get(session.facts, f"{project}.total_investment_yuan")
        if total is not None and len(get(session.facts, f"{project}.spending")) == 1:
            return ((str(total), say("label.all", amount=wan(fen(Decimal(str(total)))))), *unknown)
    return unknown if path != "enterprise.region" else ()


def _no_more(path: str, session: Session, result: Assessment) -> Options:
    """没有了 closes the list asked; the others end the further lists, and the question for money from elsewhere, too."""
    words = [say("label.no_more")]
    if [
        name for name in ("projects", "recognitions") if session.facts.get(name) and name not in {*session.closed, path}
    ]:
        words.append(say("label.nothing_else"))
    if asks_awards(session, result):
        words.append(say("label.nothing_at_all"))
    return (("none", words[0]), *((word, word) for word in words[1:]))


def _conduct_choices(facts: list[Fact], result: Assessment) -> Options:
    """A clean year in one press (with each harmless grade, where that is asked too), and whatever else there may be."""
    harmful = harmful_values(result)
    grades = [c.label for fact in facts[1:] if not fact.none for c in fact.choices if c.value not in harmful[fact.name]]
    clear = [say("label.clear_and", grade=label) for label in grades] or [say("label.all_clear")]
    bad = [(c.value, c.label) for fact in facts for c in fact.choices if c.value in harmful[fact.name]]
    return (*((text, text) for text in clear), *bad)


def _likely_clauses(fact: Fact, result: Assessment) -> Options:
    """The clauses of the plan; another is typed."""
    paid = {line.entry.rule.id for line in result.lines}
    return tuple((c.value, c.label) for c in fact.choices if c.value in paid)[:10]


def _apart(result: Assessment) -> bool:
    """Only drafts and documents that are over have something to give."""
    return result.high == 0 and result.indicative_high != 0


def _span(low: int, high: int | None) -> str:
    if high is None:
        return say("now.open", low=wan(low))
    return wan(low) if low == high else say("now.range", low=wan(low), high=wan(high))


def figure(result: Assessment) -> str:
    """`50万元`, `50万元至100万元` or `50万元起`; where nothing is in force, what the documents gave."""
    if _apart(result):
        return say("now.apart", span=_span(result.indicative, result.indicative_high))
    return _span(result.total, result.high)


def range_text(result: Assessment, session: Session) -> str:
    """Where the figure stands now: certain … at most, and whether by rough amounts; nothing while nothing is known of it."""
    apart = _apart(result)
    low, high = (result.indicative, result.indicative_high) if apart else (result.total, result.high)
    if not low and not high:
        return ""
    key = "stand_open" if high is None else "stand" if low == high else "stand_range" if low else "stand_from_zero"
    text = say(f"now.{'apart_' if apart else ''}{key}", low=wan(low), high=wan(high or 0))
    return text + (say("now.stand_rough") if rough_amounts(session) else "")
