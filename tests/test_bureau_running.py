"""Staff at the real process: workbooks up, files down, buttons pressed, and the process killed at any moment between."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from dialogs.words import say
from policies import store, trail
from policies.database import open_database
from tests.botapi.remote import Remote, running
from tests.running import Bot, bot
from tests.test_bureau import book, opened
from tests.test_hostile_workbooks import bomb

NUMBERS = itertools.count(101)
SETTINGS = {"KEDUI_STAFF": "7:publisher, 8:editor, 9:publisher", "KEDUI_TELEGRAM_LIMITS": "0"}
PDF = b"%PDF-1.7"
SAID = "我们公司在包头稀土高新区做永磁材料，2025年3月完工的升级改造项目，总投资1000万全部买机器人"


def office(folder: Path, api: Remote, **settings: str) -> Any:
    """A bot over the small tables, not started."""
    made = bot(folder, api.url, api.token, **SETTINGS, **settings)
    path = folder / "data" / "kedui" / "kedui.db"
    path.parent.mkdir(parents=True)
    opened(path).close()
    return made


@pytest.fixture(scope="module")
def kedui(api: Remote, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bot]:
    with office(tmp_path_factory.mktemp("office"), api) as one:
        one.start()
        yield one


def send(person: Any, content: bytes, text: str = "") -> list[dict[str, Any]]:
    """A document, and what the bot says when it has looked at it."""
    person.send("document", name="包头.xlsx", content=content)
    rows: list[dict[str, Any]] = person.wait(text=text, timeout=60)
    return rows


def tables(kedui: Bot) -> tuple[int, list[str], int]:
    """The newest version, what the trail tells (its chain is whole), how many drafts wait."""
    with closing(open_database(kedui.database, readonly=True)) as database:
        assert trail.broken(database) is None
        what = [step.what for step in trail.steps(database)]
        return store.current_number(database), what, len(store.drafts(database))


def test_the_day_a_new_edition_is_printed(api: Remote, kedui: Bot) -> None:
    """Fetch, edit, send, look, publish: a conversation under way is answered by it; others are served meanwhile."""
    editor, publisher, firm = api.person(8), api.person(7), api.person(next(NUMBERS))
    firm.ask("/start", timeout=30)
    firm.ask(SAID, timeout=30)
    publisher.say("/start")
    sent = editor.ask("/tables", timeout=60)[-1]
    assert sent["name"] == "政策表-第2版.xlsx"
    assert editor.download(sent["file"])[:2] == b"PK"
    faults = send(editor, book("faulty"), text="有错的格子上有批注")
    assert "金额与档位!" in faults[0]["text"]
    assert faults[-1]["name"] == "批注-包头.xlsx"
    editor.send("document", name="包头.xlsx", content=book("good"), caption="上限提高")
    assert firm.ask("帮助", timeout=30)
    assert any(str(call["chat"]) == "8" for call in api.stage.journal(method="sendChatAction"))
    assert "已送给 2 位" in editor.wait(text="上限 100万元 → 120万元", timeout=60)[-1]["text"]
    shown = publisher.wait(button=say("staff.publish"), timeout=30)[-1]["text"]
    assert "送来 包头.xlsx" in shown
    assert "存下的对话" in shown
    tap = publisher.press(say("staff.publish"))
    publisher.wait(text="现在是第3版", timeout=60)
    assert publisher.tapped(tap) is not None
    assert not any(row["buttons"] for row in publisher.view() if "草稿" in row["text"])
    assert "政策表刚刚更新" in "".join(row["text"] for row in firm.ask("2A两化融合，2025年5月拿的", timeout=30))
    assert "上限提高" in kedui.run("policies", "history").stdout
    assert tables(kedui)[1][-3:] == ["refused", "import", "publish"]


def test_strangers_and_hostile_files(api: Remote, kedui: Bot, tmp_path: Path) -> None:
    """A stranger's file is not fetched; a bomb and a renamed PDF are refused quickly; a file that cannot be had is said."""
    stranger, editor = api.person(next(NUMBERS)), api.person(8)
    stranger.ask("/start", timeout=30)
    before = len(api.stage.journal(method="getFile"))
    assert say("telegram.got_document") in send(stranger, book("good"))[-1]["text"]
    assert say("telegram.no_command") in stranger.ask("/tables", timeout=30)[-1]["text"]
    assert len(api.stage.journal(method="getFile")) == before
    (tmp_path / "good.xlsx").write_bytes(book("same"))
    hostile = bomb(tmp_path / "good.xlsx", tmp_path / "x.xlsx")
    begun = time.monotonic()
    assert "没有采用" in send(editor, hostile.read_bytes())[-1]["text"]
    assert "是PDF" in send(editor, PDF)[-1]["text"]
    assert time.monotonic() < begun + 20
    api.stage.fault("getFile", "status", code=400)
    assert "请再发一次" in send(editor, PDF)[-1]["text"]
    api.stage.fault("getFile", "cut_before", count=2)
    assert "是PDF" in send(editor, PDF)[-1]["text"]
    assert kedui.process is not None
    assert kedui.process.poll() is None


def test_killed_at_any_moment(tmp_path: Path) -> None:
    """Killed and stopped while a workbook is looked at, killed before the publication and during it: each happens once.

    Meanwhile an end comes near: it is announced once, to all staff.
    """
    with running(limits=False) as own, office(tmp_path, own, KEDUI_AS_OF="2025-12-01") as kedui:
        publisher, editor = own.person(7), own.person(8)
        for one in (publisher, editor):
            one.say("/staff")
        kedui.start()
        for one in (publisher, editor):
            one.wait(text="将于 2025-12-31 到期，还有 30 天", timeout=30)
        publisher.send("document", name="包头.xlsx", content=book("good"))
        fetched(own, 1)
        kedui.kill()
        kedui.start(ready=False)
        fetched(own, 2)
        status, seconds = kedui.stop()
        assert status == 0
        assert seconds < 8, "it does not wait long for the workbook"
        kedui.start()
        publisher.wait(button=say("staff.publish"), timeout=60)
        assert tables(kedui)[2] == 1
        kedui.kill()
        publisher.press(say("staff.publish"))
        kedui.start(ready=False)
        while tables(kedui)[0] == 2:
            time.sleep(0.002)
        kedui.kill()
        kedui.start()
        publisher.wait(text="现在是第3版", timeout=60)
        number, what, waiting = tables(kedui)
        assert (number, waiting, what.count("import"), what.count("publish")) == (3, 0, 2, 2)
        assert [sum("到期" in row["text"] for row in one.view()) for one in (publisher, editor)] == [1, 1]


def fetched(api: Remote, count: int) -> None:
    """Wait until a file was asked for so often."""
    end = time.monotonic() + 60
    while len(api.stage.journal(method="getFile")) < count:
        assert time.monotonic() < end
        time.sleep(0.005)
