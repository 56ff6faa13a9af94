"""The report that a finance manager reads: headline, plan line by line, what excludes what, what to confirm."""

from __future__ import annotations

from dataclasses import replace

from policies.assess import Assessor
from policies.assessment import Assessment, Line
from policies.caveats import caveats
from policies.conditions import REASONS
from policies.describe import status_text
from policies.entries import Matched
from policies.explain import formula_text, reason_text, unquantified_text
from policies.facts import Vocabulary
from policies.model import Reading
from policies.money import wan, yuan
from policies.nearmiss import near_misses
from policies.regions import place
from policies.words import say

_REASONS = 6
_WIDE = 6
"""A reading of more clauses than this is one of the whole document."""

LOSERS = frozenset(REASONS[REASONS.index("same_project") :])
"""Reasons of those that the plan turns away for the better."""


def money(amount: int) -> str:
    """`120万元（1200000 元）`; the yuan only where 万元 hides it."""
    short = wan(amount)
    return short + say("report.yuan", yuan=yuan(amount)) if short.endswith("万元") else short


def headline(result: Assessment) -> str:
    """One sentence: the date, 最高, the figure or the range."""
    as_of = result.as_of.isoformat()
    firm = [one for one in result.documents if one.status == "in_force" and one.applies]
    if result.high == result.total:
        if result.total:
            text = say("report.headline", as_of=as_of, total=money(result.total))
        else:
            text = say("report.headline_zero", as_of=as_of) + _why_zero(result)
    elif not firm and result.high == 0:
        text = say("report.headline_zero", as_of=as_of) + _why_zero(result)
    elif result.high is None:
        text = say("report.headline_open", as_of=as_of, total=wan(result.total), count=len(result.missing))
    else:
        high = wan(result.high)
        text = say("report.headline_range", as_of=as_of, total=wan(result.total), high=high, count=len(result.missing))
    return text + _indicative(result)


def _indicative(result: Assessment) -> str:
    low, high = result.indicative, result.indicative_high
    if low == high:
        return say("report.indicative", amount=wan(low)) if low else ""
    count = len(result.missing)
    if high is None:
        return say("report.indicative_open", amount=wan(low), count=count)
    return say("report.indicative_range", amount=wan(low), high=wan(high), count=count)


def _why_zero(result: Assessment) -> str:
    region = result.profile.enterprise.get("region")
    if not result.documents:
        found = place(region) if region else None
        return say("report.zero_reason_territory", place=found.full_name if found else "")
    apart = [one for one in result.documents if one.status not in ("in_force", "repealed", "replaced") and one.applies]
    if not apart:
        return ""
    names = "；".join(f"《{one.rules.document.short}》{status_text(one, result.as_of)}" for one in apart)
    return say("report.zero_reason_over", names=names)


def label_of(path: str, result: Assessment, vocabulary: Vocabulary) -> str:
    """A missing fact as people read it."""
    scope, name = "enterprise", path.rsplit(".", 1)[-1]
    prefix = ""
    if path.startswith("projects["):
        index = int(path[9 : path.index("]")])
        project = (result.profile.projects or [])[index]
        prefix, scope = (
            f"项目 {project.id} ",
            "spending" if ".spending[" in path or name in ("activities",) else "project",
        )
    elif path.startswith("recognitions["):
        index = int(path[13 : path.index("]")])
        kind = (result.profile.recognitions or [])[index].kind
        prefix, scope = f"{vocabulary.kinds[kind].label} ", "recognition"
    elif path.startswith("other_awards["):
        return f"{say('list.other_awards')} {name}"
    fact = vocabulary.find(name, scope, "spending")
    if fact is not None:
        return prefix + fact.label
    return prefix + say(f"list.{name}") if name in ("projects", "recognitions", "other_awards", "spending") else path


def report(assessor: Assessor, result: Assessment, contact: str | None = None) -> str:
    """The whole report as plain text, paragraphs apart by a blank line."""
    return "\n\n".join(paragraphs(assessor, result, contact)) + "\n"


