"""Why a clause is not in the sum: the clauses that pay nothing, the dearest first, and the reason for one of them."""

from __future__ import annotations

from dialogs.words import say
from policies.assess import Assessor
from policies.assessment import Assessment, Refusal
from policies.conditions import RANK
from policies.explain import reason_text


def refused(result: Assessment) -> list[Refusal]:
    """One refusal a clause: what lost to a better choice first, then what comes near, last what is for others."""
    found: dict[str, Refusal] = {}
    for refusal in sorted(result.refusals, key=_distance):
        found.setdefault(refusal.entry.rule.clause.id, refusal)
    paid = {line.entry.rule.clause.id for line in result.lines if line.status in ("firm", "planned")}
    return [refusal for name, refusal in found.items() if name not in paid]


def _distance(refusal: Refusal) -> tuple[int, bool, bool, int]:
    nothing_told = refusal.reason == "condition" and refusal.entry.failed is None
    for_others = refusal.reason in ("payee", "applicant_kind")
    return -(refusal.alone or 0), for_others, nothing_told, -RANK[refusal.reason]


def why_refused(refusal: Refusal, result: Assessment, assessor: Assessor) -> str:
    """The clause with its article, the reason, and the words of the text."""
    clause, head = refusal.entry.rule.clause, refusal.entry.rules.document
    return say(
        "refused.why",
        title=refusal.entry.rule.title,
        document=head.short,
        article=clause.article,
        reason=reason_text(refusal, result, assessor.vocabulary).rstrip("。"),
        quote=clause.quote,
    )
