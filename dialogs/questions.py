"""Which question next: the one that decides the most money for the least effort, and only while it can matter.

Score of a fact = money of the open clauses that wait for it ÷ how many facts each waits for ÷ effort to answer.
Scope first (region, industry), firm money before indicative; ties by path, so that the same facts give the same question.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from dialogs.declared import LISTS, fact_of
from dialogs.paths import get, name_of, scope_of
from dialogs.session import Session
from dialogs.telling import lines_of
from policies.assess import Assessor
from policies.assessment import Assessment
from policies.binding import payable
from policies.eligibility import COUNTED_APART
from policies.entries import Entry, Matched
from policies.facts import Fact

_SCOPE = {"enterprise.region": 9, "enterprise.industries": 8, "enterprise.applicant_kind": 7}
_OPEN = {"projects": 6, "amounts": 5, "recognitions": 4}
"""While they are unknown the upper end is open: they come before details."""

TOGETHER = (
    ("safety_accident_level", "disqualifying_events", "resource_use_grade"),
    ("level", "obtained_on"),
    ("completed_on", "build"),
)
"""Facts that people answer in one breath: the question for the first of them that is missing asks the others too."""


def next_question(session: Session, result: Assessment, assessor: Assessor) -> str | None:
    """The path to ask, or None when nothing that could be asked would change the answer."""
    forced = _unfinished(session, result)
    if forced is not None:
        return forced
    if not result.settled:
        path = _deciding(session, result, assessor)
        if path is not None:
            return path
    return _closing(session, result, assessor)


def _unfinished(session: Session, result: Assessment) -> str | None:
    """An award from elsewhere must say what it is for before it can count; a rough figure near a threshold is asked again."""
    for index, award in enumerate(session.facts.get("other_awards") or ()):
        for name in ("project", "recognition", "clause", "level", "amount_yuan", "status", "year"):
            path = f"other_awards[{index}].{name}"
            if award.get(name) is None and path not in session.skipped and _of_award(session, result, path):
                return path
            if name == "clause" and not any(award.get(key) for key in _AIMS):
                break
    return None


_AIMS = {"project": "projects", "recognition": "recognitions", "clause": ""}


def _of_award(session: Session, result: Assessment, path: str) -> bool:
    """Whether a fact of money from elsewhere must be asked: what it is for, once; the clause of ours it may have come by."""
    name, row = name_of(path), path.rsplit(".", 1)[0]
    award = get(session.facts, row)
    if name in ("project", "recognition"):
        aimed = any(award.get(key) for key in _AIMS)
        return bool(session.facts.get(_AIMS[name])) and not aimed
    if name == "clause":
        unknown = f"{row}.level" in session.skipped
        return not any(award.get(key) for key in _AIMS) or unknown or award.get("level") in _paying_levels(result)
    return not (name == "level" and award.get("clause"))


def _paying_levels(result: Assessment) -> set[str]:
    """Levels whose money may have come by a clause of a document that pays here: its own, those of which it only speaks."""
    found: set[str] = set()
    for one in result.documents:
        if one.applies and one.rules.document.netting is not None and any(payable(entry) for entry in one.entries):
            found.add(one.rules.document.level)
            if any(clause.strength == "aspirational" for clause in one.rules.policy.clauses):
                found.update(one.rules.document.netting.levels)
    return found


def _deciding(session: Session, result: Assessment, assessor: Assessor) -> str | None:
    scored = []
    for path in result.missing:
        if not _askable(session, path):
            continue
        firm, soft = result.stakes.get(path, (0.0, 0.0))
        fact = fact_of(path, session, assessor)
        effort = fact.effort if fact is not None else 2
        late = uncommon(session, fact) and path not in _SCOPE
        scored.append((-_first(session, result, path), late, -firm / effort, -soft / effort, _order(path), path))
    scored.sort()
    for *_, path in scored:
        if path == "enterprise.region" or path in LISTS or matters(result, path):
            return _first_of_group(session, result, _base_before(session, result, path), assessor)
    return None


def uncommon(session: Session, fact: Fact | None) -> bool:
    """Whether it would be unusual in the trades that were told: 首版次软件 of a maker of car parts."""
    trades = get(session.facts, "enterprise.industries")
    return fact is not None and bool(fact.usual) and isinstance(trades, list) and not set(trades) & set(fact.usual)


def _base_before(session: Session, result: Assessment, path: str) -> str:
    """A project that tells no line of a clause is hardly one of its kind: whether it has the clause's base is asked first."""
    bases = []
    for one in result.documents:
        for entry in one.entries:
            clause, project = entry.rule.clause, entry.project
            if entry.verdict is not None or path not in entry.unknown or not payable(entry):
                continue
            if not clause.or_base or project is None:
                return path
            taken = {activity for line in project.lines or () for activity in line.activities or ()}
            terms = _terms(entry)
            base = next((path for path in sorted(entry.unknown) if name_of(path) in terms), None)
            if base is None or not taken or not taken.isdisjoint(clause.takes) or not _askable(session, base):
                return path
            bases.append(base)
    return bases[0] if bases else path


