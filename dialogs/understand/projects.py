"""Projects in a sentence: which activities, amounts, dates and facts belong together."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from dialogs.understand.amounts import YUAN_FROM
from dialogs.understand.heard import Doubt, HeardLine, HeardProject, Told
from dialogs.understand.lexicon import any_of
from dialogs.understand.mentions import Mention
from dialogs.understand.quantities import exact, money_options
from dialogs.understand.scene import Clause, denied, replaced
from dialogs.understand.spending import Bound, Spending
from policies.facts import Vocabulary
from policies.money import LARGEST_YUAN

_MARK = re.compile(
    r"第[一二三四五1-5](?:个|期|阶段|项)(?:项目|工程)?|(?<!第)[一二三四]期|(?<![A-Za-z])[A-Ea-e](?:项目|工程|地块)|项目[一二三四五1-5A-E](?!\d)"
    r"|(?:另外|还有|另|再有|其次|以及)(?:还有)?(?:又?(?:一|1)个)(?:项目|工程|是)|另(?:一|1)个|老厂(?=.{0,12}新厂)|新厂(?=技|数|智|建|那|的|上|买|，)|(?<![第这那同一每哪])(?:一个)(?:是|做|项目|上|搞)?(?=[A-Za-z一-龥])"
)
_EACH = re.compile(r"各(?:上|建|做|买|搞|投|装)?(?:了)?(?:一?套|一个|一条)?|每(?:套|个|条|家|边)")
_WHEN = re.compile(r"(?:完工|竣工|验收|投产|投运|上线|建成|交付|完成)(?:时间|日期)?\s*(?:是|为|在|于|[:：])?\s*$")
_CONNECTED = re.compile(r"(?:跟|与|和|同|对接|接入|接到|连上?|接上?|打通|并网)(?:了)?(?:国家|工业互联网|行业|顶级|标识解析|的)*(?:二级节点)(?:已经?|也|都|对接|互联|互通|打通|连|通|接|成功|好|了|上)*|互联互通|已(?:对接|接入|打通)")
_LOAN_THROUGH = re.compile(r"综合?金(?:融服务)?(?:平台|综合)|综合金融服务")


@dataclass
class _Part:
    """What belongs to one project, by where it stands in the text."""

    start: int
    end: int
    project: HeardProject = field(default_factory=HeardProject)
    dated: bool = False


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


def find_projects(text: str, clauses: list[Clause], spending: Spending, vocabulary: Vocabulary, taken: set[Mention]) -> Projects:
    """All projects that the sentence tells; `taken` mentions belong to recognitions and awards."""
    heard = Projects()
    own = [c for c in clauses if not (c.stranger or c.agent_itself or c.supposed)]
    parts = _parts(text, own, spending)
    completion = [(m, c) for c in own for m in c.mentions if m.type == "date" and m not in taken and _completes(m, c, text)]
    parts = _split_by_dates(parts, completion, spending, text)
    _lines(parts, spending, heard, text, vocabulary)
    for mention, clause in completion:
        _complete(mention, clause, parts, heard, text)
    for clause in own:
        _facts(clause, parts, vocabulary, heard, taken, text)
    _plans(own, parts, text)
    _each(parts, text)
    heard.projects = [p.project for p in parts if p.project.lines or p.project.facts or any(owner is p.project for _, owner, _ in heard.pending)]
    _place_doubts(heard)
    if re.search(r"(?:项目|什么)(?:都|也)?(?:还)?(?:没做|没上|没建|没有做|没开始|没动)|没有?(?:做|上|搞)?(?:过)?(?:任何|什么|啥)?项目|啥(?:也|都)没(?:有|做|上)", " ".join(c.text for c in own)):
        heard.none.update(() if heard.projects else {"projects"})
    if re.search(r"没有?贷款|无贷款|没贷|不贷款|未贷款|没有?银行贷款", " ".join(c.text for c in own)):
        heard.none.add("loan")
    return heard


def _parts(text: str, own: list[Clause], spending: Spending) -> list[_Part]:
    """The stretches of the text that tell of one project each; one for all where nothing parts them."""
    whole = " ".join(c.text for c in own)
    several = any_of("sentence.several").search(whole)
    single = any_of("sentence.single").search(whole) and not any_of("sentence.apart").search(whole)
    if single and not several:
        return [_Part(0, len(text))]
    activities = [m for m, _ in spending.activities]
    spans = [(c.start, c.end) for c in own]
    marks = [m.start() for m in _MARK.finditer(text) if any(s <= m.start() < e for s, e in spans)]
    weak = [m.start() for m in _MARK.finditer(text) if m.group().startswith("一个")]
    if not (several or any_of("sentence.apart").search(whole)):
        marks = [m for m in marks if m not in weak]
    marks = [m for i, m in enumerate(marks) if any(m <= a.start < (marks[i + 1] if i + 1 < len(marks) else len(text)) for a in activities)]
    if len(marks) > 1 or (marks and any(a.start < marks[0] for a in activities)):
        starts = marks if not any(a.start < marks[0] for a in activities) else [0, *marks]
        bounds = [0, *starts[1:]]
        return [_Part(start, end) for start, end in zip(bounds, [*bounds[1:], len(text)], strict=True)]
    lines = [b for b in spending.bound if b.what == "line"]
    if (several or any_of("sentence.apart").search(whole)) and len(activities) > 1 and (len(lines) > 1 or any_of("sentence.apart").search(whole)):
        return _one_each(text, [a for a in activities if a.choice("activities")])
    return [_Part(0, len(text))]


def _one_each(text: str, activities: list[Mention]) -> list[_Part]:
    """A part for each activity, from its clause to the next one's; an activity named again belongs to its first part."""
    firsts: list[Mention] = []
    for mention in activities:
        if not any(f.choice("activities") == mention.choice("activities") for f in firsts):
            firsts.append(mention)
    starts = [0, *[m.start for m in firsts[1:]]]
    return [_Part(s, e) for s, e in zip(starts, [*starts[1:], len(text)], strict=True)]


