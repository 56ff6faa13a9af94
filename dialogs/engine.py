"""One turn of the conversation (read this first): hear, tell, assess, choose the next act, render.

`Engine.turn(session, event)` is pure but for the session it is given: no clock, disk, network or randomness.
The next question is computed from the facts each time and never stored as a pointer, so that corrections, skips,
interruptions and going back cannot leave it wrong.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from dialogs.answering import Answers, answer_to
from dialogs.asides import Asides
from dialogs.paths import get, index_of, name_of
from dialogs.questions import next_question, thresholds
from dialogs.render import Reply, change_text, question, range_text, value_label
from dialogs.session import Pending, Session
from dialogs.telling import Change, Teller
from dialogs.understand.intents import Intent, intent_of
from dialogs.understand.sentence import hear
from dialogs.understand.text import normalise
from dialogs.words import say
from policies.assess import Assessment, Assessor
from policies.errors import ProfileError
from policies.explain import window_of
from policies.matching import COUNTED_APART
from policies.money import fen, wan
from policies.profile import read_profile
from policies.regions import resolve
from policies.report import report


@dataclass(frozen=True)
class Event:
    """What came in: a text, a pressed choice (`value`), or an edited earlier message (`turn`)."""

    text: str = ""
    value: Any = None
    turn: int | None = None


@dataclass
class Turn:
    """What went out: replies, and for programs what was heard and where the assessment stands."""

    replies: list[Reply] = field(default_factory=list)
    heard: dict[str, Any] = field(default_factory=dict)
    assessment: Assessment | None = None


class Engine:
    """The conversation over one set of tables. `today` is the date that counts unless the user sets another."""

    def __init__(self, assessor: Assessor, today: date, contact: str | None = None) -> None:
        self.assessor, self.vocabulary, self.today, self.contact = assessor, assessor.vocabulary, today, contact
        self.asides = Asides(assessor, contact)

    # ---- the turn ----

    def greet(self, session: Session) -> Turn:
        """Turn 0."""
        session.asked = "enterprise.region"
        return Turn([Reply(say("greet.hello"))])

    def turn(self, session: Session, event: Event) -> Turn:
        """One message in, the replies out. The session is changed in place; on a fault in the facts it is put back."""
        session.turn += 1
        before = session.snapshot()
        session.history = [*session.history, (session.turn, before)][-80:]
        try:
            return self._turn(session, event)
        except ProfileError as error:
            self._restore(session, before)
            return self._again(session, error.message + "。")

    def assess(self, session: Session) -> Assessment:
        """The assessment of what was told; money from elsewhere counts once it is told what it is for. Raises ProfileError."""
        facts = session.facts
        awards = facts.get("other_awards")
        if awards:
            told = [row for row in awards if row.get("project") or row.get("recognition") or row.get("clause")]
            facts = {**facts, "other_awards": told}
        profile = read_profile(facts, self.vocabulary, self.assessor.clauses)
        return self.assessor.assess(profile, session.as_of or self.today)

    @staticmethod
    def _restore(session: Session, before: Session) -> None:
        history, turn = session.history, session.turn
        for name in session.__dataclass_fields__:
            setattr(session, name, getattr(before, name))
        session.history, session.turn = history, turn

    def _turn(self, session: Session, event: Event) -> Turn:
        text = normalise(self._text(session, event)).text
        if event.turn is not None:
            self._as_at(session, event.turn)
            return self._tell(session, text, correction=True)
        if session.pending is not None:
            found = self._resolve_pending(session, text)
            if found is not None:
                return found
        picked = self._picked(session, text) if event.value is None else None
        if picked is not None:
            text = picked
        pressed = event.value is not None and text != "unknown"
        intent = None if pressed else intent_of("不知道" if text == "unknown" else text, session.as_of or self.today)
        if intent is not None:
            found = self._intent(session, intent, text)
            if found is not None:
                return found
        return self._tell(session, text, correction=intent is not None and intent.name == "correction")

    # ---- what came in ----

    @staticmethod
    def _text(session: Session, event: Event) -> str:
        value = event.value
        if value is None:
            return event.text
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, list):
            return "、".join(str(item) for item in value)
        return str(value)

    def _as_at(self, session: Session, turn: int) -> None:
        """An edited message answers what was asked when it was sent."""
        for number, earlier in session.history:
            if number == turn:
                session.asked, session.touched = earlier.asked, earlier.touched or session.touched
                session.pending = None

    def _picked(self, session: Session, text: str) -> str | None:
        """A number picks the choice shown at that place, unless the question asks for a number."""
        if not session.shown or not text.strip().isdecimal() or len(text.strip()) > 2:
            return None
        number = int(text)
        path = session.asked or ""
        if text.strip() in {str(value) for value, _ in session.shown}:
            return None  # 3 for 三级: the value itself
        if name_of(path).endswith(("_yuan", "_count", "year", "clients", "obtained_on", "completed_on")):
            return None
        if 1 <= number <= len(session.shown):
            return str(session.shown[number - 1][0])
        return None

    def _resolve_pending(self, session: Session, text: str) -> Turn | None:
        """An answer to a doubt: one of its options by number, label or value; else the message is read anew."""
        pending = session.pending
        assert pending is not None
        session.pending = None
        word = text.strip()
        for number, (value, label) in enumerate(pending.options, 1):
            if word in (str(number), label, str(value)) or (len(word) >= 2 and word in label and sum(word in o[1] for o in pending.options) == 1):
                teller = Teller(session, word, session.asked, False)
                if pending.path == "as_of":
                    return None
                Answers(self.assessor, session, teller, self.today).put(pending.path, value, word)
                return self._after(session, teller.changes, Turn())
        session.asked = pending.path if session.asked is None else session.asked
        return None

    # ---- intents ----

    def _intent(self, session: Session, intent: Intent, text: str) -> Turn | None:
        name = intent.name
        if name == "restart":
            fresh = Session()
            history, turn = session.history, session.turn
            self._restore(session, fresh)
            session.history, session.turn, session.asked = history, turn, "enterprise.region"
            return Turn([Reply(say("greet.again"))])
        if name == "back":
            return self._back(session)
        if name in ("skip", "unknown"):
            return self._skip(session)
        if name == "as_of" and intent.on is not None:
            session.as_of = intent.on
            session.facts["as_of"] = intent.on.isoformat()
            session.reported = False
            return self._after(session, [], Turn([Reply(say("noted.as_of", day=intent.on))]))
        if name == "whatif":
            return self._what_if(session, intent.rest or text)
        if name in ("yes", "no", "none", "correction", "more"):
            return None
        if name in ("greeting", "thanks") and not intent.whole:
            return None
        if name == "report":
            result = self.assess(session)
            turn = Turn([Reply(report(self.assessor, result, self.contact))], assessment=result)
            return self._ask(session, result, turn)
        said = self.asides.say(session, intent, text, lambda: self.assess(session))
        if said is None:
            return None
        if name == "cancel":
            session.asked, session.shown = None, ()
            return Turn([Reply(said)])
        return self._again(session, said)

    def _again(self, session: Session, said: str) -> Turn:
        """Say something, and put the pending question again."""
        result = self.assess(session)
        turn = Turn([Reply(said)], assessment=result if get(session.facts, "enterprise.region") else None)
        if session.asked is None:
            return turn
        if session.pending is not None:
            turn.replies.append(self._doubt_reply(session, session.pending))
            return turn
        again = question(session.asked, session, result, self.assessor)
        session.shown = again.choices
        turn.replies.append(again)
        return turn

    def _back(self, session: Session) -> Turn:
        """To before the last message that told something."""
        earlier = [item for item in session.history[:-1] if item[1].facts != session.facts or item[1].skipped != session.skipped]
        if not earlier:
            return self._again(session, say("noted.nothing_to_undo"))
        number, state = earlier[-1]
        turn = session.turn
        kept = [item for item in session.history if item[0] < number]
        self._restore(session, state.snapshot())
        session.history, session.turn = kept, turn
        return self._again(session, say("noted.undone"))

    def _skip(self, session: Session) -> Turn:
        if session.asked is None:
            return self._again(session, say("unclear.nothing_asked"))
        session.skipped.add(session.asked)
        return self._after(session, [], Turn([Reply(say("noted.skipped"))]))

    def _what_if(self, session: Session, rest: str) -> Turn:
        """On a copy: nothing that was told is changed."""
        before = self.assess(session)
        twin = session.snapshot()
        teller = Teller(twin, rest, None, True)
        what = self.asides.suppose(twin, teller, rest, self.today)
        if what is None:
            return self._again(session, say("whatif.unclear"))
        after = self.assess(twin)
        texts = [self._difference(what, before.total, after.total)]
        if before.indicative != after.indicative:
            low, high = wan(before.indicative), wan(after.indicative)
            apart = say("whatif.apart", before=low, after=high)
            texts = [apart] if before.total == after.total else [*texts, apart]
        texts.append(say("whatif.kept"))
        return self._again(session, "\n".join(texts))

    @staticmethod
    def _difference(what: str, before: int, after: int) -> str:
        if before == after:
            return say("whatif.same", what=what, before=wan(before))
        key = "more" if after > before else "less"
        return say(f"whatif.{key}", what=what, before=wan(before), after=wan(after), gain=wan(abs(after - before)))

    # ---- facts ----

    def _tell(self, session: Session, text: str, correction: bool) -> Turn:
        """Read a message as an answer to what was asked and as a sentence that may tell more."""
        heard = hear(text, self.vocabulary, session.as_of or self.today)
        correction = correction or heard.correction
        before = self.assess(session)
        teller = Teller(session, text, session.asked, correction)
        answers = Answers(self.assessor, session, teller, session.as_of or self.today)
        outcome = answer_to(answers, text, heard, session, correction)
        if outcome.pending is not None:
            session.pending = outcome.pending
            turn = Turn(heard=self._heard(teller.changes))
            if teller.changes:
                turn.replies.append(Reply(self._noted(session, teller.changes, before)))
            turn.replies.append(self._doubt_reply(session, outcome.pending))
            session.asked = outcome.pending.path
            turn.assessment = self.assess(session)
            return turn
        if not outcome.understood:
            if heard.question:
                said = self.asides.answer(session, text, self.assess(session))
                return self._again(session, said)
            return self._unclear(session, text)
        session.unclear = 0
        turn = Turn()
        noted = self._noted(session, teller.changes, before, correction)
        if noted:
            turn.replies.append(Reply(noted))
        return self._after(session, teller.changes, turn)

    def _after(self, session: Session, changes: list[Change], turn: Turn) -> Turn:
        """Assess what is told now, say where it stands, and ask on or report."""
        turn.heard |= self._heard(changes)
        self._drop_aimless(session)
        result = self.assess(session)
        rough = self._near_threshold(session, result)
        if rough is not None:
            turn.assessment = result
            session.pending, session.asked = rough, rough.path
            turn.replies.append(self._doubt_reply(session, rough))
            return turn
        self._notices(session, result, turn)
        return self._ask(session, result, turn, bool(changes))

    def _ask(self, session: Session, result: Assessment, turn: Turn, moved: bool = False) -> Turn:
        turn.assessment = result if get(session.facts, "enterprise.region") else None
        path = next_question(session, result, self.assessor)
        session.asked = path
        if path is None:
            session.shown = ()
            if not session.reported or moved:
                session.reported = True
                turn.replies.append(Reply(report(self.assessor, result, self.contact)))
                turn.replies.append(Reply(say("done.after")))
            return turn
        asked = question(path, session, result, self.assessor)
        session.shown = asked.choices
        stand = range_text(result) if turn.assessment is not None and moved else ""
        text = f"{stand}\n{asked.text}" if stand and stand != session.stand else asked.text
        session.stand = stand or session.stand
        turn.replies.append(Reply(text, asked.choices))
        return turn

    @staticmethod
    def _drop_aimless(session: Session) -> None:
        """Money from elsewhere that nobody can say what for is forgotten: it could net nothing."""
        awards = session.facts.get("other_awards") or []
        for index in reversed(range(len(awards))):
            aimed = any(awards[index].get(key) for key in ("project", "recognition", "clause"))
            if not aimed and f"other_awards[{index}].clause" in session.skipped:
                del awards[index]
                session.skipped = {path for path in session.skipped if not path.startswith(f"other_awards[{index}]")}

    def _heard(self, changes: list[Change]) -> dict[str, Any]:
        return {change.path: change.new for change in changes}

    def _noted(self, session: Session, changes: list[Change], before: Assessment, correction: bool = False) -> str:
        """What was taken down, where it was not a plain answer; for a correction old, new and effect."""
        parts = []
        corrected = [change for change in changes if change.old is not None and change.old != [] and change.path not in ("projects", "recognitions")]
        fresh = [change for change in changes if change not in corrected]
        if len(fresh) > 1 or any(change.approx for change in fresh) or (fresh and session.asked is None):
            texts = list(dict.fromkeys(text for text in (change_text(c, session, self.assessor) for c in fresh) if text))
            parts.append(say("noted.many", facts="；".join(texts)))
        for path in sorted(session.implied):
            if any(index_of(change.path) == index_of(path) and "spending" in change.path for change in changes):
                parts.append(say("noted.implied_total", amount=wan(fen(str(get(session.facts, path))))))
        if corrected:
            after = self.assess(session)
            for change in corrected:
                fact = self._fact(change.path, session)
                old, new = (value_label(fact, value, self.assessor) for value in (change.old, change.new))
                label = change_text(change, session, self.assessor).rsplit(" ", 1)[0]
                parts.append(say("noted.corrected", what=label, old=old, new=new))
            low, high = before.total, after.total
            if low == high and before.indicative != after.indicative:
                low, high = before.indicative, after.indicative
            if low != high:
                parts.append(say("noted.corrected_effect", before=wan(low), after=wan(high)))
            elif before.settled:
                parts.append(say("noted.no_effect"))
        return "\n".join(parts)

    def _fact(self, path: str, session: Session) -> Any:
        from dialogs.questions import fact_of

        return fact_of(path, session, self.assessor)

    # ---- doubts ----

    def _doubt_reply(self, session: Session, pending: Pending) -> Reply:
        fact = self._fact(pending.path, session) if pending.path != "other_awards" else None
        what = fact.label if fact is not None else ""
        names = {"words": pending.words, "what": what, "bound": pending.words, "first": "", "second": ""}
        labels = [label for _, label in pending.options]
        if len(labels) >= 2:
            names |= {"first": labels[0], "second": labels[1]}
        known = ("unit", "range", "spread", "foreign_money", "malformed", "ambiguous", "typo", "several", "coarse", "order", "threshold", "window")
        key = pending.code if pending.code in known else "default"
        if key == "unit" and len(labels) < 2:
            key = "default"
        session.shown = pending.options
        return Reply(say(f"doubt.{key}", **names), pending.options)

    def _near_threshold(self, session: Session, result: Assessment) -> Pending | None:
        """A rough figure within five per cent of a bound that a clause sets: ask for the exact one, once."""
        for path in sorted(session.approx - session.exact):
            value = get(session.facts, path)
            if value is None or not name_of(path).endswith("_yuan"):
                continue
            told = fen(str(value))
            for bound in thresholds(result, name_of(path)):
                if abs(told - bound) * 20 <= bound:
                    session.exact.add(path)
                    return Pending(path, (), "threshold", wan(bound))
        return None

    # ---- notices and the unclear ----

    def _notices(self, session: Session, result: Assessment, turn: Turn) -> None:
        """Said once: nothing in force here, outside the territory, a government payee, a plan's last day."""
        region = get(session.facts, "enterprise.region")
        if region is None:
            return
        covering = [one for one in result.documents if one.applies]
        if not result.documents and f"outside {region}" not in session.noticed:
            session.noticed.add(f"outside {region}")
            contact = say("human.text", contact=self.contact) if self.contact else ""
            turn.replies.append(Reply(say("notice.outside", place=resolve(str(region)).full_name, contact=contact)))
        paying = [one for one in covering if any(entry.rule.formula is not None for entry in one.entries)]
        over = [one for one in paying if one.status in COUNTED_APART]
        key = "over " + " ".join(sorted(f"{one.rules.document.id}:{one.status}" for one in over))
        if over and len(over) == len(paying) and key not in session.noticed:
            from policies.explain import status_text

            session.noticed.add(key)
            names = "；".join(f"《{one.rules.document.short}》{status_text(one, result.as_of)}" for one in over)
            turn.replies.append(Reply(say("notice.none_in_force", names=names)))
        if get(session.facts, "enterprise.applicant_kind") == "local_government" and "government" not in session.noticed:
            session.noticed.add("government")
            turn.replies.append(Reply(say("notice.government")))
        for line in result.lines:
            project = line.entry.project
            if line.status != "planned" or project is None or f"planned {project.id}" in session.noticed:
                continue
            session.noticed.add(f"planned {project.id}")
            _, end = window_of(line.matched)
            if line.matched.rules.document.yearly:
                last = date(line.matched.award_day.year, 12, 31)
                end = last if end is None else min(end, last)
            if end is not None:
                turn.replies.append(Reply(say("notice.planned_by", by=end)))

    def _unclear(self, session: Session, text: str) -> Turn:
        """Not understood: the question again, then help, then a way on."""
        session.unclear += 1
        result = self.assess(session)
        if session.asked is None:
            return Turn([Reply(say("unclear.nothing_asked"))], assessment=result)
        if session.unclear > 3:
            session.unclear = 0
            session.skipped.add(session.asked)
            return self._after(session, [], Turn([Reply(say("unclear.give_up"))]))
        again = question(session.asked, session, result, self.assessor)
        session.shown = again.choices
        key = ("first", "second", "third")[min(session.unclear, 3) - 1]
        contact = self.asides.contact(result)
        return Turn([Reply(say(f"unclear.{key}", question=again.text, contact=contact), again.choices)], assessment=result)
