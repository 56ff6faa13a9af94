"""Recognitions in a sentence: kinds with their levels and dates, and whether a thing was recognised or merely built."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date

from dialogs.understand import choosing
from dialogs.understand.heard import Doubt, HeardRecognition, Told
from dialogs.understand.levels import body_before, body_near, level_of, told_of_body
from dialogs.understand.lexicon import any_of
from dialogs.understand.mentions import Mention, Reading
from dialogs.understand.scene import Clause, denied, denied_after, replaced
from policies.facts import Vocabulary

_BUILDS = re.compile(
    r"(?:建|打造|搞|做|投|上|改造成?|新建|升级|建设|实施|改建|盖|弄|推进|开工|开建|启动|干)(?:了|一个|个|过|成|一座|座|条|的|一套|套|好|完)*\s*(?:[^，。]{0,4})$"
)
_CALLED = re.compile(
    r"^[\s“”\"'》」]*(?:企业|项目|工厂|车间)?(?:的)?(?:称号|认定|证书|名录|名单|牌子|荣誉|资质|认证|评定|评估|奖|授牌|公示|通过|获评)"
)
_OF_BODY = re.compile(r"^\s*(?:[(（][^()（）]{1,12}[)）])?\s*[(（]?(?:国家级|省级|自治区级|市级|省部级|工信部)(?!以)")
_GRADED = re.compile(r"(?:卓越级?|先进级?|基础级?|领航级?)\s*$")
_FIRST = re.compile(r"首次|第一次|头一次|头一回|初次|第一回")
_AGAIN = re.compile(r"第二次|再次|复评|换证|续证|重新认定|年检|不是首次|不是第一次|复核")
_PAYS = re.compile(
    r"能补|能拿|补多少|奖多少|给多少|有多少|多少钱|有补贴|有奖励|有没有(?:奖|补)|怎么补|补贴标准|奖励标准"
)
_NONE = re.compile(
    r"(?:没有?|无|未|木有)(?:任何|什么|啥|过|获得过?|取得过?|做过?|拿过?|办过?|有|得过|相关|这些|那些|其它|其他)*(?:的)?(?:认定|证书?|贯标|资质|称号|荣誉|牌子)"
    r"|(?:认定|证书?|贯标|资质|称号|荣誉|牌子)(?:什么的|啥的|之类的?)?(?:我们)?(?:都|也|还|一个都|一个也|一项都|一概|暂时|目前)*(?:没|无)(?!问题)"
)


@dataclass
class Certificates:
    """What was heard of recognitions; `dates` are the date mentions they took, `used` the other mentions."""

    recognitions: list[HeardRecognition] = field(default_factory=list)
    doubts: list[Doubt] = field(default_factory=list)
    none: bool = False
    dates: set[Mention] = field(default_factory=set)
    used: set[Mention] = field(default_factory=set)
    refused: set[Mention] = field(default_factory=set)
    """Mentions of kinds that are denied, asked about or somebody else's."""
    aimed: list[str] = field(default_factory=list)
    """Recognitions that are only hoped for: their names with their levels. They count nowhere."""


def is_recognised(mention: Mention, clause: Clause, text: str) -> bool:
    """Whether a word that names both a thing and a recognition (智能工厂) means the recognition here."""
    before, after = text[clause.start : mention.start], text[mention.end : clause.end]
    if _GRADED.search(before) or _CALLED.match(after) or _OF_BODY.match(after):
        return True
    body = body_before(mention, clause, text)
    if body is not None:
        return True
    if _BUILDS.search(before):
        return False
    return re.search(
        any_of("sentence.got").pattern + r"(?:了|过|的)?[^，。花投]{0,8}$", before
    ) is not None and not re.search(r"验收|立项|完成", before)


def find_certificates(
    text: str, clauses: list[Clause], vocabulary: Vocabulary, today: date, expected: bool = False
) -> Certificates:
    """All recognitions that the sentence tells; `expected`: they were asked for, so 智能车间 is one unless it was built."""
    heard = Certificates()
    for clause in clauses:
        clause.mentions, aims = _by_grade(clause, vocabulary, expected), len(heard.aimed)
        for mention in clause.mentions:
            kind = mention.kind() or _named_by_body(mention, clause, text, vocabulary)
            if not kind:
                continue
            both = mention.choice("activities") != "" or (mention.choice("platform_scope") != "" and kind != "platform")
            built = _BUILDS.search(text[clause.start : mention.start]) is not None or not expected
            if both and built and not is_recognised(mention, clause, text):
                continue
            if (
                clause.stranger
                or clause.agent_itself
                or clause.supposed
                or clause.asks
                or _AIMS.search(clause.text)
                or re.search(r"听说|据说", text[clause.start : mention.start])
                or denied(text, mention.start)
                or denied_after(text, _end_of_name(mention, clause))
            ):
                heard.refused.add(mention)
                if is_aimed(mention, clause, text) and not (clause.stranger or clause.agent_itself or clause.supposed):
                    heard.aimed.append(_named(mention, clause, text))
                continue
            if is_aimed(mention, clause, text):
                alone = Certificates(dates=set(heard.dates), used=set(heard.used), refused=set(heard.refused))
                _take(mention, kind, clause, clauses, text, vocabulary, alone)
                days = [r.facts["obtained_on"].value for r in alone.recognitions if "obtained_on" in r.facts]
                if not days or days[0] < today:  # with the day that it is expected it is a plan, and counts as one
                    heard.refused.add(mention)
                    heard.aimed.append(_named(mention, clause, text))
                    continue
            _take(mention, kind, clause, clauses, text, vocabulary, heard)
        if not any(m.kind() for m in clause.mentions):
            heard.aimed += _grades_aimed(clause, text)
        if len(heard.aimed) > aims and not any(m.choice("activities") for m in clause.mentions):
            heard.dates |= {m for m in clause.mentions if m.type == "date"}  # 明年 of 准备明年拿4A dates no project
    own = [c for c in clauses if not (c.stranger or c.supposed)]
    if any((none := _NONE.search(c.text)) and _is_none(none, c) for c in own) or re.search(
        r"(?:啥|什么)(?:也|都)(?:没有|没)", " ".join(c.text for c in own)
    ):
        heard.none = not heard.recognitions
    return heard


