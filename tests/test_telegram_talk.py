"""End to end: scripted people talk with the real bot as a process, over the Bot API server on loopback, by long polling."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from phone import WHOLE
from running import Bot, bot

from bot.telegram.commands import COMMANDS
from dialogs.words import say
from tests.botapi.remote import Remote, running

NUMBERS = itertools.count(101)
CONTACT = "市工信局 0472-000000"


@pytest.fixture(scope="module")
def api() -> Iterator[Remote]:
    with running(limits=False) as server:
        yield server


@pytest.fixture(scope="module")
def process(api: Remote, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bot]:
    folder = tmp_path_factory.mktemp("bot")
    with bot(folder, api.url, api.token, KEDUI_CONTACT=CONTACT, KEDUI_TELEGRAM_LIMITS="false") as one:
        one.start()
        yield one


class Talker:
    """A person, and what the bot does after each act."""

    def __init__(self, api: Remote, name: str = "王") -> None:
        self.api, self.person = api, api.person(next(NUMBERS), first_name=name)

    def say(self, text: str, **wanted: Any) -> str:
        self.person.say(text)
        return self.seen(**wanted)

    def press(self, label: str, **wanted: Any) -> str:
        self.person.press(label)
        return self.seen(**wanted)

    def seen(self, **wanted: Any) -> str:
        self.person.wait(timeout=20, **wanted)
        self.api.stage.quiet(0.1, 20)
        rows = self.person.wait(timeout=20)
        return "\n\n".join(row["text"] for row in rows)

    def answer(self, *texts: str) -> str:
        """All but the last are answered by one message."""
        said = ""
        for text in texts:
            said = self.say(text)
        return said

    def mine(self, text: str) -> int:
        """The id of a message of theirs."""
        return int(next(row["id"] for row in reversed(self.person.view()) if row["text"] == text))


@pytest.fixture
def ada(api: Remote, process: Bot) -> Talker:
    return Talker(api)


def test_the_bot_introduces_itself(api: Remote, process: Bot) -> None:
    """Menu and texts are there before the first message."""
    api.stage.quiet()
    assert [row["command"] for row in api.stage.commands("all_private_chats")] == list(COMMANDS)
    assert api.stage.description() == say("telegram.description").strip()
    assert api.stage.description("short_description") == say("telegram.short_description")


def test_a_whole_conversation(ada: Talker, process: Bot, api: Remote) -> None:
    """A typo, a correction, an aside, an edit, presses, the report, its buttons, the file, and all of it erased."""
    before = len(api.stage.journal())
    assert "我是可兑" in ada.say("/start")
    assert "包头市昆都仑区" in ada.say("我们公司在坤都仑区")
    assert "哪个行业" in ada.say("/help")
    ada.press("稀土产业链")
    ada.press("完成", text="做了或打算做")
    asked = next(row for row in ada.person.view() if "哪个行业" in row["text"] and "已选" in row["text"])
    assert asked["buttons"] == []
    ada.say("机器人改造700万，2025年3月完工")
    assert "由700万元改为800万元" in ada.say("不对，是800万")
    assert "四（四）9" in ada.say("什么是两化融合")
    said = ada.say("3A两化融合，今年5月")
    ada.person.edit(ada.mine("3A两化融合，今年5月"), "4A两化融合，今年5月")
    assert "由3A级改为4A级" in ada.seen()
    assert "最高" in said
    while "还有" in (said := ada.person.view()[-1]["text"]) or "还投了" in said:
        ada.press("没有了")
    said = ada.press("没有", button=say("telegram.action_export"))
    assert "最高可得 170万元" in said
    assert CONTACT in said
    assert "由4A级改为5A级" in change(ada)
    assert "没有计入" in why(ada)
    ada.press(say("telegram.action_export"), text=say("telegram.export"))
    sent = ada.person.view()[-1]
    assert sent["name"] == "kedui-2025-06-30.html"
    assert "最高可得 200万元" in ada.person.download(sent["file"]).decode("utf-8")
    ada.say("/delete")
    assert "不能恢复" in ada.press(say("telegram.delete_yes"), text="已经删除")
    assert "我是可兑" in ada.say("/start")
    faults = [row for row in api.stage.journal()[before:] if row["code"] != 200]
    assert faults == []


def change(ada: Talker) -> str:
    """By 修改答案."""
    ada.press(say("telegram.action_edit"))
    ada.press("两化融合贯标 级别：4A级", text="什么级别")
    return ada.press("5A级", button=say("telegram.action_export"))


def why(ada: Talker) -> str:
    """By 为什么不包括…: the menu's message is written anew."""
    ada.press(say("telegram.action_why"))
    label = ada.person.view()[-1]["buttons"][0][0]["text"]
    return ada.press(label)


