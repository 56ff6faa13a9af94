"""Several facts asked at once: answered one at a time, all at once in any words, or by 都没有, the figure is the profile's."""

from __future__ import annotations

import random
from datetime import date
from typing import Any

import pytest

from dialogs.declared import fact_of
from dialogs.events import Event
from dialogs.paths import get
from tests.conversing import UNKNOWN, Data, Interviewee, Talk, assess, figures
from tests.enterprises import enterprise
from tests.speaking import Speaker, differences
from tests.test_conversation import sensible, settled

PAYING = ("baotou", "hohhot", "siyang", "guangxi")
ENDS_ALL = "都没有了，也没有别的奖补"


class Breath(Speaker):
    """Says all that is asked in one message, each in other words; what ends all lists is said where it is true."""

    def reply(self, talk: Talk) -> Event:
        path = str(talk.asks)
        if ENDS_ALL in [label for _, label in talk.choices] and self.nothing_else(talk):
            return Event(ENDS_ALL)
        known = [one for one in (path, *talk.session.beside) if get(self.profile, one) is not None]
        if not talk.session.beside or not known:
            return self.answer(path)
        fact = fact_of(path, talk.session, talk.engine.assessor)
        if fact is not None and fact.usual and not any(get(self.profile, one) for one in known):
            return Event("都没有")
        if fact is not None and fact.usual:
            return self.answer(path)
        mark = self._pick("，", "，", "；", "\n", ", ")
        return Event(mark.join(self.part(talk, one) for one in known))

    def part(self, talk: Talk, path: str) -> str:
        """One of several facts: what is easily taken for another's is said by name."""
        fact, told = fact_of(path, talk.session, talk.engine.assessor), get(self.profile, path)
        assert fact is not None
        if fact.type == "yesno":
            return "是" if told else "不是"
        if fact.zero_words:
            return f"{fact.aliases[0]}{self.money(told)}" if told else self._pick(*fact.zero_words)
        if (path.endswith("events") and told == []) or told == "none":
            return "没有"
        return self._answer(path)

    def nothing_else(self, talk: Talk) -> bool:
        """Nothing is left in any list, and no money came from elsewhere."""
        told = [talk.facts.get("recognitions") or (), talk.facts.get("projects") or ()]
        meant = [self.profile.get("recognitions") or (), self.profile.get("projects") or ()]
        lines = [len(own.get("spending") or "1") for own in told[1]] == [len(own["spending"]) for own in meant[1]]
        return list(map(len, told)) == list(map(len, meant)) and lines and not self.profile.get("other_awards")


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("odd", [False, True], ids=["usual", "odd"])
@pytest.mark.parametrize("place", PAYING)
def test_all_at_once_in_words(place: str, odd: bool, seed: int) -> None:
    """Every joint question is answered whole, in plain Chinese: the facts are those of the profile, and the figures too."""
    firm = enterprise(place, f"breath {seed}", odd)
    talk, speaker = Talk(firm.as_of), Breath(firm.profile, random.Random(f"{place} {seed}"), firm.as_of)
    for _ in range(120):
        if talk.asks is None:
            break
        sensible(talk, talk.asks)
        talk.take(speaker.reply(talk))
    settled(talk)
    assert differences(talk.facts, firm.profile) == []
    assert figures(talk.assess()) == figures(assess(firm.profile, firm.as_of))


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("place", PAYING)
def test_any_part_of_it_will_do(place: str, seed: int) -> None:
    """Of a joint question only some facts are answered, each by chance: what was left out is asked again."""
    firm = enterprise(place, f"part {seed}", odd=True)
    dice = random.Random(f"{place} {seed}")
    talk, person = Talk(firm.as_of), Interviewee(firm.profile)
    speaker = Breath(firm.profile, dice, firm.as_of)
    while talk.asks is not None:
        sensible(talk, talk.asks)
        fact = fact_of(talk.asks, talk.session, talk.engine.assessor)
        paths = (talk.asks, *talk.session.beside)
        some = [path for path in paths if dice.random() < 0.6 and get(firm.profile, path) is not None]
        if len(some) > 1 and fact is not None and not fact.usual and "enterprise.safety_accident_level" not in some:
            talk.say("，".join(speaker.part(talk, path) for path in some))
        else:
            talk.take(person.answer(talk.asks))
    settled(talk)
    assert figures(talk.assess()) == figures(assess(firm.profile, firm.as_of))


# ---- one joint question, many answers ----

SIYANG = "泗阳县做服装的公司，买了焊接机器人，花了320万"
PROJECT = ["completed_on", "robot_system_purchase_yuan", "loan_amount_yuan"]


