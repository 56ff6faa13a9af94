"""Recognitions in a sentence: kinds with their levels and dates, and whether a thing was recognised or merely built."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from dialogs.understand import choosing
from dialogs.understand.heard import Doubt, HeardRecognition, Told
from dialogs.understand.lexicon import any_of
from dialogs.understand.mentions import Mention
from dialogs.understand.scene import Clause, denied, denied_after, replaced
from policies.facts import Vocabulary

_BUILDS = re.compile(r"(?:建|打造|搞|做|投|上|改造成?|新建|升级|建设|实施|改建|盖|弄|推进|开工|开建|启动|干)(?:了|一个|个|过|成|一座|座|条|的|一套|套|好|完)*\s*(?:[^，。]{0,4})$")
_CALLED = re.compile(r"^[\s“”\"'》」]*(?:企业|项目|工厂|车间)?(?:的)?(?:称号|认定|证书|名录|名单|牌子|荣誉|资质|认证|评定|评估|奖|授牌|公示|通过|获评)")
_GRADED = re.compile(r"(?:卓越级?|先进级?|基础级?|领航级?)\s*$")
_FIRST = re.compile(r"首次|第一次|头一次|头一回|初次|第一回")
_AGAIN = re.compile(r"第二次|再次|复评|换证|续证|重新认定|年检|不是首次|不是第一次|复核")
_PAYS = re.compile(r"能补|能拿|补多少|奖多少|给多少|有多少|多少钱|有补贴|有奖励|有没有(?:奖|补)|怎么补|补贴标准|奖励标准")
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


def is_recognised(mention: Mention, clause: Clause, text: str) -> bool:
    """Whether a word that names both a thing and a recognition (智能工厂) means the recognition here."""
    before, after = text[clause.start : mention.start], text[mention.end : clause.end]
    if _GRADED.search(before) or _CALLED.match(after):
        return True
    body = _body_before(mention, clause, text)
    if body is not None:
        return True
    if _BUILDS.search(before):
        return False
    return re.search(any_of("sentence.got").pattern + r"(?:了|过|的)?[^，。花投]{0,8}$", before) is not None and not re.search(r"验收|立项|完成", before)


def _body_before(mention: Mention, clause: Clause, text: str) -> Mention | None:
    """The body or place that a recognition is named with: 省级智能车间, 江苏省首台套, 工信部试点示范."""
    for other in reversed(clause.mentions):
        gap = text[other.end : mention.start]
        if other.end <= mention.start and other.type == "body" and re.fullmatch(r"\s*(?:的|工信局|工信厅|认定的?|重点|示范|优秀|优质|数字化转型|先进|卓越|级|颁发的|评的)*[A-Za-z0-9+]{0,3}\s*", gap):
            return other
        if other.end <= mention.start and other.type == "place" and re.fullmatch(r"\s*(?:的|级|重点)?\s*", gap) and other.text.endswith(("省", "自治区", "市")):
            return other
    return None


def find_certificates(text: str, clauses: list[Clause], vocabulary: Vocabulary) -> Certificates:
    """All recognitions that the sentence tells."""
    heard = Certificates()
    for clause in clauses:
        for mention in clause.mentions:
            kind = mention.kind() or _named_by_body(mention, clause, text, vocabulary)
            if not kind:
                continue
            both = mention.choice("activities") != "" or (mention.choice("platform_scope") != "" and kind != "platform")
            if both and not is_recognised(mention, clause, text):
                continue
            if clause.stranger or clause.agent_itself or clause.supposed or clause.asks or _AIMS.search(clause.text) or denied(text, mention.start) or denied_after(text, _end_of_name(mention, clause)):
                heard.refused.add(mention)
                continue
            _take(mention, kind, clause, clauses, text, vocabulary, heard)
    own = [c for c in clauses if not (c.stranger or c.supposed)]
    if any(_NONE.search(c.text) for c in own) or re.search(r"(?:啥|什么)(?:也|都)(?:没有|没)", " ".join(c.text for c in own)):
        heard.none = not heard.recognitions
    return heard


_AIMS = re.compile(r"(?:准备|打算|计划|想|拟|争取|正在|正|在|力争|明年|后年|下半年|年底)[^，。；]{0,8}?(?:申请|申报|评(?!上|为|了|级|定为)|考(?!过|下)|冲|争创|创建|贯标(?!通过)|办理?)")


def _named_by_body(mention: Mention, clause: Clause, text: str, vocabulary: Vocabulary) -> str:
    """A thing that a body's name makes a recognition: 省级行业级平台."""
    thing = mention.choice("activities")
    if thing in vocabulary.kinds and not _BUILDS.search(text[clause.start : mention.start]) and _body_before(mention, clause, text):
        return thing
    return ""


