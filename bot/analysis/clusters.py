"""Questions that mean the same, put together: `clusters(questions)`. Deterministic; no order of the log changes it.

Each question is stripped to what it is about (no politeness, no question words, no 补贴 and 企业), written as it sounds, and
seen as weighted pairs of neighbouring syllables: what is rare among the questions weighs more. Questions with the same
content are one; near ones join the commonest (leaders); and leaders whose members are alike on average join again.
Work grows with the number of different questions times those that share a rare pair, not with its square.
"""

from __future__ import annotations

import hashlib
import heapq
import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from dialogs.understand.scan import sound
from dialogs.understand.text import fold, normalise

NEAR = 0.5
"""Cosine from which on a question joins a leader."""
ALIKE = 0.16
"""Mean cosine from which on two groups are one."""
_RAREST = 5
"""Pairs of a question by which its neighbours are looked up."""
_CROWD = 400
"""Leaders that share a pair, beyond which the pair is too common to look neighbours up by."""
_NEIGHBOURS = 24
_SINGLE = 0.35
"""Weight of a syllable alone, against that of a pair."""
_CODE = 4
_LONGEST = 200

_SAID_BESIDES = re.compile(
    r"请问|想问一下|想问|问一下|咨询|麻烦|您好|你好|老师|领导|我们公司|我们企业|我们厂|我们|咱们|咱|我公司|我司|公司|你们|您|你|"
    r"怎么样|怎么|怎样|咋样|咋个|咋|多少钱|多少|几多|好多|多久|几个点|几个|几十万|几百万|几万|几年|什么时候|啥时候|何时|什么|啥子|啥|"
    r"哪里|哪儿|哪个|哪些|哪家|为什么|为啥|如何|能够|能不能|能不|可以|可不可以|有没有|没有|没得|还有|有无|是不是|要不要|需要|需不需要|给不给|"
    r"补不补|奖不奖|拿到|领取|报销|政府|国家|政策|补贴|补帖|补助|奖补|奖励|奖金|资金|标准|条件|流程|手续|材料|资料|额度|比例|优惠|扶持|支持|享受|"
    r"规定|要求|申请|申报|认定|办理|企业|今年|去年|明年|现在|这边|那边|当地|[\d.]+[万亿元家人年个亩吨]*|[%％]|[\W_]+"
)
"""What questions of every sort say; it parts what they are about."""
_FUNCTION = frozenset(
    "吗呢吧嘛么啊呀的了着过得不没有能可会要给拿领办弄搞请去来在是和跟与被把让想做说问再又只才够应该行点些这那怎谁几我补奖报享"
)
"""Characters that mean little alone and in pairs."""


@dataclass(frozen=True)
class Cluster:
    """Questions that mean the same. `members`: index of each question given, in the order given."""

    code: str
    """Four letters by which it is called; the same while its commonest question is."""
    members: tuple[int, ...]
    wordings: tuple[str, ...]
    """Typical ways of asking, the commonest first."""

    @property
    def count(self) -> int:
        return len(self.members)


@lru_cache(maxsize=1 << 17)
def content(text: str) -> str:
    """What a question is about; parts that stood apart are parted by a blank."""
    said = fold(normalise(text[:_LONGEST]).text)
    left = "".join(" " if char in _FUNCTION else char for char in _SAID_BESIDES.sub(" ", said))
    return " ".join(left.split()) or said.strip()


def code_of(text: str) -> str:
    """The code of a cluster whose commonest question this is."""
    return hashlib.sha256(content(text).encode()).hexdigest()[:_CODE]


@lru_cache(maxsize=1 << 14)
def _sound(char: str) -> str:
    return sound(char)


def _grams(key: str) -> Counter[str]:
    found: Counter[str] = Counter()
    for part in key.split():
        heard = [_sound(char) for char in part]
        found.update(f"{a} {b}" for a, b in pairwise(heard))
        found.update(heard)
    return found


Vector = dict[str, float]


def _vectors(keys: Sequence[str]) -> list[Vector]:
    """Each key as a vector of length 1."""
    grams = [_grams(key) for key in keys]
    among = Counter(gram for one in grams for gram in one)
    every = len(keys) + 1
    out = []
    for one in grams:
        vector = {gram: math.log(every / among[gram]) * (1.0 if " " in gram else _SINGLE) for gram in one}
        length = math.sqrt(sum(value * value for value in vector.values())) or 1.0
        out.append({gram: value / length for gram, value in vector.items()})
    return out


