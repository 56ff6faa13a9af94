"""The program as people and other programs call it: a real process, its streams and its exit status.

`kedui` runs a process; where many faults are tried, `inside` runs the same `main` in this one, which saves the start.

The promise (docs/reference/commands.md): an error that a user can make is one line in Chinese on standard error, status 2,
never a traceback; with --json the fault is an object on standard output as well.
"""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from policies.yaml12 import load

ROOT = Path(__file__).parent.parent
Run = Callable[..., "subprocess.CompletedProcess[str]"]

FACTORY = """\
as_of: 2025-06-30
enterprise: {region: 包头稀土高新区, applicant_kind: enterprise, industries: [rare_earth_chain], size: medium}
projects:
  - id: P1
    completed_on: 2025-03-01
    build: upgrade
    total_investment_yuan: 11000000
    spending:
      - {activities: [robots], amount_yuan: 7000000}
      - {activities: [safety_platform], amount_yuan: 4000000}
recognitions:
  - {kind: lianghua, level: 3A, obtained_on: 2025-05-01}
other_awards: []
"""
"""The example of docs/reference/profile.md: 2,100,000 yuan."""


def profile() -> dict[str, Any]:
    """The same as JSON."""
    data: dict[str, Any] = json.loads(json.dumps(load(FACTORY)[0], default=str))
    return data


def process(folder: Path) -> Run:
    """Runs `kedui …` in a folder, with none of the machine's settings."""
    own = {key: value for key, value in os.environ.items() if not key.startswith("KEDUI_")}
    own |= {"PYTHONPATH": str(ROOT), "XDG_DATA_HOME": str(folder / "data"), "PYTHONWARNINGS": "error"}

    def run(*arguments: str, stdin: str | bytes = "", **settings: str) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            [sys.executable, "-m", "bot", *arguments],
            input=stdin.encode("utf-8") if isinstance(stdin, str) else stdin,
            capture_output=True,
            cwd=folder,
            env=own | settings,
            timeout=120,
            check=False,
        )
        out, err = done.stdout.decode("utf-8"), done.stderr.decode("utf-8")
        return subprocess.CompletedProcess(done.args, done.returncode, out, err)

    return run


@pytest.fixture
def kedui(tmp_path: Path) -> Run:
    return process(tmp_path)


@pytest.fixture
def inside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """The same without a new process."""
    from bot.__main__ import main

    for name in [name for name in os.environ if name.startswith("KEDUI_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str, stdin: str | bytes = "", **settings: str) -> subprocess.CompletedProcess[str]:
        raw = stdin.encode("utf-8") if isinstance(stdin, str) else stdin
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(raw), encoding="utf-8"))
        for name, value in settings.items():
            monkeypatch.setenv(name, value)
        capsys.readouterr()
        try:
            status = main(arguments)
        except SystemExit as end:
            status = int(end.code or 0)
        for name in settings:
            monkeypatch.delenv(name)
        said = capsys.readouterr()
        return subprocess.CompletedProcess(arguments, status, said.out, said.err)

    return run


@pytest.fixture
def factory(tmp_path: Path) -> str:
    path = tmp_path / "factory.yaml"
    path.write_text(FACTORY, encoding="utf-8")
    return path.name


def refused(done: subprocess.CompletedProcess[str], *words: str) -> None:
    """Status 2, and one line in Chinese that says these words."""
    assert done.returncode == 2, done.stdout[:500]
    lines = done.stderr.strip().splitlines()
    assert len(lines) == 1, done.stderr[:2000]
    assert re.search(r"[\u4e00-\u9fff]", lines[0])
    assert len(lines[0]) < 400
    assert "Traceback" not in done.stderr
    assert [word for word in words if word not in lines[0]] == [], lines[0]


def answered(done: subprocess.CompletedProcess[str]) -> Any:
    """Status 0, nothing on standard error, one JSON object."""
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.count("\n") == 1
    return json.loads(done.stdout)


# ---- help and usage ----


@pytest.mark.parametrize(
    "words",
    [["--help"], ["chat", "--help"], ["assess", "--help"], ["policies", "--help"], ["policies", "check", "--help"]],
    ids=" ".join,
)
def test_help(kedui: Run, words: list[str]) -> None:
    """Each command explains itself, in Chinese, on standard output."""
    done = kedui(*words)
    assert (done.returncode, done.stderr) == (0, "")
    assert re.search(r"[\u4e00-\u9fff]", done.stdout)


