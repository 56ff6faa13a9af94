"""The repository keeps its own rules: exact money, one-way imports, small files, nothing of anybody's machine."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
CODE = sorted(
    path for folder in ("bot", "dialogs", "policies", "docs", "tests") for path in (ROOT / folder).rglob("*.py")
)

LONGEST = 600
"""Lines of a Python file: what is longer is more than one concept."""

FLOATS_ALLOWED = {
    "policies/assess.py": ({"assess"}, "the score of a question that comes before all others"),
    "policies/stakes.py": ({"weigh"}, "scores that order the questions; no amount is computed from them"),
    "policies/slips.py": (None, "how alike two names sound"),
}
"""Where a float may stand: functions (None: anywhere in the file), and why."""


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def files() -> list[Path]:
    """Text files of the repository: tracked, or new and not ignored."""
    command = ["git", "-C", str(ROOT), "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    try:
        listed = subprocess.run(command, capture_output=True, check=True).stdout.decode("utf-8").split("\0")
        paths = [ROOT / name for name in listed if name]
    except (OSError, subprocess.CalledProcessError):  # not a clone: an unpacked archive
        skipped = {".venv", "__pycache__", "build", "dist"}
        paths = [p for p in ROOT.rglob("*") if not any(part in skipped or part.endswith("_cache") for part in p.parts)]
    return [path for path in paths if path.is_file() and path.suffix not in (".png", ".xlsx")]


def floats(path: Path) -> list[str]:
    """Float literals, calls of float() and the annotation float, with function and line."""
    functions, _ = FLOATS_ALLOWED.get(name_of(path), (set(), ""))
    found: list[str] = []

    def visit(node: ast.AST, function: str) -> None:
        if isinstance(node, ast.FunctionDef):
            function = node.name
        literal = isinstance(node, ast.Constant) and isinstance(node.value, float)
        named = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "float"
        if (literal or named) and functions is not None and function not in functions:
            found.append(f"line {getattr(node, 'lineno', 0)} in {function or 'the module'}")
        for child in ast.iter_child_nodes(node):
            visit(child, function)

    visit(ast.parse(path.read_text(encoding="utf-8")), "")
    return found


@pytest.mark.parametrize("path", sorted((ROOT / "policies").glob("*.py")), ids=name_of)
def test_no_float_touches_money(path: Path) -> None:
    """Money is int or Fraction; a binary float stands only where the reason is written down."""
    assert floats(path) == []


@pytest.mark.parametrize("path", CODE, ids=name_of)
def test_files_are_one_concept(path: Path) -> None:
    """No Python file is longer than 600 lines."""
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LONGEST


def test_no_path_of_a_machine() -> None:
    """No file names a folder of the machine that it was written on."""
    homes = "|".join(["work", "root", "home/[a-z]+", "Users/[A-Za-z]+", "farm"])
    path = re.compile(rf"(?<![\w.~*$}}{{)>-])/(?:{homes})\b|bash_" + "jobs")
    assert [name_of(file) for file in files() if path.search(text(file))] == []


def test_no_registry_is_named() -> None:
    """Packages come from whatever registry the reader's machine is set up with."""
    hosts = ["py" + "pi.org", "python" + "hosted.org", "npm" + "js.org", "deb.debian" + ".org", "--index" + "-url"]
    mirror = re.compile("|".join(re.escape(host) for host in hosts) + "|(?:mirror|tuna|aliyun)[a-z.]*/pypi")
    assert [name_of(file) for file in files() if mirror.search(text(file))] == []


def text(file: Path) -> str:
    return file.read_bytes().decode("utf-8", errors="replace")


def test_text_files_are_utf8() -> None:
    """Every file is UTF-8 with line feeds, and ends with one."""
    wrong = []
    for file in files():
        raw = file.read_bytes()
        try:
            raw.decode("utf-8")
        except UnicodeDecodeError:
            wrong.append(name_of(file))
            continue
        if b"\r\n" in raw or (raw and not raw.endswith(b"\n")):
            wrong.append(name_of(file))
    assert wrong == []


def test_arrows() -> None:
    """bot knows dialogs, dialogs know policies, policies know nobody; and the other contracts of pyproject.toml."""
    program = Path(sys.executable).parent / "lint-imports"
    run = subprocess.run([str(program), "--no-cache"], cwd=ROOT, capture_output=True, timeout=120, check=False)
    assert run.returncode == 0, run.stdout.decode("utf-8", errors="replace")[-3000:]


def test_dependencies_are_pinned() -> None:
    """constraints.txt fixes every package that pyproject.toml names, and names no index."""
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    wanted = [*project["dependencies"], *extras["dev"], *extras["bench"]]
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    assert all(re.fullmatch(r"#.*|[A-Za-z0-9._-]+==[A-Za-z0-9.+!]+", line) for line in lines)
    pinned = {plain(line.split("==")[0]) for line in lines}
    assert {plain(re.split(r"[~<>=\[; ]", item)[0]) for item in wanted} <= pinned


def plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def test_the_dockerfile_is_safe() -> None:
    """No engine builds it here; its rules are read instead: own user, a health check, files that exist."""
    lines = re.sub(r"\\\n", " ", (ROOT / "Dockerfile").read_text(encoding="utf-8")).splitlines()
    steps = [line.split(maxsplit=1) for line in lines if line and not line.startswith("#")]
    known = {"FROM", "WORKDIR", "RUN", "COPY", "ENV", "USER", "VOLUME", "HEALTHCHECK", "ENTRYPOINT", "CMD", "EXPOSE"}
    assert {word for word, _ in steps} <= known
    users = [rest for word, rest in steps if word == "USER"]
    assert users
    assert users[-1] not in ("root", "0")
    assert any(word == "HEALTHCHECK" for word, _ in steps)
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").split()
    for word, rest in steps:
        if word == "FROM":
            assert re.match(r"python:3\.\d+-slim\b", rest)
        if word == "COPY" and not rest.startswith("--from"):
            for source in rest.split()[:-1]:
                assert (ROOT / source).exists(), source
                assert f"!{source}" in ignored, source
