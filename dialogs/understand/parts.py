"""The stretches of a sentence that tell of one project each: 第一个项目…第二个项目…, two dates, 两个基地各上一套."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from dialogs.understand.heard import HeardLine, HeardProject
from dialogs.understand.lexicon import any_of
from dialogs.understand.mentions import Mention
from dialogs.understand.scene import Clause
from dialogs.understand.sites import plants_of, shared_by, sites_of, told_of
from dialogs.understand.spending import Spending

_MARK = re.compile(
    r"第[一二三四五1-5](?:个|期|阶段|项)(?:项目|工程)?|(?<!第)[一二三四]期|(?<![A-Za-z])[A-Ea-e](?:项目|工程|地块)|项目[一二三四五1-5A-E](?!\d)"
    r"|(?:另外|还有|另|再有|其次|以及)(?:还有)?(?:又?(?:一|1)个)(?:项目|工程|是)|另(?:一|1)个|(?:另外还?有?|还有|另有)(?:一|1)?个(?=[^，,。；;、]{0,8}(?:项目|工程))|老厂(?=.{0,12}新厂)|新厂(?=技|数|智|建|那|的|上|买|，)|(?<![第这那同一每哪])(?:一个)(?:是|做|项目|上|搞)?(?=[A-Za-z一-龥])"
)


_EACH = re.compile(r"各(?:上|建|做|买|搞|投|装)?(?:了)?(?:一?套|一个|一条)?|每(?:套|个|条|家|边)")


@dataclass
class Part:
    """What belongs to one project, by where it stands in the text."""

    start: int
    end: int
    project: HeardProject = field(default_factory=HeardProject)
    dated: bool = False


def parts_of(text: str, own: list[Clause], spending: Spending) -> list[Part]:
    """The stretches of the text that tell of one project each; one for all where nothing parts them."""
    whole = " ".join(c.text for c in own)
    several = any_of("sentence.several").search(whole)
    single = any_of("sentence.single").search(whole) and not any_of("sentence.apart").search(whole)
    if single and not several:
        return [Part(0, len(text))]
    activities = [m for m, _ in spending.activities]
    sites = sites_of(own, activities, text)
    if sites:
        ends = [*(site.start for site in sites[1:]), len(text)]
        rows = zip([0, *ends], ends, sites, strict=False)
        return [Part(start, end, HeardProject({"region": told_of(site)})) for start, end, site in rows]
    spans = [(c.start, c.end) for c in own]
    marks = [m.start() for m in _MARK.finditer(text) if any(s <= m.start() < e for s, e in spans)]
    weak = [m.start() for m in _MARK.finditer(text) if m.group().startswith("一个")]
    if not (several or any_of("sentence.apart").search(whole)):
        marks = [m for m in marks if m not in weak]
    marks = [
        m
        for i, m in enumerate(marks)
        if any(m <= a.start < (marks[i + 1] if i + 1 < len(marks) else len(text)) for a in activities)
    ]
    if len(marks) > 1 or (marks and any(a.start < marks[0] for a in activities)):
        starts = marks if not any(a.start < marks[0] for a in activities) else [0, *marks]
        bounds = [0, *starts[1:]]
        return [Part(start, end) for start, end in zip(bounds, [*bounds[1:], len(text)], strict=True)]
    lines = [b for b in spending.bound if b.what == "line"]
    if (
        (several or any_of("sentence.apart").search(whole))
        and len(activities) > 1
        and (len(lines) > 1 or any_of("sentence.apart").search(whole))
    ):
        return _one_each(text, [a for a in activities if a.choice("activities")])
    return [Part(0, len(text))]


def _one_each(text: str, activities: list[Mention]) -> list[Part]:
    """A part for each activity, from its clause to the next one's; an activity named again belongs to its first part."""
    firsts: list[Mention] = []
    for mention in activities:
        if not any(f.choice("activities") == mention.choice("activities") for f in firsts):
            firsts.append(mention)
    starts = [0, *[m.start for m in firsts[1:]]]
    return [Part(s, e) for s, e in zip(starts, [*starts[1:], len(text)], strict=True)]


def split_by_dates(
    parts: list[Part], completion: list[tuple[Mention, Clause]], spending: Spending, text: str
) -> list[Part]:
    """Two activities completed on two dates are two projects."""
    if len(parts) > 1 or len(completion) < 2 or len({m.value.value for m, _ in completion}) < 2:
        return parts
    with_activity = [(m, a) for m, c in completion for a in [_activity_of(m, c, spending)] if a is not None]
    if len({a.choice("activities") for _, a in with_activity}) < 2:
        return parts
    starts = [0, *[min(m.start, a.start) for m, a in with_activity[1:]]]
    return [Part(s, e) for s, e in zip(starts, [*starts[1:], len(text)], strict=True)]


def _activity_of(date: Mention, clause: Clause, spending: Spending) -> Mention | None:
    """The activity nearest to a date in its clause, else the last before it in the sentence."""
    near = [m for m, c in spending.activities if c is clause]
    if near:
        return min(near, key=lambda m: abs(m.start - date.end))
    return next(
        (
            m
            for m, c in reversed(spending.activities)
            if c.sentence == clause.sentence and c.index < clause.index <= c.index + 3
        ),
        None,
    )


def part_at(parts: list[Part], at: int) -> Part:
    return next((p for p in parts if p.start <= at < p.end), parts[-1])


def repeat_for_each(parts: list[Part], own: list[Clause], text: str) -> None:
    """两个基地是两个项目，各上一套MES，每套180万; 在包头和呼和浩特各建一个: the same for each of them."""
    if len(parts) != 1 or len(parts[0].project.lines) != 1:
        return
    first, places, number = parts[0], shared_by(own, text), plants_of(text)
    several = any_of("sentence.several").search(text)
    if several is not None and _EACH.search(text):
        number = {"两": 2, "俩": 2, "二": 2, "三": 3, "仨": 3, "四": 4, "五": 5}.get(several["n"]) or (
            int(several["n"]) if several["n"].isdecimal() else 2
        )
    for _ in range((len(places) or number) - 1):
        copy = HeardProject(
            dict(first.project.facts),
            [HeardLine(x.activities, x.amount) for x in first.project.lines],
            first.project.planned,
        )
        parts.append(Part(first.end, first.end, copy))
    for part, place in zip(parts, places, strict=False):
        part.project.facts["region"] = told_of(place)
