"""The desk: pressing, commands, the report and its buttons."""

from __future__ import annotations

from datetime import date

import pytest

from bot.telegram.commands import COMMANDS, introduction
from bot.telegram.keyboards import width
from dialogs.words import say
from tests.phone import BOT, ON, WHOLE, Phone, settled

HALF = "我们公司在包头稀土高新区做稀土永磁的，机器人改造700万，2025年3月完工"


@pytest.fixture
def phone() -> Phone:
    return Phone(ON)


# ---- pressing ----


def test_a_pressed_keyboard_shows_what_was_chosen(phone: Phone) -> None:
    """Its message says it, has no buttons any more, and the next question follows."""
    phone.type("/start")
    phone.type("包头市昆都仑区")
    for label in ("稀土产业链", "新材料制造", "完成"):
        said = phone.tap(label)
    asked = next(one for one in phone.messages.values() if "哪个行业" in one.text)
    assert asked.text.endswith(say("telegram.was_chosen", label="稀土产业链、新材料制造"))
    assert asked.buttons == []
    assert phone.chat.session.facts["enterprise"]["industries"] == ["rare_earth_chain", "new_materials"]
    assert "申报的是企业吗" in said.text


def test_toggles_can_be_taken_back(phone: Phone) -> None:
    """完成 without a choice asks for one; a second press on a choice takes it back."""
    phone.type("/start")
    phone.type("包头市昆都仑区")
    assert phone.tap("完成").toasts == [say("telegram.choose_first")]
    phone.tap("稀土产业链")
    phone.tap("稀土产业链")
    assert phone.tap("完成").toasts == [say("telegram.choose_first")]
    assert "industries" not in phone.chat.session.facts["enterprise"]


def test_a_double_tap_changes_nothing_and_says_so(phone: Phone) -> None:
    """The second tap on the same button gets a toast with the question that stands, and no message."""
    phone.type("/start")
    phone.type("包头市昆都仑区")
    phone.tap("稀土")
    message, data = phone.last.id, phone.last.buttons[0][0][1]
    phone.tap("完成")
    button = phone.last.buttons[0][0][1]
    first = phone.press(phone.last.id, button)
    facts = phone.chat.session.facts
    again = phone.press(first.messages[0].id - 1, button)
    assert again.messages == []
    assert again.toasts[0].startswith("已经选过了。")
    assert phone.chat.session.facts == facts
    assert data
    assert message


def test_an_old_keyboard_shows_the_current_question(phone: Phone) -> None:
    """Nothing is applied; what is asked now is shown, with its buttons, and those work."""
    phone.type("/start")
    phone.type("包头市昆都仑区")
    old = phone.last
    data = old.buttons[0][0][1]
    phone.type("稀土产业链")
    facts = phone.chat.session.facts
    said = phone.press(old.id, data)
    assert phone.messages[old.id].buttons == []
    assert phone.chat.session.facts == facts
    assert said.text.startswith(say("telegram.stale"))
    assert "申报的是企业吗" in said.text
    assert phone.tap("企业").messages


@pytest.mark.parametrize("data", ["", "x", "a.b.c.d.e", "1.ask.1.0.0", "😀" * 16, "0.ask.-1.zz.-1", "1.ask.9.0.p99"])
def test_foreign_tokens_do_nothing(phone: Phone, data: str) -> None:
    """Callback data that is not ours is answered like an old keyboard."""
    phone.type("/start")
    phone.type("包头市昆都仑区")
    facts = phone.chat.session.facts
    assert phone.press(phone.last.id, data).messages
    assert phone.chat.session.facts == facts


def test_keyboards_of_an_earlier_conversation_are_old() -> None:
    """After 重来 no button of before does anything."""
    phone = Phone(ON)
    phone.type("/start")
    phone.type("包头市昆都仑区")
    data = phone.last.buttons[0][0][1]
    phone.type("重来")
    phone.type("包头市昆都仑区")
    said = phone.press(phone.last.id, data)
    assert said.text.startswith(say("telegram.stale"))
    assert "industries" not in phone.chat.session.facts["enterprise"]