def test_help_is_quick(kedui: Run) -> None:
    """No table is read for the help: well under the time that any other command takes."""
    start = time.monotonic()
    kedui("--help")
    assert time.monotonic() - start < 3


@pytest.mark.parametrize(
    "words",
    [[], ["asess"], ["assess"], ["assess", "x", "--nope"], ["policies"], ["policies", "nope"]],
    ids=lambda words: " ".join(words) or "nothing",
)
def test_wrong_usage(inside: Run, words: list[str]) -> None:
    """A command that is none: one line, status 2."""
    refused(inside(*words), "用法")


@pytest.mark.parametrize("day", ["2025-13-01", "2025-02-30", "yesterday", "2025", "20250630x", ""])
def test_a_wrong_day(inside: Run, factory: str, day: str) -> None:
    """--as-of takes YYYY-MM-DD only."""
    refused(inside("assess", factory, f"--as-of={day}"), "2025-06-30")


# ---- assess ----


def test_assess_prints_a_report(kedui: Run, factory: str) -> None:
    """The report leads with the date and the figure, and ends without a fault."""
    done = kedui("assess", factory)
    assert (done.returncode, done.stderr) == (0, "")
    first = done.stdout.splitlines()[0]
    assert "2025-06-30" in first
    assert "最高" in first
    assert "210万元" in first


def test_assess_json(kedui: Run, factory: str, tmp_path: Path) -> None:
    """One object, whether the facts are YAML or JSON, a file or standard input."""
    (tmp_path / "factory.json").write_text(json.dumps(profile()), encoding="utf-8")
    results = [
        kedui("assess", factory, "--json"),
        kedui("assess", "factory.json", "--json"),
        kedui("assess", "-", "--json", stdin=FACTORY),
        kedui("assess", "-", "--json", stdin=json.dumps(profile(), ensure_ascii=False)),
        kedui("assess", "-", "--json", stdin="\ufeff" + FACTORY.replace("\n", "\r\n")),
    ]
    answer = answered(results[0])
    assert answer["total_yuan"] == "2100000"
    assert {award["clause"]: award["amount_yuan"] for award in answer["awards"]} == {
        "baotou-4.2": "1000000",
        "baotou-4.5": "600000",
        "baotou-4.9a-ii": "500000",
    }
    assert {done.stdout for done in results} == {results[0].stdout}


def test_assess_brief(inside: Run, factory: str) -> None:
    """--brief leaves out what was not counted and the texts; the figures are the same."""
    whole, brief = (
        answered(inside("assess", factory, "--json")),
        answered(inside("assess", factory, "--json", "--brief")),
    )
    assert not {"excluded", "unquantified", "caveats"} & brief.keys()
    same = ("as_of", "total_yuan", "range_yuan", "indicative_yuan", "indicative_range_yuan", "other_yuan", "exact")
    assert {key: brief[key] for key in same} == {key: whole[key] for key in same}


def test_as_of_wins(inside: Run, factory: str) -> None:
    """--as-of before the profile's date, the profile's before KEDUI_AS_OF."""
    late = answered(inside("assess", factory, "--json", "--as-of", "2026-06-30"))
    assert (late["as_of"], late["total_yuan"]) == ("2026-06-30", "0")
    assert late["indicative_yuan"] == "2100000"
    own = answered(inside("assess", factory, "--json", KEDUI_AS_OF="2026-06-30"))
    assert own["as_of"] == "2025-06-30"
    undated = FACTORY.split("\n", 1)[1]
    set_by = answered(inside("assess", "-", "--json", stdin=undated, KEDUI_AS_OF="2025-07-01"))
    assert (set_by["as_of"], set_by["total_yuan"]) == ("2025-07-01", "2100000")


def test_jsonl(inside: Run, tmp_path: Path) -> None:
    """One result a line, in order; a bad line in the middle says which, and the rest goes on."""
    good, other = profile(), profile()
    other["recognitions"] = []
    bad = profile()
    bad["projects"][0]["total_investment_yuan"] = -1
    rows = [json.dumps(good), "{not json", json.dumps(other), json.dumps(bad), json.dumps([1]), json.dumps(good)]
    (tmp_path / "many.jsonl").write_text("\n".join(rows) + "\n", encoding="utf-8")
    for done in (inside("assess", "many.jsonl", "--jsonl"), inside("assess", "-", "--jsonl", stdin="\n".join(rows))):
        assert (done.returncode, done.stderr) == (0, "")
        out = [json.loads(line) for line in done.stdout.splitlines()]
        assert [row.get("total_yuan") for row in out] == ["2100000", None, "1600000", None, None, "2100000"]
        faults = {row["line"]: row["error"] for row in out if "error" in row}
        assert sorted(faults) == [2, 4, 5]
        assert faults[4]["where"] == "projects[0].total_investment_yuan"
        assert all(fault["code"] and re.search(r"[\u4e00-\u9fff]", fault["message"]) for fault in faults.values())
    brief = inside("assess", "many.jsonl", "--jsonl", "--brief").stdout
    assert all("excluded" not in json.loads(line) for line in brief.splitlines())


