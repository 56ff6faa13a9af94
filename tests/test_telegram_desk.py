"""The desk: what each kind of update does, and that every call is one that Telegram takes, whatever people do."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import telegram
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from phone import BOT, Phone, Said, plain

from bot.telegram.chat import Chat
from bot.telegram.commands import COMMANDS, introduction
from bot.telegram.keyboards import width
from bot.telegram.updates import Unreadable, read_update
from bot.telegram.writing import LIMIT, clean, escaped, messages, report_messages, units
from dialogs.words import say

ON = date(2025, 6, 30)
HALF = "我们公司在包头稀土高新区做稀土永磁的，机器人改造700万，2025年3月完工"
WHOLE = [
    "我们公司在包头稀土高新区做稀土永磁的，机器人改造700万，安全平台400万，拿了3A两化融合",
    "今年三月",
    "今年五月",
    "没有了",
    "没有了",
    "没有",
]
HOSTILE = "<b>&\"'公司</i>&amp; \u202e\ud83d\x00😀" + "长" * 50


@pytest.fixture
def phone() -> Phone:
    return Phone(ON)


def settled() -> Phone:
    """A conversation that has come to its report."""
    phone = Phone(ON)
    for text in ("/start", *WHOLE):
        phone.type(text)
    assert phone.labels()[0] == say("telegram.action_edit")
    return phone


def methods(said: Said) -> list[str]:
    return [call.method for call in said.calls]


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
    assert phone.messages[old.id].buttons == []
    facts = phone.chat.session.facts
    said = phone.press(old.id, data)
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
    "start", ["注册地", "主营行业", "申报主体", "项目总投资", "完工", "这部分投入", "两化融合贯标 取得"]
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


# ---- other kinds of messages ----

PICTURE = [{"file_id": "a", "file_unique_id": "b", "width": 1, "height": 1}]
FILE = {"file_id": "a", "file_unique_id": "b"}
KINDS: dict[str, dict[str, Any]] = {
    "sticker": {
        "sticker": {**FILE, "type": "regular", "width": 1, "height": 1, "is_animated": False, "is_video": False}
    },
    "voice": {"voice": {**FILE, "duration": 3}},
    "audio": {"audio": {**FILE, "duration": 3}},
    "video": {"video": {**FILE, "duration": 3, "width": 1, "height": 1}},
    "video_note": {"video_note": {**FILE, "duration": 3, "length": 1}},
    "animation": {"animation": {**FILE, "duration": 3, "width": 1, "height": 1}, "document": FILE},
    "photo": {"photo": PICTURE},
    "document": {"document": FILE},
    "contact": {"contact": {"phone_number": "13800000000", "first_name": "李"}},
    "location": {"location": {"latitude": 40.6, "longitude": 109.8}},
    "venue": {
        "venue": {"location": {"latitude": 40.6, "longitude": 109.8}, "title": "厂", "address": "路"},
        "location": {"latitude": 40.6, "longitude": 109.8},
    },
    "poll": {
        "poll": {
            "id": "1",
            "question": "?",
            "options": [],
            "total_voter_count": 0,
            "is_closed": False,
            "is_anonymous": True,
            "type": "regular",
            "allows_multiple_answers": False,
            "allows_revoting": False,
            "members_only": False,
        }
    },
    "dice": {"dice": {"value": 3, "emoji": "🎲"}},
    "other": {"story": {"chat": {"id": 5, "type": "private"}, "id": 1}},
}


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_of_message_is_answered(phone: Phone, kind: str) -> None:
    """In words of its own, with the question that stands."""
    phone.type("/start")
    phone.type("包头市昆都仑区")
    said = phone.send(**KINDS[kind])
    assert said.text.startswith(say(f"telegram.got_{kind}"))
    assert "哪个行业" in said.text


def test_a_caption_is_read_and_an_album_answered_once(phone: Phone) -> None:
    """The text under a picture counts; ten pictures get one answer."""
    phone.type("/start")
    said = phone.send(photo=PICTURE, caption="我们在包头市昆都仑区")
    assert said.text.startswith(say("telegram.caption", got=say("telegram.got_photo")))
    assert phone.chat.session.facts
    answers = [phone.send(photo=PICTURE, media_group_id="9").messages for _ in range(4)]
    assert [len(one) for one in answers] == [1, 0, 0, 0]


def test_a_forwarded_message_counts_only_when_confirmed(phone: Phone) -> None:
    origin = {"type": "hidden_user", "date": 1750000000, "sender_user_name": "李"}
    phone.type("/start")
    phone.type("我们在包头市昆都仑区", forward_origin=origin)
    assert phone.chat.session.facts == {}
    phone.tap("不算")
    assert phone.chat.session.facts == {}
    phone.type("我们在包头市昆都仑区", forward_origin=origin)
    phone.tap("是，算作回答")
    assert phone.chat.session.facts["enterprise"]["region"]


def test_an_edited_message_is_a_correction(phone: Phone) -> None:
    """As said anew at its place; the same words again, or a message from before, change nothing."""
    phone.type("/start")
    phone.type("包头稀土高新区")
    number = phone.ids + 1
    number = max(one.id for one in phone.messages.values() if one.mine)
    said = phone.edit(number, "包头市昆都仑区")
    assert "已改：注册地" in said.text
    assert phone.edit(number, "包头市昆都仑区").calls == []
    assert "已改：注册地" in phone.edit(number, "包头稀土高新区").text
    phone.type("重来")
    assert phone.edit(number, "呼和浩特市").text == say("telegram.edit_unknown")


def test_after_days_the_user_is_asked_whether_to_go_on(phone: Phone) -> None:
    """The message that came waits; going on reads it, beginning anew reads it too."""
    for answer in ("继续", "重新开始"):
        phone = Phone(ON)
        phone.type("/start")
        phone.type("我们公司在包头稀土高新区做稀土永磁的")
        phone.now += timedelta(days=5)
        said = phone.type("机器人改造700万，2025年3月完工")
        assert "上次（2025-06-30）说到：“做了或打算做什么项目" in said.text
        assert "projects" not in phone.chat.session.facts
        phone.tap(answer)
        assert phone.chat.session.facts["projects"][0]["completed_on"] == "2025-03-31"
        assert ("enterprise" in phone.chat.session.facts) is (answer == "继续")


def test_resuming_is_offered_by_the_store_too(phone: Phone) -> None:
    """Soon after, only the question once more; after days, whether to go on; never to a closed or an empty chat."""
    assert phone.desk.resume(phone.chat, phone.now) == []
    phone.type("/start")
    phone.type("包头市昆都仑区")
    said = phone.show(phone.desk.resume(phone.chat, phone.now + timedelta(hours=1)))
    assert "哪个行业" in said.text
    said = phone.show(phone.desk.resume(phone.chat, phone.now + timedelta(days=3)))
    assert phone.labels() == ["继续", "重新开始"]
    assert "哪个行业" in phone.tap("继续").text
    phone.chat.closed = True
    assert phone.desk.resume(phone.chat, phone.now) == []


def test_what_the_library_cannot_read_is_answered_all_the_same(phone: Phone) -> None:
    """A poll of another version of the Bot API leaves its envelope: the user gets an answer."""
    raw = {"update_id": 1, "message": phone._message(3) | {"poll": {"id": "1"}}}
    with pytest.raises(TypeError):
        telegram.Update.de_json(raw, None)
    said = phone.show(phone.desk.handle(read_update(raw), phone.chat, phone.now))
    assert said.text.startswith(say("telegram.got_other"))
    with pytest.raises(Unreadable):
        read_update({"update_id": 1, "message": {"poll": 3}})


# ---- groups, channels, membership ----


def group_update(**data: Any) -> telegram.Update:
    message = {
        "message_id": 8,
        "date": 1750000000,
        "chat": {"id": -100, "type": "supergroup", "title": "群"},
        "from": {"id": 5, "is_bot": False, "first_name": "王"},
    }
    update = telegram.Update.de_json({"update_id": 1, "message": message | data}, None)
    assert update is not None
    return update


REPLY = {
    "message_id": 7,
    "date": 1750000000,
    "chat": {"id": -100, "type": "supergroup", "title": "群"},
    "from": {"id": 1, "is_bot": True, "first_name": "可兑", "username": BOT},
    "text": "…",
}


@pytest.mark.parametrize(
    ("data", "answered"),
    [
        ({"text": "我们公司能拿多少"}, False),
        ({"text": "/help"}, True),
        ({"text": f"/report@{BOT}"}, True),
        ({"text": "/report@other_bot"}, False),
        ({"text": "/unknown"}, False),
        ({"text": f"@{BOT} 能拿多少"}, True),
        ({"text": f"请问@{BOT.upper()}，能拿多少"}, True),
        ({"text": f"@{BOT}x 能拿多少"}, False),
        ({"text": "能拿多少", "reply_to_message": REPLY}, True),
        ({"photo": PICTURE, "caption": f"@{BOT}"}, True),
        ({"photo": PICTURE}, False),
        ({"new_chat_title": "新群"}, False),
    ],
)
def test_in_a_group_only_when_spoken_to(data: dict[str, Any], answered: bool) -> None:
    """And then only the way to the private chat."""
    chat = Chat(-100)
    calls = Phone(ON).desk.handle(group_update(**data), chat, datetime(2025, 6, 30, tzinfo=UTC))
    assert bool(calls) is answered
    assert chat.session.facts == {}
    for call in calls:
        assert plain(call.data) == say("telegram.group")
        assert call.data["reply_markup"]["inline_keyboard"][0][0]["url"] == f"https://t.me/{BOT}?start=group"


def test_a_migrated_group_is_closed() -> None:
    chat = Chat(-100)
    assert Phone(ON).desk.handle(group_update(migrate_to_chat_id=-200), chat, datetime(2025, 6, 30, tzinfo=UTC)) == []
    assert chat.closed


def member(status: str, kind: str = "private", before: str = "member") -> dict[str, Any]:
    bot = {"id": 1, "is_bot": True, "first_name": "可兑", "username": BOT}
    rights = {"kicked": {"until_date": 0}}

    def one(name: str) -> dict[str, Any]:
        return {"status": name, "user": bot, **rights.get(name, {})}

    return {
        "chat": {"id": 5, "type": kind},
        "from": {"id": 5, "is_bot": False, "first_name": "王"},
        "date": 1750000000,
        "old_chat_member": one(before),
        "new_chat_member": one(status),
    }


def test_blocked_and_back(phone: Phone) -> None:
    """A block closes the chat, unblocking opens it, and so does the next message."""
    phone.type("/start")
    assert phone.update(my_chat_member=member("kicked")).calls == []
    assert phone.chat.closed
    phone.update(my_chat_member=member("member", before="kicked"))
    assert not phone.chat.closed
    phone.update(my_chat_member=member("kicked"))
    phone.type("包头市")
    assert not phone.chat.closed


def test_added_to_a_group_it_says_where_to_talk(phone: Phone) -> None:
    update = telegram.Update.de_json({"update_id": 1, "my_chat_member": member("member", "group", "left")}, None)
    assert update is not None
    calls = phone.desk.handle(update, Chat(5), phone.now)
    assert [call.method for call in calls] == ["sendMessage"]


def test_channels_and_unknown_updates_are_passed_over(phone: Phone) -> None:
    post = {
        "message_id": 1,
        "date": 1750000000,
        "chat": {"id": -7, "type": "channel", "title": "频道"},
        "text": "/start",
    }
    for data in (
        {"channel_post": post},
        {"edited_channel_post": {**post, "edit_date": 1750000001}},
        {"poll_answer": None},
    ):
        update = telegram.Update.de_json({"update_id": 1, **data}, None)
        assert update is not None
        assert phone.desk.handle(update, Chat(-7), phone.now) == []


def test_service_messages_are_not_answered(phone: Phone) -> None:
    phone.type("/start")
    assert phone.send(write_access_allowed={"from_request": True}).calls == []


# ---- texts ----


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet=st.sampled_from('长a<>&"😀\n。，\ud800\x00 '), max_size=600), st.integers(20, 120))
def test_texts_are_cut_and_escaped(text: str, limit: int) -> None:
    """Every piece fits, none is empty, and together they say all."""
    pieces = messages(text, limit)
    for piece in pieces:
        assert plain({"text": escaped(piece), "parse_mode": "HTML"})
        assert units(escaped(piece)) <= limit
    assert "".join("".join(pieces).split()) == "".join(clean(text).split())
    for piece in report_messages(text, limit):
        assert plain({"text": piece, "parse_mode": "HTML"})
        assert units(piece) <= limit


def test_paragraphs_stay_whole() -> None:
    """A long report is cut between paragraphs."""
    paragraphs = [f"标题{n}\n" + "内容。" * 300 for n in range(12)]
    pieces = report_messages("\n\n".join(paragraphs))
    assert len(pieces) > 2
    assert all(piece.startswith("<b>标题") and units(piece) <= LIMIT for piece in pieces)
    assert "\n\n".join(plain({"text": piece, "parse_mode": "HTML"}) for piece in pieces) == "\n\n".join(paragraphs)


# ---- whatever people do ----

PHRASES = [
    *WHOLE,
    HALF,
    HOSTILE,
    f"{HOSTILE}有限公司在包头稀土高新区，机器人改造700万",
    "/start",
    "/start baotou",
    "/report",
    "/whatif",
    "/whatif 再投200万",
    "/projects",
    "/why",
    "/back",
    "/delete",
    "/help",
    "不知道",
    "1",
    "3",
    "如果升到4A呢",
    "为什么没有CMMM",
    "再投300万",
    "有",
    "不是",
    "800",
    "青山区",
    "重来",
    "导出",
    "x" * 5000,
    "总投资" + "9" * 40 + "万",
]

STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("type"), st.sampled_from(PHRASES)),
        st.tuples(st.just("tap"), st.integers(0, 30)),
        st.tuples(st.just("old"), st.integers(0, 200)),
        st.tuples(st.just("edit"), st.tuples(st.integers(0, 20), st.sampled_from(PHRASES))),
        st.tuples(st.just("send"), st.sampled_from(sorted(KINDS))),
        st.tuples(st.just("wait"), st.just(0)),
    ),
    min_size=5,
    max_size=16,
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(STEPS)
def test_every_call_is_one_that_telegram_takes(steps: list[tuple[str, Any]]) -> None:
    """Random sessions: the phone checks each call; each message gets an answer; old buttons change nothing."""
    phone = Phone(ON)
    shown: list[tuple[int, str]] = []
    for kind, what in steps:
        live = [(m.id, data) for m in phone.messages.values() for row in m.buttons for _, data in row]
        shown += [one for one in live if one not in shown]
        if kind == "type":
            assert phone.type(what).messages
        elif kind == "send":
            assert phone.send(**KINDS[what]).messages
        elif kind == "tap" and live:
            phone.press(*live[-1 - what % len(live)])
        elif kind == "old":
            gone = [one for one in shown if one not in live]
            if gone:
                facts = phone.chat.session.facts
                phone.press(*gone[what % len(gone)])
                assert phone.chat.session.facts == facts
        elif kind == "edit":
            mine = [m.id for m in phone.messages.values() if m.mine]
            if mine:
                phone.edit(mine[what[0] % len(mine)], what[1])
        elif kind == "wait":
            phone.now += timedelta(days=3)


def test_the_same_update_gives_the_same_calls() -> None:
    """The desk is pure: nothing but the chat, the update and the time decides."""
    one, other = Phone(ON), Phone(ON)
    for text in ("/start", *WHOLE, "/projects", "/whatif"):
        assert one.type(text).calls == other.type(text).calls
    assert one.chat.to_json() == other.chat.to_json()
