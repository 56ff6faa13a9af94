"""Talk makes sense, whoever talks: it ends, asks nothing twice, and its result is the assessment of the facts told.

Profiles are the worked cases of the library and the seeded enterprises of enterprises.py; conversing.py answers for them.
"""

from __future__ import annotations

import itertools
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dialogs.events import Event
from dialogs.paths import get
from policies.loader import LIBRARY
from policies.regions import resolve
from tests.conversing import (
    BAOTOU,
    START,
    UNKNOWN,
    Interviewee,
    Talk,
    assess,
    figures,
    interview,
    resume,
    sensible,
    shown,
    speaks_chinese,
)
from tests.enterprises import PLACES, Enterprise, enterprise
from tests.test_cases import CASES, Case

SEEDS = pytest.mark.parametrize("seed", range(8))

OWN = [case for case in CASES if case.folder == LIBRARY and case.document]
SOME = [case for number, case in enumerate(OWN) if number % 3 == 0 or case.profile.get("other_awards")]
"""Every third worked case, and those with money from elsewhere; a conversation for each of all would take a minute."""


def settled(talk: Talk) -> None:
    """At the end: the assessment shown is the one of the facts, byte for byte, and they are facts that `assess` takes."""
    assert talk.asks is None
    speaks_chinese(talk)
    assert talk.turn.assessment is not None
    assert shown(talk.turn.assessment) == shown(assess(talk.facts, talk.on))


# ---- to the end ----


@pytest.mark.parametrize("case", SOME, ids=lambda case: case.id)
def test_a_conversation_ends_with_the_assessment_of_the_profile(case: Case) -> None:
    """Answering each question from a worked case gives what `kedui assess` gives on the whole case."""
    on = date.fromisoformat(str(case.profile["as_of"]))
    talk = interview(case.profile, on, sensible)
    settled(talk)
    awards = case.profile.get("other_awards") or ()
    if not any(
        award.get("clause") and award.get("project") for award in awards
    ):  # the conversation asks for one of them
        assert figures(talk.assess()) == figures(assess(case.profile, on))


@pytest.mark.parametrize("odd", [False, True], ids=["usual", "odd"])
@pytest.mark.parametrize("place", PLACES)
@SEEDS
def test_any_enterprise_gets_its_assessment(place: str, odd: bool, seed: int) -> None:
    """The same for enterprises from a seed, usual and odd ones, asked step by step."""
    firm = enterprise(place, str(seed), odd)
    talk = interview(firm.profile, firm.as_of, sensible)
    settled(talk)
    assert figures(talk.assess()) == figures(assess(firm.profile, firm.as_of))


def after_first_message(firm: Enterprise) -> tuple[Talk, Interviewee]:
    """The conversation after the enterprise's own first message, and who answers from there."""
    talk, person = Talk(firm.as_of), Interviewee(firm.profile)
    talk.say(firm.message)
    person.has_told(talk.facts)
    return talk, person


@pytest.mark.parametrize("odd", [False, True], ids=["usual", "odd"])
@pytest.mark.parametrize("place", PLACES)
@SEEDS
def test_a_first_message_shortens_the_way(place: str, odd: bool, seed: int) -> None:
    """After a first message in free text the conversation ends as well, with the assessment of what was told."""
    firm = enterprise(place, str(seed), odd)
    talk, person = after_first_message(firm)
    resume(talk, person, sensible)
    settled(talk)


@pytest.mark.parametrize("place", PLACES)
@SEEDS
def test_not_knowing_anything_ends_too(place: str, seed: int) -> None:
    """不知道 to every question: nothing is asked twice, the facts stay as they were, the range stays honest."""
    firm = enterprise(place, str(seed))
    talk = Talk(firm.as_of)
    talk.say(firm.message)
    told = dict(talk.facts)
    for _ in range(60):
        if talk.asks is None:
            break
        sensible(talk, talk.asks)
        talk.say(UNKNOWN)
    settled(talk)
    assert talk.facts == told
    result = talk.assess()
    assert result.high is None or result.total <= result.high


