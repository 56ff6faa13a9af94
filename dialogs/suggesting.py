"""What-ifs worth trying: a little more money, the next level, one more certificate; those that bring most, with the gain."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from dialogs.declared import relevant_kinds
from dialogs.engine import Engine
from dialogs.session import Session
from dialogs.supposing import suppose
from dialogs.words import say
from policies.assessment import Assessment
from policies.errors import ProfileError
from policies.money import wan

_TRIES, _SHOWN = 14, 6
_MONEY, _AMOUNTS = "money", (100, 500)
"""More money, in 万元."""


@dataclass(frozen=True)
class Suggestion:
    """`words` is what to say (如果升到4A级呢), `what` the same as a label, `gain` in fen."""

    words: str
    what: str
    gain: int

    @property
    def label(self) -> str:
        return say("suggest.label", what=self.what, gain=wan(self.gain)) if self.gain else self.what


def suggestions(engine: Engine, session: Session, result: Assessment) -> list[Suggestion]:
    """The largest gain first. Some more money is always among them: people ask for that, whatever it brings."""
    found: list[Suggestion] = []
    best: dict[str, int] = {}
    for about, what in islice(_candidates(engine, session, result), _TRIES):
        twin = session.snapshot()
        if suppose(twin, what, engine.assessor, session.as_of or engine.today) is None:
            continue
        try:
            after = engine.assess(twin)
        except ProfileError:
            continue
        gain = after.total - result.total or after.indicative - result.indicative
        if gain > best.get(about, -1 if about == _MONEY else 0):
            best[about] = gain
            found.append(Suggestion(say("suggest.words", what=what), what, max(0, gain)))
    return sorted(found, key=lambda one: -one.gain)[:_SHOWN]


def _candidates(engine: Engine, session: Session, result: Assessment) -> Iterator[tuple[str, str]]:
    """What it is about, and the words; of those about one thing the smaller first."""
    kinds = engine.vocabulary.kinds
    if session.facts.get("projects"):
        for amount in _AMOUNTS:
            yield _MONEY, say("suggest.more_money", amount=amount)
    told = {row["kind"]: row.get("level") for row in session.facts.get("recognitions") or ()}
    for kind, level in told.items():
        values = [one.value for one in kinds[kind].levels]
        for one in kinds[kind].levels[values.index(level) + 1 :] if level in values else ():
            yield kind, say("suggest.level", kind=kinds[kind].label, level=one.label)
    for kind, label in relevant_kinds(result, engine.assessor):
        if kind not in told and kinds[kind].levels:
            yield kind, say("suggest.kind", kind=label, level=kinds[kind].levels[0].label)
