"""What a text gives: offers with their figures, and rules that hold for several of them.

A segment that pays is an offer; one that only caps what stands before it belongs to that, and so does a further band of the
same thing (1000万元以上的，按10%); one that speaks of all (同一企业, 就高不重复) is a rule. A row of a table of standards pays.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from policies.draft.figures import Figure, figures
from policies.draft.lexicon import pattern
from policies.draft.outline import Paragraph, cells, outline
from policies.draft.plain import EDGES, Plain, plain
from policies.draft.segments import GIVES, Segment, segments
from policies.draft.tiers import Tiers, bands_of, tiers_of

_NUMBERLESS = re.compile(
    r"(?:给予|予以|享受)(?:一定|适当|相应|重点)[^,。;]{0,12}(?:支持|奖励|奖补|补助|补贴|资助|扶持)|一事一议|专题研究|按照?要求执行"
    r"|(?:根据|视|按照)[^,。;]{0,16}(?:给予|予以)(?:一定|适当|相应)?[^,。;]{0,6}(?:支持|奖励|奖补|补助|补贴|资助)"
)
_EXCLUSIVE = re.compile(
    r"就高|从高|从优|取高|不重复|不得重复|不再重复|重复享受|重复奖励|不累计|不叠加|可叠加|可以叠加|同时享受|择优|择一|只能享受|就低|不得同时"
    r"|补差|补足差额|差额部分|此前.{0,12}(?:为准|废止)|以本.{0,6}为准"
)
_AT_MOST = re.compile(
    r"原则上不超过\d+(?:个|项)|每年(?:度)?(?:最多|限|只能)[^,]{0,8}[\d一二两三]?(?:个|项)|最多支持\d+个"
)
_BARRED = re.compile(
    r"(?:不得|不能|不予|不再|取消|停止)(?:享受|申报|申请|受理|支持|给予|兑现|纳入|安排|奖励|补助|资格)"
)
_LATE = re.compile("逾期")
_CONDITIONS = re.compile("条件|(?:应|须|需)(?:当|要)?(?:同时)?(?:具备|符合|满足)")
_REDUCED = re.compile(r"视情兑现|减半|减按|下浮|扣减|核减|加倍")
_SHARED_COST = re.compile(
    r"按[^,。;]{0,12}(?:比例)?(?:共同)?(?:承担|分担|负担)|^[^,对]{0,12}(?:县|区|旗)[^,。;企业]{0,8}按[^,。;]{0,16}配套"
)
_OF_ALL = re.compile(
    r"^(?:其中,?)?(?:同一|单个|单户|单家|每家|每户|每个企业|各项|所有|上述|以上|获得各项|企业(?:年度|每年|享受|获得|所获)|年度|奖补|奖励|累计|合计)"
)
_OF_DOCUMENT = re.compile(r"本(?:政策|措施|办法|意见|细则|规定|条例|通知|方案)")
_CAPS_BEFORE = re.compile(
    r"^(?:其中,?)?(?:同一|单个|单户|单家|单项|单一|每家|每户|每个|每年|每|年度|累计|合计|最高|总额|上述|以上|补贴|奖励|补助|资助|支持|奖补|贴息)"
)
_LABEL_PAYS = re.compile(
    r"^(?!每|个|单个|单户|单家|最高|累计|年度|同一|不超过|其中每|并|再|且|给予|按|合计|总)[^,]{2,60}?(?:奖励|补助|补贴|资助|给予|奖补|最高不超过|最高|不超过|奖)[^,]{0,8}$"
)
_SUBJECT = re.compile(r"(?:对|针对|给予|支持|鼓励|凡|经|获|被|通过|新|首次|企业|机构|项目)")
_NOT_OVER = re.compile("不(?:得)?(?:超过|高于)|最高|以内")
_PAYS_BY = re.compile("按|给予|予以|比例")
_BY_STANDARD = re.compile(r"按[^,。;]{0,8}标准的?[^,。;]{1,8}执行")
_PLACED = re.compile(r"对|支持|鼓励|获|通过|企业|机构|项目")
_BAND = pattern(
    r"^(?:其中,?)?(?:<size>额?|<reached>|在|年|对)*\d[\d.]*(?:万|亿)?元?(?:\([^)]*\))?(?:以上|以下|至|到|-|—|~|的)"
)
_LEAD_PAYS = pattern("(?:<gives>|标准)[^条件材料情形程序要求]*[:：]$")
_STANDARDS = re.compile("标准|奖励|补助|补贴|奖补|资助|金额|额度|支持|限额|上限|比例")
_LIMITS = re.compile("限额|上限|最高")
_IN_UNIT = re.compile(r"[(（:](?:单位[:：]?)?(?P<unit>亿元|万元|元|%|％)")
_BARE_NUMBER = re.compile(r"\d[\d,.]*(?:-\d[\d,.]*)?")


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
    lead: str = ""
    """The plain words above the list of which it is an item."""
    name: str = ""
    """What its table row calls it."""
    bands: tuple[int, ...] = ()
    """Where each band of size begins, if it has several: 300万元以上的按8%；1000万元以上的按10%."""

    @property
    def quote(self) -> str:
        return self.plain.quote(self.start, self.end).strip(EDGES + "，,；;、 \u3000")

    @property
    def words(self) -> str:
        """The plain words, from those that say whom and what for."""
        return self.lead + self.plain.text[self.context : self.end]

    @property
    def paid(self) -> list[Figure]:
        return [one for one in self.figures if one.paid]

    @property
    def tiers(self) -> Tiers:
        """Label and figures of each tier, where one list of labels meets one list of figures, and of each band."""
        words = self.plain.text[self.context : self.end]
        if self.bands:
            return bands_of(self.plain.text[self.start : self.end], self.start, self.figures, self.bands)
        return tiers_of(words, self.context, self.figures)


@dataclass(frozen=True)
class RuleText:
    """A sentence that holds for more than one clause: exclusivity, a joint cap, who is barred, what is reduced, instalments."""

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
        if not paragraph.columns or not _row(paragraph, found):
            _Reading(paragraph, found).read()
    return found


class _Reading:
    """One paragraph, read segment by segment."""

    def __init__(self, paragraph: Paragraph, found: Found) -> None:
        self.paragraph, self.found = paragraph, found
        self.text = plain(paragraph.text)
        lead = plain(paragraph.lead).text
        self.lead = lead if _LEAD_PAYS.search(lead) else ""
        self.first = len(found.offers)
        """The first offer of this paragraph; there is one if the list is longer."""
        self.idle: int | None = None
        """Where the words begin that have not been used since the last offer."""

    def read(self) -> None:
        for segment in segments(self.text):
            self.segment(segment)

    @property
    def last(self) -> Offer | None:
        return self.found.offers[-1] if len(self.found.offers) > self.first else None

    def rule(self, kind: str, segment: Segment) -> None:
        self.found.rules.append(RuleText(kind, self.paragraph.article, segment.quote, segment.figures))

    def segment(self, one: Segment) -> None:
        """The first that fits: what a segment says decides where its figures go."""
        words, parts = one.words, one.parts()
        gives = bool(GIVES.search(words) or _BY_STANDARD.search(words) or self.lead)
        if self.ends_in_list(one) and not parts:
            self.idle = one.start if self.idle is None else self.idle
        elif _CONDITIONS.search(self.paragraph.lead or self.paragraph.heading) and not parts & {
            "fixed",
            "rate",
            "unit",
        }:
            self.rule("condition", one)
        elif any(figure.role == "instalment" for figure in one.figures) and not parts:
            self.rule("instalments", one)
        elif _LATE.search(words):
            self.idle = one.start if self.idle is None else self.idle
        elif _BARRED.search(words) and not parts & {"fixed", "rate"}:
            self.rule("barred", one)
        elif (_REDUCED.search(words) or any(figure.role == "factor" for figure in one.figures)) and not parts:
            self.rule("reduced", one)
        elif _SHARED_COST.search(one.bare):
            self.idle = one.start if self.idle is None else self.idle
        elif self.caps_all(one):
            self.rule("joint_cap", one)
            if _AT_MOST.search(words):
                self.rule("exclusive", one)
        elif self.caps_the_last(one):
            self.extend(one)
        elif gives and self.is_band(one):
            last = self.last
            assert last is not None
            self.extend(one, bands=(*(last.bands or (last.start,)), one.start))
        elif one.paid and gives:
            self.offer(one)
        elif re.match("同一", one.bare) and re.search("不(?:得)?超过|以内", one.bare) and not _EXCLUSIVE.search(words):
            self.rule("joint_cap", one)
        elif _EXCLUSIVE.search(words) or _AT_MOST.search(words):
            self.rule("exclusive", one)
        elif _NUMBERLESS.search(words):
            self.found.offers.append(self.made(one.start, one.end, one.figures, self.context(one)))
        elif self.idle is None:
            self.idle = one.start

    def ends_in_list(self, one: Segment) -> bool:
        """按照以下标准给予补助：, and the items follow."""
        return one.bare.endswith(":") and one.end == len(self.text.text)

    def caps_only(self, one: Segment) -> bool:
        rates = [one.before(figure) for figure in one.paid if figure.role == "rate"]
        bounded = all(_NOT_OVER.search(before) and not _PAYS_BY.search(before) for before in rates)
        return "cap" in one.parts() and one.parts() <= {"cap", "rate"} and bounded

    def caps_all(self, one: Segment) -> bool:
        """A ceiling over all clauses: of the whole document, or in a paragraph that gives nothing itself."""
        if not self.caps_only(one):
            return False
        of_all = any(_OF_ALL.match(one.before(figure)) for figure in one.paid) or _OF_ALL.match(one.bare)
        if _OF_DOCUMENT.search(one.words):
            return bool(of_all) or "同一" in one.words
        return bool(of_all) and self.last is None and not self.lead

    def caps_the_last(self, one: Segment) -> bool:
        return (
            self.caps_only(one)
            and self.last is not None
            and bool(_CAPS_BEFORE.match(one.bare))
            and not re.search("对[^,]{4,}的", one.bare)
        )

    def is_band(self, one: Segment) -> bool:
        """1000万元（含）以上的，按10%: the same thing for a larger project."""
        last = self.last
        if last is None or not _BAND.match(one.bare) or not one.paid:
            return False
        first = next((part for part in last.figures if part.paid), None)
        sized = any(part.role == "threshold" for part in last.figures)
        return sized and first is not None and first.role == one.paid[0].role

    def extend(self, one: Segment, bands: tuple[int, ...] | None = None) -> None:
        last = self.found.offers[-1]
        self.found.offers[-1] = replace(
            last, figures=(*last.figures, *one.figures), end=one.end, bands=last.bands if bands is None else bands
        )

    def context(self, one: Segment) -> int:
        return one.start if self.idle is None else self.idle

    def offer(self, one: Segment) -> None:
        """One offer, or one for each part of 「甲平台奖励150万元，乙平台奖励80万元」."""
        named = _SUBJECT.match(re.sub(r"^.{0,30}?[。.]", "", one.bare)[:12])
        placed = _PLACED.search(one.words[: max(1, one.paid[0].start - one.start)])
        about = one.start if named and placed else self.context(one)
        for number, (first, last) in enumerate(_parts(one)):
            own = tuple(figure for figure in one.figures if first <= figure.start < last)
            self.found.offers.append(self.made(first, last, own, about if number == 0 or about < one.start else first))
        self.idle = None
        if _EXCLUSIVE.search(one.words):
            self.found.rules.append(RuleText("exclusive", self.paragraph.article, one.quote))

    def made(self, start: int, end: int, own: tuple[Figure, ...], context: int) -> Offer:
        return Offer(self.paragraph.article, self.paragraph.heading, self.text, start, end, own, context, self.lead)


def _parts(one: Segment) -> Iterator[tuple[int, int]]:
    """The spans of a segment that each give a fixed sum for a thing of their own."""
    fixed = [figure for figure in one.figures if figure.role == "fixed"]
    start = one.start
    if "rate" not in one.parts():
        for match in re.finditer("[,、]", one.words):
            at = one.start + match.end()
            following = next((figure for figure in fixed if figure.start >= at), None)
            if (
                following is not None
                and following.start - at < 80
                and any(start <= figure.start < at for figure in fixed)
                and _LABEL_PAYS.fullmatch(one.text.text[at : following.start])
            ):
                yield start, at
                start = at
    yield start, one.end


# ---- tables ----


def _row(paragraph: Paragraph, found: Found) -> bool:
    """A row of a table of standards, as an offer; whether it was read so. Its headers stand before each cell."""
    columns, row = paragraph.columns, cells(paragraph.text)
    if not any(_STANDARDS.search(column) for column in columns):
        return False
    texts = [paragraph.text[start:end].strip() for start, end in row]
    if texts == list(columns) or len(columns) != len(row):
        return texts == list(columns)
    text = plain(paragraph.text)
    own: list[Figure] = []
    for column, (start, end) in zip(columns, row, strict=True):
        inside = [index for index, at in enumerate(text.at) if start <= at < end]
        if inside:
            own += _cell(plain(column).text, text.text[inside[0] : inside[-1] + 1], inside[0])
    if not any(one.paid for one in own):
        return False
    name = next((words for words in texts if re.search("[\u4e00-\u9fff]{2}", words) and not figures(words)), "")
    made = Offer(paragraph.article, paragraph.heading, text, 0, len(text.text), tuple(own), 0, "", plain(name).text)
    found.offers.append(made)
    return True


def _cell(column: str, words: str, at: int) -> Iterator[Figure]:
    """The figures of a cell; a bare number has the unit of its column: 奖励标准（万元）."""
    unit = _IN_UNIT.search(column)
    bare = unit is not None and _BARE_NUMBER.fullmatch(words) is not None
    read = words + unit["unit"].replace("％", "%") if unit and bare else words
    for one in figures(read, f"{column.split('(')[0]}:" if _STANDARDS.search(column) else ""):
        capped = one.money and one.role in ("fixed", "unit") and _LIMITS.search(column)
        yield replace(one, role="cap" if capped else one.role, start=at + one.start, end=at + min(one.end, len(words)))
