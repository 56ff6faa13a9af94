"""What a sentence tells about the enterprise itself: where, what trade, how large, and the facts of its year."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from dialogs.understand.activities import sold
from dialogs.understand.heard import Doubt, Told
from dialogs.understand.lexicon import lexicon, word_set
from dialogs.understand.mentions import Mention, plausible_trade
from dialogs.understand.scene import Clause, denied, denied_after, replaced
from dialogs.understand.seat import find_seat
from dialogs.understand.text import fold
from policies.facts import Vocabulary


@dataclass
class Firm:
    facts: dict[str, Told] = field(default_factory=dict)
    doubts: list[Doubt] = field(default_factory=list)
    used: set[Mention] = field(default_factory=set)
    project_region: Told | None = None
    sold: list[tuple[str, Mention]] = field(default_factory=list)
    """Trades told only by what is sold: 做MES软件的. They count where no other is told."""


def find_firm(text: str, clauses: list[Clause], vocabulary: Vocabulary, taken: set[Mention]) -> Firm:
    """All facts of the enterprise but those told by amounts of money."""
    heard = Firm()
    own = [c for c in clauses if not (c.stranger or c.agent_itself or c.supposed)]
    seat = find_seat(text, own, taken)
    heard.used |= seat.used
    heard.project_region = seat.plant
    if seat.region is not None:
        heard.facts["region"] = seat.region
    if seat.doubt is not None:
        heard.doubts.append(seat.doubt)
    for clause in own:
        for mention in clause.mentions:
            if mention not in taken and mention.type in ("word", "class"):
                _of_word(text, clause, mention, vocabulary, heard)
        _counts(text, clause, heard)
        _said(text, clause, heard)
    _events(text, own, heard, vocabulary)
    if "industries" not in heard.facts and heard.sold:
        _set(heard, "industries", [heard.sold[0][0]], heard.sold[0][1])
    _specific(heard)
    if "applicant_kind" not in heard.facts and (words := _a_works(text, own, heard)):
        heard.facts["applicant_kind"] = Told("enterprise", words)
    return heard


def _specific(heard: Firm) -> None:
    """规模以上工业企业, beside 钐钴永磁体, is no second trade."""
    told = heard.facts.get("industries")
    if told is None or len(told.value) < 2:
        return
    named = {m.choice("industries") for m in heard.used if fold(m.text) not in word_set("sentence.trade_generic")}
    told.value = [value for value in told.value if value in named] or told.value


_WORKS = re.compile(
    r"(?:的|加工|生产|制造|制品|产品|材料|行业|业|类|小|老|大|中|型|民营|国有|科技|有限|股份|的?一家)*"
    r"(?:公司|企业|集团|工厂|厂家|厂子|厂(?![区房商内长地址]))"
)
"""What after a trade or a place says that it is an enterprise: 磁材厂, 稀土企业, 包头的厂子."""


def _a_works(text: str, own: list[Clause], heard: Firm) -> str:
    """The words that imply an enterprise, where none says it outright."""
    for clause in own:
        for mention in clause.mentions:
            named = mention in heard.used and (mention.choice("industries") or mention.type == "place")
            if not named or clause.asks:
                continue
            if mention.type == "word" and mention.text.endswith(("厂", "企业", "公司", "集团")):
                return mention.text
            match = _WORKS.match(text, mention.end, clause.end)
            if match is not None:
                return text[mention.start : match.end()]
    return ""


# --- where ---


# --- words ---

_SIZED = re.compile(
    r"^\s*(?:规模)?(?:的)?(?:制造|民营|国有|生产|工业|科技|软件|服装|食品|稀土)?(?:企业|公司|厂|工厂|集团|民企|国企|单位)|^\s*(?:$|[，,。；;、 !！?？）)])|^\s*的?(?:$|[，,。])"
)


def _names_money(mention: Mention, after: str, vocabulary: Vocabulary) -> bool:
    """工业软件120万, where a document asks what the software cost: an amount's name, no trade."""
    fact = vocabulary.find(mention.cue(), "project", "enterprise") if mention.cue() else None
    return fact is not None and fact.type == "money" and re.match(r"[^，。\d]{0,4}\d", after) is not None


