"""Which dates of a sentence tell when a project was, or will be, completed."""

from __future__ import annotations

import re

from dialogs.understand.lexicon import any_of
from dialogs.understand.mentions import Mention
from dialogs.understand.scene import Clause

_WHEN = re.compile(r"(?:完工|竣工|验收|投产|投运|上线|建成|交付|完成)(?:时间|日期)?\s*(?:是|为|在|于|[:：])?\s*$")
_EXPECTED = re.compile(r"(?:预计|估计|大概|要到|得到|计划|争取|应该)(?:在|是|到)?\s*$")


def is_completion(mention: Mention, clause: Clause, text: str) -> bool:
    """Whether a date is when a project was, or will be, completed."""
    if mention.value.value is None or mention.value.doubt in ("recent", "bad"):
        return False
    done = any_of("sentence.done")
    after, before = text[mention.end : clause.end], text[clause.start : mention.start]
    if re.match(r"\s*(?:[到至]|-|~)\s*$|\s*(?:[到至~])", after) and any(
        m.type == "date" and m.start > mention.start for m in clause.mentions
    ):
        return False
    kinds = [m for m in clause.mentions if m.kind() and not m.choice("activities") and m.start > mention.start]
    if (
        kinds
        and any_of("sentence.got").search(after[: kinds[0].start - mention.end + 8])
        and not done.search(after[: kinds[0].start - mention.end])
    ):
        return False
    if re.match(r"[^，。]{0,18}", after) and done.search(after[:24]):
        return True
    if _WHEN.search(before):
        return True
    if not after.strip() and _EXPECTED.search(before) and done.search(text[max(0, clause.start - 10) : clause.start]):
        return True
    rest = text[clause.end + 1 : clause.end + 9]
    return not after.strip() and done.match(rest.lstrip()) is not None
