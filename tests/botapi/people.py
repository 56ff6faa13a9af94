"""Scripted people: what a person can do with the app, and what they see.

Every public method takes and returns JSON values (contents of files: text or bytes), so that `remote.py` can call it from
another process under the same name. `chat` is 0 for the private chat with the bot.
"""

from __future__ import annotations

import time
from typing import Any

from tests.botapi.entities import detected
from tests.botapi.errors import Impossible
from tests.botapi.world import Chat, Message, Tap, World


class Person:
    """One person at Telegram. The private chat comes to be with the first message."""

    def __init__(self, world: World, number: int, first_name: str = "", language: str = "zh-hans") -> None:
        self.world, self.id = world, number
        if number not in world.people:
            world.people[number] = {
                "id": number, "is_bot": False, "first_name": first_name or f"P{number}",
                "username": f"person{number}", "language_code": language,
            }  # fmt: skip

    @property
    def user(self) -> dict[str, Any]:
        return self.world.people[self.id]

    def _chat(self, chat: int) -> Chat:
        """The private chat or a group that the person is in."""
        if chat and chat != self.id:
            found = self.world.chats.get(chat)
            if found is None or self.id not in found.members:
                raise Impossible(f"person {self.id} is not in a chat {chat}")
            if found.migrated_to is not None:
                raise Impossible(f"chat {chat} is closed: it became {found.migrated_to}")
            return found
        if self.id not in self.world.chats:
            about = {k: self.user[k] for k in ("first_name", "username")}
            self.world.chats[self.id] = Chat(self.id, "private", about, members={self.id}, bot_is="stranger")
        return self.world.chats[self.id]

    def _post(self, chat: int, content: dict[str, Any], reply_to: int = 0) -> int:
        where = self._chat(chat)
        if where.kind == "private" and where.bot_is == "kicked":
            raise Impossible(f"person {self.id} blocked the bot and must unblock it first")
        if where.bot_is == "stranger":
            where.bot_is = "member"
        if reply_to and reply_to not in where.messages:
            raise Impossible(f"there is no message {reply_to} to reply to")
        message = self.world.new_message(where, self.user, content, reply_to)
        if where.bot_is == "member" and self._meant(where, message):
            self.world.updates.add("message", message)
        return int(message["message_id"])

    def _meant(self, chat: Chat, message: Message) -> bool:
        """Whether the bot gets to see it: in groups with privacy mode only commands, mentions, replies to it, events."""
        if chat.kind == "private" or self.world.all_group_messages or "text" not in message:
            return True
        name = "@" + self.world.bot["username"]
        replied = message.get("reply_to_message", {}).get("from", {}).get("id")
        return replied == self.world.bot["id"] or message["text"].startswith("/") or name in message["text"]

    # ---- saying ----

    def say(self, text: str, chat: int = 0, reply_to: int = 0) -> int:
        """Send a text; returns its message_id."""
        entities = detected(text, [])
        return self._post(chat, {"text": text} | ({"entities": entities} if entities else {}), reply_to)

    def edit(self, message_id: int, text: str, chat: int = 0) -> None:
        """Change the text of a message sent before."""
        where = self._chat(chat)
        message = where.messages.get(message_id)
        if message is None or message["from"]["id"] != self.id or "text" not in message:
            raise Impossible(f"person {self.id} has no text message {message_id} to edit")
        entities = detected(text, [])
        changed = {k: v for k, v in message.items() if k != "entities"} | {
            "text": text,
            "edit_date": int(self.world.now()),
        }
        where.acted[self.id] = where.revision
        where.messages[message_id] = changed | ({"entities": entities} if entities else {})
        if where.bot_is == "member":
            self.world.updates.add("edited_message", where.messages[message_id])

    def send(self, kind: str, chat: int = 0, reply_to: int = 0, **more: Any) -> int:
        """Send a sticker, voice, photo, document (`name`, `content`), contact, poll, location, dice or forward (`text`)."""
        make = getattr(self, f"_{kind}", None)
        if make is None or kind not in KINDS:
            raise Impossible(f"nobody sends a {kind}; there are {', '.join(KINDS)}")
        return self._post(chat, make(**more), reply_to)

    def _file(self, folder: str, name: str, content: bytes | str, **more: Any) -> dict[str, Any]:
        raw = content.encode() if isinstance(content, str) else content
        stored = self.world.keep_file(folder, name, raw)
        return {
            "file_id": stored.file_id,
            "file_unique_id": self.world.unique_id(stored),
            "file_size": len(raw),
            **more,
        }

    def _sticker(self, emoji: str = "👍") -> dict[str, Any]:
        about = {
            "type": "regular",
            "width": 512,
            "height": 512,
            "is_animated": False,
            "is_video": False,
            "emoji": emoji,
        }
        return {"sticker": self._file("stickers", "sticker.webp", b"RIFF", **about)}

    def _voice(self, duration: int = 3) -> dict[str, Any]:
        return {"voice": self._file("voice", "voice.oga", b"OggS", duration=duration, mime_type="audio/ogg")}

    def _photo(self, caption: str = "") -> dict[str, Any]:
        photo = {"photo": [self._file("photos", "photo.jpg", b"\xff\xd8\xff", width=90, height=90)]}
        return photo | ({"caption": caption} if caption else {})

    def _document(self, name: str, content: bytes | str, caption: str = "", mime_type: str = "") -> dict[str, Any]:
        about = {"file_name": name, "mime_type": mime_type or "application/octet-stream"}
        document = {"document": self._file("documents", name, content, **about)}
        return document | ({"caption": caption} if caption else {})

    def _contact(self, phone_number: str = "+8613800000000", first_name: str = "") -> dict[str, Any]:
        return {"contact": {"phone_number": phone_number, "first_name": first_name or self.user["first_name"]}}

    def _poll(self, question: str = "?", options: tuple[str, ...] = ("1", "2")) -> dict[str, Any]:
        return {"poll": {
            "id": str(next(self.world.tap_ids)), "question": question, "is_closed": False, "is_anonymous": True,
            "options": [{"persistent_id": str(n), "text": text, "voter_count": 0} for n, text in enumerate(options)],
            "total_voter_count": 0, "type": "regular", "allows_multiple_answers": False, "allows_revoting": True,
            "members_only": False,
        }}  # fmt: skip

    def _location(self, latitude: float = 40.65, longitude: float = 109.84) -> dict[str, Any]:
        return {"location": {"latitude": latitude, "longitude": longitude}}

    def _dice(self, value: int = 4) -> dict[str, Any]:
        return {"dice": {"emoji": "🎲", "value": value}}

    def _forward(self, text: str) -> dict[str, Any]:
        origin = {"type": "hidden_user", "date": int(self.world.now()) - 60, "sender_user_name": "Somebody"}
        return {"text": text, "forward_origin": origin}

    # ---- pressing ----

    def press(self, label: str = "", data: str = "", message_id: int = 0, chat: int = 0) -> str:
        """Press a button that is there now: by its label or data, of a message or of the newest that has it.

        Returns the id of the tap, for `tapped`.
        """
        where = self._chat(chat)
        numbers = [message_id] if message_id else sorted(where.messages, reverse=True)
        for number in numbers:
            message = where.messages.get(number, {})
            for button in (b for row in message.get("reply_markup", {}).get("inline_keyboard", []) for b in row):
                if "callback_data" in button and (button["text"] == label or button["callback_data"] == data):
                    return self._tap(where, message, button["callback_data"])
        there = [row["buttons"] for row in self.view(chat)[-3:]]
        raise Impossible(f"there is no button {label or data!r}; the last messages have {there}")

    def press_old(self, data: str, message_id: int, chat: int = 0) -> str:
        """A press that was under way when the keyboard changed: the button need not be there any more."""
        where = self._chat(chat)
        if message_id not in where.messages:
            raise Impossible(f"there is no message {message_id}")
        return self._tap(where, where.messages[message_id], data)

    def _tap(self, chat: Chat, message: Message, data: str) -> str:
        if chat.bot_is != "member":
            raise Impossible("the bot is not in the chat")
        tap = str(next(self.world.tap_ids))
        chat.acted[self.id] = chat.revision
        self.world.taps[tap] = Tap(self.world.now(), self.id, message["message_id"])
        instance = str(abs(chat.id) * 7919)
        query = {"id": tap, "from": self.user, "message": message, "chat_instance": instance, "data": data}
        self.world.updates.add("callback_query", query)
        return tap

    def tapped(self, tap: str) -> dict[str, Any] | None:
        """What the bot answered to a tap: text and alert; None while the button still turns."""
        return self.world.taps[tap].answer

    # ---- coming and going ----

    def block(self) -> None:
        """Block the bot (and delete the chat, as most do)."""
        self._membership(self._chat(0), "kicked")

    def unblock(self) -> None:
        self._membership(self._chat(0), "member")

    def group(self, title: str, others: tuple[int, ...] = ()) -> int:
        """Make a group with the bot in it; returns its id."""
        number = next(self.world.group_ids)
        chat = Chat(number, "group", {"title": title}, members={self.id, *others}, bot_is="left")
        self.world.chats[number] = chat
        self._membership(chat, "member")
        self._event(chat, {"group_chat_created": True})
        return number

    def kick(self, chat: int) -> None:
        """Remove the bot from a group."""
        where = self._chat(chat)
        self._event(where, {"left_chat_member": self.world.bot})
        self._membership(where, "kicked")

    def add_bot(self, chat: int) -> None:
        """Take the bot into a group again."""
        where = self._chat(chat)
        self._membership(where, "member")
        self._event(where, {"new_chat_members": [self.world.bot]})

    def migrate(self, chat: int) -> int:
        """The group becomes a supergroup; returns the new id. The old one refuses everything from now on."""
        old = self._chat(chat)
        new = Chat(next(self.world.supergroup_ids), "supergroup", dict(old.about), members=set(old.members))
        self.world.chats[new.id] = new
        self._event(old, {"migrate_to_chat_id": new.id})
        old.migrated_to = new.id
        self._event(new, {"migrate_from_chat_id": old.id})
        return new.id

    def _event(self, chat: Chat, content: dict[str, Any]) -> None:
        self.world.updates.add("message", self.world.new_message(chat, self.user, content))

    def _membership(self, chat: Chat, status: str) -> None:
        def member(what: str) -> dict[str, Any]:
            return {"user": self.world.bot, "status": what} | ({"until_date": 0} if what == "kicked" else {})

        self.world.updates.add("my_chat_member", {
            "chat": chat.json(), "from": self.user, "date": int(self.world.now()),
            "old_chat_member": member(chat.bot_is), "new_chat_member": member(status),
        })  # fmt: skip
        chat.bot_is = status

    # ---- seeing ----

    def view(self, chat: int = 0, since: int = -1) -> list[dict[str, Any]]:
        """The messages as they now look, in order: id, by ("bot" or a person's id), text, buttons, edited, file, …

        With `since`, only those that the bot sent or edited after that revision (`revision` gives the present one).
        """
        where = self._chat(chat)
        numbers = list(where.messages) if since < 0 else where.touched(since)
        return [self._seen(where, number) for number in sorted(numbers)]

    def _seen(self, chat: Chat, number: int) -> dict[str, Any]:
        message = chat.messages[number]
        sender = message["from"]["id"]
        rows = message.get("reply_markup", {}).get("inline_keyboard", [])
        return {
            "id": number,
            "by": "bot" if sender == self.world.bot["id"] else sender,
            "text": message.get("text", message.get("caption", "")),
            "entities": message.get("entities", message.get("caption_entities", [])),
            "buttons": [[{"text": b["text"], "data": b.get("callback_data", ""), "url": b.get("url", "")} for b in row] for row in rows],
            "edited": "edit_date" in message,
            "file": message.get("document", {}).get("file_id", ""),
            "name": message.get("document", {}).get("file_name", ""),
            "reply_to": message.get("reply_to_message", {}).get("message_id", 0),
            "revision": chat.revisions.get(number, 0),
        }  # fmt: skip

    def keyboard(self, chat: int = 0) -> list[list[str]]:
        """The reply keyboard below the text field, as labels."""
        shown = self._chat(chat).keyboard or {}
        return [[button["text"] for button in row] for row in shown.get("keyboard", [])]

    def action(self, chat: int = 0) -> str:
        """The chat action that shows (typing, …): the last since the bot's last message."""
        return self._chat(chat).action

    def download(self, file_id: str) -> bytes:
        """The content of a file that the bot sent."""
        return self.world.files[file_id].content

    def revision(self, chat: int = 0) -> int:
        """How often the bot has sent, edited or deleted here."""
        return self._chat(chat).revision

    # ---- waiting ----

    async def wait(
        self, text: str = "", button: str = "", *, count: int = 1, still: float = 0, since: int = -1, timeout: float = 10,
        chat: int = 0,
    ) -> list[dict[str, Any]]:  # fmt: skip
        """Wait for what the bot does after the person's last act (or after a revision `since`); returns the messages.

        Until it has sent or edited `count` messages, one of which holds `text` and one a button labelled `button`, where
        given, and then until nothing more came for `still` seconds. Raises TimeoutError with what is there.
        """
        where, end = self._chat(chat), time.monotonic() + timeout
        after = since if since >= 0 else where.acted.get(self.id, 0)
        while True:
            new = self.view(chat, after)
            enough = (
                len(new) >= count
                and any(text in row["text"] for row in new)
                and (not button or any(b["text"] == button for row in new for line in row["buttons"] for b in line))
            )
            if enough and not still:
                return new
            if not await where.stirs(min(still, end - time.monotonic()) if enough else end - time.monotonic()):
                if enough:
                    return new
                wanted = [f"{count} message(s)", text and repr(text), button and f"[{button}]"]
                seen = [(row["id"], row["text"][:60]) for row in self.view(chat)[-4:]]
                raise TimeoutError(f"no {' and '.join(filter(None, wanted))} in {timeout} s; the chat ends with {seen}")

    async def ask(self, text: str, chat: int = 0, **more: Any) -> list[dict[str, Any]]:
        """Say something and wait for what the bot does then (`more` as in `wait`)."""
        self.say(text, chat)
        return await self.wait(chat=chat, **more)


KINDS = ("sticker", "voice", "photo", "document", "contact", "poll", "location", "dice", "forward")
