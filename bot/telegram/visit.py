"""One update of a private chat: what was written, pressed or changed, and what is answered."""

from __future__ import annotations

from datetime import datetime, timedelta

import telegram

from bot.telegram.chat import SUPPOSED, Board, Chat
from bot.telegram.commands import COMMANDS, WORDS, Command, command_of
from bot.telegram.contents import content_of
from bot.telegram.links import linked
from bot.telegram.menus import Menus
from bot.telegram.outgoing import ACTIONS, Option, Outgoing
from bot.telegram.writing import clean
from dialogs.engine import Engine
from dialogs.events import Event
from dialogs.paths import get
from dialogs.recap import recap
from dialogs.session import Session
from dialogs.understand.intents import intent_of
from dialogs.understand.text import normalise
from dialogs.words import say
from policies.regions import place

_LONG = timedelta(days=2)
"""After so long the user is asked whether to go on."""
_TOLD = 300
"""Characters of a summary in a question of ours."""


class Visit:
    """One update of one chat; the answers are collected in `out`."""

    def __init__(self, chat: Chat, engine: Engine, now: datetime, contact: str | None, retention_days: int) -> None:
        self.chat, self.engine, self.now = chat, engine, now
        self.contact, self.retention_days = contact, retention_days
        self.out = Outgoing(chat)
        self.menus = Menus(chat, engine, self.out, now)

    @property
    def session(self) -> Session:
        """What was told in this chat."""
        return self.chat.session

    # ---- what was written ----

    def message(self, message: telegram.Message, late: bool = False) -> None:
        """A message; `late`: it could not be handled when it came, and the conversation has gone on since."""
        content = content_of(message)
        if content == "service":
            return
        self.chat.closed, self.chat.pressed = False, ""
        if not self.chat.started:
            self.begin()
        text = clean(message.text or message.caption or "").strip()
        command = command_of(text) if content == "text" else None
        if command is not None:
            self._command(command)
        elif not text:
            self._unread(content, message.media_group_id or "")
        elif late or message.forward_origin is not None:
            self._hold("forward", message.message_id, text)
            asked = say("telegram.late", text=text[:_TOLD]) if late else say("telegram.forward")
            self.menus.confirm("forward", asked, say("telegram.forward_yes"), say("telegram.forward_no"))
        elif self._long_ago():
            self._hold("resume", message.message_id, text)
            self.resume()
        else:
            if content != "text":
                self.out.say(say("telegram.caption", got=say(f"telegram.got_{content}")))
            self._text(text, message.message_id)
        if not self.out.said:
            self.standing()

    def edited(self, message: telegram.Message) -> None:
        """A message written anew is a correction of what it told."""
        text = clean(message.text or message.caption or "").strip()
        command = command_of(text)
        if not text or self.chat.told(message.message_id, text):
            return  # a location moves on, a link got its preview: nothing was said
        self.chat.pressed = ""
        if command is not None:
            self._command(command)
        elif message.message_id not in self.chat.turns:
            self.out.say(say("telegram.edit_unknown"))
        else:
            turn, _ = self.chat.turns[message.message_id]
            intent = intent_of(text)
            if turn == SUPPOSED:
                self._suppose(message.message_id, text)
                return
            self.chat.remember(message.message_id, turn, text)
            self.turn(Event(text) if intent is not None and intent.name == "whatif" else Event(text, None, turn))

    def _text(self, text: str, message: int) -> None:
        """Words, in the order of who they are for: our own question, a menu's label, the conversation."""
        if self._decided(text, message):
            return
        supposing, self.chat.supposing = self.chat.supposing, False
        if self._labelled(text):
            return
        intent = intent_of(text)
        if intent is not None and intent.name == "privacy" and self.session.pending is None:
            self._privacy(intent.action)
            return
        if supposing and intent is None:
            self._suppose(message, text)
            return
        self.turn(Event(text))
        self.chat.remember(message, self.session.turn, text)
        if intent is not None and intent.name == "restart" and not self.session.facts:
            self.chat.begin(self.now)

    def _suppose(self, message: int, text: str) -> None:
        """Words after 「如果…会怎样」: they tell nothing, and neither do they when they are written anew."""
        self.turn(Event(say("telegram.say_if", what=text)))
        self.chat.remember(message, SUPPOSED, text)

    def turn(self, event: Event) -> None:
        """A turn of the conversation."""
        self.out.turn(self.engine.turn(self.session, event), self.session)

    def _labelled(self, text: str) -> bool:
        """A label of a menu typed as it is shown does what pressing it does; those under a report do so at any time."""
        word = normalise(text).text
        for action in ACTIONS:
            if word == normalise(say(f"telegram.action_{action}")).text:
                self.menus.open(action)
                return True
        for use in ("edit", "why", "suppose", "list"):
            board = self.chat.boards.get(use)
            for number, (_, label) in enumerate(board.options if board is not None else ()):
                if board is not None and word == normalise(label).text:
                    self._choose(board, number)
                    return True
        return False

    def _choose(self, board: Board, number: int) -> None:
        """An option of a menu, taken in words."""
        if board.use == "edit":
            self.chat.boards.pop("edit", None)
            self.ask(str(board.options[number][0]))
        elif board.use == "why":
            self.out.say(self.menus.reason(board, number))
        elif board.use == "suppose":
            self.out.say(self.menus.supposed(board, number))
        else:
            self.menus.open(str(board.options[number][0]))

    def _unread(self, content: str, album: str) -> None:
        if album and album == self.chat.album:
            self.out.said = True  # the album was answered with its first picture
            return
        self.chat.album = album
        self.standing(say(f"telegram.got_{content}"))

    def _privacy(self, action: str) -> None:
        if action == "delete":
            self._ask_delete()
        elif action == "export":
            self.menus.open("export")
        else:
            contact = self.contact or say("human.local")
            self.standing(say("telegram.privacy", days=self.retention_days, contact=contact))

    def _ask_delete(self) -> None:
        self.menus.confirm("delete", say("telegram.delete"), say("telegram.delete_yes"), say("telegram.delete_no"))

    # ---- commands ----

    def _command(self, command: Command) -> None:
        name, rest = command.name, command.rest
        self.chat.supposing = False
        if name != "start":
            self.settle()
        if name == "start":
            self._start(rest)
        elif name == "why" and rest:
            self.turn(Event(say("telegram.say_why_not", what=rest)))
        elif name == "whatif":
            if rest:
                self.turn(Event(say("telegram.say_if", what=rest)))
            else:
                self.menus.open("suppose")
        elif name == "help":
            turn = self.engine.turn(self.session, Event(say("telegram.say_help")))
            turn.replies[0].text += "\n\n" + self._commands()
            self.out.turn(turn, self.session)
        elif name in WORDS:
            self.turn(Event(say(f"telegram.say_{name}")))
            if name == "restart":
                self.chat.begin(self.now)
        elif name == "projects":
            self.menus.projects()
        elif name == "privacy":
            self._privacy("")
        elif name == "delete":
            self._ask_delete()
        else:
            self.out.say(say("telegram.no_command") + self._commands())

    def _commands(self) -> str:
        rows = [say("telegram.command", name=name, text=say(f"telegram.menu_{name}")) for name in COMMANDS]
        return say("telegram.commands", commands="\n" + "\n".join(rows))

    def _start(self, payload: str) -> None:
        """The greeting; in the middle of a conversation, whether to go on."""
        if not self.session.facts:
            self._greet(payload)
            return
        self.chat.payload = payload[:64]
        key = "finished" if self.session.asked is None and self.session.pending is None else "in_the_middle"
        text = say(f"telegram.{key}", told=self._told())
        self.menus.confirm("start", text, say("telegram.go_on"), say("telegram.anew"))

    def _greet(self, payload: str) -> None:
        turn = self.engine.greet(self.session)
        options: list[Option] = []
        text = "\n".join(reply.text for reply in turn.replies).replace("\n", "\n\n")  # apart, on a small screen
        link = linked(payload, self.engine.assessor.tables)
        if link is not None:
            said, code = link
            text += f"\n\n{said}"
            found = place(code)
            options = [(code, found.full_name if found is not None else code)]
            self.session.shown = tuple(options)
        self.chat.boards.pop("ask", None)
        self.out.say(text, self.out.board("ask", options, self.session.asked or "") if options else None)

    # ---- our own questions: go on or begin anew, count a forwarded message, delete ----

    def resume(self) -> None:
        """Whether to go on after days; sooner only the question once more."""
        if not self._long_ago():
            self.standing()
            return
        day = self.chat.last_at.date().isoformat() if self.chat.last_at is not None else ""
        waiting = self.session.asked is not None or self.session.pending is not None
        text = say("telegram.resume" if waiting else "telegram.resume_done", day=day, told=self._told())
        if self.chat.held is not None:
            text += "\n" + say("telegram.held")
        self.menus.confirm("resume", text, say("telegram.go_on"), say("telegram.anew"))

    def _long_ago(self) -> bool:
        last = self.chat.last_at
        return last is not None and self.now - last >= _LONG and bool(self.session.facts)

    def _told(self) -> str:
        facts = "；".join(recap(self.session, self.engine.assessor))
        facts = facts if len(facts) <= _TOLD else facts[:_TOLD] + "…"
        return say("telegram.told", facts=facts) if facts else ""

    def _hold(self, about: str, message: int, text: str) -> None:
        self.settle()
        self.chat.held = (message, text)

    def settle(self) -> None:
        """A question of ours that got another message for its answer: going on is what was meant."""
        board = self.chat.boards.get("confirm")
        if board is None:
            return
        held, self.chat.held = self.chat.held, None
        self.chat.boards.pop("confirm", None)
        if board.about == "resume" and held is not None:
            self._text(held[1], held[0])

    def _decided(self, text: str, message: int) -> bool:
        """Words as the answer to a question of ours; False: they are for the conversation."""
        board = self.chat.boards.get("confirm")
        if board is None:
            return False
        labels = {normalise(label).text: str(value) for value, label in board.options}
        answer = labels.get(normalise(text).text, "")
        intent = intent_of(text)
        if not answer and intent is not None and intent.whole and board.about != "delete":
            yes = ("restart",) if board.about == "restart" else ("yes", "more")
            no = ("no", "none", "cancel") if board.about in ("forward", "restart") else ("no", "restart")
            answer = "yes" if intent.name in yes else "no" if intent.name in no else ""
        if answer:
            self.chat.boards.pop("confirm", None)
            self.confirmed(board, answer == "yes")
            return True
        self.settle()
        if board.about == "delete":
            self.out.say(say("telegram.not_deleted"))
        return False

    def confirmed(self, board: Board, yes: bool) -> None:
        """A question of ours was answered."""
        held, self.chat.held = self.chat.held, None
        match board.about:
            case "delete" if yes:
                self._forget()
            case "delete":
                self.standing(say("telegram.not_deleted"))
            case "forward" if yes and held is not None:
                self._text(held[1], held[0])
            case "forward":
                self.standing(say("telegram.forward_dropped"))
            case "restart" if yes:
                self._anew(None)
            case "start" | "resume" if not yes:
                self._anew(held)
            case _:
                if held is not None:
                    self._text(held[1], held[0])
                else:
                    self.standing()

    def _forget(self) -> None:
        """Nothing is kept; who stores the chat erases it, the log and the messages that wait."""
        self.chat.session = Session()
        self.chat.begin(self.now)
        self.chat.forget, self.chat.last_at = True, None
        self.out.say(say("telegram.deleted"))

    def _anew(self, held: tuple[int, str] | None) -> None:
        """From the start; a message that waited, or the link that was followed, comes first."""
        payload = self.chat.payload
        turn = self.engine.turn(self.session, Event(say("telegram.say_restart")))
        self.chat.begin(self.now)
        if payload and linked(payload, self.engine.assessor.tables):
            self._greet(payload)
        elif held is not None and intent_of(held[1]) is None:
            self._text(held[1], held[0])
        else:
            self.out.turn(turn, self.session)

    def begin(self) -> None:
        """The conversation starts, unseen: what was written is its first message."""
        self.engine.greet(self.session)
        self.chat.begin(self.now)

    def standing(self, said: str = "") -> None:
        """The question that stands once more; where nothing is asked, what can be done now."""
        turn = self.engine.ask(self.session)
        if turn.replies:
            turn.replies[0].text = "\n\n".join(filter(None, (said, turn.replies[0].text)))
            self.out.turn(turn, self.session)
        else:
            self.out.say("\n\n".join(filter(None, (said, say("done.after")))), self.out.menu(turn.assessment))

    def ask(self, path: str) -> None:
        """A fact anew; what has been taken back since the list was shown gives a fresh list."""
        if get(self.session.facts, path) is None:
            self.menus.open("edit")
        else:
            self.out.turn(self.engine.ask(self.session, path), self.session)
