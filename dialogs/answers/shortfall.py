"""Why a figure is no higher: the caps of a document that bind, what was told and is not paid, and why."""

from __future__ import annotations

from collections.abc import Iterator

from dialogs.words import say
from policies.assessment import Assessment
from policies.binding import covers
from policies.entries import Entry, Matched
from policies.explain import reason_text, title_of
from policies.facts import Vocabulary
from policies.model import Limit
from policies.money import Fen, wan

_STOPPING = ("payee", "applicant_kind", "territory", "disqualified", "industry", "size", "condition", "date")
"""Reasons on account of which what was told earns nothing at all."""
_ROWS = 2


def shortfall(result: Assessment, vocabulary: Vocabulary) -> tuple[list[str], list[str]]:
    """Sentences with their quotes, and the ids that they come from; empty where nothing was cut."""
    rows: list[str] = []
    ids: list[str] = []
    for matched in result.documents:
        if matched.applies is False:
            continue
        for limit, want, cap in _binding(result, matched):
            rows.append(say("answer.cut", text=limit.text, want=wan(want), cap=wan(cap), lost=wan(want - cap)))
            rows.append(_cited(matched, limit.article, limit.quote))
            ids.append(limit.id)
    stopped: dict[str, list[str]] = {}
    quotes: dict[str, str] = {}
    for refusal in result.refusals:
        entry = refusal.entry
        if refusal.reason not in _STOPPING or entry.rule.formula is None or not _told(entry):
            continue
        reason = reason_text(refusal, result, vocabulary)
        stopped.setdefault(reason, []).append(title_of(entry))
        ids.append(entry.rule.clause.id)
        for row, test in entry.rules.disqualifiers:
            if test is entry.failed:
                quotes[reason] = _cited(refusal.matched, row.article, row.quote)
                ids.append(row.id)
    for reason, titles in list(stopped.items())[:_ROWS]:
        rows.append(say("answer.loser", title="、".join(dict.fromkeys(titles[:_ROWS])), text=reason.rstrip("。")))
        rows += [quotes[reason]] if reason in quotes else []
    return list(dict.fromkeys(rows)), list(dict.fromkeys(ids))


def _told(entry: Entry) -> bool:
    """Whether a clause is on something that was told: a recognition, or a project with what the clause takes."""
    if entry.subject.recognition is not None:
        return True
    if entry.project is None or not entry.project.lines:
        return False
    takes = entry.rules.takes[entry.rule.clause.id]
    return any(line.activities is not None and not takes.isdisjoint(line.activities) for line in entry.project.lines)


def _binding(result: Assessment, matched: Matched) -> Iterator[tuple[Limit, int, int]]:
    """The caps of a whole document that are lower than what stands under them: the limit, the sum and the cap, in fen."""
    entries = [entry for entry in matched.entries if entry.verdict is not False and amount(entry) > 0]
    lines = {id(line.entry) for line in result.lines}
    for limit in matched.rules.policy.limits:
        groups: dict[str, list[Entry]] = {}
        for entry in entries:
            if covers(limit, entry) and (limit.per == "enterprise" or entry.project is not None):
                key = entry.project.id if limit.per == "project" and entry.project is not None else ""
                groups.setdefault(key, []).append(entry)
        for own in groups.values():
            bounds = [bound.run(own[0].subject) for bound in matched.rules.limit_bounds[limit.id]]
            known = [bound for bound in bounds if bound is not None]
            if not known:
                continue
            chosen = sum(amount(entry) for entry in own if id(entry) in lines)
            want, cap = int(max(chosen, *map(amount, own))), int(min(known))
            if cap < want:
                yield limit, want, cap


def amount(entry: Entry) -> Fen:
    """What an entry pays under the caps of its own clause, in fen; 0 where that is not known."""
    reached: Fen = entry.amount()
    rules = entry.rules
    for bound in (*rules.clause_bounds[entry.rule.clause.id], *rules.tier_bounds.get(entry.rule.id, ())):
        ceiling = bound.run(entry.subject)
        if ceiling is not None:
            reached = min(reached, ceiling)
    return reached


def _cited(matched: Matched, article: str, quote: str) -> str:
    return say("answer.clause", document=matched.rules.document.short, article=article, quote=quote)
