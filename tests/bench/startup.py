"""Commands from nothing to their first word."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.bench.tables import Options, Table, milliseconds
from tests.enterprises import enterprises

_RUNS = 5


def tables(options: Options) -> list[Table]:
    table = Table("From nothing to the first word (s)", ("", "best", "aim", ""))
    profile = next(enterprises(1, options.seed)).profile
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "facts.json"
        file.write_text(json.dumps(profile, ensure_ascii=False), encoding="utf-8")
        own = [sys.executable, "-m", "bot"]
        for name, command, aim in (
            ("python -c pass", [sys.executable, "-c", "pass"], None),
            ("import policies", [sys.executable, "-c", "import policies"], "0.1"),
            ("import policies.assess", [sys.executable, "-c", "import policies.assess"], None),
            ("load the five documents", [sys.executable, "-c", "from policies.loader import library; library()"], None),
            ("kedui --help", [*own, "--help"], "0.3"),
            ("kedui assess FILE --json", [*own, "assess", str(file), "--json"], "0.7"),
        ):
            table.rows.append(_row(name, milliseconds(lambda c=command: _whole(c), _RUNS) / 1000, aim))
        for name, command in (
            ("kedui chat, first prompt", [*own, "chat"]),
            ("kedui chat --jsonl, greeting", [*own, "chat", "--jsonl"]),
        ):
            table.rows.append(_row(name, milliseconds(lambda c=command: _first_line(c), _RUNS) / 1000, "1"))
    table.notes.append(f"best of {_RUNS}; the time of the interpreter alone is in the first row")
    return [table]


def _row(name: str, seconds: float, aim: str | None) -> list[str]:
    return [name, f"{seconds:.3f}", aim or "", "" if aim is None else "held" if seconds <= float(aim) else "MISSED"]


def _whole(command: Sequence[str]) -> None:
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True)


def _first_line(command: Sequence[str]) -> None:
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        assert child.stdin is not None
        assert child.stdout is not None
        while not child.stdout.readline().strip():
            assert child.poll() is None
        child.stdin.close()
        child.stdout.read()
