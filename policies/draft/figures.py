"""What each number of a sentence is for.

按照不超过项目实际投资额的15%、每户企业最高不超过100万元给予补助   rate 15%, cap 100万元
总投资在100万元以上的项目                                        threshold 100万元
分别给予20万元、30万元、40万元奖励                               fixed, three times
每平方米补助500元                                               unit 500元
最高不超过奖励金额的90%                                         factor 90%
占营业收入比重不低于5%                                          share 5% (a condition)
验收后拨付30%                                                  instalment 30%

The tables MONEY and RATES below are read from the top: the first rule whose words stand around a number gives its part.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Literal

from policies.draft.lexicon import pattern
from policies.draft.numbers import Number, numbers
from policies.money import Fen

Role = Literal["rate", "fixed", "cap", "unit", "threshold", "share", "factor", "fund", "instalment"]
PAID: tuple[Role, ...] = ("rate", "fixed", "cap", "unit")
"""The parts that say how much is given."""


@dataclass(frozen=True)
class Figure:
    """One number of a sentence. `value`: fen for money, a fraction for rates. `words` stand at [start, end)."""

    role: Role
    value: Fen | Fraction
    words: str
    start: int
    end: int
    money: bool
    sure: bool = True
    """False: the role is the likeliest, and a person should look."""

    @property
    def paid(self) -> bool:
        return self.role in PAID


class Rule:
    """A part, and the words that give it away.

    before    ends where the number begins, within its clause (from the last comma on)
    after     begins where the number ends
    previous  stands in the clause before
    unless    must not be found before it, within its clause
    but       must not follow it
    """

    def __init__(
        self, role: Role, *, before: str = "", after: str = "", previous: str = "", unless: str = "", but: str = "",
        sure: bool = True,
    ) -> None:  # fmt: skip
        self.role, self.sure = role, sure
        self._before = pattern(f"(?:{before})$") if before else None
        self._after = pattern(after) if after else None
        self._previous = pattern(previous) if previous else None
        self._unless = pattern(unless) if unless else None
        self._but = pattern(but) if but else None

    def fits(self, before: str, after: str, previous: str) -> bool:
        return (
            (self._before is None or self._before.search(before) is not None)
            and (self._after is None or self._after.match(after) is not None)
            and (self._previous is None or self._previous.search(previous) is not None)
            and (self._unless is None or self._unless.search(before) is None)
            and (self._but is None or self._but.match(after) is None)
        )


_UP_TO = "<ceiling><ceiling_filler>*"
_BOUND = r"(?:[/每]<per>)? (?:\([^)]{0,4}含[^)]{0,4}\)|\(含|含\)?)? (?:及|含)? (?:以上|以下|之间)"
_PAID_NEXT = r"(?:的)?(?:比例|标准|额度|幅度)?,?(?:<pay>)"
_STEP = "每(?:新增|增加|增|超过|超出|超|满|达到?|提高|上升|多)"

MONEY = (
    # 加价0.3元, 处以5万元罚款
    Rule("threshold", before="<penalty>[^,]*", unless="<penalty>[^,]*<pay>[^,]*$"),
    Rule("threshold", after="[^,。;]{0,4}<penalty>"),
    # 500万元以上, 500万元（含）以下; but 最高100万元以下 is still a cap
    Rule("threshold", after=_BOUND, unless=rf"(?:{_UP_TO})$"),
    # 每增加10亿元再奖励…: the step, not what is paid for it
    Rule("threshold", before=rf"{_STEP}[^,]{{0,10}}", unless="<pay>[^,]{0,4}$"),
    # 总投资不超过5000万元的项目
    Rule("threshold", before="<size>(?:总?额)?(?:不超过|不高于)", unless="<pay>", sure=False),
    # 申报资金低于1万元的
    Rule("threshold", before="(?:低于|少于|不足|不满|不到)"),
    # 最高不超过100万元
    Rule("cap", before=_UP_TO),
    # 300万元封顶, 100万元以内的奖励
    Rule("cap", after="封顶|为上限|为限|为最高"),
    Rule("cap", before="<pay>[^,]{0,8}", after="(?:\\(含\\))?以内"),
    # 每户奖励15万元: the firm itself, so a fixed sum
    Rule("fixed", before="(?:每家|每户|单户|(?:每家|每户|每个|单个)(?:企业|单位|机构|项目)) (?:另行|分别|再|按照?|一次性|<pay>){1,4}",
         unless="(?:引进|新增|服务|培育|诊断)[^,]*$"),
    Rule("fixed", after="[/每](?:家|户)(?!次)"),
    # 每新增1家奖励5万元; 每增加10亿元，再奖励20万元; 每成功引进1名人才，给予1万元
    Rule("unit", before=rf"{_STEP}[^,]{{1,16}}<pay>[^,]{{0,4}}"),
    Rule("unit", before="^(?:再|另|另外|额外|给予|予以|按照?|一次性)*[^,]{0,6}<pay>{1,2}[^,]{0,2}", previous=rf"{_STEP}[^,]{{1,16}}$"),
    Rule("unit", before="^(?:再|另|另外|额外|给予|予以|按照?|一次性)*[^,]{0,6}<pay>{1,2}[^,]{0,2}",
         previous="每[^,年月]{1,8}(?:1|一)(?:家|个|名|位|项|件|台|套|人|场|期|户)[^,]{0,24}$"),
    # 每引进1家 20万元, 每个标准展位500元, 每人每月2000元
    Rule("unit", before="每[^,年月家户]{1,6}(?:1|一)(?:家|个|名|位|项|件|户)[^,]{0,10}<pay>[^,]{0,2}"),
    Rule("unit", before="每(?:增加|新增|多|超|引进|培育|服务|新建|推荐|辅导|培训|完成|获得|通过|招收)?(?:一|1)?(?:<counted>|月|人每月|人月)[^,]{0,14}"),
    # 亩均税收15万元/亩的企业
    Rule("threshold", before="<reached><reached_filler>*", after="[/每]<per>(?:的|,)", unless="<pay>"),
    # 15元/平方米, 4000元每人
    Rule("unit", after="[/每]<per>"),
    # 安排5000万元专项资金
    Rule("fund", before="(?:安排|设立|统筹)[^,]*", after="(?:资金)?用于"),
    Rule("fund", before="(?:安排|设立|总规模|统筹|规模)[^,]*", after="(?:的)?[^,。;]{0,6}(?:专项|资金池|基金|财政资金)"),
    # 给予50万元
    Rule("fixed", before="<pay>[^,]{0,6}"),
    # 首次突破5亿元
    Rule("threshold", before="(?:首次)?<reached><reached_filler>*"),
    # 50万元奖励
    Rule("fixed", after="<pay_filler>*<pay>"),
    # 5000万元的企业
    Rule("threshold", after=r"(?:\(不?含(?:本数)?\))?(?:及|含)?(?:以内|起|的(?:企业|项目|单位|工业|规上)|的[,、;:]|的$|门槛)", sure=False),
    Rule("fixed", sure=False),
)  # fmt: skip

RATES = (
    # fines: 处以10%的罚款；加收5%的违约金
    Rule("share", before="<penalty>[^,]*"),
    Rule("share", after="[^,。;]{0,4}<penalty>"),
    # 验收后拨付30%, 剩余40%
    Rule("instalment", before="(?:<paid_out>|其余|剩余|余下)[^,]{0,8}", but="(?:的)?(?:比例|标准)?(?:给予|予以)?(?:奖|补|贴)",
         unless="实际支付"),  # 按实际支付利息的60%
    Rule("instalment", after="[^,。;]{0,4}<paid_out>", unless="按|给予|予以"),
    # a bound: 20%以上；5%左右
    Rule("share", after=rf"{_BOUND}|(?:\([^)]*\))?(?:左右|的增|增长|的增速)"),
    # 最高不超过奖励金额的90%, 按标准的80%, 减按50%
    Rule("factor", before="(?:最高|最多)?不(?:得)?超过(?:其|该|原|应)?(?:奖励|补助|补贴|奖补|支持|资助)(?:金额|资金|额度|总额)?的?"),
    Rule("factor", before="(?:减按|下浮|扣减|扣除|降为|折为)[^,]{0,6}"),
    # 评选数量不超过申报企业的30%
    Rule("share", before="(?:选取|评选|遴选|数量|名额|家数|比例)[^,]{0,10}不超过[^,]{0,12}", after="的?(?:企业|单位|项目)"),
    # what others hold or charge: 担保费率不超过1%的
    Rule("share", before="<owned>[^,]{0,8}", unless="按", but=_PAID_NEXT),
    # 增长20%, 占营业收入比重达到3%
    Rule("share", before="(?:<share_of>|占[^,]{0,14}|率)(?:分别|均|约|达到|达|超过|不低于|不高于|为|在|的)*",
         unless="(?:不超过|最高)[^,]*$|按[^,]{0,16}(?:不低于|达到|率的?)$", but=_PAID_NEXT),
    Rule("share", before="(?:占[^,]{2,20}|比重|比例)(?:不低于|不高于|超过|达到|低于)", but="的?(?:比例|标准)?(?:给予|予以)"),
    Rule("rate", before="(?:[按的]|不超过)[^,]{0,18}"),
    Rule("rate", sure=False),
)  # fmt: skip

POINTS = (
    # 补助比例上浮2个百分点; 按1.5个百分点给予贴息
    Rule("rate", before="(?:上浮|再提高|再增加|上调|增加)[^,]{0,4}", sure=False),
    Rule("rate", after="[^,。;]{0,6}(?:贴息|补助|补贴|奖励|给予|予以)"),
    Rule("share"),
)


def figures(text: str, lead: str = "") -> list[Figure]:
    """Every amount and rate of `text` (plain), in order, with its part. `lead`: words that stand before it elsewhere."""
    whole, shift = lead + text, len(lead)
    found = [_figure(whole, one) for one in numbers(whole) if one.start >= shift]
    out = _lists(whole, _rest_in_parts(whole, _shares_that_cap(whole, found)))
    return [replace(one, start=one.start - shift, end=one.end - shift) for one in out]


def _figure(text: str, one: Number) -> Figure:
    sentence = re.split("[。;]", text[max(0, one.start - 80) : one.start])[-1]
    *earlier, before = sentence.split(",")
    after, previous = text[one.end : one.end + 24], earlier[-1] if earlier else ""
    rules = {"points": POINTS, "rate": RATES, "ratio": RATES}.get(one.kind, MONEY)
    rule = next(rule for rule in rules if rule.fits(before, after, previous))
    role, sure = rule.role, rule.sure and one.kind != "ratio"
    if one.kind == "range":  # 300—500万元 is a band of size, unless it is plainly paid
        role, sure = ("fixed", False) if role == "fixed" and sure else ("threshold", role == "threshold")
    return Figure(role, one.value, one.words, one.start, one.end, one.money, sure)


_CAPS_BY_SHARE = pattern("(?:不(?:得)?(?:超过|高于|超)|上限为?)[^,。;]{2,20}的$")


def _shares_that_cap(text: str, found: list[Figure]) -> list[Figure]:
    """每平方米补助1500元，总额不超过装修费用的50%: beside another payment such a rate is a ceiling."""
    out: list[Figure] = []
    for one in found:
        clause = re.split("[。;,]", text[max(0, one.start - 80) : one.start])[-1]
        others = any(other.role in ("rate", "fixed", "unit") for other in found if other.start < one.start)
        caps = one.role == "rate" and others and _CAPS_BY_SHARE.search(clause) and "按" not in clause
        out.append(replace(one, role="cap", sure=False) if caps else one)
    return out


def _rest_in_parts(text: str, found: list[Figure]) -> list[Figure]:
    """按40%、30%、30%分三年兑现: rates beside each other that make 100% and are paid out."""
    rates = [one for one in found if not one.money and one.role in ("rate", "instalment", "share")]
    if len(rates) < 2 or sum(one.value for one in rates) != 1:
        return found
    around = text[max(0, rates[0].start - 16) : rates[-1].end + 12]
    if not pattern("<paid_out>").search(around):
        return found
    return [replace(one, role="instalment", sure=True) if one in rates else one for one in found]


_JOINED = re.compile(r"(?:\([^)]{0,6}\))?(?:的)?[、和及与,或](?:和|及)?")
_LEADS: tuple[Role, ...] = ("fixed", "cap", "unit", "rate", "threshold")


def _lists(text: str, found: list[Figure]) -> list[Figure]:
    """The members of a list (30万元、50万元、70万元) play one part: that of its first, if that is sure, else of the most."""
    groups: list[list[Figure]] = []
    for figure in found:
        last = groups[-1][-1] if groups else None
        if last and last.money == figure.money and _JOINED.fullmatch(text[last.end : figure.start]):
            groups[-1].append(figure)
        else:
            groups.append([figure])
    out: list[Figure] = []
    for group in groups:
        roles = [one.role for one in group]
        first = group[0]
        leads = first.sure and first.role in _LEADS
        role = first.role if leads else max(roles, key=roles.count)
        out += [replace(one, role=role, sure=leads or one.sure) for one in group]
    return out