def _of_word(text: str, clause: Clause, mention: Mention, vocabulary: Vocabulary, heard: Firm) -> None:
    no = denied(text, mention.start) or denied_after(text, mention.end)
    after, before = text[mention.end : clause.end], text[clause.start : mention.start]
    if mention.type == "class":
        grade = mention.text[0].upper()
        if not no and not re.search(r"纳税|信用|税务", before[-8:]):
            _set(heard, "resource_use_grade", grade, mention)
        return
    if (grade := mention.choice("resource_use_grade")) and not mention.has("cue"):
        _set(heard, "resource_use_grade", grade, mention)
    industry = mention.choice("industries")
    if (
        industry
        and not no
        and (not clause.asks or any(m.type == "place" for m in clause.mentions))
        and plausible_trade(text, mention)
        and not _names_money(mention, after, vocabulary)
        and not re.search(r"(?:给|卖给|服务|供应给?|面向|客户是)[^，。做搞产]{0,6}$", before)
    ):
        old = heard.facts.get("industries")
        if replaced(text, mention.start) and old is not None and re.search(r"行业|不对|不是", text):
            old = None
        values = [*(old.value if old else []), industry]
        words = (
            f"{old.words}、{mention.text}"
            if old and industry not in old.value
            else (old.words if old else mention.text)
        )
        heard.facts["industries"] = Told(
            list(dict.fromkeys(values)), words, start=old.start if old else mention.start, end=mention.end
        )
        heard.used.add(mention)
    if (activity := mention.choice("activities")) and not industry and not no and sold(mention, clause, text):
        trade = lexicon()["sentence"]["sold_facts"].get(activity)
        if trade in vocabulary.facts["enterprise", "industries"].values():
            heard.sold.append((trade, mention))
    size = mention.choice("size")
    if (
        size
        and not no
        and (
            mention.text.endswith(("企业", "公司", "的"))
            or _SIZED.match(after)
            or re.search(r"规模(?:是|为|[:：])?\s*$|属于\s*$", before)
        )
    ):
        _set(heard, "size", size, mention)
    if safety := mention.choice("safety_accident_level"):
        if safety == "none" or not no:
            if not re.search(r"环保|环境|污染", before[-6:]):
                _set(heard, "safety_accident_level", safety, mention)
        elif no:
            heard.facts.setdefault("safety_accident_level", Told("none", mention.text))
    cue = mention.cue()
    fact = vocabulary.find(cue, "enterprise") if cue else None
    if (
        fact is not None
        and fact.type == "yesno"
        and not clause.asks
        and not re.search(r"是什么|怎么|如何|条件|认定标准|[?？吗]", after + clause.ended)
    ):
        _set(heard, cue, not no, mention)
    kind = mention.choice("applicant_kind")
    if kind and not no and not re.search(r"问|找|跟|听|去|归|给|由|联系|贷款|同", before[-3:]):
        if kind == "local_government" and not (
            re.search(r"(?:我们?|这里|这边|本|单位)(?:就)?是?[^，。]{0,8}$", before) or not before.strip()
        ):
            return
        if kind == "institution" and re.match(
            r"(?:下属|旗下|下面|控股|孵化|改制|全资|参股|的)[^，。]{0,6}(?:企业|公司|厂)", after
        ):
            kind = "enterprise"
        if kind == "local_government" and re.match(
            r"[^，。]{0,3}(?:给|批|说|让|要求|出|补(?!贴|助)|的人|有|通知|组织)", after
        ):
            return
        old = heard.facts.get("applicant_kind")
        if old is None or old.value == "enterprise":
            _set(heard, "applicant_kind", kind, mention)


def _set(heard: Firm, name: str, value: Any, mention: Mention) -> None:
    heard.facts[name] = Told(value, mention.text, mention.slip, mention.start, mention.end)
    heard.used.add(mention)


# --- numbers and yes or no ---

_SERVED = re.compile(r"(?:服务|带动?|辐射|帮|为|赋能|覆盖|给)[^，。]{0,8}$")
_SERVED_AFTER = re.compile(r"^(?:[^，。]{0,6})(?:中小企业|上下游|链上|配套企业|供应商|小企业)")


