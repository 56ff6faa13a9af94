"""An amount of money, a count or a date as the whole answer to a question."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from dialogs.understand.amounts import Amount, find_amounts, money_of
from dialogs.understand.dates import DateMention, find_dates, month_end
from dialogs.understand.lexicon import bare, word_set
from dialogs.understand.text import fold
from policies.facts import Fact
from policies.money import LARGEST_YUAN, fen, wan

Options = tuple[tuple[Any, str], ...]


@dataclass(frozen=True)
class Quantity:
    """A value, or a doubt with what may be meant."""

    value: Any = None
    approx: bool = False
    doubt: str = ""
    options: Options = ()


def exact(value: Decimal) -> Decimal:
    """The same number, written without an exponent and without zeros after the point."""
    return value.quantize(Decimal(1)) if value == value.to_integral_value() else value.normalize()


def money_label(value: Decimal) -> str:
    """8000000 → 800万元."""
    return wan(fen(value))


def money_options(amount: Amount) -> Options:
    """What a doubted amount may mean: both units, both ends of a range."""
    if amount.doubt == "unit" and amount.low is not None:
        few, many = amount.low, amount.high if amount.high is not None else amount.low * 10_000
        return tuple((exact(v), money_label(v)) for v in (many, few) if 0 < v <= LARGEST_YUAN)
    if amount.doubt in ("range", "spread"):
        ends = [v for v in (amount.low, amount.high) if v is not None and 0 <= v <= LARGEST_YUAN]
        return tuple((exact(v), money_label(v)) for v in dict.fromkeys(ends))
    return ()


def of_amount(amount: Amount) -> Quantity:
    """An amount as found, with its doubt and what may be meant."""
    if amount.doubt or amount.value is None:
        return Quantity(doubt=amount.doubt or "malformed", options=money_options(amount))
    if not 0 <= amount.value <= LARGEST_YUAN:
        return Quantity(doubt="malformed")
    return Quantity(exact(amount.value), amount.approx)


def money(said: str, zero: Fact) -> Quantity | None:
    """The text as an amount in yuan; 没有 is zero where the question says so."""
    if re.fullmatch(r"\d{1,20}(?:\.\d+)?", said):
        value = Decimal(said)
        if value >= 10_000 or value == 0:
            return (
                Quantity(exact(value))
                if value <= LARGEST_YUAN and value * 100 % 1 == 0
                else Quantity(doubt="malformed")
            )
    amount = money_of(said)
    if amount is None:
        spoken = fold(bare(said))
        if spoken in word_set("none") and ("填0" in zero.question or zero.zero_words):
            return Quantity(Decimal(0))
        return None
    if amount.doubt == "several":
        each = [a for a in find_amounts(said) if a.is_money and a.value is not None and not a.doubt]
        values = dict.fromkeys(a.value for a in each if a.value is not None)
        if len(values) == 1 and len(each) > 1:
            return Quantity(each[0].value, each[0].approx)
        if corrected := re.search(
            r"(?:不对|错了|改成|改为|应该是|而是|更正为?|，是)[^\d一二三四五六七八九十百千两]*", said
        ):
            rest = money_of(said[corrected.end() :])
            if rest and not rest.doubt:
                return of_amount(rest)
        return Quantity(doubt="several", options=tuple((v, money_label(v)) for v in list(values)[:4]))
    return of_amount(amount)


_SAME_UNITS = {"平方米": ("平米", "平", "㎡"), "%": ("个点", "点", "个百分点"), "亩": ("亩地",)}
"""Units that people say for that of a fact."""


def _months(said: str) -> int | None:
    """两年 is 24 months, 一年半 18; a year as a date is none."""
    years = [a for a in find_amounts(said) if a.unit == "年" and a.value is not None and not a.doubt]
    if len(years) != 1 or years[0].value is None or years[0].value > _LONGEST_YEARS:
        return None
    months = years[0].value * 12 + (6 if said[years[0].end :].startswith("半") else 0)
    return int(months) if months == int(months) else None


_LONGEST_YEARS = 100


def _counts(value: Decimal, fact: Fact) -> bool:
    """Whether a number can be the value of a fact that counts."""
    return 0 <= value <= 10**9 and (value == int(value) or (fact.decimals and value * 10**6 % 1 == 0))


def _number(value: Decimal) -> int | Decimal:
    return int(value) if value == int(value) else exact(value)


def _choices(values: Iterable[Decimal], unit: str) -> Options:
    return tuple((_number(value), f"{_number(value)}{unit}") for value in values)


def count(said: str, fact: Fact) -> Quantity | None:
    """The text as a number of what the fact counts; whole, unless the fact may have decimals."""
    spoken = fold(bare(said))
    if spoken in word_set("none") or spoken in word_set("no"):
        return Quantity(0)
    found = [
        a
        for a in find_amounts(said)
        if not a.is_money
        and (
            a.unit in (fact.unit, *_SAME_UNITS.get(fact.unit, ()))
            or a.unit not in ("年", "月", "日", "号", "%", "第", "点")
        )
    ]
    unit = fact.unit
    if not found and unit == "个月" and (months := _months(said)) is not None:
        return Quantity(months)
    same = _SAME_UNITS.get(unit, (unit,))
    own = [a for a in found if a.unit in (*same, unit, "") or (unit == "个" and a.unit in ("工位", "个"))] or found
    if not own:
        return None
    values = {a.value for a in own}
    if len(own) > 1 and len(values) > 1:
        some = [a.value for a in own if a.value is not None and _counts(a.value, fact)]
        return Quantity(doubt="several", options=_choices(some[:4], unit))
    amount = own[0]
    if amount.doubt or amount.value is None:
        ends = dict.fromkeys(v for v in (amount.low, amount.high) if v is not None and _counts(v, fact))
        return Quantity(doubt=amount.doubt or "malformed", options=_choices(ends, unit))
    if not _counts(amount.value, fact):
        return Quantity(doubt="malformed")
    number = _number(amount.value)
    if said[amount.end :].startswith("半") and amount.unit == unit and unit:  # 十二亩半
        if not fact.decimals:
            return Quantity(doubt="malformed")
        number = _number(amount.value + Decimal("0.5"))
    people = re.match(r"\s*(?:人|员工|名|位)", said[amount.end :]) is not None and unit == "个"
    if people or amount.unit not in (*same, unit, "", "个", "家", "工位", "户"):
        return Quantity(doubt="unit", options=((number, f"{number}{unit}"),))
    return Quantity(number, amount.approx)


def date_label(mention: date, month_only: bool = True) -> str:
    """2025年6月."""
    return f"{mention.year}年{mention.month}月" + ("" if month_only else f"{mention.day}日")


def of_date(mention: DateMention, today: date) -> Quantity:
    """A date as found, with its doubt and what may be meant; approximate where only a year or a season was said."""
    value = mention.value
    if value is None:
        return Quantity(doubt="bad")
    if mention.doubt == "recent":
        months = (month_end(today.year, today.month), month_end(today.year, today.month - 1))
        return Quantity(doubt="recent", options=tuple((m, date_label(m)) for m in months))
    if mention.doubt == "year":
        years = (value.year, value.year - 1)
        both = [
            month_end(y, value.month) if mention.month_only else value.replace(year=y, day=min(value.day, 28))
            for y in years
        ]
        return Quantity(doubt="year", options=tuple((d, date_label(d, mention.month_only)) for d in both))
    return Quantity(value, mention.year_only or mention.doubt == "coarse")


def day(said: str, today: date) -> Quantity | None:
    """The text as a date; the end of a span of time."""
    short = bare(said)
    if re.fullmatch(r"20\d\d", short):
        return Quantity(date(int(short), 12, 31), True)
    if match := re.fullmatch(r"(20\d\d|\d\d)\s?[./\-、年 ]?\s?(1[0-2]|0?[1-9])月?", short):
        year = int(match[1]) if len(match[1]) == 4 else 2000 + int(match[1])
        if today.year - 15 <= year <= today.year + 10:
            return Quantity(month_end(year, int(match[2])))
    if match := re.fullmatch(r"(1[0-2]|[1-9])", short):
        return of_date(find_dates(f"{match[1]}月", today)[0], today)
    mentions = [m for m in find_dates(said, today) if m.doubt != "recent"] or find_dates(said, today)
    if not mentions:
        return None
    if len({m.value for m in mentions}) > 1:
        between = said[mentions[-2].end : mentions[-1].start]
        corrected = re.search(r"不对|错了|改成|改为|应该是|而是|其实|是", between)
        if not corrected and not re.fullmatch(r"\s*[到至~\-—]\s*", between):
            event = [
                m
                for m in mentions
                if re.match(
                    r"[的就才已经正式]{0,3}(?:完工|竣工|验收|投产|建成|取得|获得|通过|拿到|评上|完成)", said[m.end :]
                )
            ]
            if len(event) != 1:
                options = [(m.value, date_label(m.value, m.month_only or m.year_only)) for m in mentions if m.value]
                return Quantity(doubt="several", options=tuple(dict.fromkeys(options))[:4])
            mentions = event
    return of_date(mentions[-1], today)