def test_rows_fit_a_phone() -> None:
    """Three in a row are short, two are no longer than half a screen; 没有 and 不知道 stand last."""
    phone = Phone(ON)
    for text in ("/start", "包头市昆都仑区", "稀土产业链", "企业"):
        phone.type(text)
        for row in phone.last.buttons:
            assert len(row) <= 3
            assert len(row) == 1 or max(width(label) for label, _ in row) * len(row) <= 36
    assert phone.last.buttons[-1][0][0] == "没有"


# ---- commands ----


def test_every_command_answers_at_any_time() -> None:
    """Before, in the middle and after; each gets words."""
    for before in ([], [HALF], WHOLE):
        for name in COMMANDS:
            phone = Phone(ON)
            for text in ("/start", *before) if before else ():
                phone.type(text)
            for text in (f"/{name}", f"/{name}@{BOT}", f"/{name} 再投200万"):
                assert phone.type(text).messages, (before, text)


def test_an_unknown_command_lists_the_known(phone: Phone) -> None:
    assert "/report" in phone.type("/pay").text


def test_start_in_the_middle_asks(phone: Phone) -> None:
    """Going on puts the question again; anew begins from the start; typed words do as well."""
    for answer, words in (
        ("继续", "申报的是企业吗"),
        ("重新开始", "注册在哪个市"),
        ("接着来", ""),
        ("重来", "注册在哪个市"),
    ):
        phone = Phone(ON)
        phone.type("/start")
        phone.type("包头市昆都仑区")
        phone.type("稀土产业链")
        said = phone.type("/start")
        assert phone.labels() == ["继续", "重新开始"]
        assert "已记下：" in said.text
        said = phone.tap(answer) if answer in phone.labels() else phone.type(answer)
        assert words in said.text
        assert bool(phone.chat.session.facts) is ("注册在" not in words)


def test_links_offer_a_place_and_take_nothing_as_told(phone: Phone) -> None:
    """A region code or a document in the link is offered as a button; anything else is passed over."""
    for payload in ("150203", "baotou"):
        phone = Phone(ON)
        said = phone.type(f"/start {payload}")
        assert "包头市" in said.text
        assert phone.chat.session.facts == {}
        phone.tap("内蒙古")
        assert phone.chat.session.facts["enterprise"]["region"].startswith(("内蒙古", "1502"))
    for payload in ("group", "999999", "' OR 1=1", "x" * 64, "../../etc"):
        assert Phone(ON).type(f"/start {payload}").text == Phone(ON).type("/start").text


def test_delete_asks_first() -> None:
    """Only the confirmation deletes; then nothing that was told is left in the chat."""
    phone = settled()
    phone.type("/delete")
    assert not phone.chat.forget
    assert phone.type("嗯").text.startswith(say("telegram.not_deleted"))
    assert not phone.chat.forget
    phone.type("/delete")
    assert phone.tap("不删").text.startswith(say("telegram.not_deleted"))
    phone.type("删除我的数据")
    said = phone.tap("确认删除")
    assert phone.chat.forget
    assert said.text == say("telegram.deleted")
    kept = phone.chat.to_json().decode("utf-8")
    assert not any(word in kept for word in ("稀土", "包头", "robots", "7000000", "lianghua"))


def test_privacy_says_what_is_kept(phone: Phone) -> None:
    """How long, how to delete, whom to ask; by command and by words."""
    phone.desk.contact = "市工信局 0472-000000"
    phone.type("/start")
    for text in ("/privacy", "我的数据会不会泄露"):
        said = phone.type(text).text
        assert all(word in said for word in ("180 天", "/delete", "市工信局 0472-000000"))