def _end_of_name(mention: Mention, clause: Clause) -> int:
    """Where the kind with a grade right after it ends."""
    grades = [g for g in clause.mentions if g.start >= mention.end and g.start - mention.end <= 2 and (g.type == "grade" or g.has("grade"))]
    return grades[0].end if grades else mention.end


def _take(mention: Mention, kind: str, clause: Clause, clauses: list[Clause], text: str, vocabulary: Vocabulary, heard: Certificates) -> None:
    level = _level(mention, kind, clause, clauses, text, vocabulary, heard)
    known = vocabulary.kinds[kind]
    facts: dict[str, Told] = {}
    body = _body_near(mention, clause, clauses, text)
    if kind == "platform" or not any(value in vocabulary.body_rank for value in known.values()):
        if level:
            facts["level"] = level
        if kind == "platform" and body:
            facts["recognised_by"] = _of_body(body)
            heard.used.add(body)
            if not level and mention.choice("platform_scope") in known.values():
                facts["level"] = Told(mention.choice("platform_scope"), mention.text, start=mention.start, end=mention.end)
    elif body is not None:
        told = _of_body(body)
        if told.value in known.values():
            facts["level"] = told
            heard.used.add(body)
        elif not (told.value == "county" and len(known.levels) > 1):
            heard.refused.add(mention)
            return
    if "level" not in facts and _PAYS.search(clause.text) and not any_of("sentence.got").search(clause.text):
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
    return old is None or new is None or old.value == new.value or replaced(text, mention.start) or replaced(text, new.start)


def _near(mention: Mention, clause: Clause, clauses: list[Clause]) -> str:
    """The clause, and a short one after it that names nothing else: DCMM三级，首次."""
    after = clauses[clause.index + 1] if clause.index + 1 < len(clauses) else None
    kinds = [m for m in clause.mentions if m.kind()]
    if len(kinds) > 1:
        at = kinds.index(mention) if mention in kinds else 0
        left = max(kinds[at - 1].end, mention.start - 4) if at else clause.start
        right = kinds[at + 1].start if at + 1 < len(kinds) else clause.end
        return clause.text[left - clause.start : right - clause.start - (4 if at + 1 < len(kinds) and right - left > 8 else 0)]
    more = after.text if after and len(after.text) <= 8 and not any(m.kind() for m in after.mentions) else ""
    before = clauses[clause.index - 1] if clause.index else None
    less = before.text if before and len(before.text) <= 5 and not any(m.kind() for m in before.mentions) else ""
    return f"{less} {clause.text} {more}"


def _grades(mention: Mention, kind: str, clause: Clause, vocabulary: Vocabulary) -> list[tuple[Mention, str]]:
    """Mentions in the clause that name a level of this kind."""
    entries = choosing.level_entries(kind, vocabulary)
    found = []
    for other in clause.mentions:
        if other.type in ("grade", "class") or other.has("grade"):
            value = choosing.exactly(other.text.replace(" ", ""), entries)
            if value is not None:
                found.append((other, value))
        elif other.type == "word" and kind == "platform" and other.choice("platform_scope") in vocabulary.kinds["platform"].values():
            found.append((other, other.choice("platform_scope")))
    return found