def _is_none(none: re.Match[str], clause: Clause) -> bool:
    """Whether there is no recognition at all: 没有证书; 两化没有贯标 and 没有贯标 speak of some only."""
    return not any(m.kind() for m in clause.mentions) and ("贯标" not in none.group() or len(none.group()) > 8)


_AIMS = re.compile(
    r"(?:准备|打算|计划|想|拟|争取|正在|正|在|力争|明年|后年|下半年|年底)[^，。；]{0,8}?(?:申请|申报|评(?!上|为|了|级|定为)|考(?!过|下)|冲|争创|创建|贯标(?!通过)|办理?)"
)


def is_aimed(mention: Mention, clause: Clause, text: str) -> bool:
    """Whether the words around a recognition say that it is yet to be got: 准备拿, 已申报, 还在评."""
    before, after = text[clause.start : mention.start], text[_end_of_name(mention, clause) : clause.end]
    return bool(any_of("sentence.aim").search(before) or any_of("sentence.aim_after").match(after))


def _grades_aimed(clause: Clause, text: str) -> list[str]:
    """4A of 下一步冲4A: which certificate is left to the ear."""
    grades = [m for m in clause.mentions if m.type == "grade" and not clause.stranger]
    return [m.text for m in grades if any_of("sentence.aim").search(text[clause.start : m.start])]


def _named(mention: Mention, clause: Clause, text: str) -> str:
    """The recognition with the body or the level that stands right beside it, as it was said."""
    start, end = mention.start, _end_of_name(mention, clause)
    for other in reversed(clause.mentions):
        beside = other.type in ("body", "grade") and other.end <= start and not text[other.end : start].strip(" 的")
        start = other.start if beside else start
    return text[start:end]


def _by_grade(clause: Clause, vocabulary: Vocabulary, expected: bool) -> list[Mention]:
    """3A贯标: a grade that one kind alone has stands for it, where certifying is named, or asked for, and no kind is."""
    certifying = expected and not any_of("sentence.rating").search(clause.text)
    certifying = certifying or any_of("sentence.certifying").search(clause.text) is not None
    if not certifying or any(m.kind() for m in clause.mentions):
        return clause.mentions
    found = []
    for mention in clause.mentions:
        graded = mention.type == "grade" or mention.has("grade")
        kinds = [
            k
            for k in vocabulary.kinds
            if graded and choosing.exactly(mention.text, choosing.level_entries(k, vocabulary))
        ]
        found.append(mention.also(Reading("kind", kinds[0])) if len(kinds) == 1 else mention)
    return found


def _named_by_body(mention: Mention, clause: Clause, text: str, vocabulary: Vocabulary) -> str:
    """A thing that a body's name makes a recognition: 省级行业级平台."""
    thing = mention.choice("activities")
    if (
        thing in vocabulary.kinds
        and not _BUILDS.search(text[clause.start : mention.start])
        and body_before(mention, clause, text)
    ):
        return thing
    return ""


def _end_of_name(mention: Mention, clause: Clause) -> int:
    """Where the kind with a grade right after it ends."""
    grades = [
        g
        for g in clause.mentions
        if g.start >= mention.end and g.start - mention.end <= 2 and (g.type == "grade" or g.has("grade"))
    ]
    return grades[0].end if grades else mention.end


