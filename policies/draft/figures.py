"""Rates and amounts in official Chinese, each with its part in the sentence.

按照不超过项目实际投资额的15%、每户企业最高不超过100万元给予补助   rate 15%, cap 100万元
总投资在100万元以上的项目                                        threshold 100万元
分别给予20万元、30万元、40万元奖励                               fixed, three times
每平方米补助500元                                               unit 500元
最高不超过奖励金额的90%                                         factor 90%
占营业收入比重不低于5%                                          share 5% (a condition)
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from policies.money import Fen

Role = Literal["rate", "fixed", "cap", "unit", "threshold", "share", "factor", "fund"]


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


_DIGIT = (
    {char: value for value, char in enumerate("零一二三四五六七八九")}
    | {"〇": 0, "两": 2}
    | {char: value for value, char in enumerate("零壹贰叁肆伍陆柒捌玖")}
)
_UNIT = {"十": 10, "百": 100, "千": 1000, "万": 10**4, "亿": 10**8, "拾": 10, "佰": 100, "仟": 1000}
_NUMERAL = r"[零〇一二三四五六七八九两十百千万亿壹贰叁肆伍陆柒捌玖拾佰仟]+"
_NUMBER = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
_SCALE = r"(?:万亿|千万|百万|十万|亿|万|千|百)?"
_MONEY = re.compile(
    rf"(?P<low>{_NUMBER})(?P<lowscale>{_SCALE})元?[-—~～－至到](?P<high>{_NUMBER})(?P<highscale>{_SCALE})(?:人民币)?元"
    rf"|(?P<one>{_NUMBER})\s?(?P<scale>{_SCALE})\s?(?:人民币)?元"
    rf"|(?P<bare>{_NUMBER})(?P<barescale>万亿|千万|百万|十万|亿|万)(?![元名人家台套个件亩吨度千平户项册字部条处辆㎡mM只级月年天小次头份座组支株])"
    rf"|(?P<words>{_NUMERAL})元"
)
_RATE = re.compile(
    rf"(?P<number>{_NUMBER})\s?(?P<sign>[%％‰])|百分之(?P<words>[零〇一二三四五六七八九十百点]+)|(?P<half>一半|全额)"
)
_RATIO = re.compile(
    r"(?P<theirs>\d+(?:\.\d+)?)\s?[:：∶比]\s?(?P<ours>\d+(?:\.\d+)?)(?=的?比例?|配套|匹配|给予|进行|予以)"
)

_PAY = r"奖励|奖补|奖金|补助|补贴|资助|奖|补|给予|予以|支持|资金|发放|贴息|扶持|贴补|配套|安排|减免"
_UP_TO = re.compile(
    r"(?:最高|最多|至多|封顶|不超过|不超|不高于|不得超过|不得高于|上限|限额|控制在|以内|合计|累计|总额|总计)"
    r"(?:可|可达|可以|达|达到|为|是|给予|奖励|补助|补贴|资助|支持|奖补|获得|享受|不超过|不得超过|不高于|限额|额度|金额|资金|总额|按|的|一次性|:|：|人民币)*$"
)
_AT_LEAST_BEFORE = re.compile(
    r"(?:不低于|不少于|不小于|达到|达|超过|突破|大于|高于|多于|满|在|首次达到|首次突破|首次超过|介于|低于|少于|小于|不足|不满|新增|增加|每增加|每新增|每增|每满|增长|"
    r"增幅|增速|下降|降低|提高|提升|缴存|实缴|注册资本|注册资本金|销售额|销售收入|营业收入|主营业务收入|产值|投资额|总投资|投资总额|总投资额|投入|税收|纳税|收入|费用|合同额|成交额|估值|占比|比重|比例|比例达)"
    r"(?:总额|累计|首次|分别|额|为|在|达到|达|超过|不低于|不少于|突破|大于|高于|满|约|人民币)*$"
)
_AT_LEAST_AFTER = re.compile(
    r"^[(（]?(?:含|不含)?(?:本数)?[)）]?(?:及|\(?含\)?|（含）)*(?:以上|以下|以内|之间|起|及以上|及以下|以上的|的企业|的项目|的单位|的工业|的规上|的，|的,|的、|的;|的；|的:|的：|的$|门槛)"
)
_EACH = re.compile(
    r"(?:每(?:增加|新增|多|超|超过|超出|引进|培育|服务|新建|推荐|辅导|培训|完成|获得|通过)?(?:一|1)?(?:个|家|户|项|人|名|次|台|套|件|平方米|㎡|亩|吨|千瓦时|千瓦|度|标准煤|期|场|篇|款|人次|月|人每月|人月|工位|座|根|公里)[^,，。;；]{0,14})$"
)
_PER_AFTER = re.compile(
    r"^\s?[/／每](?:人|家|户|平方米|㎡|平米|月|年|亩|吨|台|套|项|个|件|次|度|千瓦时|千瓦|工位|期|场|kW|kw|KW|瓦|W)"
)
_OF_BASE = re.compile(
    r"^(?:的)?(?:比例|标准|额度|幅度)?(?:,|，|、)?(?:给予|予以|进行|实施|一次性|补助|补贴|奖励|资助|奖补|支持|贴息|配套|配比|拨付|叠加|加计|追加|再|标准|且|并|,|，|、|最高|单个|每|计算|核算|折算|确定|上浮|发放|奖|补|兑现)?"
)


def numeral(words: str) -> int:
    """五十万 → 500000."""
    total = section = digit = 0
    for char in words:
        if char in _DIGIT:
            digit = _DIGIT[char]
        elif char in "万亿":
            total = (total + section + digit) * _UNIT[char]
            section = digit = 0
        elif char in _UNIT:
            section += (digit or 1) * _UNIT[char]
            digit = 0
    return total + section + digit


def _scaled(number: str, scale: str | None) -> int:
    value = Decimal(number.replace(",", ""))
    factor = 1
    for char in scale or "":
        factor *= _UNIT[char]
    return int(value * factor * 100)


def figures(text: str) -> list[Figure]:
    """Every amount of money and rate of `text` (NFKC, simplified), in order, with its part."""
    found: list[Figure] = []
    for match in _MONEY.finditer(text):
        found += _money(text, match)
    for match in _RATE.finditer(text):
        figure = _rate(text, match)
        if figure is not None:
            found.append(figure)
    for match in _RATIO.finditer(text):
        value = Fraction(match["ours"]) / Fraction(match["theirs"]) if Fraction(match["theirs"]) else None
        if value is not None and re.search(
            r"配套|匹配|配比", text[match.end() : match.end() + 8] + text[: match.start()][-12:]
        ):
            found.append(Figure("rate", value, match[0], match.start(), match.end(), money=False, sure=False))
    found.sort(key=lambda one: one.start)
    return _lists(text, found)


def _money(text: str, match: re.Match[str]) -> list[Figure]:
    start, end = match.span()
    if match["low"] is not None:
        scale = match["highscale"]
        ends = (_scaled(match["low"], match["lowscale"] or scale), _scaled(match["high"], scale))
        role, sure = _money_role(text, start, end)
        role = "fixed" if role == "fixed" and sure else "threshold"
        return [Figure(role, value, match[0], start, end, True, sure and role == "threshold") for value in ends]
    if match["words"] is not None:
        if match["words"][0] in "万亿" or not re.search("[一二三四五六七八九两十壹贰叁肆伍陆柒捌玖拾]", match["words"]):
            return []
        value = numeral(match["words"]) * 100
    else:
        value = _scaled(match["one"] or match["bare"], match["scale"] or match["barescale"])
    role, sure = _money_role(text, start, end)
    return [Figure(role, value, match[0], start, end, True, sure)]


def _money_role(text: str, start: int, end: int) -> tuple[Role, bool]:
    """What an amount is, from the words around it."""
    before, after = text[max(0, start - 40) : start], text[end : end + 16]
    clause = re.split(r"[。;；,，]", before)[-1]
    capped = bool(_UP_TO.search(clause))
    paid_before = bool(re.search(rf"(?:{_PAY})[^,，。;；]{{0,6}}$", clause))
    if (
        re.match(r"^[(（]?(?:含|不含)?[)）]?(?:及|含)?(?:以上|以下|之间)|^[(（]含[^)）]*[)）]?(?:以上|以下)", after)
        and not capped
    ):
        return "threshold", True
    if re.search(r"每(?:增加|新增|增|满|超过|超出|超)[^,，。;；]{0,10}$", clause) and not re.search(
        rf"(?:{_PAY})[^,，。;；]{{0,4}}$", clause
    ):
        return "threshold", True
    if capped:
        if re.search(
            r"(?:投资|投入|营业收入|收入|产值|费用|注册资本)(?:总?额)?(?:不超过|不高于)$", clause
        ) and not re.search(_PAY, clause):
            return "threshold", False
        return "cap", True
    if re.search(rf"每(?:新增|增加|增|超过|超出|超|满|达到?)[^,，。;；]{{1,16}}(?:{_PAY})[^,，。;；]{{0,4}}$", clause):
        return "unit", True
    if _EACH.search(clause) or _PER_AFTER.match(after):
        return "unit", True
    if re.search(r"安排|设立|总规模|统筹", clause) and re.match(
        r"^(?:的)?[^,，。;；]{0,6}(?:专项|资金池|基金|财政资金)", after
    ):
        return "fund", True
    if paid_before:
        return "fixed", True
    if _AT_LEAST_BEFORE.search(clause):
        return "threshold", True
    if re.match(
        rf"^(?:的|人民币)?(?:一次性|资金|经费|配套|财政|额外|现金|专项|创业|研发|建设|运营|认定|后|入库|升级|达标|叠加|追加|的)*(?:{_PAY})",
        after,
    ):
        return "fixed", True
    if _AT_LEAST_AFTER.match(after):
        return "threshold", False
    return "fixed", False


def _rate(text: str, match: re.Match[str]) -> Figure | None:
    start, end = match.span()
    before, after = text[max(0, start - 40) : start], text[end : end + 16]
    clause = re.split(r"[。;；,，]", before)[-1]
    if match["half"] is not None:
        if match["half"] == "全额" and not re.match(r"^(?:给予|予以|补|奖|返还|贴)", after):
            return None
        if match["half"] == "一半" and not re.search(r"的$", clause):
            return None
        value = Fraction(1, 2) if match["half"] == "一半" else Fraction(1)
    elif match["words"] is not None:
        whole, _, part = match["words"].partition("点")
        value = Fraction(
            numeral(whole) * 10 ** len(part) + (int("".join(str(_DIGIT[c]) for c in part)) if part else 0),
            100 * 10 ** len(part),
        )
    else:
        value = Fraction(Decimal(match["number"].replace(",", ""))) / (1000 if match["sign"] == "‰" else 100)
    if re.match(r"^个?百分点", after) or (
        re.match(r"^(?:[(（]含[^)）]*[)）])?(?:及|\(含\))?(?:以上|以下|左右|的增|增长|的增速)", after)
    ):
        role: Role = "share"
    elif re.search(
        r"(?:最高|最多)?不(?:得)?超过(?:其|该|原|应)?(?:奖励|补助|补贴|奖补|支持|资助)(?:金额|资金|额度|总额)?的?$",
        clause,
    ) or re.search(r"(?:减按|下浮|扣减|扣除|上浮|按标准的?|降为|折为)[^,，]{0,6}$", clause):
        role = "factor"
    elif (
        re.search(r"(?:选取|评选|遴选|数量|名额|家数|比例)[^,，。;；]{0,10}不超过[^,，。;；]{0,12}$", clause)
        and re.match(r"^的?(?:企业|单位|项目)", after)
    ) or (
        re.search(
            r"(?:增长|增幅|增速|提高|提升|下降|降低|占比|比重|占[^,，。;；]{0,14}|达到|不低于|不少于|高于|低于|超过|率达?|增长率|达)(?:分别|均|约|达到|达|超过|不低于|为|在|的)*$",
            clause,
        )
        and not re.search(r"不超过[^,，。;；]*$", clause)
        and not re.match(rf"^的?(?:比例|标准)?(?:给予|予以|{_PAY})", after)
    ):
        role = "share"
    elif re.search(
        r"出资|持股|股权|利率|合格率|到位率|完成率|满意度|控股|拨付|预拨|首付|第[一二三]年|剩余", clause[-14:]
    ) and not re.search(_PAY, after[:8]):
        return Figure("share", value, match[0], start, end, False, False)
    else:
        role = "rate"
    return Figure(
        role,
        value,
        match[0],
        start,
        end,
        money=False,
        sure=bool(re.search(r"[按的]|不超过|以内", clause[-20:])) or role != "rate",
    )


def _lists(text: str, found: list[Figure]) -> list[Figure]:
    """The members of a list (30万元、50万元、70万元) play one part: that of its surest member."""
    groups: list[list[Figure]] = []
    for figure in found:
        if groups:
            last = groups[-1][-1]
            between = text[last.end : figure.start]
            if last.money == figure.money and re.fullmatch(r"(?:的)?[、和及与,，或]\s?(?:和|及)?", between):
                groups[-1].append(figure)
                continue
        groups.append([figure])
    out: list[Figure] = []
    for group in groups:
        if len(group) > 1 and len({one.role for one in group}) > 1:
            head = group[0]
            roles = [one.role for one in group]
            role = (
                head.role
                if head.sure and head.role in ("fixed", "cap", "unit", "rate", "threshold")
                else max(set(roles), key=roles.count)
            )
            group = [replace(one, role=role) for one in group]
        out += group
    return out


__all__ = ["Figure", "Role", "figures", "numeral"]
