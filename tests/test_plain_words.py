"""Short things that people type in the middle, and what must come of them: facts taken, or nothing, and what is said.

Each row: the day, what is said turn by turn, facts that then stand (None: must not be told), words of the last turn.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from dialogs.paths import get
from tests.conversing import Talk

SIYANG = ("泗阳的，买机器人花了1200万", "做机械的")
GUANGXI = "我们是柳州做汽车零部件的公司，上内外网改造花了1200万"
BAOTOU = "我们是包头的稀土企业，MES投了300万"
KIND, ACCIDENT = "enterprise.applicant_kind", "enterprise.safety_accident_level"
POOL, FIRST = "enterprise.in_supply_resource_pool", "enterprise.first_edition_software_sales_yuan"
TAX, LOAN = "enterprise.local_retained_tax_yuan", "projects[0].loan_amount_yuan"
TOTAL, DONE = "projects[0].total_investment_yuan", "projects[0].completed_on"
CLEAN = ("我们是泗阳做机械的公司，买机器人花了1200万，2024年3月验收", "没有", "都没有，B类", "1200万", "没有贷款")

ROWS: list[tuple[str, tuple[str, ...], dict[str, Any], str]] = [
    ("2024-06-30", (*SIYANG, "没有出过事"), {ACCIDENT: "none", KIND: None}, "申报的是企业吗"),
    ("2024-06-30", (*SIYANG, "没有出过事 亩均B"), {ACCIDENT: "none", "enterprise.resource_use_grade": "B"}, "记下了"),
    *(("2024-06-30", (*SIYANG, text), {KIND: None}, "申报的是企业吗") for text in ("第一次", "首次", "拿了", "通过了")),
    ("2024-06-30", (*SIYANG, "是"), {KIND: "enterprise"}, ""),
    ("2024-06-30", (*SIYANG, "还评了省级智能工厂"), {KIND: None, "recognitions[0].kind": "smart_factory"}, "记下了"),
    ("2025-06-30", ("呼和浩特做乳品的厂，投800万建行业级工业互联网平台", "别的都没有了"), {"recognitions": []}, ""),
    ("2025-06-30", ("包头市昆都伦区",), {"enterprise.region": "150203"}, "昆都仑区"),
    ("2025-06-30", ("ERP花了50万",), {"projects": None}, "没有计入"),
    ("2025-06-30", ("还要问多少问题",), {}, "还不知道注册地"),
    ("2025-06-30", (f"{BAOTOU}，准备拿4A两化融合",), {"recognitions": None}, "没有计入"),
    ("2025-06-30", (BAOTOU, "鄂尔多斯"), {"enterprise.region": "150200"}, "要改请说"),
    (
        "2025-06-30",
        ("在包头和呼和浩特各建一个MES项目",),
        {"projects[1].region": "呼和浩特"},
        "项目 P2建在内蒙古自治区呼和浩特市，不在注册地",
    ),
    ("2024-06-30", (GUANGXI, "没有"), {POOL: None}, "软件、服务企业才有"),
    ("2024-06-30", (GUANGXI, "没有", "都没有"), {POOL: False, FIRST: 0}, "记下了"),
    ("2024-06-30", (GUANGXI, "没有", "没有"), {POOL: False, FIRST: None}, "首版次"),
    ("2024-06-30", (GUANGXI, "没有", "是"), {POOL: None, FIRST: None}, "是说“"),
    ("2024-06-30", (GUANGXI, "没有", "是", "是"), {POOL: True, FIRST: None}, ""),
    ("2024-06-30", (GUANGXI, "没有", "是", "都没有"), {POOL: False, FIRST: 0}, ""),
    ("2024-06-30", (GUANGXI, "没有", "入了池"), {POOL: True, FIRST: None}, ""),
    ("2024-06-30", (GUANGXI, "没有", "首版次软件卖了300万，其他没有"), {POOL: False, FIRST: 3_000_000}, "记下了"),
    ("2024-06-30", (*CLEAN[:2], "都没有，4A"), {"enterprise.resource_use_grade": None}, "几类"),
    ("2024-06-30", (*CLEAN[:2], "都没有，A"), {"enterprise.resource_use_grade": "A"}, ""),
    ("2024-06-30", (*CLEAN, "没有了"), {TAX: None}, "是 0 吗"),
    ("2024-06-30", (*CLEAN, "没有了", "是"), {TAX: 0}, ""),
    ("2024-06-30", (*CLEAN, "没有了", "300万"), {TAX: 3_000_000}, ""),
    ("2024-06-30", (*CLEAN[:4], "交了200万税"), {LOAN: None}, "“交了200万税”没有计入"),
    ("2024-06-30", (*CLEAN[:4], "营收3000万，贷了300万"), {LOAN: 3_000_000}, ""),
    ("2024-06-30", (*CLEAN, "没有了", "纳税200万"), {TAX: None}, "地方留成"),
    ("2024-06-30", (*CLEAN, "没有了", "留成60万，纳税200万"), {TAX: 600_000}, ""),
    ("2024-06-30", ("泗阳的家具厂，买机器人，投了一千二", "对"), {TOTAL: None}, "1200万元 还是 1200元"),
    ("2024-06-30", ("泗阳的家具厂，买机器人，投了一千二", "对", "前一个"), {TOTAL: 12_000_000}, ""),
    ("2025-06-30", ("呼市的乳制品公司，上机器人花了620万", "为啥机器人不给补"), {}, "没有给“机器人及集成”的条款"),
    *(
        ("2025-06-30", ("巴彦淖尔的番茄加工厂，上了套智能分拣线", text), {}, "不客气")
        for text in ("知道了", "好吧", "哦")
    ),
    ("2025-06-30", ("巴彦淖尔的番茄加工厂，上了套智能分拣线", "那你们能帮我做什么"), {}, "看结果"),
    ("2025-08-30", ("包头的磁材公司，今年6月机器人花了800万，准备明年拿4A",), {DONE: "2025-06-30"}, "“4A”还没拿到"),
    ("2025-08-30", ("包头的磁材公司，今年6月机器人花了800来万", "机器人就是800万整"), {}, "机器人及集成 800万元"),
    ("2025-06-30", (BAOTOU, "为啥MES不给补"), {}, "还没有算，先要知道"),
    ("2024-06-30", (GUANGXI, "没有", "都没有", "算了还是说说能拿多少"), {}, "最高可得"),
]


@pytest.mark.parametrize(("day", "said", "facts", "words"), ROWS)
def test_plain_words(day: str, said: tuple[str, ...], facts: dict[str, Any], words: str) -> None:
    talk = Talk(date.fromisoformat(day))
    for text in said:
        talk.say(text)
    told = {path: get(talk.facts, path) for path in facts}
    assert told == facts
    assert words in talk.words


@pytest.mark.parametrize(
    ("asked", "adds"), [("机器人能补多少", False), ("服务商奖多少", False), ("4A两化融合能拿多少", True)]
)
def test_a_price_is_supposed_only_where_it_adds(asked: str, adds: bool) -> None:
    talk = Talk(date(2025, 6, 30))
    for text in (f"{BAOTOU}，今年3月验收", asked):
        talk.say(text)
    assert "《包头稀土数字化政策》" in talk.words
    assert ("如果" in talk.words) is adds
