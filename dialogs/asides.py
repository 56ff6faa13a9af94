"""Beside the questions: why, progress, help, terms, clauses, how to apply. Answers come from the tables and cite them."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Any

from dialogs.declared import LISTS, fact_of
from dialogs.noting import outside
from dialogs.paths import get
from dialogs.questions import matters
from dialogs.render import figure
from dialogs.session import Session
from dialogs.understand.intents import Intent
from dialogs.understand.sentence import hear
from dialogs.words import say
from policies.assess import Assessment, Assessor
from policies.binding import payable
from policies.explain import formula_text, reason_text, status_text
from policies.matching import Entry, Matched
from policies.model import Policy
from policies.money import wan
from policies.report import apply_text, headline

_PERSON = re.compile(r"我是个人|个人能|个人可以|没有公司|不是公司|自由职业|打工的|自己想申请")
_TOGETHER = re.compile(r"一起|同时|叠加|都能拿|重复|互斥|冲突|二选一|兼得")
_WHY_NOT = re.compile(r"(?:为什么|为啥|怎么)(?:没|不|只|才)|少了")
_FIGURE = re.compile(r"为什么|为啥|怎么算|怎么来|咋算|凭什么|依据|怎么得")
_APPLY = re.compile(r"申请|申报|找谁|去哪|哪里办|哪儿办|材料|手续|流程|拨款|到账|兑现|发钱|打钱|给钱|多久|什么时候")
_WHICH = re.compile(r"哪些|有什么|有啥|什么政策|什么补贴|支持什么|能补什么|都有什么")
_ASKS = re.compile(r"[?？]|什么|多少|怎么|如何|哪|吗|几")
_UNCAPPED = 10**15
_ROWS = 6


class Asides:
    """Answers that change nothing."""

    def __init__(self, assessor: Assessor, contact: str | None) -> None:
        self.assessor, self._contact = assessor, contact

    def contact(self, result: Assessment) -> str:
        """Whom to ask: as the documents say, else the setting."""
        for one in result.documents:
            head = one.rules.document
            if one.applies and (head.contact or head.interprets):
                return head.contact or head.interprets
        return self._contact or say("human.local")

    def say(self, session: Session, intent: Intent, text: str, assess: Callable[[], Assessment]) -> str | None:
        """The words for an intent that is not about facts; None: not handled here."""
        name = intent.name
        fixed = {
            "help": "help.text",
            "cancel": "greet.bye",
            "thanks": "greet.thanks",
            "greeting": "greet.hi",
            "privacy": "privacy.text",
        }
        if name in fixed:
            return say(fixed[name])
        if name == "why":
            return self.why(session, assess())
        if name == "progress":
            return self.progress(session, assess())
        if name == "human":
            return self.answer(session, say("label.apply"), assess())
        if name == "question":
            return self.answer(session, text, assess())
        if name == "offtopic":
            return say("notice.person") if _PERSON.search(text) else say("unclear.not_about")
        return None

    def tells(self, session: Session, text: str) -> bool:
        """Whether a question tells facts besides: 我们在柳州做汽车零部件，网络改造投了两千万，能拿多少."""
        heard = hear(text, self.assessor.vocabulary, session.as_of or date(2000, 1, 1))
        if heard.projects or heard.recognitions or set(heard.enterprise) - {"region", "applicant_kind"}:
            return True
        return "region" in heard.enterprise and get(session.facts, "enterprise.region") is None

    # ---- why, how far ----

    def why(self, session: Session, result: Assessment) -> str:
        """Why this is asked: what it is for, which clauses wait for it and how much each may bring."""
        path = session.asked
        if path is None:
            return self._why_total(result)
        paths = {path, *session.beside}
        worth: dict[str, int] = {}
        for entry, matched in result.open_entries:
            if paths & entry.unknown or (path in LISTS and entry.detached):
                clause = entry.rule.clause
                label = f"{clause.title}（{clause.article}）"
                worth[label] = max(worth.get(label, 0), _worth(entry, matched))
        fact = fact_of(path, session, self.assessor)
        key = path if path in LISTS else path.rsplit(".", 1)[-1]
        reason = (
            fact.help if fact is not None and fact.help else say(f"why.{key}") if key in (*LISTS, "spending") else ""
        )
        ranked = sorted(((title, most) for title, most in worth.items() if most), key=lambda item: -item[1])
        rows = [
            say("why.clause", title=t, money=wan(m) if m < _UNCAPPED else say("why.by_rate")) for t, m in ranked[:_ROWS]
        ]
        more = say("why.more", count=len(ranked) - _ROWS) if len(ranked) > _ROWS else ""
        return say(
            "why.asked",
            help=reason or say("why.amount"),
            clauses="\n".join([say("why.clauses"), *rows]) + more if rows else "",
        )

    def progress(self, session: Session, result: Assessment) -> str:
        """How much is told and about how many questions are left."""
        known = _count({name: value for name, value in session.facts.items() if name != "as_of"})
        paths = [
            path for path in result.missing if path not in session.skipped and (path in LISTS or matters(result, path))
        ]
        return say("progress.text", known=known, left=max(len(paths), 1 if session.asked else 0), figure=figure(result))

    # ---- questions ----

    def answer(self, session: Session, text: str, result: Assessment) -> str:
        """A question about the result, a term or a clause; what the documents do not say is said to be unknown."""
        if _PERSON.search(text):
            return say("notice.person")
        known = get(session.facts, "enterprise.region") is not None
        if known and not result.documents:
            return outside(session, self.assessor, self._contact)
        if _TOGETHER.search(text):
            return self._together(text, result)
        if _WHY_NOT.search(text):
            lost = self._losers(text, result)
            if lost:
                return "\n".join(lost)
        if known and _FIGURE.search(text):
            return self._why_total(result)
        found = self.found(session, text, result)
        if found:
            return found
        return say("answer.unknown", contact=self.contact(result)) if known else say("answer.first")

    def found(self, session: Session, text: str, result: Assessment) -> str:
        """What the tables say to a question about terms, applying or the documents; empty where they say nothing."""
        rows = self.clauses(text, result)
        if rows and _ASKS.search(text):
            return "\n".join(rows)
        if _APPLY.search(text):
            return self._apply(result)
        return self._which(result) if _WHICH.search(text) else ""

    def _policies(self, result: Assessment) -> list[Policy]:
        own = [one.rules.policy for one in result.documents if one.applies is not False]
        return own or list(self.assessor.tables.policies.values())[:_ROWS]

    def _terms(self, text: str) -> tuple[set[str], set[str]]:
        """Kinds and activities that a question names."""
        vocabulary = self.assessor.vocabulary
        kinds = {k.value for k in vocabulary.kinds.values() if _named(text, k.label, k.aliases)}
        return kinds, {c.value for c in vocabulary.activities.choices if _named(text, c.label, c.aliases)}

    def _losers(self, text: str, result: Assessment) -> list[str]:
        """Clauses that pay nothing, with the reason: those that the question names, else the ones that lost money."""
        kinds, activities = self._terms(text)
        rows = []
        for refusal in result.refusals:
            clause = refusal.entry.rule.clause
            named = not kinds.isdisjoint(clause.kinds) or not activities.isdisjoint(clause.takes)
            if named or (not kinds and not activities and refusal.alone):
                reason = reason_text(refusal, result, self.assessor.vocabulary)
                rows.append(say("answer.loser", title=f"{refusal.entry.rule.title}（{clause.article}）", text=reason))
        return list(dict.fromkeys(rows))[:_ROWS]

    def _together(self, text: str, result: Assessment) -> str:
        """What may be had together: what lost here, and what the documents say."""
        rows = self._losers(text, result)
        for policy in self._policies(result):
            head = policy.document
            texts = [head.netting.text] if head.netting is not None else []
            texts += [limit.text for limit in policy.limits if limit.at_most is not None or len(limit.over) != 1]
            if texts:
                joined = "；".join(dict.fromkeys(t.rstrip("。") for t in texts[:4]))
                rows.append(say("answer.document", document=head.short, text=joined))
        return "\n".join(rows) or say("answer.unknown", contact=self.contact(result))

    def _why_total(self, result: Assessment) -> str:
        """The figure line by line with its formula, and what is still open."""
        rows = [say("answer.why_total", headline=headline(result))]
        for line in result.lines[:_ROWS]:
            clause = line.entry.rule.clause
            rows.append(
                say(
                    "answer.line",
                    title=line.entry.rule.title,
                    article=clause.article,
                    amount=wan(line.amount),
                    formula=formula_text(line),
                )
            )
        rows += self._losers("", result)[:3]
        return "\n".join(rows)

    def _apply(self, result: Assessment) -> str:
        """How and where to apply and whom to ask, as far as the documents that may pay say."""
        own = [one for one in result.documents if one.applies and any(payable(entry) for entry in one.entries)]
        if not own:
            return say("human.text", contact=self.contact(result))
        return "\n".join([*(apply_text(one, self._contact) for one in own), say("answer.pay_day")])

    def _which(self, result: Assessment) -> str:
        """The documents, with the state of those that cover the place."""
        states = {one.rules.document.id: status_text(one, result.as_of) for one in result.documents}
        rows = []
        for policy in self._policies(result):
            titles = "、".join(dict.fromkeys(clause.title for clause in policy.clauses if clause.pays is not None))
            if not titles:
                continue  # it pays cities
            name = policy.document.short
            state = states.get(policy.document.id, "")
            rows.append(say("answer.document", document=f"{name}（{state}）" if state else name, text=titles[:300]))
        return "\n".join(rows)

    def clauses(self, text: str, result: Assessment) -> list[str]:
        kinds, activities = self._terms(text)
        rows = []
        for kind in sorted(kinds):
            found = self.assessor.vocabulary.kinds[kind]
            rows.append(say("answer.term", label=found.label, text="、".join(level.label for level in found.levels)))
        for policy in self._policies(result):
            for clause in policy.clauses:
                if not kinds.isdisjoint(clause.kinds) or not activities.isdisjoint(clause.takes):
                    name = policy.document.short
                    rows.append(say("answer.clause", document=name, article=clause.article, quote=clause.quote))
        return list(dict.fromkeys(rows))[:5]


def _named(text: str, label: str, aliases: tuple[str, ...]) -> bool:
    return any(len(word) >= 2 and word in text for word in (label, *aliases))


def _worth(entry: Entry, matched: Matched) -> int:
    """The most that one clause may pay, under its own ceilings."""
    rules, clause = entry.rules, entry.rule.clause
    amount = entry.amount(high=True)
    for bound in (
        *entry.rule.bounds,
        *rules.clause_bounds.get(clause.id, ()),
        *rules.tier_bounds.get(entry.rule.id, ()),
    ):
        ceiling = bound.run(entry.subject)
        if ceiling is not None:
            amount = min(amount, ceiling)
    return int(min(amount, _UNCAPPED))


def _count(node: Any) -> int:
    """Told facts: the leaves, ids apart."""
    if isinstance(node, dict):
        return sum(_count(value) for name, value in node.items() if name != "id")
    if isinstance(node, list) and node and isinstance(node[0], dict):
        return sum(_count(item) for item in node)
    return 1
