"""Telegram's side of the conversation: an update in, Bot API calls out (`Desk.handle`).

Pure but for the chat it is given: no clock, network, disk or randomness. It is called inside the turn's transaction; the
calls go into the outbox, and the chat is stored with them. The conversation itself is the terminal's: `dialogs.engine`.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import telegram

from bot.telegram import groups
from bot.telegram.calls import Call
from bot.telegram.chat import Chat
from bot.telegram.contents import topic_of
from bot.telegram.presses import Presses
from bot.telegram.visit import Visit
from dialogs.engine import Engine

_GONE = ("kicked", "left")


class Desk:
    """Handles the updates of all chats. `engine_for` gives the conversation over the tables in force at a time."""

    def __init__(
        self,
        engine_for: Callable[[datetime], Engine],
        username: str,
        contact: str | None = None,
        retention_days: int = 180,
    ) -> None:
        """`username` is the bot's own, without @; `contact` and `retention_days` are said in the privacy policy."""
        self.engine_for, self.username = engine_for, username.removeprefix("@")
        self.contact, self.retention_days = contact, retention_days

    def handle(self, update: telegram.Update, chat: Chat, now: datetime, late: bool = False) -> list[Call]:
        """One update of this chat. The chat is changed in place; `now` is aware of its time zone.

        `late`: it could not be handled when it came, and the conversation has gone on since.
        """
        chat.revision += 1
        where = update.effective_chat
        if where is not None:
            chat.kind = str(where.type)
        if update.my_chat_member is not None:
            return self._membership(update.my_chat_member, chat)
        if chat.kind == "channel":
            return []
        if chat.kind != "private":
            return groups.answer(update, chat, self.username)
        visit = self._visit(chat, now)
        visit.out.topic = topic_of(update.effective_message)
        if update.callback_query is not None:
            Presses(visit).press(update.callback_query)
        elif update.edited_message is not None:
            visit.edited(update.edited_message)
        elif update.message is not None:
            visit.message(update.message, late)
        else:
            return []
        chat.last_at = now
        return visit.out.calls

    def resume(self, chat: Chat, now: datetime) -> list[Call]:
        """To a user who was left with a question: 「上次说到…，继续吗」, or soon after only the question once more.

        To be called when messages and taps may have been lost; who has had the report is left in peace.
        """
        waiting = chat.session.asked is not None or chat.session.pending is not None
        if chat.closed or chat.kind != "private" or not chat.started or not waiting:
            return []
        chat.revision += 1
        visit = self._visit(chat, now)
        visit.resume()
        return visit.out.calls

    def _visit(self, chat: Chat, now: datetime) -> Visit:
        return Visit(chat, self.engine_for(now), now, self.contact, self.retention_days)

    def _membership(self, change: telegram.ChatMemberUpdated, chat: Chat) -> list[Call]:
        """Blocked, unblocked, added to a group, removed from it."""
        gone = change.new_chat_member.status in _GONE
        arrived = chat.kind in ("group", "supergroup") and change.old_chat_member.status in _GONE and not gone
        chat.closed = gone
        return groups.lead(chat, self.username) if arrived else []
