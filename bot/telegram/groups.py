"""In a group the bot answers only when it is spoken to, and leads to the private chat: figures are nobody else's business."""

from __future__ import annotations

import re

import telegram

from bot.telegram.calls import Call
from bot.telegram.chat import Chat
from bot.telegram.commands import COMMANDS, command_of
from bot.telegram.contents import topic_of
from bot.telegram.writing import escaped
from dialogs.words import say


def answer(update: telegram.Update, chat: Chat, username: str) -> list[Call]:
    """The calls for an update from a group."""
    if update.callback_query is not None:
        return [Call("answerCallbackQuery", {"callback_query_id": update.callback_query.id}, fleeting=True)]
    message = update.message
    if message is None:
        return []
    if message.migrate_to_chat_id is not None:
        chat.closed = True  # the chat goes on under another id, and begins there
        return []
    chat.closed = False
    return lead(chat, username, message) if spoken_to(message, username) else []


def spoken_to(message: telegram.Message, username: str) -> bool:
    """A command of ours, a mention, or a reply to the bot."""
    own = username.lower()
    text = message.text or message.caption or ""
    command = command_of(text)
    if command is not None:
        return command.bot.lower() == own if command.bot else command.name in COMMANDS
    replied = message.reply_to_message
    if replied is not None and replied.from_user is not None and (replied.from_user.username or "").lower() == own:
        return True
    if any((entity.user.username or "").lower() == own for entity in message.entities if entity.user is not None):
        return True
    return re.search(rf"@{re.escape(own)}(?![a-z0-9_])", text.lower()) is not None


def lead(chat: Chat, username: str, message: telegram.Message | None = None) -> list[Call]:
    """A short word, and the way to the private chat."""
    data: dict[str, object] = {
        "chat_id": chat.id,
        "text": escaped(say("telegram.group")),
        "parse_mode": "HTML",
        "reply_markup": {
            "inline_keyboard": [[{"text": say("telegram.to_private"), "url": f"https://t.me/{username}?start=group"}]]
        },
    }
    if message is not None:
        data["reply_parameters"] = {"message_id": message.message_id, "allow_sending_without_reply": True}
        topic = topic_of(message)
        data |= {} if topic is None else {"message_thread_id": topic}
    return [Call("sendMessage", data)]
