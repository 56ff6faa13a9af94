"""Why a clause pays what it pays, or nothing: the arithmetic of a line, the sentence of a refusal."""

from __future__ import annotations

from policies.amounts import OPEN, exactly
from policies.assessment import Assessment, Line, Refusal
from policies.conditions import locate
from policies.describe import describe, status_text, value_text
from policies.eligibility import window_of
from policies.entries import Entry
from policies.facts import Vocabulary
from policies.model import Clause
from policies.money import Fen, exact_yuan, percent, wan, yuan
from policies.rules import scopes_of
from policies.words import say

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
    """An entry's clause by its title and article."""
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


def _date_text(refusal: Refusal, result: Assessment) -> str:
    entry, clause, matched = refusal.entry, refusal.entry.rule.clause, refusal.matched
    subject = entry.subject
    if clause.for_ == "recognition":
        day, what = subject.value("recognition", "obtained_on"), "取得日期"
    else:
        day, what = subject.value("project", "completed_on"), "完工日期"
    start, end = window_of(matched.rules.document)
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


def unquantified_text(entry: Entry, result: Assessment) -> str:
    """What is said of a clause that fits and names no sum: its own words."""
    clause = entry.rule.clause
    key = "aspirational" if clause.strength == "aspirational" else "due"
    if result.profile.enterprise.get("applicant_kind") == "local_government":
        key = "government"
    return say(f"unquantified.{key}", quote=clause.quote)
