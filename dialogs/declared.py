"""The fact at a path as it is declared, with the choices that fit the session and the documents (`fact_of`)."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from dialogs.paths import get, index_of, name_of, scope_of
from dialogs.session import Session
from dialogs.telling import lines_of
from policies.assess import Assessor
from policies.assessment import Assessment
from policies.binding import payable
from policies.facts import Choice, Fact
from policies.model import Clause, Tier
from policies.money import fen
from policies.regions import resolve

LISTS = ("projects", "recognitions", "other_awards")

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
            Choice(
                value="eligible", label="可以拿到", aliases=("还没拿", "没拿", "能拿", "可得", "批了", "没拨", "还没有")
            ),
        ),
    ),
    "project": Fact(name="project", of="award", type="choice", label="对应事项", question="award_for"),
    "recognition": Fact(name="recognition", of="award", type="choice", label="对应认定", question="award_recognition"),
    "clause": Fact(name="clause", of="award", type="choice", label="对应条款", question="award_clause"),
}
"""How money from elsewhere is asked about; its questions are in messages/zh.yaml."""


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
        for kind in (*entry.rule.clause.kinds, *_asked_for(entry.rule.clause))
    }
    return [(kind.value, kind.label) for kind in assessor.vocabulary.kinds.values() if kind.value in found]


def _asked_for(clause: Clause) -> list[str]:
    """Kinds of recognition that a clause makes a condition of."""
    leaves = (leaf for item in clause.when for leaf in item.leaves())
    return [kind for leaf in leaves if leaf.recognition is not None for kind in leaf.recognition.kinds]


def harmful_values(result: Assessment) -> dict[str, set[str]]:
    """Values by fact for which a covering document takes money away: C and D, an accident."""
    found: dict[str, set[str]] = defaultdict(set)
    for one in result.documents:
        policy = one.rules.policy
        tests = [row.when for row in policy.disqualifiers] + [row.when for row in policy.reductions]
        for leaf in (leaf for test in tests for leaf in test.leaves()) if one.applies is not False else ():
            if leaf.fact is not None:
                values = (*(leaf.in_ or ()), *(leaf.any or ()), *((leaf.is_,) if leaf.is_ is not None else ()))
                found[leaf.fact].update(map(str, values))
    return found


def used_in(place: str, name: str, assessor: Assessor) -> bool:
    """Whether a document that covers the place (six digits) has a condition on a fact."""
    for document in assessor.covering(place):
        policy = assessor.rules(document).policy
        rows: list[Clause | Tier] = [*policy.clauses, *(tier for clause in policy.clauses for tier in clause.tiers)]
        tests = [condition for row in rows for condition in row.when]
        tests += [*(row.when for row in policy.disqualifiers), *(row.when for row in policy.reductions)]
        if any(leaf.fact == name for test in tests for leaf in test.leaves()):
            return True
    return False


def thresholds(result: Assessment, name: str) -> list[Any]:
    """Bounds in fen that clauses of the covering documents set on a money fact."""
    found = []
    for one in result.documents:
        for clause in one.rules.policy.clauses if one.applies is not False else ():
            conditions = [*clause.when, *(c for tier in clause.tiers for c in tier.when)]
            for condition in conditions:
                for leaf in condition.leaves():
                    if leaf.fact == name and leaf.less is None:
                        bounds = (leaf.at_least, leaf.more_than, leaf.at_most, leaf.less_than)
                        found += [fen(bound) for bound in bounds if bound is not None]
    return found
