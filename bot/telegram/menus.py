"""What the buttons under a report do: change an answer, why not, what if, the report as a file, begin anew."""

from __future__ import annotations

from datetime import datetime

from bot.telegram.chat import Board, Chat
from bot.telegram.document import document
from bot.telegram.keyboards import WHOLE, width
from bot.telegram.outgoing import Outgoing
from dialogs.engine import Engine
from dialogs.events import Event
from dialogs.paths import get
from dialogs.recap import changeable, recap
from dialogs.refused import refused, why_refused
from dialogs.suggesting import suggestions
from dialogs.words import say
from policies.assessment import Refusal


class Menus:
    """The menus of one chat while one update is handled."""

    def __init__(self, chat: Chat, engine: Engine, out: Outgoing, now: datetime) -> None:
        self.chat, self.engine, self.out, self.now = chat, engine, out, now

    def open(self, action: str) -> None:
        """An action of `ACTIONS`, or of the list of projects."""
        match action:
            case "edit":
                self._edit()
            case "why":
                self._why()
            case "suppose":
                self._suppose()
            case "export":
                self._export()
            case "restart":
                self.confirm("restart", say("telegram.restart"), say("telegram.anew"), say("telegram.go_on"))
            case "project" | "certificate":
                words = say("telegram.say_more_project" if action == "project" else "telegram.say_more_certificate")
                self.out.turn(self.engine.turn(self.chat.session, Event(words)), self.chat.session)

    def confirm(self, about: str, text: str, yes: str, no: str) -> None:
        """A question of ours with two buttons."""
        self.out.say(text, self.out.board("confirm", [("yes", yes), ("no", no)], about))

    def projects(self) -> None:
        """What is told of projects, certificates and money from elsewhere."""
        rows = recap(self.chat.session, self.engine.assessor, ("projects", "recognitions", "other_awards"))
        text = "\n".join([say("telegram.projects"), *(f"{n}. {row}" for n, row in enumerate(rows, 1))])
        actions = ["project", "certificate", *(["edit"] if rows else [])]
        board = self.out.board("list", [(name, say(f"telegram.action_{name}")) for name in actions])
        self.out.say(text if rows else say("telegram.projects_none"), board)

    def _edit(self) -> None:
        rows = changeable(self.chat.session, self.engine.assessor)
        if rows:
            self.out.say(say("telegram.edit"), self.out.board("edit", [*rows]))
        else:
            self.out.say(say("telegram.edit_nothing"))

    def _why(self) -> None:
        found = refused(self.engine.assess(self.chat.session)) if self._placed() else []
        options = [(one.entry.rule.clause.id, _clause_label(one)) for one in found]
        if options:
            self.out.say(say("telegram.why"), self.out.board("why", [*options]))
        else:
            self.out.say(say("telegram.why_nothing"))

    def _suppose(self) -> None:
        found = []
        if self._placed():
            result = self.engine.assess(self.chat.session)
            found = suggestions(self.engine, self.chat.session, result)
        self.out.say(say("telegram.suppose"), self.out.board("suppose", [(one.words, one.label) for one in found]))
        self.chat.supposing = True

    def _export(self) -> None:
        if not self._placed():
            self.out.say(say("telegram.export_early"))
            return
        content = document(self.engine, self.chat.session)
        day = (self.chat.session.as_of or self.engine.today).isoformat()
        self.out.document(f"kedui-{day}.html", content.encode("utf-8"), say("telegram.export"))

    def _placed(self) -> bool:
        return get(self.chat.session.facts, "enterprise.region") is not None

    # ---- menus that answer in their place ----

    def reason(self, board: Board, number: int) -> str:
        """Why the chosen clause is not in the sum, as things stand now."""
        result = self.engine.assess(self.chat.session)
        name = board.options[number][0]
        found = next((one for one in refused(result) if one.entry.rule.clause.id == name), None)
        return why_refused(found, result, self.engine.assessor) if found is not None else say("telegram.why_nothing")

    def supposed(self, board: Board, number: int) -> str:
        """What the chosen what-if would bring; nothing is changed by it."""
        turn = self.engine.turn(self.chat.session, Event(str(board.options[number][0])))
        return turn.replies[0].text


def _clause_label(refusal: Refusal) -> str:
    """`数字车间建设（四（三）8）`; the title alone where both are too wide for a button."""
    title = refusal.entry.rule.title
    label = f"{title}（{refusal.entry.rule.clause.article}）"
    return label if width(label) <= WHOLE else title