def at_the_project() -> Talk:
    talk = Talk(date(2023, 6, 30))
    for said in (SIYANG, "没有", "都没有，A类"):
        talk.say(said)
    assert [path.split(".")[1] for path in (str(talk.asks), *talk.session.beside)] == PROJECT
    return talk


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("今年3月，300万，没有贷款", ("2023-03-31", 3_000_000, 0)),
        ("300万，今年三月，没贷款", ("2023-03-31", 3_000_000, 0)),
        ("2023-03-15，3000000元，贷款500万", ("2023-03-15", 3_000_000, 5_000_000)),
        ("2023年3月完工，设备购置款300万，贷了500万", ("2023-03-31", 3_000_000, 5_000_000)),
        ("3月底，贷款500万，设备款300万", ("2023-03-31", 3_000_000, 5_000_000)),
        ("没有贷款", (None, None, 0)),
        ("300万", (None, 3_000_000, None)),
        ("贷款500万", (None, None, 5_000_000)),
        ("去年12月", ("2022-12-31", None, None)),
        ("去年12月，没贷款", ("2022-12-31", None, 0)),
        ("2023-03-15,3,888,000元", ("2023-03-15", 3_888_000, None)),
        ("300万，3月，没有", ("2023-03-31", 3_000_000, 0)),
        ("没有，没有", (None, None, None)),
    ],
)
def test_parts_find_their_facts(said: str, told: tuple[Any, ...]) -> None:
    """By type, by name, in any order; what is left out stays unknown, and what could be either is not guessed."""
    talk = at_the_project()
    talk.say(said)
    project: Data = talk.facts["projects"][0]
    assert tuple(project.get(name) for name in PROJECT) == told
    assert project["total_investment_yuan"] == 3_200_000
    if None in told:
        assert talk.asks is not None


def test_an_amount_in_doubt_is_asked_and_the_rest_is_kept() -> None:
    """300 of what."""
    talk = at_the_project()
    talk.say("今年3月，300，没有贷款")
    assert talk.facts["projects"][0]["completed_on"] == "2023-03-31"
    assert talk.asks == "projects[0].robot_system_purchase_yuan"
    assert "还是" in talk.words


def test_what_else_the_answer_tells_is_taken_too() -> None:
    """A certificate told in the same breath."""
    talk = at_the_project()
    talk.say("今年3月，300万，没有贷款，评上了省级智能车间")
    assert talk.facts["projects"][0]["robot_system_purchase_yuan"] == 3_000_000
    assert talk.facts["recognitions"] == [{"kind": "smart_workshop", "level": "province"}]


def test_not_knowing_one_asks_for_the_others() -> None:
    """不知道 is about the first; the rest is still asked."""
    talk = at_the_project()
    talk.say(UNKNOWN)
    assert talk.asks in ("projects[0].robot_system_purchase_yuan", "projects[0].loan_amount_yuan")


def test_why_speaks_of_all_that_is_asked() -> None:
    """为什么问 at a joint question."""
    talk = at_the_project()
    asked = talk.asks, talk.session.beside
    talk.say("为什么问")
    assert "设备购置款" in talk.words
    assert "贴息" in talk.words
    assert (talk.asks, talk.session.beside) == asked


@pytest.mark.parametrize("ends", [ENDS_ALL, "都没有了，也没拿过别的补贴"])
def test_one_answer_ends_all_lists(ends: str) -> None:
    """Further spending, projects, certificates and money from elsewhere, denied in one breath."""
    talk = Talk(date(2025, 6, 30))
    talk.say("我们公司在包头稀土高新区，做稀土永磁，2025年3月上了MES系统，总投资800万，拿了两化融合3A，2025年5月取得")
    assert ENDS_ALL in [label for _, label in talk.choices]
    talk.say(ends)
    assert talk.asks is None
    assert talk.facts["other_awards"] == []


def test_no_more_is_asked_where_a_cap_is_reached() -> None:
    """The local share of taxes is used up: no further project, certificate or spending could add to it."""
    talk = Talk(date(2023, 6, 30))
    for said in (SIYANG, "没有", "都没有，A类", "今年3月，300万，没有贷款", "10万"):
        talk.say(said)
    assert talk.asks == "other_awards"
    talk.say("市里给过8万")
    assert talk.asks == "other_awards[0].project"
    talk.say("P1")
    talk.say("没有")  # by no clause of ours
    assert talk.assess().total == 7_000_000  # there is room again
    assert talk.asks == "projects[0].spending"
