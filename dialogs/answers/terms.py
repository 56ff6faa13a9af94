"""What a thing is, and what counts towards a fact: from the glossary, the entries of staff and facts.yaml."""

from __future__ import annotations

from dialogs.answers.asking import Asked
from dialogs.answers.clauses import clauses_for
from dialogs.answers.prepared import NOT_KNOWN, Prepared
from dialogs.answers.question import Question
from dialogs.answers.said import Said, clause_ids, clause_text, entry_ids, entry_text
from dialogs.paths import name_of
from dialogs.session import Session
from dialogs.words import say
from policies.faq import FaqEntry
from policies.loader import Tables

_TERMS = 2
"""At most so many terms in one answer."""


class Terms:
    """Explains the terms of one set of tables."""

    def __init__(self, tables: Tables, prepared: Prepared) -> None:
        self.tables, self.prepared = tables, prepared
        self._clauses = {clause.id for policy in tables.policies.values() for clause in policy.clauses}

    def is_term(self, entry: FaqEntry) -> bool:
        """Whether an entry says what a thing is, and not what some clause gives for it."""
        return "both_together" not in entry.about and self._clauses.isdisjoint(entry.about)

    def is_concept(self, entry: FaqEntry) -> bool:
        """Whether an entry is on a word of the rules and on no thing that is rewarded: 一事一议, 就高不重复."""
        vocabulary = self.tables.vocabulary
        facts = {fact.name for fact in vocabulary.facts.values()}
        things = {*vocabulary.kinds, *vocabulary.activities.values(), *facts}
        return self.is_term(entry) and things.isdisjoint(entry.about) and NOT_KNOWN not in entry.about

    def term(self, topic: str, question: Question) -> Said | None:
        """What a thing is: the glossary's entry on it; what is meant without a name is the fact that was asked."""
        asked, own, session = question.asked, question.own, question.session
        entries = [e for e in question.named if self.is_term(e) or not own or e.document in own]
        for name in sorted(asked.ids("kind", "activity", "fact")):
            entries += [e for e in self.prepared.about(name) if self.is_term(e)][:1]
        if not asked.things and session.asked is not None and topic:
            entries += [e for e in self.prepared.about(name_of(session.asked)) if self.is_term(e)][:1]
        entries = list(dict.fromkeys(entries))[:_TERMS]
        if not entries:
            return self._help(asked, session, bool(topic))
        clauses = clauses_for(asked, [self.tables.policies[name] for name in own])[:1]
        rows, by = [], dict[str, None]()
        for entry in entries:
            at_home = entry.document is None or entry.document in own or not entry.general
            rows.append(entry_text(entry, self.tables, quoted=at_home or not (own and clauses)))
            by |= dict.fromkeys(entry_ids(entry))
            if not at_home:
                rows += [clause_text(policy, clause) for policy, clause in clauses]
                by |= dict.fromkeys(name for policy, clause in clauses for name in clause_ids(policy, clause))
        return Said("\n".join(dict.fromkeys(rows)), tuple(by))

    def counted(self, asked: Asked, named: list[FaqEntry], session: Session) -> Said | None:
        """What counts towards the fact that is named, else towards the one just asked: 要算税吗."""
        if any(asked.asks(topic) for topic in ("why_total", "why_not", "why_range")):
            return None
        facts = sorted(asked.ids("fact"))
        if not facts and session.asked is not None and not asked.documents:
            name = name_of(session.asked)
            if name.endswith("_yuan") or (name != "region" and not asked.ids("kind", "activity")):
                facts = [name]
        if not facts:
            return None
        entries = [e for name in facts for e in self.prepared.about(name) if self.is_term(e)][:1]
        entries += [e for e in named if self.is_term(e) and NOT_KNOWN not in e.about]
        entries = list(dict.fromkeys(entries))[:_TERMS]
        if not entries:
            return self._help(asked, session, True)
        text = "\n".join(entry_text(entry, self.tables) for entry in entries)
        return Said(text, tuple(dict.fromkeys(name for entry in entries for name in entry_ids(entry))))

    def _help(self, asked: Asked, session: Session, topic: bool) -> Said | None:
        """What counts towards a fact, as facts.yaml says: of the fact named, else of the fact asked for."""
        names = sorted(asked.ids("fact"))
        if not asked.things and topic and session.asked is not None:
            names = [name_of(session.asked)]
        for fact in self.tables.vocabulary.facts.values():
            if fact.type == "place" and "注册" not in asked.text:
                continue  # the first question of all is seldom what is meant
            if fact.name in names and fact.help:
                return Said(say("answer.fact", label=fact.label, text=fact.help), (fact.name,))
        return None
