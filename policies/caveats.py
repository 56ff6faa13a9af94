"""What must be confirmed before an assessment is relied on: readings, limits that bind, plans, assumptions."""

from __future__ import annotations

from typing import Any

from policies.assessment import Assessment, Line
from policies.entries import Matched
from policies.money import percent, wan
from policies.words import say


def caveats(result: Assessment) -> list[dict[str, Any]]:
    """What must be confirmed before the figure is relied on: readings, limits, plans, assumptions."""
    out: list[dict[str, Any]] = []

    def add(code: str, text: str, clause: str | None = None, quote: str | None = None) -> None:
        out.append({"code": code, "clause": clause, "text": text, "quote": quote})

    if result.lines:
        add("ceiling", say("caveat.ceiling"))
    for line in result.lines:
        if line.status == "planned":
            _planned(line, add)
        if line.entry.rule.clause.instalments:
            parts = "，".join(f"{item.when} {percent(item.share)}" for item in line.entry.rule.clause.instalments)
            add("instalments", say("caveat.instalments", title=line.entry.rule.title, parts=parts), line.entry.rule.id)
    for matched in result.documents:
        _document_caveats(result, matched, add)
    if result.profile.awards is None and any(m.rules.document.netting for m in result.documents) and result.lines:
        add("other_awards_assumed_none", say("caveat.other_awards"))
    for project in result.profile.projects or ():
        total = project.facts.get("total_investment_yuan")
        amounts = [line.amount for line in project.lines or () if line.amount is not None]
        if total is not None and sum(amounts) > total:
            text = say("caveat.spending_exceeds_total", project=project.id, sum=wan(sum(amounts)), total=wan(total))
            add("spending_exceeds_total", text)
    for award in result.external:
        what = f"项目 {award.project}" if award.project else "该项认定"
        add("external_award_chosen", say("caveat.external", what=what, amount=wan(award.amount or 0)))
    for award in result.profile.awards or ():
        if award.amount is None:
            add("award_without_amount", say("caveat.award_without_amount", number=award.index + 1))
    return out


def _planned(line: Line, add: Any) -> None:
    subject = line.entry.subject
    if subject.recognition is not None:
        day, what = subject.value("recognition", "obtained_on"), line.entry.rule.title
    else:
        day = subject.value("project", "completed_on")
        what = f"项目 {subject.project.id}" if subject.project else line.entry.rule.title
    end = line.matched.last_day
    key = "planned" if end is not None else "planned_open"
    add("planned", say(f"caveat.{key}", what=what, day=day, by=end), line.entry.rule.id)


def _document_caveats(result: Assessment, matched: Matched, add: Any) -> None:
    policy = matched.rules.policy
    ids = set()
    for line in result.lines:
        if line.matched is matched:
            ids |= {line.entry.rule.id, line.entry.rule.clause.id}
    named = ids | {entry.rule.clause.id for entry, one in result.unquantified if one is matched}
    if not ids and not named:
        return
    if ids:
        for row, verdict in matched.factor:
            if verdict is True:
                add(row.id, say("caveat.reduced", text=row.text), None, row.quote)
        solved = result.solved(matched)
        said = set()
        own = {id(limit) for limit in policy.limits}
        turned = {id(refusal.tie) for refusal in result.refusals if refusal.tie is not None}
        for tie in solved.bundle.ties if solved is not None else ():
            if tie.limit is None or tie.limit.id in said or id(tie.limit) not in own:
                continue
            if id(tie) in turned or (solved is not None and tie.is_full(solved.plan)):
                said.add(tie.limit.id)
                add(tie.limit.id, tie.limit.text, None, tie.limit.quote)
        netting = matched.rules.document.netting
        if netting is not None:
            add("same_kind_highest", netting.text, None, netting.quote or None)
    for reading in policy.readings:
        if (not reading.clauses and ids) or not named.isdisjoint(reading.clauses):
            add(
                reading.id,
                reading.caveat,
                reading.clauses[0] if len(reading.clauses) == 1 else None,
                reading.quote or None,
            )
