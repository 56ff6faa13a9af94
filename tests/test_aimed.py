"""A recognition that is only aimed at counts nowhere, whoever asked, and is said not to count."""

from __future__ import annotations

from datetime import date

import pytest

from dialogs.understand.heard import Heard
from dialogs.understand.sentence import hear
from tests.conversing import Talk, assessor

ON = date(2025, 6, 30)
FIRM = "包头稀土高新区的稀土公司，MES投了500万，今年4月完工"

AIMED = {
    "准备拿4A两化融合": "4A两化融合",
    "想拿国家级小灯塔": "国家级小灯塔",
    "下一步冲4A": "4A",
    "拿了3A两化融合，准备升两化融合4A": "两化融合4A",
    "有两化融合，准备升两化融合4A": "两化融合4A",
    "已申报市级智能工厂": "市级智能工厂",
    "去年申报了市级智能工厂": "市级智能工厂",
    "正在申报省级智能工厂": "省级智能工厂",
    "CMMM三级在评": "CMMM三级",
    "DCMM二级申报中": "DCMM二级",
    "两化融合4A还没批下来": "两化融合4A",
    "两化融合贯标准备中": "两化融合贯标",
}
GOT = ["拿了4A两化融合", "有4A两化融合，准备申报补贴", "小灯塔公示了", "两化融合贯标3A已通过"]
PLANNED = ["明年6月拿4A两化融合", "准备明年6月拿4A两化融合", "预计年底拿到4A两化融合", "计划2025年10月通过DCMM三级"]


def heard(text: str, asked: str | None = None) -> Heard:
    return hear(text, assessor().vocabulary, ON, asked)


@pytest.mark.parametrize("asked", [None, "recognitions"])
@pytest.mark.parametrize(("text", "words"), AIMED.items())
def test_an_aim_is_heard_as_an_aim(text: str, words: str, asked: str | None) -> None:
    found = heard(text, asked)
    assert found.aimed == [words]
    assert all(one.facts.get("level") is None or one.facts["level"].value == "3A" for one in found.recognitions)


@pytest.mark.parametrize("text", [*GOT, *PLANNED])
def test_what_is_got_or_has_its_day_is_none(text: str) -> None:
    """With the month that it is expected it is a plan: it counts as planned, and the report marks it."""
    found = heard(text)
    assert found.aimed == []
    assert [("obtained_on" in one.facts) for one in found.recognitions] == [text in PLANNED]


def test_it_is_said_not_to_count() -> None:
    """In a first message, after what was taken down, and where certificates were asked for."""
    talk = Talk(ON)
    talk.say(f"{FIRM}，准备拿4A两化融合")
    assert talk.turn.replies[1].text.startswith("“4A两化融合”还没拿到")
    assert "recognitions" not in talk.facts
    talk.say("正在申报省级小灯塔，CMMM三级在评")
    assert "“省级小灯塔、CMMM三级”还没拿到" in talk.words
    assert "recognitions" not in talk.facts


def asked() -> Talk:
    talk = Talk(ON)
    talk.say(FIRM)
    assert talk.asks == "recognitions"
    talk.say("准备拿4A两化融合")
    assert "预计哪年哪月拿到" in talk.words
    return talk


def test_the_month_makes_it_a_plan() -> None:
    talk = asked()
    talk.say("今年10月")
    assert talk.facts["recognitions"] == [{"kind": "lianghua", "level": "4A", "obtained_on": "2025-10-31"}]
    planned = [line.entry.rule.clause.id for line in talk.assess().lines if line.status == "planned"]
    assert planned == ["baotou-4.9a"]


@pytest.mark.parametrize("answer", ["不知道", "没有", "1", "unknown"])
def test_without_a_month_it_is_left_out(answer: str) -> None:
    talk = asked()
    talk.say(answer)
    assert "先不计入" in talk.words
    assert "recognitions" not in talk.facts
    assert talk.asks == "recognitions"


def test_another_answer_is_read_anew() -> None:
    talk = asked()
    talk.say("有省级小灯塔")
    assert [one["kind"] for one in talk.facts["recognitions"]] == ["little_lighthouse"]