def test_the_same_facts_give_the_same_bytes(kedui: Run, factory: str) -> None:
    """Twice, and in processes that hash differently."""
    runs = [kedui("assess", factory, "--json", PYTHONHASHSEED=seed).stdout for seed in ("0", "0", "4242")]
    texts = [kedui("assess", factory, PYTHONHASHSEED=seed).stdout for seed in ("1", "7")]
    assert len(set(runs)) == 1
    assert len(set(texts)) == 1


def test_assess_writes_nothing(kedui: Run, factory: str, tmp_path: Path) -> None:
    """No database and no other file, also where one is named."""
    kedui("assess", factory, "--json", "--db", "named.db")
    kedui("assess", factory, KEDUI_DB="set.db")
    kedui("assess", "-", "--jsonl", stdin=json.dumps(profile()))
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["factory.yaml"]


# ---- facts that cannot be used ----


def put(path: str, value: Any) -> str:
    """The profile with another value at a path of keys and numbers."""
    told = profile()
    node: Any = told
    *steps, last = (int(step) if step.isdigit() else step for step in path.split("/"))
    for step in steps:
        node = node[step]
    node[last] = value
    return json.dumps(told, ensure_ascii=False)


def projects(count: int) -> list[dict[str, Any]]:
    row = {
        "completed_on": "2025-03-01",
        "build": "upgrade",
        "total_investment_yuan": 3_000_000,
        "activities": ["network"],
    }
    return [{**row, "id": f"P{number}"} for number in range(count)]


TOTAL, LINE = "projects/0/total_investment_yuan", "projects/0/spending/0/amount_yuan"
UNUSABLE: dict[str, tuple[str, Any, str]] = {
    "an unknown top key": ("enterprize", {}, "enterprise"),
    "an unknown fact": ("enterprise/regoin", "包头", "region"),
    "an unknown fact of a project": ("projects/0/total_investement_yuan", 1, "total_investment_yuan"),
    "an unknown value": ("enterprise/industries", ["rare_earth"], "rare_earth_chain"),
    "an unknown kind": ("recognitions/0/kind", "lianhua", "lianghua"),
    "an unknown level": ("recognitions/0/level", "6A", "3A"),
    "a negative amount": (TOTAL, -1, "负"),
    "a negative amount as text": (LINE, "-0.01", "负"),
    "10^30": (TOTAL, 10**30, "太大"),
    "10^30 as text": (TOTAL, "1e30", ""),
    "a number of a million digits": (TOTAL, "9" * 1_000_000, ""),
    "NaN": (TOTAL, float("nan"), "NaN"),
    "infinity": (TOTAL, float("inf"), "Infinity"),
    "NaN as text": (TOTAL, "NaN", ""),
    "money in words": (TOTAL, "八百万", "元"),
    "true as money": (TOTAL, True, ""),
    "month 13": ("projects/0/completed_on", "2025-13-01", "2025-13-01"),
    "30 February": ("as_of", "2025-02-30", "2025-02-30"),
    "a number as a date": ("projects/0/completed_on", 20250301, ""),
    "projects of one id": ("projects", [{"id": "P1"}, {"id": "P1"}], "重复"),
    "a recognition for no project": ("recognitions/0/project", "P9", "P9"),
    "an award for no project": ("other_awards", [{"project": "P9", "amount_yuan": 1}], "P9"),
    "an award for nothing": ("other_awards", [{"amount_yuan": 1}], "clause"),
    "an award of no clause": ("other_awards", [{"document": "baotou", "clause": "baotou-4.99"}], "baotou-4.9"),
    "activities and spending": ("projects/0/activities", ["robots"], "spending"),
    "a place that is two": ("enterprise/region", "青山区", "武汉"),
    "a place that is none": ("enterprise/region", "无何有之乡", "无何有之乡"),
    "a place with a slip": ("enterprise/region", "呼和浩持市", "呼和浩特"),
    "an empty place": ("enterprise/region", " ", ""),
    "facts as a list": ("enterprise", [], ""),
    "facts as a text": ("projects", "P1", "列表"),
    "1,000 projects": ("projects", projects(1000), "200"),
    "1,000 spending lines": ("projects/0/spending", [{"activities": ["robots"]}] * 1000, "200"),
}
"""What is wrong: where, the value put there, and a word that the line must hold."""

