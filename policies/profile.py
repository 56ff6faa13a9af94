"""A profile: what an enterprise told about itself (docs/reference/profile.md), read strictly and exactly.

Absent means not known yet, never no. Money becomes fen, dates `date`, places 6-digit codes, lists tuples.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Any

from policies.errors import ProfileError
from policies.facts import Fact, Vocabulary
from policies.money import LARGEST_YUAN, Fen, exact_number, fen
from policies.regions import AmbiguousPlace, UnknownPlace, resolve

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


def nearest(word: str, known: Any) -> str:
    """The end of a sentence that names the known word most like this one; empty where none is."""
    from rapidfuzz import process

    found = process.extractOne(word, list(known), score_cutoff=55)
    return f"，是不是 {found[0]}？" if found else ""


@lru_cache(maxsize=4096)
def _place(text: str) -> str:
    return resolve(text).code


def read_value(fact: Fact, value: Any, vocabulary: Vocabulary, where: str, kind: str | None = None) -> Any:
    """One value of a fact, checked. Raises ProfileError with the path `where`."""
    reader = _READERS[fact.type]
    return reader(fact, value, vocabulary, where, kind)


def _fail(where: str, message: str, code: str = "bad_value") -> ProfileError:
    return ProfileError(code, f"{where}：{message}", where)


def _show(value: Any) -> str:
    text = str(value)
    return text if len(text) <= 30 else text[:30] + "…"


def _read_money(fact: Fact, value: Any, vocabulary: Vocabulary, where: str, kind: str | None) -> Fen:
    try:
        amount = fen(value)
    except ValueError as error:
        raise _fail(where, f'金额 {_show(value)} 用不了，应是以元为单位的数，如 8000000 或 "3333333.33"') from error
    if amount < 0:
        raise _fail(where, f"金额不能是负数（{_show(value)}）", "negative")
    if amount > LARGEST_YUAN * 100:
        raise _fail(where, f"金额 {_show(value)} 太大，请核对单位（元）", "too_large")
    return amount


def _read_number(fact: Fact, value: Any, vocabulary: Vocabulary, where: str, kind: str | None) -> int | Fraction:
    if fact.decimals:
        return _read_decimal(value, where)
    if isinstance(value, str) and value.strip().isdecimal() and len(value) < 12:
        value = int(value)
    if (
        isinstance(value, Decimal)
        and value.is_finite()
        and value == value.to_integral_value()
        and value.adjusted() < 12
    ):
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= 10**9:
        raise _fail(where, f"应是 0 或正整数，不是 {_show(value)}")
    return value


def _read_decimal(value: Any, where: str) -> int | Fraction:
    text = str(value).strip() if isinstance(value, int | Decimal | str) and not isinstance(value, bool) else ""
    if not re.fullmatch(r"\d{1,10}(\.\d{1,6})?", text) or (found := exact_number(text)) > 10**9:
        raise _fail(where, f"应是 0 或大于 0 的数，最多六位小数，不是 {_show(value)}")
    return found


def _read_yesno(fact: Fact, value: Any, vocabulary: Vocabulary, where: str, kind: str | None) -> bool:
    if not isinstance(value, bool):
        raise _fail(where, f"应是 true 或 false，不是 {_show(value)}")
    return value


def read_date(value: Any, where: str) -> date:
    """A day, as a date or as 2025-06-30. Raises ProfileError."""
    if isinstance(value, date):
        return value
    try:
        if isinstance(value, str) and len(value) == 10:
            return date.fromisoformat(value)
    except ValueError:
        pass
    raise _fail(where, f"日期 {_show(value)} 不对，应写成 2025-06-30 这样", "bad_date")


def _read_date(fact: Fact, value: Any, vocabulary: Vocabulary, where: str, kind: str | None) -> date:
    return read_date(value, where)


def _read_place(fact: Fact, value: Any, vocabulary: Vocabulary, where: str, kind: str | None) -> str:
    text = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
    if not isinstance(text, str) or not text.strip():
        raise _fail(where, "应是地名或 6 位代码")
    if len(text) > 60:
        raise _fail(where, "地名太长")
    try:
        return _place(text)
    except AmbiguousPlace as error:
        names = "、".join(place.full_name for place in error.candidates[:6])
        raise _fail(where, f"{text} 不止一处：{names}，请写明哪一个", "ambiguous_place") from error
    except UnknownPlace as error:
        names = "、".join(place.full_name for place in error.suggestions[:3])
        hint = f"，是不是 {names}？" if names else "，请写市或旗县区的名称"
        raise _fail(where, f"没有找到地方 {_show(text)}{hint}", "unknown_place") from error


def _read_choice(fact: Fact, value: Any, vocabulary: Vocabulary, where: str, kind: str | None) -> str:
    text = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
    known = fact.values()
    if not isinstance(text, str) or text not in known:
        hint = nearest(text, known) if isinstance(text, str) and len(text) < 60 else ""
        raise _fail(where, f"取值 {_show(value)} 不在范围内（{'、'.join(known)}）{hint}", "unknown_value")
    return text


def _read_choices(fact: Fact, value: Any, vocabulary: Vocabulary, where: str, kind: str | None) -> frozenset[str]:
    items = [value] if isinstance(value, str) else value
    if not isinstance(items, list | tuple) or len(items) > 200:
        raise _fail(where, "应是列表")
    return frozenset(_read_choice(fact, item, vocabulary, f"{where}[{i}]", kind) for i, item in enumerate(items))


def _read_level(fact: Fact, value: Any, vocabulary: Vocabulary, where: str, kind: str | None) -> str:
    text = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
    known = vocabulary.kinds[kind].values() if kind else []
    if not isinstance(text, str) or text not in known:
        hint = nearest(text, known) if isinstance(text, str) and len(text) < 60 else ""
        label = vocabulary.kinds[kind].label if kind else ""
        raise _fail(where, f"{label}没有级别 {_show(value)}（{'、'.join(known)}）{hint}", "unknown_value")
    return text


def _read_body(fact: Fact, value: Any, vocabulary: Vocabulary, where: str, kind: str | None) -> str:
    if value not in vocabulary.body_rank:
        raise _fail(where, f"级别 {_show(value)} 应是 {'、'.join(vocabulary.body_rank)} 之一", "unknown_value")
    return str(value)


def _read_text(fact: Fact, value: Any, vocabulary: Vocabulary, where: str, kind: str | None) -> str:
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str) or not value.strip() or len(value) > 200:
        raise _fail(where, "应是不超过 200 字的文字")
    return value


_READERS = {
    "money": _read_money,
    "number": _read_number,
    "yesno": _read_yesno,
    "date": _read_date,
    "place": _read_place,
    "choice": _read_choice,
    "choices": _read_choices,
    "level": _read_level,
    "body": _read_body,
    "text": _read_text,
}


def _mapping(value: Any, where: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise _fail(where or "profile", "应是“名称: 取值”的一组事实", "bad_shape")
    return value


def _list(value: Any, where: str) -> list[Any] | None:
    if value is None:
        return None
    if not isinstance(value, list | tuple):
        raise _fail(where, "应是列表", "bad_shape")
    if len(value) > LARGEST_LIST:
        raise _fail(where, f"最多 {LARGEST_LIST} 项，这里有 {len(value)} 项", "too_many")
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
                raise _fail(f"projects[{project.index}].id", f"项目编号 {_show(project.id)} 重复", "duplicate_project")
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
    name = f"P{index + 1}" if name is None else _read_text(_ID, name, vocabulary, f"{where}.id", None)
    lines: list[Spending] | None = None
    spending = _list(row.get("spending"), f"{where}.spending")
    if row.get("activities") is not None:
        if spending is not None:
            raise _fail(where, "activities 和 spending 只能写一种", "activities_and_spending")
        activities = _read_choices(vocabulary.activities, row["activities"], vocabulary, f"{where}.activities", None)
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
        raise _fail(f"{where}.kind", f"没有认定种类 {_show(kind)}{hint}", "unknown_value")
    facts = _facts(row, "recognition", vocabulary, where, ("kind",), kind)
    project = facts.pop("project", None)
    if project is not None and project not in ids:
        raise _fail(f"{where}.project", f"没有编号为 {_show(project)} 的项目", "unknown_project")
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
        _read_body(_ID, level, vocabulary, f"{where}.level", None)
    amount = told.get("amount_yuan")
    if amount is not None:
        amount = _read_money(_ID, amount, vocabulary, f"{where}.amount_yuan", None)
    year = told.get("year")
    if year is not None:
        year = int(_read_number(_ID, year, vocabulary, f"{where}.year", None))
        if not 1990 <= year <= 2100:
            raise _fail(f"{where}.year", f"年份 {year} 不对", "bad_date")
    status = told.get("status")
    if status not in (None, "received", "eligible"):
        raise _fail(
            f"{where}.status", f"status 应是 received（已得）或 eligible（可得），不是 {_show(status)}", "unknown_value"
        )
    project = told.get("project")
    if project is not None:
        project = str(project)
        if project not in ids:
            raise _fail(f"{where}.project", f"没有编号为 {_show(project)} 的项目", "unknown_project")
    kind = told.get("recognition")
    if kind is not None and (not isinstance(kind, str) or kind not in vocabulary.kinds):
        hint = nearest(str(kind), vocabulary.kinds) if len(str(kind)) < 60 else ""
        raise _fail(f"{where}.recognition", f"没有认定种类 {_show(kind)}{hint}", "unknown_value")
    document, clause = told.get("document"), told.get("clause")
    for name, value in (("document", document), ("clause", clause)):
        if value is not None and (not isinstance(value, str) or len(value) > 100):
            raise _fail(f"{where}.{name}", "应是编号")
    if document is not None and document in clauses and clause is not None and clause not in clauses[document]:
        raise _fail(
            f"{where}.clause",
            f"{document} 没有条款 {_show(clause)}{nearest(clause, clauses[document])}",
            "unknown_clause",
        )
    if clause is not None and document is None:
        owner = next((name for name, ids_ in clauses.items() if clause in ids_), None)
        document = owner
    if project is None and kind is None and not (document and clause):
        raise _fail(
            where,
            "要写明这笔钱是给哪个项目（project）或哪项认定（recognition）的，或写 document 和 clause",
            "award_for_what",
        )
    return Award(index, level, document, clause, amount, year, status, project, kind)
