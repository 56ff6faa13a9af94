"""What Telegram knows: the bot, people, chats and their messages, files, taps and the time."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.botapi.errors import Refused, bad_request
from tests.botapi.faults import Faults, Journal
from tests.botapi.limits import Limits
from tests.botapi.updates import Updates

Message = dict[str, Any]
"""A Message object as the bot receives it."""

TOKEN = "1000001:AAtest-token_of-the-loopback-server0"
STRANGER = "Forbidden: bot can't initiate conversation with a user"
TAP_LIVES = 150
"""Seconds that a tap (callback query) can be answered."""


@dataclass
class Chat:
    """A chat with its messages, as all see it."""

    id: int
    kind: str
    about: dict[str, Any]
    """title, or first_name and username."""
    messages: dict[int, Message] = field(default_factory=dict)
    members: set[int] = field(default_factory=set)
    bot_is: str = "member"
    """member; kicked (also: the person blocked the bot); left; stranger (the person never wrote to it)."""
    migrated_to: int | None = None
    keyboard: dict[str, Any] | None = None
    """The reply keyboard below the text field, where the bot put one."""
    revision: int = 0
    """Counts what the bot did here: each message sent, edited or deleted."""
    revisions: dict[int, int] = field(default_factory=dict)
    """The revision in which a message was last touched by the bot."""
    acted: dict[int, int] = field(default_factory=dict)
    """The revision at which each person last did something here."""
    action: str = ""
    """The last chat action (typing, …) since the bot's last message."""
    waiting: set[asyncio.Future[None]] = field(default_factory=set)

    def json(self) -> dict[str, Any]:
        return {"id": self.id, "type": self.kind, **self.about}

    def touch(self, message_id: int) -> None:
        """The bot did something: who waits for it wakes up."""
        self.revision += 1
        self.revisions.pop(message_id, None)  # the dictionary stays in the order of the revisions
        self.revisions[message_id] = self.revision
        self.wake()

    def touched(self, since: int) -> list[int]:
        """The messages that the bot sent or edited after a revision and that are still there."""
        newest = itertools.takewhile(lambda item: item[1] > since, reversed(self.revisions.items()))
        return [number for number, _ in newest if number in self.messages]

    async def stirs(self, seconds: float) -> bool:
        """Wait until the bot does something here; False when the time is over first."""
        future = asyncio.get_running_loop().create_future()
        self.waiting.add(future)
        try:
            async with asyncio.timeout(max(0.0, seconds)):  # wait_for may swallow a cancellation (CPython 86296)
                await future
        except TimeoutError:
            return False
        finally:
            self.waiting.discard(future)
        return True

    def wake(self) -> None:
        for future in self.waiting:
            if not future.done():
                future.set_result(None)
        self.waiting.clear()


@dataclass
class Tap:
    """A pressed button that waits for answerCallbackQuery."""

    at: float
    person: int
    message_id: int
    answer: dict[str, Any] | None = None


@dataclass(frozen=True)
class Stored:
    """A file kept at Telegram."""

    file_id: str
    path: str
    name: str
    content: bytes


