"""Beside the facts: why this is asked, how far the conversation is, help, small talk. Questions: dialogs/answers/."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Any

from dialogs.declared import LISTS, fact_of
from dialogs.mattering import matters
from dialogs.paths import get
from dialogs.render import figure
from dialogs.session import Session
from dialogs.understand.intents import Intent
from dialogs.understand.lexicon import any_of
from dialogs.understand.sentence import hear
from dialogs.words import say
from policies.assess import Assessor
from policies.assessment import Assessment
from policies.entries import Entry, Matched
from policies.money import wan

_PERSON = re.compile(r"我是个人|我个人|个人能|个人可以|没有公司|不是公司|自由职业|打工的|自己想申请")
_DONE = re.compile(
    r"(?:投|花|上|买|拿|评|做|建|搞|取得|通过|获得|入选)(?:上|完|成)?(?:了|过)|投(?:资|入)?\d|\d+多?万(?:元|块)?(?:上|买|做|建|搞|的)|"
    r"投产|完工|验收了|竣工|建成|(?:去年|前年|今年|\d{4}年|\d+月).{0,8}(?:上|建|做|买|投|搞|完|竣)"
)
_SITS = re.compile(r"(?:注册|公司|厂子?|客户|他们|企业)(?:就|都|是)?(?:在|落在|设在)")
LEVELS = ("county", "city", "province", "national")
"""Levels of documents, the nearest to the enterprise first."""
_UNCAPPED = 10**15
_ROWS = 6


def is_person(text: str) -> bool:
    """Whether somebody asks for themselves and not for an enterprise."""
    return _PERSON.search(text) is not None


class Asides:
    """Answers that change nothing."""

    def __init__(self, assessor: Assessor, contact: str | None) -> None:
        self.assessor, self._contact = assessor, contact

    def contact(self, result: Assessment) -> str:
        """Whom to ask: as the documents say, else the setting."""
        own = [one.rules.document for one in result.documents if one.applies]
        for head in sorted(own, key=lambda head: LEVELS.index(head.level)):
            if head.contact or head.interprets or head.responsible:
                return head.contact or head.interprets or head.responsible
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
        if name == "offtopic":
            return say("notice.person") if is_person(text) else say("unclear.not_about")
        return None

    def tells(self, session: Session, text: str) -> bool:
        """Whether a question tells facts besides: 我们在柳州做汽车零部件，网络改造投了两千万，能拿多少.

        It does where it speaks of the enterprise itself, of money spent or of what was done, and, before the place is
        known, where it says what the enterprise makes or where it sits; 智能工厂奖多少 tells nothing.
        """
        own = any_of("sentence.own").search(text) is not None or _DONE.search(text) is not None
        known = get(session.facts, "enterprise.region") is not None
        if known and not own:
            return False
        heard = hear(text, self.assessor.vocabulary, session.as_of or date(2000, 1, 1))
        described = bool(set(heard.enterprise) - {"region", "applicant_kind"})
        if own and (heard.projects or heard.recognitions or described):
            return True
        if known or "region" not in heard.enterprise:
            return False
        return own or described or _SITS.search(text) is not None

    # ---- why, how far ----

    def why(self, session: Session, result: Assessment) -> str:
        """Why this is asked: what it is for, which clauses wait for it and how much each may bring."""
        path = session.asked
        if path is None:
            return ""
        paths = {path, *session.beside}
        worth: dict[str, int] = {}
        for entry, matched in result.open_entries:
            if paths & entry.unknown or (path in LISTS and entry.detached):
                clause = entry.rule.clause
                label = f"{clause.title}（{clause.article}）"
                worth[label] = max(worth.get(label, 0), _worth(entry, matched))
        facts = [fact_of(one, session, self.assessor) for one in (path, *session.beside)]
        key = path if path in LISTS else path.rsplit(".", 1)[-1]
        reason = "".join(dict.fromkeys(fact.help for fact in facts if fact is not None))
        if not reason and key in (*LISTS, "spending"):
            reason = say(f"why.{key}")
        ranked = sorted(((title, most) for title, most in worth.items() if most), key=lambda item: -item[1])
        rows = [
            say("why.clause", title=t, money=wan(m) if m < _UNCAPPED else say("why.by_rate")) for t, m in ranked[:_ROWS]
        ]
        if len(ranked) > _ROWS:
            rows.append(say("why.more", count=len(ranked) - _ROWS))
        told = [say("why.asked", help=reason or say("why.amount"))]
        return "\n".join([*told, say("why.clauses"), *rows] if rows else told)

    def progress(self, session: Session, result: Assessment) -> str:
        """How much is told and about how many questions are left."""
        known = _count({name: value for name, value in session.facts.items() if name != "as_of"})
        if get(session.facts, "enterprise.region") is None:
            return say("progress.unplaced", known=known)
        paths = [
            path for path in result.missing if path not in session.skipped and (path in LISTS or matters(result, path))
        ]
        return say("progress.text", known=known, left=max(len(paths), 1 if session.asked else 0), figure=figure(result))


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