def _take(
    mention: Mention,
    kind: str,
    clause: Clause,
    clauses: list[Clause],
    text: str,
    vocabulary: Vocabulary,
    heard: Certificates,
) -> None:
    level = level_of(mention, kind, clause, clauses, text, vocabulary, heard.used, heard.refused)
    known = vocabulary.kinds[kind]
    facts: dict[str, Told] = {}
    body = body_near(mention, clause, clauses, text)
    if kind == "platform" or not any(value in vocabulary.body_rank for value in known.values()):
        if level:
            facts["level"] = level
        if kind == "platform" and body:
            facts["recognised_by"] = told_of_body(body)
            heard.used.add(body)
            if not level and mention.choice("platform_scope") in known.values():
                facts["level"] = Told(
                    mention.choice("platform_scope"), mention.text, start=mention.start, end=mention.end
                )
    elif body is not None:
        told = told_of_body(body)
        if told.value in known.values():
            facts["level"] = told
            heard.used.add(body)
        elif not (told.value == "county" and len(known.levels) > 1):
            heard.refused.add(mention)
            return
    asked = "level" not in facts or re.search(r"问|咨询|了解", text[clause.start : mention.start])
    if asked and _PAYS.search(clause.text) and not any_of("sentence.got").search(clause.text):
        heard.refused.add(mention)
        return
    if len(known.levels) == 1 and "level" not in facts:
        facts["level"] = Told(known.levels[0].value, mention.text, start=mention.start, end=mention.end)
    if mention.slip and len({r.name for r in mention.readings if r.type == "kind"}) > 1:
        options = tuple((r.name, vocabulary.kinds[r.name].label) for r in mention.readings if r.type == "kind")
        heard.doubts.append(Doubt("kind", mention.text, options, "typo"))
        return
    around = clause.text
    if _AGAIN.search(around):
        facts["first_time"] = Told(False, _AGAIN.search(around).group())  # type: ignore[union-attr]  # just searched
    elif match := _FIRST.search(_near(mention, clause, clauses)):
        facts["first_time"] = Told(True, match.group())
    _date(mention, clause, clauses, text, facts, heard)
    heard.used.add(mention)
    previous = next((r for r in heard.recognitions if r.kind == kind), None)
    if previous is not None and _continues(previous, facts, text, mention):
        previous.facts.update(facts)
        return
    heard.recognitions.append(HeardRecognition(kind, facts, text[mention.start : mention.end], clause.planned))


def _continues(previous: HeardRecognition, facts: dict[str, Told], text: str, mention: Mention) -> bool:
    """Whether a kind named again is the same recognition: no level before, none now, the same, or a correction."""
    old, new = previous.facts.get("level"), facts.get("level")
    return (
        old is None
        or new is None
        or old.value == new.value
        or replaced(text, mention.start)
        or replaced(text, new.start)
    )


def _near(mention: Mention, clause: Clause, clauses: list[Clause]) -> str:
    """The clause, and a short one after it that names nothing else: DCMM三级，首次."""
    after = clauses[clause.index + 1] if clause.index + 1 < len(clauses) else None
    kinds = [m for m in clause.mentions if m.kind()]
    if len(kinds) > 1:
        at = kinds.index(mention) if mention in kinds else 0
        left = max(kinds[at - 1].end, mention.start - 4) if at else clause.start
        right = kinds[at + 1].start if at + 1 < len(kinds) else clause.end
        return clause.text[
            left - clause.start : right - clause.start - (4 if at + 1 < len(kinds) and right - left > 8 else 0)
        ]
    more = after.text if after and len(after.text) <= 8 and not any(m.kind() for m in after.mentions) else ""
    before = clauses[clause.index - 1] if clause.index else None
    less = before.text if before and len(before.text) <= 5 and not any(m.kind() for m in before.mentions) else ""
    return f"{less} {clause.text} {more}"


def _between(date: Mention, kind: Mention, clause: Clause) -> bool:
    """Whether an activity stands between a date and a recognition: 去年上了机器人还拿了3A."""
    return any(m.choice("activities") and not m.kind() and date.end <= m.start < kind.start for m in clause.mentions)


def _date(
    mention: Mention, clause: Clause, clauses: list[Clause], text: str, facts: dict[str, Told], heard: Certificates
) -> None:
    """The date in the same clause, or in a clause beside it that tells of getting a certificate."""
    got = any_of("sentence.got")
    done = any_of("sentence.done")
    kinds = [m for m in clause.mentions if m.kind()]
    here = [m for m in clause.mentions if m.type == "date" and m not in heard.dates]
    if len(kinds) > 1:
        at = kinds.index(mention) if mention in kinds else 0
        left = kinds[at - 1].end if at else clause.start
        here = [m for m in here if left <= m.start < (kinds[at + 1].start if at + 1 < len(kinds) else clause.end)]
    activities = any(m.choice("activities") and not m.kind() for m in clause.mentions)
    if not here:
        around = [
            c
            for c in clauses
            if abs(c.index - clause.index) == 1
            and c.sentence == clause.sentence
            and not any(m.kind() or m.choice("activities") for m in c.mentions)
        ]
        here = [
            m
            for c in around
            for m in c.mentions
            if m.type == "date" and m not in heard.dates and not done.search(c.text)
            if got.search(c.text) or (c.index > clause.index and len(c.text.strip()) <= m.end - m.start + 1)
        ]
    elif activities and (not got.search(text[here[-1].end : mention.start + 4]) or _between(here[-1], mention, clause)):
        here = []
    usable = [m for m in here if m.value.value and not m.value.doubt]
    if usable:
        one = usable[-1]
        facts["obtained_on"] = Told(one.value.value, one.text, one.value.year_only, one.start, one.end)
        heard.dates.add(one)
