"""What tells who somebody is never reaches the log; amounts, dates and terms do."""

from __future__ import annotations

import time

import pytest

from bot.journal.journal import kept_text
from bot.journal.masking import masked

GONE = {
    "我电话13812345678": "13812345678",
    "打 138 1234 5678 给我": "138 1234 5678",
    "138-1234-5678": "138-1234-5678",
    "手机138.1234.5678": "1234",
    "+86 13812345678": "13812345678",
    "8613812345678找我": "13812345678",
    "１３８１２３４５６７８": "13812345678",
    "1 3 8 1 2 3 4 5 6 7 8": "1 2 3 4",
    "幺三八一二三四五六七八": "一二三四五六",
    "座机0472-5123456": "5123456",
    "(0472)5123456": "5123456",
    "0471 512 3456 转 8": "512 3456",
    "01082345678": "82345678",
    "电话5123456": "5123456",
    "400-820-8820": "820",
    "身份证150202199003071234": "19900307",
    "110101 19900307 123X": "19900307",
    "11010119900307123x": "19900307",
    "统一社会信用代码91150291MA0N8XXX3K": "91150291",
    "91150291ma0n8xxx3k": "91150291",
    "邮箱 zhang.san@example.com.cn 谢谢": "zhang.san",
    "zhang @ 163.com": "zhang",
    "卡号6222 0212 3456 7890 123": "6222",
    "6222021234567890123": "6222",
    "对公账号 152001234567": "152001234567",
    "账户：1520-0123-4567": "1520",
    "联系人张伟": "张伟",
    "联系人：张伟明，电话": "张伟明",
    "联系人是乌云其其格电话": "乌云其其格",
    "我叫王在明": "王在明",
    "我叫李雷做磁材的": "李雷",
    "我叫欧阳修文，在包头": "欧阳修文",
    "姓名：赵敏 女": "赵敏",
    "姓名 Zhang San": "Zhang",
    "我姓王，想问": "王",
    "免贵姓李": "李",
    "我是做软件的，张经理": "张经理",
    "加微信 zhangsan_88": "zhangsan_88",
    "微信号：wxid_abc123": "wxid_abc123",
    "vx: baotou2024": "baotou2024",
    "QQ 12345678": "12345678",
    "qq号是123456": "123456",
    "包头华美稀土高科有限公司": "华美",
    "我们是内蒙古蓝天科技有限责任公司": "蓝天",
    "138\u200b1234\u200b5678": "1234",
}
"""A message → what of it must be gone."""

KEPT = [
    "8000000",
    "总投资8000000元",
    "总投资13800000000元",
    "15000000000元的项目",
    "投了 15000 800000",
    "投资1500 0000元",
    "8,000,000.00",
    "12,345,678元",
    "3333333.33",
    "2025-03-31",
    "20250331",
    "2025年3月31日完工",
    "2024-01-01至2025-12-31",
    "2025.03.31",
    "八百万",
    "一百三十八万",
    "一二三四五六七八九十",
    "包府办发〔2024〕27号",
    "150203",
    "150203000000",
    "联系人是谁",
    "联系人电话多少",
    "联系人方式有吗",
    "联系人怎么填",
    "姓名要写吗",
    "我姓什么不重要",
    "电话是多少",
    "找谁，电话几号",
    "微信公众号在哪",
    "微信能申请吗",
    "QQ群有没有",
    "什么是有限公司",
    "两化融合贯标3A",
    "国家级智能工厂奖多少",
    "项目经理证有用吗",
    "最高总投资",
    "产值120000000，税收1500000",
    "CMMM三级 DCMM4级 5G工厂",
    "8000000 7000000 4000000",
    "投资12000000000",
    "rare_earth_chain",
    "P1 11000000 15%",
    "我叫什么不重要",
    "400000000元",
    "项目0.035亿元",
]
"""Messages that stay as they are."""


@pytest.mark.parametrize("text", GONE)
def test_who_somebody_is_goes(text: str) -> None:
    assert GONE[text] not in masked(text), masked(text)
    assert "〔" in masked(text)


@pytest.mark.parametrize("text", KEPT)
def test_amounts_dates_and_terms_stay(text: str) -> None:
    assert masked(text) == text


def test_masking_twice_changes_nothing() -> None:
    """What was masked holds nothing more to mask."""
    for text in GONE:
        assert masked(masked(text)) == masked(text)


def test_only_what_must_goes() -> None:
    """The question around it stays."""
    said = masked("我叫张伟，13812345678，包头的，3A奖多少")
    assert said == "我叫〔姓名〕，〔电话〕，包头的，3A奖多少"
    assert masked("联系人张伟电话0472-5123456投资8000000元") == "联系人〔姓名〕电话〔电话〕投资8000000元"


def test_hostile_text_takes_no_time() -> None:
    """No pattern runs wild."""
    start = time.process_time()
    for text in ("1", "1 ", "a@", "联系人", "张", "有限", "0-", "A1", "a.", "我叫"):
        masked(text * (1000 // len(text)))
    assert time.process_time() - start < 0.5


def test_a_cut_leaves_no_half_number() -> None:
    """A long message is cut where no number is."""
    for shift in range(30):
        kept = kept_text("补贴" * 490 + " " * shift + "13812345678" * 1 + "13900000000")
        assert "138" not in kept
        assert len(kept) <= 500
    assert "1381" not in kept_text("zhang@example.com " * 54 + "1234567 13812345678 x" * 9)