def _counts(text: str, clause: Clause, heard: Firm) -> None:
    for mention in clause.mentions:
        amount = mention.value
        if mention.type != "amount" or amount.is_money:
            continue
        number = amount.low if amount.doubt == "unit" else amount.value
        if number is None or number != int(number) or amount.doubt not in (None, "unit"):
            continue
        before, after = text[clause.start : mention.start], text[mention.end : clause.end]
        name = ""
        if amount.unit == "工位" or (
            amount.unit in ("个", "")
            and (
                re.match(r"\s*(?:办公|研发)?工位", after)
                or re.search(r"工位(?:数|一共|总共|共|有|是|为|大概|约|数量|[:：]|\s)*$", before)
            )
        ):
            name = "workstation_count"
        elif amount.unit in ("家", "户", "个", "多家"):
            if re.search(r"新增[^，。]{0,14}$", before) or re.match(r"[^，。]{0,4}新增", after):
                name = "new_local_industrial_clients"
            elif (_SERVED.search(before) and _SERVED_AFTER.match(after)) or re.search(
                r"(?:链上|上下游|中小企业|服务企业)[^，。]{0,6}$", before
            ):
                name = "served_chain_sme_count"
        if name:
            heard.facts[name] = Told(int(number), mention.text, amount.approx, mention.start, mention.end)
            heard.used.add(mention)


_LEVEL_AFTER = re.compile(
    r"(?:改造后|数字化水平|数字化等级|水平等级|评测|评了个?|评上了?|评为|评到|评测结果|达到|定为|评定为?|验收为?)[^，。A-Za-z]{0,8}?(?P<n>[1-4一二三四])\s?(?:级|等)|改造后[^，。]{0,6}?[LlＬ](?P<l>[1-4])"
)
_DIGITS = dict(zip("一二三四", "1234", strict=True))


def _said(text: str, clause: Clause, heard: Firm) -> None:
    """Facts that phrases tell: the digital level, chain leader, size of a small and micro enterprise."""
    if (match := _LEVEL_AFTER.search(clause.text)) and not any(m.kind() for m in clause.mentions):
        digit = match["n"] or match["l"]
        heard.facts["digital_level_after"] = Told(
            _DIGITS.get(digit, digit), match.group(), start=clause.start + match.start(), end=clause.start + match.end()
        )
    if (match := re.search(r"小微(?:企业|型企业|公司)?", clause.text)) and "size" not in heard.facts:
        heard.doubts.append(Doubt("size", match.group(), (("small", "小型"), ("micro", "微型")), "ambiguous"))


_EVENTS = {
    "major_env_accident": r"环保事故|环境(?:污染)?事故|污染事故|环境污染|环保处罚|环保问题",
    "court_enforcement": r"被?法院(?:列入)?(?:被)?执行|被执行人?|老赖|强制执行|执行名单|执行案件",
    "serious_discredit": r"失信|违法违规|严重违法|黑名单|不良信用|不良记录|行政处罚",
}
_CLEAN = re.compile(
    r"(?:没有?|无|未|从未)(?:发生|出过|受过|过|有)?(?:任何|什么|啥)?(?:重大)?(?:违法违规|不良记录|处罚|不良信用|违规|上述情形)|守法经营|信用良好"
)


def _events(text: str, own: list[Clause], heard: Firm, vocabulary: Vocabulary) -> None:
    told: list[str] = []
    absent: list[str] = []
    words: list[str] = []
    for clause in own:
        for value, pattern in _EVENTS.items():
            for match in re.finditer(pattern, clause.text):
                start = clause.start + match.start()
                no = (
                    denied(text, start)
                    or re.search(r"(?:没有?|无|未)[^，。]{0,10}$", text[clause.start : start]) is not None
                    or denied_after(text, start + len(match.group()))
                )
                if "?" in clause.ended or re.search(r"吗$|有影响|会不会|是否", clause.text):
                    continue
                (absent if no else told).append(value)
                words.append(match.group())
        if clean := _CLEAN.search(clause.text):
            absent += ["major_env_accident", "serious_discredit"]
            words.append(clean.group())
    if told:
        values = [v for v in _EVENTS if v in told]
        heard.facts["disqualifying_events"] = Told(values, "、".join(dict.fromkeys(words)))
    elif len(set(absent)) >= 2:
        heard.facts["disqualifying_events"] = Told([], "、".join(dict.fromkeys(words)))
