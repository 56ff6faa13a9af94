"""Said back: what a message told, object by object; what a correction changed; notices that are said once."""

from __future__ import annotations

import re

from dialogs.declared import fact_of, used_in
from dialogs.paths import get, index_of, line_of, name_of, scope_of
from dialogs.render import Reply, change_text, fact_label, figure, rough_amounts, told_label, value_label, where_label
from dialogs.session import Session
from dialogs.telling import Change
from dialogs.understand.heard import Heard
from dialogs.words import say
from policies.assess import Assessor
from policies.assessment import Assessment
from policies.describe import status_text
from policies.eligibility import COUNTED_APART, window_of
from policies.regions import contains, place, resolve

_LISTS = ("projects", "recognitions", "other_awards")
_MANY_DOCUMENTS = 12


def told_text(changes: list[Change], session: Session, assessor: Assessor) -> str:
    """`注册地 包头市；机器人及集成 700万元，2025-03-31 完工；两化融合贯标 3A级`: one part an object."""
    return "；".join(told_parts(changes, session, assessor))


def told_parts(changes: list[Change], session: Session, assessor: Assessor) -> list[str]:
    """The same part by part: a fact of the enterprise, a project, a certificate, an award."""
    parts: dict[str, list[str]] = {}
    for change in changes:
        path = change.path
        if path.startswith("other_awards[") and ("." not in path or name_of(path) in ("level", "amount_yuan")):
            parts.setdefault(path.split(".")[0], [])  # its head says so
            continue
        text = (
            _line_text(path, session, assessor) if line_of(path) is not None else _fact_text(change, session, assessor)
        )
        if text:
            key = path.split(".")[0] if index_of(path) is not None else path
            own = parts.setdefault(key, [])
            if text not in own:
                own.append(text)
    return [(_head(key, session, assessor) + "，".join(own)).strip() for key, own in parts.items()]


def _head(key: str, session: Session, assessor: Assessor) -> str:
    return where_label(f"{key}.x", session, assessor)


def _line_text(path: str, session: Session, assessor: Assessor) -> str:
    line = get(session.facts, path.rsplit(".", 1)[0]) or {}
    what = "、".join(assessor.vocabulary.activities.label_of(a) for a in line.get("activities") or ())
    amount, where = line.get("amount_yuan"), path.rsplit(".", 1)[0]
    return what if amount is None else f"{what} {told_label(f'{where}.amount_yuan', amount, session, assessor)}"


def _fact_text(change: Change, session: Session, assessor: Assessor) -> str:
    scope, name = scope_of(change.path), name_of(change.path)
    if scope == "recognition" and name == "kind":
        row = session.facts["recognitions"][index_of(change.path)]
        return "" if row.get("level") or row.get("obtained_on") else say("label.told")
    if change.path.startswith(("projects", "recognitions", "other_awards")) and index_of(change.path) is None:
        return change_text(change, session, assessor) if change.new == [] else ""
    if scope in ("project", "spending", "recognition", "award"):
        fact = fact_of(change.path, session, assessor)
        label = fact.label + " " if fact is not None and fact.type not in ("level", "choice", "choices") else ""
        return label + told_label(change.path, change.new, session, assessor)
    return change_text(change, session, assessor)


def rough_text(session: Session, assessor: Assessor) -> str:
    """What the result rests on that was told only roughly; "" where all amounts are exact."""
    paths = rough_amounts(session)
    lines = {path.split(".spending")[0] for path in paths if line_of(path) is not None}
    own = [p for p in paths if not (name_of(p) == "total_investment_yuan" and p.rsplit(".", 1)[0] in lines)]
    what = told_text([Change(path, None, get(session.facts, path)) for path in own], session, assessor)
    return say("notice.rough", what=what) if what else ""


def noted(
    session: Session,
    changes: list[Change],
    before: Assessment,
    after: Assessment,
    asked: str | None,
    assessor: Assessor,
) -> str:
    """What was taken down, where it was not a plain answer; for a correction old, new and effect."""
    parts = []
    corrected = [c for c in changes if c.old not in (None, []) and c.path not in _LISTS and not c.refined]
    fresh = [c for c in changes if c not in corrected]
    plain = len(fresh) == 1 and not fresh[0].approx and asked is not None and fresh[0].path.startswith(asked)
    plain = plain and not _by_silence(fresh[0], session, assessor)
    if fresh and not plain:
        text = told_text(fresh, session, assessor)
        if text:
            parts.append(say("noted.many", facts=text))
    for path in sorted(session.implied):
        lines = get(session.facts, path.rsplit(".", 1)[0] + ".spending") or ()
        if len(lines) > 1 and any(index_of(c.path) == index_of(path) and "amount_yuan" in c.path for c in changes):
            total = told_label(path, get(session.facts, path), session, assessor)
            parts.append(say("noted.implied_total", amount=total))
    if corrected:
        parts += _corrected(session, corrected, assessor)
        old, new = figure(before), figure(after)
        if old != new:
            parts.append(say("noted.corrected_effect", before=old, after=new))
        elif after.settled or after.total:
            parts.append(say("noted.no_effect", now=new))
    return "\n".join(parts)


def _by_silence(change: Change, session: Session, assessor: Assessor) -> bool:
    """没有 to a question for an amount: that it counts as 0 is said."""
    fact = fact_of(change.path, session, assessor)
    money = fact is not None and fact.type == "money" and str(change.new) == "0"
    told = fact is not None and change.words.strip() in fact.zero_words  # 没有贷款
    return money and not told and re.search(r"[\d零]", change.words) is None


