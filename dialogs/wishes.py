"""What a message wants besides telling facts: a question answered, back, skip, a trial, the report, all from the start."""

from __future__ import annotations

import re
from typing import Any

from dialogs.answers.said import Said
from dialogs.asides import is_person
from dialogs.course import Course, put_back
from dialogs.declared import fact_of
from dialogs.events import Turn
from dialogs.noting import undone
from dialogs.paths import get
from dialogs.render import Reply, figure, range_text
from dialogs.session import Session
from dialogs.supposing import suppose
from dialogs.understand.intents import Intent, surely_asks
from dialogs.understand.sentence import hear
from dialogs.words import say
from policies.money import wan

_MISTAKEN = frozenset({"correction", "greeting", "help", "unknown", "offtopic", "whatif"})
"""Intents whose words also stand in questions: 填错了怎么改, 你是真人吗, 不懂的问谁."""
_HOW_MUCH = re.compile(
    r"(?:大概|一共|总共)?(?:能|可以|会|有)?(?:补贴?|拿|给|奖励?|领|得)(?:到)?(?:多少|几万|几个钱).*$"
)


class Wishes:
    """Fulfils what was wished in the conversations of a course."""

    def __init__(self, course: Course) -> None:
        self.course = course

    def fulfil(self, session: Session, intent: Intent, text: str) -> Turn | None:
        """What was wished; None: the message is to be read for what it tells."""
        name = intent.name
        if name in _MISTAKEN and surely_asks(text):
            topic, source = self.course.answerer.topic(text)
            if (
                (topic == "what_if" and name != "whatif")
                or source == "service"
                or (name != "correction" and source == "documents")
            ):
                return self.question(session, text)
        if name == "restart":
            put_back(session, Session())
            session.asked = "enterprise.region"
            return Turn([Reply(say("greet.again"))], act="greet")
        if name == "back":
            return self._back(session)
        if name in ("skip", "unknown"):
            return self._skip(session)
        if name == "as_of" and intent.on is not None:
            session.as_of = intent.on
            session.facts["as_of"] = intent.on.isoformat()
            return self.course.after(session, [], Turn([Reply(say("noted.as_of", day=intent.on))]))
        if name == "whatif":
            return self._what_if(session, intent.rest or text)
        if name == "more":
            return self.more(session, text)
        if name in ("yes", "no", "none") and intent.whole and session.asked is None:
            return Turn([Reply(say("done.after"))], assessment=self.course.shown(session), act="done")
        if name in ("yes", "no", "none", "correction") or (name in ("greeting", "thanks") and not intent.whole):
            return None
        if name == "report":
            return self.course.report(session)
        if name in ("question", "human"):
            found = self.question(session, text)
            if found is None and name == "human":
                return self.course.answer(session, self.course.answerer.human(self.course.assess(session)))
            return found
        if name == "why" and session.asked is None:
            return self.course.answer(session, self.course.answerer.why_total(session, self.course.assess(session)))
        said = self.course.asides.say(session, intent, text, lambda: self.course.assess(session))
        if said is None:
            return None
        if name == "cancel":
            session.asked, session.shown = None, ()
            return Turn([Reply(said)], act="say")
        act = {"why": "explain", "progress": "explain", "help": "explain", "privacy": "answer"}.get(name, "say")
        told = self.course.again(session, said, act)
        if name == "privacy":
            told.answered_by = ("privacy", "delete") if intent.action == "delete" else ("privacy",)
        return told

    def question(self, session: Session, text: str) -> Turn | None:
        """A question, answered; None where it tells facts besides, which go first."""
        if is_person(text):
            return self.course.again(session, say("notice.person"), "say")
        topic, _ = self.course.answerer.topic(text)
        if topic == "what_if":
            return self._what_if(session, text)
        if topic == "report":
            return self.course.report(session)
        if topic == "why_asked" and session.asked is not None:
            told = self.course.again(session, self.course.asides.why(session, self.course.assess(session)), "explain")
            told.answered_by = ("why",)
            return told
        if self.course.asides.tells(session, text):
            return None
        result = self.course.assess(session)
        if get(session.facts, "enterprise.region") is not None and _HOW_MUCH.search(text):
            quotes = self.course.answerer.clauses(text, session, result)
            if quotes is not None:
                return self._how_much(session, text, quotes)
        found = self.course.answerer.found(text, session, result)
        if found is None and not surely_asks(text):
            return None
        found = found or self.course.answerer.titled(text, session, result)
        if found is None and get(session.facts, "enterprise.region") is not None and _HOW_MUCH.search(text):
            return self.course.report(session)
        return self.course.answer(session, found or self.course.answerer.unknown(result))

    def more(self, session: Session, text: str) -> Turn | None:
        """「下一个项目」「再加一个证书」: the list is asked again."""
        heard = hear(text, self.course.vocabulary, session.as_of or self.course.today)
        if heard.projects or heard.recognitions or heard.awards:
            return None
        lists = {
            "recognitions": ("证", "认定", "贯标"),
            "other_awards": ("奖补", "补贴", "补助"),
            "projects": ("项目",),
        }
        path = next((path for path, words in lists.items() if any(word in text for word in words)), None)
        if path is None and session.asked is not None:
            return None
        session.asked, session.beside, session.pending = path or "projects", (), None
        session.closed.discard(session.asked)
        session.skipped.discard(session.asked)
        return self.course.again(session, say("noted.go_on"))

    def _back(self, session: Session) -> Turn:
        """To before the last message that told, skipped or closed something."""

        def told(state: Session) -> tuple[Any, ...]:
            return state.facts, state.skipped, state.closed, state.as_of

        for step in session.history.newest_first():
            earlier = Session.from_state(step.state)
            if told(earlier) != told(session):
                session.history.back_to(step.turn)
                put_back(session, earlier)
                said = undone(step.words), range_text(self.course.assess(session), session)
                return self.course.again(session, "\n".join(filter(None, said)))
        return self.course.again(session, say("noted.nothing_to_undo"))

    def _skip(self, session: Session) -> Turn:
        if session.asked is None:
            return self.course.again(session, say("unclear.nothing_asked"))
        fact = fact_of(session.asked, session, self.course.assessor)
        if fact is not None and get(session.facts, session.asked) is not None:
            if session.asked not in self.course.assess(session).missing:  # asked anew, to change it
                return self.course.after(session, [], Turn([Reply(say("noted.kept"))]))
        session.skipped.add(session.asked)
        return self.course.after(session, [], Turn([Reply(say("noted.skipped"))]))

    def _how_much(self, session: Session, text: str, quotes: Said) -> Turn:
        """「CMMM三级能拿多少」: what the document says, and what it would add, where it certainly adds something."""
        supposed = _HOW_MUCH.sub("", text)
        before, twin = self.course.assess(session), session.snapshot()
        if suppose(twin, supposed, self.course.assessor, session.as_of or self.course.today) is None:
            return self.course.answer(session, quotes)
        after = self.course.assess(twin)
        if (after.total, after.indicative) <= (before.total, before.indicative):
            return self.course.answer(session, quotes)
        turn = self._what_if(session, supposed)
        turn.replies[0].text = f"{quotes.text}\n{turn.replies[0].text}"
        turn.answered_by = quotes.by
        return turn

    def _what_if(self, session: Session, rest: str) -> Turn:
        """On a copy: nothing that was told is changed."""
        before = self.course.assess(session)
        twin = session.snapshot()
        what = suppose(twin, rest, self.course.assessor, session.as_of or self.course.today)
        if what is None:
            turn = self.course.again(session, say("whatif.unclear"), "whatif")
            turn.answered_by = ("what_if",)
            return turn
        after = self.course.assess(twin)
        low, high = figure(before), figure(after)
        if low == high:
            said = say("whatif.same", what=what, before=low)
        else:
            gain = after.total - before.total or after.indicative - before.indicative
            said = say("whatif.changed", what=what, before=low, after=high)
            if gain and before.settled and after.settled:
                said += say("whatif.more" if gain > 0 else "whatif.less", gain=wan(abs(gain)))
        turn = self.course.again(session, f"{said}。\n{say('whatif.kept')}", "whatif")
        turn.answered_by = ("what_if",)
        return turn
