"""Words that say too little, or that count nowhere here: asked, or said to be left out, and never taken down in silence."""

from __future__ import annotations

from datetime import date

import pytest

from tests.conversing import Talk

PILOT = "enterprise.is_city_pilot_enterprise"
SUMMER = date(2025, 6, 30)


def told(on: date, *texts: str) -> Talk:
    talk = Talk(on)
    for text in texts:
        talk.say(text)
    return talk


def test_a_word_alone_is_asked() -> None:
    """试点 may mean that it is on the list of pilots: that question is put, and a yes tells it."""
    talk = told(SUMMER, "呼和浩特的食品厂", "试点")
    assert talk.asks == PILOT
    assert "is_city_pilot_enterprise" not in talk.facts["enterprise"]
    talk.press("true")
    assert talk.facts["enterprise"]["is_city_pilot_enterprise"] is True
    assert talk.asks != PILOT


def test_a_list_of_another_city_is_not_taken_down() -> None:
    """In 南宁 no document asks for 呼和浩特's list; before the place is known it is kept."""
    talk = told(date(2026, 3, 1), "南宁做软件的公司，列入了试点")
    assert "“列入了试点”在这里的文件里用不上" in talk.words
    assert "is_city_pilot_enterprise" not in talk.facts["enterprise"]
    assert told(date(2026, 3, 1), "南宁做软件的公司", "试点").turn.act == "unclear"
    kept = told(SUMMER, "我们列入了试点，是食品企业", "呼和浩特")
    assert kept.facts["enterprise"]["is_city_pilot_enterprise"] is True


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("上了金蝶，花了50万", "金蝶 50万"),
        ("ERP/OA花了200万", "ERP、OA 200万"),
        ("ERP花了200万，OA花了30万，MES花了300万", "ERP 200万、OA 30万"),
    ],
)
def test_business_software_is_said_to_be_left_out(text: str, said: str) -> None:
    talk = told(SUMMER, "包头稀土高新区的稀土公司", text)
    assert f"{said}先没有计入" in talk.words
    totals = [project.get("total_investment_yuan") for project in talk.facts.get("projects") or ()]
    assert totals in ([], [3_000_000])


@pytest.mark.parametrize("words", ["还是500万吧", "还是500万", "算了还是500万", "还是按500万算吧"])
def test_a_mind_changed_back_is_a_correction(words: str) -> None:
    talk = told(SUMMER, "包头的稀土公司，MES 500万", "不对，800万", words)
    assert "投入由800万元改为500万元" in talk.words


def test_several_places_are_asked_as_places() -> None:
    """这里有几个数 is said of numbers only."""
    assert "注册地是哪一个？" in told(SUMMER, "在包头有厂，在呼和浩特有厂，做稀土").words


def test_a_number_right_after_an_activity_is_asked() -> None:
    """机器人700 may be yuan or ten thousands of them; 机器人6 counts machines."""
    talk = told(SUMMER, "昆区做稀土的公司", "机器人700")
    assert "“700”是 700万元 还是 700元？" in talk.words
    assert "“6”" not in told(SUMMER, "昆区做稀土的公司", "机器人6").words


def test_a_year_told_beside_the_question_is_asked_to_the_month() -> None:
    """It is kept as its last day until then, and the month is taken without a word."""
    talk = told(SUMMER, "昆区做稀土的公司", "机器人700万", "去年")
    assert "请说到月" in talk.words
    talk.say("2024年9月")
    assert talk.facts["projects"][0]["completed_on"] == "2024-09-30"


