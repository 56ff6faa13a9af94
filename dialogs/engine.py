"""One turn of the conversation (read this first): hear, tell, assess, choose the next act, render.

`Engine.turn(session, event)` is pure but for the session it is given: no clock, disk, network or randomness.
The next question is computed from the facts each time and never stored as a pointer, so that corrections, skips,
interruptions and going back cannot leave it wrong.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import date
from functools import cached_property
from typing import Any

from dialogs.anew import asked_for
from dialogs.answering import Answers
from dialogs.answers.answerer import Answerer
from dialogs.answers.said import ASKED, Said
from dialogs.asides import Asides, is_person
from dialogs.carrying import carried_over
from dialogs.declared import fact_of
from dialogs.doubting import doubt_reply, near_threshold
from dialogs.events import Event, Turn, as_at, picked, place_among, text_of
from dialogs.noting import left_out, noted, notices, other_place, outside, rough_text, undone, useless
from dialogs.paths import get
from dialogs.questions import beside, next_question
from dialogs.reading import answer_to
from dialogs.render import Reply, figure, question, range_text
from dialogs.session import Pending, Session
from dialogs.supposing import suppose
from dialogs.telling import Change, Teller
from dialogs.understand.heard import Heard
from dialogs.understand.intents import Intent, intent_of, surely_asks
from dialogs.understand.sentence import hear
from dialogs.understand.text import normalise
from dialogs.words import say
from policies.assess import Assessor
from policies.assessment import Assessment
from policies.errors import ProfileError
from policies.money import wan
from policies.profile import read_profile
from policies.regions import resolve
from policies.report import report

RECENT = 256
"""Assessments at hand: a turn looks at the facts before it, which the same user's last turn has assessed, and after it."""
_GIVE_UP = 3
_MISTAKEN = frozenset({"correction", "greeting", "help", "unknown", "offtopic", "whatif"})
"""Intents whose words also stand in questions: 填错了怎么改, 你是真人吗, 不懂的问谁."""
_HOW_MUCH = re.compile(
    r"(?:大概|一共|总共)?(?:能|可以|会|有)?(?:补贴?|拿|给|奖励?|领|得)(?:到)?(?:多少|几万|几个钱).*$"
)
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
        self._recent: dict[str, Assessment] = {}
        self.assessor, self.vocabulary, self.today, self.contact = assessor, assessor.vocabulary, today, contact
        self.asides = Asides(assessor, contact)

    @cached_property
    def answerer(self) -> Answerer:
        """Compiled at the first question."""
        return Answerer(self.assessor, self.asides.contact)

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
        return self._again(session, "", "ask")

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
            self._restore(session, Session.from_state(before))
            return self._again(session, error.message + "。", "unclear")

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

    @staticmethod
    def _restore(session: Session, before: Session) -> None:
        history, turn = session.history, session.turn
        for name in session.__dataclass_fields__:
            setattr(session, name, getattr(before, name))
        session.history, session.turn = history, turn

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
            turn = self._answer(session, self.answerer.chosen(text, session, self.assess(session)))
            turn.intent = "question"
            return turn
        pressed = (choice is not None or event.value is not None) and text != "unknown"
        intent = None if pressed else intent_of("不知道" if text == "unknown" else text, session.as_of or self.today)
        found = None
        if not pressed and (worded := self.answerer.worded(text)) is not None:
            intent, found = Intent("question", text), self._answer(session, worded)
        elif intent is not None:
            found = self._intent(session, intent, text)
        elif not pressed and _ANOTHER.search(text):
            found = self._more(session, text)
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
                return self._told(session, teller.changes, before, pending.path)
        session.asked = pending.path if session.asked is None else session.asked
        if intent is not None and intent.name == "yes" and intent.whole and len(pending.options) > 1:
            session.pending = pending  # 对 to 「是 1200万元 还是 1200元？」
            return Turn([doubt_reply(session, self.assessor, pending)], assessment=self._shown(session))
        return None

    def _expected(self, session: Session, pending: Pending, text: str, intent: Intent | None) -> Turn | None:
        """When a recognition that is only aimed at is expected: with a day it is told, without one it counts nowhere."""
        if (picked(session, text) or text) == "unknown" or (
            intent is not None and intent.name in ("unknown", "skip", "no", "none")
        ):
            return self._after(session, [], Turn([Reply(say("noted.aimed_left"))]))
        heard = hear(text, self.vocabulary, session.as_of or self.today)
        if len(heard.dates) == 1 and not (heard.projects or heard.recognitions or heard.enterprise):
            return self._tell(session, say("doubt.aimed_told", day=text.strip(" 。，"), what=pending.words), False)
        return None

    # ---- intents ----

    def _intent(self, session: Session, intent: Intent, text: str) -> Turn | None:
        name = intent.name
        if name in _MISTAKEN and surely_asks(text):
            topic, source = self.answerer.topic(text)
            if (
                (topic == "what_if" and name != "whatif")
                or source == "service"
                or (name != "correction" and source == "documents")
            ):
                return self._question(session, text)
        if name == "restart":
            history, turn = session.history, session.turn
            self._restore(session, Session())
            session.history, session.turn, session.asked = history, turn, "enterprise.region"
            return Turn([Reply(say("greet.again"))], act="greet")
        if name == "back":
            return self._back(session)
        if name in ("skip", "unknown"):
            return self._skip(session)
        if name == "as_of" and intent.on is not None:
            session.as_of = intent.on
            session.facts["as_of"] = intent.on.isoformat()
            return self._after(session, [], Turn([Reply(say("noted.as_of", day=intent.on))]))
        if name == "whatif":
            return self._what_if(session, intent.rest or text)
        if name == "more":
            return self._more(session, text)
        if name in ("yes", "no", "none") and intent.whole and session.asked is None:
            return Turn([Reply(say("done.after"))], assessment=self._shown(session), act="done")
        if name in ("yes", "no", "none", "correction") or (name in ("greeting", "thanks") and not intent.whole):
            return None
        if name == "report":
            return self._report(session)
        if name in ("question", "human"):
            found = self._question(session, text)
            if found is None and name == "human":
                return self._answer(session, self.answerer.human(self.assess(session)))
            return found
        if name == "why" and session.asked is None:
            return self._answer(session, self.answerer.why_total(session, self.assess(session)))
        said = self.asides.say(session, intent, text, lambda: self.assess(session))
        if said is None:
            return None
        if name == "cancel":
            session.asked, session.shown = None, ()
            return Turn([Reply(said)], act="say")
        act = {"why": "explain", "progress": "explain", "help": "explain", "privacy": "answer"}.get(name, "say")
        told = self._again(session, said, act)
        if name == "privacy":
            told.answered_by = ("privacy", "delete") if intent.action == "delete" else ("privacy",)
        return told

    def _question(self, session: Session, text: str) -> Turn | None:
        """A question, answered; None where it tells facts besides, which go first."""
        if is_person(text):
            return self._again(session, say("notice.person"), "say")
        topic, _ = self.answerer.topic(text)
        if topic == "what_if":
            return self._what_if(session, text)
        if topic == "report":
            return self._report(session)
        if topic == "why_asked" and session.asked is not None:
            told = self._again(session, self.asides.why(session, self.assess(session)), "explain")
            told.answered_by = ("why",)
            return told
        if self.asides.tells(session, text):
            return None
        result = self.assess(session)
        if get(session.facts, "enterprise.region") is not None and _HOW_MUCH.search(text):
            quotes = self.answerer.clauses(text, session, result)
            if quotes is not None:
                return self._how_much(session, text, quotes)
        found = self.answerer.found(text, session, result)
        if found is None and not surely_asks(text):
            return None
        found = found or self.answerer.titled(text, session, result)
        if found is None and get(session.facts, "enterprise.region") is not None and _HOW_MUCH.search(text):
            return self._report(session)
        return self._answer(session, found or self.answerer.unknown(result))

    def _answer(self, session: Session, said: Said) -> Turn:
        """An answer, and the pending question again; several meant: the choices alone, and the question stays pending."""
        if said.act == "choices":
            session.shown = said.choices
            turn = Turn([Reply(said.text, said.choices)], assessment=self._shown(session), act="choices")
        else:
            turn = self._again(session, said.text, said.act)
        turn.answered_by, turn.score = said.by, said.score
        return turn

    def _report(self, session: Session) -> Turn:
        if get(session.facts, "enterprise.region") is None:
            turn = self._again(session, say("unclear.too_early"), "report")
            turn.answered_by = ("report",)
            return turn
        result = self.assess(session)
        reply = (
            self._result(session, result) if result.documents else Reply(outside(session, self.assessor, self.contact))
        )
        return self._ask(session, result, Turn([reply], assessment=result, act="report", answered_by=("report",)))

    def _result(self, session: Session, result: Assessment) -> Reply:
        """The report, and under its figure what it takes for exact that was told only roughly."""
        figures, blank, rest = report(self.assessor, result, self.contact).partition("\n\n")
        rough = rough_text(session, self.assessor)
        return Reply(f"{figures}{rough and blank}{rough}{blank}{rest}", form="report")

    def _more(self, session: Session, text: str) -> Turn | None:
        """「下一个项目」「再加一个证书」: the list is asked again."""
        heard = hear(text, self.vocabulary, session.as_of or self.today)
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
        return self._again(session, say("noted.go_on"))

    def _again(self, session: Session, said: str, act: str = "") -> Turn:
        """Say something, and put the pending question again."""
        result = self.assess(session)
        shown = result if get(session.facts, "enterprise.region") else None
        turn = Turn([Reply(said)] if said else [], assessment=shown, act=act)
        if session.pending is not None:
            turn.replies.append(doubt_reply(session, self.assessor, session.pending))
        elif session.asked is not None:
            session.beside = beside(session.asked, session, result, self.assessor)
            again = question(session.asked, session, result, self.assessor)
            session.shown = again.choices
            turn.replies.append(again)
        return turn

    def _back(self, session: Session) -> Turn:
        """To before the last message that told, skipped or closed something."""

        def told(state: Session) -> tuple[Any, ...]:
            return state.facts, state.skipped, state.closed, state.as_of

        for step in session.history.newest_first():
            earlier = Session.from_state(step.state)
            if told(earlier) != told(session):
                session.history.back_to(step.turn)
                self._restore(session, earlier)
                said = undone(step.words), range_text(self.assess(session), session)
                return self._again(session, "\n".join(filter(None, said)))
        return self._again(session, say("noted.nothing_to_undo"))

    def _skip(self, session: Session) -> Turn:
        if session.asked is None:
            return self._again(session, say("unclear.nothing_asked"))
        fact = fact_of(session.asked, session, self.assessor)
        if fact is not None and get(session.facts, session.asked) is not None:
            if session.asked not in self.assess(session).missing:  # asked anew, to change it
                return self._after(session, [], Turn([Reply(say("noted.kept"))]))
        session.skipped.add(session.asked)
        return self._after(session, [], Turn([Reply(say("noted.skipped"))]))

    def _how_much(self, session: Session, text: str, quotes: Said) -> Turn:
        """「CMMM三级能拿多少」: what the document says, and what it would add, where it certainly adds something."""
        supposed = _HOW_MUCH.sub("", text)
        before, twin = self.assess(session), session.snapshot()
        if suppose(twin, supposed, self.assessor, session.as_of or self.today) is None:
            return self._answer(session, quotes)
        after = self.assess(twin)
        if (after.total, after.indicative) <= (before.total, before.indicative):
            return self._answer(session, quotes)
        turn = self._what_if(session, supposed)
        turn.replies[0].text = f"{quotes.text}\n{turn.replies[0].text}"
        turn.answered_by = quotes.by
        return turn

    def _what_if(self, session: Session, rest: str) -> Turn:
        """On a copy: nothing that was told is changed."""
        before = self.assess(session)
        twin = session.snapshot()
        what = suppose(twin, rest, self.assessor, session.as_of or self.today)
        if what is None:
            turn = self._again(session, say("whatif.unclear"), "whatif")
            turn.answered_by = ("what_if",)
            return turn
        after = self.assess(twin)
        low, high = figure(before), figure(after)
        if low == high:
            said = say("whatif.same", what=what, before=low)
        else:
            gain = after.total - before.total or after.indicative - before.indicative
            said = say("whatif.changed", what=what, before=low, after=high)
            if gain and before.settled and after.settled:
                said += say("whatif.more" if gain > 0 else "whatif.less", gain=wan(abs(gain)))
        turn = self._again(session, f"{said}。\n{say('whatif.kept')}", "whatif")
        turn.answered_by = ("what_if",)
        return turn

    # ---- facts ----

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
            session.pending, session.asked = outcome.pending, outcome.pending.path
            after = self.assess(session)
            turn = Turn(heard=_heard(teller.changes), assessment=after)
            said = noted(session, teller.changes, before, after, None, self.assessor)
            turn.replies += [Reply(said)] if said else []
            turn.replies.append(doubt_reply(session, self.assessor, outcome.pending))
            return turn
        if not outcome.understood:
            if left and not surely_asks(text):
                if asked == "recognitions" and len(heard.aimed) == 1 and heard.aimed[0] != text.strip():
                    unknown = (("unknown", say("label.unknown")),)
                    session.pending = Pending(asked, unknown, "aimed", heard.aimed[0])
                    return self._again(session, "")
                return self._again(session, left)
            if (wanted := asked_for(text, session, self.assessor)) is not None:
                return self.ask(session, wanted)
            if surely_asks(text):
                return self._answer(session, self.answerer.answer(text, session, self.assess(session)))
            return (
                self._again(session, say("notice.person"), "say") if is_person(text) else self._unclear(session, heard)
            )
        session.unclear = 0
        if not teller.changes and len(session.skipped) > skipped:
            return self._after(session, [], Turn([Reply(say("noted.skipped"))]))
        other = other_place(session, heard) if not teller.changes else ""
        if other:
            return self._again(session, other)
        if not teller.changes and asked not in session.closed:
            return self._after(session, [], Turn([Reply(say("noted.same"))]))
        turn = self._told(session, teller.changes, before, asked)
        if len(heard.projects) == 1 and _EACH.search(text):
            turn.replies.insert(0, Reply(say("noted.each_place")))
        if left:
            turn.replies.insert(min(1, len(turn.replies) - 1), Reply(left))  # after what was taken down
        answer = self.answerer.found(text, session, self.assess(session)) if surely_asks(text) else None
        if answer is not None and answer.act == "answer":
            turn.replies.insert(max(0, len(turn.replies) - 1), Reply(answer.text))
            turn.act, turn.answered_by, turn.score = answer.act, answer.by, answer.score
        return turn

    def _told(self, session: Session, changes: list[Change], before: Assessment, asked: str | None) -> Turn:
        said = noted(session, changes, before, self.assess(session), asked, self.assessor)
        return self._after(session, changes, Turn([Reply(said)] if said else []))

    def _after(self, session: Session, changes: list[Change], turn: Turn) -> Turn:
        """Assess what is told now, say where it stands, and ask on or report."""
        turn.heard |= _heard(changes)
        _drop_aimless(session)
        result = self.assess(session)
        rough = near_threshold(session, result)
        if rough is not None:
            turn.assessment = result
            session.pending, session.asked = rough, rough.path
            turn.replies.append(doubt_reply(session, self.assessor, rough))
            return turn
        if get(session.facts, "enterprise.region") is not None:
            turn.replies += notices(session, result, self.assessor)
        return self._ask(session, result, turn)

    def _ask(self, session: Session, result: Assessment, turn: Turn) -> Turn:
        known = get(session.facts, "enterprise.region") is not None
        turn.assessment = result if known else None
        path = next_question(session, result, self.assessor)
        session.asked, session.shown, session.beside = path, (), ()
        if path is None:
            self._end(session, result, turn)
            return turn
        session.beside = beside(path, session, result, self.assessor)
        asked = question(path, session, result, self.assessor)
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

    def _shown(self, session: Session) -> Assessment | None:
        return self.assess(session) if get(session.facts, "enterprise.region") is not None else None

    # ---- the unclear ----

    def _unclear(self, session: Session, heard: Heard) -> Turn:
        """Not understood: the question again, then help, then a way on."""
        result = self.assess(session)
        if heard.amounts and len(heard.amounts) == 1:
            return self._again(session, say("unclear.amount", words=heard.amounts[0].words), "unclear")
        asked = fact_of(session.asked, session, self.assessor) if session.asked is not None else None
        if heard.accounts and asked is not None and asked.type == "money":
            words = "、".join(heard.accounts.values())
            return self._again(session, say("unclear.account", words=words, what=asked.label), "unclear")
        if session.asked is None:
            return Turn([Reply(say("unclear.nothing_asked"))], assessment=self._shown(session), act="unclear")
        session.unclear += 1
        if session.unclear > _GIVE_UP:
            session.unclear = 0
            session.skipped.add(session.asked)
            return self._after(session, [], Turn([Reply(say("unclear.give_up"))]))
        key = ("first", "second", "third")[session.unclear - 1]
        return self._again(session, say(f"unclear.{key}", contact=self.asides.contact(result)), "unclear")


def region_of(session: Session) -> str:
    """The code of the seat told so far, or ""."""
    told = get(session.facts, "enterprise.region")
    return "" if told is None else resolve(str(told)).code


def _heard(changes: list[Change]) -> dict[str, Any]:
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


__all__ = ["Engine", "Event", "Turn"]
