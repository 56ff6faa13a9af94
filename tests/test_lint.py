"""Warnings on tables: each kind of oddity is found where it is, and sound tables are left in peace."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from policies.errors import TableError
from policies.lint import lint
from policies.loader import LIBRARY, load_files, read_files

DAY = date(2025, 6, 30)
INVENTED = Path(__file__).parent / "data" / "invented"

TABLE = """\
document:
  id: qingshi
  title: 青石市奖补办法
  short: 青石办法
  level: city
  territory: ['150200']
  state: in_force
  from: 2025-01-01
  to: 2026-12-31
  applicants: [enterprise]
clauses:
- id: q-1
  article: 一
  title: 机器人
  quote: 原文
  for: project
  takes: [robots]
  pays: {rate: 10%, of: spending}
  caps: [{amount: 1000000, per: project}]
- id: q-2
  article: 二
  title: 自动化
  quote: 原文
  for: project
  takes: [robots]
  when: [{fact: build, is: upgrade}]
  pays: {rate: 20%, of: spending}
  caps: [{amount: 2000000, per: project}]
- id: q-3
  article: 三
  title: 贯标
  quote: 原文
  for: recognition
  kinds: [lianghua]
  tiers:
  - {id: q-3-i, level: 2A, pays: {fixed: 100000}}
  - {id: q-3-ii, level: 3A, pays: {fixed: 200000}}
  once: true
- id: q-4
  article: 四
  title: 投资分档
  quote: 原文
  for: project
  takes: [mfg_system]
  tiers:
  - {id: q-4-i, when: [{fact: total_investment_yuan, at_least: 1000000}, {fact: total_investment_yuan, less_than: 5000000}], pays: {fixed: 100000}}
  - {id: q-4-ii, when: [{fact: total_investment_yuan, at_least: 5000000}], pays: {fixed: 200000}}
