"""What a paragraph gives: offers with their figures, and rules that hold for several of them.

A paragraph is cut into segments at full stops and semicolons, and before a further 「对…的」. A segment that pays is an
offer; one that only caps what stands before it belongs to that; one that speaks of all (同一企业, 就高不重复) is a rule.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from policies.draft.figures import Figure, figures
from policies.draft.outline import Paragraph, outline
from policies.draft.plain import Plain, plain

PAY = re.compile(r"奖励|奖补|补助|补贴|资助|贴息|奖金|奖|补|给予|予以支持|扶持资金|配套|兑现")
_NUMBERLESS = re.compile(
    r"(?:给予|予以|享受)(?:一定|适当|相应|重点)[^,。;]{0,12}(?:支持|奖励|奖补|补助|补贴|资助|扶持)|一事一议|专题研究|按照?要求执行"
    r"|(?:根据|视|按照)[^,。;]{0,16}(?:给予|予以)(?:一定|适当|相应)?[^,。;]{0,6}(?:支持|奖励|奖补|补助|补贴|资助)"
)
_RULE = re.compile(
    r"就高|从高|从优|不重复|不得重复|不再重复|重复享受|重复奖励|不累计|不叠加|可叠加|可以叠加|同时享受|择优|择一|只能享受|就低|不得同时|此前.{0,12}(?:为准|废止)|以本.{0,6}为准"
)
_BARRED = re.compile(r"(?:不得|不能|不予|不再|取消|停止)(?:享受|申报|申请|支持|给予|兑现|纳入|安排|奖励|补助|资格)")
_REDUCED = re.compile(r"视情兑现|减半|减按|下浮|扣减|核减")
_GLOBAL = re.compile(
    r"^(?:本(?:政策|措施|办法|意见|细则)[^,]{0,20})?(?:其中,?)?(?:同一|单个|单户|单家|每家|每户|每个企业|各项|所有|上述|以上|获得各项|企业(?:年度|每年|享受|获得|所获)|年度)"
)
_CAP_ONLY = re.compile(
    r"^(?:其中,?)?(?:同一|单个|单户|单家|单项|单一|每家|每户|每个|每年|每|年度|累计|合计|最高|总额|上述|以上|补贴|奖励|补助|资助|支持|奖补|贴息)"
)
_TIER_VERB = re.compile(r"(?:分别|依次|各自)")
_LABEL_PAYS = re.compile(
    r"^(?!每|单个|单户|单家|最高|累计|年度|同一|不超过|其中每|并|再|且|给予|按|合计|总)[^,]{2,60}?(?:奖励|补助|补贴|资助|给予|奖补|最高不超过|最高|不超过|奖)[^,]{0,8}$"
)
_SUBJECT = re.compile(r"(?:对|针对|给予|支持|鼓励|凡|经|获|被|通过|新|首次|企业|机构|项目)")


@dataclass(frozen=True)
class Offer:
    """One thing that is paid: where it stands, in what words, with which figures (positions in `plain`)."""

    article: str
    heading: str
    plain: Plain
    start: int
    end: int
    figures: tuple[Figure, ...]
    context: int
    """Where the words begin that say whom and what for, if they stand before `start`; else `start`."""
    tiers: tuple[tuple[str, tuple[Figure, ...]], ...] = ()
    """Label and figures of each tier, where one list of labels meets one list of figures."""

    @property
    def quote(self) -> str:
        return self.plain.quote(self.start, self.end)

    @property
    def words(self) -> str:
        """The plain words, from those that say whom and what for."""
        return self.plain.text[self.context : self.end]


@dataclass(frozen=True)
class RuleText:
    """A sentence that holds for more than one clause: exclusivity, a joint cap, who is barred, what is reduced."""

    kind: str
    article: str
    quote: str
    figures: tuple[Figure, ...] = ()


@dataclass
class Found:
    """Everything that a text gives, in its order."""

    offers: list[Offer] = field(default_factory=list)
    rules: list[RuleText] = field(default_factory=list)


def find(text: str) -> Found:
    """Offers and rules of a whole document."""
    found = Found()
    for paragraph in outline(text):
        _paragraph(paragraph, found)
    return found


def _segments(text: str) -> Iterator[tuple[int, int]]:
    """Spans between full stops and semicolons (not inside brackets or book titles), cut again before a further 「,对」."""
    start = depth = 0
    for index, char in enumerate(text):
        if char in "(《“「":
            depth += 1
        elif char in ")》”」":
            depth = max(0, depth - 1)
        ends = char in "。;!" and (depth == 0 or char == "。")
        again = (
            char in ",、"
            and depth == 0
            and re.match(r"(?:针?对(?!于?(?:接|照|外|应|标|象))|凡)", text[index + 1 :])
            and _pays(text[start:index])
        )
        if ends or again:
            if ends:
                depth = 0
            yield start, index + 1
            start = index + 1
    if start < len(text):
        yield start, len(text)


def _pays(words: str) -> bool:
    found = figures(words)
    return bool(PAY.search(words)) and any(one.role in ("rate", "fixed", "cap", "unit") for one in found)


def _paragraph(paragraph: Paragraph, found: Found) -> None:
    text = plain(paragraph.text)
    idle = None
    own: list[int] = []
    for start, end in _segments(text.text):
        words = text.text[start:end]
        local = [replace(one, start=one.start + start, end=one.end + start) for one in figures(words)]
        paid = [one for one in local if one.role in ("rate", "fixed", "cap", "unit")]
        quote = text.quote(start, end).strip("，,；;。、 ")
        bare = words.strip(",;。、")
        if _BARRED.search(words) and not [one for one in paid if one.role in ("fixed", "rate")]:
            found.rules.append(RuleText("barred", paragraph.article, quote, tuple(local)))
            continue
        if _REDUCED.search(words) or (any(one.role == "factor" for one in local) and not paid):
            found.rules.append(RuleText("reduced", paragraph.article, quote, tuple(local)))
            continue
        rated = any(one.role == "rate" for one in paid)
        caps_only = any(one.role == "cap" for one in paid) and all(one.role in ("cap", "rate") for one in paid)
        caps_only = caps_only and not (rated and re.search(r"按|给予|予以|比例", words))
        if caps_only and own and _CAP_ONLY.match(bare) and not re.search(r"对[^,]{4,}的", bare):
            last = found.offers[own[-1]]
            found.offers[own[-1]] = replace(last, figures=(*last.figures, *local), end=end)
            continue
        if caps_only and _GLOBAL.match(bare) and not own:
            found.rules.append(RuleText("joint_cap", paragraph.article, quote, tuple(local)))
            continue
        if paid and PAY.search(words):
            about = start if _SUBJECT.match(re.sub(r"^.{0,30}?[。.]", "", bare)[:12]) or idle is None else idle
            if (
                not re.search(r"对|支持|鼓励|获|通过|企业|机构|项目", words[: max(1, paid[0].start - start)])
                and idle is not None
            ):
                about = idle
            for offer in _offers(paragraph, text, start, end, local, about):
                own.append(len(found.offers))
                found.offers.append(offer)
            idle = None
            if _RULE.search(words):
                found.rules.append(RuleText("exclusive", paragraph.article, quote))
            continue
        if re.match(r"同一", bare) and re.search(r"不超过|不得超过|以内", bare) and not _RULE.search(words):
            found.rules.append(RuleText("joint_cap", paragraph.article, quote, tuple(local)))
            continue
        if _RULE.search(words) or re.search(
            r"原则上不超过\d+(?:个|项)|每年(?:度)?(?:最多|限)[^,]{0,6}\d?(?:个|项)", words
        ):
            found.rules.append(RuleText("exclusive", paragraph.article, quote, tuple(local)))
            continue
        if _NUMBERLESS.search(words):
            found.offers.append(
                Offer(
                    paragraph.article,
                    paragraph.heading,
                    text,
                    start,
                    end,
                    tuple(local),
                    start if idle is None else idle,
                )
            )
            own.append(len(found.offers) - 1)
            continue
        idle = start if idle is None else idle


def _offers(
    paragraph: Paragraph, text: Plain, start: int, end: int, local: list[Figure], about: int
) -> Iterator[Offer]:
    """One offer, or one for each part of 「甲平台奖励150万元，乙平台奖励80万元」."""
    parts = _parts(text.text, start, end, local)
    for number, (first, last) in enumerate(parts):
        own = tuple(one for one in local if first <= one.start < last)
        offer = Offer(
            paragraph.article,
            paragraph.heading,
            text,
            first,
            last,
            own,
            about if number == 0 else min(first, about if about < start else first),
        )
        yield replace(offer, tiers=_tiers(offer))


def _parts(text: str, start: int, end: int, local: list[Figure]) -> list[tuple[int, int]]:
    cuts = [start]
    fixed = [one for one in local if one.role == "fixed"]
    if len(fixed) > 1 and not any(one.role == "rate" for one in local):
        for match in re.finditer("[,、]", text[start:end]):
            at = start + match.start() + 1
            before = [one for one in fixed if cuts[-1] <= one.start < at]
            after = [one for one in fixed if one.start >= at]
            if before and after and _LABEL_PAYS.fullmatch(text[at : after[0].start]):
                cuts.append(at)
    return list(zip(cuts, [*cuts[1:], end], strict=True))


def _tiers(offer: Offer) -> tuple[tuple[str, tuple[Figure, ...]], ...]:
    """The labels of a list of figures: 国家级、省级…分别给予150万元、80万元."""
    text = offer.plain.text
    runs: list[list[Figure]] = []
    for figure in offer.figures:
        if figure.role not in ("fixed", "cap", "rate"):
            continue
        if (
            runs
            and runs[-1][-1].role == figure.role
            and re.fullmatch(r"(?:的)?[、和及与,或]\s?", text[runs[-1][-1].end : figure.start])
        ):
            runs[-1].append(figure)
        else:
            runs.append([figure])
    runs = [run for run in runs if len(run) > 1]
    if not runs:
        return _labelled_caps(offer)
    first = runs[0]
    if any(len(run) != len(first) for run in runs):
        return ()
    labels = _labels(text[offer.context : first[0].start], len(first))
    return tuple((label, tuple(run[index] for run in runs)) for index, label in enumerate(labels))


def _labelled_caps(offer: Offer) -> tuple[tuple[str, tuple[Figure, ...]], ...]:
    """「行业级平台最高不超过300万元，企业级平台最高不超过100万元」: caps that each name their own thing."""
    caps = [one for one in offer.figures if one.role == "cap"]
    if len(caps) < 2:
        return ()
    out = []
    for cap in caps:
        before = re.split(r"[,、;。]", offer.plain.text[offer.start : cap.start])[-1]
        label = re.sub(r"(?:最高|不超过|给予|奖励|补助|补贴|额度|限额|可达|为|达)+.*$", "", before)
        out.append((label, (cap,)))
    if any(not label or re.match(r"单个|单户|每|同一|年度|累计|合计", label) for label, _ in out):
        return ()
    return tuple(out)


def _labels(before: str, count: int) -> list[str]:
    """The nearest enumeration of `count` members before a list of figures; empty labels if there is none."""
    words = re.sub(r"(?:分别|依次|各)[^、]{0,14}$|(?:给予|奖励|补助|补贴|资助|奖补)[^、]{0,8}$", "", before)
    best: list[str] = []
    for match in re.finditer(rf"[^,。;:、]+(?:[、和及或][^,。;:、和及或]+){{{count - 1}}}", words):
        members = re.split(r"[、和及或]", match[0])
        if len(members) == count:
            best = members
    if not best:
        return [""] * count
    best[0] = (
        re.sub(
            r"^.*(?:对|的|为|获得|获|通过|达到|列入|入选|认定|评为|首次|新|被|按照评定分级)(?=[^的]{1,12}$)",
            "",
            best[0],
        )
        or best[0]
    )
    best[-1] = re.sub(r"(?:的|等(?![奖级次])|认定|企业|单位|称号|项目|及以上).*$", "", best[-1]) or best[-1]
    return [label.strip() for label in best]


__all__ = ["Found", "Offer", "RuleText", "find"]
