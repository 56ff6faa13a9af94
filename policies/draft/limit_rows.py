"""The rows of sheet 限制与互斥: sentences that hold for several clauses."""

from __future__ import annotations

import re

from policies.draft.book import Draft, amount
from policies.draft.numbers import whole
from policies.draft.offers import RuleText
from policies.draft.outline import short_article, unnumbered
from policies.draft.plain import plain
from policies.words import say

_TYPES = {"joint_cap": "合计上限", "barred": "不予支持", "reduced": "打折兑现", "exclusive": "就高不重复"}
_COUNT = re.compile(r"(?:不超过|最多|限|只能(?:享受|申报)?)[^,。;\d一二两三]{0,8}(?P<n>\d|[一二两三])(?:个|项|次)")
_ONE_OF = re.compile(r"同一(?:项目|企业|事项|产品)[^,。;]*(?:只|择|不重复|不得重复)|择一|就高选择一项|选择其中一项")
_OF_PROJECT = re.compile("单个项目|同一项目|每个项目|同一事项")
_LEVELS = (("国家级", "国家|中央"), ("省级", "省|自治区"), ("市级", "市"), ("旗县区级", "县|旗|区级"))


def add_limit(number: int, rule: RuleText, out: Draft) -> None:
    """The row of a rule (rows, if it has several ceilings), marked as a guess."""
    id_ = f"{out.document}-r{number}"
    words = plain(rule.quote).text
    type_ = _TYPES[rule.kind]
    count = _COUNT.search(words)
    if rule.kind == "exclusive" and (count or _ONE_OF.search(words)):
        type_ = "最多几项"
    line = {
        "id": id_,
        "type": type_,
        "article": short_article(rule.article),
        "quote": rule.quote,
        "text": unnumbered(rule.quote),
    }
    per = "每个项目" if _OF_PROJECT.search(words) else "每户企业"
    caps = [amount(one) for one in rule.figures if one.role in ("cap", "rate")]
    if type_ == "合计上限":
        line |= {
            "per": per,
            "cap": caps[0] if caps else "",
            "cap_yearly": "是" if re.search("年度|每年", words) else "",
        }
    elif type_ == "最多几项":
        of = "项目" if re.search(r"支持\d*个?项目|个项目|项目(?:原则上)?不超过", words) else "奖补"
        line |= {"at_most": str(whole(count["n"])) if count else "1", "per": per, "of": of}
    elif type_ == "打折兑现":
        line["factor"] = next((amount(one) for one in rule.figures if not one.money), "")
    elif type_ == "就高不重复":
        line["levels"] = "；".join(name for name, pattern in _LEVELS if re.search(pattern, words))
    out.add("limits", line)
    for cap in caps[1:] if type_ == "合计上限" else ():
        out.add("limits", {**line, "cap": cap})
    if any(cap.endswith("%") for cap in caps) and type_ == "合计上限":
        out.doubt("limits", id_, "cap_of", "low", say("draft_doubt.cap_of"))
    said = {
        "joint_cap": say("draft_doubt.rule_joint_cap"),
        "barred": say("draft_doubt.rule_barred"),
        "reduced": say("draft_doubt.rule_reduced"),
        "exclusive": say("draft_doubt.rule_exclusive"),
    }
    out.doubt("limits", id_, "type", "low" if rule.kind == "exclusive" else "medium", said[rule.kind])
