"""What is sent for one update: texts, keyboards, edits, as Bot API calls in the order of sending."""

from __future__ import annotations

from typing import Any

import telegram

from bot.telegram.calls import Call
from bot.telegram.chat import Board, Chat
from bot.telegram.keyboards import markup
from bot.telegram.writing import escaped, messages, report_messages
from dialogs.engine import Turn
from dialogs.session import Session
from dialogs.words import say

Option = tuple[Any, str]

ACTIONS = ("edit", "why", "suppose", "export", "restart")
"""The buttons under a report."""
_TOAST = 200
"""Characters that Telegram shows in answer to a tap."""


class Outgoing:
    """Collects the calls of one update to a private chat."""

    def __init__(self, chat: Chat) -> None:
        self.chat = chat
        self.said = False
        self._calls: list[Call] = []
        self._later: list[Call] = []

    def calls(self) -> list[Call]:
        """All of them; what only tidies up comes last."""
        return [*self._calls, *self._later]

    # ---- messages ----

    def board(self, use: str, options: list[Option], about: str = "", several: bool = False) -> Board:
        """A keyboard to be shown; the earlier one of its use is withdrawn when this is sent."""
        old = self.chat.boards.get(use)
        name = f"{use}-b" if old is not None and old.name.endswith("-a") else f"{use}-a"
        return Board(use, self.chat.revision, name, "", [*options], about, several)

    def say(self, text: str, board: Board | None = None) -> None:
        """A text; the last of its messages carries the keyboard."""
        self._send([escaped(piece) for piece in messages(text)], board)

    def report(self, text: str, board: Board | None) -> None:
        """A report, its titles bold."""
        self._calls.append(Call("sendChatAction", {"chat_id": self.chat.id, "action": "typing"}, fleeting=True))
        self._send(report_messages(text), board)

    def document(self, name: str, content: bytes, caption: str) -> None:
        action = {"chat_id": self.chat.id, "action": "upload_document"}
        self._calls.append(Call("sendChatAction", action, fleeting=True))
        self._calls.append(Call("sendDocument", {"chat_id": self.chat.id, "caption": caption}, file=(name, content)))
        self.said = True

    def _send(self, texts: list[str], board: Board | None) -> None:
        for number, text in enumerate(texts, 1):
            data = {"chat_id": self.chat.id, **_text(text)}
            if board is None or number < len(texts):
                self._calls.append(Call("sendMessage", data))
                continue
            self.withdraw(board.use)
            board.text = text
            self.chat.boards[board.use] = board
            data["reply_markup"] = markup(self.chat, board)
            self._calls.append(Call("sendMessage", data, keep_as=board.name))
        self.said = self.said or bool(texts)

    # ---- a turn of the conversation ----

    def turn(self, turn: Turn, session: Session) -> None:
        """The replies of a turn: what belongs together is one message, the question's choices are its buttons."""
        resting = session.asked is None and session.pending is None and turn.assessment is not None
        waiting: list[str] = []
        for number, reply in enumerate(turn.replies, 1):
            last = number == len(turn.replies)
            menu = self.menu() if resting and last else None
            if reply.form == "report":
                self._flush(waiting)
                self.report(reply.text, menu if resting else self.menu())
                continue
            waiting.append(reply.text)
            if reply.choices:
                about = session.pending.path if session.pending is not None else session.asked or ""
                self._flush(waiting, self.board("ask", list(reply.choices), about, reply.form == "several"))
            elif menu is not None:
                self._flush(waiting, menu)
        self._flush(waiting)
        ask = self.chat.boards.get("ask")
        if ask is not None and ask.revision != self.chat.revision:
            self.withdraw("ask")

    def _flush(self, waiting: list[str], board: Board | None = None) -> None:
        if waiting:
            self.say("\n\n".join(waiting), board)
            waiting.clear()

    def menu(self) -> Board:
        """What can be done with a result."""
        return self.board("report", [(name, say(f"telegram.action_{name}")) for name in ACTIONS])

    # ---- keyboards that were shown ----

    def withdraw(self, use: str) -> None:
        """The keyboard of an older message goes, when there is time for it."""
        old = self.chat.boards.pop(use, None)
        if old is not None:
            data = {"chat_id": self.chat.id, "message_id": {"sent": old.name}}
            self._later.append(Call("editMessageReplyMarkup", data, fleeting=True))

    def toast(self, query: telegram.CallbackQuery, text: str = "") -> None:
        """The answer to a tap: each must have one, or the button goes on spinning."""
        data = {"callback_query_id": query.id} | ({"text": text[:_TOAST]} if text else {})
        self._calls.append(Call("answerCallbackQuery", data, fleeting=True))

    def close(self, query: telegram.CallbackQuery, board: Board, chosen: str) -> None:
        """The board is used up: its message says what was chosen, and has no buttons any more."""
        self.chat.boards.pop(board.use, None)
        under = escaped(say("telegram.was_chosen", label=chosen[:_TOAST]))
        data = {
            "chat_id": self.chat.id,
            "message_id": _message(query, board),
            **_text(f"{board.text}\n\n<b>{under}</b>"),
        }
        self._calls.append(Call("editMessageText", data))

    def refresh(self, query: telegram.CallbackQuery, board: Board) -> None:
        """Other buttons under the same text: another page, an option ticked."""
        data = {"chat_id": self.chat.id, "message_id": _message(query, board), "reply_markup": markup(self.chat, board)}
        self._calls.append(Call("editMessageReplyMarkup", data))

    def rewrite(self, query: telegram.CallbackQuery, board: Board, text: str) -> None:
        """Another text over the same buttons: a menu that answers in its place."""
        board.text = escaped((messages(text) or ["…"])[0])
        data = {"chat_id": self.chat.id, "message_id": _message(query, board), **_text(board.text)}
        self._calls.append(Call("editMessageText", {**data, "reply_markup": markup(self.chat, board)}))


def _text(html: str) -> dict[str, Any]:
    return {"text": html, "parse_mode": "HTML", "link_preview_options": {"is_disabled": True}}


def _message(query: telegram.CallbackQuery, board: Board) -> Any:
    return query.message.message_id if query.message is not None else {"sent": board.name}