def _split_by_dates(parts: list[_Part], completion: list[tuple[Mention, Clause]], spending: Spending, text: str) -> list[_Part]:
    """Two activities completed on two dates are two projects."""
    if len(parts) > 1 or len(completion) < 2 or len({m.value.value for m, _ in completion}) < 2:
        return parts
    with_activity = [(m, a) for m, c in completion for a in [_activity_of(m, c, spending)] if a is not None]
    if len({a.choice("activities") for _, a in with_activity}) < 2:
        return parts
    starts = [0, *[min(m.start, a.start) for m, a in with_activity[1:]]]
    return [_Part(s, e) for s, e in zip(starts, [*starts[1:], len(text)], strict=True)]


def _activity_of(date: Mention, clause: Clause, spending: Spending) -> Mention | None:
    """The activity nearest to a date in its clause, else the last before it in the sentence."""
    near = [m for m, c in spending.activities if c is clause]
    if near:
        return min(near, key=lambda m: abs(m.start - date.end))
    return next((m for m, c in reversed(spending.activities) if c.sentence == clause.sentence and c.index < clause.index <= c.index + 3), None)


def _part_of(parts: list[_Part], at: int) -> _Part:
    return next((p for p in parts if p.start <= at < p.end), parts[-1])


def _told(bound: Bound) -> tuple[Told | None, Doubt | None]:
    """The amount in yuan, or the doubt: its own, or 800 that may be 元 or 万元."""
    amount, mention = bound.amount.value, bound.amount
    if amount.doubt:
        return None, Doubt("money", mention.text, money_options(amount), str(amount.doubt))
    if amount.value is None or not Decimal(0) <= amount.value <= LARGEST_YUAN:
        return None, None
    if not amount.is_money and amount.value < YUAN_FROM:
        unit = replace(amount, value=None, low=amount.value, high=amount.value * YUAN_FROM, doubt="unit")
        return None, Doubt("money", mention.text, money_options(unit), "unit")
    return Told(exact(amount.value), mention.text, amount.approx, mention.start, mention.end), None


