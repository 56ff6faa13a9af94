"""The characters of numbers, levelled: one writing for 〇, 萬 and 伍, and words such as 万能 hidden that are no numbers.

`plain` makes one text easy to scan without moving a character, so every offset is an offset into what was typed.
"""

from __future__ import annotations

from decimal import Decimal

ZERO, ONE, TEN = Decimal(0), Decimal(1), Decimal(10)

DIGITS = {c: Decimal(i) for i, c in enumerate("零一二三四五六七八九")} | {
    "两": Decimal(2),
    "幺": ONE,
}
ARABIC = "0123456789"
SMALL = {"十": 1, "百": 2, "千": 3}
BIG = {"万": 4, "亿": 8, "兆": 12}
SPOKEN = {"洞": "0", "拐": "7", "勾": "9"}  # only inside 幺八五洞…
SPACES = " \t\xa0"
HIDDEN = "\x00"  # stands for a character that belongs to a word and not to a number

_OLD = "〇○壹弌贰貳弍叁叄弎柒捌玖佰仟萬億兩俩倆幾點餘圓圆塊錢個臺條來負數對雙於過約內達"
_NEW = "零零一一二二二三三三七八九百千万亿两两两几点余元元块钱个台条来负数对双于过约内达"
_WIDE = {c: c - 0xFEE0 for c in range(0xFF01, 0xFF5F) if chr(c) not in "，"}
_TABLE = str.maketrans(_OLD, _NEW) | _WIDE | {0x3000: " ", ord("￥"): "¥", ord("−"): "-"}
_RARE = {"陆": "六", "陸": "六", "伍": "五", "肆": "四", "参": "三", "參": "三", "拾": "十"}
_BANKERS = set("壹贰貳叁叄柒捌玖佰仟万萬亿億百千零点點元圆圓角分毛对對双雙打")

# Words whose characters are not numbers. Those beginning with a numeral count as
# words only where no numeral comes before them (三百万能拿多少 holds no 万能).
HIDING = """
一切 一般 一定 一直 一样 一些 一共 一起 一下 一旦 一边 一致 一律 一概 一体 一流 一向 一再 一时 一同 一齐
一点儿 一会儿 一次性 一方面 一刀切 一条龙 一把手 一站式 一带一路 一对一 一元化 一汽 一手 一心 一路 一身 一生 一部分
万一 万达 万科 万能 万物 万方 万州 万秀 百度 百姓 百货 百色 百科 百忙 千山 千岛 千方百计
千万别 千万不 千万要 千万记 千万注意 四川 四平 四周 四季 四处 四海 四子王 三峡 三亚 三明 三门峡 三江 三河
三元催化 三元材料 三元锂 三农 三包 三废 三角形 三角债 三来一补 五台山 五金 五原 五常 五角星 五险一金 五湖 六安 六合
六盘水 七夕 七星区 八步 八里 九原 九江 九寨 九峰 九龙坡 十足 十分感 十分重 十分满 十分想 十堰 两化 两会 两广 两岸 两地
二手 二维 二连 二胎 半导体 半成品 半自动 双碳 朝花夕拾 拾取 拾起 收拾 放肆 肆无 登陆 大陆 陆续 着陆 内陆 队伍 入伍
退伍 统一 唯一 进一步 第一时间 周一 周二 周三 周四 周五 周六 万元户 长三角 珠三角
"""
_AFTER_ANY = ("一切", "一般", "一定", "一直", "一样", "一些", "一共", "一起", "一下", "一次", "一部")


class Words:
    """A set of words to look for at, or just before, an offset; the longest first."""

    def __init__(self, words: str) -> None:
        self.all = sorted(words.split(), key=len, reverse=True)
        self._first: dict[str, list[str]] = {}
        self._last: dict[str, list[str]] = {}
        for word in self.all:
            self._first.setdefault(word[0], []).append(word)
            self._last.setdefault(word[-1], []).append(word)

    def at(self, s: str, i: int) -> str:
        """The word that begins at `i`, or nothing."""
        if i >= len(s) or s[i] not in self._first:
            return ""
        return next((w for w in self._first[s[i]] if s.startswith(w, i)), "")

    def before(self, s: str, i: int) -> tuple[int, str]:
        """(start, word) of the word that ends at `i`, spaces within and after it disregarded."""
        at = i
        while at > 0 and at > i - 3 and s[at - 1] in SPACES:
            at -= 1
        for word in self._last.get(s[at - 1], ()) if at else ():
            start = at
            for c in reversed(word):
                while start > 0 and start > at - 16 and s[start - 1] in SPACES:
                    start -= 1
                if not start or s[start - 1] != c:
                    break
                start -= 1
            else:
                return start, word
        return i, ""


_HIDING = Words(HIDING)

# What is counted; after a bare ending digit these start a new number (300万一台).
COUNTERS = Words("""
家 个 人 名 位 台 套 条 项 件 年 月 日 号 天 级 星 岁 次 期 批 座 间 栋 辆 张 份 册 页 点 时 秒 周 度 吨 克 斤 米 平 ㎡
亩 升 瓦 伏 字 赫 % ‰ 成 倍 折 届 层 楼 款 章 节 类 种 路 户 村 省 市 县 国 代 版 部 笔 门 组 队 班 轮 站 强 线 维 寸
机 所 口 头 只 匹 箱 包 袋 瓶 桶 盒 根 支 片 颗 道 环 步 场 起 人次 小时 分钟 公里 公斤 公顷 季度 个月 个点 个百分点
百分点 平方 平方米 平米 立方 千瓦 千米 千克 兆瓦 工位 产线 英寸 厘米 毫米 吨位 号人
""")


def plain(text: str) -> str:
    """The text with width, old and bankers' forms levelled and words hidden; same length."""
    level = text.translate(_TABLE)
    chars = list(level)
    inner = text.strip()
    for i, c in enumerate(text):
        if c in _RARE and (inner == c or _is_bankers(text, i)):
            chars[i] = _RARE[c]
    i = 0
    while i < len(level):
        word = _HIDING.at(level, i)
        if word and not (_numeric(word[0]) and _after_numeral(level, i, word)):
            chars[i : i + len(word)] = HIDDEN * len(word)
            i += len(word)
        else:
            i += 1
    return "".join(chars)


def _is_bankers(text: str, i: int) -> bool:
    before, after = text[i - 1] if i else " ", text[i + 1] if i + 1 < len(text) else " "
    if text[i] == "拾":
        return any(c in _BANKERS or c in DIGITS or c in _RARE for c in (before, after))
    return (before in _BANKERS or before == "拾") or (after in _BANKERS or after == "拾")


def _numeric(c: str) -> bool:
    return c in DIGITS or c in SMALL or c in BIG or c in "半数双"


def _after_numeral(level: str, i: int, word: str) -> bool:
    before = level[i - 1] if i else " "
    if word.startswith(_AFTER_ANY):
        return before in "十零"
    return before != " " and (before in ARABIC or _numeric(before) or before in "几来多余个wW")


def skip(s: str, i: int) -> int:
    """The offset after at most three spaces."""
    end = min(i + 3, len(s))
    while i < end and s[i] in SPACES:
        i += 1
    return i


def latin(c: str) -> bool:
    """Whether `c` is a letter or digit that would glue to a number (not so the empty string)."""
    return c.isascii() and c.isalnum()