def _cosine(a: Vector, b: Vector) -> float:
    if len(a) > len(b):
        a, b = b, a
    return sum(value * b[gram] for gram, value in a.items() if gram in b)


def _rarest(vector: Vector) -> list[str]:
    return heapq.nsmallest(_RAREST, vector, key=lambda gram: (-vector[gram], gram))


def _led(vectors: Sequence[Vector]) -> list[list[int]]:
    """Each with the first that is near enough: groups of indices, the leader first."""
    groups: list[list[int]] = []
    by_gram: dict[str, list[int]] = defaultdict(list)
    for index, vector in enumerate(vectors):
        rare = _rarest(vector)
        seen = {group for gram in rare for group in by_gram[gram][:_CROWD]}
        best, score = -1, NEAR
        for group in sorted(seen):
            found = _cosine(vector, vectors[groups[group][0]])
            if found > score + 1e-9:
                best, score = group, found
        if best >= 0:
            groups[best].append(index)
            continue
        for gram in rare:
            by_gram[gram].append(len(groups))
        groups.append([index])
    return groups


def _joined(groups: list[list[int]], vectors: Sequence[Vector]) -> list[list[int]]:
    """Groups alike on average become one, the most alike first."""
    sums = [_mean([vectors[index] for index in group]) for group in groups]
    sizes = [len(group) for group in groups]
    near = _neighbours(sums)
    owner = list(range(len(groups)))
    heap = [(-score, a, b) for a, others in enumerate(near) for b, score in others.items() if a < b]
    heapq.heapify(heap)
    alive = set(owner)
    while heap:
        score, a, b = heapq.heappop(heap)
        if a not in alive or b not in alive or near[a].get(b) != -score:
            continue
        alive.discard(b)
        groups[a] = groups[a] + groups[b]
        whole = sizes[a] + sizes[b]
        for other in sorted((near[a].keys() | near[b].keys()) - {a, b}):
            if other not in alive:
                continue
            value = (near[a].get(other, 0.0) * sizes[a] + near[b].get(other, 0.0) * sizes[b]) / whole
            near[other].pop(b, None)
            if value < ALIKE:
                near[a].pop(other, None)
                near[other].pop(a, None)
                continue
            near[a][other] = near[other][a] = value
            heapq.heappush(heap, (-value, min(a, other), max(a, other)))
        sizes[a] = whole
        near[b].clear()
    return [groups[index] for index in sorted(alive)]


def _mean(vectors: list[Vector]) -> Vector:
    """The mean of some vectors: its product with another mean is the mean cosine of their pairs."""
    total: Vector = defaultdict(float)
    for vector in vectors:
        for gram, value in vector.items():
            total[gram] += value / len(vectors)
    return dict(total)


def _neighbours(sums: list[Vector]) -> list[dict[int, float]]:
    by_gram: dict[str, list[int]] = defaultdict(list)
    rare = [_rarest(vector) for vector in sums]
    for index, grams in enumerate(rare):
        for gram in grams:
            by_gram[gram].append(index)
    near: list[dict[int, float]] = [{} for _ in sums]
    for index, vector in enumerate(sums):
        seen = {
            other for gram in rare[index] if len(by_gram[gram]) <= _CROWD for other in by_gram[gram] if other > index
        }
        found = [(_cosine(vector, sums[other]), -other) for other in seen]
        for score, other in heapq.nlargest(_NEIGHBOURS, found):
            if score >= ALIKE:
                near[index][-other] = near[-other][index] = score
    return near


def clusters(questions: Iterable[str]) -> list[Cluster]:
    """The clusters of some questions, the largest first."""
    by_key: dict[str, list[int]] = defaultdict(list)
    texts = list(questions)
    for index, text in enumerate(texts):
        by_key[content(text)].append(index)
    keys = sorted(by_key, key=lambda key: (-len(by_key[key]), key))
    vectors = _vectors(keys)
    out = []
    for group in _joined(_led(vectors), vectors):
        members = sorted(index for number in group for index in by_key[keys[number]])
        said = Counter(texts[index] for index in members)
        wordings = tuple(sorted(said, key=lambda text: (-said[text], len(text), text)))
        out.append(Cluster(code_of(wordings[0]), tuple(members), wordings))
    return sorted(out, key=lambda one: (-one.count, one.code, one.wordings[0]))