def _lines(parts: list[_Part], spending: Spending, heard: Projects, text: str, vocabulary: Vocabulary) -> None:
    """Spending lines and money facts into their projects; doubts for amounts that may be meant in two ways."""
    placed: set[Mention] = set()
    lines: list[tuple[int, _Part, HeardLine]] = []
    for bound in spending.bound:
        if bound.what == "noise":
            heard.used.add(bound.amount)
            continue
        told, doubt = _told(bound)
        heard.used.update({bound.amount, *bound.activities, *([bound.cue] if bound.cue else [])})
        part = _part_of(parts, bound.activities[0].start if bound.activities else bound.amount.start)
        if bound.what == "line":
            lines.append((bound.activities[0].start, part, _line(bound.activities, told, vocabulary, heard, text)))
            placed.update(bound.activities)
            if doubt:
                heard.pending.append((doubt, lines[-1][2], "amount_yuan"))
        elif bound.what == "total":
            if doubt:
                heard.pending.append((doubt, part.project, "total_investment_yuan"))
            elif told is not None and "total_investment_yuan" in part.project.facts and not replaced(text, bound.amount.start):
                heard.loose.append(told)
            elif told is not None:
                part.project.facts["total_investment_yuan"] = told
        elif bound.what == "fact":
            if bound.name in _PROJECT_MONEY:
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
        part = _part_of(parts, mention.start)
        value = mention.choice("activities")
        known = [line.activities for _, p, line in lines if p is part and line.activities]
        if not any(value in told.value for told in known) and not (len(parts) > 1 and any(value in line.activities.value for _, p, line in lines if p is not part and line.activities) and not _named_anew(mention, text)):
            lines.append((mention.start, part, _line([mention], None, vocabulary, heard, text)))
        heard.used.add(mention)
    for _, part, line in sorted(lines, key=lambda row: row[0]):
        part.project.lines.append(line)
    for part in parts:
        total = part.project.facts.get("total_investment_yuan")
        if total is not None and len(part.project.lines) == 1 and part.project.lines[0].amount is None:
            part.project.lines[0].amount = total


def _line(activities: list[Mention], amount: Told | None, vocabulary: Vocabulary, heard: Projects, text: str) -> HeardLine:
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


_PROJECT_MONEY = {
    "total_investment_yuan", "key_equipment_hw_sw_yuan", "robot_system_purchase_yuan", "smart_equipment_yuan", "software_tech_yuan", "it_investment_yuan",
    "sme_retrofit_input_yuan", "rd_expense_yuan", "loan_amount_yuan",
}  # fmt: skip


def _completes(mention: Mention, clause: Clause, text: str) -> bool:
    """Whether a date is when a project was, or will be, completed."""
    if mention.value.value is None or mention.value.doubt in ("recent", "bad"):
        return False
    done = any_of("sentence.done")
    after, before = text[mention.end : clause.end], text[clause.start : mention.start]
    if re.match(r"\s*(?:[到至]|-|~)\s*$|\s*(?:[到至~])", after) and any(m.type == "date" and m.start > mention.start for m in clause.mentions):
        return False
    kinds = [m for m in clause.mentions if m.kind() and not m.choice("activities") and m.start > mention.start]
    if kinds and any_of("sentence.got").search(after[: kinds[0].start - mention.end + 8]) and not done.search(after[: kinds[0].start - mention.end]):
        return False
    if re.match(r"[^，。]{0,18}", after) and done.search(after[:24]):
        return True
    if _WHEN.search(before):
        return True
    rest = text[clause.end + 1 : clause.end + 9]
    return not after.strip() and done.match(rest.lstrip()) is not None


