"""Twenty SIGKILLs while people talk; `make crash` does two hundred (docs/explanation/state.md)."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.crash import PEOPLE, crash


@pytest.mark.parametrize("mode", ["polling", "webhook"])
def test_killed_ten_times(mode: str, tmp_path: Path) -> None:
    """Every accepted answer is in the state exactly once, every conversation has its facts, nobody is left without a reply."""
    outcome = asyncio.run(crash(mode, 10, 4, tmp_path))
    print(outcome)
    assert outcome.lost == []
    assert outcome.unanswered == []
    assert outcome.left == (0, 0)
    assert outcome.twice <= outcome.kills * PEOPLE, "a kill can double one message of a chat, the one on its way"