def test_what_is_no_text_is_answered(ada: Talker) -> None:
    """Each kind that a person can send, without a word lost."""
    ada.say("/start")
    for kind in ("sticker", "voice", "photo", "contact", "poll", "location", "dice"):
        ada.person.send(kind)
        assert ada.seen().startswith(say(f"telegram.got_{kind}"))
    ada.person.send("document", name="审计.pdf", content="…")
    assert ada.seen().startswith(say("telegram.got_document"))
    ada.person.send("forward", text="我们在包头市昆都仑区")
    assert ada.seen() == say("telegram.forward")
    assert "哪个行业" in ada.press(say("telegram.forward_yes"), text="哪个行业")


def test_an_old_button_and_a_double_tap(ada: Talker, api: Remote) -> None:
    """Under way when the keyboard changed: the question that stands is shown, nothing is applied; a double tap says so."""
    ada.say("/start")
    ada.say("包头市昆都仑区，做稀土的公司")
    row = ada.person.view()[-1]
    data = row["buttons"][0][0]["data"]
    ada.press(row["buttons"][0][0]["text"], text="总投资")
    tap = ada.person.press_old(data, row["id"])
    api.stage.quiet()
    assert ada.person.tapped(tap)["text"].startswith("已经选过了。")
    ada.person.press_old(row["buttons"][-1][0]["data"], row["id"])
    assert "总投资" in ada.seen(text=say("telegram.stale"))
    assert say("telegram.projects_none") not in (listed := ada.say("/projects"))
    assert len(re.findall(r"^\d\. ", listed, re.MULTILINE)) == 1


def test_a_group_leads_to_the_private_chat(ada: Talker, process: Bot, api: Remote) -> None:
    """Added, spoken to, moved, removed: no figure is said there."""
    group = ada.person.group("稀土企业群")
    assert ada.person.wait(chat=group, timeout=20)[-1]["text"] == say("telegram.group")
    ada.person.say("我们公司在包头，投了800万", chat=group)
    ada.person.say("/report", chat=group)
    row = ada.person.wait(chat=group, timeout=20)[-1]
    assert row["reply_to"]
    assert re.fullmatch(r"https://t\.me/\w+\?start=group", row["buttons"][0][0]["url"])
    new = ada.person.migrate(group)
    ada.person.say("/help", chat=new)
    assert ada.person.wait(chat=new, timeout=20)[-1]["text"] == say("telegram.group")
    ada.person.kick(new)
    api.stage.quiet()


def test_blocked_and_back(ada: Talker, api: Remote) -> None:
    """The conversation goes on where it was."""
    ada.say("/start")
    ada.say("包头市昆都仑区")
    ada.person.block()
    api.stage.quiet()
    ada.person.unblock()
    assert "哪个行业" in ada.say("为什么问")


def test_two_people_are_apart(api: Remote, process: Bot) -> None:
    """Of one company, at the same time, with names that are markup: each has a conversation of their own."""
    one, other = Talker(api, "<b>&王"), Talker(api, "</i>李")
    one.say("/start")
    other.say("/start")
    for text in WHOLE[:-1]:
        one.person.say(text)
        other.person.say("包头市昆都仑区<b>&有限公司" if text == WHOLE[0] else "不知道")
        one.seen()
        other.seen()
    assert "最高可得 210万元" in one.say(WHOLE[-1], button=say("telegram.action_export"))
    assert "210万元" not in "".join(row["text"] for row in other.person.view())
    assert process.process is not None
    assert process.process.poll() is None


def test_a_restart_of_the_process_loses_nothing(ada: Talker, process: Bot, tmp_path: Path) -> None:
    """Stopped and started between two answers: the buttons of before still work."""
    ada.say("/start")
    ada.say("包头市昆都仑区，做稀土的公司")
    assert process.stop()[0] == 0
    process.start()
    label = ada.person.view()[-1]["buttons"][0][0]["text"]
    assert "总投资" in ada.press(label, text="总投资")
