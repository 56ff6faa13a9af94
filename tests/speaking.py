"""An owner who answers in plain Chinese: the same questions, each time in other words (conversing.py answers canonically).

`Speaker(profile, dice)` knows a complete profile and says it as people do: 七百万, 700w, 柒佰万元整; 是的, 没有; 3A级, AAA;
2025年3月, 去年三月; labels and aliases of choices; one sentence for a project, a certificate or money from elsewhere.
"""

from __future__ import annotations

import random
import re
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from dialogs.declared import AWARD_FACTS
from dialogs.events import Event
from dialogs.paths import get, name_of, scope_of
from policies.facts import Choice, Fact
from policies.regions import resolve
from tests.conversing import Data, assessor, lines_of

_DIGITS = "零一二三四五六七八九"
_BANKERS = dict(zip("零一二三四五六七八九十百千万亿", "零壹贰叁肆伍陆柒捌玖拾佰仟万亿", strict=True))
_TRADITIONAL = str.maketrans(
    "万亿两个业发级设备数类经营项资产没发网机车间质", "萬億兩個業發級設備數類經營項資產沒發網機車間質"
)


def numeral(number: int) -> str:
    """A whole number below 10^12 in Chinese: 1050000 → 一百零五万."""
    if number == 0:
        return "零"
    parts, unit = [], 0
    while number:
        number, low = divmod(number, 10_000)
        parts.append((low, unit))
        unit += 1
    text = ""
    for low, place in reversed(parts):
        if low == 0:
            text += "零" if text and not text.endswith("零") else ""
            continue
        if text and low < 1000 and not text.endswith("零"):
            text += "零"
        text += _thousands(low) + ("", "万", "亿")[place]
    text = text.rstrip("零")
    return text.removeprefix("一") if text.startswith("一十") else text


def _thousands(low: int) -> str:
    text, zero = "", False
    for power, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = low // power % 10
        if digit:
            text += ("零" if zero and text else "") + _DIGITS[digit] + name
            zero = False
        else:
            zero = True
    return text


