"""Tables published, and taken back, while the Telegram bot runs: the next message is answered by them."""

from __future__ import annotations

from pathlib import Path

from policies.loader import LIBRARY, read_files
from tests.botapi.remote import running
from tests.running import bot

SAID = ["/start", "我们公司在包头稀土高新区做永磁材料，2025年3月完工的升级改造项目，总投资1000万全部买机器人"]


def test_a_running_bot_takes_up_what_is_published(tmp_path: Path) -> None:
    """No restart; the conversation under way goes on and says what moved, once for each publication."""
    change = tmp_path / "change"
    change.mkdir()
    for name, text in read_files(LIBRARY).items():
        if name.startswith("baotou/") and not name.endswith("cases.yaml"):
            raised = text.replace("{amount: 1000000, per: enterprise}", "{amount: 1200000, per: enterprise}", 1)
            (change / name.removeprefix("baotou/")).write_text(raised, encoding="utf-8")
    with running(limits=False) as api, bot(tmp_path, api.url, api.token) as kedui:
        kedui.start()
        person = api.person(7)
        for text in SAID:
            person.ask(text, timeout=30)
        for arguments in (["import", str(change)], ["publish", "--reason", "上限提高"]):
            done = kedui.run("policies", *arguments)
            assert done.returncode == 0, done.stderr
        answer = "".join(row["text"] for row in person.ask("2A两化融合，2025年5月拿的", timeout=30))
        assert "政策表刚刚更新" in answer
        assert "120万元" in answer
        done = kedui.run("policies", "rollback", "1", "--reason", "发早了")
        assert done.returncode == 0, done.stderr
        answer = "".join(row["text"] for row in person.ask("帮助", timeout=30))
        assert "政策表刚刚更新" in answer
        assert "政策表刚刚更新" not in "".join(row["text"] for row in person.ask("帮助", timeout=30))