WHERE = {
    "an unknown value": "enterprise.industries[0]",
    "projects of one id": "projects[1].id",
    "an award for no project": "other_awards[0].project",
    "an award for nothing": "other_awards[0]",
    "an award of no clause": "other_awards[0].clause",
    "activities and spending": "projects[0]",
}
"""Where the fault lies, if not at the value put."""

BOMB = "".join(
    f"{own}: &{own} [{','.join([f'*{last}'] * 9)}]\n" for last, own in zip("abcdefgh", "bcdefghi", strict=True)
)
UNREADABLE: dict[str, tuple[str, str, str]] = {
    "bad YAML": ("enterprise: {region: [", "", "YAML"),
    "bad JSON": ('{"enterprise": {"region": "包头"', "", "JSON"),
    "an empty file": ("", "profile", ""),
    "only a text": ("包头稀土高新区", "profile", ""),
    "a list": ("- a\n- b\n", "profile", ""),
    "a key twice": ("as_of: 2025-06-30\nas_of: 2025-07-01\n", "", "as_of"),
    "a YAML tag": ("enterprise: !!python/object:os.system {}\n", "", ""),
    "deep nesting": ("[" * 100_000, "", ""),
    "a YAML bomb": ("a: &a [x,x,x,x,x,x,x,x,x]\n" + BOMB, "", ""),
    "month 13 as YAML": (FACTORY.replace("on: 2025-03", "on: 2025-13"), "projects[0].completed_on", "2025-13-01"),
    "NaN as YAML": (FACTORY.replace("11000000", ".nan"), "projects[0].total_investment_yuan", ""),
    "an exponent beyond all": (put(TOTAL, 0).replace(": 0", ": 1e999999999"), "projects[0].total_investment_yuan", ""),
}
"""What is wrong: the whole text, where the fault lies, and a word that the line must hold."""

DANGEROUS = {
    "bad YAML",
    "a YAML bomb",
    "deep nesting",
    "10^30",
    "a number of a million digits",
    "an exponent beyond all",
    "1,000 projects",
}
"""What could hang or crash has a process of its own."""


@pytest.mark.parametrize("fault", [*UNUSABLE, *UNREADABLE])
def test_unusable_facts(kedui: Run, inside: Run, fault: str) -> None:
    """One line that says what and where; the same as an object with --json."""
    if fault in UNUSABLE:
        path, value, word = UNUSABLE[fault]
        facts, where = put(path, value), WHERE.get(fault, re.sub(r"/(\d+)", r"[\1]", path).replace("/", "."))
    else:
        facts, where, word = UNREADABLE[fault]
    done = (kedui if fault in DANGEROUS else inside)("assess", "-", "--json", stdin=facts)
    refused(done, word)
    error = json.loads(done.stdout)["error"]
    assert error.keys() == {"code", "message", "where"}
    assert error["where"] == where
    assert error["message"] == done.stderr.strip()
    assert re.fullmatch("[a-z_]+", error["code"])


def test_two_hundred_projects_are_answered(kedui: Run) -> None:
    """The largest profile that is taken gets its answer in bounded time."""
    answer = answered(kedui("assess", "-", "--json", "--brief", stdin=put("projects", projects(200))))
    assert int(answer["total_yuan"]) > 0


def test_without_json_standard_output_stays_empty(inside: Run) -> None:
    """The fault is told once."""
    done = inside("assess", "-", stdin="enterprise: {regoin: 包头}\n")
    refused(done, "region")
    assert done.stdout == ""


@pytest.mark.parametrize("arguments", [["nowhere.yaml"], ["."], ["nowhere.jsonl", "--jsonl"]], ids=" ".join)
def test_wrong_files(inside: Run, arguments: list[str]) -> None:
    """A file that is not there, a folder."""
    refused(inside("assess", *arguments), arguments[0])


