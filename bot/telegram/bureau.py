"""The bureau's own people: they send the policy tables as a workbook, see what it changes, and publish it; they see what
goes unanswered.

Called in the turn's transaction, before the desk, for updates of private chats; whoever has no role is the desk's. What takes
long is asked for as an errand, and what it brought is handed in when the turn is taken again. The buttons carry the draft's
number, and all else stands in the database, so that they work in any chat and after any crash.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

import telegram

from bot.settings import CHINA
from bot.telegram import letters
from bot.telegram.commands import command_of
from bot.telegram.errands import Brought, Check, Errand, Export, Look, Recheck
from bot.telegram.letters import SHOWN, Letter, listed
from bot.telegram.writing import clean
from dialogs.words import say
from policies import publishing, staff, store, trail
from policies.announcing import take_due
from policies.database import Database
from policies.differences import differences
from policies.impact import described
from policies.store import BaseMoved, Draft, StoreError
from policies.words import say as word
from policies.workbook.guard import LARGEST_FILE, MB

if TYPE_CHECKING:
    from bot.proposals import Proposal

GOOD_FOR = timedelta(hours=1)
"""How long a draft can be published by its buttons."""
COMMANDS = {"staff": "reader", "tables": "reader", "clusters": "editor", "promote": "editor"}
"""Commands of staff, and the role that each needs; to others they are unknown."""
_MORNING = 8
"""The hour before which messages of our own accord make no sound."""
_NAME = 60
"""Characters of a file's name, of a person's name."""
_PRESS = re.compile(r"draft\.(\d{1,9})\.(publish|drop)")

Answer = list[Letter] | Errand


@dataclass(frozen=True)
class Person:
    """Who wrote or pressed: id at Telegram, name there, role."""

    id: int
    name: str
    role: str

    @property
    def key(self) -> str:
        return str(self.id)

    def may(self, needed: str) -> bool:
        return staff.ROLES.index(self.role) >= staff.ROLES.index(needed)


class Bureau:
    """`setting` is KEDUI_STAFF."""

    def __init__(self, database: Database, setting: str | None) -> None:
        self._database, self._setting = database, setting

    def handle(self, update: telegram.Update, brought: Brought | None, now: datetime) -> Answer | None:
        """Letters, or the errand that must be run first; None: the update is not for the bureau."""
        chat, user, query, message = update.effective_chat, update.effective_user, update.callback_query, update.message
        if chat is None or user is None or chat.type != "private":
            return None
        press = _PRESS.fullmatch(query.data or "") if query is not None else None
        command = command_of(message.text or "") if message is not None else None
        named = command.name if command is not None and command.name in COMMANDS else ""
        sent = message is not None and message.document is not None and message.animation is None
        role = staff.people(self._database, self._setting).get(str(user.id)) if press or named or sent else None
        if role is None:
            return None
        person = Person(user.id, clean(user.full_name)[:_NAME], role)
        if query is not None and press is not None:
            return self._pressed(person, query, int(press[1]), press[2], brought, now)
        assert message is not None
        if command is not None and named:
            return self._command(person, named, command.rest, brought, now) if person.may(COMMANDS[named]) else None
        return self._sent(person, message, brought, now)

    # ---- looking ----

    def _command(self, person: Person, name: str, rest: str, brought: Brought | None, now: datetime) -> Answer:
        if name in ("clusters", "promote"):
            errand = Look(person.id, rest if name == "promote" else None, now.astimezone(CHINA).date())
            return list(brought.letters) if brought is not None and brought.errand == errand else errand
        return self._help(person) if name == "staff" else self._asked(person, rest, brought)

    def _help(self, person: Person) -> list[Letter]:
        lines = [say("staff.role", role=word(f"staff.{person.role}")), say("staff.help_reader")]
        lines += [say(f"staff.help_{role}") for role in ("editor", "publisher") if person.may(role)]
        lines.append(say("staff.help_trail"))
        policies = store.published(self._database).tables.policies.values()
        lines.append(say("staff.documents"))
        lines += listed(f"{one.id}  《{one.document.short}》" for one in policies)
        return letters.text(person.id, "\n".join(lines))

    def _asked(self, person: Person, document: str, brought: Brought | None) -> Answer:
        errand = Export(document[:_NAME])
        if brought is None or brought.errand != errand:
            return errand
        if brought.refusal:
            return letters.text(person.id, brought.refusal)
        name = say("staff.workbook_name", document=document or say("staff.all_tables"), version=brought.version)
        return [letters.file(person.id, name, brought.workbook, say("staff.workbook", version=brought.version))]

    # ---- a workbook that was sent ----

    def _sent(self, person: Person, message: telegram.Message, brought: Brought | None, now: datetime) -> Answer:
        document = message.document
        assert document is not None
        name = clean(document.file_name or "").strip()[-_NAME:] or say("staff.nameless")
        refusal = ""
        if not person.may("editor"):
            refusal = say("staff.may_not_edit")
        elif not name.lower().endswith((".xlsx", ".csv")):
            refusal = say("staff.no_workbook", name=name)
        elif (document.file_size or 0) > LARGEST_FILE:
            refusal = say("staff.too_large", name=name, most=LARGEST_FILE // MB)
        if refusal:
            return self._refused(person, name, refusal, now)
        errand = Check(document.file_id, name)
        if brought is None or brought.errand != errand:
            return errand
        if brought.refusal:
            return self._refused(person, name, brought.refusal, now)
        proposal = brought.proposal
        assert proposal is not None
        if proposal.base != store.current_number(self._database):
            return errand  # somebody published while we looked
        if proposal.review is None:
            return self._faulty(person, name, proposal, now)
        if proposal.review.failing:
            lines = [say("staff.checked", name=name, base=proposal.base)]
            lines += _cut(one.text for one in proposal.review.differences)
            lines += [say("staff.failing", count=len(proposal.review.failing)), *_cut(proposal.review.failing)]
            return self._refused(person, name, "\n".join(lines), now)
        words = " ".join(clean(message.caption or "").split())
        return self._proposed(person, name, f"{name}：{words}" if words else name, proposal, now)

    def _faulty(self, person: Person, name: str, proposal: Proposal, now: datetime) -> list[Letter]:
        if proposal.moved:
            lines = [say("staff.outdated", name=name, exported=proposal.exported, now=proposal.base)]
            lines += [*_cut(proposal.moved), say("staff.outdated_remedy")]
            return self._refused(person, name, "\n".join(lines), now)
        if not proposal.faults:
            return self._refused(person, name, say("staff.unusable", text=proposal.refusal), now)
        lines = [say("staff.faults", name=name, count=len(proposal.faults)), *_cut(map(str, proposal.faults))]
        if proposal.copy:
            lines.append(say("staff.commented"))
        out = self._refused(person, name, "\n".join(lines), now)
        if proposal.copy:
            out.append(letters.file(person.id, say("staff.copy_name", name=name), proposal.copy, say("staff.copy")))
        return out

    def _proposed(self, person: Person, name: str, origin: str, proposal: Proposal, now: datetime) -> list[Letter]:
        """The draft is kept; whoever may publish it gets the buttons."""
        assert proposal.files is not None
        assert proposal.review is not None
        out: list[Letter] = []
        for earlier in store.drafts(self._database):
            if earlier.who == person.key:
                out += self._closed(earlier)
        draft = store.submit(self._database, proposal.files, who=person.key, origin=origin, at=now)
        changes = [one.text for one in proposal.review.differences]
        lines = [say("staff.checked", name=name, base=draft.base), *_cut(changes)]
        lines += [say("staff.impact"), *described(proposal.review.cases, say("staff.cases"))]
        if proposal.review.told.count:
            lines += described(proposal.review.told, say("staff.told"))
        seen = "\n".join(lines)
        until = say("staff.waiting", draft=draft.id, until=f"{now + GOOD_FOR:%H:%M}")
        publishers = self._publishers(draft)
        drop = [(say("staff.drop"), f"draft.{draft.id}.drop")]
        both = [(say("staff.publish"), f"draft.{draft.id}.publish"), *drop]
        for one in publishers:
            if one == person.id:
                out += letters.text(one, f"{seen}\n\n{until}", both, _kept(draft))
            else:
                whose = say("staff.from_editor", who=person.name, id=person.id, name=name)
                out += letters.text(one, f"{whose}\n\n{seen}\n\n{until}", both, _kept(draft))
            out += self._whole(one, changes)
        if person.id not in publishers:
            sent = say("staff.sent_on", count=len(publishers)) if publishers else say("staff.no_publisher")
            out += letters.text(person.id, f"{seen}\n\n{until}\n{sent}", drop, _kept(draft))
            out += self._whole(person.id, changes)
        return out

    @staticmethod
    def _whole(to: int, changes: list[str]) -> list[Letter]:
        if len(changes) <= SHOWN:
            return []
        content = "\n".join(listed(changes)).encode("utf-8", "replace")
        return [letters.file(to, say("staff.changes_name"), content, say("staff.changes", count=len(changes)))]

    # ---- the buttons ----

    def _pressed(
        self,
        person: Person,
        query: telegram.CallbackQuery,
        number: int,
        what: str,
        brought: Brought | None,
        now: datetime,
    ) -> Answer:
        draft = next((one for one in store.drafts(self._database) if one.id == number), None)
        if draft is None:
            return [
                letters.toast(person.id, query.id, say("staff.gone")),
                letters.without_buttons(person.id, f"draft {number}"),
            ]
        answer = letters.toast(person.id, query.id)
        if what == "drop":
            if draft.who != person.key and not person.may("publisher"):
                return [answer, *self._refused(person, f"drop {number}", say("staff.may_not_drop"), now)]
            store.drop(self._database, number, who=person.key, at=now)
            return [answer, *self._told(draft, say("staff.dropped", draft=number, who=person.name))]
        if person.id not in self._publishers(draft):
            refusal = say("staff.may_not_publish" if not person.may("publisher") else "staff.not_yours")
            return [answer, *self._refused(person, f"publish {number}", refusal, now)]
        if now > datetime.fromisoformat(draft.at) + GOOD_FOR:
            return [answer, *self._given_up(person, draft, say("staff.expired", draft=number), now)]
        errand = Recheck(number)
        if brought is None or brought.errand != errand:
            return errand
        return [answer, *self._publish(person, draft, brought, now)]

    def _publish(self, person: Person, draft: Draft, brought: Brought, now: datetime) -> list[Letter]:
        try:
            broken = list(brought.broken)
            made = publishing.publish(self._database, draft, who=person.key, why=draft.origin, at=now, broken=broken)
        except BaseMoved as moved:
            changes = self._between(moved.base, moved.now)
            lines = [say("staff.moved", draft=draft.id, base=moved.base, now=moved.now), *_cut(changes)]
            return self._given_up(person, draft, "\n".join([*lines, say("staff.moved_remedy")]), now)
        except StoreError as error:
            return self._given_up(person, draft, say("staff.unusable", text=error), now)
        return self._told(draft, say("staff.published", draft=draft.id, version=made.number, who=person.name))

    def _between(self, old: int, new: int) -> list[str]:
        files = (store.files_of(self._database, store.version(self._database, number).content) for number in (old, new))
        return [one.text for one in differences(*files)]

    def _given_up(self, person: Person, draft: Draft, words: str, now: datetime) -> list[Letter]:
        """The draft cannot be published: it is dropped, and whoever waits for it is told."""
        self._note(person, f"publish {draft.id}", words, now)
        store.drop(self._database, draft.id, who=person.key, at=now)
        return self._told(draft, words)

    # ---- who ----

    def _publishers(self, draft: Draft) -> list[int]:
        """Who may publish it: its sender if a publisher, else any publisher."""
        roles = staff.people(self._database, self._setting)
        if roles.get(draft.who) == "publisher" and draft.who.isdecimal():
            return [int(draft.who)]
        return [int(person) for person, role in roles.items() if role == "publisher" and person.isdecimal()]

    def _concerned(self, draft: Draft) -> list[int]:
        """Its publishers and its sender."""
        sender = [int(draft.who)] if draft.who.isdecimal() else []
        return [*dict.fromkeys([*sender, *self._publishers(draft)])]

    def _closed(self, draft: Draft) -> list[Letter]:
        """Its buttons go."""
        return [letters.without_buttons(one, _kept(draft)) for one in self._concerned(draft)]

    def _told(self, draft: Draft, words: str) -> list[Letter]:
        """Everybody concerned hears what became of it; the buttons go."""
        said = [letter for one in self._concerned(draft) for letter in letters.text(one, words)]
        return [*self._closed(draft), *said]

    def _refused(self, person: Person, what: str, words: str, now: datetime) -> list[Letter]:
        self._note(person, what, words, now)
        return letters.text(person.id, words)

    def _note(self, person: Person, what: str, words: str, now: datetime) -> None:
        trail.note(self._database, at=now, who=person.key, what="refused", detail=f"telegram {what}: {words}")

    # ---- ends of documents ----

    def announce(self, now: datetime, today: date) -> list[Letter]:
        """Documents that come to their end, to all staff on Telegram, each once; silently at night."""
        people = [int(one) for one in staff.people(self._database, self._setting) if one.isdecimal()]
        if not people:
            return []  # who is added later hears it then
        due = take_due(self._database, store.published(self._database).tables, today, now)
        quiet = now.hour < _MORNING
        return [letter for one in people for letter in letters.text(one, "\n\n".join(a.text for a in due), quiet=quiet)]


def _kept(draft: Draft) -> str:
    """Under which name the message with its buttons is kept."""
    return f"draft {draft.id}"


def _cut(lines: Iterable[str]) -> list[str]:
    """The first items of a list, and how many more there are."""
    items = listed(lines)
    return items if len(items) <= SHOWN else [*items[:SHOWN], say("staff.more", count=len(items) - SHOWN)]
