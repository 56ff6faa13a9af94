"""From the assessment at hand and the rules behind it: why this figure, why not, how computed, what excludes what."""

from __future__ import annotations

import re
from collections.abc import Iterable

from dialogs.answers.asking import Asked
from dialogs.answers.clauses import clauses_for
from dialogs.answers.prepared import Prepared
from dialogs.answers.said import QUOTES, Said, clause_ids, clause_text, entry_ids, entry_text
from dialogs.answers.shortfall import shortfall
from dialogs.words import say
from policies.assessment import Assessment
from policies.explain import formula_text, reason_text
from policies.facts import Vocabulary
from policies.faq import FaqEntry
from policies.loader import Tables
from policies.model import Clause, Policy
from policies.money import wan
from policies.report import headline, label_of, refused_rows

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
    cut, ids = shortfall(result, vocabulary)
    rows += cut
    by |= dict.fromkeys(ids)
    if not result.lines and not cut and not (result.profile.projects or result.profile.recognitions):
        rows.append(say("answer.nothing_told"))
    lost, ids = _losers(result, vocabulary, set(), set())
    if result.settled and not result.lines and not cut and not lost:
        rows += refused_rows(result, vocabulary)
    if lost and not cut:
        rows += lost[:2]
        by |= dict.fromkeys(ids[:2])
    if result.missing:
        labels = list(dict.fromkeys(label_of(path, result, vocabulary) for path in result.missing))
        rows.append(say("answer.still_open", what="、".join(labels[:_OPEN]) + ("等" if len(labels) > _OPEN else "")))
    return Said("\n".join(rows), tuple(by))


def why_not(asked: Asked, result: Assessment, vocabulary: Vocabulary) -> Said | None:
    """Why the clauses that the question names pay nothing; with no name, those that lost money."""
    kinds, activities = asked.ids("kind"), asked.ids("activity")
    counted, ids = _counted(result, kinds, activities)
    if counted:
        return Said("\n".join(counted[:_LINES]), ("why_not", "how_computed", *ids))
    rows, ids = _losers(result, vocabulary, kinds, activities)
    if not rows and (kinds or activities):
        rows, ids = _not_yet(result, vocabulary, kinds, activities)
        rows = rows or _of_no_clause(result, vocabulary, kinds, activities)
    return Said("\n".join(rows[:_LINES]), ("why_not", *ids)) if rows else None


def _of_no_clause(result: Assessment, vocabulary: Vocabulary, kinds: set[str], activities: set[str]) -> list[str]:
    """What is asked after stands in no clause of the enterprise's documents, nor does one take whatever a project does."""
    clauses = [clause for one in result.documents for clause in one.rules.policy.clauses]
    if not clauses or any(_named(clause, kinds, activities) for clause in clauses):
        return []
    if activities and any(clause.for_ == "project" and not clause.takes for clause in clauses):
        return []
    labels = [vocabulary.kinds[kind].label for kind in sorted(kinds)]
    labels += [vocabulary.activities.label_of(name) for name in sorted(activities)]
    documents = "》《".join(one.rules.document.short for one in result.documents)
    return [say("answer.no_clause", documents=documents, what="、".join(labels))]


def _named(clause: Clause, kinds: set[str], activities: set[str]) -> bool:
    return not kinds.isdisjoint(clause.kinds) or not activities.isdisjoint(clause.takes)


def _counted(result: Assessment, kinds: set[str], activities: set[str]) -> tuple[list[str], list[str]]:
    """What is asked after is in the plan already."""
    rows: dict[str, str] = {}
    for line in result.lines:
        rule = line.entry.rule
        if _named(rule.clause, kinds, activities):
            text = say("answer.counted", title=rule.title, article=rule.clause.article, amount=wan(line.amount))
            rows[text] = rule.clause.id
    return list(rows), list(rows.values())


def _not_yet(
    result: Assessment, vocabulary: Vocabulary, kinds: set[str], activities: set[str]
) -> tuple[list[str], list[str]]:
    """What is asked after waits for facts."""
    rows: dict[str, str] = {}
    for entry, _ in result.open_entries:
        clause = entry.rule.clause
        if _named(clause, kinds, activities):
            paths = sorted(entry.unknown) or ["recognitions" if clause.kinds else "projects"]
            what = "、".join(dict.fromkeys(label_of(path, result, vocabulary) for path in paths[:_OPEN]))
            rows.setdefault(say("answer.not_yet", title=clause.title, article=clause.article, what=what), clause.id)
    return list(rows), list(rows.values())


def _losers(
    result: Assessment, vocabulary: Vocabulary, kinds: set[str], activities: set[str]
) -> tuple[list[str], list[str]]:
    rows: dict[str, str] = {}
    for refusal in result.refusals:
        clause = refusal.entry.rule.clause
        if _named(clause, kinds, activities) or (not kinds and not activities and refusal.alone):
            reason = reason_text(refusal, result, vocabulary)
            text = say(
                "answer.loser", title=f"{refusal.entry.rule.title}（{clause.article}）", text=reason.rstrip("。")
            )
            rows.setdefault(text, clause.id)
    return list(rows), list(dict.fromkeys(rows.values()))


