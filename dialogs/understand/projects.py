"""Projects in a sentence: which activities, amounts, dates and facts belong together."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from dialogs.understand.amounts import YUAN_FROM
from dialogs.understand.completion import is_completion
from dialogs.understand.heard import Doubt, HeardLine, HeardProject, Told
from dialogs.understand.lexicon import any_of
from dialogs.understand.mentions import Mention
from dialogs.understand.parts import Part, part_at, parts_of, repeat_for_each, split_by_dates
from dialogs.understand.quantities import exact, money_options
from dialogs.understand.scene import Clause, denied, replaced
from dialogs.understand.spending import Bound, Spending
from dialogs.understand.text import normalise
from policies.facts import Vocabulary
from policies.money import LARGEST_YUAN

_CONNECTED = re.compile(
    r"(?:跟|与|和|同|对接|接入|接到|连上?|接上?|打通|并网)(?:了)?(?:国家|工业互联网|行业|顶级|标识解析|的)*(?:二级节点)(?:已经?|也|都|对接|互联|互通|打通|连|通|接|成功|好|了|上)*|互联互通|已(?:对接|接入|打通)"
)


@dataclass
class Projects:
    projects: list[HeardProject] = field(default_factory=list)
    doubts: list[Doubt] = field(default_factory=list)
    loose: list[Told] = field(default_factory=list)
    dates: set[Mention] = field(default_factory=set)
    used: set[Mention] = field(default_factory=set)
    pending: list[tuple[Doubt, HeardLine | HeardProject, str]] = field(default_factory=list)
    """Doubts with the line or project and the fact that they are about."""
    none: set[str] = field(default_factory=set)


def find_projects(
    text: str, clauses: list[Clause], spending: Spending, vocabulary: Vocabulary, taken: set[Mention], today: date
) -> Projects:
    """All projects that the sentence tells; `taken` mentions belong to recognitions and awards."""
    heard = Projects()
    own = [c for c in clauses if not (c.stranger or c.agent_itself or c.supposed)]
    parts = parts_of(text, own, spending)
    completion = [
        (m, c) for c in own for m in c.mentions if m.type == "date" and m not in taken and is_completion(m, c, text)
    ]
    parts = split_by_dates(parts, completion, spending, text)
    _lines(parts, spending, heard, text, vocabulary)
    for mention, clause in completion:
        _complete(mention, clause, parts, heard, text)
    for clause in own:
        _facts(clause, parts, vocabulary, heard, taken, text)
    _plans(own, parts, today)
    repeat_for_each(parts, own, text)
    heard.projects = [
        p.project
        for p in parts
        if p.project.lines or p.project.facts or any(owner is p.project for _, owner, _ in heard.pending)
    ]
    _place_doubts(heard)
    if re.search(
        r"(?:项目|什么)(?:都|也)?(?:还)?(?:没做|没上|没建|没有做|没开始|没动)|没有?(?:做|上|搞)?(?:过)?(?:任何|什么|啥)?项目|啥(?:也|都)没(?:有|做|上)",
        " ".join(c.text for c in own),
    ):
        heard.none.update(() if heard.projects else {"projects"})
    if re.search(r"没有?贷款|无贷款|没贷|不贷款|未贷款|没有?银行贷款", " ".join(c.text for c in own)):
        heard.none.add("loan")
    return heard


def _told(bound: Bound) -> tuple[Told | None, Doubt | None]:
    """The amount in yuan, or the doubt: its own, or 800 that may be 元 or 万元."""
    amount, mention = bound.amount.value, bound.amount
    if amount.doubt:
        return None, Doubt("money", mention.text, money_options(amount), str(amount.doubt))
    if amount.value is not None and amount.value < 0:
        return None, Doubt("money", mention.text, (), "negative")
    if amount.value is None or amount.value > LARGEST_YUAN:
        return None, None
    if not amount.is_money and amount.value < YUAN_FROM:
        unit = replace(amount, value=None, low=amount.value, high=amount.value * YUAN_FROM, doubt="unit")
        return None, Doubt("money", mention.text, money_options(unit), "unit")
    return Told(exact(amount.value), mention.text, amount.approx, mention.start, mention.end), None


def _lines(parts: list[Part], spending: Spending, heard: Projects, text: str, vocabulary: Vocabulary) -> None:
    """Spending lines and money facts into their projects; doubts for amounts that may be meant in two ways."""
    placed: set[Mention] = set()
    lines: list[tuple[int, Part, HeardLine]] = []
    for bound in spending.bound:
        if bound.what == "noise":
            heard.used.add(bound.amount)
            continue
        told, doubt = _told(bound)
        heard.used.update({bound.amount, *bound.activities, *([bound.cue] if bound.cue else [])})
        part = part_at(parts, bound.activities[0].start if bound.activities else bound.amount.start)
        if bound.what == "line":
            lines.append((bound.activities[0].start, part, _line(bound.activities, told, vocabulary, heard, text)))
            placed.update(bound.activities)
            if doubt:
                heard.pending.append((doubt, lines[-1][2], "amount_yuan"))
        elif bound.what == "total":
            if doubt:
                heard.pending.append((doubt, part.project, "total_investment_yuan"))
            elif (
                told is not None
                and "total_investment_yuan" in part.project.facts
                and not replaced(text, bound.amount.start)
            ):
                heard.loose.append(told)
            elif told is not None:
                part.project.facts["total_investment_yuan"] = told
        elif bound.what == "fact":
            if vocabulary.find(bound.name, "project") is not None:
                if told is not None:
                    part.project.facts[bound.name] = told
                elif doubt:
                    heard.pending.append((doubt, part.project, bound.name))
            elif doubt:
                heard.doubts.append(replace(doubt, where=f"enterprise.{bound.name}"))
        elif told is not None:
            heard.loose.append(told)
        elif doubt:
            heard.doubts.append(doubt)
    for mention, _ in spending.activities:
        if mention in placed:
            continue
        part = part_at(parts, mention.start)
        value = mention.choice("activities")
        known = [line.activities for _, p, line in lines if p is part and line.activities]
        if not any(value in told.value for told in known) and not (
            len(parts) > 1
            and any(value in line.activities.value for _, p, line in lines if p is not part and line.activities)
            and not _named_anew(mention, text)
        ):
            lines.append((mention.start, part, _line([mention], None, vocabulary, heard, text)))
        heard.used.add(mention)
    for _, part, line in sorted(lines, key=lambda row: row[0]):
        part.project.lines.append(line)
    for part in parts:
        total = part.project.facts.get("total_investment_yuan")
        if total is not None and len(part.project.lines) == 1 and part.project.lines[0].amount is None:
            part.project.lines[0].amount = total


def _line(
    activities: list[Mention], amount: Told | None, vocabulary: Vocabulary, heard: Projects, text: str
) -> HeardLine:
    """A line of these activities; one that may be two things (AGV) has none yet, and a doubt."""
    first, last = activities[0], activities[-1]
    words = text[first.start : last.end]
    values = list(dict.fromkeys(m.choice("activities") for m in activities))
    open_values = first.choices("activities") if len(activities) == 1 else values
    if len(open_values) > len(values):
        line = HeardLine(None, amount)
        options = tuple((v, vocabulary.activities.label_of(v)) for v in open_values)
        heard.pending.append((Doubt("activities", words, options, "ambiguous"), line, "activities"))
        return line
    return HeardLine(Told(values, words, start=first.start, end=last.end), amount)


def _place_doubts(heard: Projects) -> None:
    """Gives each pending doubt the path of its fact, now that projects and lines have their numbers."""
    for doubt, owner, name in heard.pending:
        where = ""
        for i, project in enumerate(heard.projects):
            if project is owner:
                where = f"projects[{i}].{name}"
            for j, line in enumerate(project.lines):
                if line is owner:
                    where = f"projects[{i}].spending[{j}].{name}"
        heard.doubts.append(replace(doubt, where=where))


def _named_anew(mention: Mention, text: str) -> bool:
    """Whether an activity named a second time is done a second time: 又上了MES."""
    return re.search(r"(?:又|再|也|都|各)[^，。]{0,4}$", text[max(0, mention.start - 8) : mention.start]) is not None


def _complete(mention: Mention, clause: Clause, parts: list[Part], heard: Projects, text: str) -> None:
    value = mention.value
    heard.dates.add(mention)
    part = part_at(parts, mention.start)
    if len(parts) > 1:
        named = [m for m in clause.mentions if m.choice("activities")]
        if named:
            wanted = min(
                named, key=lambda m: m.start - mention.end if m.start > mention.start else 2 * (mention.start - m.end)
            ).choice("activities")
            part = next(
                (p for p in parts for line in p.project.lines if line.activities and wanted in line.activities.value),
                part,
            )
    if value.doubt == "year":
        heard.doubts.append(Doubt("date", mention.text, (), "year"))
        return
    part.project.facts["completed_on"] = Told(
        value.value, mention.text, value.year_only or value.doubt == "coarse", mention.start, mention.end
    )
    if value.future:
        part.project.planned = True


_SCOPES = ("build", "platform_scope", "node_scope")


def _facts(
    clause: Clause, parts: list[Part], vocabulary: Vocabulary, heard: Projects, taken: set[Mention], text: str
) -> None:
    """Choices and yes-or-no facts of projects that the clause names."""
    for mention in clause.mentions:
        if mention in taken or mention.type != "word":
            continue
        if (
            _CONNECTED.search(text[max(clause.start, mention.start - 6) : mention.end + 8])
            and "二级节点" in mention.text
            and not re.search(r"建|做|搞", text[max(clause.start, mention.start - 4) : mention.start])
        ):
            _put(parts, mention, "connected_to_secondary_node", not denied(text, mention.start), heard)
            continue
        for name in _SCOPES:
            value = mention.choice(name)
            if (
                not value
                or denied(text, mention.start)
                or re.match(r"\s*(?:工信|吗)", text[mention.end : mention.end + 3])
            ):
                continue
            if name == "platform_scope":
                told: Any = [value]
                part = part_at(parts, mention.start)
                old = part.project.facts.get(name)
                if old is not None and not replaced(text, mention.start):
                    told = [*old.value, *(v for v in told if v not in old.value)]
                if not any(
                    "platform" in line.activities.value for p in parts for line in p.project.lines if line.activities
                ):
                    continue
                _put(parts, mention, name, told, heard)
            else:
                _put(parts, mention, name, value, heard)
        if mention.cue() == "connected_to_secondary_node" or mention.cue() == "loan_via_platform":
            _put(parts, mention, mention.cue(), not denied(text, mention.start), heard)
    part = part_at(parts, clause.start)
    if "build" not in part.project.facts and (match := any_of("sentence.upgrade").search(clause.text)):
        labels = {normalise(c.label).text for c in vocabulary.activities.choices}  # 内外网改造 may be a new one
        named = [m for m in clause.mentions if m.type != "word" or m.text in labels]
        outside = not any(m.start <= clause.start + match.start() < m.end for m in named)
        if outside and (part.project.lines or part.project.facts) and not denied(text, clause.start + match.start()):
            start = clause.start + match.start()
            part.project.facts["build"] = Told("upgrade", match.group(), start=start, end=clause.start + match.end())


def _put(parts: list[Part], mention: Mention, name: str, value: Any, heard: Projects) -> None:
    part = part_at(parts, mention.start)
    part.project.facts[name] = Told(value, mention.text, start=mention.start, end=mention.end)
    heard.used.add(mention)


def _plans(own: list[Clause], parts: list[Part], today: date) -> None:
    """A clause that tells of plans makes its project, or the only one, planned."""
    for clause in own:
        if not clause.planned:
            continue
        at = clause.start
        inside = [m for m in clause.mentions if m.choice("activities") or m.type == "amount"]
        if inside:
            at = inside[0].start
        part_at(parts, at).project.planned = True
    for part in parts:
        done = part.project.facts.get("completed_on")
        if done is not None and done.value < today.replace(day=1):
            part.project.planned = False
