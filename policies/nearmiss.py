"""What is nearly within reach: a little more money over a threshold, the next level of a certificate.

Each candidate is tried on a copy of the facts and assessed again, so that the gain is net of every exclusion.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass
from math import floor
from typing import Any

from policies.assess import Assessor
from policies.assessment import Assessment
from policies.conditions import locate
from policies.describe import value_text
from policies.entries import Entry
from policies.facts import Fact
from policies.money import Fen, exact_number, fen, wan
from policies.predicates import Condition
from policies.profile import Profile
from policies.rules import scopes_of
from policies.words import say

_TRIES = 16
_MOST = 3
_PROJECTS = 20
"""With more projects than this the tries would take too long; the report does without."""


@dataclass(frozen=True, slots=True)
class NearMiss:
    """A sentence, and what it would bring in fen; `open`: at the most, since facts are missing."""

    text: str
    gain: int
    open: bool = False


def near_misses(assessor: Assessor, result: Assessment) -> list[NearMiss]:
    """At most three, the largest gain first; of what leads further the next level first (4A before 5A). Counts firm money, or, where nothing is in force, indicative money; where
    both wait for missing facts (Siyang's tax share), what it adds to the upper end."""
    found: dict[tuple[Any, ...], list[NearMiss]] = {}
    if len(result.profile.projects or ()) > _PROJECTS:
        return []
    for tries, (entry, condition, fact, scope, target) in enumerate(_candidates(assessor, result)):
        if tries >= _TRIES:
            break
        changed = copy.deepcopy(result.profile)
        if not _set(changed, entry, scope, fact.name, target):
            continue
        after = assessor.assess(changed, result.as_of)
        gain = after.total - result.total or after.indicative - result.indicative
        open_ = not gain
        if open_:
            gain = _further(result.high, after.high) or _further(result.indicative_high, after.indicative_high)
        if gain <= 0:
            continue
        text = _sentence(assessor, entry, condition, fact, scope, target, gain)
        if open_:
            text = say("report.near_open", text=text)
        steps = found.setdefault((scope, fact.name, *entry.key[1:]), [])
        same = next((step for step in steps if step.text == text), None)
        if same is None:
            steps.append(NearMiss(text, gain, open_))
        elif same.gain < gain:
            steps[steps.index(same)] = NearMiss(text, gain, open_)
    for steps in found.values():
        steps.sort(key=lambda step: (step.open, step.gain, step.text))
    ranked = sorted(found.values(), key=lambda steps: (steps[0].open, -steps[-1].gain, steps[0].text))
    return [step for steps in ranked for step in steps][:_MOST]


def _further(before: int | None, after: int | None) -> int:
    """How much further an upper end lies; ends that are open tell nothing."""
    return 0 if before is None or after is None else after - before


def _candidates(assessor: Assessor, result: Assessment) -> Any:
    """Refused entries where one told fact lies below what the clause asks."""
    vocabulary = assessor.vocabulary
    seen = set()
    for refusal in result.refusals:
        entry = refusal.entry
        test = entry.failed
        if entry.detached:
            continue
        if test is not None and test.condition.fact is not None:
            condition = test.condition
            scope, fact = locate(str(condition.fact), scopes_of(entry.rule.clause), vocabulary)
            target = _target(condition, fact)
            if target is None:
                continue
            key = (scope, fact.name, entry.key[1:], str(target))
            if key not in seen:
                seen.add(key)
                yield entry, condition, fact, scope, target
        elif refusal.reason == "condition" and entry.rule.clause.pays is not None:
            step = entry.rule.clause.pays.step
            if step is not None:
                scope, fact = locate(step.of, scopes_of(entry.rule.clause), vocabulary)
                yield entry, None, fact, scope, fen(step.at) if fact.type == "money" else step.at


def _target(condition: Condition, fact: Fact) -> Any:
    if condition.less is not None:
        return None
    if fact.type == "money":
        if condition.at_least is not None:
            return fen(condition.at_least)
        return fen(condition.more_than) + 1 if condition.more_than is not None else None
    if fact.type == "number":
        if condition.at_least is not None:
            return exact_number(condition.at_least)
        over = exact_number(condition.more_than) if condition.more_than is not None else None
        return None if over is None or fact.decimals else floor(over) + 1
    if fact.type in ("level", "choice") and condition.at_least is not None:
        return str(condition.at_least)
    return None


def _set(profile: Profile, entry: Entry, scope: str, name: str, target: Any) -> bool:
    if scope == "enterprise":
        facts: dict[str, Any] = profile.enterprise
    elif scope == "project":
        if entry.project is None or profile.projects is None:
            return False
        project = profile.projects[entry.project.index]
        facts = project.facts
        if name == "total_investment_yuan" and project.lines and len(project.lines) == 1:
            project.lines[0].amount = target
    else:
        if entry.subject.recognition is None or profile.recognitions is None:
            return False
        facts = profile.recognitions[entry.subject.recognition.index].facts
    if facts.get(name) is None:
        return False
    facts[name] = target
    return True


def _sentence(
    assessor: Assessor, entry: Entry, condition: Condition | None, fact: Fact, scope: str, target: Any, gain: int
) -> str:
    clause = entry.rule.clause
    value = value_text(fact, target, assessor.vocabulary, clause)
    what = fact.label
    if fact.type == "level" and entry.subject.recognition is not None:
        what = assessor.vocabulary.kinds[entry.subject.recognition.kind].label
    if fact.type == "money":
        told: Fen = entry.subject.value(scope, fact.name)
        over = condition is not None and condition.more_than is not None
        if over:
            value = say("report.over", value=wan(target - 1))
        return say("report.near_more", what=what, by=wan(target - told), value=value, gain=wan(gain))
    key = "report.near_level" if fact.type in ("level", "choice") else "report.near_count"
    return say(key, what=what, value=value, gain=wan(gain))