@pytest.mark.parametrize(
    ("arguments", "facts"),
    [
        (["assess", "--json"], ""),
        (["assess", "-", "--as-of", "2025-13-01", "--json"], ""),
        (["assess", "-", "--json", "--bref"], ""),
        (["assess", ".", "--json"], ""),
        (["assess", "-", "--json"], "enterprise: [1,\nb: }"),
        (["assess", "-", "--json"], "enterprise:\n\tregion: 包头市"),
        (["assess", "-", "--json"], "enterprise: {region: '包头市}"),
        (["assess", "-", "--json"], "enterprise: {region: \x01}"),
        (["assess", "-", "--json"], '{"enterprise": {}, "enterprise": {}}'),
        (["assess", "-", "--json"], '{"enterprise": {} x'),
    ],
    ids=lambda value: value[-20:].strip() if isinstance(value, str) else " ".join(value),
)
def test_faults_speak_chinese(inside: Run, arguments: list[str], facts: str) -> None:
    """What the parsers and the system say in English is told in Chinese, as one line and as an object."""
    done = inside(*arguments, stdin=facts)
    assert done.returncode == 2
    assert json.loads(done.stdout)["error"]["message"] == done.stderr.strip()
    words = re.findall(r"[A-Za-z]{3,}", done.stderr)
    assert set(words) <= {"YAML", "JSON", "FILE", "Tab", "assess", "kedui", "help", "bref", "enterprise"}


def test_files_that_are_no_text(inside: Run, tmp_path: Path) -> None:
    """Bytes that are not UTF-8; far too many bytes."""
    (tmp_path / "gbk.yaml").write_bytes(FACTORY.encode("gb18030"))
    refused(inside("assess", "gbk.yaml"), "UTF-8")
    (tmp_path / "big.yaml").write_bytes(b"# " + b"x" * 21_000_000)
    refused(inside("assess", "big.yaml"), "MB")


def test_wrong_tables(inside: Run, factory: str, tmp_path: Path) -> None:
    """--policies with a folder that is not there, or holds nothing."""
    refused(inside("assess", factory, "--policies", "nowhere"), "nowhere")
    (tmp_path / "empty").mkdir()
    refused(inside("assess", factory, "--policies", "empty"), "empty")


# ---- settings ----


def test_settings_are_listed_with_their_source(kedui: Run, tmp_path: Path) -> None:
    """From the environment, a .env or the default; secrets are not shown."""
    (tmp_path / ".env").write_text("KEDUI_CONTACT=市工信局张三\nKEDUI_TELEGRAM_TOKEN=12345:secret\n", encoding="utf-8")
    done = kedui("settings", KEDUI_AS_OF="2025-06-30", KEDUI_TELEGRAM_WEBHOOK_SECRET="hidden")
    assert (done.returncode, done.stderr) == (0, "")
    rows = {line.split("=")[0]: line for line in done.stdout.splitlines()}
    names = re.findall(r"`(KEDUI_\w+)`", (ROOT / "docs" / "reference" / "settings.md").read_text(encoding="utf-8"))
    assert names
    assert set(names) <= rows.keys()
    assert "2025-06-30" in rows["KEDUI_AS_OF"]
    assert "环境" in rows["KEDUI_AS_OF"]
    assert "张三" in rows["KEDUI_CONTACT"]
    assert ".env" in rows["KEDUI_CONTACT"]
    assert "默认" in rows["KEDUI_RETENTION_DAYS"]
    assert "secret" not in done.stdout.replace("KEDUI_TELEGRAM_WEBHOOK_SECRET", "")
    assert "hidden" not in done.stdout


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("KEDUI_AS_OF", "2025-13-01"),
        ("KEDUI_AS_OF", "soon"),
        ("KEDUI_RETENTION_DAYS", "-1"),
        ("KEDUI_RETENTION_DAYS", "x"),
    ],
)
def test_wrong_settings_are_named(inside: Run, name: str, value: str) -> None:
    """A setting that cannot be used is told by its name."""
    refused(inside("settings", **{name: value}), name)


def test_the_contact_is_told(inside: Run) -> None:
    """KEDUI_CONTACT is said where a document names nobody to call, and where there is no document."""
    for place in ("南宁市", "深圳市"):
        facts = f"as_of: 2024-06-30\nenterprise: {{region: {place}}}\n"
        assert "市工信局张三" in inside("assess", "-", stdin=facts, KEDUI_CONTACT="市工信局张三").stdout


def test_today_is_in_shanghai(kedui: Run) -> None:
    """Without any date the day is today's in Asia/Shanghai, whatever the machine's zone."""
    days = {
        answered(kedui("assess", "-", "--json", stdin="{}", TZ=zone))["as_of"]
        for zone in ("Pacific/Kiritimati", "Pacific/Niue")
    }
    assert len(days) == 1
