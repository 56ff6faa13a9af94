"""Projects that a sentence tells apart by where they stand: 在包头上了MES，在呼和浩特上了机器人; 在两地各建一个; 两个厂各上一套."""

from __future__ import annotations

import re

from dialogs.understand.heard import Told
from dialogs.understand.lexicon import any_of
from dialogs.understand.mentions import Mention
from dialogs.understand.scene import Clause
from policies.regions import contains

_AT = re.compile(r"(?:在|到)\s*$")
_AND = re.compile(r"\s*(?:和|与|跟|及|以及|、)\s*(?:在)?\s*")
_EACH = re.compile(r"[^，。；]{0,4}(?:各自?|分别)")
_NUMBERS = {"两": 2, "俩": 2, "二": 2, "三": 3, "仨": 3, "四": 4, "五": 5}


def told_of(place: Mention) -> Told:
    return Told(place.value.candidates[0].code, place.text, start=place.start, end=place.end)


def sites_of(clauses: list[Clause], activities: list[Mention], text: str) -> list[Mention]:
    """Places, none within another, in each of which something was done: 在X上了…，在Y上了…; fewer than two are none."""
    found = []
    for clause in clauses:
        at = [m for m in _places(clause) if _AT.search(text[clause.start : m.start])]
        if len(at) == 1 and any(a in clause.mentions and a.start > at[0].end for a in activities):
            found.append(at[0])
    return found if len(found) > 1 and _apart(found) else []


def shared_by(clauses: list[Clause], text: str) -> list[Mention]:
    """The places of 在包头和呼和浩特各建一个."""
    for clause in clauses:
        row: list[Mention] = []
        for place in _places(clause):
            joined = bool(row) and _AND.fullmatch(text[row[-1].end : place.start]) is not None
            row = [*row, place] if joined else [place]
        if len(row) > 1 and _apart(row) and _EACH.match(text[row[-1].end : clause.end]):
            return row
    return []


def plants_of(text: str) -> int:
    """How many plants each did the same: 2 in 两个厂都上了MES，各500万; 0 where it is not said."""
    found = any_of("sentence.plants").search(text)
    if found is None or re.search(r"各(?!种|类|项|位|级|方|家企业)|分别", text[found.end() :]) is None:
        return 0
    number = found["n"]
    return int(number) if number.isdecimal() else _NUMBERS.get(number, 0)


def _places(clause: Clause) -> list[Mention]:
    return [m for m in clause.mentions if m.type == "place" and len(m.value.candidates) == 1]


def _apart(places: list[Mention]) -> bool:
    codes = [m.value.candidates[0].code for m in places]
    return not any(contains(a, b) for i, a in enumerate(codes) for j, b in enumerate(codes) if i != j)