# ---- order, corrections, going back ----

TELLINGS = {
    "baotou": (
        BAOTOU,
        [
            "我们公司注册在包头稀土高新区",
            "主营稀土永磁",
            "上了MES系统，总投资800万，2025年3月完成",
            "拿了两化融合3A，2025年5月取得",
        ],
    ),
    "siyang": (
        date(2023, 6, 30),
        [
            "公司在泗阳县",
            "做化纤织造",
            "买了工业机器人，设备购置款300万，2023年3月完成",
            "评上了省级智能车间，2023年4月取得",
        ],
    ),
    "hohhot": (
        date(2025, 9, 1),
        ["呼和浩特市赛罕区的公司", "做牛肉干的", "中型企业", "拿了DCMM三级，2025年5月取得"],
    ),
    "guangxi": (
        date(2024, 6, 30),
        ["我司在柳州市", "汽车零部件企业", "建了星火链网，总投资1000万，2024年5月建成", "是大型企业"],
    ),
}
"""Sentences of one enterprise each, which may come in any order."""


@pytest.mark.parametrize("name", TELLINGS)
def test_any_order_of_telling_gives_the_same_assessment(name: str) -> None:
    """What is told in free text counts the same whatever was asked when it came."""
    on, sentences = TELLINGS[name]
    results = set()
    for order in itertools.islice(itertools.permutations(sentences), 0, None, 3):
        talk = Talk(on)
        for sentence in order:
            talk.say(sentence)
        results.add((str(plain(talk.facts)), str(shown(talk.assess()))))
    assert len(results) == 1


def plain(value: Any, name: str = "") -> Any:
    """Facts apart from how they were put: no order of keys or choices, a place by its code whatever it was called."""
    if isinstance(value, dict):
        return sorted((key, plain(item, key)) for key, item in value.items())
    if isinstance(value, list):
        return sorted(value) if all(isinstance(item, str) for item in value) else [plain(item) for item in value]
    return resolve(value).code if name == "region" else value


CORRECTIONS = [
    ("投资改成1000万", START.replace("800万", "1000万")),
    ("总投资不是800万，是650万", START.replace("800万", "650万")),
    ("不对，两化融合是4A", START.replace("3A", "4A")),
    ("不是3A，是2A", START.replace("3A", "2A")),
    ("注册地改成包头市青山区", START.replace("包头稀土高新区", "包头市青山区")),
    ("我说错了，公司在呼和浩特", START.replace("包头稀土高新区", "呼和浩特")),
]


@pytest.mark.parametrize(("correction", "right"), CORRECTIONS, ids=[said for said, _ in CORRECTIONS])
def test_correcting_equals_having_said_it_right(correction: str, right: str) -> None:
    """A correction leaves the facts as if they had been told so at once; it is said back with old and new."""
    wrong, once = Talk(BAOTOU), Talk(BAOTOU)
    wrong.say(START)
    wrong.say(correction)
    once.say(right)
    assert plain(wrong.facts) == plain(once.facts)
    assert shown(wrong.assess()) == shown(once.assess())
    assert wrong.asks == once.asks
    assert "改" in wrong.words


@pytest.mark.parametrize("place", ["baotou", "siyang", "guangxi"])
@pytest.mark.parametrize("wan", [13, 350, 1200])
@SEEDS
def test_correcting_an_answer_equals_having_given_it(place: str, seed: int, wan: int) -> None:
    """「不对，是…」 after an amount, at any place of a conversation."""
    firm = enterprise(place, str(seed))
    talk, person = Talk(firm.as_of), Interviewee(firm.profile)
    while talk.asks is not None and not talk.asks.endswith("_yuan"):
        talk.take(person.answer(talk.asks))
    if talk.asks is None:
        return
    path, before = talk.asks, talk.session.snapshot()
    talk.say(f"{wan + 7}万")
    talk.say(f"不对，是{wan}万")
    once = Talk(firm.as_of)
    once.session = before
    once.say(f"{wan}万")
    assert get(talk.facts, path) == wan * 10_000
    assert plain(talk.facts) == plain(once.facts)
    assert (talk.asks, figures(talk.assess())) == (once.asks, figures(once.assess()))


