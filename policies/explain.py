"""An assessment in words and as JSON (contract §4): formulas, reasons, caveats, document states."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import Any

from policies.amounts import OPEN, exactly
from policies.assess import Assessment, Line, Refusal
from policies.conditions import bound_of, locate, ratio_bound
from policies.facts import Fact, Vocabulary
from policies.matching import Entry, Matched
from policies.model import Clause, Condition
from policies.money import Fen, exact_yuan, number_text, percent, wan, yuan
from policies.regions import place
from policies.rules import scopes_of
from policies.words import say

# ---- conditions ----


def value_text(fact: Fact, value: Any, vocabulary: Vocabulary, clause: Clause | None = None) -> str:
    """A value of a fact as people read it. Money in fen."""
    if fact.type == "money":
        return wan(value)
    if fact.type == "number":
        return f"{number_text(value)}{fact.unit}"
    if fact.type == "yesno":
        return "是" if value else "否"
    if fact.type == "date":
        return str(value)
    if fact.type == "place":
        found = place(str(value))
        return found.full_name if found else str(value)
    if fact.type == "body":
        return vocabulary.body_label(str(value))
    if fact.type == "level" and clause is not None:
        for kind in clause.kinds:
            if str(value) in vocabulary.kinds[kind].values():
                return vocabulary.kinds[kind].label_of(str(value))
    if isinstance(value, frozenset | set | tuple | list):
        return "、".join(fact.label_of(str(item)) for item in _in_order(fact, value)) or fact.none or "没有"
    return fact.label_of(str(value))


def _in_order(fact: Fact, values: Any) -> list[str]:
    known = fact.values()
    return sorted((str(value) for value in values), key=lambda v: known.index(v) if v in known else len(known))


def describe(condition: Condition, clause: Clause | None, vocabulary: Vocabulary) -> str:
    """What a condition asks for, in words."""
    scopes = scopes_of(clause) if clause is not None else ("enterprise",)
    if condition.ratio is not None:
        names = [locate(name, scopes, vocabulary)[1].label for name in (condition.ratio.of, condition.ratio.to)]
        op, bound = next((k, getattr(condition, k)) for k in _COMPARISONS if getattr(condition, k) is not None)
        words = {"at_least": "不低于", "more_than": "超过", "at_most": "不超过", "less_than": "低于"}
        facts = [locate(name, scopes, vocabulary)[1] for name in (condition.ratio.of, condition.ratio.to)]
        found = ratio_bound(bound, *facts)
        value = wan(found) if facts[0].type != facts[1].type else percent(found)
        return say("when.ratio", fact=names[0], other=names[1], op=words[op], value=value)
    if condition.recognition is not None:
        kinds = "、".join(vocabulary.kinds[kind].label for kind in condition.recognition.kinds)
        if not condition.recognition.when:
            return say("when.recognition_any", kinds=kinds)
        inner = Clause.model_construct(for_="recognition", kinds=condition.recognition.kinds)
        needs = "、".join(describe(item, inner, vocabulary) for item in condition.recognition.when)
        return say("when.recognition", kinds=kinds, needs=needs)
    if condition.fact is None:
        if condition.not_ is not None:
            return say("when.not", needs=describe(condition.not_, clause, vocabulary))
        if condition.any is not None:
            parts = [describe(item, clause, vocabulary) for item in condition.any if isinstance(item, Condition)]
            return say("when.any", needs="；".join(parts))
        return "，".join(describe(item, clause, vocabulary) for item in condition.all or ())
    return _describe_fact(condition, clause, vocabulary, scopes)


_COMPARISONS = ("at_least", "more_than", "at_most", "less_than")


def _describe_fact(condition: Condition, clause: Clause | None, vocabulary: Vocabulary, scopes: tuple[str, ...]) -> str:
    _, fact = locate(str(condition.fact), scopes, vocabulary)
    for name in _COMPARISONS:
        bound = getattr(condition, name)
        if bound is not None:
            text = value_text(fact, bound_of(fact, bound), vocabulary, clause)
            key = "level_at_least" if name == "at_least" and fact.type in ("level", "body", "choice") else name
            label = fact.label
            if condition.less is not None:
                label = say("when.part", fact=label, less=locate(condition.less, scopes, vocabulary)[1].label)
            return say(f"when.{key}", fact=label, value=text)
    if condition.year is not None:
        if condition.year == "award":
            return say("when.year_award", fact=fact.label)
        return say("when.year", fact=fact.label, value=condition.year)
    if condition.within is not None:
        return say("when.within", value="、".join(p.name for p in map(place, condition.within) if p))
    if isinstance(condition.is_, bool):
        return say("when.is_yes" if condition.is_ else "when.is_no", fact=fact.label)
    if condition.group is not None:
        values: tuple[Any, ...] = tuple(c.value for c in fact.choices if condition.group in c.groups)
    else:
        values = (condition.is_,) if condition.is_ is not None else (condition.in_ or condition.any or ())
    text = "、".join(value_text(fact, value, vocabulary, clause) for value in values)
    return text if fact.name in ("industries", "size") else say("when.in", fact=fact.label, value=text)


# ---- lines ----


def formula_text(line: Line) -> str:
    """The arithmetic of a line in yuan, from base to what is paid."""
    entry = line.entry
    formula = entry.rule.formula
    assert formula is not None
    told = [key[1:] for key in line.taken if entry.lines[key[1:]] != OPEN]
    spend = sum((entry.lines[key] for key in told), 0) + entry.free_spend
    gross = formula.run(entry.subject, spend, True) or 0
    shown = formula.show(entry.subject, spend)
    reached: Fen = gross
    rules = entry.rules
    bounds = [*entry.rule.bounds, *rules.clause_bounds[entry.rule.clause.id], *rules.tier_bounds.get(entry.rule.id, ())]
    for bound in bounds:
        ceiling = bound.run(entry.subject)
        if ceiling is not None:
            reached = min(reached, ceiling)
    if reached < gross:
        shown = say("formula.cap", shown=shown, cap=exact_yuan(reached))
    for row, verdict in line.matched.factor:
        if verdict is True:
            reached = exactly(reached * row.factor)
            shown = say("formula.factor", shown=shown, factor=percent(row.factor), amount=exact_yuan(reached))
    if line.exact < reached and line.had and reached - line.exact <= line.had:
        shown = say("formula.netted", shown=shown, had=exact_yuan(reached - line.exact), amount=yuan(line.amount))
    elif line.exact < reached:
        shown = say("formula.shared", shown=shown, amount=yuan(line.amount))
    return shown


def title_of(entry: Entry) -> str:
    return f"{entry.rule.title}（{entry.rule.clause.article}）"


# ---- reasons ----


def reason_text(refusal: Refusal, result: Assessment, vocabulary: Vocabulary) -> str:
    """One sentence on why a clause pays nothing."""
    entry, clause, reason = refusal.entry, refusal.entry.rule.clause, refusal.reason
    if reason in _STANDING:
        key, said = (reason, entry.failed, entry.verdict), entry.rule.said
        if key not in said:
            said[key] = _standing_text(refusal, vocabulary)
        return said[key]
    if reason == "applicant_kind":
        fact = vocabulary.facts[("enterprise", "applicant_kind")]
        payees = clause.payee or entry.rules.document.applicants
        kind = result.profile.enterprise.get("applicant_kind", "")
        return say("reason.applicant_kind", payees="、".join(map(fact.label_of, payees)), kind=fact.label_of(kind))
    if reason == "not_in_force":
        return say("reason.not_in_force", status=status_text(refusal.matched, result.as_of))
    if reason == "date":
        return _date_text(refusal, result)
    if reason == "lower_level":
        return _lower_level_text(entry, vocabulary)
    if refusal.rival is None and reason == "same_tier":
        refusal.rival = _attained(refusal)
    return _loser_text(refusal)


def _attained(refusal: Refusal) -> Entry | None:
    """The tier that applies instead: the last of the series on the same object that is not ruled out."""
    own = refusal.entry
    tiers = [
        entry
        for entry in refusal.matched.entries
        if entry.rule.series == own.rule.series and entry.key[1:] == own.key[1:] and entry.reason in ("", "date")
    ]
    return tiers[-1] if tiers else None


def _lower_level_text(entry: Entry, vocabulary: Vocabulary) -> str:
    clause = entry.rule.clause
    assert entry.failed is not None
    condition = entry.failed.condition
    scope, fact = locate(str(condition.fact), scopes_of(clause), vocabulary)
    told = value_text(fact, entry.subject.value(scope, fact.name), vocabulary, clause)
    return say("reason.lower_level", told=told, needs=describe(condition, clause, vocabulary))


_STANDING = frozenset(("payee", "disqualified", "territory", "industry", "size", "condition"))
"""Reasons whose sentence depends on the rule and on what failed, and on nothing that was told: said once, then kept."""


def _standing_text(refusal: Refusal, vocabulary: Vocabulary) -> str:
    entry, clause = refusal.entry, refusal.entry.rule.clause
    if refusal.reason == "payee":
        return say("reason.payee")
    if refusal.reason == "disqualified":
        texts = [row.text for row, test in entry.rules.disqualifiers if test is entry.failed]
        return say("reason.disqualified", text=texts[0] if texts else "")
    if entry.failed is None:
        if clause.shown_when == "at_cap":
            return say("reason.not_at_cap")
        if entry.verdict is not False:
            return say("reason.nothing_due")
        if clause.for_ == "project" and clause.takes:
            labels = map(vocabulary.activities.label_of, clause.takes)
            return say("reason.no_activity", activities="、".join(labels))
        if clause.for_ == "recognition":
            return say("reason.no_kind", kinds="、".join(vocabulary.kinds[kind].label for kind in clause.kinds))
        return say("reason.no_base", what="、".join(_bases(clause, vocabulary)) or entry.rule.title)
    return say(f"reason.{refusal.reason}", needs=describe(entry.failed.condition, clause, vocabulary))


def _bases(clause: Clause, vocabulary: Vocabulary) -> list[str]:
    """What a clause is computed from, or hangs on, as people call it: a loan, a count."""
    names = list(clause.pays.terms()) if clause.pays is not None else []
    names = names or [str(leaf.fact) for item in clause.when for leaf in item.leaves() if leaf.fact]
    facts = [locate(name, scopes_of(clause), vocabulary)[1] for name in names if name != "spending"]
    counted = [fact for fact in facts if fact.type in ("money", "number")]
    return list(dict.fromkeys(fact.label for fact in counted or facts))


def window_of(matched: Matched) -> tuple[date | None, date | None]:
    """The days within which completions and recognitions count."""
    document = matched.rules.document
    if document.events is None:
        return document.from_, document.to
    if document.events == "none":
        return None, None
    return document.events.from_, document.events.to


def _date_text(refusal: Refusal, result: Assessment) -> str:
    entry, clause, matched = refusal.entry, refusal.entry.rule.clause, refusal.matched
    subject = entry.subject
    if clause.for_ == "recognition":
        day, what = subject.value("recognition", "obtained_on"), "取得日期"
    else:
        day, what = subject.value("project", "completed_on"), "完工日期"
    start, end = window_of(matched)
    year = matched.award_day.year
    if clause.dated == "year" and day is not None and day.year != year:
        needs = say("date.year", year=year)
    elif day is not None and day > result.as_of and matched.rules.document.yearly and day.year != year:
        needs = say("date.planned_year", year=year)
    elif end is None:
        needs = say("date.from", start=start)
    else:
        needs = say("date.window", start=start, end=end)
    return say("reason.date", what=what, day=day, needs=needs)


def _loser_text(refusal: Refusal) -> str:
    rival = title_of(refusal.rival) if refusal.rival is not None else ""
    tie = refusal.tie
    text = tie.limit.text.rstrip("。") if tie is not None and tie.limit is not None else ""
    if refusal.reason in ("same_kind", "clause_cap"):
        rival = f"（{rival}）" if rival else ""
        if tie is not None and tie.award is not None and tie.award.amount is not None:
            rival = f"（{wan(tie.award.amount)}）"
    if refusal.reason in ("project_cap", "document_cap", "annual_limit") and not text:
        text = "合计上限已用完"
    if refusal.reason in ("annual_limit", "same_project", "same_tier", "same_spending") and not rival:
        rival = say("reason.another")
    return say(f"reason.{refusal.reason}", rival=rival, text=text)


# ---- documents ----


def status_text(matched: Matched, as_of: date) -> str:
    document = matched.rules.document
    if matched.applies is None:
        return say("status.undecided")
    key = "trial" if matched.status == "in_force" and document.state == "trial" else matched.status
    return _status(key, document.from_, document.to, as_of)


@lru_cache(maxsize=1024)
def _status(key: str, start: date | None, end: date | None, as_of: date) -> str:
    return say(f"status.{key}", **{"from": start, "to": end, "as_of": as_of})


# ---- caveats ----


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
    subject, matched = line.entry.subject, line.matched
    if subject.recognition is not None:
        day, what = subject.value("recognition", "obtained_on"), line.entry.rule.title
    else:
        day = subject.value("project", "completed_on")
        what = f"项目 {subject.project.id}" if subject.project else line.entry.rule.title
    _, end = window_of(matched)
    if matched.rules.document.yearly:
        last = date(matched.award_day.year, 12, 31)
        end = last if end is None else min(end, last)
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
        bound = result.firm if matched.status == "in_force" else result.apart
        plan = result.firm_plan if matched.status == "in_force" else result.apart_plan
        said = set()
        own = {id(limit) for limit in policy.limits}
        turned = {id(refusal.tie) for refusal in result.refusals if refusal.tie is not None}
        for tie in bound.ties if bound is not None and plan is not None else ():
            if tie.limit is None or tie.limit.id in said or id(tie.limit) not in own:
                continue
            full = (
                not tie.groups and plan is not None and sum((plan.paid.get(n, 0) for n in tie.members), 0) >= tie.bound
            )
            if id(tie) in turned or full:
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


# ---- JSON ----


def as_json(result: Assessment, vocabulary: Vocabulary, brief: bool = False) -> dict[str, Any]:
    """The object of contract §4. `brief` leaves out excluded, unquantified, caveats and texts."""
    out: dict[str, Any] = {
        "as_of": result.as_of.isoformat(),
        "total_yuan": yuan(result.total),
        "range_yuan": [yuan(result.total), None if result.high is None else yuan(result.high)],
        "indicative_yuan": yuan(result.indicative),
        "indicative_range_yuan": [
            yuan(result.indicative),
            None if result.indicative_high is None else yuan(result.indicative_high),
        ],
        "other_yuan": yuan(result.other),
        "exact": result.exact,
        "awards": [_award(line, brief) for line in result.lines],
    }
    if not brief:
        out["excluded"] = [_refusal(refusal, result, vocabulary) for refusal in result.refusals]
        out["unquantified"] = [_unquantified(entry, result) for entry, _ in result.unquantified]
        out["caveats"] = caveats(result)
    out["documents"] = [_document(matched, result, brief) for matched in result.documents]
    out["missing"] = list(result.missing)
    return out


def _object(entry: Entry) -> dict[str, Any]:
    subject = entry.subject
    return {
        "project": subject.project.id if subject.project is not None else None,
        "recognition": subject.recognition.index if subject.recognition is not None else None,
    }


def _award(line: Line, brief: bool) -> dict[str, Any]:
    entry = line.entry
    row = {"clause": entry.rule.id, "document": entry.rules.document.id, "article": entry.rule.clause.article}
    if not brief:
        row["title"] = entry.rule.title
    row |= _object(entry)
    row["amount_yuan"] = yuan(line.amount)
    if not brief:
        row["formula"] = formula_text(line)
        row["quote"] = entry.rule.clause.quote
    row["status"] = line.status
    return row


def _refusal(refusal: Refusal, result: Assessment, vocabulary: Vocabulary) -> dict[str, Any]:
    return {
        "clause": refusal.entry.rule.id,
        **_object(refusal.entry),
        "amount_yuan": yuan(refusal.alone) if refusal.alone else None,
        "reason": refusal.reason,
        "explanation": reason_text(refusal, result, vocabulary),
    }


def unquantified_text(entry: Entry, result: Assessment) -> str:
    clause = entry.rule.clause
    key = "aspirational" if clause.strength == "aspirational" else "due"
    if result.profile.enterprise.get("applicant_kind") == "local_government":
        key = "government"
    return say(f"unquantified.{key}", quote=clause.quote)


def _unquantified(entry: Entry, result: Assessment) -> dict[str, Any]:
    return {"clause": entry.rule.id, **_object(entry), "explanation": unquantified_text(entry, result)}


def _document(matched: Matched, result: Assessment, brief: bool) -> dict[str, Any]:
    row: dict[str, Any] = {
        "document": matched.rules.document.id,
        "status": matched.status,
        "applies": matched.applies,
    }
    if not brief:
        note = matched.rules.document.note
        row["text"] = status_text(matched, result.as_of) + (f"。{note}" if note else "")
    return row
