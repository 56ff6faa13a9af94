"""The clauses of a sentence and how they are meant: about whom, asked, supposed, denied, planned or done."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from dialogs.understand.lexicon import any_of
from dialogs.understand.mentions import Mention

_BREAK = re.compile(r"[，,。；;!！?？\n]|\.(?=\s|$)")
_HARD = "。；;!！?？\n"


@dataclass
class Clause:
    """A part between commas; `ended` is the mark after it. `stranger`: about somebody else; `ours`: about the agent itself."""

    index: int
    start: int
    end: int
    text: str
    ended: str
    mentions: list[Mention] = field(default_factory=list)
    sentence: int = 0
    stranger: bool = False
    agent_itself: bool = False
    supposed: bool = False
    asks: bool = False
    planned: bool = False


def clauses_of(text: str, mentions: list[Mention]) -> list[Clause]:
    """The clauses in order; a mark within a mention (2,600,000) parts nothing."""
    brackets = [m.span() for m in re.finditer(r"[(（][^()（）]{1,40}[)）]", text)]
    marks = [
        m
        for m in _BREAK.finditer(text)
        if not any(s < m.start() < e for s, e in brackets)
        and not any(x.start <= m.start() < x.end for x in mentions if x.type != "body")
    ]
    clauses: list[Clause] = []
    start, sentence = 0, 0
    for mark in [*marks, None]:
        end = mark.start() if mark else len(text)
        ended = mark.group() if mark else ""
        if text[start:end].strip():
            inside = [m for m in mentions if start <= m.start < end]
            clauses.append(Clause(len(clauses), start, end, text[start:end], ended, inside, sentence))
        elif clauses and ended:
            clauses[-1].ended = ended
        if ended and ended in _HARD:
            sentence += 1
        start = mark.end() if mark else end
    _attribute(text, clauses)
    return clauses


def _attribute(text: str, clauses: list[Clause]) -> None:
    own, stranger = any_of("sentence.own"), any_of("sentence.stranger")
    agent = any_of("sentence.agent").search(text) is not None
    client = any_of("sentence.client")
    owned = any(own.search(c.text) and not _first_is(stranger, own, c.text) for c in clauses)
    about_stranger = False
    for clause in clauses:
        has_own, has_stranger = own.search(clause.text), stranger.search(clause.text)
        if agent:
            for_client = client.search(clause.text) is not None
            clause.agent_itself = (
                bool(has_own)
                and not for_client
                and re.search(r"咨询公司|事务所|代理|中介|服务机构|我们(?:自己)?(?:公司)?(?:是|在)", clause.text)
                is not None
            )
        elif has_own and not (has_stranger and has_stranger.start() < has_own.start()):
            about_stranger = False
        elif has_stranger and owned:
            about_stranger = True
        elif clause.start and text[clause.start - 1] in "。\n":
            about_stranger = False
        clause.stranger = about_stranger
        clause.supposed = (
            any_of("sentence.if").search(clause.text) is not None
            or any_of("sentence.demand").search(clause.text) is not None
        )
        clause.asks = any_of("sentence.asks").search(clause.text) is not None
        plan = any_of("sentence.plan").search(any_of("sentence.not_plan").sub("　", clause.text))
        clause.planned = plan is not None


def _first_is(one: re.Pattern[str], other: re.Pattern[str], text: str) -> bool:
    first, second = one.search(text), other.search(text)
    return first is not None and (second is None or first.start() <= second.start())


_DENIAL = re.compile(
    r"(?:没有?|不是|不|未|无|尚未|还没有?|从来没有?|并非|从没|不算|谈不上|没能|没啥|没什么|没上|没做|没搞|没拿|没评|非)"
    r"(?:打算|准备|计划|想|考虑|愿意|需要|用|什么|啥|任何|别的|其他|其它|被|有|过|上|做|搞|拿|评|通过|获得|取得|参加|办|建|进入|进|加入|入|列入|入选|认定|纳入|申请|拿到|评上|上过|做过|搞过|建过|拿过|买|装|发生|出|出现|的|这些|那些|开展|实施|进行)*\s*$"
)


def denied(text: str, start: int) -> bool:
    """Whether what begins at `start` is denied by the words right before it: 还没做两化融合, 不是智能工厂."""
    before = re.split(r"[，,。；;!！?？\n]", text[max(0, start - 14) : start])[-1]
    if re.search(
        r"(?:是不是|有没有|要不要|能不能|不光|不仅|不只|不但|没错|没问题|不久|不到|不低于|不少于|不超过|不含|不包括)\s*[^\s]{0,2}$",
        before,
    ):
        return False
    return _DENIAL.search(before) is not None


def denied_after(text: str, end: int) -> bool:
    """Whether what ends at `end` is denied by the words right after it: 两化融合还没做, 机器人没上."""
    after = text[end : end + 12]
    return (
        re.match(
            r"(?:认证|认定|贯标|证书|系统|平台|的|也|都|啥的|什么的|这些|那些|级)*(?:还|暂时|目前|现在|都|也|一个|一个都|一项都)*(?:没有?|未|不)(?!错|光|仅|只|但|久|到|低|少|超|含|包|上线前)(?:有|做|搞|拿|评|上|过|通过|获得|建|弄|参加|$)",
            after,
        )
        is not None
    )


def replaced(text: str, start: int) -> bool:
    """Whether what begins at `start` takes the place of what was said before: 不对，是2A; 而是; 改成."""
    before = text[max(0, start - 16) : start]
    if re.search(r"(?:不是|并非)[^，。,]{1,12}[，,]?\s*(?:而|应该|应)?是\s*(?:在)?$", before):
        return True
    return (
        re.search(
            r"(?:不对|错了|说错|更正|不不|改成|改为|换成|而是|应该是|应为|其实是|纠正|口误|哦不)[^一-龥]*(?:应该|其实)?(?:是|为|成)?\s*[^，。]{0,3}$",
            before[-12:],
        )
        is not None
    )
