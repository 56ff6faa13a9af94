"""A phone with a private chat on it, in process: what is typed, pressed and edited goes to the desk; what it answers is
checked as the Bot API would check it, and shown.

`Phone` keeps the messages as a user sees them, with the buttons that each has now. It stores the chat as JSON between two
updates, as the real store does. `docs/how-to/talk-on-telegram.md` and the tests show chats with `Phone.screen`.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

import telegram

from bot.telegram.calls import Call
from bot.telegram.chat import Chat
from bot.telegram.desk import Desk
from dialogs.engine import Engine
from dialogs.render import short_label
from dialogs.words import say
from tests.conversing import assessor

BOT = "kedui_bot"
ON = date(2025, 6, 30)
WHOLE = [
    "我们公司在包头稀土高新区做稀土永磁的，机器人改造700万，安全平台400万，拿了3A两化融合",
    "今年三月",
    "今年五月",
    "没有了",
    "没有了",
    "没有",
]
"""A conversation on that day, from the first message to the report."""

Data = dict[str, Any]


@dataclass
class Message:
    """One message on the screen; `buttons` are (label, callback data) row by row."""

    id: int
    mine: bool
    text: str
    buttons: list[list[tuple[str, str]]] = field(default_factory=list)
    file: tuple[str, bytes] | None = None


@dataclass
class Said:
    """What came of one update: new messages of the bot, toasts, and all calls."""

    messages: list[Message]
    toasts: list[str]
    calls: list[Call]

    @property
    def text(self) -> str:
        return "\n\n".join(message.text for message in self.messages)


class Phone:
    """One user's phone."""

    def __init__(self, on: date, contact: str | None = None, chat: int = 5) -> None:
        self.desk = Desk(lambda now: Engine(assessor(), on, contact), BOT, contact)
        self.chat = Chat(chat)
        self.now = datetime(on.year, on.month, on.day, 9, tzinfo=UTC)
        self.user = {"id": chat, "is_bot": False, "first_name": "王"}
        self.messages: dict[int, Message] = {}
        self.ids = 0

    # ---- what the user does ----

    def type(self, text: str, **more: Any) -> Said:
        return self.send(text=text, **more)

    def send(self, **content: Any) -> Said:
        """A message of any kind, as the Bot API writes it."""
        self.ids += 1
        text = content.get("text") or content.get("caption") or f"[{', '.join(content)}]"
        self.messages[self.ids] = Message(self.ids, True, text)
        return self.update(message=self._message(self.ids) | content)

    def edit(self, message: int, text: str) -> Said:
        self.messages[message].text = text
        return self.update(edited_message=self._message(message) | {"text": text, "edit_date": self._seconds()})

    def tap(self, label: str) -> Said:
        """The newest button that is called so, in short, or begins so; on a further page where it is on none that is shown."""
        turning = None
        for message in sorted(self.messages.values(), key=lambda one: -one.id):
            for row in message.buttons:
                for text, data in row:
                    if text.removeprefix("✓ ").startswith(label) or text == short_label(label):
                        return self.press(message.id, data)
                    if turning is None and text.startswith(say("telegram.page_after").partition("（")[0]):
                        turning = message.id, data
        assert turning is not None, f"no button {label}\n{self.screen()}"
        self.press(*turning)
        return self.tap(label)

    def press(self, message: int, data: str) -> Said:
        shown = self._message(message) | {"from": {"id": 1, "is_bot": True, "first_name": "可兑"}, "text": "…"}
        return self.update(
            callback_query={"id": "7", "from": self.user, "chat_instance": "1", "data": data, "message": shown}
        )

    def update(self, **data: Any) -> Said:
        update = telegram.Update.de_json({"update_id": self.ids, **data}, None)
        self.chat = Chat(self.chat.id) if self.chat.forget else Chat.from_json(self.chat.to_json())  # as the store does
        self.now += timedelta(seconds=20)
        said = self.show(self.desk.handle(update, self.chat, self.now))
        if "callback_query" in data:
            assert any(call.method == "answerCallbackQuery" for call in said.calls), "a tap without an answer"
        return said

    def _message(self, number: int) -> Data:
        where = {"id": self.chat.id, "type": "private"}
        return {"message_id": number, "date": self._seconds(), "chat": where, "from": self.user}

    def _seconds(self) -> int:
        return int(self.now.timestamp())

    # ---- what the bot does ----

    def show(self, calls: list[Call]) -> Said:
        """Checks the calls and shows what comes of them."""
        said = Said([], [], calls)
        for call in calls:
            data = call.data
            if call.method == "answerCallbackQuery":
                assert len(data.get("text", "")) <= 200
                said.toasts += [data["text"]] if data.get("text") else []
                continue
            assert data["chat_id"] == self.chat.id
            if call.method == "sendChatAction":
                assert call.fleeting
                continue
            if call.method in ("editMessageText", "editMessageReplyMarkup"):
                message = self.messages[data["message_id"]]
                message.buttons = buttons_of(data)
                if call.method == "editMessageText":
                    message.text = plain(data)
                continue
            self.ids += 1
            if call.method == "sendDocument":
                assert call.file is not None
                assert call.file[1]
                message = Message(self.ids, False, data["caption"], [], call.file)
            else:
                assert call.method == "sendMessage"
                message = Message(self.ids, False, plain(data), buttons_of(data))
            self.messages[self.ids] = message
            said.messages.append(message)
        return said

    @property
    def last(self) -> Message:
        """The newest message of the bot."""
        return max((one for one in self.messages.values() if not one.mine), key=lambda one: one.id)

    def labels(self) -> list[str]:
        return [label for row in self.last.buttons for label, _ in row]

    def screen(self) -> str:
        """The chat as it stands, as text."""
        return "\n".join(shown(message) for message in self.messages.values())


