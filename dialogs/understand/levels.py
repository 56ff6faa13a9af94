"""The level that a recognition is told with, and the body that gave it: 省级智能车间, 两化融合3A, 双跨平台，国家级的."""

from __future__ import annotations

import re

from dialogs.understand import choosing
from dialogs.understand.heard import Told
from dialogs.understand.mentions import Mention
from dialogs.understand.scene import Clause, denied, replaced
from policies.facts import Vocabulary


def body_before(mention: Mention, clause: Clause, text: str) -> Mention | None:
    """The body or place that a recognition is named with: 省级智能车间, 江苏省首台套, 工信部试点示范."""
    for other in reversed(clause.mentions):
        gap = text[other.end : mention.start]
        if (
            other.end <= mention.start
            and other.type == "body"
            and re.fullmatch(
                r"\s*(?:里|的|工信局|工信厅|认定的?|重点|示范|优秀|优质|数字化转型|先进|卓越|级|颁发的|评的)*[A-Za-z0-9+]{0,3}\s*",
                gap,
            )
        ):
            return other
        if (
            other.end <= mention.start
            and other.type == "place"
            and re.fullmatch(r"\s*(?:的|级|重点)?\s*", gap)
            and other.text.endswith(("省", "自治区", "市"))
        ):
            return other
    return None


def _grades(mention: Mention, kind: str, clause: Clause, vocabulary: Vocabulary) -> list[tuple[Mention, str]]:
    """Mentions in the clause that name a level of this kind."""
    entries = choosing.level_entries(kind, vocabulary)
    found = []
    for other in clause.mentions:
        if other.type in ("grade", "class") or other.has("grade"):
            value = choosing.exactly(other.text.replace(" ", ""), entries)
            if value is not None:
                found.append((other, value))
        elif (
            other.type == "word"
            and kind == "platform"
            and other.choice("platform_scope") in vocabulary.kinds["platform"].values()
        ):
            found.append((other, other.choice("platform_scope")))
    return found


def level_of(
    mention: Mention,
    kind: str,
    clause: Clause,
    clauses: list[Clause],
    text: str,
    vocabulary: Vocabulary,
    taken: set[Mention],
    refused: set[Mention],
) -> Told | None:
    """The level that stands nearest to the kind, or a later one that corrects it; it joins the `taken` mentions."""
    kinds = [m for m in clause.mentions if m.kind() and m not in refused]
    best: tuple[int, Mention, str] | None = None
    for other, value in _grades(mention, kind, clause, vocabulary):
        if other is mention or (other in taken and other is not mention):
            continue
        distance = other.start - mention.end if other.start >= mention.end else mention.start - other.end + 1
        between = [
            k
            for k in kinds
            if k is not mention and min(mention.start, other.start) < k.start < max(mention.start, other.start)
        ]
        if distance > 12 or between:
            continue
        if denied(text, other.start) and not replaced(text, other.start):
            continue
        if best is None or distance < best[0] or replaced(text, other.start):
            best = (distance, other, value)
    if best is None:
        inside, _, _ = choosing.named(
            mention.text,
            tuple(row for row in choosing.level_entries(kind, vocabulary) if row[0] not in vocabulary.body_rank),
        )
        if len(inside) == 1 and kind != "platform":
            return Told(inside[0], mention.text, start=mention.start, end=mention.end)
    for later in clauses[clause.index + 1 : clause.index + 3]:
        if any(m.kind() for m in later.mentions) or (later.sentence != clause.sentence and best):
            break
        for other, value in _grades(mention, kind, later, vocabulary):
            if replaced(text, other.start) or (
                best is None
                and (other.start - later.start <= 4 or re.match(r"\s*(?:级别|等级|评)", later.text))
                and not denied(text, other.start)
            ):
                best = (0, other, value)
    if best is None:
        return None
    taken.add(best[1])
    return Told(best[2], text[best[1].start : best[1].end], start=best[1].start, end=best[1].end)


def body_near(mention: Mention, clause: Clause, clauses: list[Clause], text: str) -> Mention | None:
    """The body of a recognition: before it, after it in the clause, or at the start of the next clause."""
    before = body_before(mention, clause, text)
    candidates = [before] if before else []
    for other in clause.mentions:
        if other.type == "body" and other not in candidates:
            between = [
                m
                for m in clause.mentions
                if m.kind()
                and m is not mention
                and min(mention.start, other.start) < m.start < max(mention.start, other.start)
            ]
            near = 0 <= other.start - mention.end <= 8 or 0 <= mention.start - other.end <= 10
            if near and not between and not (denied(text, other.start) and not replaced(text, other.start)):
                candidates.append(other)
    later = clauses[clause.index + 1 : clause.index + 3]
    for after in later:
        if any(m.kind() for m in after.mentions):
            break
        for other in after.mentions:
            if other.type == "body" and (
                replaced(text, other.start) or (not candidates and other.start - after.start <= 3)
            ):
                return other
    corrected = [c for c in candidates if replaced(text, c.start)]
    return corrected[-1] if corrected else (candidates[0] if candidates else None)


def told_of_body(mention: Mention) -> Told:
    value = mention.value
    if mention.type == "place":
        code = mention.value.candidates[0].code
        value = "province" if code.endswith("0000") else "city" if code.endswith("00") else "county"
    return Told(value, mention.text, start=mention.start, end=mention.end)
