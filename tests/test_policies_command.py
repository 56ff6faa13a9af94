"""`kedui policies` at the command line: what is listed and shown, and how faults of a folder are told.

The tables' life in the database is in test_publishing.py, the workbook in test_workbook.py.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from policies.loader import LIBRARY
from tests.test_commands import FACTORY, Run, inside, kedui, refused

__all__ = ["inside", "kedui"]  # fixtures


def test_policies_list_and_show(inside: Run) -> None:
    """The five documents with their state on a day; one of them; one that is not there."""
    listed = inside("policies", "list", "--as-of", "2026-02-01")
    assert (listed.returncode, listed.stderr) == (0, "")
    rows = {line.split("\t")[0]: line for line in listed.stdout.splitlines()}
    assert sorted(rows) == sorted(path.name for path in LIBRARY.iterdir() if path.is_dir())
    assert "2025-12-31" in rows["baotou"]
    assert "征求意见" in rows["guangxi"]
    shown = inside("policies", "show", "baotou")
    assert "baotou-4.2" in shown.stdout
    refused(inside("policies", "show", "baotuo"), "baotou")


def test_policies_check_of_good_tables(kedui: Run, library: Path) -> None:
    """The library is without fault, the own one and a copy of it."""
    for done in (kedui("policies", "check"), kedui("policies", "check", str(library))):
        assert (done.returncode, done.stderr) == (0, "")
        assert "5 个文件" in done.stdout


def test_policies_check_of_a_workbook(inside: Run, tmp_path: Path) -> None:
    """A workbook is checked among the published tables, and so is the CSV of a sheet; nothing is written."""
    assert inside("policies", "export", "book.xlsx", "--document", "baotou").returncode == 0
    done = inside("policies", "check", "book.xlsx", "--as-of", "2025-06-30")
    assert (done.returncode, done.stderr) == (0, "")
    assert "1 个文件" in done.stdout
    assert "都成立" in done.stdout
    assert inside("policies", "export", "条款.csv").returncode == 0
    found = (tmp_path / "条款.csv").read_text(encoding="utf-8-sig").replace("机器人及集成；", "机器人儿；", 1)
    (tmp_path / "条款.csv").write_text(found, encoding="utf-8-sig")
    broken = inside("policies", "check", "条款.csv")
    assert broken.returncode == 2
    assert "机器人儿" in broken.stderr
    assert not list(tmp_path.glob("*.db"))


@pytest.fixture
def library(tmp_path: Path) -> Path:
    """A copy of the library that may be broken."""
    copy = tmp_path / "library"
    shutil.copytree(LIBRARY, copy)
    return copy


BROKEN: dict[str, tuple[str, str, str, str, str]] = {
    "bad YAML": ("- id: baotou-4.1\n", "- id: [baotou-4.1\n", "", "YAML", ""),
    "an unknown key": ("  article: 四（一）1\n", "  artikel: 四（一）1\n", "baotou-4.1", "artikel", "。"),
    "a missing key": ("  title: 企业内外网络改造\n", "", "baotou-4.1", "title", "。"),
    "a wrong fact": ("is_chain_leader, is", "is_chain_leeder, is", "baotou-4.6a", "is_chain_leeder", "is_chain_leader"),
    "a wrong value": ("any: [industry]}", "any: [industri]}", "baotou-4.6a", "industri", "industry"),
    "a wrong activity": ("  takes: [cloud]\n", "  takes: [clouds]\n", "baotou-4.3", "clouds", "cloud"),
    "a wrong basis": ("{rate: 10%, of: spending}", "{rate: 10%, of: spendings}", "baotou-4.1", "spendings", ""),
    "a quote not there": (
        "提升生产装备的自动化、",
        "提升生产设备的自动化、",
        "baotou-4.2",
        "提升生产设备",
        "source.md",
    ),
    "an id twice": ("- id: baotou-4.2\n", "- id: baotou-4.1\n", "baotou-4.1", "重复", "编号"),
    "a wrong date": ("  from: 2024-04-25\n", "  from: 2024-13-25\n", "baotou", "2024-13-25", ""),
    "dates the wrong way round": ("  to: 2025-12-31\n", "  to: 2023-12-31\n", "baotou", "", "from"),
    "a place that is none": ("['150200']", "['159999']", "baotou", "159999", "150200"),
    "money in words": ("{amount: 500000, per", "{amount: 五十万, per", "baotou-4.1", "amount", ""),
    "a rate of a number": (
        "{rate: 10%, of: spending}",
        "{rate: 10%, of: workstation_count}",
        "baotou-4.1",
        "workstation_count",
        "unit",
    ),
    "netting of nothing": ("    levels: [national, province, city]\n", "", "baotou", "levels", "documents"),
    "a kind with other levels": (
        "document:\n",
        "declares: {kinds: [{value: cmmm, label: 成熟度, levels: [{value: 5, label: 五级}, {value: 1, label: 一级}]}]}\ndocument:\n",
        "",
        "cmmm",
        "换一个编号",
    ),
    "a rate in words": ("{rate: 10%, of: spending}", "{rate: 一成, of: spending}", "baotou-4.1", "rate", "15%"),
}
"""What is wrong: a text of baotou/policy.yaml, what stands there instead, the row, words of the fault and its remedy."""


@pytest.mark.parametrize("fault", BROKEN)
def test_policies_check_of_broken_tables(inside: Run, library: Path, fault: str) -> None:
    """Each fault names file, line and row, says what is wrong and what would be right; `assess` refuses the tables too."""
    right, wrong, row, said, remedy = BROKEN[fault]
    path = library / "baotou" / "policy.yaml"
    text = path.read_text(encoding="utf-8")
    assert right in text
    before, _, after = text.partition(right)
    path.write_text(before + wrong + after, encoding="utf-8")
    done = inside("policies", "check", str(library))
    assert (done.returncode, "Traceback" in done.stderr) == (2, False)
    faults = re.findall(r"^baotou/policy\.yaml 第(\d+)行(?:（(.*?)）)?：(.+)$", done.stderr, re.MULTILINE)
    assert faults, done.stderr
    changed = text[: len(before)].count("\n") + 1
    block = range(changed - 12, changed + 12)
    found = [
        words for line, own, words in faults if own == row and int(line) in block and said in words and remedy in words
    ]
    assert found, done.stderr
    used = inside("assess", "-", "--json", "--policies", str(library), stdin=FACTORY)
    assert (used.returncode, "Traceback" in used.stderr) == (2, False)


def test_policies_check_tells_every_fault(inside: Run, library: Path) -> None:
    """Faults of several documents at once, not the first alone."""
    for name, right, wrong in (
        ("baotou", "takes: [cloud]", "takes: [clouds]"),
        ("siyang", "siyang-3.1a", "siyang-3.1b"),
    ):
        path = library / name / "policy.yaml"
        path.write_text(path.read_text(encoding="utf-8").replace(right, wrong), encoding="utf-8")
    done = inside("policies", "check", str(library))
    assert done.returncode == 2
    assert "baotou/policy.yaml" in done.stderr
    assert "siyang/policy.yaml" in done.stderr


@pytest.mark.parametrize("name", ["policy.yaml", "source.md"])
def test_policies_check_of_a_folder_without_a_file(inside: Run, library: Path, name: str) -> None:
    """A document without its table, or without its text, in which no quote can stand."""
    (library / "baotou" / name).unlink()
    done = inside("policies", "check", str(library))
    assert done.returncode == 2
    assert "baotou/" in done.stderr
    assert "Traceback" not in done.stderr
