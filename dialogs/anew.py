"""Which fact a few words ask to be put: 改注册地 one that was told, 试点 one that a word alone may mean."""

from __future__ import annotations

import re

from dialogs.declared import fact_of, used_in
from dialogs.paths import get
from dialogs.recap import changeable
from dialogs.session import Session
from dialogs.understand.lexicon import bare, hints
from policies.assess import Assessor
from policies.regions import resolve

_CHANGE = re.compile(
    r"(?:我?(?:要|想|需要))?(?:再|重新)?(?:改|修改|更改|更正|重填|重选)(?:一?下)?(?P<what>[^，。,0-9]{2,12}?)(?:吧|呢)?"
)


def asked_for(text: str, session: Session, assessor: Assessor) -> str | None:
    """The path of the fact that is to be asked; None where the words name none, or more than one."""
    word = bare(text)
    change = _CHANGE.fullmatch(word)
    return _told(change["what"], session, assessor) if change is not None else _hinted(word, session, assessor)


def _told(what: str, session: Session, assessor: Assessor) -> str | None:
    """A told fact by a part of its label (`两化融合贯标 级别`) or by another word for it."""
    found = []
    for path, label in changeable(session, assessor):
        fact = fact_of(path, session, assessor)
        name = re.sub(r"（[^）]*）| ", "", label.partition("：")[0])
        if what in name or (fact is not None and what in (fact.label, *fact.aliases)):
            found.append(path)
    return found[0] if len(found) == 1 else None


def _hinted(word: str, session: Session, assessor: Assessor) -> str | None:
    """A fact that a document of the seat has a condition on: its list of pilots."""
    name, seat = hints().get(word), get(session.facts, "enterprise.region")
    fits = name is not None and seat is not None and used_in(resolve(str(seat)).code, name, assessor)
    return f"enterprise.{name}" if fits else None
