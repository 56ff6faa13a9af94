"""What is sent for one update: texts, keyboards, edits, as Bot API calls in the order of sending."""

from __future__ import annotations

from typing import Any

import telegram

from bot.telegram.calls import Call
from bot.telegram.chat import Board, Chat
from bot.telegram.keyboards import markup
from bot.telegram.writing import escaped, messages, report_messages
from dialogs.events import Turn
from dialogs.session import Session
from dialogs.words import say
from policies.assessment import Assessment

Option = tuple[Any, str]

ACTIONS = ("edit", "why", "suppose", "export", "restart")
"""The buttons under a report."""
_TOAST = 200
"""Characters that Telegram shows in answer to a tap."""


class Outgoing:
    """Collects the calls of one update to a private chat."""

    def __init__(self, chat: Chat) -> None:
        self.chat, self._before = chat, chat.revision
        self.said = False
        self.topic: int | None = None
        """The topic that was written in, where the chat has some: it is answered there."""
        self._calls: list[Call] = []
        self._written_over: list[Call] = []

    @property
    def calls(self) -> list[Call]:
        """In the order of sending: what is new first, so that it need not wait for what is written over."""
        return [*self._calls, *self._written_over]

    # ---- messages ----

    def board(self, use: str, options: list[Option], about: str = "", several: bool = False) -> Board:
        """A keyboard to be shown; once it is, the earlier one of its use is old."""
        self.chat.revision += 1
        return Board(use, self.chat.revision, "", [*options], about, several)

    def say(self, text: str, board: Board | None = None, strong: str = "") -> None:
        """A text; the last of its messages carries the keyboard. `strong`: a line of it that is bold and stands apart."""
        before, found, after = text.partition(f"{strong}\n" if strong else "\0")
        texts = [escaped(piece) for piece in messages(f"{before}{found}\n{after.lstrip()}" if found else text)]
        line = escaped(strong)
        self._send([f"<b>{line}</b>".join(t.split(line, 1)) if line and line in t else t for t in texts], board)

    def report(self, text: str, board: Board | None) -> None:
        """A report, its titles bold."""
        self._calls.append(Call("sendChatAction", {**self._where(), "action": "typing"}, fleeting=True))
        self._send(report_messages(text), board)

    def document(self, name: str, content: bytes, caption: str) -> None:
        self._calls.append(Call("sendChatAction", {**self._where(), "action": "upload_document"}, fleeting=True))
        self._calls.append(Call("sendDocument", {**self._where(), "caption": caption}, file=(name, content)))
        self.said = True

    def _where(self) -> dict[str, int]:
        """The chat, and the topic in it."""
        return {"chat_id": self.chat.id} | ({} if self.topic is None else {"message_thread_id": self.topic})

    def _send(self, texts: list[str], board: Board | None) -> None:
        for number, text in enumerate(texts, 1):
            data = {**self._where(), **_text(text)}
            if board is None or number < len(texts):
                self._calls.append(Call("sendMessage", data))
                continue
            board.text = text
            self.chat.boards[board.use] = board
            data["reply_markup"] = markup(self.chat, board)
            self._calls.append(Call("sendMessage", data))
        self.said = self.said or bool(texts)

    # ---- a turn of the conversation ----

    def turn(self, turn: Turn, session: Session) -> None:
        """The replies of a turn: what belongs together is one message, the question's choices are its buttons."""
        resting = session.asked is None and session.pending is None and turn.assessment is not None
        waiting: list[str] = []
        for number, reply in enumerate(turn.replies, 1):
            last = number == len(turn.replies)
            menu = self.menu(turn.assessment) if resting and last else None
            if reply.form == "report":
                self._flush(waiting, session)
                self.report(reply.text, menu if resting else self.menu(turn.assessment))
                continue
            waiting.append(reply.text)
            if reply.choices:
                about = session.pending.path if session.pending is not None else session.asked or ""
                self._flush(waiting, session, self.board("ask", list(reply.choices), about, reply.form == "several"))
            elif menu is not None:
                self._flush(waiting, session, menu)
        self._flush(waiting, session)
        ask = self.chat.boards.get("ask")
        if ask is not None and ask.revision <= self._before:
            del self.chat.boards["ask"]

    def _flush(self, waiting: list[str], session: Session, board: Board | None = None) -> None:
        """Where the figure stands is what the eye should find: bold, apart from the question."""
        if waiting:
            self.say("\n\n".join(waiting), board, session.stand)
            waiting.clear()

    def menu(self, result: Assessment | None) -> Board:
        """What can be done with a result; where no document covers the place, little."""
        actions = ACTIONS if result is not None and result.documents else (ACTIONS[0], ACTIONS[-1])
        return self.board("report", [(name, say(f"telegram.action_{name}")) for name in actions])

    # ---- keyboards that were shown ----

    def toast(self, query: telegram.CallbackQuery, text: str = "") -> None:
        """The answer to a tap: each must have one, or the button goes on spinning."""
        data = {"callback_query_id": query.id} | ({"text": text[:_TOAST]} if text else {})
        self._calls.append(Call("answerCallbackQuery", data, fleeting=True))

    def close(self, query: telegram.CallbackQuery, board: Board, chosen: str) -> None:
        """The board is used up: its message says what was chosen, and has no buttons any more."""
        self.chat.boards.pop(board.use, None)
        under = escaped(say("telegram.was_chosen", label=chosen[:_TOAST]))
        self._edit(query, "editMessageText", _text(f"{board.text}\n\n<b>{under}</b>"))

    def strip(self, query: telegram.CallbackQuery) -> None:
        """An old keyboard that was pressed goes: it cannot be pressed again."""
        self._edit(query, "editMessageReplyMarkup", {})

    def refresh(self, query: telegram.CallbackQuery, board: Board) -> None:
        """Other buttons under the same text: another page, an option ticked."""
        self._edit(query, "editMessageReplyMarkup", {"reply_markup": markup(self.chat, board)})

    def rewrite(self, query: telegram.CallbackQuery, board: Board, text: str) -> None:
        """Another text over the same buttons: a menu that answers in its place."""
        written = escaped((messages(text) or ["…"])[0])
        if written != board.text:
            board.text = written
            self._edit(query, "editMessageText", {**_text(written), "reply_markup": markup(self.chat, board)})

    def _edit(self, query: telegram.CallbackQuery, method: str, data: dict[str, Any]) -> None:
        """The pressed message; Telegram names it also where it is too old to be shown."""
        if query.message is not None:
            where = {"chat_id": self.chat.id, "message_id": query.message.message_id}
            self._written_over.append(Call(method, {**where, **data}))


def _text(html: str) -> dict[str, Any]:
    return {"text": html, "parse_mode": "HTML", "link_preview_options": {"is_disabled": True}}
