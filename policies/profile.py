"""A profile: what an enterprise told about itself (docs/reference/profile.md), read strictly and exactly.

Absent means not known yet, never no. Money becomes fen, dates `date`, places 6-digit codes, lists tuples.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from policies.errors import ProfileError
from policies.facts import Fact, Vocabulary
from policies.money import Fen
from policies.values import (
    fault,
    nearest,
    read_body,
    read_choices,
    read_date,
    read_money,
    read_number,
    read_text,
    read_value,
    shown,
)

LARGEST_LIST = 200
"""More projects, spending lines of one project, recognitions or awards than this are refused: nobody has them, and the
exact maximum of thousands would take minutes."""


@dataclass(slots=True)
class Spending:
    """A spending line of a project; `activities` None: not known; `path` of its amount."""

    activities: frozenset[str] | None
    amount: Fen | None
    path: str
    amount_path: str


@dataclass(slots=True)
class Project:
    """A project: its facts by name, and its spending lines (None: not known)."""

    index: int
    id: str
    facts: dict[str, Any]
    lines: list[Spending] | None


@dataclass(slots=True)
class Recognition:
    """A recognition: its kind, and its facts by name; `project` is the id of the project it is tied to."""

    index: int
    kind: str
    facts: dict[str, Any]
    project: str | None


@dataclass(slots=True)
class Award:
    """Money from elsewhere; every field may be None: not known."""

    index: int
    level: str | None
    document: str | None
    clause: str | None
    amount: Fen | None
    year: int | None
    status: str | None
    project: str | None
    recognition: str | None


@dataclass(slots=True)
class Profile:
    """What was told. `projects`, `recognitions`, `other_awards` None: nothing told about them."""

    as_of: date | None = None
    enterprise: dict[str, Any] = field(default_factory=dict)
    projects: list[Project] | None = None
    recognitions: list[Recognition] | None = None
    awards: list[Award] | None = None


def read_json(text: str) -> Any:
    """JSON with exact numbers. Raises ProfileError."""

    def refuse(word: str) -> Any:
        raise ProfileError("bad_number", f"{word} 不是可用的数")

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) < len(pairs):
            names = [name for name, _ in pairs]
            twice = next(name for name in names if names.count(name) > 1)
            raise ProfileError("bad_json", f"不是正确的 JSON，{twice[:40]} 写了两次")
        return found

    try:
        return json.loads(text, parse_float=Decimal, parse_constant=refuse, object_pairs_hook=once)
    except RecursionError as error:
        raise ProfileError("bad_json", "JSON 嵌套太深") from error
    except ValueError as error:
        line = getattr(error, "lineno", 1)
        raise ProfileError("bad_json", f"不是正确的 JSON，第{line}行附近有错") from error


def _mapping(value: Any, where: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise fault(where or "profile", "应是“名称: 取值”的一组事实", "bad_shape")
    return value


def _list(value: Any, where: str) -> list[Any] | None:
    if value is None:
        return None
    if not isinstance(value, list | tuple):
        raise fault(where, "应是列表", "bad_shape")
    if len(value) > LARGEST_LIST:
        raise fault(where, f"最多 {LARGEST_LIST} 项，这里有 {len(value)} 项", "too_many")
    return list(value)


def _unknown_key(key: Any, known: Any, where: str) -> ProfileError:
    path = f"{where}.{key}" if where else str(key)
    if len(path) > 80:
        path = path[:80] + "…"
    hint = nearest(str(key), known) if len(str(key)) < 60 else ""
    return ProfileError("unknown_fact", f"{path}：没有这个事实{hint}", path)


def read_profile(data: Any, vocabulary: Vocabulary, clauses: Mapping[str, set[str]] | None = None) -> Profile:
    """A profile from parsed YAML or JSON. Raises ProfileError on the first fact that cannot be used.

    `clauses` maps our documents to their clause ids, to check what other awards name.
    """
    data = _mapping(data, "")
    for key in data:
        if key not in _TOP:
            raise _unknown_key(key, _TOP, "")
    profile = Profile()
    if data.get("as_of") is not None:
        profile.as_of = read_date(data["as_of"], "as_of")
    profile.enterprise = _facts(
        _mapping({} if data.get("enterprise") is None else data["enterprise"], "enterprise"),
        "enterprise",
        vocabulary,
        "enterprise",
    )
    projects = _list(data.get("projects"), "projects")
    if projects is not None:
        profile.projects = [_project(i, row, vocabulary) for i, row in enumerate(projects)]
        seen: set[str] = set()
        for project in profile.projects:
            if project.id in seen:
                raise fault(f"projects[{project.index}].id", f"项目编号 {shown(project.id)} 重复", "duplicate_project")
            seen.add(project.id)
    ids = {project.id for project in profile.projects or ()}
    recognitions = _list(data.get("recognitions"), "recognitions")
    if recognitions is not None:
        profile.recognitions = [_recognition(i, row, vocabulary, ids) for i, row in enumerate(recognitions)]
    awards = _list(data.get("other_awards"), "other_awards")
    if awards is not None:
        profile.awards = [_award(i, row, vocabulary, ids, clauses or {}) for i, row in enumerate(awards)]
    return profile


_TOP = ("as_of", "enterprise", "projects", "recognitions", "other_awards")


def _facts(
    row: Mapping[str, Any],
    scope: str,
    vocabulary: Vocabulary,
    where: str,
    extra: tuple[str, ...] = (),
    kind: str | None = None,
) -> dict[str, Any]:
    out: dict[str, Any] = {}
    facts = vocabulary.facts
    for key, value in row.items():
        if key in extra:
            continue
        fact = facts.get((scope, key))
        if fact is None:
            raise _unknown_key(key, [name for of, name in facts if of == scope] + list(extra), where)
        if value is not None:
            out[key] = read_value(fact, value, vocabulary, f"{where}.{key}", kind)
    return out


def _project(index: int, row: Any, vocabulary: Vocabulary) -> Project:
    where = f"projects[{index}]"
    row = _mapping(row, where)
    facts = _facts(row, "project", vocabulary, where, ("id", "spending", "activities"))
    name = row.get("id")
    name = f"P{index + 1}" if name is None else read_text(_ID, name, vocabulary, f"{where}.id", None)
    lines: list[Spending] | None = None
    spending = _list(row.get("spending"), f"{where}.spending")
    if row.get("activities") is not None:
        if spending is not None:
            raise fault(where, "activities 和 spending 只能写一种", "activities_and_spending")
        activities = read_choices(vocabulary.activities, row["activities"], vocabulary, f"{where}.activities", None)
        path = f"{where}.total_investment_yuan"
        lines = (
            [Spending(activities, facts.get("total_investment_yuan"), f"{where}.activities", path)]
            if activities
            else []
        )
    elif spending is not None:
        lines = []
        for number, item in enumerate(spending):
            place = f"{where}.spending[{number}]"
            told = _facts(_mapping(item, place), "spending", vocabulary, place)
            lines.append(
                Spending(told.get("activities"), told.get("amount_yuan"), f"{place}.activities", f"{place}.amount_yuan")
            )
    return Project(index, name, facts, lines)


_ID = Fact(name="id", of="project", type="text", label="编号", question="")


def _recognition(index: int, row: Any, vocabulary: Vocabulary, ids: set[str]) -> Recognition:
    where = f"recognitions[{index}]"
    row = _mapping(row, where)
    kind = row.get("kind")
    if not isinstance(kind, str) or kind not in vocabulary.kinds:
        hint = nearest(kind, vocabulary.kinds) if isinstance(kind, str) and len(kind) < 60 else ""
        raise fault(f"{where}.kind", f"没有认定种类 {shown(kind)}{hint}", "unknown_value")
    facts = _facts(row, "recognition", vocabulary, where, ("kind",), kind)
    project = facts.pop("project", None)
    if project is not None and project not in ids:
        raise fault(f"{where}.project", f"没有编号为 {shown(project)} 的项目", "unknown_project")
    return Recognition(index, kind, facts, project)


_AWARD_KEYS = ("level", "document", "clause", "amount_yuan", "year", "status", "project", "recognition")


def _award(index: int, row: Any, vocabulary: Vocabulary, ids: set[str], clauses: Mapping[str, set[str]]) -> Award:
    where = f"other_awards[{index}]"
    row = _mapping(row, where)
    for key in row:
        if key not in _AWARD_KEYS:
            raise _unknown_key(key, _AWARD_KEYS, where)
    told = {key: value for key, value in row.items() if value is not None}
    level = told.get("level")
    if level is not None:
        read_body(_ID, level, vocabulary, f"{where}.level", None)
    amount = told.get("amount_yuan")
    if amount is not None:
        amount = read_money(_ID, amount, vocabulary, f"{where}.amount_yuan", None)
    year = told.get("year")
    if year is not None:
        year = int(read_number(_ID, year, vocabulary, f"{where}.year", None))
        if not 1990 <= year <= 2100:
            raise fault(f"{where}.year", f"年份 {year} 不对", "bad_date")
    status = told.get("status")
    if status not in (None, "received", "eligible"):
        raise fault(
            f"{where}.status", f"status 应是 received（已得）或 eligible（可得），不是 {shown(status)}", "unknown_value"
        )
    project = told.get("project")
    if project is not None:
        project = str(project)
        if project not in ids:
            raise fault(f"{where}.project", f"没有编号为 {shown(project)} 的项目", "unknown_project")
    kind = told.get("recognition")
    if kind is not None and (not isinstance(kind, str) or kind not in vocabulary.kinds):
        hint = nearest(str(kind), vocabulary.kinds) if len(str(kind)) < 60 else ""
        raise fault(f"{where}.recognition", f"没有认定种类 {shown(kind)}{hint}", "unknown_value")
    document, clause = told.get("document"), told.get("clause")
    for name, value in (("document", document), ("clause", clause)):
        if value is not None and (not isinstance(value, str) or len(value) > 100):
            raise fault(f"{where}.{name}", "应是编号")
    if document is not None and document in clauses and clause is not None and clause not in clauses[document]:
        raise fault(
            f"{where}.clause",
            f"{document} 没有条款 {shown(clause)}{nearest(clause, clauses[document])}",
            "unknown_clause",
        )
    if clause is not None and document is None:
        owner = next((name for name, ids_ in clauses.items() if clause in ids_), None)
        document = owner
    if project is None and kind is None and not (document and clause):
        raise fault(
            where,
            "要写明这笔钱是给哪个项目（project）或哪项认定（recognition）的，或写 document 和 clause",
            "award_for_what",
        )
    return Award(index, level, document, clause, amount, year, status, project, kind)
