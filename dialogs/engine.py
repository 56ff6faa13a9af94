"""One turn of the conversation (read this first): hear, tell, assess, choose the next act, render.

What a message wants besides telling is in wishes.py; what is said when facts are told, and asked next, in course.py.
`Engine.turn(session, event)` is pure but for the session it is given: no clock, disk, network or randomness.
The next question is computed from the facts each time and never stored as a pointer, so that corrections, skips,
interruptions and going back cannot leave it wrong.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

from dialogs.anew import asked_for
from dialogs.answering import Answers
from dialogs.answers.said import ASKED
from dialogs.asides import is_person
from dialogs.carrying import carried_over
from dialogs.course import Course, heard_of, put_back
from dialogs.declared import fact_of
from dialogs.doubting import doubt_reply
from dialogs.events import Event, Turn, as_at, picked, place_among, text_of
from dialogs.noting import left_out, noted, other_place, useless
from dialogs.paths import get
from dialogs.reading import answer_to
from dialogs.render import Reply, figure
from dialogs.session import Pending, Session
from dialogs.telling import Teller
from dialogs.understand.heard import Heard
from dialogs.understand.intents import Intent, intent_of, surely_asks
from dialogs.understand.sentence import hear
from dialogs.understand.text import normalise
from dialogs.wishes import Wishes
from dialogs.words import say
from policies.assess import Assessor
from policies.assessment import Assessment
from policies.errors import ProfileError
from policies.regions import resolve

_GIVE_UP = 3
_EACH = re.compile(r"[和与、及跟][^，。；]{1,12}(?:各|分别)(?:新?建|上|投|搞|做|改造)")
"""在包头和呼和浩特各建一个: two projects of which one is told."""
_ANOTHER = re.compile(
    r"^.{0,4}(?:下一个|下个|另一个|再加|再来|再报|新增|加一个|还有一?个|还有别的|新的?).{0,4}(?:项目|证书|认定|奖补|补贴)"
)


Watch = Callable[[str, Event, Session, Turn], None]
"""Hears of each turn: the state before it, what came in, the session after it, what goes out."""


class Engine:
    """The conversation over one set of tables. `today` is the date that counts unless the user sets another.

    When new tables are published (`version`), a conversation goes on with an engine over those.
    """

    def __init__(self, assessor: Assessor, today: date, contact: str | None = None, version: int = 0) -> None:
        self.version = version
        self.watch: Watch = lambda before, event, session, turn: None
        self.assessor, self.vocabulary, self.today, self.contact = assessor, assessor.vocabulary, today, contact
        self.course = Course(assessor, today, contact)
        self.wishes = Wishes(self.course)

    # ---- the turn ----

    def greet(self, session: Session) -> Turn:
        """Turn 0."""
        before = session.state()
        session.asked, session.version = "enterprise.region", self.version
        turn = Turn([Reply(say("greet.hello"))], act="greet")
        self.watch(before, Event(), session, turn)
        return turn

    def ask(self, session: Session, path: str | None = None) -> Turn:
        """The standing question once more; with a path that fact is asked, told or not. No reply: nothing is asked."""
        if path is not None:
            session.asked, session.beside, session.pending = path, (), None
            session.skipped.discard(path)
        return self.course.again(session, "", "ask")

    def turn(self, session: Session, event: Event) -> Turn:
        """One message in, the replies out. The session is changed in place; on a fault in the facts it is put back."""
        session.turn += 1
        moved = carried_over(session, self.version, self.vocabulary, self.assess)
        before = session.state()
        turn = self._heard_out(session, event, before)
        if moved:
            turn.replies.insert(0, Reply(moved))
        if turn.assessment is not None:
            session.figure = figure(turn.assessment)
        session.version = self.version
        self.watch(before, event, session, turn)
        return turn

    def assess(self, session: Session) -> Assessment:
        """The assessment of what was told. Raises ProfileError."""
        return self.course.assess(session)

    def _heard_out(self, session: Session, event: Event, before: str) -> Turn:
        text = text_of(event)
        session.history.add(session.turn, text[:60], before)
        try:
            normal = normalise(text)
            turn = self._turn(session, event, normal.text)
            if not turn.act:
                turn.act = "clarify" if session.pending is not None else "ask" if session.asked is not None else "done"
            if normal.cut:
                turn.replies.insert(0, Reply(say("notice.truncated")))
            return turn
        except ProfileError as error:
            put_back(session, Session.from_state(before))
            return self.course.again(session, error.message + "。", "unclear")

    def _turn(self, session: Session, event: Event, text: str) -> Turn:
        if event.turn is not None:
            as_at(session, event.turn)
            turn = self._tell(session, text, correction=True, edited=True)
            turn.intent = "edit"
            return turn
        if session.pending is not None:
            found = self._resolve_pending(session, text)
            if found is not None:
                return found
        choice = picked(session, text) if event.value is None else None
        text = choice or text
        if text.startswith(ASKED):
            turn = self.course.answer(session, self.course.answerer.chosen(text, session, self.assess(session)))
            turn.intent = "question"
            return turn
        pressed = (choice is not None or event.value is not None) and text != "unknown"
        intent = None if pressed else intent_of("不知道" if text == "unknown" else text, session.as_of or self.today)
        found = None
        if not pressed and (worded := self.course.answerer.worded(text)) is not None:
            intent, found = Intent("question", text), self.course.answer(session, worded)
        elif intent is not None:
            found = self.wishes.fulfil(session, intent, text)
        elif not pressed and _ANOTHER.search(text):
            found = self.wishes.more(session, text)
        turn = found or self._tell(session, text, correction=intent is not None and intent.name == "correction")
        turn.intent = intent.name if intent is not None else "press" if pressed else ""
        return turn

    def _resolve_pending(self, session: Session, text: str) -> Turn | None:
        """An answer to a doubt: one of its options by number, label or value; else the message is read anew."""
        pending = session.pending
        assert pending is not None
        session.pending = None
        word = text.strip()
        intent = intent_of(word)
        if pending.code == "aimed":
            return self._expected(session, pending, text, intent)
        if len(word) > 2:
            word = word.removesuffix("那个").removesuffix("的")
        agreed = len(pending.options) == 1 and intent is not None and intent.name == "yes"
        for number, (value, shown) in enumerate(pending.options, 1):
            label = normalise(shown).text
            part = len(word) >= 2 and word in label and sum(word in other for _, other in pending.options) == 1
            placed = number == place_among(text.strip(), len(pending.options))
            if agreed or part or placed or word in (str(number), label, str(value)):
                before = self.assess(session)
                teller = Teller(session, word, session.asked, False)
                Answers(self.assessor, session, teller, self.today).put(pending.path, value, word)
                return self.course.told(session, teller.changes, before, pending.path)
        session.asked = pending.path if session.asked is None else session.asked
        if intent is not None and intent.name == "yes" and intent.whole and len(pending.options) > 1:
            session.pending = pending  # 对 to 「是 1200万元 还是 1200元？」
            return Turn([doubt_reply(session, self.assessor, pending)], assessment=self.course.shown(session))
        return None

    def _expected(self, session: Session, pending: Pending, text: str, intent: Intent | None) -> Turn | None:
        """When a recognition that is only aimed at is expected: with a day it is told, without one it counts nowhere."""
        if (picked(session, text) or text) == "unknown" or (
            intent is not None and intent.name in ("unknown", "skip", "no", "none")
        ):
            return self.course.after(session, [], Turn([Reply(say("noted.aimed_left"))]))
        heard = hear(text, self.vocabulary, session.as_of or self.today)
        if len(heard.dates) == 1 and not (heard.projects or heard.recognitions or heard.enterprise):
            return self._tell(session, say("doubt.aimed_told", day=text.strip(" 。，"), what=pending.words), False)
        return None

    def _tell(self, session: Session, text: str, correction: bool, edited: bool = False) -> Turn:
        """Read a message as an answer to what was asked and as a sentence that may tell more."""
        heard = hear(text, self.vocabulary, session.as_of or self.today, session.asked, region_of(session))
        unused = useless(heard, region_of(session), self.assessor)
        correction = correction or heard.correction
        before, asked = self.assess(session), session.asked
        skipped = len(session.skipped)
        teller = Teller(session, text, asked, correction)
        answers = Answers(self.assessor, session, teller, session.as_of or self.today)
        outcome = answer_to(answers, text, heard, session, correction, edited)
        left = left_out(heard, unused)
        if outcome.pending is not None:
            session.beside = session.beside if outcome.pending.path == asked else ()
            session.pending, session.asked = outcome.pending, outcome.pending.path
            after = self.assess(session)
            turn = Turn(heard=heard_of(teller.changes), assessment=after)
            said = noted(session, teller.changes, before, after, None, self.assessor)
            turn.replies += [Reply(said)] if said else []
            turn.replies.append(doubt_reply(session, self.assessor, outcome.pending))
            return turn
        if not outcome.understood:
            if left and not surely_asks(text):
                if asked == "recognitions" and len(heard.aimed) == 1 and heard.aimed[0] != text.strip():
                    unknown = (("unknown", say("label.unknown")),)
                    session.pending = Pending(asked, unknown, "aimed", heard.aimed[0])
                    return self.course.again(session, "")
                return self.course.again(session, left)
            if (wanted := asked_for(text, session, self.assessor)) is not None:
                return self.ask(session, wanted)
            if surely_asks(text):
                return self.course.answer(session, self.course.answerer.answer(text, session, self.assess(session)))
            return (
                self.course.again(session, say("notice.person"), "say")
                if is_person(text)
                else self._unclear(session, heard)
            )
        session.unclear = 0
        if not teller.changes and len(session.skipped) > skipped:
            return self.course.after(session, [], Turn([Reply(say("noted.skipped"))]))
        other = other_place(session, heard) if not teller.changes else ""
        if other:
            return self.course.again(session, other)
        if not teller.changes and asked not in session.closed:
            return self.course.after(session, [], Turn([Reply(say("noted.same"))]))
        turn = self.course.told(session, teller.changes, before, asked)
        if len(heard.projects) == 1 and _EACH.search(text):
            turn.replies.insert(0, Reply(say("noted.each_place")))
        if left:
            turn.replies.insert(min(1, len(turn.replies) - 1), Reply(left))  # after what was taken down
        answer = self.course.answerer.found(text, session, self.assess(session)) if surely_asks(text) else None
        if answer is not None and answer.act == "answer":
            turn.replies.insert(max(0, len(turn.replies) - 1), Reply(answer.text))
            turn.act, turn.answered_by, turn.score = answer.act, answer.by, answer.score
        return turn

    # ---- the unclear ----

    def _unclear(self, session: Session, heard: Heard) -> Turn:
        """Not understood: the question again, then help, then a way on."""
        result = self.assess(session)
        if heard.amounts and len(heard.amounts) == 1:
            return self.course.again(session, say("unclear.amount", words=heard.amounts[0].words), "unclear")
        asked = fact_of(session.asked, session, self.assessor) if session.asked is not None else None
        if heard.accounts and asked is not None and asked.type == "money":
            words = "、".join(heard.accounts.values())
            return self.course.again(session, say("unclear.account", words=words, what=asked.label), "unclear")
        if session.asked is None:
            return Turn([Reply(say("unclear.nothing_asked"))], assessment=self.course.shown(session), act="unclear")
        session.unclear += 1
        if session.unclear > _GIVE_UP:
            session.unclear = 0
            session.skipped.add(session.asked)
            return self.course.after(session, [], Turn([Reply(say("unclear.give_up"))]))
        key = ("first", "second", "third")[session.unclear - 1]
        return self.course.again(session, say(f"unclear.{key}", contact=self.course.asides.contact(result)), "unclear")


def region_of(session: Session) -> str:
    """The code of the seat told so far, or ""."""
    told = get(session.facts, "enterprise.region")
    return "" if told is None else resolve(str(told)).code
