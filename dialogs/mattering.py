"""Whether an answer could still move a figure: a fact that is missing (`matters`), one more element of a list (`adds`)."""

from __future__ import annotations

from dataclasses import replace

from policies.assess import Assessor
from policies.assessment import Assessment
from policies.binding import Tie, build, payable
from policies.eligibility import COUNTED_APART
from policies.entries import Entry, Matched
from policies.maximum import solve
from policies.model import Clause
from policies.profile import Profile, Project, Recognition, Spending

Tried = dict[tuple[bool, frozenset[int]], bool]
"""What was found out for sets of open clauses, while one assessment is looked at: many facts have the same."""


def matters(result: Assessment, path: str, tried: Tried | None = None) -> bool:
    """Whether the clauses that wait for this fact could still change a figure, everything else as it is now."""
    tried = {} if tried is None else tried
    for status_firm in (True, False):
        documents = [one for one in result.documents if (one.status == "in_force") is status_firm]
        if not status_firm:
            documents = [one for one in documents if one.status in COUNTED_APART]
        solved = result.firm if status_firm else result.apart
        if solved is not None and any(path in tie.unknown for tie in solved.bundle.ties):
            return True
        if not status_firm and result.indicative_high == result.indicative:
            continue
        open_ = [
            entry
            for one in documents
            for entry in one.entries
            if entry.verdict is None and payable(entry) and entry.amount(high=True) > 0
        ]
        waiting = [entry for entry in open_ if path in entry.unknown]
        projects = {entry.project.id for entry in waiting if entry.project is not None}
        if not waiting:
            continue
        waiting += [e for e in open_ if e not in waiting and e.project is not None and e.project.id in projects]
        key = status_firm, frozenset(map(id, waiting))
        if key not in tried:
            tried[key] = _could_gain(result, waiting, status_firm)
        if tried[key]:
            return True
    return bool(path.startswith("other_awards["))


def _could_gain(result: Assessment, waiting: list[Entry], firm: bool) -> bool:
    """Whether these entries, at their most, would add to the settled plan."""
    solved = result.firm if firm else result.apart
    if solved is None:
        return True
    known = [own for own in solved.bundle.entries if own is not None]
    documents = []
    for one in result.documents:
        entries = [own for own in (*known, *waiting) if own.rules is one.rules]
        if entries:
            documents.append(Matched(one.rules, one.applies, one.status, one.award_day, entries, one.factor))
    tried = build(documents, result.profile, high=True, elsewhere=True)
    return solve(tried.problem).bound > sum(solved.plan.paid.values())


def adds(result: Assessment, assessor: Assessor, name: str, project: int | None = None) -> bool:
    """Whether one more project, recognition or spending line (of a project) could move a figure, whatever it is.

    While a clause for such a thing has room under the caps that its awards share, surely. Else the element is tried, with
    nothing known of it: where both ends of both ranges stay, it is not worth a question. Money that can be had elsewhere
    for it is counted apart (`other`), so while there is any the question is asked.
    """
    if any(award.status != "received" for award in result.profile.awards or ()):
        return True
    full = _full(result)
    kind = "recognition" if name == "recognitions" else "project"
    for one in result.documents:
        own = full.get(one.rules.document.id, set())
        if any(clause.for_ == kind and clause.id not in own for clause in one.rules.policy.clauses):
            return True
    wider = assessor.assess(_widened(result, assessor, name, project), result.as_of)
    return (wider.total, wider.high, wider.indicative, wider.indicative_high) != (
        result.total,
        result.high,
        result.indicative,
        result.indicative_high,
    )


def _full(result: Assessment) -> dict[str, set[str]]:
    """By document the clauses whose awards share a cap that is reached."""
    found: dict[str, set[str]] = {}
    for solved in filter(None, (result.firm, result.apart)):
        bundle, plan = solved.bundle, solved.plan
        for tie in bundle.ties:
            if tie.kind not in ("document_cap", "clause_cap") or tie.groups or tie.award is not None:
                continue
            entry = next(filter(None, (bundle.entries[number] for number in tie.members)), None)
            if entry is None or sum(plan.paid.get(number, 0) for number in tie.members) < tie.bound:
                continue
            clauses = found.setdefault(entry.rules.document.id, set())
            clauses |= {clause.id for clause in entry.rules.policy.clauses if _covered(tie, clause)}
    return found


def _covered(tie: Tie, clause: Clause) -> bool:
    """Whether a cap covers all awards of a clause."""
    if tie.limit is None:
        return tie.clause == clause.id
    names = [{clause.id, tier.id} for tier in clause.tiers] or [{clause.id}]
    over, apart = set(tie.limit.over), set(tie.limit.except_)
    return all(own.isdisjoint(apart) and (not over or not own.isdisjoint(over)) for own in names)


def _widened(result: Assessment, assessor: Assessor, name: str, project: int | None) -> Profile:
    """The profile with an element more of which nothing is known; of recognitions, one of each kind that is rewarded."""
    profile = result.profile
    projects, recognitions = list(profile.projects or ()), list(profile.recognitions or ())
    if name == "spending" and project is not None:
        own = projects[project]
        where = f"projects[{project}].spending[{len(own.lines or ())}]"
        more = Spending(None, None, f"{where}.activities", f"{where}.amount_yuan")
        facts = {key: value for key, value in own.facts.items() if key != "total_investment_yuan"}
        projects[project] = replace(own, facts=facts, lines=[*(own.lines or ()), more])
    elif name == "projects":
        projects.append(Project(len(projects), "~", {}, None))
    else:
        kinds = {kind for one in result.documents for clause in one.rules.policy.clauses for kind in clause.kinds}
        start = len(recognitions)
        recognitions += [Recognition(start + n, kind, {}, None) for n, kind in enumerate(sorted(kinds))]
    return replace(profile, projects=projects, recognitions=recognitions)
