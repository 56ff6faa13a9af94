"""The documentation is true: its reference is generated, its links lead somewhere, its examples run.

In a page, a fence whose head names a file (```yaml factory.yaml) is that file; a fence ```console holds commands after
`$ ` and what they print, where `…` stands for anything. A page's fences run in order in an empty folder.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from docs import generate

ROOT = Path(__file__).parent.parent
PAGES = sorted([*(ROOT / "docs").rglob("*.md"), *ROOT.glob("*.md")])
FENCE = re.compile(r"^```(\w*) ?([\w./-]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def name_of(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def test_the_reference_is_up_to_date() -> None:
    """`make docs` would change nothing."""
    assert generate.stale() == [], "run `make docs` and read the diff"


def anchors(page: Path) -> set[str]:
    """The names of a page's headings, as GitHub makes them."""
    text = FENCE.sub("", page.read_text(encoding="utf-8"))
    heads = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).strip().replace(" ", "-") for head in heads}


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_links_lead_somewhere(page: Path) -> None:
    """Each link within the repository names a file that is there, and a heading that is in it."""
    text = re.sub(r"`[^`\n]*`", "", FENCE.sub("", page.read_text(encoding="utf-8")))
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if re.match(r"[a-z]+:", target):
            continue
        file, _, anchor = target.partition("#")
        found = (page.parent / file).resolve() if file else page
        assert found.exists(), target
        assert found.is_relative_to(ROOT), target
        assert not anchor or anchor in anchors(found), target


def commands(text: str) -> Iterator[tuple[str, str]]:
    """The commands of a console fence, each with what it prints."""
    for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
        command, _, printed = part.partition("\n")
        yield command, printed


RUNNING = [page for page in PAGES if "```console" in page.read_text(encoding="utf-8")]


@pytest.fixture
def shell(tmp_path: Path) -> dict[str, str]:
    """An environment in which `kedui` is this program, with no settings of the machine's own."""
    program = tmp_path / "bin" / "kedui"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m bot "$@"\n', encoding="utf-8")
    program.chmod(0o755)
    environment = {key: value for key, value in os.environ.items() if not key.startswith("KEDUI_")}
    path = f"{program.parent}{os.pathsep}{environment.get('PATH', '')}"
    return {**environment, "PATH": path, "PYTHONPATH": str(ROOT), "XDG_DATA_HOME": str(tmp_path / "data")}


@pytest.mark.parametrize("page", RUNNING, ids=name_of)
def test_examples_run(page: Path, tmp_path: Path, shell: dict[str, str]) -> None:
    """Each command of a page prints what the page says."""
    folder = tmp_path / "page"
    folder.mkdir()
    for language, file, body in FENCE.findall(page.read_text(encoding="utf-8")):
        if file:
            (folder / file).parent.mkdir(parents=True, exist_ok=True)
            (folder / file).write_text(body, encoding="utf-8")
        for command, printed in commands(body) if language == "console" else ():
            run = subprocess.run(
                ["sh", "-c", f"{command} 2>&1"], cwd=folder, env=shell, capture_output=True, timeout=60, check=False
            )
            out = run.stdout.decode("utf-8")
            pattern = re.escape(printed.strip()).replace("…", "(.|\n)*")
            assert re.fullmatch(pattern, out.strip()), f"$ {command}\n{out}"


def known_commands() -> set[str]:
    reference = (ROOT / "docs" / "reference" / "commands.md").read_text(encoding="utf-8")
    return set(re.findall(r"^## `(kedui[a-z ]*)`$", reference, re.MULTILINE))


def test_commands_that_pages_show_exist() -> None:
    """Every `kedui …` and `make …` written in a page is a command of the program, a target of the Makefile."""
    kedui = known_commands()
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
    unknown = []
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        shown = re.findall(
            r"^(?:\$ )?((?:make|kedui)\b.*)$|`((?:make|kedui)\b[^`\n]*)`", "\n".join(code(text)), re.MULTILINE
        )
        for line in (first or second for first, second in shown):
            words = re.split(r"\s+(?![a-z])|\s+(?=-)", line)[0].split()
            if words[0] == "make":
                good = len(words) == 1 or set(words[1:]) <= targets
            else:
                good = (
                    " ".join(words[:2]) in kedui
                    if len(words) < 3 or words[1] != "policies"
                    else " ".join(words[:3]) in kedui
                )
            if not good:
                unknown.append((name_of(page), line))
    assert unknown == []


def code(text: str) -> Iterator[str]:
    """What a page shows as code: in fences, and inline with its backticks."""
    for _, _, body in FENCE.findall(text):
        yield body
    yield from re.findall(r"`[^`\n]+`", FENCE.sub("", text))


def test_every_page_is_on_the_map() -> None:
    """docs/index.md leads to each page of docs/."""
    index = ROOT / "docs" / "index.md"
    linked = {
        (index.parent / target).resolve()
        for target in re.findall(r"\]\(([^)#\s]+)\)", index.read_text(encoding="utf-8"))
    }
    missing = [
        name_of(page) for page in (ROOT / "docs").rglob("*.md") if page != index and page.resolve() not in linked
    ]
    assert missing == []


def test_the_glossary_names_what_is_in_the_code() -> None:
    """The last column of the glossary names keys, classes and values that exist."""
    text = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
    names = {
        name
        for row in re.findall(r"^\|.*\|$", text, re.MULTILINE)
        for name in re.findall(r"`([^`]+)`", row.rsplit("|", 2)[1])
    }
    assert len(names) >= 40
    sources = [
        *ROOT.glob("policies/*.py"),
        *ROOT.glob("dialogs/*.py"),
        *ROOT.glob("bot/**/*.py"),
        *ROOT.glob("policies/library/**/*.yaml"),
    ]
    everything = "\n".join(path.read_text(encoding="utf-8") for path in sources)
    missing = sorted(
        name
        for name in names
        if not all(re.search(rf"(?<!\w){re.escape(part)}", everything) for part in re.split(r"[.: ]+", name))
    )
    assert missing == []
