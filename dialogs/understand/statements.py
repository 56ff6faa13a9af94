"""Messages that ask nothing though a word of a question stands in them: 什么标杆都没有, 没几个工位 (`is_statement`)."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from typing import Any

from dialogs.understand.text import fold, normalise
from policies.yaml12 import load


@lru_cache(maxsize=1)
def questions() -> dict[str, Any]:
    """The whole of questions.yaml, read once."""
    data, _ = load((Path(__file__).parents[1] / "questions.yaml").read_text(encoding="utf-8"))
    return dict(data)


@lru_cache(maxsize=1)
def _statements() -> re.Pattern[str]:
    return re.compile("|".join(row[1:-1] for row in str(questions()["statements"]).split()))


def is_statement(text: str) -> bool:
    """Whether a message asks nothing, whatever words stand in it."""
    said = fold(normalise(text).text.strip())
    return not said.endswith(("?", "吗")) and _statements().fullmatch(said) is not None
