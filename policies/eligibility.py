"""Who may be paid, where and when: a document's state and territory, a clause's payee, the date of what it pays for."""

from __future__ import annotations

from datetime import date
from typing import Literal

from policies.conditions import Subject, Test, Verdict
from policies.fields import Applicant
from policies.model import Clause, Document
from policies.regions import contains

Status = Literal["in_force", "not_yet", "draft", "expired", "unconfirmed", "repealed", "replaced"]

Finding = tuple[str, Verdict, Test | None, set[str]]
"""One thing that a clause asks for: the reason code of its failing, the verdict, its test, what keeps it open."""


def status_of(document: Document, as_of: date) -> Status:
    """The document's state on a day. Days of the window are included."""
    if document.state in ("draft", "repealed", "replaced"):
        return document.state
    if document.from_ is not None and as_of < document.from_:
        return "not_yet"
    if document.to is not None and as_of > document.to:
        return "unconfirmed" if document.end_unconfirmed else "expired"
    return "in_force"


COUNTED_APART: tuple[Status, ...] = ("draft", "expired", "unconfirmed")
"""Documents whose money is shown apart and never added."""


def territory_of(document: Document, region: str | None) -> Verdict:
    """Whether the document covers a place: None while the place is not known or too coarse."""
    if region is None:
        return None
    if any(contains(code, region) for code in document.territory):
        return True
    return None if any(contains(region, code) for code in document.territory) else False


def payee_finding(clause: Clause, document: Document, kind: Applicant | None) -> Finding | None:
    """What is to be said of an applicant of this kind; None: the clause pays it."""
    payees = clause.payee if clause.payee is not None else document.applicants
    if kind is None:
        return ("applicant_kind", None, None, {"enterprise.applicant_kind"})
    if kind in payees:
        return None
    if "enterprise" not in payees and "institution" not in payees:
        return ("payee", False, None, set())
    return ("applicant_kind", False, None, set())


def window_of(document: Document) -> tuple[date | None, date | None]:
    """The first and last day on which a completion or recognition counts; None: without end on that side."""
    window = document.events
    if window is None:
        return document.from_, document.to
    return (None, None) if window == "none" else (window.from_, window.to)


def date_finding(
    clause: Clause, document: Document, subject: Subject, award_day: date, as_of: date
) -> tuple[Finding | None, bool]:
    """Whether the completion or recognition lies where it must (None: it does), and whether it is still planned."""
    if clause.for_ == "recognition":
        scope, name = "recognition", "obtained_on"
    elif clause.for_ == "project":
        scope, name = "project", "completed_on"
    else:
        return None, False
    day: date | None = subject.value(scope, name)
    planned = day is not None and day > as_of
    if clause.dated == "no":
        return None, planned
    start, end = window_of(document)
    free = start is None and end is None and clause.dated == "window" and not document.yearly
    if free:
        return None, planned
    if day is None:
        return ("date", None, None, {subject.path(scope, name)}), False
    fits = (start is None or day >= start) and (end is None or day <= end)
    if document.yearly and day > award_day and day.year != award_day.year:
        fits = False
    if clause.dated == "year" and day.year != award_day.year:
        fits = False
    return (None if fits else ("date", False, None, set())), planned
