"""Money had or open elsewhere: 去年拿过市里50万, 自治区那边批了85万还没拨, 没拿过别的钱."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from dialogs.understand.heard import HeardAward, Told
from dialogs.understand.mentions import Mention
from dialogs.understand.quantities import exact
from dialogs.understand.scene import Clause, denied

_HAD = re.compile(
    r"(?:拿|领|批|得|拨|补|奖|获|享受|申请|给|发|到账|兑现)(?:过|了|到|得|下来|到了|到过|的)|已(?:拿|领|批|拨|补|到账|兑现)|到账|(?:拿|领|批|获得?)[^，。]{0,6}(?:补贴|补助|奖励|奖补|奖金|资金)"
)
_MONEY = re.compile(r"补贴|补助|奖励|奖补|奖金|资金|财政|政府|工信局|科技局|发改委|扶持|技改那边|的钱|贴息")
_OPEN = re.compile(r"公示|可以拿|能拿到|够条件|符合条件|还没申请|打算申请|准备申请")
_AWAITED = re.compile(
    r"还没(?:有)?(?:拨|到账|发|下来|拿到|领|兑现|给|到)|没到账|未到账|未拨|没拨|待拨|没下来|尚未(?:拨付|到账)|等着拨|等拨款|没拿到"
)
_DONE = re.compile(r"(?:拿|领|补|奖|得|享受|给|发)(?:过|了|到)|到账|已拨|拨了|到手|发了|兑现了|拨付了|拨下来")
_NONE = re.compile(
    r"(?:没有?|未|从来没有?|还没有?)(?:拿|领|得|获得|享受|申请|申报|要|收到|报)过?(?:任何|什么|啥|其他|其它|别的|另外|国家|省里?|市里?|县里?|自治区|区里|财政|政府|上级|各级|的|，|、|或|和)*(?:钱|补贴|补助|奖励|奖补|资金|扶持|政策)"
    r"|(?:没有?|无)(?:任何|其他|其它|别的|另外)(?:的)?(?:财政|政府)?(?:补贴|补助|奖励|奖补|资金|扶持)|(?:补贴|补助|奖补|财政资金)(?:也|都|从来|还|一分)*(?:没|未)(?:拿|领|得|享受)"
)


@dataclass
class Elsewhere:
    """What was heard of other awards, and the mentions that it took."""

    awards: list[HeardAward] = field(default_factory=list)
    none: bool = False
    used: set[Mention] = field(default_factory=set)
    dropped: set[Mention] = field(default_factory=set)
    """Activities that the money was for: no project of the sentence."""


def find_awards(text: str, clauses: list[Clause]) -> Elsewhere:
    """All awards from elsewhere that the sentence tells."""
    heard = Elsewhere()
    for clause in clauses:
        if clause.stranger or clause.supposed or clause.asks:
            continue
        if _NONE.search(clause.text) and not re.search(r"[?？]|吗", clause.text + clause.ended):
            heard.none = True
            continue
        if not _HAD.search(clause.text) or re.search(
            r"听说|据说|能不能|能拿多少|可以拿|会给|能给|是不是|多少", clause.text
        ):
            continue
        bodies = [m for m in clause.mentions if m.type == "body" or _pays(m, text)]
        money = [m for m in clause.mentions if m.type == "amount" and (m.value.is_money or m.value.doubt == "unit")]
        if not money or not (bodies or _MONEY.search(clause.text)):
            continue
        if denied(text, bodies[0].start if bodies else money[0].start):
            continue
        for amount in money[:3]:
            start, end = _phrase(text, clause, amount)
            if not _HAD.search(text[start:end]):
                continue
            heard.awards.append(
                _award(amount, [b for b in bodies if start <= b.start < end] or bodies, clause, clauses, heard)
            )
            heard.dropped.update(m for m in clause.mentions if start <= m.start < end and m.choice("activities"))
    heard.none = heard.none and not heard.awards
    return heard


def _pays(mention: Mention, text: str) -> bool:
    """Whether a place is who paid: 拿过包头市50万补助."""
    if mention.type != "place" or len(mention.value.candidates) != 1:
        return False
    before, after = text[max(0, mention.start - 3) : mention.start], text[mention.end : mention.end + 4]
    return (
        re.search(r"[过了到]$", before) is not None
        or re.match(r"(?:市里|市|那边|财政|政府|工信局)?(?:给|奖|补|批|拨|发)", after) is not None
    )


def _level(body: Mention) -> str:
    if body.type == "body":
        return str(body.value)
    code = body.value.candidates[0].code
    return "province" if code.endswith("0000") else "city" if code.endswith("00") else "county"


def _phrase(text: str, clause: Clause, amount: Mention) -> tuple[int, int]:
    """The stretch between spaces that tells of this amount: from the verb of having to the amount."""
    spaces = [
        i
        for i in range(clause.start, clause.end)
        if text[i] == " " and not any(m.start <= i < m.end for m in clause.mentions)
    ]
    start = max((i for i in spaces if i < amount.start), default=clause.start)
    end = min((i for i in spaces if i >= amount.end), default=clause.end)
    while start > clause.start and not _HAD.search(text[start:end]):
        earlier = max((i for i in spaces if i < start), default=clause.start)
        if any(earlier <= m.start < start and (m.choice("activities") or m.type == "amount") for m in clause.mentions):
            break
        start = earlier
    return start, end


def _award(
    amount: Mention, bodies: list[Mention], clause: Clause, clauses: list[Clause], heard: Elsewhere
) -> HeardAward:
    facts: dict[str, Told] = {}
    body = min(bodies, key=lambda b: abs(b.start - amount.start), default=None)
    if body:
        facts["level"] = Told(_level(body), body.text, start=body.start, end=body.end)
        if body.type == "body":
            heard.used.add(body)
    value = amount.value
    if value.value is not None and not value.doubt:
        facts["amount_yuan"] = Told(exact(value.value), amount.text, value.approx, amount.start, amount.end)
    heard.used.add(amount)
    before = clauses[clause.index - 1] if clause.index else None
    dates = [m for m in clause.mentions if m.type == "date" and m.value.value]
    if not dates and before and len(before.text) <= 6:
        dates = [m for m in before.mentions if m.type == "date" and m.value.value]
    if dates:
        facts["year"] = Told(dates[0].value.value.year, dates[0].text, start=dates[0].start, end=dates[0].end)
        heard.used.add(dates[0])
    later = clauses[clause.index + 1].text if clause.index + 1 < len(clauses) else ""
    if match := _OPEN.search(f"{clause.text}，{later}"):
        facts["status"] = Told("eligible", match.group())
    elif (match := _DONE.search(clause.text)) and not _AWAITED.search(f"{clause.text}，{later}"):
        facts["status"] = Told("received", match.group())
    kind = next((m for m in clause.mentions if m.kind() and not m.choice("activities")), None)
    if kind:
        facts["recognition"] = Told(kind.kind(), kind.text, start=kind.start, end=kind.end)
    return HeardAward(facts, clause.text.strip())
