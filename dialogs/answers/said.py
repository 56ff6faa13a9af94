"""An answer: its words, what it came from, and the questions to choose from where several are meant."""

from __future__ import annotations

from dataclasses import dataclass

from dialogs.words import say
from policies.faq import FaqEntry
from policies.loader import Tables
from policies.model import Clause, Policy

ASKED = "ask:"
"""Begins the value of a choice that is a question: the id of an entry, or a document's with the question's words."""
QUOTES = 3
"""At most so many quotes in one answer: a phone screen."""


@dataclass(frozen=True)
class Said:
    """`act` is answer, choices or unknown; `by` what answered (ids and topics); `choices` value and label."""

    text: str
    by: tuple[str, ...] = ()
    act: str = "answer"
    score: float | None = None
    choices: tuple[tuple[str, str], ...] = ()


def article_of(entry: FaqEntry, tables: Tables) -> str:
    """The article that an entry cites."""
    if entry.article or entry.clause is None or entry.document is None:
        return entry.article
    policy = tables.policies[entry.document]
    for clause in policy.clauses:
        if entry.clause == clause.id or any(tier.id == entry.clause for tier in clause.tiers):
            return clause.article
    return next((limit.article for limit in policy.limits if limit.id == entry.clause), "")


def entry_text(entry: FaqEntry, tables: Tables, brief: bool = False, quoted: bool = True) -> str:
    """The answer of an entry with its citation; `brief` one line with the document's name, not `quoted` the answer alone."""
    text = entry.answer
    if entry.general:
        text += say("answer.general")
    if entry.document is None or not quoted:
        return text
    short, article = tables.policies[entry.document].document.short, article_of(entry, tables)
    if brief:
        return say("answer.document", document=short, text=entry.answer.rstrip("。"))
    if not entry.quote:
        return text
    return f"{text}\n{say('answer.clause', document=short, article=article, quote=entry.quote)}"


def entry_ids(entry: FaqEntry) -> tuple[str, ...]:
    """What an entry answers from."""
    cited = [one for one in (entry.clause, entry.document) if one is not None]
    return tuple(dict.fromkeys([entry.id, *entry.about, *cited]))


def clause_text(policy: Policy, clause: Clause) -> str:
    """A clause with its document and article, quoted."""
    return say("answer.clause", document=policy.document.short, article=clause.article, quote=clause.quote)


def clause_ids(policy: Policy, clause: Clause) -> tuple[str, ...]:
    """What an answer from a clause is from: the clause, its tiers, its document."""
    return (clause.id, *(tier.id for tier in clause.tiers), policy.id)
