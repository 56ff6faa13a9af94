"""Presses: what a tap on a button does, on a live keyboard and on an old one."""

from __future__ import annotations

from typing import Any

import telegram

from bot.telegram.chat import Board
from bot.telegram.keyboards import DONE, alone, pages, pressed
from bot.telegram.visit import Visit
from dialogs.events import Event
from dialogs.words import say


class Presses:
    """The taps of one visit."""

    def __init__(self, visit: Visit) -> None:
        self.visit, self.chat, self.out = visit, visit.chat, visit.out

    def press(self, query: telegram.CallbackQuery) -> None:
        """A tap. An old keyboard changes nothing and shows where the conversation stands."""
        data = query.data or ""
        self.chat.closed = False
        if not self.chat.started:
            self.visit.begin()
        found = pressed(self.chat, data)
        if found is None:
            self._stale(query, data)
            return
        board, option = found
        if option.startswith("p"):
            self._page(query, board, option[1:])
        elif option == DONE:
            self._done(query, board)
        elif not option.isdecimal() or int(option) >= len(board.options):
            self._stale(query, data)
        elif alone(board, int(option)):
            self._take(query, board, int(option))
        else:
            number = int(option)
            board.chosen = sorted(set(board.chosen) ^ {number})
            self.out.toast(query, say("telegram.several") if board.chosen == [number] else "")
            self.out.refresh(query, board)

    def _stale(self, query: telegram.CallbackQuery, data: str) -> None:
        if data == self.chat.pressed and data:
            asked = self.visit.engine.ask(self.visit.session).replies
            self.out.toast(query, say("telegram.twice", question=asked[-1].text if asked else ""))
            return
        self.chat.pressed = ""
        self.out.toast(query)
        self.out.strip(query)
        self.visit.standing(say("telegram.stale"))

    def _page(self, query: telegram.CallbackQuery, board: Board, page: str) -> None:
        if page.isdecimal() and int(page) < pages(board):
            board.page = int(page)
        self.out.toast(query)
        self.out.refresh(query, board)

    def _done(self, query: telegram.CallbackQuery, board: Board) -> None:
        """完成 under a question where several may be taken."""
        if not board.chosen:
            self.out.toast(query, say("telegram.choose_first"))
            return
        values: Any = [board.options[number][0] for number in board.chosen]
        self._answer(query, board, values, "、".join(board.options[number][1] for number in board.chosen))

    def _take(self, query: telegram.CallbackQuery, board: Board, number: int) -> None:
        """One option, taken at once."""
        value, label = board.options[number]
        match board.use:
            case "ask":
                self._answer(query, board, value, label)
            case "confirm":
                self._close(query, board, label)
                self.visit.confirmed(board, value == "yes")
            case "edit":
                self._close(query, board, label)
                self.visit.ask(str(value))
            case "why":
                self.out.toast(query)
                self.out.rewrite(query, board, self.visit.menus.reason(board, number))
            case "suppose":
                self.chat.supposing = False
                self.out.toast(query)
                self.out.rewrite(query, board, self.visit.menus.supposed(board, number))
            case _:
                self.out.toast(query)
                self.visit.menus.open(str(value))

    def _answer(self, query: telegram.CallbackQuery, board: Board, value: Any, label: str) -> None:
        self._close(query, board, label)
        self.chat.supposing = False
        self.visit.turn(Event("", value))
        self.visit.settle()  # whoever answers the question goes on
        if not self.out.said:
            self.visit.standing()

    def _close(self, query: telegram.CallbackQuery, board: Board, label: str) -> None:
        self.chat.pressed = query.data or ""
        self.out.toast(query)
        self.out.close(query, board, label)