def test_introduction() -> None:
    """The menu and the texts within Telegram's limits; every command has a line."""
    for call in introduction():
        for row in call.data.get("commands", ()):
            assert 1 <= len(row["description"]) <= 256
        assert len(call.data.get("description", "")) <= 512
        assert len(call.data.get("short_description", "")) <= 120
    assert [row["command"] for row in introduction()[0].data["commands"]] == list(COMMANDS)


# ---- the report and its buttons ----


def test_the_report_has_its_buttons() -> None:
    """Each does something useful."""
    phone = settled()
    assert phone.labels() == [
        say(f"telegram.action_{name}") for name in ("edit", "why", "suppose", "export", "restart")
    ]
    assert "最高可得 210万元" in next(m.text for m in phone.messages.values() if "构成" in m.text)


def test_an_answer_can_be_changed_by_a_button() -> None:
    """The fact is asked again; its new value is said back with what it changes, and the report comes again."""
    phone = settled()
    phone.tap("修改答案")
    assert any(label.startswith("两化融合贯标 级别：3A级") for label in phone.labels())
    assert "什么级别" in phone.tap("两化融合贯标 级别").text or phone.labels()
    said = phone.tap("4A级")
    assert "由3A级改为4A级" in said.text
    assert "最高可得 230万元" in said.text


@pytest.mark.parametrize(
    "start", ["注册地", "主营行业", "申报主体", "项目总投资", "完工", "机器人及集成投入", "两化融合贯标 取得"]
)
def test_every_fact_can_be_asked_again(start: str) -> None:
    """The question is that of the fact, and 返回 leads back."""
    phone = settled()
    facts = phone.chat.session.facts
    phone.tap("修改答案")
    said = phone.tap(start)
    assert said.messages
    assert phone.chat.session.asked is not None
    assert phone.chat.session.facts == facts


def test_why_not_and_what_if_answer_in_their_place() -> None:
    """The menu's message is written anew, its buttons stay, nothing that was told is changed."""
    phone = settled()
    facts = phone.chat.session.facts
    phone.tap("为什么不包括")
    menu = phone.last
    said = phone.tap("智能工厂建设")
    assert said.messages == []
    assert "没有计入" in phone.messages[menu.id].text
    assert "条文" in phone.messages[menu.id].text
    assert phone.messages[menu.id].buttons == menu.buttons
    phone.tap("如果")
    menu = phone.last
    phone.tap(menu.buttons[0][0][0])
    assert "最高金额由210万元变为" in phone.messages[menu.id].text
    assert "再投300万，最高金额" in (phone.tap("如果"), phone.type("再投300万"))[1].text
    assert phone.chat.session.facts == facts


def test_the_export_is_a_page_of_its_own() -> None:
    """Escaped, complete, nothing loaded from elsewhere."""
    phone = settled()
    said = phone.tap("导出")
    assert said.messages[0].file is not None
    name, content = said.messages[0].file
    page = content.decode("utf-8")
    assert name == "kedui-2025-06-30.html"
    assert page.startswith("<!DOCTYPE html>")
    assert "最高可得 210万元" in page
    assert "7000000 × 15% = 1050000，封顶 1000000" in page
    assert "src=" not in page
    assert "href=" not in page
    assert phone.tap("重新测算").text == say("telegram.restart")
    assert "注册在哪个市" in phone.tap("重新开始").text


def test_the_export_keeps_what_is_not_in_force_apart() -> None:
    """A document past its end gives a table of its own, named as no promise; where nothing covers the place it says so."""
    phone = Phone(date(2026, 11, 26))
    for text in ("/start", "呼和浩特的食品厂，企业", "没有", "国家5G工厂，2025年9月", "中型"):
        phone.type(text)
    sent = phone.type("导出").messages[0].file
    assert sent is not None
    page = sent[1].decode("utf-8")
    assert '<p class="headline">截至 2026-11-26，最高可得 0元。</p>' in page
    assert say("document.total_apart") in page
    assert f">{say('document.total')}<" not in page
    phone.type("重来")
    phone.type("上海")
    assert say("telegram.action_export") not in phone.labels()
    assert phone.type("导出").messages[0].file is not None