class Speaker:
    """Answers from a profile in words; elements of lists in the profile's order."""

    def __init__(self, profile: Data, dice: random.Random, on: date) -> None:
        self.profile, self.dice, self.on = profile, dice, on
        self.vocabulary = assessor().vocabulary
        self.ids = {str(row.get("id") or f"P{n}"): f"P{n}" for n, row in enumerate(profile.get("projects") or (), 1)}
        self.told: dict[str, int] = {}

    def answer(self, path: str) -> Event:
        """What to send when `path` is asked."""
        return Event(self._answer(path))

    def _pick(self, *ways: str) -> str:
        return self.dice.choice(ways)

    def _answer(self, path: str) -> str:
        if path in ("projects", "recognitions", "other_awards") or name_of(path) == "spending":
            return self._element(path)
        part = re.fullmatch(r"projects\[(\d+)\]\.spending\[(\d+)\]\.(\w+)", path)
        if part:
            line = lines_of(self.profile["projects"][int(part[1])])[int(part[2])]
            return self._said(self.vocabulary.facts["spending", part[3]], line.get(part[3]))
        scope, name = scope_of(path), name_of(path)
        if scope == "award":
            return self._of_award(self.profile["other_awards"][int(path.split("[")[1].split("]")[0])], name)
        told = get(self.profile, path)
        fact = self.vocabulary.facts[scope, name]
        if scope == "recognition":
            row = self.profile["recognitions"][int(path.split("[")[1].split("]")[0])]
            if name == "project":
                return self._pick("没有", "都不是", "没有对应的") if told is None else self.ids[str(told)]
            if name == "level":
                kind = self.vocabulary.kinds[row["kind"]]
                return self.unknown() if told is None else self._choice(kind.levels, str(told))
        return self._said(fact, told)

    # ---- values ----

    def unknown(self) -> str:
        return self._pick("不知道", "不清楚", "不太清楚", "说不准", "忘了", "跳过", "不晓得")

    def _said(self, fact: Fact, value: Any) -> str:
        if value is None:
            return self.unknown()
        match fact.type:
            case "money":
                return self.money(value)
            case "number":
                zero = ["0", f"0{fact.unit}", "没有", "零"]
                some = [str(value), f"{value}{fact.unit}", f"{numeral(int(value))}{fact.unit}", f"有{value}{fact.unit}"]
                return self._pick(*(zero if value == 0 else some))
            case "date":
                return self.day(date.fromisoformat(str(value)))
            case "yesno":
                return self._pick(*(("是", "是的", "对", "嗯，是") if value else ("不是", "否", "不是的", "没有")))
            case "place":
                return self._pick(str(value), f"在{value}", f"我们注册在{value}", resolve(str(value)).full_name)
            case "choices":
                if value and fact.name == "industries":  # 软件公司 would say more than the trade
                    return "、".join(fact.label_of(str(item)) for item in value)
                if not value:
                    return self._pick("没有", "都没有", "无")
                told = [str(item) for item in (value if isinstance(value, list) else [value])]
                return "、".join(map(fact.label_of, told)) if len(told) > 1 else self._choice(fact.choices, told[0])
            case "body":
                return self._choice(self.vocabulary.bodies, str(value))
            case _:
                return self._choice(fact.choices, str(value))

    def _choice(self, choices: tuple[Choice, ...], value: str) -> str:
        """A label, the value itself, or an alias that no other choice bears."""
        own = next(choice for choice in choices if choice.value == value)
        words = [own.label, own.label, own.value, *own.aliases]
        others = {word for choice in choices if choice is not own for word in (choice.label, *choice.aliases)}
        word = self.dice.choice([word for word in words if word not in others])
        return self._pick(word, word, f"是{word}", f"{word}吧") if not word.isascii() else word

    def money(self, value: Any) -> str:
        """An amount, exactly: in yuan, in 万, in Chinese, in bankers' figures, in traditional characters."""
        amount = Decimal(str(value))
        if amount == 0:
            return self._pick("0", "0元", "零元", "0万")
        wan = (amount / 10_000).normalize()
        ways = [f"{amount:f}", f"{amount:f}元", f"{wan:f}万", f"{wan:f}万元", f"{wan:f}w", f"{wan:f} 万"]
        if amount == amount.to_integral_value():
            ways += [f"{int(amount):,}元", f"{int(amount)}块钱"]
            if int(amount) % 10_000 == 0 or amount < 10_000:
                spoken = numeral(int(amount))
                ways += [spoken + "元", spoken + "块", "".join(_BANKERS.get(c, c) for c in spoken) + "元整"]
                ways += [(spoken + "元").translate(_TRADITIONAL), f"一共{spoken}元", f"是{wan:f}万"]
        if amount >= 100_000_000 and amount % 1_000_000 == 0:
            ways.append(f"{(amount / 100_000_000).normalize():f}亿")
        return self.dice.choice(ways)

    def day(self, day: date) -> str:
        """A date, exactly; a last day of a month by its month alone."""
        ways = [
            day.isoformat(),
            f"{day.year}年{day.month}月{day.day}日",
            f"{day:%Y/%m/%d}",
            f"{day.year}.{day.month}.{day.day}",
            f"{day:%Y%m%d}",
        ]
        year = "".join(_DIGITS[int(c)] for c in str(day.year)).replace("零", "〇")
        ways.append(f"{year}年{numeral(day.month)}月{numeral(day.day)}日")
        ways.append(f"{day.year % 100}年{day.month}月{day.day}号")
        relative = {-1: "去年", 0: "今年", 1: "明年"}.get(day.year - self.on.year)
        if relative:
            ways.append(f"{relative}{day.month}月{day.day}号")
        if (day + timedelta(days=1)).month != day.month:
            ways += [f"{day.year}年{day.month}月", f"{day.year}-{day.month:02d}", f"{day.year}.{day.month}"]
            ways += [f"{relative}{numeral(day.month)}月份"] if relative else []
        return self.dice.choice(ways)

    # ---- lists ----

    def _element(self, path: str) -> str:
        rows = self._rows(path)
        number = self.told.get(path, 0)
        if rows is None:
            return self.unknown()
        if number >= len(rows):
            return (
                self._pick("没有了", "没了", "没有别的了", "无") if rows else self._pick("没有", "无", "没", "没有的")
            )
        self.told[path] = number + 1
        if path == "projects":
            return self._project(rows[number], number)
        if path == "recognitions":
            return self._recognition(rows[number])
        return self._award(rows[number]) if path == "other_awards" else self._line(rows[number])

    def _rows(self, path: str) -> list[Data] | None:
        if name_of(path) != "spending":
            return self.profile.get(path)
        return lines_of(self.profile["projects"][int(path.split("[")[1].split("]")[0])])

    def _project(self, row: Data, number: int) -> str:
        lines = lines_of(row)
        if not lines or not lines[0].get("activities"):
            return "有"
        self.told[f"projects[{number}].spending"] = 1
        what = self._line(lines[0])
        if len(lines[0]["activities"]) > 1:
            return what
        start = (
            self._pick("", "", "做了", "我们上了")
            if number == 0
            else self._pick("还有一个项目，", "另一个项目是", "还有个项目，做了")
        )
        return start + what

    def _line(self, line: Data) -> str:
        """One activity by its label or an alias, perhaps with its amount; several are joined as the choices are."""
        activities = line.get("activities") or []
        labels = [self.vocabulary.activities.label_of(activity) for activity in activities]
        if len(activities) != 1:
            return "、".join(labels)
        if line.get("amount_yuan") in (None, 0) or self.dice.random() < 0.3:
            return labels[0]
        amount = self.money(line["amount_yuan"])
        return self._pick(
            f"{labels[0]} {amount}", f"{labels[0]}，投了{amount}", f"{labels[0]}花了{amount}", f"{labels[0]}：{amount}"
        )

    def _recognition(self, row: Data) -> str:
        kind = self.vocabulary.kinds[row["kind"]]
        name = self._pick(kind.label, kind.label, re.sub(r"[（(].*", "", kind.label))
        if row.get("level") is None or self.dice.random() < 0.3:
            return name
        level = next(own.label for own in kind.levels if own.value == str(row["level"]))
        told = f"{name}{level}"
        if row.get("obtained_on") and self.dice.random() < 0.6:
            told += f"，{self.day(date.fromisoformat(str(row['obtained_on'])))}取得的"
        return told

    # ---- money from elsewhere ----

    def _award(self, row: Data) -> str:
        if row.get("level") is None or row.get("amount_yuan") is None:
            return "有"
        body = {"national": "国家", "province": "省里", "city": "市里", "county": "县里"}[row["level"]]
        amount = self.money(row["amount_yuan"])
        if row.get("status") != "received":
            return self._pick("有", f"有，{body}的，{amount}")
        return self._pick("有", f"{body}给了{amount}", f"拿过{body}补贴{amount}", f"有，{body}的，{amount}")

    def _of_award(self, row: Data, name: str) -> str:
        value = row.get(name)
        if name in ("project", "recognition"):
            told = self.ids.get(str(row.get("project"))) or row.get("recognition")
            return str(told) if told else self._pick("没有", "都不是")
        if value is None:
            return self._pick("没有", "都不是") if name == "clause" else self.unknown()
        if name in ("clause", "year"):
            return str(value) + ("年" if name == "year" and self.dice.random() < 0.5 else "")
        if name == "level":
            return self._choice(self.vocabulary.bodies, str(value))
        return self._said(AWARD_FACTS[name], value)