class World:
    """One bot and all that surrounds it. Lives on one event loop; nothing in it is thread-safe."""

    def __init__(
        self,
        token: str = TOKEN,
        *,
        limits: bool = True,
        journal: int = 200_000,
        retry: tuple[float, float] = (0.2, 2),
        all_group_messages: bool = True,
    ) -> None:
        self.token = token
        self.bot = {"id": int(token.split(":")[0]), "is_bot": True, "first_name": "Kedui", "username": "kedui_test_bot"}
        self.all_group_messages = all_group_messages
        self.shift = 0.0
        self.stopped = 0.0
        """Where the clock stands still; 0 while it runs."""
        self.people: dict[int, dict[str, Any]] = {}
        self.chats: dict[int, Chat] = {}
        self.files: dict[str, Stored] = {}
        self.taps: dict[str, Tap] = {}
        self.texts: dict[tuple[str, str], str] = {}
        """Name and descriptions of the bot, by kind and language."""
        self.commands: dict[tuple[str, str], list[dict[str, str]]] = {}
        """Command menus, by scope (JSON) and language."""
        self.message_ids = itertools.count(1)
        self.supergroup_ids = itertools.count(-1002000000001, -1)
        self.group_ids = itertools.count(-4000001, -1)
        self.tap_ids = itertools.count(4_000_000_000_000_000_001)
        self.file_numbers = itertools.count(1)
        self.updates = Updates(self, 500_000_001, retry)
        self.limits, self.faults, self.journal = Limits(limits), Faults(), Journal(journal)
        self.busy_at = time.monotonic()
        """When the bot last did something (any call but getUpdates), by time.monotonic()."""
        self.run_reply: Callable[[bytes], None] = lambda body: None
        """Runs the call in a webhook's answer; the server sets it."""

    # ---- time ----

    def now(self) -> float:
        """Seconds since 1970, by a clock that tests can move."""
        return (self.stopped or time.time()) + self.shift

    def advance(self, seconds: float) -> None:
        """Time passes at once: taps expire, updates older than 24 hours go, limits fill up."""
        self.shift += seconds

    # ---- chats ----

    def chat(self, chat_id: str) -> Chat:
        """The chat that a call names, if the bot may write there. Raises Refused."""
        if not chat_id:
            raise bad_request("chat_id is empty")
        if chat_id.startswith("@"):
            found = next((c for c in self.chats.values() if c.about.get("username") == chat_id[1:]), None)
            if found is None or found.kind == "private":
                raise bad_request("chat not found")
            return found
        try:
            number = int(chat_id)
        except ValueError:
            raise bad_request("chat not found") from None
        if (chat := self.chats.get(number)) is None:
            if number in self.people:
                raise Refused(403, STRANGER)
            raise bad_request("chat not found")
        return chat

    def open_chat(self, chat_id: str) -> Chat:
        """Like chat, and the bot is still in it. Raises Refused."""
        chat = self.chat(chat_id)
        if chat.migrated_to is not None:
            raise bad_request("group chat was upgraded to a supergroup chat", migrate_to_chat_id=chat.migrated_to)
        if chat.bot_is == "stranger":
            raise Refused(403, STRANGER)
        if chat.bot_is != "member":
            if chat.kind == "private":
                raise Refused(403, "Forbidden: bot was blocked by the user")
            how = "kicked from" if chat.bot_is == "kicked" else "not a member of"
            raise Refused(
                403, f"Forbidden: bot {'was ' if chat.bot_is == 'kicked' else 'is '}{how} the {chat.kind} chat"
            )
        return chat

    def new_message(self, chat: Chat, sender: dict[str, Any], content: dict[str, Any], reply_to: int = 0) -> Message:
        """A message put into a chat. In supergroups numbers are the chat's own, elsewhere the bot's."""
        number = max(chat.messages, default=0) + 1 if chat.kind == "supergroup" else next(self.message_ids)
        message: Message = {
            "message_id": number, "from": sender, "chat": chat.json(), "date": int(self.now()), **content,
        }  # fmt: skip
        if reply_to:
            replied = chat.messages[reply_to]
            message["reply_to_message"] = {k: v for k, v in replied.items() if k != "reply_to_message"}
        chat.messages[number] = message
        if sender["id"] != self.bot["id"]:
            chat.acted[sender["id"]] = chat.revision
        else:
            chat.action = ""
            chat.touch(number)
        return message

    # ---- files ----

    def keep_file(self, folder: str, name: str, content: bytes) -> Stored:
        number = next(self.file_numbers)
        suffix = name.rpartition(".")[2] if "." in name else "bin"
        stored = Stored(f"BQACAgIAAxkBAAI{number:08d}", f"{folder}/file_{number}.{suffix}", name, content)
        self.files[stored.file_id] = stored
        return stored

    def unique_id(self, stored: Stored) -> str:
        return f"AgAD{stored.file_id[-8:]}"
