"""What else there may be: further spending, projects, certificates, ties, money from elsewhere (`closing`)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

from dialogs.mattering import adds
from dialogs.session import Session
from dialogs.telling import lines_of
from policies.assess import Assessor
from policies.assessment import Assessment
from policies.binding import covers, payable
from policies.eligibility import COUNTED_APART
from policies.entries import Entry, Matched


def closing(session: Session, result: Assessment, assessor: Assessor) -> str | None:
    """What else there may be: further spending, projects, certificates, ties, money from elsewhere."""
    facts = session.facts
    if not _covered(result):
        return None
    projects = facts.get("projects") or []
    for path, kind, index in _lists(session):
        told = path in session.closed or path in session.skipped
        name = path if index is None else "spending"
        if not told and _pays_for(result, kind) and adds(result, assessor, name, index):
            return path
    for index, recognition in enumerate(facts.get("recognitions") or ()):
        path = f"recognitions[{index}].project"
        if recognition.get("project") is None and path not in session.skipped and _tie_matters(result, index):
            if projects:
                return path
            if facts.get("projects") is None and "projects" not in session.skipped:
                return "projects"
    for line in result.lines:
        project = line.entry.project
        if project is not None and project.facts.get("region") is None and _asks_place(line.entry):
            path = f"projects[{project.index}].region"
            if path not in session.skipped:
                return path
    return "other_awards" if asks_awards(session, result) else None


def asks_awards(session: Session, result: Assessment) -> bool:
    """Whether money from elsewhere could take something away, and was not told of to its end."""
    if "other_awards" in session.skipped or (
        session.facts.get("other_awards") is not None and "other_awards" in session.closed
    ):
        return False
    return any(map(_had_money_counts, result.documents))


def _had_money_counts(one: Matched) -> bool:
    """Whether money had elsewhere or before can change what a document pays: it is netted or matched, it paid a lower
    tier, or it used up a year's ceiling or places."""
    paying = [entry for entry in one.entries if entry.verdict and payable(entry)]
    if not paying:
        return False
    limits = one.rules.policy.limits
    return (
        one.rules.document.netting is not None
        or any(entry.rule.matched for entry in paying)
        or any(entry.rule.clause.once and entry.rule.clause.tiers for entry in paying)
        or any(cap.yearly for entry in paying for cap in entry.rule.clause.caps)
        or any(
            limit.per == "enterprise" and (limit.yearly or any(cap.yearly for cap in limit.caps)) for limit in limits
        )
    )


def _lists(session: Session) -> Iterator[tuple[str, str, int | None]]:
    """The lists that may hold more: path, what a clause pays for, number of the project."""
    facts = session.facts
    for index, project in enumerate(facts.get("projects") or ()):
        if lines_of(project) and _room(project, f"projects[{index}].total_investment_yuan" in session.implied):
            yield f"projects[{index}].spending", "project", index
    if facts.get("projects") is not None:
        yield "projects", "project", None
    if facts.get("recognitions") is not None:
        yield "recognitions", "recognition", None


def _covered(result: Assessment) -> bool:
    return any(one.applies and one.status in ("in_force", *COUNTED_APART) for one in result.documents)


def _room(project: dict[str, Any], implied: bool) -> bool:
    """Some of the total is in no line yet, or the line stands for a whole that was told apart from it, or not told."""
    if project.get("activities"):
        return True
    if implied:
        return True
    total = project.get("total_investment_yuan")
    amounts = [line.get("amount_yuan") for line in project.get("spending") or ()]
    if total is None or None in amounts:
        return False
    return sum((Decimal(str(amount)) for amount in amounts), Decimal(0)) < Decimal(str(total))


def _pays_for(result: Assessment, kind: str) -> bool:
    """Some clause of a covering document could pay this applicant for one more project or recognition."""
    for one in result.documents:
        if not one.applies or one.status not in ("in_force", *COUNTED_APART):
            continue
        for entry in one.entries:
            if entry.rule.clause.for_ != kind or not payable(entry):
                continue
            if entry.verdict is not False or entry.reason in (
                "condition",
                "date",
                "lower_level",
                "same_tier",
                "not_in_force",
            ):
                if entry.reason != "not_in_force" or _fits_enterprise(entry):
                    return True
    return False


def _fits_enterprise(entry: Any) -> bool:
    clause, head = entry.rule.clause, entry.rules.document
    kind = entry.subject.profile.enterprise.get("applicant_kind")
    if kind is not None and kind not in (clause.payee or head.applicants):
        return False
    tests = next(tests for own, tests, _ in entry.rules.clauses if own is clause)
    own = entry.subject
    return not any(test.condition.fact in ("industries", "size") and test.run(own) is False for test in tests)


def _asks_place(entry: Entry) -> bool:
    """The clause itself asks where the project is built."""
    return any(leaf.fact == "region" for item in entry.rule.clause.when for leaf in item.leaves())


def _tie_matters(result: Assessment, index: int) -> bool:
    """A rule per project covers the recognition's award, and some project is paid by the same document or netted."""
    for line in result.lines:
        subject = line.entry.subject
        if subject.recognition is None or subject.recognition.index != index or subject.project is not None:
            continue
        netting = line.matched.rules.document.netting
        if (
            netting is not None
            and netting.tied_recognitions
            and any(award.project for award in result.profile.awards or ())
        ):
            return True
        policy = line.entry.rules.policy
        for limit in policy.limits:
            if limit.per == "project" and limit.at_most is not None and limit.of == "award":
                if covers(limit, line.entry) and any(
                    other.entry is not line.entry
                    and other.entry.rules is line.entry.rules
                    and covers(limit, other.entry)
                    for other in result.lines
                ):
                    return True
    kind = (result.profile.recognitions or [])[index].kind
    for refusal in result.refusals:
        subject = refusal.entry.subject
        failed = refusal.entry.failed
        leaves = failed.condition.leaves() if failed is not None else ()
        if any(leaf.recognition is not None and kind in leaf.recognition.kinds for leaf in leaves):
            return True
        if subject.recognition is not None and subject.recognition.index == index and subject.project is None:
            if refusal.reason not in ("condition", "not_in_force"):
                continue
            if failed is not None and _of_project(refusal.entry, failed.condition.facts()):
                return True
            if failed is None and _of_project(refusal.entry, terms_of(refusal.entry)):
                return True
    untied = (entry for entry, _ in result.open_entries if entry.key[1:] == (None, index))
    return any(_of_project(entry, terms_of(entry)) for entry in untied)


def _of_project(entry: Entry, names: Iterable[str]) -> bool:
    """Whether one of these facts is a project's, which a recognition without a project lacks."""
    facts = entry.rules.vocabulary.facts
    return any(("project", name) in facts and ("recognition", name) not in facts for name in names)


def terms_of(entry: Entry) -> set[str]:
    """What the formulas of an entry's clause are computed from."""
    clause = entry.rule.clause
    paying = [clause.pays, *(tier.pays for tier in clause.tiers)]
    return {term for pays in paying if pays is not None for term in pays.terms()}
