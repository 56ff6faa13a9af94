"""Where the enterprise is registered, of all the places that a sentence names."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import IntEnum

from dialogs.understand.heard import Doubt, Told
from dialogs.understand.mentions import Mention
from dialogs.understand.scene import Clause, denied, replaced
from policies.regions import Place, contains

_REGISTERED = re.compile(r"(?:注册(?:地址?|在|于)?|税务登记|营业执照|法人)(?:是|为|在|于|[:：])*\s*$")
_AT = re.compile(
    r"(?:在|位于|坐落|落户|地点|地区|地址|属地|来自|公司是|我们是|我是|这边是|企业是|注册地?|[:：])(?:是|为|在|于)?\s*$"
)
_PLANT = re.compile(
    r"(?:厂子|工厂|厂|厂房|厂区|生产基地|基地|项目|车间|产线|建设地点?)(?:都|建|放|落|是|地点)*(?:在|于|[:：])?\s*$"
)
_HAS_PLANT = re.compile(r"(?:那边|这边)?(?:还|也)?(?:有|建|新建|投|上)(?:了|着)?(?:一|两|几|[1-9])?(?:个|座|条|套)")
"""在南宁有个内网改造项目"""
_OURS_AFTER = re.compile(r"[^，。；;,]{0,14}(?:公司|企业|厂)(?:$|[，,。；;的])")
"""柳州做汽车零部件的公司"""
_NOT_OURS = re.compile(
    r"(?:不是|不在|并非|没在|离|距离?|到|去|往|给|卖到|出口到|发到|服务|总部(?:在|是)?|母公司(?:在|是)?|集团(?:在|是)|搬离|原来在|以前在|曾经?在|人在|老板在|(?<!们)家在|住在|办公室在|总公司在|销售部?在|分公司在|和|跟|与|听说|那个)\s*$"
)
_OTHERS = re.compile(
    r"^(?:那个|人(?=[，,\s在])|的(?:客户|供应商|朋友|企业能|公司能|政策|补贴|补助|同行|标准|条款|文件|规定)|政策|给多少|给多|补多少|企业做|公司做|企业上|客户|就?[一二三四五六七八九十\d]+公里|附近|边上|隔壁|股票)"
)
_MOVED_TO = re.compile(r"(?:搬|迁)(?:到|至|去|来)(?:了)?\s*$")
_MOVED_AWAY = re.compile(r"\s*(?:那边|那里)?(?:搬|迁)")
_BY_SUBSIDIARY = re.compile(r"子公司.{0,4}(?:申|报)")


class Standing(IntEnum):
    """How a place is named, from not ours to surely the registered one."""

    DENIED = -2
    PART_OF_A_NAME = -1  # 江苏省首台套
    OTHERS = 0  # 包头的政策
    NAMED = 1
    PLANT = 2  # 工厂在
    OURS = 3  # 我们在
    REGISTERED = 4  # 注册在
    CORRECTED = 5  # 不是…是…, 搬到


@dataclass
class Seat:
    """The region, or the doubt about it; where the plant is, if elsewhere; and the mentions that were looked at."""

    region: Told | None = None
    doubt: Doubt | None = None
    plant: Told | None = None
    used: set[Mention] = field(default_factory=set)


def find_seat(text: str, own: list[Clause], taken: set[Mention]) -> Seat:
    """Where the enterprise is registered; `taken` mentions are parts of names of recognitions."""
    named = [(_standing(m, c, text, m in taken), m) for c in own for m in c.mentions if m.type == "place"]
    seat = Seat(used={m for _, m in named})
    best = max((standing for standing, _ in named), default=Standing.DENIED)
    if best < Standing.OTHERS:
        return seat
    top = [m for standing, m in named if standing == best]
    if Standing.NAMED <= best <= Standing.PLANT:
        top = [m for standing, m in named if standing >= Standing.NAMED]
    elif best == Standing.OURS:
        top = [
            m
            for s, m in named
            if s == best or (s in (Standing.NAMED, Standing.PLANT) and any(_nested(m, t) for t in top))
        ]
    chosen, candidates = top[0], _candidates(top[0])
    for other in top[1:]:
        narrower = tuple(p for p in _candidates(other) if any(contains(o.code, p.code) for o in candidates))
        wider = tuple(p for p in candidates if any(contains(o.code, p.code) for o in _candidates(other)))
        if narrower:
            chosen, candidates = other, narrower
        elif wider:
            candidates = wider
        elif best >= Standing.REGISTERED:
            chosen, candidates = other, _candidates(other)
        else:
            both = tuple(dict.fromkeys((*candidates, *_candidates(other))))
            seat.doubt = Doubt("region", text[chosen.start : other.end], _options(both), "several", "enterprise.region")
            return seat
    if len(candidates) > 1:
        seat.doubt = Doubt(
            "region", chosen.text, _options(candidates), "typo" if chosen.slip else "ambiguous", "enterprise.region"
        )
        return seat
    seat.region = Told(candidates[0].code, chosen.text, chosen.slip, chosen.start, chosen.end)
    plants = [m for standing, m in named if standing == Standing.PLANT and m is not chosen and len(_candidates(m)) == 1]
    if plants and best >= Standing.OURS and not contains(candidates[0].code, _candidates(plants[0])[0].code):
        seat.plant = Told(_candidates(plants[0])[0].code, plants[0].text, start=plants[0].start, end=plants[0].end)
    return seat


def _standing(mention: Mention, clause: Clause, text: str, taken: bool) -> Standing:
    before, after = text[clause.start : mention.start], text[mention.end : clause.end]
    if _MOVED_TO.search(before) or ("子公司" in before and _BY_SUBSIDIARY.search(text)):
        return Standing.CORRECTED
    corrected = replaced(text, mention.start)
    if _MOVED_AWAY.match(after) or _NOT_OURS.search(before) or (denied(text, mention.start) and not corrected):
        return Standing.DENIED
    if _OTHERS.match(after) or re.search(r"给\s*$", before):
        return Standing.OTHERS
    if taken:
        return Standing.PART_OF_A_NAME
    if corrected:
        return Standing.CORRECTED
    if _REGISTERED.search(before):
        return Standing.REGISTERED
    if _PLANT.search(before):
        return Standing.PLANT
    if _HAS_PLANT.match(after):
        return Standing.PLANT
    return Standing.OURS if _AT.search(before) or _OURS_AFTER.match(after) else Standing.NAMED


def _candidates(mention: Mention) -> tuple[Place, ...]:
    found: tuple[Place, ...] = mention.value.candidates
    return found


def _options(places: tuple[Place, ...]) -> tuple[tuple[str, str], ...]:
    return tuple((place.code, place.full_name) for place in places[:4])


def _nested(one: Mention, other: Mention) -> bool:
    """Whether one of the places may lie in the other."""
    return any(
        contains(p.code, q.code) or contains(q.code, p.code) for p in _candidates(one) for q in _candidates(other)
    )
