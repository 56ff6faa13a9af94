"""An amount told only roughly (八百来万) is said back as rough, wherever it is said, and makes no silent promise."""

from __future__ import annotations

from datetime import date

import pytest

from tests.conversing import Talk
from tests.phone import Phone

ON = date(2025, 6, 30)
FIRM = "包头稀土高新区的稀土公司，"
REST = ("今年4月", "没有了", "没有", "没有", "没有")


def told(*texts: str) -> Talk:
    talk = Talk(ON)
    for text in texts:
        talk.say(text)
    return talk


@pytest.mark.parametrize("words", ["八百来万", "800万左右", "差不多800万", "大约800万"])
def test_it_is_said_back_as_rough(words: str) -> None:
    """In what was noted, in where the figure stands, under the figure of the report, and when it is corrected."""
    talk = told(f"{FIRM}MES投了{words}")
    assert "约800万元" in talk.words
    talk.say("今年4月")
    assert "约数" in talk.words
    for text in REST[1:]:
        talk.say(text)
    headline, rough, _ = talk.words.split("\n\n", 2)
    assert "最高可得" in headline
    assert "约800万元" in rough
    assert "约900万元" in told(f"{FIRM}MES投了800万", "不对，是900来万").words


def test_the_exact_amount_ends_it() -> None:
    """The same amount, exact, is rough no longer; told again as rough it stays so."""
    talk = told(f"{FIRM}MES投了八百来万", *REST)
    talk.say("还是八百来万")
    talk.say("看结果")
    assert "约800万元是约数" in talk.words.replace(" ", "")
    talk.say("MES正好800万")
    talk.say("看结果")
    assert "约" not in talk.words.split("构成")[0]


def test_a_sum_is_as_rough_as_its_parts() -> None:
    """A total that the parts imply says 约 too."""
    assert "总投资按 约900万元 计" in told(f"{FIRM}MES投了六百来万，机器人300万").words


def test_near_a_threshold_the_exact_amount_is_asked() -> None:
    """In 泗阳 a project counts from 100万; what was told roughly and again roughly is not asked a second time."""
    talk = told("泗阳的纺织企业，智能车间投了近一百万，2024年4月完工")
    assert "准确的数" in talk.words
    talk.say("就是一百万上下")
    assert "准确的数" not in talk.words


def test_the_exported_report_says_it_too() -> None:
    phone = Phone(ON)
    for text in (f"{FIRM}MES投了八百来万", *REST):
        phone.type(text)
    file = phone.tap("导出").messages[0].file
    assert file is not None
    assert "约800万元" in file[1].decode().split("<h2>")[0]