def _corrected(session: Session, corrected: list[Change], assessor: Assessor) -> list[str]:
    rows = []
    shown: set[tuple[str, str]] = set()
    for change in corrected:
        fact = fact_of(change.path, session, assessor)
        old, new = value_label(fact, change.old, assessor), told_label(change.path, change.new, session, assessor)
        if fact is not None and fact.type == "money" and (old, new) in shown:
            continue  # the only line and its total
        shown.add((old, new))
        what = fact_label(change.path, session, assessor)
        rows.append(say("noted.corrected", what=what, old=old, new=new))
    return rows


def undone(words: str) -> str:
    """`已撤回“改成4A”。`"""
    short = words.strip() if len(words.strip()) <= 30 else words.strip()[:30] + "…"
    return say("noted.undone", words=short) if short else say("noted.undone_last")


def other_place(session: Session, heard: Heard) -> str:
    """A place said in passing that is not the seat told: how to change the seat; "" where there is none."""
    told, said = get(session.facts, "enterprise.region"), heard.enterprise.get("region")
    if told is None or said is None:
        return ""
    seat = resolve(str(told))
    if contains(str(said.value), seat.code) or contains(seat.code, str(said.value)):
        return ""
    return say("noted.other_place", seat=seat.full_name, other=said.words)


def useless(heard: Heard, seat: str, assessor: Assessor) -> list[str]:
    """Takes out what no document of the place asks (the pilot list of another city), and gives the words."""
    where = str(heard.enterprise["region"].value) if "region" in heard.enterprise else seat
    found = []
    for name in list(heard.enterprise) if where else ():
        fact = assessor.vocabulary.find(name, "enterprise")
        if fact is not None and fact.type == "yesno" and not used_in(where, name, assessor):
            found.append(heard.enterprise.pop(name).words)
    return found


def left_out(heard: Heard, unused: list[str]) -> str:
    """What was said and counts nowhere: business software that no clause names, recognitions that are yet to be got."""
    rows = {"uncounted": heard.uncounted, "aimed": heard.aimed, "unused": unused}
    return "\n".join(say(f"noted.{name}", what="、".join(what)) for name, what in rows.items() if what)


# ---- notices ----


def outside(session: Session, assessor: Assessor, contact: str | None, again: bool = False) -> str:
    """No document covers the place: which places are covered, and whom to ask; in short where that was said of it `again`."""
    region = resolve(str(get(session.facts, "enterprise.region"))).full_name
    if again and f"outside {region}" in session.noticed:
        return say("notice.still_outside", place=region)
    session.noticed.add(f"outside {region}")
    policies = list(assessor.tables.policies.values())
    covered = ""
    if len(policies) <= _MANY_DOCUMENTS:
        found = [place(code) for policy in policies for code in policy.document.territory]
        names = dict.fromkeys(one.full_name for one in found if one is not None)
        covered = say("notice.covered", names="、".join(names))
    return say("notice.outside", place=region, covered=covered, contact=contact or say("human.local"))


def notices(session: Session, result: Assessment, assessor: Assessor) -> list[Reply]:
    """Said once: nothing in force here, a government payee, a project in another place, a plan's last day."""
    replies = []

    def once(key: str, text: str) -> None:
        if key not in session.noticed:
            session.noticed.add(key)
            replies.append(Reply(text))

    paying = [
        one for one in result.documents if one.applies and any(entry.rule.formula is not None for entry in one.entries)
    ]
    over = [one for one in paying if one.status in COUNTED_APART]
    if over and len(over) == len(paying):
        key = "over " + " ".join(sorted(f"{one.rules.document.id}:{one.status}" for one in over))
        names = "；".join(
            say("notice.status", name=one.rules.document.short, status=status_text(one, result.as_of)) for one in over
        )
        once(key, say("notice.none_in_force", names=names, as_of=result.as_of))
    if get(session.facts, "enterprise.applicant_kind") == "local_government":
        once("government", say("notice.government"))
    seat = get(session.facts, "enterprise.region")
    for index, row in enumerate(session.facts.get("projects") or ()):
        site = resolve(str(row["region"])) if row.get("region") is not None else None
        if (
            site is not None
            and not contains(resolve(str(seat)).code, site.code)
            and not contains(site.code, resolve(str(seat)).code)
        ):
            who = where_label(f"projects[{index}].region", session, assessor).strip() or say("label.the_project")
            once(f"site {row['id']} {site.code}", say("notice.elsewhere", project=who, place=site.full_name))
    for line in result.lines:
        project = line.entry.project
        if line.status != "planned" or project is None:
            continue
        end = line.matched.last_day
        if end is not None:
            once(f"planned {project.id}", say("notice.planned_by", by=end))
    for refusal in result.refusals:
        project, day = refusal.entry.project, refusal.entry.subject.value("project", "completed_on")
        _, end = window_of(refusal.matched.rules.document)
        if refusal.reason == "date" and project is not None and end is not None and day is not None:
            if refusal.matched.status == "in_force" and day > max(end, result.as_of):
                name = refusal.matched.rules.document.short
                once(f"late {project.id} {day}", say("notice.too_late", name=name, day=day, by=end))
    return replies
