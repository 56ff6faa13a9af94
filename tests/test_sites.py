"""Projects that one sentence tells apart by where they stand, or by plants that each did the same."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from tests.conversing import Talk

ON = date(2025, 6, 30)
FIRM = "我们是包头的稀土公司，"


def projects(text: str) -> list[tuple[Any, Any, Any]]:
    """Place, first activity and total of each project."""
    talk = Talk(ON)
    talk.say(text)
    found = talk.facts.get("projects") or []
    return [(p.get("region"), _activity(p), p.get("total_investment_yuan")) for p in found]


def _activity(project: dict[str, Any]) -> str:
    lines = project.get("spending") or [project]
    return str(lines[0].get("activities", [""])[0])


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "在包头上了MES 500万，在呼和浩特上了机器人300万",
            [("包头", "mfg_system", 5_000_000), ("呼和浩特", "robots", 3_000_000)],
        ),
        (
            "在包头和呼和浩特各建一个MES，各投500万",
            [("包头", "mfg_system", 5_000_000), ("呼和浩特", "mfg_system", 5_000_000)],
        ),
        ("两个厂都上了MES，各500万", [(None, "mfg_system", 5_000_000)] * 2),
    ],
)
def test_two_places_are_two_projects(text: str, told: list[tuple[Any, Any, Any]]) -> None:
    assert projects(FIRM + text) == told


@pytest.mark.parametrize(
    "text",
    [
        "在包头市昆区上了MES 500万，在包头上了机器人300万",  # one lies in the other
        "机器人和MES各投500万",
        "两个厂长都说MES上了500万",
        "MES投了500万，在呼和浩特有客户",
    ],
)
def test_other_words_part_nothing(text: str) -> None:
    assert len(projects(FIRM + text)) == 1


def test_the_same_thing_told_again_is_no_second_project() -> None:
    """Only what one message tells of two is two."""
    talk = Talk(ON)
    talk.say(f"{FIRM}MES投了500万")
    talk.say("MES是500万")
    assert len(talk.facts["projects"]) == 1
