"""What tells who somebody is, taken out of a message before it is written (`masked`).

Numbers of telephones, identity cards, credit codes and bank accounts, addresses, accounts and names are replaced by a word in
brackets. Amounts and dates stay: 8000000, 13800000000元, 20250331. Where both are thinkable the unit decides; without one an
eleven-digit number that begins like a mobile telephone's is taken for one.
"""

from __future__ import annotations

import re
import unicodedata
from functools import partial

_WIDE: dict[int, str] = {code: chr(code - 0xFEE0) for code in range(0xFF10, 0xFF5B) if chr(code - 0xFEE0).isalnum()}
_WIDE |= {ord("＠"): "@", ord("．"): ".", ord("－"): "-", ord("＋"): "+", ord("＿"): "_", ord("\u3000"): " "}

_GAP = r"[\s\-–—_·]"
_NO_UNIT = r"(?!\d|\s*(?:元|块|万|千|亿|多万|人民币|圆|[.,]\d))"
_FREE = r"(?<![\dA-Za-z.,])"
_LINK = r"(?:号码|号|是|为|叫|：|:|\s|，|,|\(|（)*"
_DIGIT = "零〇一二三四五六七八九幺两"
_SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪"
    "田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文"
)
_STOP = (
    r"电话|手机|座机|微信|邮箱|联系|号码|我|是|在|做|的|来自|公司|想|问|您|你|请|今年|去年|有|能|可以|身份|职务|女士|先生|经理|谁|哪|"
    r"什么|怎么|多少|方式|吗|呢|和|或|及|要|填|写|不|没|对|这|那|地址|单位|企业|一栏|信息|变|换|错"
)
_NAMED = r"(?:联系人|我叫|俺叫|姓名|名字叫|名字|(?:负责人|经办人|法人代表|法人|法定代表人|对接人)(?=是|叫|为|：|:|\s))"

_RULES: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        "邮箱",
        re.compile(r"(?<![\w.+-])[A-Za-z0-9][\w.+-]{0,63}\s?@\s?[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63})+", re.ASCII),
    ),
    (
        "账号",
        re.compile(
            rf"(?i:微信|weixin|wechat|qq|扣扣|企鹅|抖音|钉钉|飞书|(?<![a-z])[wv]x|加我?v){_LINK}(?:id)?{_LINK}"
            rf"([A-Za-z0-9][A-Za-z0-9_-]{{4,29}})",
            re.ASCII,
        ),
    ),
    (
        "证件号",
        re.compile(
            rf"{_FREE}[1-9]\d{{5}}{_GAP}?(?:18|19|20)\d\d{_GAP}?\d{{4}}{_GAP}?\d{{3}}[\dXx](?![\dA-Za-z])", re.ASCII
        ),
    ),
    (
        "信用代码",
        re.compile(
            rf"{_FREE}[0-9A-HJ-NPQRTUWXYa-hj-npqrtuwxy]{{2}}{_GAP}?\d{{6}}{_GAP}?[0-9A-Za-z]{{9}}{_GAP}?[0-9A-Za-z](?![\dA-Za-z])",
            re.ASCII,
        ),
    ),
    (
        "账号",
        re.compile(
            rf"{_FREE}\d{{4}}(?:{_GAP}\d{{4}}){{2,3}}(?:{_GAP}\d{{1,4}})?(?!\d)|(?<!\d)\d{{15,30}}(?!\d)", re.ASCII
        ),
    ),
    (
        "账号",
        re.compile(rf"(?:账号|帐号|卡号|账户|帐户|银行卡|开户行){_LINK}(\d[\d\s-]{{6,28}}\d){_NO_UNIT}", re.ASCII),
    ),
    (
        "电话",
        re.compile(
            rf"(?:(?<![\d.,])|(?<=\+)|(?<=86)|(?<=[电话机码]))(?:\+?86{_GAP}?)?"
            rf"(?:1[3-9]\d(?:{_GAP}?|\.)\d{{4}}(?:{_GAP}?|\.)\d{{4}}|1{_GAP}[3-9](?:{_GAP}\d){{9}}){_NO_UNIT}",
            re.ASCII,
        ),
    ),
    (
        "电话",
        re.compile(
            rf"(?<![\d.,-])[(（]?0[1-9]\d{{1,2}}[)）]?{_GAP}?\d{{3,4}}{_GAP}?\d{{4}}(?:{_GAP}\d{{1,6}})?(?!\d)",
            re.ASCII,
        ),
    ),
    (
        "电话",
        re.compile(
            rf"{_FREE}[48]00{_GAP}\d{{3}}{_GAP}?\d{{4}}(?!\d)|{_FREE}[48]00\d{_GAP}\d{{3}}{_GAP}\d{{3}}(?!\d)", re.ASCII
        ),
    ),
    (
        "电话",
        re.compile(rf"(?i:电话|座机|手机|联系方式|致电|拨打|tel|号码){_LINK}(\d[\d\s-]{{5,14}}\d){_NO_UNIT}", re.ASCII),
    ),
    ("电话", re.compile(rf"(?<![{_DIGIT}])[一幺][三四五六七八九](?:{_GAP}?[{_DIGIT}]){{9}}(?![{_DIGIT}十百千万亿])")),
    (
        "姓名",
        re.compile(
            rf"{_NAMED}(?:姓名|名字|是|为|叫|做|[：:\s，,])*(?!{_STOP})([\u4e00-\u9fff·]{{2,7}}?)(?={_STOP}|[^\u4e00-\u9fff·]|$)"
        ),
    ),
    (
        "姓名",
        re.compile(rf"{_NAMED}(?:姓名|名字|是|为|叫|做|[：:\s，,])*(?!{_STOP})([{_SURNAMES}][\u4e00-\u9fff]{{1,2}})"),
    ),
    ("姓名", re.compile(rf"{_NAMED}(?:是|为|叫|[：:\s])*([A-Za-z][A-Za-z. ]{{0,28}}[A-Za-z])", re.ASCII)),
    (
        "姓名",
        re.compile(
            rf"(?:免贵姓|我姓|俺姓|贵姓|本人姓)(?:是|[：:\s])*(?!{_STOP}|名)([\u4e00-\u9fff]{{1,3}}?)(?={_STOP}|[^\u4e00-\u9fff]|$)"
        ),
    ),
    ("姓名", re.compile(r"(?:我姓|免贵姓)(?!名|什么)([\u4e00-\u9fff])")),
    (
        "姓名",
        re.compile(
            rf"(?<![\u4e00-\u9fff])([{_SURNAMES}][\u4e00-\u9fff]{{0,2}})(?=先生|女士|小姐|经理|主任|局长|科长|处长)"
        ),
    ),
    ("企业", re.compile(r"[^\W我们是叫在的问和为\d_]{2,24}(?:股份|责任|集团)?有限(?:责任)?公司")),
)
"""What is masked, by pattern, in this order; of a pattern with a group only the group."""


def masked(text: str) -> str:
    """The text with 〔电话〕 and the like in the place of what tells who somebody is. Full-width figures become plain ones."""
    said = "".join(c for c in text if unicodedata.category(c) != "Cf").translate(_WIDE)
    for name, pattern in _RULES:
        said = pattern.sub(partial(_without, f"〔{name}〕"), said)
    return said


def _without(word: str, match: re.Match[str]) -> str:
    """What a pattern found with `word` in the place of its group, or of all of it."""
    if not match.re.groups:
        return word
    start, end = match.start(1) - match.start(), match.end(1) - match.start()
    whole = match.group()
    return whole[:start] + word + whole[end:]