limits:
- {id: q-cap, quote: 原文, over: [q-1, q-2], per: project, caps: [{amount: 2500000}], text: 合计不超过250万元。}
- {id: q-pick, quote: 原文, over: [q-1, q-2], per: project, at_most: 1, text: 只选一项。}
"""


def found(*changes: tuple[str, str], source: str = "原文") -> list[tuple[str, str]]:
    """Row and text of the findings on the table with some words replaced."""
    text = TABLE
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    tables = load_files({"qingshi/policy.yaml": text, "qingshi/source.md": source})
    return [(one.row, one.text) for one in lint(tables, DAY)]


def test_a_sound_table() -> None:
    """Nothing to say."""
    assert found() == []


ODD = {
    "a gap between tiers": ([("less_than: 5000000", "less_than: 3000000")], "q-4-ii", "300万元 到 500万元"),
    "an overlap of tiers": ([("less_than: 5000000", "less_than: 6000000")], "q-4-ii", "重叠"),
    "a tier that pays less": ([("pays: {fixed: 200000}}\n  once", "pays: {fixed: 90000}}\n  once")], "q-3-ii", "降到 9万元"),
    "a level without a tier": ([("level: 3A", "level: 4A")], "q-3", "没有自己的档次"),
    "a cap over a limit": ([("caps: [{amount: 1000000", "caps: [{amount: 3000000")], "q-1", "永远用不上"),
    "a cap over what is fixed": (
        [("pays: {rate: 10%, of: spending}\n  caps: [{amount: 1000000, per: project}]", "pays: {fixed: 5}\n  caps: [{amount: 9}]")],
        "q-1",
        "永远用不上",
    ),
    "a limit that never binds": ([("caps: [{amount: 2500000}]", "caps: [{amount: 9000000}]")], "q-cap", "永远用不上"),
    "a clause that never wins": (
        [("when: [{fact: build, is: upgrade}]\n  pays: {rate: 20%", "when: [{fact: build, is: upgrade}]\n  pays: {rate: 5%"),
         ("amount: 2000000", "amount: 1000000")],
        "q-2",
        "永远选不上",
    ),
    "conditions that exclude each other": (
        [("when: [{fact: build, is: upgrade}]", "when: [{fact: build, is: upgrade}, {fact: build, is: new}]")],
        "q-2",
        "永远不会适用",
    ),
    "nothing is paid": ([("rate: 10%, of: spending", "fixed: 0")], "q-1", "什么也不给"),
    "a pick of one": ([("over: [q-1, q-2], per: project, at_most", "over: [q-2], per: project, at_most")], "q-pick", "q-2"),
    "a document past its end": ([("to: 2026-12-31", "to: 2025-05-31")], "qingshi", "2025-05-31"),
    "no end": ([("  to: 2026-12-31\n", "")], "qingshi", "没有截止日"),
    "a declared fact that no row needs": (
        [("clauses:", "declares: {facts: [{name: x_yuan, of: enterprise, type: money, label: 某数, question: 多少？}]}\nclauses:")],
        "enterprise.x_yuan",
        "某数",
    ),
    "a fact that no question asks": (
        [("clauses:", "declares: {facts: [{name: x_yuan, of: enterprise, type: money, label: 某数, question: ''}]}\nclauses:")],
        "enterprise.x_yuan",
        "没有问题",
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", ODD)
def test_an_oddity_is_found(kind: str) -> None:
    """At its row, and no other row is complained of, but for the common cap that a lower amount may leave idle."""
    changes, row, word = ODD[kind]
    findings = found(*changes)
    assert findings[0][0] == row
    assert {one for one, _ in findings[1:]} <= {"q-cap"}, findings
    assert word in findings[0][1]


def test_an_exclusion_that_only_the_quote_names() -> None:
    """The text says 就高不重复, and no row does."""
    changes = [("title: 投资分档\n  quote: 原文", "title: 投资分档\n  quote: 分档奖励，就高不重复")]
    findings = found(*changes, source="原文 分档奖励，就高不重复")
    assert findings == [("q-4", findings[0][1])]
    assert "就高不重复" in findings[0][1]


def test_an_exclusion_named_on_one_side() -> None:
    """Baotou nets what the region pays; the region's guide does not say so."""
    findings = lint(load_files(read_files(LIBRARY)), DAY)
    assert ("baotou", "netting") in {(one.document, one.row) for one in findings}


def test_the_library_has_no_other_warning() -> None:
    """What is left is true of the documents: ends, an end not stated, one-sided exclusions."""
    findings = {(one.document, one.row) for one in lint(load_files(read_files(LIBRARY)), DAY)}
    assert findings == {
        *(("baotou", "netting"), ("hohhot", "netting")),
        *(("innermongolia", "innermongolia"), ("siyang", "siyang")),
    }
    assert {one.row for one in lint(load_files(read_files(INVENTED)), DAY)} <= {"netting", *_ids()}


def _ids() -> set[str]:
    return set(load_files(read_files(INVENTED)).policies)


REFUSED = {
    "a rate over 100%": ("rate: 10%", "rate: 15", "1500%"),
    "a negative amount": ("amount: 1000000", "amount: -1", "负数"),
    "at most none": ("at_most: 1", "at_most: 0", "at_most"),
    "a fact out of reach": ("of: spending", "of: first_edition_software_sales_yuanx", "没有事实"),
    "a cap of no money": ("caps: [{amount: 2500000}]", "caps: [{rate: 20%, of: completed_on}]", "completed_on"),
    "a limit of no fact": ("caps: [{amount: 2500000}]", "caps: [{rate: 20%, of: nothing_yuan}]", "nothing_yuan"),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_what_could_not_be_computed_is_refused(kind: str) -> None:
    """A fault and no warning, with the line: no bot must stumble over it."""
    old, new, word = REFUSED[kind]
    with pytest.raises(TableError, match=r"qingshi/policy.yaml 第\d+行") as told:
        found((old, new))
    assert word in str(told.value)
