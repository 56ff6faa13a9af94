"""The generic words of lexicon.yaml: yes and no, none, hedges, verbs, and the words of intents."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from typing import Any

from policies.yaml12 import load

LEXICON = Path(__file__).parents[1] / "lexicon.yaml"


@lru_cache(maxsize=1)
def lexicon() -> dict[str, Any]:
    """The whole file, read once."""
    value: dict[str, Any] = load(LEXICON.read_text(encoding="utf-8"))[0]
    return value


def hints() -> dict[str, str]:
    """Words that alone may mean a fact of the enterprise, and which: it is asked then."""
    found: dict[str, str] = lexicon()["hints"]
    return found


@lru_cache(maxsize=256)
def words(name: str) -> tuple[str, ...]:
    """The words of one row, the longest first; `a.b` is row b of table a."""
    row: Any = lexicon()
    for step in name.split("."):
        row = row[step]
    return tuple(sorted((str(row).split() if not isinstance(row, list) else map(str, row)), key=len, reverse=True))


@lru_cache(maxsize=256)
def word_set(name: str) -> frozenset[str]:
    return frozenset(words(name))


@lru_cache(maxsize=256)
def any_of(name: str) -> re.Pattern[str]:
    """A pattern for any word of a row; words between slashes are patterns themselves."""
    parts = [w[1:-1] if len(w) > 2 and w[0] == w[-1] == "/" else re.escape(w) for w in words(name)]
    return re.compile("|".join(parts) or r"(?!)", re.IGNORECASE)


@lru_cache(maxsize=1)
def _fillers() -> re.Pattern[str]:
    return re.compile(r"^(?:[\s，。、；：:;,.!?！？~～…·\"'“”‘’()（）—\-]+|" + any_of("fillers.before").pattern + r")")


@lru_cache(maxsize=1)
def _endings() -> re.Pattern[str]:
    return re.compile(r"(?:[\s，。、；：:;,.!?！？~～…·\"'“”‘’()（）—\-]+|" + any_of("fillers.after").pattern + r")$")


def bare(text: str) -> str:
    """The text without punctuation, particles and politeness around it; never empty where the text is not."""
    short = text.strip()
    for pattern in (_fillers(), _endings()):
        while short:
            cut = pattern.sub("", short, count=1)
            if cut == short or not cut:
                break
            short = cut
    return short
