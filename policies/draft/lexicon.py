"""The word lists of words.yaml, and patterns written with them: `<pay>` in a pattern is any word of the list `pay`."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

from policies.yaml12 import load


@lru_cache
def words() -> dict[str, str]:
    """Each list as one group of alternatives, the longest words first."""
    lists, _ = load((Path(__file__).parent / "words.yaml").read_text(encoding="utf-8"))
    return {
        name: "(?:" + "|".join(re.escape(word) for word in sorted(map(str, one), key=len, reverse=True)) + ")"
        for name, one in lists.items()
    }


def pattern(written: str) -> re.Pattern[str]:
    """A compiled pattern, its spaces and line breaks ignored, its <lists> filled in."""
    return re.compile(re.sub(r"(?<!\?P)<([a-z_]+)>", lambda match: words()[match[1]], written), re.VERBOSE)