def _first(session: Session, result: Assessment, path: str) -> int:
    """Rank of what must be known before there is a range."""
    if path in _SCOPE:
        return _SCOPE[path]
    firm = result.high is None
    if not firm and (result.high or result.indicative_high is not None):
        return 0
    if path in ("projects", "recognitions") and session.facts.get(path) is None:
        return _OPEN[path]
    return (
        _OPEN["amounts"]
        if path.startswith("projects[") and name_of(path) in ("total_investment_yuan", "amount_yuan")
        else 0
    )


def _first_of_group(session: Session, result: Assessment, path: str, assessor: Assessor) -> str:
    """The first fact of the group that a path belongs to, if it must be asked as well."""
    own = _group(session, result, path, assessor)
    return own[0] if own else path


def beside(path: str, session: Session, result: Assessment, assessor: Assessor) -> tuple[str, ...]:
    """The further facts that the question for `path` asks too."""
    own = _group(session, result, path, assessor)
    return tuple(own[1:]) if own and own[0] == path else ()


def _group(session: Session, result: Assessment, path: str, assessor: Assessor) -> list[str]:
    """The facts asked in one breath with `path`, itself among them, that are missing and matter."""
    if scope_of(path) == "award":
        return []
    names = next((names for names in TOGETHER if name_of(path) in names), ())
    found = [_sibling(path, name) for name in names]
    if scope_of(path) == "enterprise" and uncommon(session, fact_of(path, session, assessor)):
        return _uncommon_ones(session, result, assessor)
    return [
        one
        for one in found
        if one == path or (one in result.missing and _askable(session, one) and matters(result, one))
    ]


def _uncommon_ones(session: Session, result: Assessment, assessor: Assessor) -> list[str]:
    """Of the facts that would be unusual here one for each clause that waits for some: without that it pays nothing."""
    facts = {path: fact_of(path, session, assessor) for path in result.missing if scope_of(path) == "enterprise"}
    own = [path for path, fact in facts.items() if uncommon(session, fact) and _askable(session, path)]
    own.sort(key=lambda path: fact.effort if (fact := facts[path]) is not None else 0)
    found: list[str] = []
    for path in own:
        waiting = [entry for entry, _ in result.open_entries if path in entry.unknown]
        if any(entry.unknown.isdisjoint(found) for entry in waiting) and matters(result, path):
            found.append(path)
    return found


def _sibling(path: str, name: str) -> str:
    return f"{path.rsplit('.', 1)[0]}.{name}"


def _order(path: str) -> tuple[int, str]:
    """Ties: as people tell it, projects before certificates, dates before details."""
    rank = [
        "projects",
        "spending",
        "completed_on",
        "total_investment_yuan",
        "amount_yuan",
        "recognitions",
        "level",
        "obtained_on",
    ]
    name = name_of(path)
    return (rank.index(name) if name in rank else len(rank), path)


def _askable(session: Session, path: str) -> bool:
    if path in session.skipped:
        return False
    if path.endswith(".activities") and ".spending[" not in path:
        return False
    return not (path in session.closed and path in LISTS)


def matters(result: Assessment, path: str) -> bool:
    """Whether the clauses that wait for this fact could still change a figure, everything else as it is now."""
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
        beside = [entry for entry in open_ if entry.project is not None and entry.project.id in projects]
        if waiting and _could_gain(result, waiting + [entry for entry in beside if entry not in waiting], status_firm):
            return True
    return bool(path.startswith("other_awards["))


def _could_gain(result: Assessment, waiting: list[Entry], firm: bool) -> bool:
    """Whether these entries, at their most, would add to the settled plan."""
    from policies.binding import build
    from policies.entries import Matched
    from policies.maximum import solve

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


def _closing(session: Session, result: Assessment, assessor: Assessor) -> str | None:
    """What else there may be: further spending, projects, certificates, ties, money from elsewhere."""
    facts = session.facts
    if not _covered(result):
        return None
    projects = facts.get("projects") or []
    for index, project in enumerate(projects):
        path = f"projects[{index}].spending"
        told = path in session.closed or path in session.skipped or not lines_of(project)
        if (
            not told
            and _room(project, f"projects[{index}].total_investment_yuan" in session.implied)
            and _pays_for(result, "project")
        ):
            return path
    for name, kind in (("projects", "project"), ("recognitions", "recognition")):
        if (
            facts.get(name) is not None
            and name not in session.closed
            and name not in session.skipped
            and _pays_for(result, kind)
        ):
            return name
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
    if facts.get("other_awards") is None or "other_awards" not in session.closed:
        if "other_awards" not in session.skipped and any(map(_had_money_counts, result.documents)):
            return "other_awards"
    return None


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
                from policies.binding import covers

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
            if failed is None and _of_project(refusal.entry, _terms(refusal.entry)):
                return True
    untied = (entry for entry, _ in result.open_entries if entry.key[1:] == (None, index))
    return any(_of_project(entry, _terms(entry)) for entry in untied)


def _of_project(entry: Entry, names: Iterable[str]) -> bool:
    """Whether one of these facts is a project's, which a recognition without a project lacks."""
    facts = entry.rules.vocabulary.facts
    return any(("project", name) in facts and ("recognition", name) not in facts for name in names)


def _terms(entry: Entry) -> set[str]:
    """What the formulas of an entry's clause are computed from."""
    clause = entry.rule.clause
    paying = [clause.pays, *(tier.pays for tier in clause.tiers)]
    return {term for pays in paying if pays is not None for term in pays.terms()}