def remembered(talk: Talk) -> dict[str, Any]:
    """What a session keeps, but for its count of turns and its history."""
    kept = vars(talk.session.snapshot())
    return {name: value for name, value in kept.items() if name not in ("turn", "history", "shown", "unclear")}


SUPPOSED = ["如果再投200万呢", "如果升到4A呢", "假如总投资是2000万呢", "要是再拿个CMMM三级呢", "如果公司在呼和浩特呢"]


@pytest.mark.parametrize("supposed", SUPPOSED)
def test_what_if_changes_nothing(supposed: str) -> None:
    """A what-if is answered with figures, and the session is as before; the same question waits."""
    talk = Talk(BAOTOU)
    talk.say(START)
    before = remembered(talk)
    talk.say(supposed)
    assert remembered(talk) == before
    assert "如果" in talk.words
    assert "万" in talk.words


@pytest.mark.parametrize(
    "aside", ["为什么问", "帮助", "进度", "你们会保存我的数据吗", "什么是两化融合", "谢谢", "找人工", "看结果"]
)
@SEEDS
def test_an_aside_keeps_the_question(aside: str, seed: int) -> None:
    """An aside is answered, nothing told changes, and the open question is put again."""
    firm = enterprise("baotou", str(seed))
    talk, person = Talk(firm.as_of), Interviewee(firm.profile)
    for _ in range(seed % 9):
        if talk.asks is not None:
            talk.take(person.answer(talk.asks))
    facts, asks = plain(talk.facts), talk.asks
    talk.say(aside)
    assert (plain(talk.facts), talk.asks) == (facts, asks)
    speaks_chinese(talk)


@pytest.mark.parametrize("place", PLACES)
@SEEDS
def test_going_back_restores_the_facts(place: str, seed: int) -> None:
    """返回 after any answer: facts and question are what they were; said again, the answer leads to the same place."""
    firm = enterprise(place, str(seed), odd=True)
    talk, person = Talk(firm.as_of), Interviewee(firm.profile)
    steps = 0
    while talk.asks is not None and steps < 40:
        steps += 1
        facts, asks = plain(talk.facts), talk.asks
        event = person.answer(asks)
        talk.take(event)
        after = plain(talk.facts), talk.asks
        if (steps + seed) % 4 == 0 and after[0] != facts:
            talk.say("返回")
            assert (plain(talk.facts), talk.asks) == (facts, asks)
            talk.take(event)
            assert (plain(talk.facts), talk.asks) == after


def test_going_back_past_everything_is_no_fault() -> None:
    """返回 at the start says that there is nothing to take back."""
    talk = Talk(BAOTOU)
    for _ in range(3):
        talk.say("返回")
        assert talk.facts == {}
        assert talk.asks == "enterprise.region"
        speaks_chinese(talk)


def test_restart_forgets_everything() -> None:
    """重来 is a fresh conversation, also after the end."""
    fresh, talk = Talk(BAOTOU), Talk(BAOTOU)
    talk.say(START)
    talk.say("重来")
    assert talk.facts == {}
    for both in (fresh, talk):
        both.say("公司在泗阳县，做服装")
    assert (talk.facts, talk.asks, talk.words) == (fresh.facts, fresh.asks, fresh.words)


@pytest.mark.parametrize(("number", "edited"), [(1, "包头市青山区"), (2, "稀土储氢材料"), (3, "APS和MES，投了900万")])
def test_an_edited_message_is_a_correction(number: int, edited: str) -> None:
    """An edited message counts as if it had been written so."""
    said = ["包头稀土高新区", "稀土永磁", "MES系统，投了800万"]
    talk, once = Talk(BAOTOU), Talk(BAOTOU)
    for text in said:
        talk.say(text)
    talk.edit(number, edited)
    for text in [*said[: number - 1], edited, *said[number:]]:
        once.say(text)
    assert plain(talk.facts) == plain(once.facts)
    assert talk.asks == once.asks


