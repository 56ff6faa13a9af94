"""The tiers of an offer: which label goes with which amount of a list.

国家级、省级企业技术中心，分别奖励200万元和60万元        国家级 200万元, 省级 60万元
300万元以上的按8%，1000万元以上的按10%                two bands, each with its rate
"""

from __future__ import annotations

import re

from policies.draft.figures import Figure, Role
from policies.draft.lexicon import pattern

Tiers = tuple[tuple[str, tuple[Figure, ...]], ...]
"""Label and figures of each tier; an empty label is for a person to fill in."""

_LISTED: tuple[Role, ...] = ("fixed", "cap", "rate", "unit")
_JOINED = re.compile(r"(?:的)?[、和及与,或]")
_BEFORE_LIST = pattern("(?:分别|依次|各)[^、]{0,16}$|<pay>[^、]{0,8}$")
_BEFORE_FIRST = re.compile(
    "^.*(?:对|的|为|获得|获评|获批|获|通过|达到|列入|入选|认定|评为|评定|首次|新|被|按照评定分级|在)(?=[^的]{1,14}$)"
)
_AFTER_LAST = re.compile("(?:的|等(?![奖级次])|认定|称号|及以上|且).*$")
_GRADE = re.compile("国家|自治区|省|市|区|县|旗|等奖|[级类档等]$")
_SHARED = re.compile("^(?:单个|单户|每|同一|年度|累计|合计)")


def tiers_of(words: str, offset: int, figures: tuple[Figure, ...]) -> Tiers:
    """The tiers of an offer whose `words` begin at `offset` of the paragraph in which its figures are counted."""
    runs: list[list[Figure]] = []
    for figure in figures:
        if figure.role not in _LISTED:
            continue
        last = runs[-1][-1] if runs else None
        if last and last.role == figure.role and _JOINED.fullmatch(words[last.end - offset : figure.start - offset]):
            runs[-1].append(figure)
        else:
            runs.append([figure])
    runs = [run for run in runs if len(run) > 1]
    if not runs:
        return _labelled(words, offset, figures)
    first = runs[0]
    if any(len(run) != len(first) for run in runs):
        return ()
    labels = _labels(words[: first[0].start - offset], len(first))
    return tuple((label, tuple(run[index] for run in runs)) for index, label in enumerate(labels))


def _labelled(words: str, offset: int, figures: tuple[Figure, ...]) -> Tiers:
    """「行业级平台最高不超过300万元，企业级平台最高不超过100万元」: caps, or fixed sums, that each name their own thing."""
    if any(one.role in ("rate", "unit") for one in figures):
        return ()
    caps = [one for one in figures if one.role == "cap" and one.money]
    fixed = [one for one in figures if one.role == "fixed"]
    own = caps if len(caps) > 1 else fixed if len(fixed) > 1 and not caps else []
    out = []
    for one in own:
        before = re.split(r"[,、;。:]", words[: one.start - offset])[-1]
        label = re.sub(r"(?:最高|不超过|给予|奖励|补助|补贴|额度|限额|可达|为|达|一次性|的)+.*$", "", before)
        out.append((label, (one,)))
    if any(not label or _SHARED.match(label) for label, _ in out):
        return ()
    return tuple(out) if own is caps or all(_GRADE.search(label) for label, _ in out) else ()


def _labels(before: str, count: int) -> list[str]:
    """The nearest enumeration of `count` members before a list of figures; empty labels if there is none."""
    words = _BEFORE_LIST.sub("", before)
    best: list[str] = []
    for match in re.finditer(rf"[^,。;:、]+(?:[、和及或][^,。;:、和及或]+){{{count - 1}}}", words):
        members = re.split(r"[、和及或]", match[0])
        if len(members) == count:
            best = members
    if not best:
        return [""] * count
    tail = _AFTER_LAST.sub("", best[-1]) or best[-1]
    return _alike([_BEFORE_FIRST.sub("", best[0]) or best[0], *best[1:-1], tail])


_SIZE = re.compile(r"(?P<verb>.*?(?:突破|达到|超过|满))?\d")
_PLACE = re.compile(r"(?P<rank>[一二三四五六]|\dA?)(?P<what>(?:等奖|等|星级|[级类档]).*)")
_RANK = re.compile(
    "(?P<rank>国家级|国家|自治区级|自治区|国际|国内|省内|市内|省级|省|盟市级|盟市|盟级|市级|市|区级|县级)(?P<what>.*)"
)


def _alike(labels: list[str]) -> list[str]:
    """What one label leaves to another is said in each: 国家级、省级企业技术中心; 一、二、三等奖; 突破5亿元、10亿元."""
    first, last = labels[0], labels[-1]
    size = _SIZE.match(first)
    if size and size["verb"] and all(label[0].isdigit() for label in labels[1:]):
        return [first, *(size["verb"] + label for label in labels[1:])]
    for form in (_PLACE, _RANK):
        whole = form.fullmatch(last)
        ranks = [form.fullmatch(label + (whole["what"] if whole else "")) for label in labels[:-1]]
        if whole and whole["what"] and all(ranks) and all(len(label) <= 4 for label in labels[:-1]):
            return [*(label + whole["what"] for label in labels[:-1]), last]
    return labels


def bands_of(words: str, offset: int, figures: tuple[Figure, ...], starts: tuple[int, ...]) -> Tiers:
    """A tier for each part that begins at one of `starts`, named by the words before its first amount."""
    out = []
    for start, end in zip(starts, [*starts[1:], offset + len(words)], strict=True):
        own = tuple(one for one in figures if start <= one.start < end and one.paid)
        if not own:
            return ()
        label = re.sub("(?:,|的?,?按).*$", "", words[start - offset : own[0].start - offset])
        label = re.sub(
            "的?(?:技术改造|技改|新建)?(?:项目|企业)?的?$",
            "",
            re.sub("^.*?(?:对|[(（][一二三四五六七八九十][)）])", "", label),
        )
        out.append((label, own))
    return tuple(out)
