"""An official does all of it at the workbook and the command line: enters a policy, changes one, takes a change back."""

from __future__ import annotations

import json
import re
import shlex
import shutil
from pathlib import Path

import pytest

from policies.loader import LIBRARY, load_files, read_files
from policies.workbook.reading import read_workbook
from policies.workbook.writing import write_template
from tests.officials import ID, fill, put
from tests.test_commands import Run, inside, process
from tests.test_publishing import good

__all__ = ["inside"]  # a fixture

DAY = ("--as-of", "2026-06-30")


@pytest.fixture(scope="module")
def entered(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder where the new policy was entered by the template alone, and published: `data` holds the database."""
    folder = tmp_path_factory.mktemp("office")
    kedui = process(folder)
    good(kedui("policies", "export", "新文件.xlsx", "--template"))
    fill(folder / "新文件.xlsx")
    told = good(kedui("policies", "import", "新文件.xlsx", *DAY))
    assert "- 新增事实 enterprise.energy_grade：能效水平" in told
    assert "林江市绿色工厂奖补办法" in told
    good(kedui("policies", "publish", "--reason", "新增林江绿色工厂办法"))
    return folder


@pytest.fixture
def published(inside: Run, entered: Path, tmp_path: Path) -> Run:
    """The command, in a folder of its own with a copy of that database."""
    shutil.copytree(entered / "data", tmp_path / "data")
    return inside


def conversation(kedui: Run, *said: str) -> list[dict[str, object]]:
    lines = "".join(json.dumps({"text": text}, ensure_ascii=False) + "\n" for text in said)
    return [json.loads(line) for line in good(kedui("chat", "--jsonl", *DAY, stdin=lines)).splitlines()]


def test_a_new_policy_is_asked_and_counted(published: Run) -> None:
    """Its fact, its activity, its kind and level are asked by their own words, and make the sum."""
    turns = conversation(
        published,
        "我们公司在衡阳市，做其他制造业，今年5月建成厂房屋顶光伏，投了900万",
        "省级绿色工厂，2026年5月拿的",
        "行业先进",
        "没有了",
        "没有了",
        "没有",
    )
    asked = [str(turn["asks"]) for turn in turns]
    assert "enterprise.energy_grade" in asked
    assert "单位产品能耗处在什么能效水平？" in str(turns[asked.index("enterprise.energy_grade")]["replies"])
    facts, last = turns[-1]["facts"], turns[-1]["assessment"]
    assert isinstance(facts, dict)
    assert facts["enterprise"]["energy_grade"] == "advanced"
    assert facts["projects"][0]["spending"][0]["activities"] == ["roof_solar"]
    assert facts["recognitions"] == [{"kind": "green_factory", "level": "province", "obtained_on": "2026-05-31"}]
    assert isinstance(last, dict)
    assert last["total_yuan"] == "1000000", "80万元 and 30万元, together at most 100万元"
    assert {award["clause"] for award in last["awards"]} == {f"{ID}-1", f"{ID}-2b"}


def test_why_is_answered_in_the_words_of_the_sheet(published: Run) -> None:
    """What the sheet says under 为什么问 is the answer to 为什么."""
    turns = conversation(
        published, "我们公司在衡阳市，做其他制造业，今年5月建成屋顶光伏，投了900万", "没有认定", "为什么问"
    )
    assert "屋顶光伏补助要求能效水平先进及以上" in str(turns[-1]["replies"])


PAGES = Path(__file__).parent.parent / "docs" / "officials"
STEP = re.compile(r"<!-- (fill|put): (.*?) -->|^```shell\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def test_the_pages_for_officials_are_true(tmp_path: Path) -> None:
    """Their steps, one page after the other in one office: each command prints what the page says.

    What a person does to the workbook between the commands stands in the pages as comments.
    """
    kedui = process(tmp_path)
    for page in ("add-a-document", "update-a-policy", "take-back", "read-the-check"):
        for hand, what, fence in STEP.findall((PAGES / f"{page}.md").read_text(encoding="utf-8")):
            if hand == "fill":
                fill(tmp_path / what)
            elif hand == "put":
                file, sheet, by, id_, header, value = what.split(" | ")
                put(tmp_path / file, sheet, by, id_, header, value.replace("\\n", "\n"))
            for part in re.split(r"^\$ kedui ", fence, flags=re.MULTILINE)[1:]:
                command, _, printed = part.partition("\n")
                words = shlex.split(command)
                done = kedui(*words, *(DAY if "import" in words else ()))
                said = re.sub(r"已比较 \d+\n", "", done.stderr + done.stdout).strip()
                pattern = re.escape(printed.strip()).replace("…", "(.|\n)*")
                assert re.fullmatch(pattern, said), f"{page}: $ kedui {command}\n{said}"


def test_pictures_are_small() -> None:
    """Each picture that the pages show is there, and loads over a slow line."""
    pages = "".join(page.read_text(encoding="utf-8") for page in PAGES.glob("*.md"))
    shown = set(re.findall(r"\]\((pictures/[^)]+)\)", pages))
    assert {path.relative_to(PAGES).as_posix() for path in PAGES.glob("pictures/*")} == shown
    assert all((PAGES / name).stat().st_size < 150_000 for name in shown)


def test_two_editors_do_not_overwrite_each_other(published: Run, tmp_path: Path) -> None:
    """A workbook that was exported before somebody else published the same document is refused."""
    for name in ("甲.xlsx", "乙.xlsx"):
        good(published("policies", "export", name, "--document", ID))
        put(tmp_path / name, "文件", "文件编号", ID, "联系方式", f"0734-{name}")
    good(published("policies", "import", "甲.xlsx", *DAY))
    good(published("policies", "publish", "--reason", "甲"))
    done = published("policies", "import", "乙.xlsx", *DAY)
    assert done.returncode == 2
    assert f"这本工作簿是从第2版导出的，现在已是第3版，期间有人改了 {ID}" in done.stderr


def test_the_template_takes_only_the_new_document(tmp_path: Path) -> None:
    """What is published stays as it is, byte for byte; the facts of the document are its own."""
    base = read_files(LIBRARY)
    write_template(base, tmp_path / "新.xlsx")
    fill(tmp_path / "新.xlsx")
    imported = read_workbook(tmp_path / "新.xlsx", base)
    assert {path: imported.files[path] for path in base} == base
    assert set(imported.given) == {f"{ID}/{name}" for name in ("policy.yaml", "cases.yaml", "source.md")}
    declares = load_files(imported.files).policies[ID].declares
    assert declares["facts"][0]["name"] == "energy_grade"
    assert declares["choices"]["activities"][0]["value"] == "roof_solar"
