"""Which part answers a question: the assessment, the clauses, the documents, the glossary, the entries of staff.

The order is that of docs/explanation/design.md: what is nearest to the enterprise first. Precision first: where two
answers are about as near, both are offered; what nothing answers is said to be not known, with whom to ask.
"""

from __future__ import annotations

from collections.abc import Callable

from dialogs.answers import documents as of_documents
from dialogs.answers import result as of_result
from dialogs.answers.asking import Asked, Reader
from dialogs.answers.clauses import from_clauses
from dialogs.answers.prepared import MARGIN, NOT_KNOWN, PERHAPS, SAME, SURE, Near, Prepared
from dialogs.answers.said import ASKED, Said, entry_ids, entry_text
from dialogs.paths import get, name_of
from dialogs.session import Session
from dialogs.words import say
from policies.assess import Assessment, Assessor
from policies.faq import FaqEntry
from policies.regions import contains, place

_CHOICES = 3
_LEVELS = ("county", "city", "province", "national")
_SERVICE = ("privacy", "delete", "free", "human", "change_answer", "accuracy")


class Answerer:
    """Answers questions over one set of tables; changes nothing."""

    def __init__(self, assessor: Assessor, contact: Callable[[Assessment], str]) -> None:
        self.assessor, self.tables, self._contact = assessor, assessor.tables, contact
        self.reader = Reader(self.tables)
        self.prepared = Prepared(self.tables.faq, self.reader)

    def answer(self, text: str, session: Session, result: Assessment) -> Said:
        """The answer to a question, whatever it is."""
        return self.found(text, session, result) or self._unknown(result)

    def chosen(self, value: str, session: Session, result: Assessment) -> Said:
        """The answer to a question that was picked from choices."""
        name, _, words = value.removeprefix(ASKED).partition(" ")
        entry = self.prepared.entries.get(name)
        if entry is not None:
            return self._entry(entry)
        asked = self.reader.read(words)
        own = (name,) if name in self.tables.policies else ()
        return from_clauses(asked, own, self.tables) or self._unknown(result)

    def found(self, text: str, session: Session, result: Assessment) -> Said | None:
        """The answer, or None where nothing here answers."""
        asked = self.reader.read(text)
        own = self._documents(asked, session, result)
        near = self.prepared.near(asked, own)
        if near and near[0].score >= SAME:
            return self._entry(near[0].entry, near[0].score)
        service = asked.topic("service")
        if service:
            return Said(say(f"service.{service}", contact=self._contact(result)), (service,))
        if self._elsewhere(asked):
            return Said(say("answer.not_covered", covered=self._covered()), ("not_covered",), "unknown")
        named = self.prepared.named(asked, own)
        if named and NOT_KNOWN in named[0].about and not asked.ids("kind", "activity"):
            return self._entry(named[0])
        return (
            self._from_result(asked, own, session, result)
            or self._from_documents(asked, own, named, result)
            or self._from_clauses(asked, own, named, near)
            or self._from_terms(asked, own, named, session)
            or self._nearest(near)
        )

    # ---- where from ----

    def _documents(self, asked: Asked, session: Session, result: Assessment) -> tuple[str, ...]:
        """The documents meant: those of the place that the question names, else of the enterprise, the nearest first."""
        names = list(asked.documents)
        if not names and get(session.facts, "enterprise.region") is not None:
            names = [one.rules.document.id for one in result.documents if one.applies is not False]
        rank = {name: _LEVELS.index(self.tables.policies[name].document.level) for name in names}
        lowest = min(rank.values(), default=0)
        return tuple(name for name in names if rank[name] == lowest or len(asked.documents) == 1)

    def _elsewhere(self, asked: Asked) -> bool:
        """Whether the question names a place that no document covers."""
        return bool(asked.places) and not asked.documents

    def _from_result(
        self, asked: Asked, own: tuple[str, ...], session: Session, result: Assessment
    ) -> Said | None:
        topic = asked.topic("result", "rules")
        vocabulary = self.assessor.vocabulary
        if not topic:
            return None
        if topic in ("why_total", "how_computed", "why_range"):
            if get(session.facts, "enterprise.region") is None:
                return Said(say("answer.first"), (topic,))
            return of_result.why_total(topic, result, vocabulary)
        if topic == "why_not":
            found = of_result.why_not(asked, result, vocabulary)
            if found is None and get(session.facts, "enterprise.region") is None:
                return Said(say("answer.first"), (topic,))
            return found or of_result.why_total("why_not", result, vocabulary)
        return of_result.rule(topic, asked, own, self.tables, self.prepared)

    def _from_documents(
        self, asked: Asked, own: tuple[str, ...], named: list[FaqEntry], result: Assessment
    ) -> Said | None:
        topic = asked.topic("documents")
        if not topic:
            return None
        if topic == "which_documents":
            return None if asked.ids() else of_documents.which(self.tables, own, result)
        return of_documents.from_documents(topic, asked, own, self.tables, self.prepared, self._contact(result))

    def _from_clauses(
        self, asked: Asked, own: tuple[str, ...], named: list[FaqEntry], near: list[Near]
    ) -> Said | None:
        topic = asked.topic("clauses", "terms")
        if topic not in ("how_much", "general"):
            return None
        for entry in named:
            if entry.clause is not None:
                return self._entry(entry)
        if near and near[0].score >= SURE:
            return self._nearest(near)
        return from_clauses(asked, own, self.tables)

    def _from_terms(
        self, asked: Asked, own: tuple[str, ...], named: list[FaqEntry], session: Session
    ) -> Said | None:
        entries = list(named)
        for name in sorted(asked.ids("kind", "activity", "fact")):
            entries += self.prepared.about(name, documents=own)
        if not asked.things and session.asked is not None:
            entries += self.prepared.about(name_of(session.asked), documents=own)
        entries = list(dict.fromkeys(entries))[:2]
        if not entries:
            return None
        text = "\n".join(entry_text(entry, self.tables) for entry in entries)
        return Said(text, tuple(dict.fromkeys(name for entry in entries for name in entry_ids(entry))))

    def _nearest(self, near: list[Near]) -> Said | None:
        """The entry nearest in words; several about as near are offered."""
        if not near or near[0].score < PERHAPS:
            return None
        best = near[0]
        rivals = [one for one in near if one.score > best.score - MARGIN][:_CHOICES]
        if best.score >= SURE and len(rivals) == 1:
            return self._entry(best.entry, best.score)
        choices = tuple((f"{ASKED}{one.entry.id}", one.ask) for one in near[:_CHOICES])
        by = dict.fromkeys(name for one in near[:_CHOICES] for name in entry_ids(one.entry))
        return Said(say("answer.which"), tuple(by), "choices", best.score, choices)

    # ---- the words ----

    def _entry(self, entry: FaqEntry, score: float | None = None) -> Said:
        act = "unknown" if NOT_KNOWN in entry.about else "answer"
        return Said(entry_text(entry, self.tables), entry_ids(entry), act, score)

    def _unknown(self, result: Assessment) -> Said:
        return Said(say("answer.unknown", contact=self._contact(result)), (NOT_KNOWN,), "unknown")

    def _covered(self) -> str:
        return "、".join(policy.document.short for policy in self.tables.policies.values())


__all__ = ["Answerer", "Said", "contains", "place"]
