"""The words of the drop-down lists (sheet 选项): closed sets, facts, and the values of facts and kinds by name."""

from __future__ import annotations

from policies.facts import Vocabulary
from policies.workbook.sheets import Column, Sheet, say, words

Columns = dict[str, list[str]]
"""Columns of the sheet 选项 by header."""

_CLOSED = {
    "body": "机关级别",
    "state": "文件状态",
    "applicant": "申报主体种类",
    "for": "按什么给",
    "strength": "力度",
    "dated": "时间要求",
    "already_paid": "以前得过",
    "shown_when": "何时列出",
    "cap_per": "上限按谁算",
    "per": "限制按谁算",
    "pick": "数什么",
    "used": "采用",
    "several": "有几个才说",
    "leaves": "得过的怎么扣",
    "limit": "规则类型",
    "form": "算法",
    "test": "判断",
    "entry": "事实类别",
    "scope": "谁的",
    "fact_type": "怎么回答",
}
_FACTS, _BASES, _ACTIVITIES, _KINDS, _OWNERS = "事实", "计算基数", "建设内容", "认定", "选项和级别属于"


def columns(vocabulary: Vocabulary) -> Columns:
    """All lists, in the order of their columns."""
    facts = list(vocabulary.facts.values())
    out: Columns = {header: words()[name].shown() for name, header in _CLOSED.items()}
    out[_FACTS] = [*dict.fromkeys(fact.label for fact in facts), say("kinds")]
    out[_BASES] = [say("spending"), *dict.fromkeys(f.label for f in facts if f.type in ("money", "number"))]
    out[_ACTIVITIES] = [choice.label for choice in vocabulary.activities.choices]
    out[_KINDS] = [kind.label for kind in vocabulary.kinds.values()]
    out[_OWNERS] = [*(fact.label for fact in facts if fact.choices), *out[_KINDS]]
    for fact in facts:
        if fact.choices and fact != vocabulary.activities:
            out[f"选项：{fact.label}"] = [choice.label for choice in fact.choices]
    for kind in vocabulary.kinds.values():
        out[f"级别：{kind.label}"] = [level.label for level in kind.levels]
    return out


def name_for(sheet: Sheet, column: Column) -> str:
    """The list that a column of a sheet takes its words from; "" for none."""
    if column.words:
        return _CLOSED[column.words]
    if (sheet.key, column.key) == ("facts", "belongs"):
        return _OWNERS
    if column.kind == "base":
        return _BASES
    return {"activities": _ACTIVITIES, "kinds": _KINDS}.get(column.kind, _FACTS if column.key == "fact" else "")