def _level(mention: Mention, kind: str, clause: Clause, clauses: list[Clause], text: str, vocabulary: Vocabulary, heard: Certificates) -> Told | None:
    """The level that stands nearest to the kind; a later one that corrects it."""
    kinds = [m for m in clause.mentions if m.kind() and m not in heard.refused]
    best: tuple[int, Mention, str] | None = None
    for other, value in _grades(mention, kind, clause, vocabulary):
        if other is mention or other in heard.used and other is not mention:
            continue
        distance = other.start - mention.end if other.start >= mention.end else mention.start - other.end + 1
        between = [k for k in kinds if k is not mention and min(mention.start, other.start) < k.start < max(mention.start, other.start)]
        if distance > 12 or between:
            continue
        if denied(text, other.start) and not replaced(text, other.start):
            continue
        if best is None or distance < best[0] or replaced(text, other.start):
            best = (distance, other, value)
    if best is None:
        inside, _, _ = choosing.named(mention.text, tuple(row for row in choosing.level_entries(kind, vocabulary) if row[0] not in vocabulary.body_rank))
        if len(inside) == 1 and kind != "platform":
            return Told(inside[0], mention.text, start=mention.start, end=mention.end)
    for later in clauses[clause.index + 1 : clause.index + 3]:
        if any(m.kind() for m in later.mentions) or later.sentence != clause.sentence and best:
            break
        for other, value in _grades(mention, kind, later, vocabulary):
            if replaced(text, other.start) or (best is None and (other.start - later.start <= 4 or re.match(r"\s*(?:级别|等级|评)", later.text)) and not denied(text, other.start)):
                best = (0, other, value)
    if best is None:
        return None
    heard.used.add(best[1])
    return Told(best[2], text[best[1].start : best[1].end], start=best[1].start, end=best[1].end)


def _body_near(mention: Mention, clause: Clause, clauses: list[Clause], text: str) -> Mention | None:
    """The body of a recognition: before it, after it in the clause, or at the start of the next clause."""
    before = _body_before(mention, clause, text)
    candidates = [before] if before else []
    for other in clause.mentions:
        if other.type == "body" and other not in candidates:
            between = [m for m in clause.mentions if m.kind() and m is not mention and min(mention.start, other.start) < m.start < max(mention.start, other.start)]
            near = 0 <= other.start - mention.end <= 8 or 0 <= mention.start - other.end <= 10
            if near and not between and not (denied(text, other.start) and not replaced(text, other.start)):
                candidates.append(other)
    later = clauses[clause.index + 1 : clause.index + 3]
    for after in later:
        if any(m.kind() for m in after.mentions):
            break
        for other in after.mentions:
            if other.type == "body" and (replaced(text, other.start) or (not candidates and other.start - after.start <= 3)):
                return other
    corrected = [c for c in candidates if replaced(text, c.start)]
    return corrected[-1] if corrected else (candidates[0] if candidates else None)


def _of_body(mention: Mention) -> Told:
    value = mention.value
    if mention.type == "place":
        code = mention.value.candidates[0].code
        value = "province" if code.endswith("0000") else "city" if code.endswith("00") else "county"
    return Told(value, mention.text, start=mention.start, end=mention.end)


def _date(mention: Mention, clause: Clause, clauses: list[Clause], text: str, facts: dict[str, Told], heard: Certificates) -> None:
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
        around = [c for c in clauses if abs(c.index - clause.index) == 1 and c.sentence == clause.sentence and not any(m.kind() or m.choice("activities") for m in c.mentions)]
        here = [m for c in around for m in c.mentions if m.type == "date" and m not in heard.dates and got.search(c.text) and not done.search(c.text)]
    elif activities and not got.search(text[here[-1].end : mention.start + 4]):
        here = []
    usable = [m for m in here if m.value.value and not m.value.doubt]
    if usable:
        one = usable[-1]
        facts["obtained_on"] = Told(one.value.value, one.text, one.value.year_only, one.start, one.end)
        heard.dates.add(one)
