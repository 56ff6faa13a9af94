"""Dates as people type them: 去年底, 上个月, 2025年6月, 二季度, 明年上半年 (`find_dates`)."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass, replace
from datetime import date, timedelta

_DIGIT = {c: i for i, c in enumerate("零一二三四五六七八九")} | {
    "〇": 0,
    "○": 0,
    "O": 0,
    "o": 0,
    "两": 2,
    "元": 1,
    "正": 1,
}
_YEARS = {
    "大前年": -3,
    "前年": -2,
    "去年": -1,
    "上年": -1,
    "上一年": -1,
    "旧年": -1,
    "今年": 0,
    "本年": 0,
    "当年": 0,
    "明年": 1,
    "来年": 1,
    "下一年": 1,
    "后年": 2,
}
_MONTHS = {
    "上上个月": -2,
    "上上月": -2,
    "上个月": -1,
    "上月": -1,
    "这个月": 0,
    "本月": 0,
    "当月": 0,
    "下个月": 1,
    "下月": 1,
    "次月": 1,
    "下下个月": 2,
    "下下月": 2,
}
_DAYS = {"大前天": -3, "前天": -2, "昨天": -1, "昨日": -1, "今天": 0, "今日": 0, "明天": 1, "明日": 1, "后天": 2, "上周": -7, "上星期": -7, "上个星期": -7, "这周": 0, "本周": 0, "下周": 7, "下星期": 7}  # fmt: skip

_N = r"(?:十[一二]?|[一二三四五六七八九元正]|1[0-2]|0?[1-9])"
_DAY = r"(?:三十一?|二?十[一二三四五六七八九]?|廿[一二三四五六七八九]|[一二三四五六七八九]|3[01]|[12]\d|0?[1-9])"
_YEAR = (
    r"(?:(?P<y4>(?:19|20)\d\d)(?:\s?年度?(?!以)|(?=[底末初]))|(?P<yc>[一二][九零〇○][零〇○一二三四五六七八九]{2})\s?年度?"
    r"|(?P<y2>(?:[12]\d|[一二三][零〇○一二三四五六七八九]))\s?年|(?P<yr>"
    + "|".join(sorted(_YEARS, key=len, reverse=True))
    + r")度?)"
)
_MONTH = rf"(?P<m>{_N})\s?月(?:份)?(?:的)?(?:\s?(?P<d>{_DAY})\s?[日号]|(?P<mp>初|底|末|中旬|上旬|下旬|中(?=[旬，。,\s]|完|验|投)))?"
_SEASON = r"(?:第?(?P<q>[一二三四1234])\s?季度?|[Qq](?P<q2>[1-4])|(?P<h>上半年|下半年|前半年|后半年)|年?(?P<yp>年?底|年?末|尾|年?初|年?中(?!旬|小|期|型|标)))"
_FULL = re.compile(rf"{_YEAR}\s?(?:的)?\s?(?:{_MONTH}|{_SEASON})?")
_ALONE = re.compile(
    rf"(?:(?<![\d.万亿十百千])(?:{_N}\s?[-~到至]\s?)?{_MONTH}|(?P<season>(?:第?[一二三四1234]\s?季度|[Qq][1-4](?!\w)|上半年|下半年|年底|年末|年尾|年初|年中(?!旬))))"
)
_NUMERIC = re.compile(
    r"(?<![\d.\-/])(?P<y>20\d\d)(?P<s>[-/.])(?P<m>1[0-2]|0?[1-9])(?:(?P=s)(?P<d>3[01]|[12]\d|0?[1-9]))?(?![\d\-/%]|\.\d|\s?[万亿元wW])"
)
_COMPACT = re.compile(
    r"(?<![\d.\-])(?P<y>20[12]\d)(?P<m>0[1-9]|1[0-2])(?P<d>0[1-9]|[12]\d|3[01])(?![\d.\-]|\s?[万亿元wW])"
)
_NEAR = re.compile(
    rf"(?P<mr>{'|'.join(sorted(_MONTHS, key=len, reverse=True))})(?:(?P<mp>初|底|末|中旬|上旬|下旬)|的?\s?(?P<d>{_DAY})\s?[日号])?|(?P<dr>{'|'.join(sorted(_DAYS, key=len, reverse=True))})"
)
_AGO = re.compile(
    r"(?P<n>半|[一二两三四五六七八九十]|\d{1,2})\s?(?P<u>个月|年|周|个星期|天)(?:之?|以)(?P<way>前|后)(?!景)"
)
_JUST = re.compile(r"刚刚?(?=[投验完竣建上做弄搞评拿获通落交过])|前几天|前两天|前阵子|前段时间|不久前|最近刚")
_NOT_YEAR = re.compile(r"\s?(?:以内|之内|内|之?前|之?后|了|期|来|以来|以上|多|历史|经验|老|期限|左右|质保|为期|回报)")
_LINK = re.compile(r"\s?(?:到|至|-|~|—|、|和|及)\s?")
_FUTURE = re.compile(r"预计|预期|计划|打算|准备|拟|将|要|争取|力争|估计|大概|目标|还没|尚未|未完|没完|之?前(?!年)|能")
_PAST = re.compile(r"已|了|过的?|就|刚|的$|[完投建验收产线成到得](?:的|了)")


@dataclass(frozen=True)
class DateMention:
    """A date in running text: a month is its last day, a year its 31 December.

    `doubt` is "" or a reason to ask: coarse (a season, a half: the value is its last day), recent (刚…: this month or
    the last), year (10月, said in June: of which year?), bad (30 February: no value).
    """

    start: int
    end: int
    text: str
    value: date | None
    month_only: bool = False
    year_only: bool = False
    doubt: str = ""
    future: bool = False


def month_end(year: int, month: int) -> date:
    """The last day of a month; months beyond 1 to 12 count on into other years."""
    year, month = year + (month - 1) // 12, (month - 1) % 12 + 1
    return date(year, month, monthrange(year, month)[1])


def _number(text: str) -> int:
    """Up to 99, in Chinese or Arabic digits."""
    if text.isdecimal() and text.isascii():
        return int(text)
    if text[0] == "廿":
        return 20 + _number(text[1:])
    if "十" in text:
        tens, _, ones = text.partition("十")
        return (_DIGIT[tens] if tens else 1) * 10 + (_DIGIT[ones] if ones else 0)
    return int("".join(str(_DIGIT[c]) for c in text))


@dataclass
class _Found:
    """A date before its context is looked at; `year` None: none was said."""

    start: int
    end: int
    year: int | None
    month: int | None = None
    day: int | None = None
    doubt: str = ""


def find_dates(text: str, today: date) -> list[DateMention]:
    """All dates in the text, in order, none overlapping."""
    found: list[_Found] = []
    taken = bytearray(len(text) + 1)
    for pattern, read in (
        (_NUMERIC, _numeric),
        (_COMPACT, _numeric),
        (_FULL, _full),
        (_AGO, _ago),
        (_NEAR, _near),
        (_ALONE, _alone),
        (_JUST, _just),
    ):
        for match in pattern.finditer(text):
            if any(taken[match.start() : match.end()]):
                continue
            one = read(match, today)
            if one is not None:
                found.append(one)
                taken[one.start : one.end] = b"\1" * (one.end - one.start)
    found.sort(key=lambda f: f.start)
    mentions: list[DateMention] = []
    for index, one in enumerate(found):
        before = found[index - 1] if index else None
        if one.year is None and before and before.year and _LINK.fullmatch(text, before.end, one.start):
            one = replace(one, year=before.year)
            found[index] = one
        elif one.year is None and before and before.year and _runs_on(text[before.end : one.start], before, one):
            one = found[index] = replace(one, year=before.year)  # 明年3月动工，年底投产
        mentions.append(_mention(one, text, today))
    return mentions


def _runs_on(between: str, before: _Found, one: _Found) -> bool:
    """Whether a date without a year goes on from the one before it, in the same breath and later in that year."""
    return len(between) <= 8 and not re.search(r"[。；;！!？?]", between) and (one.month or 12) >= (before.month or 1)


def _mention(one: _Found, text: str, today: date) -> DateMention:
    year, doubt = one.year, one.doubt
    if year is None:
        year = today.year
        month = one.month or 12
        if (month, one.day or 1) > (today.month, today.day):
            around = re.split(r"[，。；,;!?！？\n]", text[max(0, one.start - 12) : one.start])[-1]
            after = re.split(r"[，。；,;!?！？\n\s]", text[one.end : one.end + 8])[0]
            if _FUTURE.search(around) or after.startswith(("前", "之前", "以前")) or _FUTURE.search(after):
                pass
            elif _PAST.search(after) or _PAST.search(around):
                year -= 1
            else:
                doubt = doubt or ("year" if month < 12 or not text.startswith("年", one.start) else "")
    value: date | None
    try:
        value = date(year, one.month, one.day) if one.month and one.day else month_end(year, one.month or 12)
        first = value if one.day else date(year, one.month or 1, 1)
    except ValueError:
        return DateMention(one.start, one.end, text[one.start : one.end], None, doubt="bad")
    return DateMention(
        one.start,
        one.end,
        text[one.start : one.end],
        value,
        one.month is not None and one.day is None,
        one.month is None,
        doubt,
        first > today,
    )


def _numeric(match: re.Match[str], today: date) -> _Found:
    day = match["d"]
    return _Found(match.start(), match.end(), int(match["y"]), int(match["m"]), int(day) if day else None)


def _full(match: re.Match[str], today: date) -> _Found | None:
    said = match.groupdict()
    end = match.end()
    if said["y4"]:
        year = int(said["y4"])
    elif said["yc"]:
        year = _number(said["yc"])
    elif said["y2"]:
        year = 2000 + (_number(said["y2"]) if "十" not in said["y2"] else 99)
        bare = not (said["m"] or said["q"] or said["q2"] or said["h"] or said["yp"])
        before = match.string[match.start() - 1 : match.start()]
        if (
            not today.year - 12 <= year <= today.year + 6
            or before.isdecimal()
            or before in tuple("一二三四五六七八九十百第近")
        ):
            return None
        if bare and (
            _NOT_YEAR.match(match.string, end)
            or not re.match(r"\s?(?:完|竣|验|投|建|拿|通|获|取|评|上|做|搞|的|就|$)", match.string[end:])
        ):
            return None
    else:
        year = today.year + _YEARS[said["yr"]]
        if said["yr"] in ("当年", "上年") and not (said["m"] or said["yp"]):
            return None
        if said["yr"] == "前年" and match.string[match.start() - 1 : match.start()] in ("年", "以"):
            return None
    if re.match(r"\s?(?:以来|以内|之内)", match.string[end:]):
        return None
    return _parts(match, year, said, end)


def _parts(match: re.Match[str], year: int | None, said: dict[str, str | None], end: int) -> _Found:
    if said["m"]:
        day = said.get("d")
        return _Found(match.start(), end, year, _number(said["m"]), _number(day) if day else None)
    quarter = said.get("q") or said.get("q2")
    if quarter:
        return _Found(match.start(), end, year, 3 * _number(quarter), None, "coarse")
    if half := said.get("h"):
        return _Found(match.start(), end, year, 6 if half[0] in "上前" else 12, None, "coarse")
    if part := said.get("yp"):
        month = {"底": 12, "末": 12, "尾": 12, "初": 1, "中": 6}[part[-1]]
        return _Found(match.start(), end, year, month, None, "" if month == 12 else "coarse")
    return _Found(match.start(), end, year)


def _alone(match: re.Match[str], today: date) -> _Found | None:
    season = match["season"]
    if season is None:
        if match.string[match.start() - 1 : match.start()] in ("每", "个", "满") and match.start():
            return None
        return _parts(match, None, match.groupdict(), match.end())
    said: dict[str, str | None] = {"m": None, "d": None, "q": None, "q2": None, "h": None, "yp": None}
    if season[0] in "Qq":
        said["q2"] = season[1]
    elif "季" in season:
        said["q"] = season.removeprefix("第")[0]
    elif "半" in season:
        said["h"] = season
    else:
        said["yp"] = season[-1]
    return _parts(match, None, said, match.end())


def _near(match: re.Match[str], today: date) -> _Found:
    if match["dr"]:
        day = today + timedelta(days=_DAYS[match["dr"]])
        exact = day.day if match["dr"][-1] in "天日" else None
        return _Found(match.start(), match.end(), day.year, day.month, exact)
    there = month_end(today.year, today.month + _MONTHS[match["mr"]])
    return _Found(match.start(), match.end(), there.year, there.month, _number(match["d"]) if match["d"] else None)


def _ago(match: re.Match[str], today: date) -> _Found:
    half, unit = match["n"] == "半", match["u"]
    number, sign = 1 if half else _number(match["n"]), -1 if match["way"] == "前" else 1
    if unit in ("天", "周", "个星期"):
        day = today + timedelta(days=sign * number * (1 if unit == "天" else 7))
        return _Found(match.start(), match.end(), day.year, day.month, None, "coarse")
    months = (6 if half else 12 * number) if unit == "年" else number
    there = month_end(today.year, today.month + sign * months)
    return _Found(match.start(), match.end(), there.year, there.month, None, "coarse")


def _just(match: re.Match[str], today: date) -> _Found:
    return _Found(match.start(), match.end(), today.year, today.month, None, "recent")
