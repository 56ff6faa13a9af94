"""The rows of sheet 金额与档位: formula, amount, base and ceilings of an offer, tier by tier."""

from __future__ import annotations

import re
from fractions import Fraction
from itertools import pairwise

from policies.draft.book import Draft, Line, amount, rounded
from policies.draft.figures import Figure
from policies.draft.guesses import Guesses
from policies.draft.lexicon import pattern
from policies.draft.offers import Offer
from policies.draft.tiers import Tiers
from policies.words import say

_BASE = re.compile(
    r"(?:按照?|给予|按其|根据)?(?:不超过)?(?:其|项目|企业|当年度?|年度|实际|核定的?|符合条件的)*"
    r"(?P<base>[\u4e00-\u9fffA-Za-z]{2,16}?(?:额|费用|费|款|价|金|投入|收入|投资|支出|成本|利息|租金|产值|保费|资金|经费|贡献|部分|LPR|\(LPR\)))"
    r"(?:的|总额的?)?(?:不超过)?$"
)
_WHOLE = re.compile("总?投资|总?投入")
_PER_FIRM = pattern("每(?:户|家|个)?企业|单个企业|单户|单家|每家|每户|同一企业|企业每年|每个平台|每家平台|每人")
_PER_PROJECT = re.compile("单个项目|每个项目|单项|每项|项目最高|同一项目")
_YEARLY = re.compile("每年|年度|当年|同一年|全年")
_FORMS = {"rate": "按比例", "fixed": "定额", "unit": "按数量"}


def add_payments(id_: str, offer: Offer, tiers: Tiers, kind: str, guesses: Guesses, out: Draft) -> list[str]:
    """Writes the rows; gives the ids of the tiers. `kind`: the certificate whose levels the tiers may be."""
    listed = {id(figure) for _, figures in tiers for figure in figures}
    shared = [one for one in offer.paid if id(one) not in listed]
    numbers = range(1, len(tiers) + 1)
    rising = not _falls(tiers)
    ids = [f"{id_}-{number if rising else len(tiers) + 1 - number}" for number in numbers]
    rows: list[Line] = []
    for number, tier, (label, figures) in sorted(zip(numbers, ids, tiers, strict=True), key=lambda one: one[1]):
        level = guesses.level(label, kind) if kind and label else ""
        head = {"tier": tier, "title": label or say("draft.tier", number=number), "level": level}
        rows += _payment({"clause": id_, **head}, offer, [*figures, *shared], guesses)
    if tiers:
        found = all(label for label, _ in tiers)
        text = say("draft_doubt.tiers", count=len(tiers)) if found else say("draft_doubt.tier_labels", count=len(tiers))
        out.doubt("payments", id_, "title", "medium" if found else "low", text)
        if any(row.get("level") for row in rows):
            out.doubt("payments", id_, "level", "medium", say("draft_doubt.tier_level"))
    elif offer.paid:
        rows = _payment({"clause": id_}, offer, offer.paid, guesses)
    _doubts(id_, offer, rows, out)
    for row in rows:
        row.pop("words", None)
        out.add("payments", row)
    return ids


def _falls(tiers: Tiers) -> bool:
    """Whether the text names the highest tier first, as most do; the table has the lowest first."""
    amounts = [figures[0].value for _, figures in tiers]
    return len(amounts) > 1 and all(one >= after for one, after in pairwise(amounts)) and amounts[0] > amounts[-1]


_CHOSEN = re.compile("取低|孰低|就低|取其低|较低者|从低|取高|孰高|较高者|择高|择优不重复")
"""Of several ways to compute one counts: the draft writes them as if they were added."""
_BY_TIME = re.compile(r"每月|每年|/月|/年|·月|·年|每季度|月每|月/")


