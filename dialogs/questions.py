"""Which question next: the one that decides the most money for the least effort, and only while it can matter.

Score of a fact = money of the open clauses that wait for it ÷ how many facts each waits for ÷ effort to answer.
Scope first (region, industry), firm money before indicative; ties by path, so that the same facts give the same question.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from dialogs.paths import get, index_of, name_of, scope_of
from dialogs.session import Session
from dialogs.telling import lines_of
from policies.assess import Assessment, Assessor
from policies.binding import payable
from policies.facts import Choice, Fact
from policies.matching import COUNTED_APART, Entry
from policies.regions import resolve

LISTS = ("projects", "recognitions", "other_awards")
_SCOPE = {"enterprise.region": 3, "enterprise.industries": 2, "enterprise.applicant_kind": 1}

AWARD_FACTS = {
    "level": Fact(name="level", of="award", type="body", label="级别", question="award_level"),
    "amount_yuan": Fact(name="amount_yuan", of="award", type="money", label="金额", question="award_amount"),
    "year": Fact(name="year", of="award", type="number", label="年份", question="award_year"),
    "status": Fact(
        name="status",
        of="award",
        type="choice",
        label="状态",
        question="award_status",
        choices=(
            Choice(value="received", label="已经拿到", aliases=("拿到了", "已拿", "到账", "已得", "拿了", "有")),
            Choice(value="eligible", label="可以拿到", aliases=("还没拿", "没拿", "能拿", "可得", "批了", "没拨", "还没有")),
        ),
    ),
    "project": Fact(name="project", of="award", type="choice", label="对应事项", question="award_for"),
    "recognition": Fact(name="recognition", of="award", type="choice", label="对应认定", question="award_recognition"),
    "clause": Fact(name="clause", of="award", type="choice", label="对应条款", question="award_clause"),
}
"""How money from elsewhere is asked about; its questions are in messages/zh.yaml."""


def next_question(session: Session, result: Assessment, assessor: Assessor) -> str | None:
    """The path to ask, or None when nothing that could be asked would change the answer."""
    forced = _unfinished(session)
    if forced is not None:
        return forced
    if not result.settled:
        path = _deciding(session, result, assessor)
        if path is not None:
            return path
    return _closing(session, result, assessor)


def _unfinished(session: Session) -> str | None:
    """An award from elsewhere must say what it is for before it can count; a rough figure near a threshold is asked again."""
    for index, award in enumerate(session.facts.get("other_awards") or ()):
        if not any(award.get(key) for key in ("project", "recognition", "clause")):
            kinds = {"project": "projects", "recognition": "recognitions"}
            for name in ("project", "recognition", "clause"):
                if name in kinds and not session.facts.get(kinds[name]):
                    continue
                if f"other_awards[{index}].{name}" not in session.skipped:
                    return f"other_awards[{index}].{name}"
            continue
        for name in ("level", "amount_yuan", "status", "year"):
            path = f"other_awards[{index}].{name}"
            if award.get(name) is None and path not in session.skipped and not (name == "level" and award.get("clause")):
                return path
    return None


def _deciding(session: Session, result: Assessment, assessor: Assessor) -> str | None:
    scored = []
    for path in result.missing:
        if not _askable(session, path):
            continue
        firm, soft = result.stakes.get(path, (0.0, 0.0))
        fact = fact_of(path, session, assessor)
        effort = fact.effort if fact is not None else 2
        scored.append((-_SCOPE.get(path, 0), -firm / effort, -soft / effort, _order(path), path))
    scored.sort()
    for *_, path in scored:
        if path == "enterprise.region" or path in LISTS or matters(result, path):
            return path
    return None


def _order(path: str) -> tuple[int, str]:
    """Ties: as people tell it, projects before certificates, dates before details."""
    rank = ["projects", "spending", "completed_on", "total_investment_yuan", "amount_yuan", "recognitions", "level", "obtained_on"]
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
        bound = result.firm if status_firm else result.apart
        if bound is not None and any(path in tie.unknown for tie in bound.ties):
            return True
        waiting = [
            entry
            for one in documents
            for entry in one.entries
            if entry.verdict is None and path in entry.unknown and payable(entry) and entry.amount(high=True) > 0
        ]
        if waiting and (status_firm or result.indicative_high != result.indicative):
            if any(_could_gain(result, entry, status_firm) for entry in waiting):
                return True
    return bool(path.startswith("other_awards["))


def _could_gain(result: Assessment, entry: Any, firm: bool) -> bool:
    """Whether this entry, at its most, would add to the settled plan."""
    from policies.binding import build
    from policies.matching import Matched
    from policies.maximum import solve

    bound, plan = (result.firm, result.firm_plan) if firm else (result.apart, result.apart_plan)
    if bound is None or plan is None:
        return True
    known = [own for own in bound.entries if own is not None]
    documents = []
    for one in result.documents:
        entries = [own for own in known if own.rules is one.rules] + ([entry] if entry.rules is one.rules else [])
        if entries:
            documents.append(Matched(one.rules, one.applies, one.status, one.award_day, entries, one.factor))
    tried = build(documents, result.profile, high=True)
    return solve(tried.problem).bound > sum(plan.paid.values())


def _closing(session: Session, result: Assessment, assessor: Assessor) -> str | None:
    """What else there may be: further spending, projects, certificates, ties, money from elsewhere."""
    facts = session.facts
    if not _covered(result):
        return None
    projects = facts.get("projects") or []
    for index, project in enumerate(projects):
        path = f"projects[{index}].spending"
        if path not in session.closed and path not in session.skipped and lines_of(project) and _room(project):
            return path
    for name, kind in (("projects", "project"), ("recognitions", "recognition")):
        if facts.get(name) is not None and name not in session.closed and name not in session.skipped and _pays_for(result, kind):
            return name
    for index, recognition in enumerate(facts.get("recognitions") or ()):
        path = f"recognitions[{index}].project"
        if recognition.get("project") is None and path not in session.skipped and projects and _tie_matters(result, index):
            return path
    for line in result.lines:
        project = line.entry.project
        if project is not None and project.facts.get("region") is None and _asks_place(line.entry):
            path = f"projects[{project.index}].region"
            if path not in session.skipped:
                return path
    if facts.get("other_awards") is None or "other_awards" not in session.closed:
        netting = any(line.matched.rules.document.netting is not None for line in result.lines)
        if netting and "other_awards" not in session.skipped:
            return "other_awards"
    return None


def _covered(result: Assessment) -> bool:
    return any(one.applies and one.status in ("in_force", *COUNTED_APART) for one in result.documents)


def _room(project: dict[str, Any]) -> bool:
    """Some of the total is in no line yet, or the line stands for a whole that was told apart from it."""
    if project.get("activities"):
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
            if entry.verdict is not False or entry.reason in ("condition", "date", "lower_level", "same_tier", "not_in_force"):
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
    return not any(
        test.condition.fact in ("industries", "size") and test.run(own) is False for test in tests
    )


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
        if netting is not None and netting.tied_recognitions and any(award.project for award in result.profile.awards or ()):
            return True
        policy = line.entry.rules.policy
        for limit in policy.limits:
            if limit.per == "project" and limit.at_most is not None and limit.of == "award":
                from policies.binding import covers

                if covers(limit, line.entry) and any(
                    other.entry is not line.entry and other.entry.rules is line.entry.rules and covers(limit, other.entry)
                    for other in result.lines
                ):
                    return True
    kind = (result.profile.recognitions or [])[index].kind
    for refusal in result.refusals:
        subject = refusal.entry.subject
        failed = refusal.entry.failed
        if failed is not None and failed.condition.recognition is not None and kind in failed.condition.recognition.kinds:
            return True
        if subject.recognition is not None and subject.recognition.index == index and subject.project is None:
            failed = refusal.entry.failed
            if refusal.reason in ("condition", "not_in_force") and failed is not None and failed.condition.fact is not None:
                facts = refusal.entry.rules.vocabulary.facts
                if ("project", failed.condition.fact) in facts and ("recognition", failed.condition.fact) not in facts:
                    return True
    return False


# ---- the words and choices of a question ----


def fact_of(path: str, session: Session, assessor: Assessor) -> Fact | None:
    """The declaration of the fact at a path; None for lists."""
    vocabulary = assessor.vocabulary
    name, scope = name_of(path), scope_of(path)
    if path in LISTS or name == "spending":
        return None
    if scope == "award":
        return _award_fact(name, session, assessor)
    if scope == "recognition" and name == "kind":
        choices = tuple(Choice(value=k.value, label=k.label, aliases=k.aliases) for k in vocabulary.kinds.values())
        return Fact(name="kind", of="recognition", type="choice", label="种类", question="kind", choices=choices)
    fact = vocabulary.facts.get((scope, name)) or vocabulary.facts.get(("spending", name))
    if fact is None:
        return None
    if fact.type == "level":
        kind = vocabulary.kinds[str(get(session.facts, f"recognitions[{index_of(path)}].kind"))]
        return fact.model_copy(update={"choices": kind.levels})
    if fact.type == "body":
        return fact.model_copy(update={"choices": vocabulary.bodies})
    if scope == "recognition" and name == "project":
        projects = session.facts.get("projects") or []
        choices = tuple(Choice(value=p["id"], label=project_label(p, assessor)) for p in projects)
        return fact.model_copy(update={"type": "choice", "choices": choices})
    return fact


def _award_fact(name: str, session: Session, assessor: Assessor) -> Fact | None:
    fact = AWARD_FACTS.get(name)
    if fact is None:
        return None
    if fact.name == "level":
        return fact.model_copy(update={"choices": assessor.vocabulary.bodies})
    if fact.name == "clause":
        own = [
            Choice(value=tier.id, label=f"{policy.document.short} {clause.article} {tier.title or clause.title}")
            for policy in assessor.tables.policies.values()
            if get(session.facts, "enterprise.region") is None or policy.id in _documents_of(session, assessor)
            for clause in policy.clauses
            for tier in (clause.tiers or (clause,))
        ]
        return fact.model_copy(update={"choices": tuple(own)})
    if fact.name in ("project", "recognition"):
        projects = session.facts.get("projects") or () if fact.name == "project" else ()
        choices = [Choice(value=p["id"], label=project_label(p, assessor)) for p in projects]
        kinds = dict.fromkeys(r["kind"] for r in session.facts.get("recognitions") or ())
        choices += [Choice(value=kind, label=assessor.vocabulary.kinds[kind].label) for kind in kinds]
        return fact.model_copy(update={"choices": tuple(choices)})
    return fact


def _documents_of(session: Session, assessor: Assessor) -> list[str]:
    return assessor.covering(resolve(str(get(session.facts, "enterprise.region"))).code)


def project_label(project: dict[str, Any], assessor: Assessor) -> str:
    """`P1 机器人及集成`."""
    labels = [
        assessor.vocabulary.activities.label_of(activity)
        for line in lines_of(project)
        for activity in line.get("activities") or ()
    ]
    return f"{project['id']} {'、'.join(dict.fromkeys(labels))[:24]}".strip()


def relevant_activities(result: Assessment, assessor: Assessor) -> list[tuple[str, str]]:
    """Activities that a clause of the covering documents takes, in the vocabulary's order."""
    taken = {
        activity
        for one in result.documents
        if one.applies is not False
        for entry in one.entries
        if payable(entry) and entry.reason not in ("payee", "applicant_kind")
        for activity in entry.rule.clause.takes
    }
    return [(c.value, c.label) for c in assessor.vocabulary.activities.choices if c.value in taken]


def relevant_kinds(result: Assessment, assessor: Assessor) -> list[tuple[str, str]]:
    """Kinds of recognition that a clause of the covering documents rewards or asks for."""
    found = {
        kind
        for one in result.documents
        if one.applies is not False
        for entry in one.entries
        if entry.reason not in ("payee", "applicant_kind")
        for kind in entry.rule.clause.kinds
    }
    return [(kind.value, kind.label) for kind in assessor.vocabulary.kinds.values() if kind.value in found]


def thresholds(result: Assessment, name: str) -> list[Any]:
    """Bounds in fen that clauses of the covering documents set on a money fact."""
    from policies.money import fen

    found = []
    for one in result.documents:
        for clause in one.rules.policy.clauses if one.applies is not False else ():
            conditions = [*clause.when, *(c for tier in clause.tiers for c in tier.when)]
            for condition in conditions:
                for leaf in condition.leaves():
                    if leaf.fact == name:
                        bounds = (leaf.at_least, leaf.more_than, leaf.at_most, leaf.less_than)
                        found += [fen(bound) for bound in bounds if bound is not None]
    return found


__all__ = ["LISTS", "fact_of", "matters", "next_question", "thresholds"]
