"""Whatever people do, every call is one that Telegram takes: lengths, entities, tokens; and old buttons change nothing."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.telegram.chat import Board, Chat
from bot.telegram.keyboards import markup, pages, read_token, width
from bot.telegram.writing import LIMIT, clean, escaped, messages, report_messages, units
from tests.conversing import Talk, assessor
from tests.phone import KINDS, ON, WHOLE, Phone, buttons_of, plain, settled

HALF = "我们公司在包头稀土高新区做稀土永磁的，机器人改造700万，2025年3月完工"
HOSTILE = "<b>&\"'公司</i>&amp; \u202e\ud83d\x00😀" + "长" * 50


# ---- texts ----


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet=st.sampled_from('长a<>&"😀\n。，\ud800\x00 '), max_size=600), st.integers(20, 120))
def test_texts_are_cut_and_escaped(text: str, limit: int) -> None:
    """Every piece fits, none is empty, and together they say all."""
    pieces = messages(text, limit)
    for piece in pieces:
        assert plain({"text": escaped(piece), "parse_mode": "HTML"})
        assert units(escaped(piece)) <= limit
    assert "".join("".join(pieces).split()) == "".join(clean(text).split())
    for piece in report_messages(text, limit):
        assert plain({"text": piece, "parse_mode": "HTML"})
        assert units(piece) <= limit


def test_paragraphs_stay_whole() -> None:
    """A long report is cut between paragraphs."""
    paragraphs = [f"标题{n}\n" + "内容。" * 300 for n in range(12)]
    pieces = report_messages("\n\n".join(paragraphs))
    assert len(pieces) > 2
    assert all(piece.startswith("<b>标题") and units(piece) <= LIMIT for piece in pieces)
    assert "\n\n".join(plain({"text": piece, "parse_mode": "HTML"}) for piece in pieces) == "\n\n".join(paragraphs)


# ---- whatever people do ----

PHRASES = [
    *WHOLE,
    HALF,
    HOSTILE,
    f"{HOSTILE}有限公司在包头稀土高新区，机器人改造700万",
    "/start",
    "/start baotou",
    "/report",
    "/whatif",
    "/whatif 再投200万",
    "/projects",
    "/why",
    "/back",
    "/delete",
    "/help",
    "不知道",
    "1",
    "3",
    "如果升到4A呢",
    "为什么没有CMMM",
    "再投300万",
    "有",
    "不是",
    "800",
    "青山区",
    "重来",
    "导出",
    "x" * 5000,
    "总投资" + "9" * 40 + "万",
]

STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("type"), st.sampled_from(PHRASES)),
        st.tuples(st.just("tap"), st.integers(0, 30)),
        st.tuples(st.just("old"), st.integers(0, 200)),
        st.tuples(st.just("edit"), st.tuples(st.integers(0, 20), st.sampled_from(PHRASES))),
        st.tuples(st.just("send"), st.sampled_from(sorted(KINDS))),
        st.tuples(st.just("wait"), st.just(0)),
    ),
    min_size=5,
    max_size=16,
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(STEPS)
def test_every_call_is_one_that_telegram_takes(steps: list[tuple[str, Any]]) -> None:
    """Random sessions: the phone checks each call; each message gets an answer; old buttons change nothing."""
    phone = Phone(ON)
    shown: list[tuple[int, str]] = []
    for kind, what in steps:
        live = [(m.id, data) for m in phone.messages.values() for row in m.buttons for _, data in row]
        shown += [one for one in live if one not in shown]
        if kind == "type":
            assert phone.type(what).messages
        elif kind == "send":
            assert phone.send(**KINDS[what]).messages
        elif kind == "tap" and live:
            phone.press(*live[-1 - what % len(live)])
        elif kind == "old":
            gone = [one for one in shown if one not in live]
            if gone:
                facts = phone.chat.session.facts
                phone.press(*gone[what % len(gone)])
                assert phone.chat.session.facts == facts
        elif kind == "edit":
            mine = [m.id for m in phone.messages.values() if m.mine]
            if mine:
                phone.edit(mine[what[0] % len(mine)], what[1])
        elif kind == "wait":
            phone.now += timedelta(days=3)


def test_the_same_update_gives_the_same_calls() -> None:
    """The desk is pure: nothing but the chat, the update and the time decides."""
    one, other = Phone(ON), Phone(ON)
    for text in ("/start", *WHOLE, "/projects", "/whatif"):
        assert one.type(text).calls == other.type(text).calls
    assert one.chat.to_json() == other.chat.to_json()


def test_long_lists_have_pages() -> None:
    """Every option is on just one page, tokens stay short, and 不知道 is on each."""
    chat = Chat(2**52, started=2**34)
    options: list[tuple[Any, str]] = [(f"value-{n}" * 9, f"第{n}项" * (n % 5 + 1)) for n in range(40)]
    board = Board(
        "suppose", 10**6, "", [*options, ("unknown", "不知道")], "projects[10].spending[12]." + "x" * 80, True
    )
    seen: list[str] = []
    for page in range(pages(board)):
        board.page = page
        rows = buttons_of({"reply_markup": markup(chat, board)})
        labels = [label for row in rows for label, _ in row]
        assert labels[-1] == "不知道"
        assert len(rows) <= 16
        seen += [label for label in labels if label.startswith("第")]
        for row in rows:
            assert all(read_token(data) is not None for _, data in row)
    assert sorted(seen) == sorted(label for _, label in options)


def test_a_report_shows_its_figure_and_folds_the_rest() -> None:
    """On a phone the figure and its lines stay open; what to confirm, quotes and readings unfold at a tap."""
    phone = Phone(ON)
    calls = [call for text in WHOLE for call in phone.type(text).calls]
    report = next(call.data["text"] for call in calls if "构成" in call.data.get("text", ""))
    shown, folded = report.split("<blockquote expandable>", 1)
    assert shown.startswith("<b>截至 2025-06-30，最高可得 210万元")
    assert "四（二）2" in shown
    assert len(shown) < 500
    assert "<b>依据</b>\n<blockquote expandable>- 《" in folded
    assert report.count("<blockquote expandable>") == 5


def rows_of(options: list[tuple[str, str]], use: str = "ask") -> list[list[str]]:
    board = Board(use, 1, "", [*options])
    return [[label for label, _ in row] for row in buttons_of({"reply_markup": markup(Chat(1, started=1), board)})]


def test_buttons_say_in_short_what_is_too_wide() -> None:
    """Half a row of a phone shows ten characters; what is chosen is the whole label all the same."""
    kinds = [(kind.value, kind.label) for kind in assessor().vocabulary.kinds.values()]
    rows = rows_of(kinds)
    assert all(width(label) <= 20 for row in rows for label in row if len(row) > 1)
    assert {"CMMM", "DCMM", "智能车间"} <= {label for row in rows for label in row}
    assert rows_of([("a", "是"), ("b", "否"), ("unknown", "不知道")]) == [["是", "否", "不知道"]]
    assert rows_of([("none", "没有了"), ("x", "别的都没有了")]) == [["没有了", "别的都没有了"]]


def test_a_menu_of_wide_rows_turns_its_pages() -> None:
    """Fourteen clauses, a row each, are two pages."""
    options = [(f"c{n}", f"第{n}条智能制造能力成熟度集成级") for n in range(14)]
    assert len(rows_of(options, "why")) == 11
    phone = settled()
    phone.tap("为什么不包括")
    first = [label for label in phone.labels() if not label.startswith("下一页")]
    phone.tap("下一页")
    assert not set(first) & set(phone.labels())
    assert all(width(label) <= 40 for label in first)


GLOSSED = [
    ("enterprise.applicant_kind", "institution", "机构"),
    ("recognitions", "cmmm", "CMMM"),
    ("recognitions", "dcmm", "DCMM"),
    ("recognitions", "smart_workshop", "智能车间"),
    ("projects", "mfg_system", "智能化制造系统"),
    ("projects", "sme_retrofit", "中小企业数字化改造"),
]


@pytest.mark.parametrize(("path", "value", "typed"), GLOSSED)
def test_a_label_in_short_is_understood(path: str, value: str, typed: str) -> None:
    """Typed as the button shows it, it does what pressing it does."""
    talk = Talk(ON)
    talk.say("呼和浩特的食品厂")
    talk.engine.ask(talk.session, path)
    talk.say(typed)
    assert f"'{value}'" in str(talk.facts)


def test_where_the_figure_stands_is_bold_and_apart() -> None:
    """The eye finds it between what was taken down and the question; of the report's first paragraph only the figure is."""
    phone = Phone(date(2026, 11, 26))
    said = phone.type("包头稀土高新区稀土永磁公司，机器人改造700万，2025年3月完工")
    text = said.calls[-1].data["text"]
    assert (
        "\n\n<b>目前：0元。按已到期或未生效的条文已算出 100万元，上限还要看下面的回答，只供参考。</b>\n\n有没有" in text
    )
    said = phone.type("看结果")
    report = next(call.data["text"] for call in said.calls if "还不能确定" in call.data.get("text", ""))
    assert report.startswith("<b>截至 2026-11-26，最高可得 0元。</b>《")
