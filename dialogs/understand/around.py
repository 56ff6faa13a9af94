"""What stands around a number: signs, currencies, bounds (不超过, 以上, 大概), and the words that link two numbers."""

from dialogs.understand.characters import Words, latin
from dialogs.understand.numbers import Numeral

LEAST = (
    "大于或者等于 大于或等于 大于等于 大于 超过 多于 高于 不少于 不低于 不小于 至少 最少 起码 突破 ≥ >= > 超 过 破 上"
)
MOST = "小于或者等于 小于或等于 小于等于 小于 少于 低于 不超过 不高于 不大于 不多于 最多 至多 顶多 不到 不足 ≤ <= <"
ABOUT = "大概 大约 约 将近 接近 差不多 估计 大致 约莫 近 快 小 可能"
BEFORE = Words(f"{LEAST} {MOST} {ABOUT}")
FILLERS = Words("有 为 是 达到 达 了 到")
AFTER_LEAST = Words("及以上 或以上 以上 之上 起步 +")
AFTER_MOST = Words("及以下 或以下 以下 之下 以内 之内 封顶 不到")
AFTER_ABOUT = Words("左右 上下 出头 不等 的样子")
SIGNS = Words("正负 ± 负 -")
NOT_BEFORE = {  # the word the short prefix is the end of: 最近, 合约, 中小, 花过
    "近": "最附", "约": "合签预节特契公条", "小": "中大从最缩减", "快": "加尽赶", "超": "高反",
    "过": "投花上拿买做用付贷交领得补经通不拨给申", "上": "以线", "破": "",
}  # fmt: skip
JOINTS = ("", "的同时", "同时", "并", "并且", "且", "而", "但", "又")

YUAN_BEFORE = Words("人民币 RMB rmb CNY ¥")
YUAN_AFTER = Words("人民币 RMB rmb CNY cny yuan")
FOREIGN_BEFORE = Words("美元 港币 欧元 日元 US$ HK$ USD HKD EUR JPY $ € £")
FOREIGN_AFTER = Words("""
美元 美金 美刀 港币 港元 港纸 欧元 日元 日币 日圆 韩元 韩币 英镑 澳元 澳币 澳门币 加元 加币 新台币 台币 卢布 卢比 泰铢
瑞郎 瑞士法郎 法郎 新币 新元 新加坡元 马克 比索 越南盾 刀 欧 USD usd HKD hkd EUR eur JPY jpy GBP gbp $ € £
""")
TO = Words("到 至 ~ — – - 〜 或者 或 还是 、")


def _before(s: str, i: int) -> tuple[int, str]:
    """(start, word) of the bound before `i`; not the end of another word (最近, 合约, 花过)."""
    start, word = BEFORE.before(s, i)
    if word and start and s[start - 1] in NOT_BEFORE.get(word, ""):
        return i, ""
    return start, word


def currency_before(s: str, i: int) -> tuple[int, str]:
    """(start, "yuan" or "foreign") of the currency before `i`."""
    for name, words in (("yuan", YUAN_BEFORE), ("foreign", FOREIGN_BEFORE)):
        start, word = words.before(s, i)
        if word:
            return start, name
    return i, ""


def sign_before(s: str, start: int) -> tuple[int, bool, bool]:
    """(start with sign and currency, negative, both signs at once): -￥5万, ￥-5万."""
    money = currency_before(s, start)[0]
    at, sign = SIGNS.before(s, money)
    if not sign or (sign == "-" and at and (latin(s[at - 1]) or s[at - 1] in "-%")):
        return money, False, False
    return currency_before(s, at)[0], sign in ("负", "-"), sign in ("正负", "±")


def bounds_before(s: str, start: int, numeral: Numeral) -> tuple[int, bool, bool, bool, bool]:
    """(start, at least, at most, about, ordinal) from the words before the number."""
    least = most = about = False
    for _ in range(3):
        if s[start - 1 : start] == "第" and start:
            return start - 1, least, most, about, True
        for filled in (start, FILLERS.before(s, start)[0]):
            at, word = _before(s, filled)
            if word in ("上", "小", "快") and not (
                numeral.elided or s[start] in "亿万" or (word != "上" and numeral.scaled)
            ):
                continue
            if word:
                start = at
                least, most, about = (
                    least or word in LEAST.split(),
                    most or word in MOST.split(),
                    about or word in ABOUT.split(),
                )
                break
        else:
            break
    return start, least, most, about, False
