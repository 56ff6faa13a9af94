"""What is no plain message: stickers to polls, forwarded and edited messages, days between, groups, channels, blocks."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import telegram

from bot.telegram.chat import Chat
from bot.telegram.updates import Unreadable, read_update
from dialogs.words import say
from tests.phone import BOT, KINDS, ON, PICTURE, Phone, plain, settled


@pytest.fixture
def phone() -> Phone:
    return Phone(ON)


# ---- other kinds of messages ----


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_of_message_is_answered(phone: Phone, kind: str) -> None:
    """In words of its own, with the question that stands."""
    phone.type("/start")
    phone.type("包头市昆都仑区")
    said = phone.send(**KINDS[kind])
    assert said.text.startswith(say(f"telegram.got_{kind}"))
    assert "哪个行业" in said.text


@pytest.mark.parametrize("blank", ["  ", "\n\n", "\x00\x1f"])
def test_a_blank_message_is_answered(phone: Phone, blank: str) -> None:
    """Nothing was said in it; the question stands."""
    phone.type("/start")
    assert phone.type(blank).text.startswith(say("telegram.got_other"))


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


def test_a_topic_is_answered_in_the_topic(phone: Phone) -> None:
    """Private chats may have topics too; what is written over stands where it stood."""
    said = phone.type("/start", message_thread_id=5, is_topic_message=True)
    said.calls += phone.type("包头市昆都仑区", message_thread_id=5, is_topic_message=True).calls
    assert {call.data.get("message_thread_id") for call in said.calls if call.method.startswith("send")} == {5}
    plain = phone.type("为什么问", message_thread_id=9)  # a thread of replies, and no topic
    assert not any("message_thread_id" in call.data for call in plain.calls)


def test_what_comes_late_counts_only_when_confirmed(phone: Phone) -> None:
    """The conversation has gone on since; a bare figure would now answer another question."""
    phone.type("/start")
    update = telegram.Update.de_json(
        {"update_id": 1, "message": phone._message(9) | {"text": "我们在包头市昆都仑区"}}, None
    )
    said = phone.show(phone.desk.handle(update, phone.chat, phone.now, late=True))
    assert "“我们在包头市昆都仑区”" in said.text
    assert phone.chat.session.facts == {}
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


def test_an_edited_supposition_tells_nothing() -> None:
    """What if, written anew, is another what if; no fact comes of it."""
    phone = settled()
    facts = phone.chat.session.facts
    phone.tap("如果")
    for text, anew in (("再投200万", "再投300万"), ("如果再投200万呢", "如果再投300万呢")):
        phone.type(text)
        number = max(one.id for one in phone.messages.values() if one.mine)
        assert "再投300万，最高金额" in phone.edit(number, anew).text
    assert phone.chat.session.facts == facts


def test_after_days_the_user_is_asked_whether_to_go_on(phone: Phone) -> None:
    """The message that came waits; going on reads it, beginning anew reads it too."""
    for answer in ("继续", "重新开始"):
        phone = Phone(ON)
        phone.type("/start")
        phone.type("我们公司在包头稀土高新区做稀土永磁的")
        phone.now += timedelta(days=5)
        said = phone.type("机器人改造700万，2025年3月完工")
        assert "上次（2025-06-30）还没说完。\n已记下：注册地" in said.text
        assert said.text.endswith("继续吗？\n您刚发的这句先留着，选了就处理。")
        assert "projects" not in phone.chat.session.facts
        phone.tap(answer)
        assert phone.chat.session.facts["projects"][0]["completed_on"] == "2025-03-31"
        assert ("enterprise" in phone.chat.session.facts) is (answer == "继续")


def test_answering_by_a_button_is_going_on(phone: Phone) -> None:
    """Asked whether to go on, the user presses the old question's button: what waited is read after it."""
    phone.type("/start")
    phone.type("包头市昆都仑区，做稀土的公司")
    phone.now += timedelta(days=5)
    phone.type("总投资700万")
    phone.tap("机器人及集成")
    assert phone.chat.session.facts["projects"][0]["total_investment_yuan"] == 7000000
    assert "confirm" not in phone.chat.boards


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
    done = settled()
    assert done.desk.resume(done.chat, done.now + timedelta(days=3)) == []


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


def test_after_deleting_everything_a_word_begins_anew(phone: Phone) -> None:
    """As the store does, nothing is left of the chat."""
    phone.type("包头稀土企业")
    phone.type("/delete")
    phone.type("确认删除")
    assert "注册在哪个市" in phone.type("你好").text
