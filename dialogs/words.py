"""The sentences of the conversation, from messages/zh.yaml."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

from policies.yaml12 import load


@lru_cache(maxsize=1)
def catalogue() -> dict[str, str]:
    """All sentences by dotted key."""
    data, _ = load((Path(__file__).parent / "messages" / "zh.yaml").read_text(encoding="utf-8"))
    return {f"{group}.{key}": str(text) for group, entries in data.items() for key, text in entries.items()}


def say(key: str, **values: Any) -> str:
    """One sentence with its names filled in."""
    text = catalogue()[key]
    return text.format(**values) if values else text
