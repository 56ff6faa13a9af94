"""`kedui chat` as a process: JSON Lines for programs, and plain lines where there is no terminal."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.test_commands import Run, answered, process


@pytest.fixture
def kedui(tmp_path: Path) -> Run:
    return process(tmp_path)


def spoken(done: subprocess.CompletedProcess[str]) -> list[dict[str, Any]]:
    assert (done.returncode, done.stderr) == (0, "")
    return [json.loads(line) for line in done.stdout.splitlines()]


def chat(*lines: Any) -> str:
    return "".join(f"{line if isinstance(line, str) else json.dumps(line, ensure_ascii=False)}\n" for line in lines)


SAID = "我们公司在包头稀土高新区，做稀土永磁，2025年3月上了MES系统，总投资800万，拿了两化融合3A，2025年5月取得"


def test_chat_jsonl(kedui: Run) -> None:
    """The greeting, then one object a line: replies, what is asked, heard and told, and the assessment."""
    lines = chat(
        {"text": SAID}, {"text": "没有了"}, {"text": "不知道"}, {"text": "没有了"}, {"text": "没有了"}, {"text": "没有"}
    )
    out = spoken(kedui("chat", "--jsonl", "--as-of", "2025-06-30", stdin=lines))
    assert [row["turn"] for row in out] == [0, 1, 2, 3, 4, 5, 6]
    for row in out:
        assert row.keys() == {"turn", "replies", "asks", "heard", "facts", "assessment"}
        assert all(reply.keys() == {"text", "choices"} and reply["text"] for reply in row["replies"])
        assert all(choice.keys() == {"label", "value"} for reply in row["replies"] for choice in reply["choices"])
    assert (out[0]["asks"], out[0]["facts"], out[0]["assessment"]) == ("enterprise.region", {}, None)
    assert out[1]["heard"]["projects[0].total_investment_yuan"] == 8_000_000
    assert out[1]["assessment"]["as_of"] == "2025-06-30"
    assert out[-1]["asks"] is None
    facts = json.dumps({**out[-1]["facts"], "as_of": "2025-06-30"})
    assert answered(kedui("assess", "-", "--json", stdin=facts)) == out[-1]["assessment"]


def test_chat_jsonl_presses_and_edits(kedui: Run) -> None:
    """A press gives a value, a list of values or a truth; an edit names the line edited."""
    lines = chat(
        {"text": "包头市昆都仑区"},
        {"text": "", "event": "press", "value": ["rare_earth_chain", "new_materials"]},
        {"event": "press", "value": "enterprise"},
        {"text": "包头市青山区", "event": "edit", "turn": 1},
    )
    out = spoken(kedui("chat", "--jsonl", "--as-of", "2025-06-30", stdin=lines))
    assert out[2]["facts"]["enterprise"]["industries"] == ["rare_earth_chain", "new_materials"]
    assert out[3]["facts"]["enterprise"]["applicant_kind"] == "enterprise"
    assert out[4]["facts"]["enterprise"] == {
        **out[3]["facts"]["enterprise"],
        "region": out[4]["facts"]["enterprise"]["region"],
    }
    assert out[4]["facts"]["enterprise"]["region"] in ("包头市青山区", "150204")
    assert out[4]["asks"] == out[3]["asks"]


BAD_LINES = [
    "{not json",
    "[1, 2]",
    "5",
    '"text"',
    "{}",
    '{"text": 5}',
    '{"text": "x", "event": "edit"}',
    '{"text": "x", "event": "edit", "turn": "y"}',
    "[" * 100_000,
]


def test_chat_jsonl_goes_on_after_bad_lines(kedui: Run) -> None:
    """A line that is no message gets a line with the fault, and the conversation goes on."""
    out = spoken(kedui("chat", "--jsonl", "--as-of", "2025-06-30", stdin=chat(*BAD_LINES, {"text": "包头稀土高新区"})))
    assert len(out) == len(BAD_LINES) + 2
    for row in out[1:-1]:
        assert row["error"]["code"]
        assert re.search(r"[\u4e00-\u9fff]", row["error"]["message"])
    assert out[-1]["facts"]["enterprise"]["region"]


def test_the_number_of_a_line_is_its_turn(kedui: Run) -> None:
    """The n-th line in is turn n, whatever the lines before were: an edit can name it."""
    out = spoken(
        kedui(
            "chat",
            "--jsonl",
            "--as-of",
            "2025-06-30",
            stdin=chat("{not json", {"text": "包头稀土高新区"}, {"text": "稀土"}),
        )
    )
    assert [row["turn"] for row in out] == [0, 1, 2, 3]


def test_chat_jsonl_takes_odd_messages(kedui: Run) -> None:
    """Control characters, emoji, lone surrogates, ten million characters: an answer in bounded time."""
    odd = ["\u0000\u0001\u001b[2J", "👍🏭", "。。。", "1e30", "-5万", "我们在包头。" * 570_000]
    lone = json.dumps({"text": "\ud83d"})
    lines = chat(lone, *({"text": text} for text in odd))
    done = kedui("chat", "--jsonl", "--as-of", "2025-06-30", stdin=lines)
    out = spoken(done)
    assert len(out) == len(odd) + 2
    assert all(row["replies"] and row["replies"][0]["text"] for row in out)


def test_chat_reads_lines(kedui: Run) -> None:
    """Without a terminal: the greeting, each line and its replies, numbered choices, status 0 at the end of input."""
    done = kedui("chat", "--as-of", "2025-06-30", stdin="包头稀土高新区\n1\n\n")
    assert (done.returncode, done.stderr) == (0, "")
    assert "可兑" in done.stdout
    assert re.search(r"^1 ", done.stdout, re.MULTILINE)


def test_chat_takes_bytes_that_are_no_text(kedui: Run) -> None:
    """Input in another encoding is answered, not a traceback."""
    done = kedui("chat", "--as-of", "2025-06-30", stdin="包头稀土高新区\n".encode("gb18030") + b"\xff\xfe\n")
    assert (done.returncode, "Traceback" in done.stderr) == (0, False)


def test_the_contact_is_told(kedui: Run) -> None:
    """KEDUI_CONTACT is said to someone for whose place there is no document."""
    done = kedui(
        "chat", "--jsonl", "--as-of", "2025-06-30", stdin=chat({"text": "公司在深圳"}), KEDUI_CONTACT="市工信局张三"
    )
    assert "市工信局张三" in "".join(reply["text"] for reply in spoken(done)[-1]["replies"])
