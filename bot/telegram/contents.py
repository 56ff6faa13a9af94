"""What kind of thing a message is: text, or what the bot cannot read (`content_of`)."""

from __future__ import annotations

import telegram

from bot.telegram.writing import clean

UNREAD = (
    "sticker",
    "voice",
    "audio",
    "video_note",
    "animation",  # before document: an animation is both
    "photo",
    "video",
    "document",
    "contact",
    "poll",
    "venue",  # before location: a venue is both
    "location",
    "dice",
)
"""Each has an answer of its own, `telegram.got_*`; anything else is `other`."""

_SERVICE = (
    "pinned_message",
    "message_auto_delete_timer_changed",
    "write_access_allowed",
    "chat_background_set",
    "connected_website",
    "boost_added",
    "new_chat_members",
    "left_chat_member",
    "migrate_to_chat_id",
    "migrate_from_chat_id",
)
"""Telegram says that something happened; nobody talks to the bot."""


def content_of(message: telegram.Message) -> str:
    """`text`, one of UNREAD, `other`, or `service` (nothing to answer)."""
    if message.text and clean(message.text).strip():
        return "text"
    for name in UNREAD:
        if getattr(message, name, None):
            return name
    if any(getattr(message, name, None) for name in _SERVICE):
        return "service"
    return "other"


def topic_of(message: telegram.MaybeInaccessibleMessage | None) -> int | None:
    """The topic of a chat that a message stands in; None: the chat has none, or it is the general one."""
    if not isinstance(message, telegram.Message) or not message.is_topic_message:
        return None
    return message.message_thread_id
