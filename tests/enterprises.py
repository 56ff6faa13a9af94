"""Plausible enterprises, from a seed: a complete profile, and the first message that its owner would type.

The message tells region, industry, project and amount, as the conversation's aims are measured on such messages. The
profile is the plain data of docs/reference/facts.md and leaves nothing open. `odd` ones lie near thresholds and rules:
another industry, a government payee, money from elsewhere, an accident, many projects, days outside every window.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

Data = dict[str, Any]

PLACES = ("baotou", "hohhot", "siyang", "guangxi", "innermongolia", "outside")


@dataclass(frozen=True)
class Enterprise:
    """One enterprise: where it lies, its profile (with `as_of`), and its first message."""

    place: str
    profile: Data
    message: str

    @property
    def as_of(self) -> date:
        return date.fromisoformat(self.profile["as_of"])


@dataclass(frozen=True)
class _Scene:
    """What is usual in a place: names, the days asked on, industries with the words for them, activities, kinds."""

    regions: tuple[str, ...]
    asked: tuple[date, date]
    industries: dict[str, tuple[str, ...]]
    activities: tuple[str, ...]
    kinds: tuple[str, ...]
    yearly: bool = False


_FOOD = ("牛肉干", "乳制品", "莜面加工")
_WEAR = ("羊绒衫", "服装")
_SCENES = {
    "baotou": _Scene(
        ("包头稀土高新区", "包头市昆都仑区", "包头九原区", "包头市青山区", "包头东河区", "包头"),
        (date(2024, 8, 1), date(2025, 12, 31)),
        {"rare_earth_chain": ("稀土永磁", "钕铁硼磁材", "稀土储氢材料", "稀土抛光粉", "永磁电机")},
        (
            *("mfg_system", "robots", "automation_equipment", "cloud", "warehouse_logistics", "quality", "energy"),
            *("safety_platform", "network", "platform", "identifier_node", "digital_workshop", "smart_factory"),
        ),
        ("lianghua", "cmmm", "benchmark"),
        yearly=True,
    ),
    "hohhot": _Scene(
        ("呼和浩特", "呼和浩特市赛罕区", "呼和浩特玉泉区", "和林格尔县", "呼市新城区"),
        (date(2025, 2, 1), date(2026, 6, 30)),
        {
            "special_food": _FOOD,
            "textile_apparel": _WEAR,
            "biopharma": ("兽用疫苗", "中成药"),
            "agri_mining_equipment": ("农机", "矿山机械"),
            "new_materials": ("石墨新材料", "单晶硅"),
            "structural_metal": ("钢结构", "金属门窗"),
        },
        ("sme_retrofit", "sme_retrofit", "platform", "identifier_node", "dx_center", "experience_center"),
        ("lianghua", "dcmm", "cmmm", "smart_workshop", "smart_factory", "platform_standard"),
    ),
    "siyang": _Scene(
        ("泗阳县", "泗阳", "宿迁泗阳"),
        (date(2022, 6, 1), date(2024, 12, 31)),
        {
            "textile_apparel": ("化纤织造", "服装"),
            "other_manufacturing": ("木业板材", "汽车零部件", "机械"),
            "special_food": ("白酒酿造", "预制菜"),
        },
        ("robots", "mfg_system", "leading_single_set", "warehouse_logistics", "core_tech_rd"),
        ("lianghua", "cloud_star", "smart_workshop", "benchmark_factory", "first_set"),
        yearly=True,
    ),
    "guangxi": _Scene(
        ("南宁", "柳州市", "桂林", "玉林", "柳州柳东新区", "北海市"),
        (date(2024, 6, 1), date(2026, 10, 31)),
        {
            "other_manufacturing": ("汽车零部件", "铝型材", "造纸"),
            "special_food": ("制糖", "螺蛳粉"),
            "biopharma": ("中药饮片",),
            "new_materials": ("碳酸钙新材料",),
        },
        ("network", "info_security", "platform", "identifier_node", "spark_chain", "dx_center", "software_rd"),
        ("lianghua", "dcmm", "dt_standard", "smart_mfg_demo"),
    ),
    "innermongolia": _Scene(
        ("鄂尔多斯", "赤峰市", "通辽", "乌海市"),
        (date(2024, 6, 1), date(2026, 6, 30)),
        {"special_food": _FOOD, "textile_apparel": _WEAR, "other_manufacturing": ("化工", "机械")},
        ("mfg_system", "robots", "cloud", "network"),
        ("lianghua", "cmmm"),
    ),
    "outside": _Scene(
        ("深圳", "杭州市", "苏州昆山", "成都", "东莞", "武汉市"),
        (date(2024, 6, 1), date(2026, 6, 30)),
        {"other_manufacturing": ("电子", "机械", "模具"), "digital_service": ("软件开发",), "biopharma": ("生物医药",)},
        ("mfg_system", "robots", "cloud", "platform"),
        ("lianghua", "dcmm"),
    ),
}

_ACTIVITY_WORDS = {
    "network": ("工厂内网改造", "内外网改造"),
    "robots": ("工业机器人", "焊接机器人"),
    "automation_equipment": ("数控设备", "自动化生产线"),
    "mfg_system": ("MES系统", "APS和MES"),
    "cloud": ("设备上云",),
    "warehouse_logistics": ("智能仓储", "立体仓库"),
    "quality": ("质量管理系统",),
    "energy": ("能耗监测系统",),
    "safety_platform": ("安全生产管控平台",),
    "platform": ("工业互联网平台",),
    "identifier_node": ("标识解析节点",),
    "digital_workshop": ("数字车间",),
    "smart_factory": ("智能工厂",),
    "sme_retrofit": ("数字化改造",),
    "dx_center": ("数字化转型促进中心",),
    "experience_center": ("创新体验中心",),
    "leading_single_set": ("领先单台套设备",),
    "core_tech_rd": ("关键核心技术攻关",),
    "info_security": ("工业互联网安全",),
    "spark_chain": ("星火链网",),
    "software_rd": ("工业软件攻关",),
}

_LEVELS: dict[str, tuple[str, ...]] = {
    "lianghua": ("A", "2A", "3A", "4A"),
    "cmmm": ("2", "3", "4"),
    "dcmm": ("2", "3", "4"),
    "benchmark": ("city", "province"),
    "smart_workshop": ("city", "province"),
    "smart_factory": ("city", "province"),
    "platform_standard": ("2", "3"),
    "cloud_star": ("3", "4", "5"),
    "benchmark_factory": ("city", "province"),
    "first_set": ("province", "national"),
    "dt_standard": ("pass", "5"),
    "smart_mfg_demo": ("factory", "scene"),
}

_DONE = (
    "我们是{region}做{industry}的公司，{what}项目投了{amount}，能拿多少补贴",
    "{region}的{industry}厂，做了{what}，一共花了{amount}",
    "你好，我公司在{region}，主营{industry}，上了{what}，总投资{amount}，想问问有什么政策",
    "我们厂在{region}，做{industry}，{what}投入{amount}，可以申报什么？",
    "做{industry}的，公司注册在{region}，{what}花了{amount}",
    "我司位于{region}，{industry}企业，做完了{what}，总投资{amount}",
)
_PLANNED = (
    "我们是{region}做{industry}的公司，打算上{what}，计划投{amount}，能补多少",
    "{region}的{industry}厂，准备做{what}，预计总投资{amount}",
    "公司在{region}，做{industry}，计划做{what}，投资{amount}，想问问能不能申报",
)
_SEVERAL_LINES = (
    "我们公司在{region}，做{industry}，项目总投资{total}，其中{what}{amount}，能拿多少补贴",
    "{region}的{industry}厂，总投资{total}，{what}占{amount}",
)


def enterprises(count: int, seed: int = 1, places: tuple[str, ...] = PLACES, odd: bool = False) -> Iterator[Enterprise]:
    """`count` enterprises, the places in turn; the same seed gives the same ones."""
    for number in range(count):
        yield enterprise(places[number % len(places)], f"{seed}-{number}", odd)


def enterprise(place: str, seed: str, odd: bool = False) -> Enterprise:
    """The enterprise of a seed."""
    return _Maker(place, random.Random(f"{place} {seed} {odd}"), odd).make()


def amount_words(yuan: int, dice: random.Random) -> str:
    """An amount as people write it; whole in 万 where it is."""
    wan, rest = divmod(yuan, 10_000)
    if rest or not wan:
        return f"{yuan}元"
    ways = [f"{wan}万", f"{wan}万元", f"{wan}万块", f"{wan}w"]
    if wan >= 10_000 and wan % 100 == 0:
        ways = [f"{_decimal(wan, 10_000)}亿", f"{_decimal(wan, 10_000)}亿元", f"{wan}万元"]
    elif wan % 100 == 0 and wan < 1000:
        ways.append(f"{'零一二三四五六七八九'[wan // 100]}百万")
    return dice.choice(ways)


def _decimal(number: int, unit: int) -> str:
    whole, rest = divmod(number, unit)
    return f"{whole}.{rest:04d}".rstrip("0") if rest else str(whole)


class _Maker:
    def __init__(self, place: str, dice: random.Random, odd: bool) -> None:
        self.place, self.scene, self.dice, self.odd = place, _SCENES[place], dice, odd
        first, last = self.scene.asked
        self.as_of = first + timedelta(days=dice.randrange((last - first).days + 1))

    def make(self) -> Enterprise:
        dice = self.dice
        region = dice.choice(self.scene.regions)
        industry = dice.choice(sorted(self.scene.industries))
        words = dice.choice(self.scene.industries[industry])
        several = dice.randrange(2, 6) if self.odd and self.chance(30) else 2 if self.chance(12) else 1
        projects = [self._project(number) for number in range(several)]
        recognitions = [
            self._recognition(projects) for _ in range(dice.choice((0, 0, 0, 1, 1, 2) if not self.odd else (0, 1, 3)))
        ]
        profile: Data = {
            "as_of": self.as_of.isoformat(),
            "enterprise": self._enterprise(region, industry),
            "projects": projects,
            "recognitions": recognitions,
            "other_awards": self._awards(projects, recognitions),
        }
        if self.odd:
            self._oddities(profile)
        return Enterprise(self.place, profile, self._message(profile, region, words))

    def chance(self, percent: int) -> bool:
        return self.dice.randrange(100) < percent

    # ---- facts ----

    def _enterprise(self, region: str, industry: str) -> Data:
        dice = self.dice
        service = industry == "digital_service"
        return {
            "region": region,
            "applicant_kind": "enterprise",
            "industries": [industry],
            "size": dice.choice(("large", "medium", "medium", "small", "small", "micro")),
            "is_chain_leader": self.chance(12),
            "is_city_pilot_enterprise": self.place == "hohhot" and self.chance(70),
            "digital_level_after": dice.choice(("0", "1", "2", "2", "3", "4")),
            "served_chain_sme_count": dice.choice((0, 0, 0, 4, 5, 8, 30)),
            "annual_service_income_yuan": dice.choice((3_200_000, 6_000_000)) if service else 0,
            "workstation_count": dice.choice((8, 12, 25)) if service else 0,
            "safety_accident_level": "none",
            "disqualifying_events": [],
            "resource_use_grade": dice.choice(("A", "B", "B", "unrated")),
            "local_retained_tax_yuan": dice.randrange(5, 80) * 100_000,
            "in_supply_resource_pool": False,
            "new_local_industrial_clients": 0,
            "new_local_service_income_yuan": 0,
            "service_contract_amount_yuan": 0,
            "first_edition_software_sales_yuan": 0,
        }

    def _amount(self) -> int:
        dice = self.dice
        if self.odd and self.chance(25):
            return dice.choice((999_999, 1_000_000, 4_999_999, 5_000_000, 10_000_000, 333_333))
        return dice.choice(
            (dice.randrange(3, 100) * 100_000, dice.randrange(1, 40) * 1_000_000, dice.randrange(5, 30) * 500_000)
        )

    def _project(self, number: int) -> Data:
        dice = self.dice
        main = dice.choice(self.scene.activities)
        first = self._amount()
        spending = [{"activities": [main], "amount_yuan": first}]
        if self.chance(25):
            others = [activity for activity in self.scene.activities if activity != main]
            spending.append({"activities": [dice.choice(others)], "amount_yuan": dice.randrange(1, 30) * 100_000})
        taken = {activity for line in spending for activity in line["activities"]}
        total = sum(line["amount_yuan"] for line in spending)

        def part(*activities: str, least: int = 40) -> int:
            """A share of the total where the project does one of these, else nothing."""
            return total * dice.randrange(least, 101) // 100 // 1000 * 1000 if taken & set(activities) else 0

        return {
            "id": f"P{number + 1}",
            "completed_on": self._day().isoformat(),
            "build": "upgrade" if "改造" in _ACTIVITY_WORDS[main][0] else dice.choice(("new", "upgrade", "upgrade")),
            "total_investment_yuan": total,
            "spending": spending,
            "platform_scope": dice.choice(("enterprise", "enterprise", "industry", "regional", "public_service")),
            "node_scope": dice.choice(("enterprise_node", "enterprise_node", "secondary_node")),
            "connected_to_secondary_node": self.chance(70),
            "key_equipment_hw_sw_yuan": part("digital_workshop", "smart_factory"),
            "robot_system_purchase_yuan": part("robots", "mfg_system") if self.place == "siyang" else 0,
            "smart_equipment_yuan": part("leading_single_set", "warehouse_logistics") if self.place == "siyang" else 0,
            "software_tech_yuan": total // 10 if self.place == "siyang" and "warehouse_logistics" in taken else 0,
            "it_investment_yuan": part("mfg_system", "cloud"),
            "sme_retrofit_input_yuan": part("sme_retrofit"),
            "rd_expense_yuan": part("core_tech_rd", "software_rd"),
            "loan_amount_yuan": 0,
            "loan_via_platform": False,
        }

    def _day(self) -> date:
        """Mostly done within the year, sometimes planned."""
        year = self.as_of.year
        if self.odd and self.chance(30):
            return self.as_of + timedelta(days=self.dice.randint(-900, 500))
        if self.chance(25):
            return min(self.as_of + timedelta(days=self.dice.randrange(20, 150)), date(year, 12, 31))
        start = max(date(year, 1, 1), self.scene.asked[0] if self.scene.yearly else date(year, 1, 1))
        return start + timedelta(days=self.dice.randrange(max(1, (self.as_of - start).days)))

    def _recognition(self, projects: list[Data]) -> Data:
        kind = self.dice.choice(self.scene.kinds)
        told: Data = {
            "kind": kind,
            "level": self.dice.choice(_LEVELS[kind]),
            "obtained_on": self._day().isoformat(),
            "first_time": self.chance(80),
        }
        if kind in ("smart_workshop", "smart_factory", "benchmark_factory", "first_set"):
            told["project"] = self.dice.choice(projects)["id"]
        return told

    def _awards(self, projects: list[Data], recognitions: list[Data]) -> list[Data]:
        if not self.chance(30 if self.odd else 6):
            return []
        award: Data = {
            "level": self.dice.choice(("national", "province", "city")),
            "amount_yuan": self.dice.randrange(1, 20) * 50_000,
            "year": self.as_of.year,
            "status": "eligible" if self.odd and self.chance(40) else "received",
        }
        if recognitions and self.chance(30):
            return [{**award, "recognition": recognitions[0]["kind"]}]
        return [{**award, "project": projects[0]["id"]}]

    def _oddities(self, profile: Data) -> None:
        facts, dice = profile["enterprise"], self.dice
        if self.chance(20):
            facts["applicant_kind"] = dice.choice(("institution", "local_government"))
        if self.chance(25):
            facts["industries"] = dice.choice(
                (["other"], ["digital_service"], ["other_manufacturing"], ["special_food"])
            )
        if self.chance(25):
            facts["safety_accident_level"] = dice.choice(("general", "larger_or_above"))
        if self.chance(15):
            facts["disqualifying_events"] = ["serious_discredit"]
        if self.chance(15):
            facts["resource_use_grade"] = dice.choice(("C", "D"))
        if self.chance(20):
            facts |= {"in_supply_resource_pool": True, "new_local_industrial_clients": 12}
            facts |= {"new_local_service_income_yuan": 11_000_000, "service_contract_amount_yuan": 9_000_000}
        if self.chance(20):
            facts["first_edition_software_sales_yuan"] = 3_000_000
        if self.chance(20):
            facts["local_retained_tax_yuan"] = dice.choice((0, 50_000, 300_000))
        if self.chance(20):
            profile["projects"][0] |= {"loan_via_platform": True, "loan_amount_yuan": 5_000_000}

    # ---- words ----

    def _message(self, profile: Data, region: str, words: str) -> str:
        project = profile["projects"][0]
        told = {
            "region": region,
            "industry": _INDUSTRY_WORDS.get(profile["enterprise"]["industries"][0], words) if self.odd else words,
            "what": self.dice.choice(_ACTIVITY_WORDS[project["spending"][0]["activities"][0]]),
            "amount": amount_words(project["spending"][0]["amount_yuan"], self.dice),
            "total": amount_words(project["total_investment_yuan"], self.dice),
        }
        if len(project["spending"]) > 1:
            return self.dice.choice(_SEVERAL_LINES).format(**told)
        planned = date.fromisoformat(project["completed_on"]) > self.as_of
        return self.dice.choice(_PLANNED if planned else _DONE).format(**told)


_INDUSTRY_WORDS = {
    "other": "贸易",
    "digital_service": "软件开发",
    "other_manufacturing": "机械加工",
    "special_food": "食品加工",
}
