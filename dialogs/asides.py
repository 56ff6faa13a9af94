"""Beside the questions: why, progress, help, terms, clauses, what-if. Answers come from the tables and cite them."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from dialogs.paths import get, index_of, name_of
from dialogs.questions import fact_of
from dialogs.render import change_text, question_text
from dialogs.session import Session
from dialogs.telling import Teller, lines_of
from dialogs.understand.intents import Intent
from dialogs.understand.sentence import hear
from dialogs.words import say
from policies.assess import Assessment, Assessor
from policies.explain import reason_text
from policies.money import fen, wan
from policies.report import headline

_MORE = re.compile(r"再投|多投|再加|追加|增加|再多|多花|加投|再花")
_LESS = re.compile(r"少投|减少|少花|砍掉")
_PERSON = re.compile(r"我是个人|个人能|个人可以|没有公司|不是公司|自由职业|打工的")


class Asides:
    """Answers that change nothing."""

    def __init__(self, assessor: Assessor, contact: str | None) -> None:
        self.assessor, self._contact = assessor, contact

    def contact(self, result: Assessment) -> str:
        """Whom to ask: as the documents say, else the setting."""
        for one in result.documents:
            head = one.rules.document
            if one.applies and head.interprets:
                return head.interprets
        return self._contact or say("human.none").rstrip("。")

    def say(self, session: Session, intent: Intent, text: str, assess: Callable[[], Assessment]) -> str | None:
        """The words for an intent that is not about facts; None: not handled here."""
        name = intent.name
        if name == "help":
            return say("help.text")
        if name == "cancel":
            return say("greet.bye")
        if name == "thanks":
            return say("greet.thanks")
        if name == "greeting":
            return say("greet.hi")
        if name == "privacy":
            return say("privacy.text")
        if name == "why":
            return self.why(session, assess())
        if name == "progress":
            return self.progress(session, assess())
        if name == "human":
            return say("human.text", contact=self.contact(assess()))
        if name in ("question",):
            heard = hear(text, self.assessor.vocabulary, session.as_of or date(2000, 1, 1))
            if heard.enterprise or heard.projects or heard.recognitions:
                return None
            return self.answer(session, text, assess())
        if name == "offtopic":
            if _PERSON.search(text):
                return say("notice.person")
            return say("unclear.not_about", question="").strip()
        return None

    def why(self, session: Session, result: Assessment) -> str:
        """Why this is asked: what it is for, which clauses wait for it, how much hangs on them."""
        path = session.asked
        if path is None:
            return say("why.nothing")
        titles: dict[str, int] = {}
        for entry, _ in result.open_entries:
            if path in entry.unknown or (path == "projects" and entry.detached):
                amount = entry.amount(high=True)
                label = f"{entry.rule.clause.title}（{entry.rule.clause.article}）"
                titles[label] = max(titles.get(label, 0), int(min(amount, 10**15)))
        fact = fact_of(path, session, self.assessor)
        reason = fact.help if fact is not None and fact.help else ""
        clauses = ""
        if titles:
            ranked = sorted(titles.items(), key=lambda item: -item[1])[:4]
            finite = [amount for _, amount in ranked if amount < 10**15]
            clauses = say("why.clauses", titles="、".join(t for t, _ in ranked), money=wan(max(finite)) if finite else "不封顶")
        return say("why.asked", help=reason, clauses=clauses) if reason or clauses else say("why.asked", help="", clauses=question_text(path, session, result, self.assessor))

    def progress(self, session: Session, result: Assessment) -> str:
        known = sum(len(row) for row in [session.facts.get("enterprise") or {}]) + len(session.words)
        left = len([path for path in result.missing if path not in session.skipped]) or (1 if session.asked else 0)
        return say("progress.text", known=known, left=left, question="").strip()

    def answer(self, session: Session, text: str, result: Assessment) -> str:
        """A question about the result, a term or a clause; what the documents do not say is said to be unknown."""
        if _PERSON.search(text):
            return say("notice.person")
        lost = self._why_not(text, result)
        if lost:
            return lost
        if re.search(r"为什么|怎么算|怎么来|凭什么", text) and result.lines:
            return say("answer.why_total", headline=headline(result))
        found = self._clauses(text, result)
        if found:
            return "\n".join(found)
        return say("answer.unknown", contact=self.contact(result))

    def _terms(self, text: str) -> tuple[set[str], set[str]]:
        """Kinds and activities that a text names."""
        kinds, activities = set(), set()
        for kind in self.assessor.vocabulary.kinds.values():
            if any(len(word) >= 2 and word in text for word in (kind.label, *kind.aliases)):
                kinds.add(kind.value)
        for choice in self.assessor.vocabulary.activities.choices:
            if any(len(word) >= 2 and word in text for word in (choice.label, *choice.aliases)):
                activities.add(choice.value)
        return kinds, activities

    def _why_not(self, text: str, result: Assessment) -> str:
        if not re.search(r"为什么(没|不|只)|怎么没|为啥(没|不|只)|不能一起|一起拿|同时|叠加", text):
            return ""
        kinds, activities = self._terms(text)
        rows = []
        for refusal in result.refusals:
            clause = refusal.entry.rule.clause
            named = not kinds.isdisjoint(clause.kinds) or not activities.isdisjoint(clause.takes)
            if named or (not kinds and not activities and refusal.alone):
                text_ = reason_text(refusal, result, self.assessor.vocabulary)
                rows.append(say("answer.loser", title=f"{refusal.entry.rule.title}（{clause.article}）", text=text_))
        return "\n".join(dict.fromkeys(rows[:5]))

    def _clauses(self, text: str, result: Assessment) -> list[str]:
        kinds, activities = self._terms(text)
        if not kinds and not activities:
            return []
        rows = []
        for kind in sorted(kinds):
            found = self.assessor.vocabulary.kinds[kind]
            rows.append(say("answer.term", label=found.label, text="、".join(level.label for level in found.levels)))
        policies = [one.rules.policy for one in result.documents if one.applies is not False]
        for policy in policies or list(self.assessor.tables.policies.values()):
            for clause in policy.clauses:
                if not kinds.isdisjoint(clause.kinds) or not activities.isdisjoint(clause.takes):
                    quote = clause.quote
                    rows.append(say("answer.clause", document=policy.document.short, article=clause.article, quote=quote))
        return rows[:5]

    # ---- what if ----

    def suppose(self, twin: Session, teller: Teller, rest: str, today: date) -> str | None:
        """Change the copy as the words say; what was supposed, in words, or None where nothing was understood."""
        heard = hear(rest, self.assessor.vocabulary, twin.as_of or today)
        sign = 1 if _MORE.search(rest) else -1 if _LESS.search(rest) else 0
        amounts = list(heard.amounts)
        for project in heard.projects:
            amounts += [line.amount for line in project.lines if line.amount is not None and line.activities is None]
            if sign and "total_investment_yuan" in project.facts:
                amounts.append(project.facts.pop("total_investment_yuan"))
        if sign and amounts and twin.facts.get("projects"):
            self._add(twin, sign * Decimal(str(amounts[0].value)))
            return rest.strip("？?。呢吗 ")
        levels = self._levels(twin, teller, rest)
        if not levels:
            teller.heard(heard)
            if amounts and not teller.changes:
                path = twin.touched if twin.touched and name_of(twin.touched).endswith("_yuan") else "projects[0].total_investment_yuan"
                if get(twin.facts, path) is not None:
                    teller.told(path, amounts[0])
        if not teller.changes:
            return None
        return "；".join(text for text in (change_text(c, twin, self.assessor) for c in teller.changes) if text) or rest

    def _add(self, twin: Session, amount: Decimal) -> None:
        """More money for the last project: its total, and its only or largest line."""
        projects = twin.facts["projects"]
        touched = twin.touched or ""
        index = index_of(touched) if touched.startswith("projects[") else None
        project = projects[index if index is not None and index < len(projects) else -1]
        rows: list[tuple[Any, str]] = []
        if project.get("total_investment_yuan") is not None:
            rows.append((project, "total_investment_yuan"))
        spending = [line for line in project.get("spending") or () if line.get("amount_yuan") is not None]
        if spending:
            rows.append((max(spending, key=lambda line: Decimal(str(line["amount_yuan"]))), "amount_yuan"))
        for row, key in rows:
            value = max(Decimal(0), Decimal(str(row[key])) + amount)
            row[key] = int(value) if value == value.to_integral_value() else str(value)

    def _levels(self, twin: Session, teller: Teller, rest: str) -> bool:
        """「升到4A」: the level of a certificate that has such a level."""
        from dialogs.understand.answers import read_answer

        word = re.sub(r"^.*?(升到|升级到|评上|达到|拿到|升成|变成|改成|是)", "", rest).strip("？?。呢吗了 ")
        kinds, _ = self._terms(rest)
        for index, row in enumerate(twin.facts.get("recognitions") or ()):
            if kinds and row["kind"] not in kinds:
                continue
            path = f"recognitions[{index}].level"
            fact = fact_of(path, twin, self.assessor)
            if fact is None:
                continue
            answer = read_answer(word, fact, self.assessor.vocabulary, date(2000, 1, 1), row["kind"])
            if answer.status == "value" and answer.value != row.get("level"):
                teller.set(path, answer.value, word)
                return True
        return False


__all__ = ["Asides", "fen", "lines_of"]
