"""What is asked of the documents themselves: until when, who interprets, how and where to apply, whom to ask."""

from __future__ import annotations

from collections.abc import Callable

from dialogs.answers.asking import Asked
from dialogs.answers.prepared import Prepared
from dialogs.answers.said import Said, entry_ids, entry_text
from dialogs.words import say
from policies.assessment import Assessment
from policies.describe import status_text
from policies.loader import Tables
from policies.model import Document, Policy

_HEADS: dict[str, Callable[[Document], str]] = {
    "issuer": lambda head: head.issuer,
    "document_number": lambda head: head.number,
    "who_interprets": lambda head: head.interprets,
    "contact": lambda head: head.contact,
    "apply_how": lambda head: head.apply,
    "status": lambda head: head.note,
    "valid_until": lambda head: head.note,
    "source_text": lambda head: (
        say("answer.source", issuer=head.issuer or head.interprets) if head.issuer or head.interprets else ""
    ),
    "issue_date": lambda head: f"{head.title}{head.number}" if head.number else "",
}
"""Topics that the head of a document answers where nobody wrote an entry."""


def from_documents(
    topic: str, asked: Asked, documents: tuple[str, ...], tables: Tables, prepared: Prepared, contact: str
) -> Said | None:
    """One document with its quote, or a line for each of several."""
    policies = [tables.policies[name] for name in documents or tables.policies]
    brief = len(policies) > 1
    rows: list[str] = []
    by: dict[str, None] = {topic: None}
    for policy in policies:
        entries = prepared.about(topic, policy.id)
        if entries:
            rows.append(entry_text(entries[0], tables, brief))
            by |= dict.fromkeys(entry_ids(entries[0]))
            continue
        text = _HEADS[topic](policy.document) if topic in _HEADS else ""
        if text:
            rows.append(say("answer.document", document=policy.document.short, text=text.rstrip("。")))
            by[policy.id] = None
        elif not brief:
            rows.append(say("answer.silent", document=policy.document.short, contact=contact))
            by[policy.id] = None
    return Said("\n".join(rows), tuple(by)) if rows else None


def which(tables: Tables, documents: tuple[str, ...], result: Assessment) -> Said:
    """The documents with their state; of one place, what they pay for."""
    states = {one.rules.document.id: status_text(one, result.as_of) for one in result.documents if one.applies}
    rows = []
    policies = [tables.policies[name] for name in documents or tables.policies]
    for policy in policies:
        name = policy.document.short
        state = states.get(policy.document.id, "")
        head = f"{name}（{state}）" if state else name
        rows.append(
            say("answer.document", document=head, text=_pays_for(policy) if documents else policy.document.title)
        )
    return Said("\n".join(rows), ("which_documents", *(policy.id for policy in policies)))


def _pays_for(policy: Policy) -> str:
    titles = dict.fromkeys(clause.title for clause in policy.clauses if clause.pays is not None or clause.tiers)
    return "、".join(titles)[:300] or policy.document.note.rstrip("。")