def _doubts(id_: str, offer: Offer, rows: list[Line], out: Draft) -> None:
    before = len(out.lines["payments"])
    for line, row in enumerate(rows, before):
        if row.get("form") == _FORMS["rate"]:
            words = row.get("words")
            text = say("draft_doubt.base", words=words) if words else say("draft_doubt.no_base")
            out.doubt("payments", id_, "of", "medium" if row.get("of") else "low", text, line)
        elif row.get("form") == _FORMS["unit"]:
            out.doubt("payments", id_, "of", "low", say("draft_doubt.unit"), line)
            if _BY_TIME.search(offer.plain.text[offer.start : offer.end]):
                out.doubt("payments", id_, "times", "low", say("draft_doubt.times"), line)
        elif not row.get("figure"):
            out.doubt("payments", id_, "figure", "low", say("draft_doubt.cap_only"), line)
        if row.get("cap", "").endswith("%"):
            out.doubt("payments", id_, "cap_of", "low", say("draft_doubt.cap_of"), line)
    if any(row.get("form") == "分段" for row in rows):
        out.doubt("payments", id_, "up_to", "medium", say("draft_doubt.brackets"), before)
        if not rows[0].get("of"):
            out.doubt("payments", id_, "of", "low", say("draft_doubt.no_base"), before)
    if (found := _CHOSEN.search(offer.plain.text[offer.start : offer.end])) is not None:
        out.doubt("payments", id_, "case", "low", say("draft_doubt.lowest", words=found[0]), before)
    for one in offer.paid:
        if not one.sure or (not one.money and rounded(one) != one.value):
            column = "cap" if one.role == "cap" else "figure"
            place = next((at for at, row in enumerate(rows, before) if row.get(column) == amount(one)), None)
            out.doubt("payments", id_, column, "low", say("draft_doubt.figure", words=one.words), place)


def _payment(head: Line, offer: Offer, paid: list[Figure], guesses: Guesses) -> list[Line]:
    """The rows of one payment: rates and fixed sums one a row, the caps on the first, further caps on rows of their own."""
    rows = _brackets(head, offer, paid, guesses)
    inside = {row.pop("cap_inside", "") for row in rows}
    paid = [one for one in paid if not rows or (one.role == "cap" and amount(one) not in inside)]
    for one in paid:
        if one.role == "cap":
            continue
        row = {**head, "form": _FORMS[one.role], "figure": amount(one)}
        if one.role == "rate":
            words = _base(offer, one)
            whole = words and _WHOLE.search(words) and not guesses.money(words, ("project",))
            row |= {"of": "本条的投入" if whole else guesses.money(words, ("project", "enterprise")), "words": words}
        rows.append(row)
    rows = rows or [dict(head)]
    for number, cap in enumerate(one for one in paid if one.role == "cap"):
        if number >= len(rows):
            rows.append(dict(head))
        rows[number] |= {"cap": amount(cap), **_per(offer, cap)}
    return rows


def _brackets(head: Line, offer: Offer, paid: list[Figure], guesses: Guesses) -> list[Line]:
    """不超过1000万元的部分按6%，超过1000万元的部分按8%: a row for each part, its upper bound in `up_to`. Else no rows."""
    rates, text = [one for one in paid if one.role == "rate"], offer.plain.text
    rows: list[Line] = []
    start, before = offer.start, Fraction(0)
    for one in rates if len(rates) > 1 else ():
        words = text[start : one.start]
        bounds = [figure for figure in offer.figures if figure.money and start <= figure.start < one.start]
        if "部分" not in words or not bounds:
            return []
        upper = bounds[-1] if _UP_TO.search(words.rpartition("部分")[0]) else None
        if upper is not None and upper.value <= before:
            return []
        before = Fraction(upper.value) if upper is not None else before
        row = {**head, "form": "分段", "figure": amount(one), "up_to": amount(upper) if upper is not None else ""}
        rows.append({**row, "cap_inside": amount(upper) if upper is not None else ""})
        start = one.end
    if rows:
        rows[0] |= {"of": guesses.money(_base(offer, rates[0]), ("project", "enterprise"))}
    return rows if not any(row["up_to"] == "" for row in rows[:-1]) else []


_UP_TO = re.compile("至|到|-|—|以下|以内|(?<!超)不超过|不足")


def _base(offer: Offer, figure: Figure) -> str:
    """What a rate is a rate of, in the text's words."""
    found = _BASE.search(re.split("[,。;、]", offer.plain.text[max(offer.start, figure.start - 26) : figure.start])[-1])
    return found["base"] if found else ""


def _per(offer: Offer, figure: Figure) -> Line:
    """Whom a cap counts for (cells 上限按谁算, 每年一算)."""
    before = re.split("[,。;]", offer.plain.text[max(offer.start, figure.start - 24) : figure.start])[-1]
    per = "每户企业" if _PER_FIRM.search(before) else "每个项目" if _PER_PROJECT.search(before) else ""
    return {"cap_per": per, "cap_yearly": "是" if _YEARLY.search(before) else ""}
