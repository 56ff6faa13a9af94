"""Faults of tables in the words of the workbook: what the check says of keys, said of columns."""

from __future__ import annotations

import re

from policies.errors import Fault
from policies.workbook.sheets import Sheet, sheets, words


def in_words(fault: Fault, sheet: Sheet) -> tuple[str, str]:
    """Text and remedy of a fault found in a policy.yaml, for someone who looks at a sheet."""
    text = re.sub(r"^[a-z_]+(?:\.\w+)+\s(?=\S)", "", fault.text)
    return _translated(text, sheet), _translated(fault.remedy, sheet)


_INSTEAD = (
    ("从 source.md 逐字复制", "在“原文”页找到这句话，逐字复制过来"),
    ("在 facts.yaml 或 declares 里先声明", "先在“事实”页写上它"),
    ("见 docs/how-to/add-a-fact.md", "对照“事实”页表头上的说明"),
    ("见 docs/reference/format.md", "对照表头上的说明"),
    ("核对 from 和 to", "核对施行日期和截止日期"),
)


def _translated(text: str, sheet: Sheet) -> str:
    for old, new in _INSTEAD:
        text = text.replace(old, new)
    headers = {column.key: column.header for one in sheets().values() for column in one.columns}
    headers |= {column.key: column.header for column in sheet.columns}
    said = {value: shown[0] for one in words().values() for value, shown in one.said.items() if len(value) > 2}
    more = {
        "tiers": "档位",
        "pays": "金额",
        "caps": "上限",
        "recognition": "认定",
        "declares": "“事实”页",
        "spending": "本条的投入",
    }
    known = {**said, **headers, **more}
    return re.sub(r"(?<![\w.-])[a-z_]{2,}(?![\w.-])", lambda match: known.get(match[0], match[0]), text)