def paragraphs(assessor: Assessor, result: Assessment, contact: str | None = None) -> list[str]:
    """The report's paragraphs: the headline, then parts whose first line is their title."""
    parts = [headline(result)]
    firm = [line for line in result.lines if line.status in ("firm", "planned")]
    apart = [line for line in result.lines if line not in firm]
    if firm:
        parts.append(_plan(say("report.plan"), firm))
    if result.other:
        parts.append(say("report.other", amount=wan(result.other), sum=wan(result.other + result.total)))
    if apart:
        parts.append(_plan(say("report.plan_apart"), apart))
    parts += [part for part in (_excluded(assessor, result), _unquantified(result)) if part]
    if not result.lines and result.settled:
        parts += [part for part in (_refused(assessor, result),) if part]
    misses = near_misses(assessor, result)
    if misses:
        parts.append("\n".join([say("report.near"), *(miss.text for miss in misses)]))
    if result.missing:
        labels = [label_of(path, result, assessor.vocabulary) + _stake(path, result) for path in result.missing]
        parts.append(
            "\n".join([say("report.missing"), *(say("report.missing_line", label=x) for x in dict.fromkeys(labels))])
        )
    confirm, readings = _caveats(result)
    return parts + [
        text for text in (confirm, _apply(result, contact), _sources(result), _documents(result), readings) if text
    ]


def _plan(title: str, lines: list[Line]) -> str:
    rows = [title]
    for number, line in enumerate(lines, 1):
        mark = say(f"report.mark_{line.status}") if line.status != "firm" else ""
        name = line.entry.rule.title
        if line.entry.project is not None:
            name += "，" + say("report.for_project", project=line.entry.project.id)
        rows.append(say("report.line", number=number, title=name, amount=wan(line.amount), mark=mark))
        head = line.entry.rules.document
        source = say(
            "report.line_source",
            document=head.short,
            article=line.entry.rule.clause.article,
            formula=formula_text(line),
        )
        rows.append("   " + source)
    return "\n".join(rows)


def _excluded(assessor: Assessor, result: Assessment) -> str:
    rows = []
    for refusal in result.refusals:
        if refusal.reason in LOSERS and refusal.alone:
            text = reason_text(refusal, result, assessor.vocabulary)
            name = refusal.entry.rule.title
            if refusal.entry.project is not None:
                name += "，" + say("report.for_project", project=refusal.entry.project.id)
            article = refusal.entry.rule.clause.article
            rows.append(say("report.excluded_line", title=name, article=article, amount=wan(refusal.alone), text=text))
    return "\n".join([say("report.excluded"), *rows]) if rows else ""


def _refused(assessor: Assessor, result: Assessment) -> str:
    """Where nothing is paid: why, reason by reason, with the clauses."""
    rows = refused_rows(result, assessor.vocabulary)
    in_force = any(one.status == "in_force" for one in result.documents)
    return "\n".join([say("report.refused" if in_force else "report.refused_in_text"), *rows]) if rows else ""


def refused_rows(result: Assessment, vocabulary: Vocabulary) -> list[str]:
    """Reasons why clauses pay nothing, the most telling first, each with its clauses; of a document out of force, what its
    text says."""
    rows: dict[str, list[str]] = {}
    rest = say("report.refused_rest")
    for refusal in result.refusals:
        if refusal.reason == "not_in_force":
            refusal = replace(refusal, reason=refusal.entry.in_text or "condition")
        if refusal.reason == "payee":
            continue
        nothing_told = refusal.entry.failed is None and refusal.reason == "condition"
        text = rest if nothing_told else reason_text(refusal, result, vocabulary)
        rows.setdefault(text, []).append(refusal.entry.rule.clause.article)
    ranked = sorted(rows.items(), key=lambda row: (row[0] == rest, -len(set(row[1]))))[:_REASONS]
    texts = []
    for text, articles in ranked:
        own = list(dict.fromkeys(articles))
        texts.append(
            say("report.refused_line", articles="、".join(own[:4]) + ("等" if len(own) > 4 else ""), text=text)
        )
    return texts