def shown(message: Message) -> str:
    """One message with its buttons, as text."""
    rows = [f"{'我' if message.mine else '可兑'}：{message.text}"]
    rows += ["    " + "  ".join(f"[{label}]" for label, _ in row) for row in message.buttons]
    return "\n".join(rows)


def settled() -> Phone:
    """A conversation that has come to its report."""
    phone = Phone(ON)
    for text in ("/start", *WHOLE):
        phone.type(text)
    assert phone.labels()[0] == say("telegram.action_edit")
    return phone


# ---- what may be sent ----

PICTURE = [{"file_id": "a", "file_unique_id": "b", "width": 1, "height": 1}]
FILE = {"file_id": "a", "file_unique_id": "b"}
KINDS: dict[str, Data] = {
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


# ---- as strict as the Bot API ----

_ENTITY = re.compile(r"&(?:lt|gt|amp|quot);")


def plain(data: Data) -> str:
    """The text of a call, its entities parsed; asserts that Telegram would take it."""
    text = data["text"]
    if data.get("parse_mode") == "HTML":
        open_tags: list[str] = []
        for tag in re.findall(r"<[^>]*>?", text):
            assert re.fullmatch(r"</?(?:b|i|u|s|code|pre|blockquote)>|<blockquote expandable>", tag), f"bad tag {tag!r}"
            if tag.startswith("</"):
                assert open_tags.pop() == tag[2:-1]
            else:
                assert "blockquote" not in tag or "blockquote" not in open_tags, "a quote in a quote"
                open_tags.append(tag[1:-1].split()[0])
        assert open_tags == []
        bare = re.sub(r"<[^>]*>", "", text)
        assert "&" not in _ENTITY.sub("", bare), "an ampersand that is no entity"
        text = html.unescape(bare)
    assert text.strip(), "an empty message"
    assert 1 <= len(text.encode("utf-16-le")) // 2 <= 4096
    text.encode("utf-8")
    return text


def buttons_of(data: Data) -> list[list[tuple[str, str]]]:
    """The keyboard of a call; asserts its limits."""
    rows = data.get("reply_markup", {}).get("inline_keyboard", [])
    seen = set()
    for row in rows:
        assert 1 <= len(row) <= 8
        for button in row:
            assert 1 <= len(button["text"]) <= 64
            assert 1 <= len(button["callback_data"].encode("utf-8")) <= 64
            assert button["callback_data"] not in seen
            seen.add(button["callback_data"])
    assert len(seen) <= 100
    return [[(button["text"], button["callback_data"]) for button in row] for row in rows]
