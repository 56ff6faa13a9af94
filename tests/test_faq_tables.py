"""Prepared answers are tables: what is wrong with one is said with file, line and remedy."""

from __future__ import annotations

import pytest

from policies.errors import TableError
from policies.loader import LIBRARY, Files, load_files, read_files

GOOD = """entries:
- id: benchmark-money
  about: [benchmark]
  asks: [标杆给多少钱, 评上标杆奖多少, 示范标杆有钱吗]
  answer: 市级、自治区级、国家级示范标杆或小灯塔分别奖30万、50万、70万元。
  clause: baotou-4.10
  quote: 按照就高但不重复原则给予30万元、50万元、70万元奖励
"""


@pytest.fixture
def files() -> dict[str, str]:
    return {
        name: text for name, text in read_files(LIBRARY).items() if not name.endswith(("faq.yaml", "glossary.yaml"))
    }


def faults(files: Files, text: str, name: str = "baotou/faq.yaml") -> str:
    with pytest.raises(TableError) as error:
        load_files({**files, name: text})
    return str(error.value)


def test_an_entry_is_part_of_the_tables(files: Files) -> None:
    """In a document's folder the document goes without saying."""
    tables = load_files({**files, "baotou/faq.yaml": GOOD})
    assert [(entry.id, entry.document) for entry in tables.faq] == [("benchmark-money", "baotou")]


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("、70万元奖励\n", "、80万元奖励\n", "原文里没有这句话"),
        ("clause: baotou-4.10", "clause: baotou-4.99", "没有条款 baotou-4.99"),
        (", 示范标杆有钱吗", "", "问法至少要 3 种"),
        (", 示范标杆有钱吗", ", 标杆，给多少钱？", "问法至少要 3 种"),
        ("about: [benchmark]", "about: [bench]", "about 里没有 bench"),
        ("  quote:", "  quotes:", "不认识的键"),
        ("  clause: baotou-4.10\n", "", "条文号"),
        ("answer: 市", "document: hohhot\n  answer: 市", "这里只放 baotou 的问答"),
    ],
)
def test_faults_teach(files: Files, old: str, new: str, told: str) -> None:
    """File, line, row and what is wrong."""
    assert old in GOOD
    text = faults(files, GOOD.replace(old, new))
    assert told in text
    assert text.startswith("baotou/faq.yaml 第")


def test_two_entries_do_not_share_an_id_or_a_way_of_asking(files: Files) -> None:
    """Else the question would be answered by chance."""
    text = faults(files, GOOD + GOOD.removeprefix("entries:\n"))
    assert "编号 benchmark-money 重复" in text
    other = GOOD.removeprefix("entries:\n").replace("benchmark-money", "other")
    assert "问法“标杆给多少钱”已在 benchmark-money 里" in faults(files, GOOD + other)


def test_the_glossary_names_the_document_it_cites(files: Files) -> None:
    """Beside the documents nothing goes without saying; without a quote an entry is marked as general."""
    assert "要写 document" in faults(files, GOOD, "glossary.yaml")
    bare = GOOD.split("  clause")[0]
    assert "general: true" in faults(files, bare, "glossary.yaml")
    assert load_files({**files, "glossary.yaml": bare + "  general: true\n"}).faq[0].document is None


@pytest.mark.parametrize("text", ["", "a", "entries: 1", "[]", "entries: [1]", "other: []"])
def test_something_else_altogether(files: Files, text: str) -> None:
    """A fault, never a traceback."""
    assert "glossary.yaml" in faults(files, text, "glossary.yaml")
