"""Do we hear amounts of money as people type them, and never a wrong one silently?"""

import json
import time
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from dialogs.understand.amounts import Amount, find_amounts, money_of
from tests.amounts_scoring import score

DATA = Path(__file__).parent / "data"
ROWS = [json.loads(line) for line in (DATA / "amounts.jsonl").read_text(encoding="utf-8").splitlines()]
CHAT = yaml.safe_load((DATA / "amounts_chat.yaml").read_text(encoding="utf-8"))
DIGITS, PLACES = "零一二三四五六七八九", ("", "十", "百", "千")
CHATTY = (
    "零一二两三四五六七八九十百千万亿点半几多余来个元块角分负第约近上过到至-~,，. "
    "0123456789wWkeE年台家%以不于大小¥$/分之又陆拾叁"
)


def chinese(number: int) -> str:
    """The standard Chinese numeral of a whole number below 10^16."""
    if number == 0:
        return "零"
    out, gap = "", False
    for group, big in (
        (number // 10**12, "万亿"),
        (number // 10**8 % 10**4, "亿"),
        (number // 10**4 % 10**4, "万"),
        (number % 10**4, ""),
    ):
        if group == 0:
            gap = bool(out)
            continue
        text = ""
        for place in (3, 2, 1, 0):
            digit = group // 10**place % 10
            if digit:
                gap = gap and bool(out + text)
                text += ("零" if gap else "") + DIGITS[digit] + PLACES[place]
                gap = False
            elif out or text:
                gap = True
        out += text + big
        gap = group % 10 == 0
    return out.replace("万亿", "万", 1) if number // 10**8 % 10**4 > 0 and number >= 10**12 else out


def said(amount: Amount | None) -> str:
    """An amount in the words of `amounts_chat.yaml`."""
    if amount is None or not (amount.is_money or amount.doubt == "unit" or amount.unit in ("", "个")):
        return "none"
    if amount.doubt == "range":
        low, high = ("" if x is None else f"{x.normalize():f}" for x in (amount.low, amount.high))
        return f"?range {low}..{high}"
    if amount.doubt:
        return "?" + amount.doubt
    assert amount.value is not None
    return ("~" if amount.approx else "") + f"{amount.value.normalize():f}"


def test_public_collections_are_read_and_none_silently_wrong() -> None:
    """At least 98 % right of the 360 rows, and what is not right is asked."""
    verdicts = Counter(score(row) for row in ROWS)
    assert verdicts["wrong"] == 0, [row["text"] for row in ROWS if score(row) == "wrong"]
    assert verdicts["right"] >= 0.98 * len(ROWS), [row["text"] for row in ROWS if score(row) != "right"]


@pytest.mark.parametrize(("phrase", "meaning"), CHAT["answers"].items())
def test_answer(phrase: str, meaning: object) -> None:
    """Each phrase is taken, or asked about, as the table says."""
    expected = str(meaning)
    assert said(money_of(phrase)) == expected


@pytest.mark.parametrize(("sentence", "values"), CHAT["sentences"].items())
def test_sentence(sentence: str, values: list[int]) -> None:
    """A sentence gives its amounts of money in order."""
    assert [a.value for a in find_amounts(sentence) if a.is_money] == [Decimal(v) for v in values]


@pytest.mark.parametrize(
    ("phrase", "unit", "value"),
    [
        ("3条产线", "条", 3),
        ("一百二十人", "人", 120),
        ("正好十家", "家", 10),
        ("3A级", "A", 3),
        ("5G", "G", 5),
        ("2025年", "年", 2025),
        ("30%", "%", 30),
        ("百分之五", "%", 5),
        ("三级", "级", 3),
        ("五星", "星", 5),
        ("第三", "第", 3),
        ("二十个工位", "个", 20),
    ],
)
def test_counted_things_keep_their_counter(phrase: str, unit: str, value: int) -> None:
    """What is counted is told, so that a count is never taken for money."""
    (amount,) = find_amounts(phrase)
    assert (amount.unit, amount.value, amount.is_money) == (unit, value, False)


@given(st.integers(0, 10**16 - 1) | st.integers(0, 99_999) | st.integers(0, 10**9).map(lambda n: n * 10_000))
def test_any_integer_reads_back(number: int) -> None:
    """Standard numerals mean what they say, alone, with 元, and a day's 万元."""
    for text, value in ((chinese(number), number), (chinese(number) + "元", number), (f"{number:,}元", number)):
        (amount,) = find_amounts(text)
        assert amount.value == value, text
        assert (amount.start, amount.end) == (0, len(text))


@given(st.integers(1, 10**9), st.sampled_from([("万", 4), ("亿", 8), ("w", 4), ("万元", 4), (" 万", 4)]))
def test_hundredths_of_a_unit_are_exact(hundredths: int, unit: tuple[str, int]) -> None:
    """0.57万 is 5700 and never 5699.999."""
    (amount,) = find_amounts(f"{Decimal(hundredths) / 100}{unit[0]}")
    assert amount.value == Decimal(hundredths).scaleb(unit[1] - 2)


@given(st.text() | st.text(alphabet=CHATTY, max_size=40))
def test_any_text_is_survived(text: str) -> None:
    """Nothing raises; spans lie in the text, in order; a doubt has no value."""
    last = 0
    for amount in find_amounts(text):
        assert last <= amount.start < amount.end <= len(text)
        assert amount.text == text[amount.start : amount.end]
        assert (amount.value is None) == (amount.doubt is not None)
        last = amount.end
    money_of(text)


@given(st.integers(1, 10**8))
def test_a_negative_is_never_turned_positive(number: int) -> None:
    """负 and - before an amount give no positive value."""
    for text in (f"-{number}元", f"负{chinese(number)}元", f"亏了 -{number}万"):
        assert all(a.value is None or a.value < 0 for a in find_amounts(text))


@pytest.mark.parametrize(
    "unit",
    [
        "1",
        "一",
        "万",
        "十",
        "百",
        "1,111",
        "1.",
        ",1",
        "1-",
        "a1",
        " 1",
        "零",
        "点",
        "一点",
        "三百万",
        "一到",
        "不到",
        "第",
        "半",
        "1 000",
        "4/",
        "分之",
        "1e",
        "三分之",
        "¥",
        "-",
        "陆",
        "万一",
        "几",
        "幺洞",
        "大于5小于",
    ],
)
def test_hostile_text_takes_linear_time(unit: str) -> None:
    """Four times the text takes about four times the time."""
    times = []
    for size in (15_000, 60_000):
        begin = time.process_time()
        find_amounts(unit * (size // len(unit)))
        times.append(time.process_time() - begin)
    assert times[1] < max(10 * times[0], 0.5)