def rule(topic: str, asked: Asked, documents: tuple[str, ...], tables: Tables, prepared: Prepared) -> Said | None:
    """The rule of a document that a question is about: caps, counts, tax, accidents, what excludes what."""
    policies = [tables.policies[name] for name in documents or tables.policies]
    if topic in ("both_together", "what_excludes"):
        return _together(topic, asked, policies, documents, tables, prepared)
    by: dict[str, None] = {topic: None}
    said: dict[str, list[str]] = {}
    for policy in policies:
        for name, article, text, quote in _rules(topic, policy):
            cited = say("answer.clause", document=policy.document.short, article=article, quote=quote.rstrip("。"))
            if cited in said or len(said) < QUOTES:
                said.setdefault(cited, []).append(text)
                by |= dict.fromkeys((name, policy.id))
    return _cited(said, by)


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


def _cited(said: dict[str, list[str]], by: dict[str, None]) -> Said | None:
    """Each quote once, below the sentences that rest on it."""
    text = "\n".join("\n".join([*texts, cited]) for cited, texts in said.items())
    return Said(text, tuple(by)) if said else None


def _together(
    topic: str, asked: Asked, policies: list[Policy], documents: tuple[str, ...], tables: Tables, prepared: Prepared
) -> Said | None:
    """Whether two things can be had together: what an entry says about them, then the document's own rules.

    Each quote stands once, below all that rests on it; where money of another level is meant, netting comes first.
    """
    by: dict[str, None] = dict.fromkeys(["both_together", "what_excludes", topic])
    said: dict[str, list[str]] = {}
    things = asked.ids("kind", "activity")
    elsewhere = topic == "what_excludes" or _ELSEWHERE.search(asked.text) is not None
    own = clauses_for(asked, policies) if things else []
    touched = {clause.id for _, clause in own}
    for policy in policies:
        entries = [e for e in prepared.about("both_together") if e.document == policy.id and _concerns(e, things)]
        if entries:
            said.setdefault(entry_text(entries[0], tables), [])
            by |= dict.fromkeys(entry_ids(entries[0]))
        elif documents and len(things) > 1 and not elsewhere:
            free = _not_excluded(policy, asked, tables.vocabulary)
            said |= {free: []} if free else {}
    if documents:
        by |= dict.fromkeys(name for policy, clause in own[:QUOTES] for name in clause_ids(policy, clause))
    for policy in policies:
        rows = list(_netting(policy))
        rows += [] if elsewhere else list(_exclusions(policy, touched))
        for name, article, text, quote in rows if elsewhere else reversed(rows):
            cited = say("answer.clause", document=policy.document.short, article=article, quote=quote)
            if cited in said or len(said) < QUOTES:
                said.setdefault(cited, []).append(text)
                by |= dict.fromkeys((name, policy.id))
    if own and len(said) < QUOTES and documents:
        for policy, clause in own[: QUOTES - len(said)]:
            said.setdefault(clause_text(policy, clause), [])
    return _cited(said, by)


def _not_excluded(policy: Policy, asked: Asked, vocabulary: Vocabulary) -> str:
    """That nothing in a document keeps two things apart; "" where a rule may, or where it has only one of them."""
    sets: dict[str, set[str]] = {}
    for sort, name in asked.things:
        rewarded = {c.id for c in policy.clauses if name in (*c.kinds, *c.takes) and (c.pays is not None or c.tiers)}
        if sort in ("kind", "activity") and rewarded and rewarded not in sets.values():
            label = vocabulary.kinds[name].label if sort == "kind" else vocabulary.activities.label_of(name)
            sets[f"“{label.split('（')[0]}”"] = rewarded
    if len(sets) != _PAIR or not set.isdisjoint(*sets.values()):
        return ""
    for limit in policy.limits:
        over = set(limit.over) or {clause.id for clause in policy.clauses} - set(limit.except_)
        if limit.at_most == 1 and all(not over.isdisjoint(one) for one in sets.values()):
            return ""
    things = "和".join(sets)
    return say("answer.not_excluded", document=policy.document.short, things=things)


_PAIR = 2
_ELSEWHERE = re.compile(r"国家|自治区|省|县里|区里|旗里|市里|上级|别处|别的地方|其他政策|已经拿")


def _netting(policy: Policy) -> Iterable[tuple[str, str, str, str]]:
    netting = policy.document.netting
    if netting is not None:
        yield f"{policy.id}-netting", netting.article, netting.text, netting.quote


def _exclusions(policy: Policy, touched: set[str]) -> Iterable[tuple[str, str, str, str]]:
    """The rules by which awards of a document exclude each other; those about what is named, where something is."""
    for limit in policy.limits:
        if limit.at_most is None and len(limit.over) == 1:
            continue
        if touched and (limit.caps or (limit.over and touched.isdisjoint(limit.over))):
            continue
        yield limit.id, limit.article, limit.text, limit.quote


def _concerns(entry: FaqEntry, things: set[str]) -> bool:
    """Whether an entry on having two things together is about just those that the question names."""
    return len(things) > 1 and things <= set(entry.about)
