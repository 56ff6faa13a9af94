"""A value of a fact as somebody wrote it, read strictly: money to fen, days, places to their codes, choices, levels."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Any

from policies.errors import ProfileError
from policies.facts import Fact, Vocabulary
from policies.money import LARGEST_YUAN, Fen, exact_number, fen
from policies.regions import AmbiguousPlace, UnknownPlace, resolve


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


def fault(where: str, message: str, code: str = "bad_value") -> ProfileError:
    """What is wrong with the value at a path, to be raised."""
    return ProfileError(code, f"{where}：{message}", where)


def shown(value: Any) -> str:
    """A value as a sentence names it, cut."""
    text = str(value)
    return text if len(text) <= 30 else text[:30] + "…"


def read_money(fact: Fact, value: Any, vocabulary: Vocabulary, where: str, kind: str | None) -> Fen:
    """Yuan to fen. Raises ProfileError."""
    try:
        amount = fen(value)
    except ValueError as error:
        raise fault(where, f'金额 {shown(value)} 用不了，应是以元为单位的数，如 8000000 或 "3333333.33"') from error
    if amount < 0:
        raise fault(where, f"金额不能是负数（{shown(value)}）", "negative")
    if amount > LARGEST_YUAN * 100:
        raise fault(where, f"金额 {shown(value)} 太大，请核对单位（元）", "too_large")
    return amount


def read_number(fact: Fact, value: Any, vocabulary: Vocabulary, where: str, kind: str | None) -> int | Fraction:
    """A count; exact where it has decimals. Raises ProfileError."""
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
        raise fault(where, f"应是 0 或正整数，不是 {shown(value)}")
    return value


def _read_decimal(value: Any, where: str) -> int | Fraction:
    text = str(value).strip() if isinstance(value, int | Decimal | str) and not isinstance(value, bool) else ""
    if not re.fullmatch(r"\d{1,10}(\.\d{1,6})?", text) or (found := exact_number(text)) > 10**9:
        raise fault(where, f"应是 0 或大于 0 的数，最多六位小数，不是 {shown(value)}")
    return found


def _read_yesno(fact: Fact, value: Any, vocabulary: Vocabulary, where: str, kind: str | None) -> bool:
    if not isinstance(value, bool):
        raise fault(where, f"应是 true 或 false，不是 {shown(value)}")
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
    raise fault(where, f"日期 {shown(value)} 不对，应写成 2025-06-30 这样", "bad_date")


def _read_date(fact: Fact, value: Any, vocabulary: Vocabulary, where: str, kind: str | None) -> date:
    return read_date(value, where)


def _read_place(fact: Fact, value: Any, vocabulary: Vocabulary, where: str, kind: str | None) -> str:
    text = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
    if not isinstance(text, str) or not text.strip():
        raise fault(where, "应是地名或 6 位代码")
    if len(text) > 60:
        raise fault(where, "地名太长")
    try:
        return _place(text)
    except AmbiguousPlace as error:
        names = "、".join(place.full_name for place in error.candidates[:6])
        raise fault(where, f"{text} 不止一处：{names}，请写明哪一个", "ambiguous_place") from error
    except UnknownPlace as error:
        names = "、".join(place.full_name for place in error.suggestions[:3])
        hint = f"，是不是 {names}？" if names else "，请写市或旗县区的名称"
        raise fault(where, f"没有找到地方 {shown(text)}{hint}", "unknown_place") from error


def _read_choice(fact: Fact, value: Any, vocabulary: Vocabulary, where: str, kind: str | None) -> str:
    text = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
    known = fact.values()
    if not isinstance(text, str) or text not in known:
        hint = nearest(text, known) if isinstance(text, str) and len(text) < 60 else ""
        raise fault(where, f"取值 {shown(value)} 不在范围内（{'、'.join(known)}）{hint}", "unknown_value")
    return text


def read_choices(fact: Fact, value: Any, vocabulary: Vocabulary, where: str, kind: str | None) -> frozenset[str]:
    """Some of the choices of a fact. Raises ProfileError."""
    items = [value] if isinstance(value, str) else value
    if not isinstance(items, list | tuple) or len(items) > 200:
        raise fault(where, "应是列表")
    return frozenset(_read_choice(fact, item, vocabulary, f"{where}[{i}]", kind) for i, item in enumerate(items))


def _read_level(fact: Fact, value: Any, vocabulary: Vocabulary, where: str, kind: str | None) -> str:
    text = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
    known = vocabulary.kinds[kind].values() if kind else []
    if not isinstance(text, str) or text not in known:
        hint = nearest(text, known) if isinstance(text, str) and len(text) < 60 else ""
        label = vocabulary.kinds[kind].label if kind else ""
        raise fault(where, f"{label}没有级别 {shown(value)}（{'、'.join(known)}）{hint}", "unknown_value")
    return text


def read_body(fact: Fact, value: Any, vocabulary: Vocabulary, where: str, kind: str | None) -> str:
    """A level of bodies: county to national. Raises ProfileError."""
    if value not in vocabulary.body_rank:
        raise fault(where, f"级别 {shown(value)} 应是 {'、'.join(vocabulary.body_rank)} 之一", "unknown_value")
    return str(value)


def read_text(fact: Fact, value: Any, vocabulary: Vocabulary, where: str, kind: str | None) -> str:
    """A short text. Raises ProfileError."""
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str) or not value.strip() or len(value) > 200:
        raise fault(where, "应是不超过 200 字的文字")
    return value


_READERS = {
    "money": read_money,
    "number": read_number,
    "yesno": _read_yesno,
    "date": _read_date,
    "place": _read_place,
    "choice": _read_choice,
    "choices": read_choices,
    "level": _read_level,
    "body": read_body,
    "text": read_text,
}
