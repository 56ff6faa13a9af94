"""Which activities a sentence really tells: the speaker's own, not denied, not asked about and not what they sell."""

from __future__ import annotations

import re

from dialogs.understand.mentions import Mention
from dialogs.understand.scene import Clause, denied, denied_after

_AND = re.compile(
    r"\s*(?:[、/+&和与及加]|[(（](?:含|包括|包含)|以及|还有|跟|外加|再加|配|带)?\s*(?:了|一套|一批|一个|套|台)?\s*"
)


def is_done(mention: Mention, clause: Clause, text: str) -> bool:
    """Whether an activity is the speaker's own, not denied, not asked about and not what they sell."""
    if denied(text, mention.start) or denied_after(text, mention.end):
        return False
    before, after = text[clause.start : mention.start], text[mention.end : clause.end]
    if sold(mention, clause, text) or re.match(r"\s*(?:公司|厂家|供应商|厂商|展会|展览|协会|学院|概念|股)", after):
        return False
    if re.search(r"(?:什么是|啥是|什么叫|关于|想了解|想问一?下?)\s*$", before) or re.match(
        r"\s*(?:是什么|是啥|什么意思|怎么申|如何申|的?(?:补贴|政策|补助|奖补|条件))", after
    ):
        return False
    return not re.search(r"听说|据说", before)


def sold(mention: Mention, clause: Clause, text: str) -> bool:
    """Whether an activity is what the speaker sells, not what they did: 做MES软件的, 给企业上系统."""
    before, after = text[clause.start : mention.start], text[mention.end : clause.end]
    if re.search(r"给.{1,10}(?:做|上|装|开发|实施|部署|卖)\s*$", before):
        return True
    sells = re.match(
        r"\s*(?:软件|系统|平台|设备|产品|开发|集成)?(?:的?(?:公司|厂商|服务商|供应商|企业|厂家|厂$|开发商|集成商|销售|代理|研发和销售)|的$|软件的|系统的|开发的|集成的)",
        after,
    )
    made = re.search(r"(?:做|搞|卖|生产|研发|开发|销售|从事|提供|专业做|是做|主营)\s*$", before)
    return bool(sells and made and not re.search(r"已经|刚|正在|打算|准备|今年|去年|投|花", before))


def group_before(last: Mention, clause: Clause, text: str, told: set[Mention], owners: set[Mention]) -> list[Mention]:
    """The activities that end with `last` and are joined to it: 数据中台和工艺数字化."""
    group = [last]
    for other in reversed([m for m in clause.mentions if m in told and m.start < last.start]):
        if other in owners or not _AND.fullmatch(text, other.end, group[0].start):
            break
        group.insert(0, other)
    return group


def group_after(first: Mention, clause: Clause, text: str, told: set[Mention], owners: set[Mention]) -> list[Mention]:
    """The activities that begin with `first` and are joined to it: 投资1200万建设了MES和智能仓储."""
    group = [first]
    following = [m for m in clause.mentions if m.start > first.start]
    for index, other in enumerate(following):
        has_own = (
            index + 1 < len(following)
            and following[index + 1].type == "amount"
            and following[index + 1].start - other.end <= 2
        )
        if other not in told or other in owners or has_own or not _AND.fullmatch(text, group[-1].end, other.start):
            break
        group.append(other)
    return group
