"""Which part answers a question: the assessment, the clauses, the documents, the glossary, the entries of staff.

The order is that of docs/explanation/design.md: what is nearest to the enterprise first. Precision first: where two
answers are about as near, both are offered; what nothing answers is said to be not known, with whom to ask.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache

from dialogs.answers import documents as of_documents
from dialogs.answers import result as of_result
from dialogs.answers.asking import Asked, Reader, counts
from dialogs.answers.clauses import alike, clauses_for, from_clauses, titled
from dialogs.answers.prepared import MARGIN, NOT_KNOWN, PERHAPS, SAME, SURE, Near, Prepared
from dialogs.answers.question import Question
from dialogs.answers.said import ASKED, Said, clause_ids, clause_text, entry_ids, entry_text
from dialogs.answers.terms import Terms
from dialogs.asides import LEVELS
from dialogs.paths import get, name_of
from dialogs.session import Session
from dialogs.understand.intents import asks, surely_asks
from dialogs.words import say
from policies.assess import Assessor
from policies.assessment import Assessment
from policies.faq import FaqEntry

_CHOICES = 4
_SUPPORT = re.compile(r"补贴|补助|奖励|奖补|津贴|优惠")
_MONEY = re.compile(_SUPPORT.pattern + r"|支持|扶持")
_PRICE = re.compile(
    r"多少|几多|几万|几个点|几成|几百万|好多|(?:给|奖|补)不|有没有(?:奖|补)|比例|(?<!认定)(?<!评定)标准|封顶|[奖给补](?:吗|么|[?？]|\d)|万(?:[?？]|吧|吗|是|对|不)|哪一?条"
)
_SERVICES = ("privacy", "delete", "free", "human", "change_answer", "accuracy")
_AFTER_PRICE = frozenset(
    {"why_total", "how_computed", "why_range", "project_cap", "status", "who_pays", "who_can_apply", "which_documents"}
    | {"issue_date", "accuracy", "free", "what_is", "source_text", "issuer", "document_number"}
)
"""Topics whose words also stand in a question for the amount of a thing: 数字车间20%按什么算."""
_UNKNOWN_FROM = 2
"""Characters that nothing explains from which on they name a thing."""
_SHORT = 14
_SORT = re.compile(r"(?:大|中|小|微)(?:型|小|微)?(?:企业|公司|厂)|个体|外资|国企|民企|事业单位|分公司|子公司|合作社")
_PARTS = re.compile(r"[，,。；;？?！!\s]+")
_SCREEN = 600
"""Characters of two answers in one."""


def _within(whole: Asked, part: Asked) -> Asked:
    """One of two questions in a message: its thing and place may stand in the other."""
    return replace(
        part,
        things=part.things or whole.things,
        places=part.places or whole.places,
        documents=part.documents or whole.documents,
    )


@lru_cache(maxsize=2)
def _compiled(assessor: Assessor) -> tuple[Reader, Prepared, Terms]:
    """What all conversations over the same tables share; while a new version takes over, that and the one before."""
    reader = Reader(assessor.tables)
    prepared = Prepared(assessor.tables.faq, reader)
    return reader, prepared, Terms(assessor.tables, prepared)


class Answerer:
    """Answers questions over one set of tables; changes nothing."""

    def __init__(self, assessor: Assessor, contact: Callable[[Assessment], str]) -> None:
        self.assessor, self.tables, self._contact = assessor, assessor.tables, contact
        self.reader, self.prepared, self.terms = _compiled(assessor)
        policies = self.tables.policies.values()
        self._clauses = {clause.id: (policy, clause) for policy in policies for clause in policy.clauses}

    def answer(self, text: str, session: Session, result: Assessment) -> Said:
        """The answer to a question, whatever it is."""
        return self.found(text, session, result) or self.titled(text, session, result) or self.unknown(result)

    def titled(self, text: str, session: Session, result: Assessment) -> Said | None:
        """The own clauses that a question nothing answers may be about, to choose from: their titles share its words."""
        asked = self.reader.read(text)
        own = self._documents(asked, session, result)
        found = titled(asked, [self.tables.policies[name] for name in own])[:_CHOICES]
        choices = tuple((f"{ASKED}{clause.id}", clause.title) for _, clause in found)
        by = dict.fromkeys(name for policy, clause in found for name in clause_ids(policy, clause))
        return Said(say("answer.which"), tuple(by), "choices", choices=choices) if found else None

    def chosen(self, value: str, session: Session, result: Assessment) -> Said:
        """The answer to a question that was picked from choices."""
        name, _, words = value.removeprefix(ASKED).partition(" ")
        entry = self.prepared.entries.get(name)
        if entry is not None:
            return self._entry(entry)
        if (cited := self._clauses.get(name)) is not None:
            return Said(clause_text(*cited), clause_ids(*cited))
        own = (name,) if name in self.tables.policies else ()
        asked = replace(self.reader.read(words), documents=own)
        found = self._found(asked, session, result)
        if found is not None and found.act == "answer":
            return found
        return from_clauses(asked, own, self.tables) or self.unknown(result)

    def worded(self, text: str) -> Said | None:
        """The answer of an entry that has just this way of asking, whatever else the message might mean."""
        entry = self.prepared.worded(text) if asks(text) else None
        return self._entry(entry, 100.0) if entry is not None else None

    def human(self, result: Assessment) -> Said:
        """「转人工」: who answers here, and whom to ask."""
        return Said(say("service.human", contact=self._contact(result)), ("human",))

    def why_total(self, session: Session, result: Assessment) -> Said:
        """「为什么」 when nothing is asked: the figure line by line."""
        return of_result.why_total("why_total", result, self.assessor.vocabulary)

    def topic(self, text: str) -> tuple[str, str]:
        """The first topic of a question and where it is answered from; ("", "") where there is none."""
        topics = self.reader.read(text).topics
        return (topics[0].name, topics[0].source) if topics else ("", "")

    def clauses(self, text: str, session: Session, result: Assessment) -> Said | None:
        """What the enterprise's own documents give for the thing that a question names."""
        asked = self.reader.read(text)
        if sum(map(asks, _PARTS.split(text))) > 1:
            return None  # 贯标是啥 能给多少钱
        said = from_clauses(asked, self._documents(asked, session, result), self.tables)
        return said if said is not None and said.act == "answer" else None

    def found(self, text: str, session: Session, result: Assessment) -> Said | None:
        """The answer, or None where nothing here answers; of two questions in one message, both."""
        whole = self.reader.read(text)
        parts = [self.reader.read(part) for part in _PARTS.split(text) if asks(part)]
        if len(parts) == 2 and all(part.topics for part in parts):
            first, second = (self._found(_within(whole, part), session, result) for part in parts)
            if first and second and first.act == second.act == "answer":
                lines = dict.fromkeys([*first.text.split("\n"), *second.text.split("\n")])
                if len("\n".join(lines)) <= _SCREEN:
                    return Said("\n".join(lines), tuple(dict.fromkeys((*first.by, *second.by))))
        return self._found(whole, session, result)

    def _found(self, asked: Asked, session: Session, result: Assessment) -> Said | None:
        own = self._documents(asked, session, result)
        near = self.prepared.near(asked, own)
        if near and near[0].score >= SAME:
            return self._entry(near[0].entry, near[0].score)
        if self._elsewhere(asked):
            return Said(say("answer.not_covered", covered=self._covered()), ("not_covered",), "unknown")
        named = self.prepared.named(asked)
        if counts().search(asked.text) and (counted := self.terms.counted(asked, named, session)) is not None:
            return counted
        if named and NOT_KNOWN in named[0].about and self._of_that_alone(asked):
            return self._entry(named[0])
        if self._unheard_of(asked):
            return self._nearest(near)
        question = Question(asked, own, named, near, session, result)
        if _PRICE.search(asked.text) and asked.topics and asked.topics[0].name in _AFTER_PRICE:
            said = self._of_clauses("how_much", question) if asked.things else None
            if said is not None:
                return said
        if asked.asks("what_is") or (asked.topics and asked.topics[0].name == "apply_how"):
            concepts = [entry for entry in named if self.terms.is_concept(entry)]
            if concepts and not asked.ids("kind", "activity", "fact"):
                return self._entry(concepts[0])
        for topic in asked.topics:
            said = _FROM[topic.source](self, topic.name, question)
            if said is not None:
                return said
        if asked.things:
            said = self._of_clauses("", question) if own else None
            if said is None:
                said = self._terms("", question)
                if (
                    said
                    and own
                    and (_PRICE.search(asked.text) or _MONEY.search(asked.text))
                    and not {*said.by} & {*own}
                ):
                    said = None  # what another place's document says is no answer to 补不补
            return said or self._nearest(near)
        return self._nearest(near) or self._alike(question) or self._of_the_asked(question)

    # ---- where from ----

    def _documents(self, asked: Asked, session: Session, result: Assessment) -> tuple[str, ...]:
        """The documents meant: those of the place that the question names, else of the enterprise, the nearest first."""
        names = list(asked.documents)
        if not names and get(session.facts, "enterprise.region") is not None:
            names = [one.rules.document.id for one in result.documents if one.applies is not False]
        rank = {name: LEVELS.index(self.tables.policies[name].document.level) for name in names}
        lowest = min(rank.values(), default=0)
        return tuple(name for name in names if rank[name] == lowest)

    def _of_that_alone(self, asked: Asked) -> bool:
        """Whether a question that names what no document gives asks about nothing else: 软件有推荐吗."""
        told = {topic.name for topic in asked.topics} - {"general", "how_much"}
        return not asked.ids("kind", "activity") or not (told or _PRICE.search(asked.text))

    def _unheard_of(self, asked: Asked) -> bool:
        """Whether support is asked for something that no table names: 农机补贴怎么领."""
        support = _SUPPORT.search(asked.text)
        if support is None or asked.things:
            return False
        before = asked.text[: support.start()].removesuffix("的")
        beside = any(len(piece) >= _UNKNOWN_FROM and before.endswith(piece) for piece in asked.unknown)
        told = any(topic.source in ("documents", "rules", "result", "service") for topic in asked.topics)
        return beside or (len(asked.rest) >= _UNKNOWN_FROM and not told)

    def _of_unknown(self, name: str, asked: Asked) -> bool:
        """Whether a topic is asked of something that nothing here knows: 算力券怎么领."""
        hits = (topic.words.search(asked.text) for topic in asked.topics if topic.name == name)
        before = "".join(asked.text[: hit.start()] for hit in hits if hit is not None)
        return not asked.things and any(len(p) >= _UNKNOWN_FROM and before.endswith(p) for p in asked.unknown)

    def _elsewhere(self, asked: Asked) -> bool:
        """Whether the question names a place that no document covers."""
        return bool(asked.places) and not asked.documents

    def _of_service(self, topic: str, question: Question) -> Said | None:
        if topic not in _SERVICES or (question.asked.ids("kind", "activity") and _PRICE.search(question.asked.text)):
            return None  # 云服务器补吗
        return Said(say(f"service.{topic}", contact=self._contact(question.result)), (topic,))

    def _of_result(self, topic: str, question: Question) -> Said | None:
        vocabulary, asked, result = self.assessor.vocabulary, question.asked, question.result
        if topic in ("how_computed", "why_range") and asked.things:
            return None  # 数字车间按什么算: the clause says it
        if get(question.session.facts, "enterprise.region") is None:
            return Said(say("answer.first"), (topic,))
        if topic == "why_not":
            found = of_result.why_not(asked, result, vocabulary)
            if found is not None:
                return found
        return of_result.why_total(topic, result, vocabulary)

    def _of_rules(self, topic: str, question: Question) -> Said | None:
        return of_result.rule(topic, question.asked, question.own, self.tables, self.prepared)

    def _of_documents(self, topic: str, question: Question) -> Said | None:
        asked, own = question.asked, question.own
        of_thing = asked.ids("kind", "activity", "fact") or not all(map(self.terms.is_term, question.named))
        if of_thing and topic in ("who_can_apply", "which_documents", "source_text"):
            return self._who_for(question) if topic == "who_can_apply" and own else None
        if topic == "apply_how" and own and self._of_unknown(topic, asked):
            entries = [e for name in own for e in self.prepared.about(topic, name)][:1]
            choices = tuple((f"{ASKED}{entry.id}", entry.asks[0]) for entry in entries)
            return Said(say("answer.which"), entry_ids(entries[0]), "choices", choices=choices) if entries else None
        if topic == "which_documents":
            return of_documents.which(self.tables, own, question.result)
        return of_documents.from_documents(
            topic, asked, own, self.tables, self.prepared, self._contact(question.result)
        )

    def _who_for(self, question: Question) -> Said | None:
        """智能工厂哪些企业能报: the clause says it; where a sort of enterprise is named, who the document is for besides."""
        clauses = self._of_clauses("", question)
        if clauses is None or not _SORT.search(question.asked.text):
            return None
        contact = self._contact(question.result)
        who = of_documents.from_documents(
            "who_can_apply", question.asked, question.own, self.tables, self.prepared, contact
        )
        if who is None or len(who.text) + len(clauses.text) > _SCREEN:
            return None
        return Said(f"{who.text}\n{clauses.text}", tuple(dict.fromkeys((*who.by, *clauses.by))))

    def _of_clauses(self, topic: str, question: Question) -> Said | None:
        own = question.own
        entries = list(question.named)
        for fact in sorted(question.asked.ids("fact")):
            entries += self.prepared.about(fact, documents=own) if own else ()
        for entry in entries:
            others = {policy.id for policy, _ in clauses_for(question.asked, self.tables.policies.values())}
            if not self.terms.is_term(entry) and (entry.document in own or not (own or others - {entry.document})):
                return self._entry(entry)
        near = question.near
        if near and near[0].score >= SURE and near[0].entry.clause is not None:
            return self._nearest(near)
        return from_clauses(question.asked, own, self.tables) or self._only_elsewhere(question)

    def _only_elsewhere(self, question: Question) -> Said | None:
        """The enterprise's own documents are silent on a thing that others reward."""
        found = clauses_for(question.asked, self.tables.policies.values())
        others = dict.fromkeys(policy.document.short for policy, clause in found if clause.kinds)
        if not question.own or not others:
            return None  # a recognition has one name, a content may be called otherwise in each document
        own = self.tables.policies[question.own[0]].document.short
        return Said(say("answer.elsewhere", own=own, others="、".join(others)), (NOT_KNOWN,), "unknown")

    def _terms(self, topic: str, question: Question) -> Said | None:
        return self.terms.term(topic, question)

    def _nothing(self, topic: str, question: Question) -> Said | None:
        return None

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

    def _alike(self, question: Question) -> Said | None:
        """The own clauses in which the words stand that no name and no topic explains, to choose from."""
        asked = question.asked
        if not question.own or not asked.asks("how_much"):
            return None
        found = alike(asked, [self.tables.policies[name] for name in question.own])[:_CHOICES]
        choices = tuple((f"{ASKED}{clause.id}", clause.title) for _, clause in found)
        by = dict.fromkeys(name for policy, clause in found for name in clause_ids(policy, clause))
        return Said(say("answer.which"), tuple(by), "choices", choices=choices) if found else None

    def _of_the_asked(self, question: Question) -> Said | None:
        """A short question that nothing answers, put while a fact is asked, is likely on that: offered, not answered."""
        asked, session = question.asked, question.session
        if session.asked is None or not surely_asks(asked.text):
            return None
        if asked.topics and asked.topics[0].source not in ("terms", "clauses"):
            return None
        if len(asked.text) > _SHORT or asked.places or asked.named_anything or _SUPPORT.search(asked.text):
            return None
        entries = [e for e in self.prepared.about(name_of(session.asked)) if self.terms.is_term(e)][:1]
        choices = tuple((f"{ASKED}{entry.id}", entry.asks[0]) for entry in entries)
        return Said(say("answer.which"), entry_ids(entries[0]), "choices", choices=choices) if entries else None

    # ---- the words ----

    def _entry(self, entry: FaqEntry, score: float | None = None) -> Said:
        act = "unknown" if NOT_KNOWN in entry.about else "answer"
        return Said(entry_text(entry, self.tables), entry_ids(entry), act, score)

    def unknown(self, result: Assessment) -> Said:
        """Nothing here answers: said so, with whom to ask."""
        return Said(say("answer.unknown", contact=self._contact(result)), (NOT_KNOWN,), "unknown")

    def _covered(self) -> str:
        return "、".join(policy.document.short for policy in self.tables.policies.values())


_FROM: dict[str, Callable[[Answerer, str, Question], Said | None]] = {
    "service": Answerer._of_service,
    "result": Answerer._of_result,
    "rules": Answerer._of_rules,
    "documents": Answerer._of_documents,
    "clauses": Answerer._of_clauses,
    "terms": Answerer._terms,
    "whatif": Answerer._nothing,
}
"""Which part answers the topics of questions.yaml, by their `from`."""