def _unquantified(result: Assessment) -> str:
    rows = [
        say(
            "report.unquantified_line",
            title=entry.rule.title,
            article=entry.rule.clause.article,
            text=unquantified_text(entry, result).removeprefix(say("report.unquantified_said")),
        )
        for entry, _ in result.unquantified
    ]
    return "\n".join([say("report.unquantified"), *dict.fromkeys(rows)]) if rows else ""


def _caveats(result: Assessment) -> tuple[str, str]:
    """What to confirm, line by line, and, for the end, the readings that hold for the whole document."""
    readings = {reading.id: reading for one in result.documents for reading in one.rules.policy.readings}
    first: list[str] = []
    rest: list[str] = []
    for row in caveats(result):
        reading = readings.get(row["code"])
        if reading is None:
            first.append(str(row["text"]))
        elif _concerns(reading, result):
            general = not reading.clauses or len(reading.clauses) > _WIDE
            (rest if general else first).append(reading.caveat)
    titled = ((say("report.caveats"), first), (say("report.readings"), rest))
    confirm, wide = ("\n".join([title, *(f"- {x}" for x in dict.fromkeys(xs))]) if xs else "" for title, xs in titled)
    return confirm, wide


def _concerns(reading: Reading, result: Assessment) -> bool:
    """Whether a reading can matter here: one on several projects does not to who has one."""
    if reading.several == "projects":
        return len(result.profile.projects or ()) > 1
    if reading.several is not None:
        won = [(line.entry, line.matched) for line in result.lines]
        lost = [(x.entry, x.matched) for x in result.refusals if x.reason in LOSERS and x.alone]
        own = [e for e, one in (*won, *lost) if any(reading is other for other in one.rules.policy.readings)]
        return sum(reading.several == "awards" or entry.rule.clause.id in reading.clauses for entry in own) > 1
    return True


def _documents(result: Assessment) -> str:
    rows = []
    for one in result.documents:
        head = one.rules.document
        number = f"（{head.number}）" if head.number else ""
        note = f"。{head.note}" if head.note else ""
        rows.append(
            say("report.document_line", title=head.title, number=number, status=status_text(one, result.as_of) + note)
        )
    return "\n".join([say("report.documents"), *rows]) if rows else ""


def _stake(path: str, result: Assessment) -> str:
    """How many clauses wait for a missing fact."""
    clauses = {entry.rule.clause.id for entry, _ in result.open_entries if path in entry.unknown}
    return say("report.missing_stake", count=len(clauses)) if clauses else ""


def apply_text(one: Matched, contact: str | None) -> str:
    """How and where to apply, and whom to ask, as far as one document says."""
    head = one.rules.document
    texts = [head.apply] if head.apply else []
    if head.responsible:
        texts.append(say("report.responsible", name=head.responsible))
    if head.interprets:
        texts.append(say("report.interprets", name=head.interprets))
    if head.contact:
        texts.append(say("report.contact", name=head.contact))
    elif contact:
        texts.append(say("report.contact_default", name=contact))
    else:
        texts.append(say("report.contact_none"))
    return say("report.apply_line", short=head.short, text="；".join(text.rstrip("。") for text in texts))


def _apply(result: Assessment, contact: str | None) -> str:
    """How and where to apply, for the documents that pay."""
    rows = []
    for one in result.documents:
        if not any(line.matched is one for line in result.lines) and not any(m is one for _, m in result.unquantified):
            continue
        rows.append(apply_text(one, contact))
    if not rows and contact:
        rows.append(f"- {say('report.contact_default', name=contact)}")
    return "\n".join([say("report.apply"), *rows]) if rows else ""


def _sources(result: Assessment) -> str:
    rows = [
        say(
            "report.source_line",
            document=line.entry.rules.document.short,
            article=line.entry.rule.clause.article,
            quote=line.entry.rule.clause.quote,
        )
        for line in result.lines
    ]
    return "\n".join([say("report.sources"), *dict.fromkeys(rows)]) if rows else ""