def differences(facts: Data, profile: Data) -> list[tuple[str, Any, Any]]:
    """What a conversation took down otherwise than the profile says it: (path, told, meant)."""
    found = [
        ("enterprise." + name, told, profile["enterprise"].get(name)) for name, told in facts["enterprise"].items()
    ]
    for name in ("projects", "recognitions", "other_awards"):
        told, meant = facts.get(name) or [], profile.get(name) or []
        found += [(f"{name}[{i}]", row, None) for i, row in enumerate(told[len(meant) :], len(meant))]
        for i, (row, own) in enumerate(zip(told, meant, strict=False)):
            apart = ("id", "project", "document", "spending", "activities", "total_investment_yuan")
            found += [(f"{name}[{i}].{k}", value, own.get(k)) for k, value in row.items() if k not in apart]
            if name == "projects":
                lines = [_line_key(line) for line in lines_of(own)]
                found += [
                    (f"projects[{i}].spending", line, lines)
                    for line in map(_line_key, lines_of(row))
                    if line not in lines
                ]
    return [row for row in found if not _same(*row)]


def _line_key(line: Data) -> tuple[list[str], str]:
    amount = line.get("amount_yuan")
    return sorted(line.get("activities") or ()), "" if amount is None else f"{Decimal(str(amount)).normalize():f}"


def _same(path: str, told: Any, meant: Any) -> bool:
    if path.endswith(".spending"):
        return any(told[0] == line[0] and told[1] in ("", line[1]) for line in meant)
    if meant is None:
        return "[" in path and "." in path  # the profile leaves it open
    if path.endswith("region"):
        return resolve(str(told)).code == resolve(str(meant)).code
    if isinstance(told, list):
        return sorted(told) == sorted(meant if isinstance(meant, list) else [meant])
    if path.endswith("_yuan"):
        return Decimal(str(told)) == Decimal(str(meant))
    return str(told) == str(meant)