def _complete(mention: Mention, clause: Clause, parts: list[_Part], heard: Projects, text: str) -> None:
    value = mention.value
    heard.dates.add(mention)
    part = _part_of(parts, mention.start)
    if len(parts) > 1:
        named = [m for m in clause.mentions if m.choice("activities")]
        if named:
            wanted = min(named, key=lambda m: m.start - mention.end if m.start > mention.start else 2 * (mention.start - m.end)).choice("activities")
            part = next((p for p in parts for line in p.project.lines if line.activities and wanted in line.activities.value), part)
    if value.doubt == "year":
        heard.doubts.append(Doubt("date", mention.text, (), "year"))
        return
    part.project.facts["completed_on"] = Told(value.value, mention.text, value.year_only or value.doubt == "coarse", mention.start, mention.end)
    if value.future:
        part.project.planned = True


_SCOPES = ("build", "platform_scope", "node_scope")


def _facts(clause: Clause, parts: list[_Part], vocabulary: Vocabulary, heard: Projects, taken: set[Mention], text: str) -> None:
    """Choices and yes-or-no facts of projects that the clause names."""
    for mention in clause.mentions:
        if mention in taken or mention.type != "word":
            continue
        if _CONNECTED.search(text[max(clause.start, mention.start - 6) : mention.end + 8]) and "二级节点" in mention.text and not re.search(r"建|做|搞", text[max(clause.start, mention.start - 4) : mention.start]):
            _put(parts, mention, "connected_to_secondary_node", not denied(text, mention.start), heard)
            continue
        for name in _SCOPES:
            value = mention.choice(name)
            if not value or denied(text, mention.start) or re.match(r"\s*(?:工信|吗)", text[mention.end : mention.end + 3]):
                continue
            if name == "platform_scope":
                told: Any = [value]
                part = _part_of(parts, mention.start)
                old = part.project.facts.get(name)
                if old is not None and not replaced(text, mention.start):
                    told = [*old.value, *(v for v in told if v not in old.value)]
                if not any("platform" in line.activities.value for p in parts for line in p.project.lines if line.activities):
                    continue
                _put(parts, mention, name, told, heard)
            else:
                _put(parts, mention, name, value, heard)
        if mention.cue() == "connected_to_secondary_node":
            _put(parts, mention, mention.cue(), not denied(text, mention.start), heard)
        elif mention.cue() == "loan_via_platform":
            _put(parts, mention, mention.cue(), not denied(text, mention.start), heard)
    part = _part_of(parts, clause.start)
    if "build" not in part.project.facts and (match := any_of("sentence.upgrade").search(clause.text)):
        outside = not any(m.start <= clause.start + match.start() < m.end and m.type != "word" for m in clause.mentions)
        if outside and (part.project.lines or part.project.facts) and not denied(text, clause.start + match.start()):
            start = clause.start + match.start()
            part.project.facts["build"] = Told("upgrade", match.group(), start=start, end=clause.start + match.end())


def _put(parts: list[_Part], mention: Mention, name: str, value: Any, heard: Projects) -> None:
    part = _part_of(parts, mention.start)
    part.project.facts[name] = Told(value, mention.text, start=mention.start, end=mention.end)
    heard.used.add(mention)


def _plans(own: list[Clause], parts: list[_Part], text: str) -> None:
    """A clause that tells of plans makes its project, or the only one, planned."""
    for clause in own:
        if not clause.planned:
            continue
        at = clause.start
        inside = [m for m in clause.mentions if m.choice("activities") or m.type == "amount"]
        if inside:
            at = inside[0].start
        _part_of(parts, at).project.planned = True


def _each(parts: list[_Part], text: str) -> None:
    """两个基地是两个项目，各上一套MES，每套180万: the same for each of them."""
    several = any_of("sentence.several").search(text)
    if several is None or len(parts) != 1 or not _EACH.search(text) or len(parts[0].project.lines) != 1:
        return
    number = {"两": 2, "俩": 2, "二": 2, "三": 3, "仨": 3, "四": 4, "五": 5}.get(several["n"]) or (int(several["n"]) if several["n"].isdecimal() else 2)
    first = parts[0]
    for _ in range(number - 1):
        copy = HeardProject(dict(first.project.facts), [HeardLine(x.activities, x.amount) for x in first.project.lines], first.project.planned)
        parts.append(_Part(first.end, first.end, copy))
