"""End to end: scripted people talk with the real bot as a process, over the Bot API server on loopback, by long polling."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator

import pytest

from bot.telegram.commands import COMMANDS
from dialogs.words import say
from tests.botapi.remote import Remote
from tests.phone import WHOLE
from tests.running import Bot, bot

NUMBERS = itertools.count(101)
CONTACT = "市工信局 0472-000000"


@pytest.fixture(scope="module")
def process(api: Remote, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bot]:
    folder = tmp_path_factory.mktemp("bot")
    with bot(folder, api.url, api.token, KEDUI_CONTACT=CONTACT, KEDUI_TELEGRAM_LIMITS="false") as one:
        one.start()
        yield one


class Talker:
    """A person. Each act waits until what is expected has been said, however slow the machine is."""

    def __init__(self, api: Remote, name: str = "王") -> None:
        self.api, self.person = api, api.person(next(NUMBERS), first_name=name)

    def say(self, text: str, expected: str = "", button: str = "") -> str:
        self.person.say(text)
        return self.seen(expected, button)

    def press(self, label: str, expected: str = "", button: str = "") -> str:
        self.person.press(label)
        return self.seen(expected, button)

    def seen(self, expected: str = "", button: str = "") -> str:
        """The words of what the bot did since, once `expected` and a button called so are among it."""
        rows = self.person.wait(text=expected, button=button, timeout=30)
        return "\n\n".join(row["text"] for row in rows)

    def mine(self, text: str) -> int:
        """The id of a message of theirs."""
        return int(next(row["id"] for row in reversed(self.person.view()) if row["text"] == text))


@pytest.fixture
def ada(api: Remote, process: Bot) -> Talker:
    return Talker(api)


def test_the_bot_introduces_itself(api: Remote, process: Bot) -> None:
    """Menu and texts are there before the first message."""
    api.stage.quiet(timeout=30)
    assert [row["command"] for row in api.stage.commands("all_private_chats")] == list(COMMANDS)
    assert api.stage.description() == say("telegram.description").strip()
    assert api.stage.description("short_description") == say("telegram.short_description")


def test_a_whole_conversation(ada: Talker, process: Bot, api: Remote) -> None:
    """A typo, a correction, an aside, an edit, presses, the report, its buttons, the file, and all of it erased."""
    before = len(api.stage.journal())
    export = say("telegram.action_export")
    ada.say("/start", "我是可兑")
    ada.say("我们公司在坤都仑区", "包头市昆都仑区")
    ada.say("/help", "哪个行业")
    ada.press("稀土产业链", button="✓ 稀土产业链")
    ada.press("完成", say("telegram.was_chosen", label="稀土产业链"))
    asked = next(row for row in ada.person.view() if say("telegram.was_chosen", label="") in row["text"])
    assert asked["buttons"] == []
    ada.say("机器人改造700万，2025年3月完工", "100万元")
    ada.say("不对，是800万", "由700万元改为800万元")
    ada.say("什么是两化融合", "四（四）9")
    ada.say("3A两化融合，今年5月", "两化融合贯标 3A级")
    ada.person.edit(ada.mine("3A两化融合，今年5月"), "4A两化融合，今年5月")
    ada.seen("由3A级改为4A级")
    ada.press("没有了", "还有别的项目吗")
    ada.press("没有了", "还有别的认定或证书吗")
    ada.press("没有了", "别的财政奖补")
    ada.press("没有", button=export)
    report = next(row["text"] for row in ada.person.view() if "最高可得" in row["text"])
    assert "最高可得 170万元" in report
    assert CONTACT in "".join(row["text"] for row in ada.person.view())
    ada.press(say("telegram.action_edit"), button="两化融合贯标 级别：4A级")
    ada.press("两化融合贯标 级别：4A级", button="5A级")
    ada.press("5A级", "由4A级改为5A级", export)
    ada.press(say("telegram.action_why"), say("telegram.why"))
    ada.press(ada.person.view()[-1]["buttons"][0][0]["text"], "没有计入")
    ada.press(export, say("telegram.export"))
    sent = next(row for row in reversed(ada.person.view()) if row["file"])
    assert sent["name"] == "kedui-2025-06-30.html"
    assert "最高可得 200万元" in ada.person.download(sent["file"]).decode("utf-8")
    ada.say("/delete", "不能恢复")
    ada.press(say("telegram.delete_yes"), say("telegram.deleted"))
    ada.say("/start", "我是可兑")
    api.stage.quiet(timeout=30)
    assert [row for row in api.stage.journal()[before:] if row["code"] != 200] == []


def test_what_is_no_text_is_answered(ada: Talker) -> None:
    """Each kind that a person can send, without a word lost."""
    ada.say("/start", "我是可兑")
    for kind in ("sticker", "voice", "photo", "contact", "poll", "location", "dice"):
        ada.person.send(kind)
        ada.seen(say(f"telegram.got_{kind}"))
    ada.person.send("document", name="审计.pdf", content="…")
    ada.seen(say("telegram.got_document"))
    ada.person.send("forward", text="我们在包头市昆都仑区")
    ada.seen(say("telegram.forward"))
    ada.press(say("telegram.forward_yes"), "哪个行业")


def test_an_old_button_and_a_double_tap(ada: Talker, api: Remote) -> None:
    """Under way when the keyboard changed: the question that stands is shown, nothing is applied; a double tap says so."""
    ada.say("/start", "我是可兑")
    ada.say("包头市昆都仑区，做稀土的公司", "做了或打算做")
    row = ada.person.view()[-1]
    ada.press(row["buttons"][0][0]["text"], "总投资")
    tap = ada.person.press_old(row["buttons"][0][0]["data"], row["id"])
    api.stage.quiet(timeout=30)
    assert ada.person.tapped(tap)["text"].startswith("已经选过了。")
    ada.person.press_old(row["buttons"][-1][0]["data"], row["id"])
    assert "总投资" in ada.seen(say("telegram.stale"))
    listed = ada.say("/projects", say("telegram.projects"))
    assert len(re.findall(r"^\d\. ", listed, re.MULTILINE)) == 1


def test_a_group_leads_to_the_private_chat(ada: Talker, process: Bot, api: Remote) -> None:
    """Added, spoken to, moved, removed: no figure is said there."""
    group = ada.person.group("稀土企业群")
    ada.person.wait(text=say("telegram.group"), chat=group, timeout=30)
    ada.person.say("我们公司在包头，投了800万", chat=group)
    ada.person.say("/report", chat=group)
    row = ada.person.wait(chat=group, timeout=30)[-1]
    assert row["reply_to"]
    assert re.fullmatch(r"https://t\.me/\w+\?start=group", row["buttons"][0][0]["url"])
    new = ada.person.migrate(group)
    ada.person.say("/help", chat=new)
    ada.person.wait(text=say("telegram.group"), chat=new, timeout=30)
    ada.person.kick(new)
    api.stage.quiet(timeout=30)


def test_blocked_and_back(ada: Talker, api: Remote) -> None:
    """The conversation goes on where it was."""
    ada.say("/start", "我是可兑")
    ada.say("包头市昆都仑区", "哪个行业")
    ada.person.block()
    api.stage.quiet(timeout=30)
    ada.person.unblock()
    ada.say("为什么问", "哪个行业")


def test_two_people_are_apart(api: Remote, process: Bot) -> None:
    """Of one company, at the same time, with names that are markup: each has a conversation of their own."""
    one, other = Talker(api, "<b>&王"), Talker(api, "</i>李")
    for text in ("/start", *WHOLE[:-1]):
        one.person.say(text)
        other.person.say("包头市昆都仑区<b>&有限公司" if text == WHOLE[0] else "不知道")
        one.seen()
        other.seen()
    one.say(WHOLE[-1], "最高可得 210万元")
    assert "210万元" not in "".join(row["text"] for row in other.person.view())


def test_a_restart_of_the_process_loses_nothing(ada: Talker, process: Bot) -> None:
    """Stopped and started between two answers: the buttons of before still work."""
    ada.say("/start", "我是可兑")
    ada.say("包头市昆都仑区，做稀土的公司", "做了或打算做")
    assert process.stop()[0] == 0
    process.start()
    ada.press(ada.person.view()[-1]["buttons"][0][0]["text"], "总投资")
