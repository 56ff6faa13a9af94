"""How a turn goes on: the facts are assessed, where it stands is said, and the next question put, or the result told."""

from __future__ import annotations

import json
from datetime import date
from functools import cached_property
from typing import Any

from dialogs.answers.answerer import Answerer
from dialogs.answers.said import Said
from dialogs.asides import Asides
from dialogs.doubting import doubt_reply, near_threshold
from dialogs.events import Turn
from dialogs.noting import noted, notices, outside, rough_text
from dialogs.paths import get
from dialogs.questions import next_question
from dialogs.render import Reply, question, range_text
from dialogs.session import Session
from dialogs.telling import Change
from dialogs.words import say
from policies.assess import Assessor
from policies.assessment import Assessment
from policies.profile import read_profile
from policies.report import report

RECENT = 256
"""Assessments at hand: a turn looks at the facts before it, which the same user's last turn has assessed, and after it."""


class Course:
    """The conversations over one set of tables; `today` is the day that counts unless the user sets another.

    Changes the sessions that it is given, and keeps nothing of them but recent assessments.
    """

    def __init__(self, assessor: Assessor, today: date, contact: str | None) -> None:
        self._recent: dict[str, Assessment] = {}
        self.assessor, self.vocabulary, self.today, self.contact = assessor, assessor.vocabulary, today, contact
        self.asides = Asides(assessor, contact)

    @cached_property
    def answerer(self) -> Answerer:
        """Compiled at the first question."""
        return Answerer(self.assessor, self.asides.contact)

    def assess(self, session: Session) -> Assessment:
        """The assessment of what was told; money from elsewhere counts once it is told what it is for. Raises ProfileError."""
        facts = session.profile()
        asked = json.dumps([facts, session.as_of], default=str)
        found = self._recent.pop(asked, None)
        if found is None:
            profile = read_profile(facts, self.vocabulary, self.assessor.clauses)
            found = self.assessor.assess(profile, session.as_of or self.today)
        self._recent[asked] = found  # the last one used is the last to go
        if len(self._recent) > RECENT:
            del self._recent[next(iter(self._recent))]
        return found

    def answer(self, session: Session, said: Said) -> Turn:
        """An answer, and the pending question again; several meant: the choices alone, and the question stays pending."""
        if said.act == "choices":
            session.shown = said.choices
            turn = Turn([Reply(said.text, said.choices)], assessment=self.shown(session), act="choices")
        else:
            turn = self.again(session, said.text, said.act)
        turn.answered_by, turn.score = said.by, said.score
        return turn

    def report(self, session: Session) -> Turn:
        """The result as it stands; where nothing is told yet, that it is too early."""
        if get(session.facts, "enterprise.region") is None:
            turn = self.again(session, say("unclear.too_early"), "report")
            turn.answered_by = ("report",)
            return turn
        result = self.assess(session)
        reply = (
            self._result(session, result) if result.documents else Reply(outside(session, self.assessor, self.contact))
        )
        return self.go_on(session, result, Turn([reply], assessment=result, act="report", answered_by=("report",)))

    def _result(self, session: Session, result: Assessment) -> Reply:
        """The report, and under its figure what it takes for exact that was told only roughly."""
        figures, blank, rest = report(self.assessor, result, self.contact).partition("\n\n")
        rough = rough_text(session, self.assessor)
        return Reply(f"{figures}{rough and blank}{rough}{blank}{rest}", form="report")

    def again(self, session: Session, said: str, act: str = "") -> Turn:
        """Say something, and put the pending question again."""
        result = self.assess(session)
        shown = result if get(session.facts, "enterprise.region") else None
        turn = Turn([Reply(said)] if said else [], assessment=shown, act=act)
        if session.pending is not None:
            turn.replies.append(doubt_reply(session, self.assessor, session.pending))
        elif session.asked is not None:
            session.beside = tuple(path for path in session.beside if get(session.facts, path) is None)
            again = question(session.asked, session, result, self.assessor)
            session.shown = again.choices
            turn.replies.append(again)
        return turn

    def told(self, session: Session, changes: list[Change], before: Assessment, asked: str | None) -> Turn:
        """Says what was taken down, and goes on."""
        said = noted(session, changes, before, self.assess(session), asked, self.assessor)
        return self.after(session, changes, Turn([Reply(said)] if said else []))

    def after(self, session: Session, changes: list[Change], turn: Turn) -> Turn:
        """Assess what is told now, say where it stands, and ask on or report."""
        turn.heard |= heard_of(changes)
        _drop_aimless(session)
        result = self.assess(session)
        rough = near_threshold(session, result)
        if rough is not None:
            turn.assessment = result
            session.pending, session.asked, session.beside = rough, rough.path, ()
            turn.replies.append(doubt_reply(session, self.assessor, rough))
            return turn
        if get(session.facts, "enterprise.region") is not None:
            turn.replies += notices(session, result, self.assessor)
        return self.go_on(session, result, turn)

    def go_on(self, session: Session, result: Assessment, turn: Turn) -> Turn:
        """The next question, with where it stands, or the end; appended to what the turn says already."""
        known = get(session.facts, "enterprise.region") is not None
        turn.assessment = result if known else None
        paths = next_question(session, result, self.assessor)
        session.asked, session.beside, session.shown = paths[0] if paths else None, paths[1:], ()
        if session.asked is None:
            self._end(session, result, turn)
            return turn
        asked = question(session.asked, session, result, self.assessor)
        session.shown = asked.choices
        stand = range_text(result, session) if known else ""
        text = f"{stand}\n{asked.text}" if stand and stand != session.stand else asked.text
        session.stand = stand or session.stand
        turn.replies.append(Reply(text, asked.choices, asked.form))
        return turn

    def _end(self, session: Session, result: Assessment, turn: Turn) -> None:
        """The report, once, and again when something changed."""
        state = json.dumps(session.facts, default=str, sort_keys=True)
        if session.reported == state:
            if not turn.replies:
                turn.replies.append(Reply(say("done.after")))
            return
        session.reported = state
        if not result.documents:
            turn.replies.append(Reply(outside(session, self.assessor, self.contact, again=True)))
            return
        turn.act = turn.act or "report"
        turn.replies.append(self._result(session, result))
        turn.replies.append(Reply(say("done.after")))

    def shown(self, session: Session) -> Assessment | None:
        """The assessment to show; None while the place is not known."""
        return self.assess(session) if get(session.facts, "enterprise.region") is not None else None


def put_back(session: Session, before: Session) -> None:
    """A session as it was, but for its history and the number of its turn."""
    history, turn = session.history, session.turn
    for name in session.__dataclass_fields__:
        setattr(session, name, getattr(before, name))
    session.history, session.turn = history, turn


def heard_of(changes: list[Change]) -> dict[str, Any]:
    """What changed, by path."""
    return {change.path: change.new for change in changes}


def _drop_aimless(session: Session) -> None:
    """Money from elsewhere that nobody can say what for is forgotten: it could net nothing."""
    awards = session.facts.get("other_awards") or []
    for index in reversed(range(len(awards))):
        aimed = any(awards[index].get(key) for key in ("project", "recognition", "clause"))
        if not aimed and f"other_awards[{index}].clause" in session.skipped:
            del awards[index]
            session.skipped = {path for path in session.skipped if not path.startswith(f"other_awards[{index}]")}
            session.skipped.add("other_awards")
