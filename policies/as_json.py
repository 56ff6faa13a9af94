"""An assessment as the JSON object that programs rely on (docs/reference/assessment.md)."""

from __future__ import annotations

from typing import Any

from policies.assessment import Assessment, Line, Refusal
from policies.caveats import caveats
from policies.describe import status_text
from policies.entries import Entry, Matched
from policies.explain import formula_text, reason_text, unquantified_text
from policies.facts import Vocabulary
from policies.money import yuan


def as_json(result: Assessment, vocabulary: Vocabulary, brief: bool = False) -> dict[str, Any]:
    """The whole object; amounts are decimal strings in yuan. `brief` leaves out excluded, unquantified, caveats and texts."""
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
