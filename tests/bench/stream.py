"""Many profiles through the command: time on one core, and memory along the way."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.bench.tables import Options, Table, against
from tests.enterprises import enterprises

_ALL = 100_000


def tables(options: Options) -> list[Table]:
    count = _ALL if options.full else _ALL // 5
    rows = [json.dumps(one.profile, ensure_ascii=False) for one in enterprises(2000, options.seed)]
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "profiles.jsonl"
        file.write_text("\n".join(rows[number % len(rows)] for number in range(count)) + "\n", encoding="utf-8")
        wall, processor, early, late = _run(file, count)
    table = Table(
        "kedui assess --jsonl --brief",
        ("profiles", "wall s", "processor s", "ms each", "memory at 10 % MB", "at 100 % MB"),
        [
            [
                f"{count:,}",
                f"{wall:.1f}",
                f"{processor:.1f}",
                f"{processor / count * 1000:.3f}",
                f"{early:.0f}",
                f"{late:.0f}",
            ]
        ],
    )
    table.notes.append(f"100,000 on one core: {against(processor / count * _ALL, 120, 's')}")
    table.notes.append(f"memory grew by {late - early:.1f} MB over the last nine tenths")
    return [table]


def _run(file: Path, count: int) -> tuple[float, float, float, float]:
    """Seconds of wall and processor, and MB in use at a tenth and at the end."""
    start = time.monotonic()
    command = [sys.executable, "-m", "bot", "assess", str(file), "--jsonl", "--brief"]
    early = late = processor = 0.0
    with subprocess.Popen(command, stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        for number, _ in enumerate(child.stdout, 1):
            if number == count // 10:
                early = _resident(child.pid)
            elif number % 500 == 0 or number == count:
                processor, late = _processor(child.pid) or processor, max(late, _resident(child.pid))
    assert child.returncode == 0
    assert number == count
    return time.monotonic() - start, processor, early, late


def _resident(pid: int) -> float:
    try:
        text = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in text.splitlines() if line.startswith("VmRSS")), 0.0)


def _processor(pid: int) -> float:
    """User and system seconds (proc(5): fields 14 and 15 of stat)."""
    import os

    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