# ---- choices ----


def outcome(talk: Talk, event: Event) -> tuple[Any, str | None]:
    """Where an event would lead, without going there."""
    twin = Talk(talk.on)
    twin.session = talk.session.snapshot()
    twin.take(event)
    return plain(twin.facts), twin.asks


@pytest.mark.parametrize("place", ["baotou", "hohhot", "siyang", "guangxi"])
@pytest.mark.parametrize("seed", range(2))
def test_labels_typed_and_numbers_do_what_a_press_does(place: str, seed: int) -> None:
    """Each choice of each question: its label typed, and its number where no number is asked, do what pressing it does."""
    firm = enterprise(place, str(seed), odd=True)

    def each_choice(talk: Talk, path: str) -> None:
        counts = path.endswith(("_yuan", "_count", "year", "clients", "_on"))
        values = {str(value) for value, _ in talk.choices}
        for number, (value, label) in enumerate(talk.choices, 1):
            pressed = outcome(talk, Event("", value))
            assert outcome(talk, Event(label)) == pressed, f"{path}: {label} typed"
            if not counts and str(number) not in values:
                assert outcome(talk, Event(str(number))) == pressed, f"{path}: {number} typed for {label}"

    interview(firm.profile, firm.as_of, each_choice)


@pytest.mark.parametrize("path", ["enterprise.industries", "projects"])
def test_several_choices_joined_are_a_list(path: str) -> None:
    """Labels joined by 、 do what a list of values does."""
    talk = Talk(BAOTOU)
    talk.say("包头稀土高新区")
    if path == "projects":
        talk.press(["rare_earth_chain"])
        talk.press("enterprise")
    assert talk.asks == path
    (first, one), (second, two) = talk.choices[:2]
    assert outcome(talk, Event(f"{one}、{two}")) == outcome(talk, Event("", [first, second]))


# ---- any course ----


@settings(max_examples=40, deadline=None, derandomize=True)
@given(
    st.lists(
        st.sampled_from(
            [
                "不知道",
                "没有",
                "没有了",
                "返回",
                "跳过",
                "重来",
                "1",
                "2",
                "是",
                "不是",
                "800万",
                "再来一个",
                "为什么问",
                "看结果",
                "如果再投200万呢",
                "不对",
                START,
                "2025年3月",
                "3A",
                "两化融合",
                "取消",
                "按2025年算",
                "包头",
                "泗阳",
            ]
        ),
        max_size=14,
    )
)
def test_any_course_stays_consistent(texts: list[str]) -> None:
    """Any sequence of usual messages: what is shown is the assessment of the facts, and no known fact is asked."""
    talk = Talk(BAOTOU)
    for text in texts:
        talk.say(text)
        speaks_chinese(talk)
        if talk.turn.assessment is not None:
            assert shown(talk.turn.assessment) == shown(talk.assess())
        if talk.asks is not None and talk.session.pending is None:
            sensible(talk, talk.asks)


@pytest.mark.parametrize(
    ("messages", "project", "certificate"),
    [
        (["我们公司在包头稀土高新区做永磁材料，MES投了800万", "两化融合贯标3A，去年12月"], None, "2024-12-31"),
        (["我们公司在包头稀土高新区做永磁材料，今年3月上了MES，投了800万，拿了两化融合3A"], None, None),
    ],
)
def test_a_loose_date_belongs_to_what_its_message_tells(
    messages: list[str], project: str | None, certificate: str | None
) -> None:
    """A message about a certificate dates the certificate; one about a project and a certificate leaves it to be asked."""
    talk = Talk(date(2025, 6, 30))
    for message in messages:
        talk.say(message)
    assert get(talk.facts, "projects[0].completed_on") == project
    assert get(talk.facts, "recognitions[0].obtained_on") == certificate
