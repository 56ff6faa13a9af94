"""The words of the report: sentences from words.yaml, filled in by name."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

from policies.yaml12 import load


@lru_cache(maxsize=1)
def catalogue() -> dict[str, str]:
    """All sentences by key."""
    data, _ = load((Path(__file__).parent / "words.yaml").read_text(encoding="utf-8"))
    return {str(key): str(text) for key, text in data.items()}


def say(key: str, **values: Any) -> str:
    """One sentence with its names filled in."""
    text = catalogue()[key]
    return text.format(**values) if values else text


def known(key: str) -> bool:
    """Whether there is such a sentence."""
    return key in catalogue()
