"""From the assessment at hand and the rules behind it: why this figure, why not, how computed, what excludes what."""

from __future__ import annotations

from collections.abc import Iterable

from dialogs.answers.asking import Asked
from dialogs.answers.clauses import clauses_for
from dialogs.answers.prepared import Prepared
from dialogs.answers.said import QUOTES, Said, clause_ids, clause_text, entry_ids, entry_text
from dialogs.words import say
from policies.assess import Assessment
from policies.explain import formula_text, reason_text
from policies.facts import Vocabulary
from policies.loader import Tables
from policies.model import Policy
from policies.money import wan
from policies.report import headline, label_of

_LINES = 4
_OPEN = 3
_RULES = {
    "project_cap": ("project", "cap"),
    "yearly_two": ("enterprise", "pick"),
    "tax_ceiling": ("enterprise", "cap"),
}
"""Topics about limits of a whole document: per what, and of which sort."""


def why_total(topic: str, result: Assessment, vocabulary: Vocabulary) -> Said:
    """The figure line by line with its formula, what lost, and what is still open."""
    rows = [say("answer.why_total", headline=headline(result))]
    by: dict[str, None] = dict.fromkeys(["why_total", "how_computed", "why_range", topic])
    for line in result.lines[:_LINES]:
        clause = line.entry.rule.clause
        formula = formula_text(line)
        rows.append(
            say(
                "answer.line",
                title=line.entry.rule.title,
                article=clause.article,
                amount=wan(line.amount),
                formula=formula,
            )
        )
        by |= dict.fromkeys((clause.id, line.entry.rule.id))
    lost, ids = _losers(result, vocabulary, set(), set())
    if lost:
        rows += lost[:2]
        by |= dict.fromkeys(ids[:2])
    if result.missing:
        labels = list(dict.fromkeys(label_of(path, result, vocabulary) for path in result.missing))
        rows.append(say("answer.still_open", what="、".join(labels[:_OPEN]) + ("等" if len(labels) > _OPEN else "")))
    return Said("\n".join(rows), tuple(by))


def why_not(asked: Asked, result: Assessment, vocabulary: Vocabulary) -> Said | None:
    """Why the clauses that the question names pay nothing; with no name, those that lost money."""
    kinds, activities = asked.ids("kind"), asked.ids("activity")
    rows, ids = _losers(result, vocabulary, kinds, activities)
    return Said("\n".join(rows[:_LINES]), ("why_not", *ids)) if rows else None


def _losers(
    result: Assessment, vocabulary: Vocabulary, kinds: set[str], activities: set[str]
) -> tuple[list[str], list[str]]:
    rows: dict[str, str] = {}
    for refusal in result.refusals:
        clause = refusal.entry.rule.clause
        named = not kinds.isdisjoint(clause.kinds) or not activities.isdisjoint(clause.takes)
        if named or (not kinds and not activities and refusal.alone):
            reason = reason_text(refusal, result, vocabulary)
            text = say("answer.loser", title=f"{refusal.entry.rule.title}（{clause.article}）", text=reason)
            rows.setdefault(text, clause.id)
    return list(rows), list(dict.fromkeys(rows.values()))


def rule(topic: str, asked: Asked, documents: tuple[str, ...], tables: Tables, prepared: Prepared) -> Said | None:
    """The rule of a document that a question is about: caps, counts, tax, accidents, what excludes what."""
    policies = [tables.policies[name] for name in documents or tables.policies]
    if topic in ("both_together", "what_excludes"):
        return _together(topic, asked, policies, documents, tables, prepared)
    rows: list[str] = []
    by: dict[str, None] = {topic: None}
    for policy in policies:
        for name, article, text, quote in _rules(topic, policy):
            rows.append(_cited(policy, article, text, quote))
            by |= dict.fromkeys((name, policy.id))
    if not rows:
        return None
    return Said("\n".join(rows[:QUOTES]), tuple(by))


def _rules(topic: str, policy: Policy) -> Iterable[tuple[str, str, str, str]]:
    """Id, article, sentence and quote of the rows of a document that a topic means."""
    if topic in ("accident", "disqualified"):
        for row in policy.disqualifiers:
            if topic == "disqualified" or "accident" in row.id:
                yield row.id, row.article, row.text, row.quote
        if topic == "accident":
            yield from ((row.id, row.article, row.text, row.quote) for row in policy.reductions)
        return
    per, sort = _RULES[topic]
    every = len(policy.clauses)
    for limit in policy.limits:
        wide = not limit.over or len(limit.over) > every // 3
        if limit.per == per and wide and (limit.at_most is not None) == (sort == "pick"):
            yield limit.id, limit.article, limit.text, limit.quote


def _cited(policy: Policy, article: str, text: str, quote: str) -> str:
    return f"{text}\n" + say("answer.clause", document=policy.document.short, article=article, quote=quote)


def _together(
    topic: str, asked: Asked, policies: list[Policy], documents: tuple[str, ...], tables: Tables, prepared: Prepared
) -> Said | None:
    """Whether two things can be had together: what an entry says about them, then the document's own rules."""
    by: dict[str, None] = dict.fromkeys(["both_together", "what_excludes", topic])
    rows: list[str] = []
    kinds, activities = asked.ids("kind"), asked.ids("activity")
    for policy in policies:
        entries = [e for e in prepared.about("both_together", policy.id) if _concerns(e.about, asked, policy)]
        for entry in entries[:1]:
            rows.append(entry_text(entry, tables))
            by |= dict.fromkeys(entry_ids(entry))
    own = clauses_for(asked, policies) if kinds or activities else []
    touched = {clause.id for _, clause in own}
    if documents:
        by |= dict.fromkeys(name for policy, clause in own[:QUOTES] for name in clause_ids(policy, clause))
    for policy in policies:
        for limit in policy.limits:
            if len(rows) < QUOTES and (limit.at_most is not None or len(limit.over) != 1):
                if touched and limit.over and touched.isdisjoint(limit.over):
                    continue
                if limit.caps and touched:
                    continue
                rows.append(_cited(policy, limit.article, limit.text, limit.quote))
                by |= dict.fromkeys((limit.id, policy.id))
        netting = policy.document.netting
        if netting is not None and len(rows) < QUOTES:
            rows.append(_cited(policy, netting.article, netting.text, netting.quote))
            by |= dict.fromkeys((f"{policy.id}-netting", policy.id))
    if own and len(rows) < QUOTES and documents:
        rows += [clause_text(policy, clause) for policy, clause in own[: QUOTES - len(rows)]]
    return Said("\n".join(dict.fromkeys(rows)), tuple(by)) if rows else None


def _concerns(about: tuple[str, ...], asked: Asked, policy: Policy) -> bool:
    """Whether an entry on having things together is about the things that the question names."""
    kinds, activities = asked.ids("kind"), asked.ids("activity")
    named = {
        clause.id
        for clause in policy.clauses
        if not kinds.isdisjoint(clause.kinds) or not activities.isdisjoint(clause.takes)
    }
    return bool(named & set(about)) or bool((kinds | activities) & set(about))