@pytest.mark.parametrize("text", ["3A贯标我们去年也拿了", "贯标3A", "去年过了AAA贯标", "3A级贯标证书"])
def test_a_grade_that_one_kind_has_stands_for_it(text: str) -> None:
    """贯标 with 3A is 两化融合; asked for certificates, 3A alone is too, and a credit rating never is."""
    talk = told(SUMMER, f"包头的稀土公司，MES 500万，{text}")
    assert [(one["kind"], one["level"]) for one in talk.facts["recognitions"]] == [("lianghua", "3A")]
    asked = told(SUMMER, "包头的稀土公司，MES 500万", "我们拿了3A")
    assert asked.facts["recognitions"][0]["level"] == "3A"
    assert "recognitions" not in told(SUMMER, "包头的稀土公司，MES 500万", "我们是AAA信用企业").facts


def test_a_place_without_documents_is_said_in_short_the_second_time() -> None:
    talk = told(SUMMER, "我们在广东佛山")
    assert "目前只有" in talk.words
    talk.say("做陶瓷的")
    assert "没有广东省佛山市的政策文件，还是算不出" in talk.words
    assert "目前只有" in told(SUMMER, "我们在广东佛山", "做陶瓷的", "能拿多少").words


def test_a_county_is_known_by_its_usual_slip() -> None:
    assert told(SUMMER, "江苏泗洋，做服装").facts["enterprise"]["region"] == "321323"


@pytest.mark.parametrize(
    ("words", "path"),
    [
        ("改注册地", "enterprise.region"),
        ("我要改级别", "recognitions[0].level"),
        ("改一下完工日期", "projects[0].completed_on"),
        ("修改总投资吧", "projects[0].total_investment_yuan"),
    ],
)
def test_a_fact_named_to_be_changed_is_asked_again(words: str, path: str) -> None:
    """The question of the fact, and nothing is changed until it is answered; a word for several facts asks none."""
    talk = told(SUMMER, "包头稀土企业，机器人改造700万，2025年3月完工，拿了3A两化融合")
    facts = str(talk.facts)
    talk.say(words)
    assert talk.asks == path
    assert str(talk.facts) == facts
    talk.say("改日期")
    assert str(talk.facts) == facts


@pytest.mark.parametrize("text", ["平台花了3000万，是行业级的", "建了个平台投了3000万，行业级"])
def test_money_spent_on_a_platform_is_for_a_platform(text: str) -> None:
    """平台 names a trade only where a trade is named; what it cost is a project's."""
    talk = told(SUMMER, "包头的稀土公司", text)
    line = talk.facts["projects"][0]
    assert (line["spending"][0]["activities"], line["platform_scope"]) == (["platform"], ["industry"])
    assert talk.facts["enterprise"]["industries"] == ["rare_earth_chain"]
    assert "digital_service" in told(SUMMER, "南宁做平台的公司").facts["enterprise"]["industries"]


@pytest.mark.parametrize(
    ("text", "answer", "amounts"),
    [
        ("MES投了700，机器人300万", "1", [7_000_000, 3_000_000]),
        ("机器人300万，MES花了五六百万", "600万", [3_000_000, 6_000_000]),
        ("机器人一千二，MES八百万", "1200万", [12_000_000, 8_000_000]),
        ("MES：-500万，机器人300万", "500万", [5_000_000, 3_000_000]),
    ],
)
def test_an_amount_in_doubt_is_its_own_lines(text: str, answer: str, amounts: list[int]) -> None:
    """What the doubt is answered with is the line's, not the whole project's; the sum follows."""
    talk = told(SUMMER, f"包头稀土企业，{text}", answer)
    (project,) = talk.facts["projects"]
    assert [line["amount_yuan"] for line in project["spending"]] == amounts
    assert project["total_investment_yuan"] == sum(amounts)


def test_an_amount_in_doubt_of_the_firm_is_the_firms() -> None:
    """年服务收入 that is a range is no investment."""
    talk = told(date(2024, 6, 30), "泗阳软件公司，做了工业互联网平台投了300万，年服务收入四五百万", "450万")
    assert talk.facts["enterprise"]["annual_service_income_yuan"] == 4_500_000
    assert talk.facts["projects"][0]["total_investment_yuan"] == 3_000_000
