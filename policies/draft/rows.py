"""From what a text gives to rows of the workbook, each with its confidence and what a person must still decide.

A guess is written into its cell so that it can be corrected there; what no pattern can know (which facts a condition asks,
what a rate is a rate of) is left empty and named in a doubt. The rows have the columns of policies/workbook/sheets.yaml.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

from policies.draft.figures import Figure
from policies.draft.numbers import numeral
from policies.draft.header import Header, header
from policies.draft.offers import Found, Offer, RuleText, find
from policies.draft.outline import outline
from policies.draft.plain import plain
from policies.facts import Vocabulary
from policies.money import percent, wan
from policies.words import say

Confidence = Literal["high", "medium", "low"]
Line = dict[str, str]


@dataclass(frozen=True)
class Doubt:
    """What a person must decide about one row: its sheet and id, the column (empty: the row), how sure the draft is."""

    sheet: str
    row: str
    column: str
    confidence: Confidence
    text: str


@dataclass
class Draft:
    """The rows by sheet, and the doubts about them in the order of the rows."""

    document: str
    lines: dict[str, list[Line]] = field(default_factory=dict)
    doubts: list[Doubt] = field(default_factory=list)

    def doubt(self, sheet: str, row: str, column: str, confidence: Confidence, key: str, **values: object) -> None:
        self.doubts.append(Doubt(sheet, row, column, confidence, say(f"draft_doubt.{key}", **values)))


def draft(text: str, vocabulary: Vocabulary) -> Draft:
    """A first draft of the whole document."""
    head, found = header(text), find(text)
    out = Draft(_document_id(head))
    sheets = ("documents", "clauses", "conditions", "payments", "limits", "source")
    out.lines = {name: [] for name in sheets}
    _head(head, found, out)
    names = _Names(vocabulary)
    for id_, offer in _numbered(out.document, found.offers):
        _clause(id_, offer, names, out)
    for number, rule in enumerate(found.rules, 1):
        _rule(number, rule, out)
    out.lines["source"] = [{"document": out.document, "text": line} for line in text.splitlines()]
    return out


# ---- the head ----


def _document_id(head: Header) -> str:
    """`place-year-number`, the place in pinyin."""
    from pypinyin import lazy_pinyin

    place = "".join(lazy_pinyin(head.territory[0].short)) if head.territory else "document"
    found = re.search(r"(\d{4})\D+(\d+)号", head.number)
    tail = f"-{found[1]}-{found[2]}" if found else (f"-{head.from_.year}" if head.from_ else "")
    return re.sub(r"[^a-z0-9-]", "", f"{place}{tail}".lower()) or "document"


def _head(head: Header, found: Found, out: Draft) -> None:
    id_ = out.document
    applicants = ["企业"]
    if any(
        re.search(r"(?:机构|协会|高校|院所|事业单位|中心|社会组织)(?:给予|奖励|补助|的,|,)", offer.words)
        for offer in found.offers
    ):
        applicants.append("机构")
    states = {"in_force": "有效", "trial": "试行", "draft": "征求意见稿"}
    levels = {"province": "省级", "city": "市级", "county": "旗县区级"}
    line = {
        "document": id_,
        "id": id_,
        "short": _short(head.title),
        "title": head.title,
        "number": head.number,
        "issuer": head.issuer,
        "level": levels[head.level],
        "territory": "；".join(f"{place.full_name}（{place.code}）" for place in head.territory),
        "state": states[head.state],
        "from": head.from_.isoformat() if head.from_ else "",
        "to": head.to.isoformat() if head.to else "",
        "applicants": "；".join(applicants),
        "interprets": head.interprets,
    }
    out.lines["documents"].append({key: value for key, value in line.items() if value})
    columns = {
        "no_end": "to",
        "to_from_years": "to",
        "from_issue": "from",
        "from_guess": "from",
        "no_issue_date": "from",
    }
    for key in dict.fromkeys(head.doubts):
        out.doubt(
            "documents",
            id_,
            columns.get(key, key),
            "medium" if key in ("to_from_years", "from_issue") else "low",
            f"head_{key}",
        )
    out.doubt("documents", id_, "applicants", "medium", "applicants")


def _short(title: str) -> str:
    bare = re.sub(r"^关于|的通知$|人民政府办公室|人民政府", "", title)
    return bare if len(bare) <= 24 else bare[:24]


# ---- clauses ----

_COMPACT = re.compile(r"[（(]?([一二三四五六七八九十百零〇\d]+)[)）]?")


def _numbered(document: str, offers: Iterable[Offer]) -> Iterable[tuple[str, Offer]]:
    """Each offer with an id after its article: 三（一） with two offers → doc-3.1a, doc-3.1b."""
    offers = list(offers)
    articles = [
        ".".join(_arabic(part) for part in _COMPACT.findall(plain(offer.article).text)) or "0" for offer in offers
    ]
    seen: dict[str, int] = {}
    for offer, article in zip(offers, articles, strict=True):
        many = articles.count(article) > 1
        number = seen.get(article, 0)
        seen[article] = number + 1
        letter = (chr(97 + number) if number < 26 else f"x{number}") if many else ""
        yield f"{document}-{article}{letter}", offer


def _arabic(part: str) -> str:
    return part if part.isdecimal() else str(numeral(part))


class _Names:
    """Labels and aliases of activities and certificates, to guess which of them a sentence means."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.activities = [(c.label, (c.label, *c.aliases)) for c in vocabulary.activities.choices]
        self.kinds = [(kind.label, (kind.label, *kind.aliases)) for kind in vocabulary.kinds.values()]

    @staticmethod
    def guess(words: str, known: list[tuple[str, tuple[str, ...]]]) -> list[str]:
        """Labels whose name or alias of three characters and more stands in `words`; the longest names first."""
        hits: list[tuple[int, str]] = []
        for label, names in known:
            longest = max((len(name) for name in names if len(name) >= 3 and name in words), default=0)
            if longest:
                hits.append((-longest, label))
        return [label for _, label in sorted(hits)][:4]


_RECOGNISED = re.compile(
    r"认定|评定|评估|通过|获得?|入选|列入|称号|贯标|荣获|评为|入库|入规|升规|取得|首台|示范|授予|备案|证书|认证|上市|挂牌"
)
_ENTERPRISE = re.compile(
    r"营业收入|产值|销售额|税收|纳税|服务收入|增速|增长|用工|就业|职工|租金|房租|电费|用电|保费|利息|研发费用|研发投入|展位|运费|物流费|参展"
)
_COMPETES = re.compile(r"每年(?:选取|评选|遴选|支持一批|择优)|择优|评选|遴选|前\d+名|排名")
_CEILING = re.compile(r"不超过|最高|以内|上限|封顶")
_ASPIRES = re.compile(r"积极争取|力争|推荐(?:申报|争取)|协助申报|优先推荐")
_PAYEES = (
    (
        "政府",
        re.compile(
            r"(?:盟市|旗县区?|县(?:市)?区|区县|乡镇|街道|城市|园区|开发区|管委会|地方政府)(?:[(（][^)）]*[)）])?(?:等|的)?(?:,|给予|最高|奖励|补助|予以|每个)"
        ),
    ),
    (
        "个人",
        re.compile(
            r"(?:人才|个人|团队|职工|员工|高管|企业家|学生|毕业生|带头人|工匠)(?:的)?(?:,|给予|每人|一次性|奖励|补助|发放)"
        ),
    ),
    (
        "机构",
        re.compile(
            r"(?:机构|协会|商会|高校|院校|院所|研究院|事业单位|社会组织|学会|联盟|医院|银行|基金|中心)(?:的)?(?:,|给予|一次性|奖励|补助|每家)"
        ),
    ),
)


def _clause(id_: str, offer: Offer, names: _Names, out: Draft) -> None:
    words = offer.words
    paid = [one for one in offer.figures if one.role in ("rate", "fixed", "cap", "unit")]
    for_ = "认定" if _RECOGNISED.search(words) and not any(one.role == "rate" for one in paid) else "项目"
    if (
        for_ == "项目"
        and not re.search(r"项目|投资|投入|建设|改造|购置|设备", words)
        and (_ENTERPRISE.search(words) or not paid)
    ):
        for_ = "企业"
    takes = names.guess(words, names.activities) if for_ == "项目" else []
    kinds = names.guess(words, names.kinds) if for_ == "认定" else []
    line = {
        "document": out.document,
        "id": id_,
        "article": offer.article,
        "title": _title(offer),
        "quote": offer.quote.strip("，,；;、 \u3000"),
        "for": for_,
        "takes": "；".join(takes),
        "kinds": "；".join(kinds),
        "strength": _strength(words, paid),
        "once": "是" if "一次性" in words else "",
    }
    payee = next((name for name, pattern in _PAYEES if pattern.search(words)), "企业")
    if payee == "机构" or payee == "政府":
        line["payee"] = payee
    out.lines["clauses"].append({key: value for key, value in line.items() if value})
    if payee != "企业":
        out.doubt("clauses", id_, "payee", "medium", "payee", who=payee)
    if for_ == "认定":
        out.doubt(
            "clauses",
            id_,
            "kinds",
            "medium" if len(kinds) == 1 else "low",
            "kinds" if kinds else "no_kinds",
            names="、".join(kinds),
        )
    elif for_ == "项目":
        out.doubt(
            "clauses",
            id_,
            "takes",
            "medium" if len(takes) == 1 else "low",
            "takes" if takes else "no_takes",
            names="、".join(takes),
        )
    if "一次性" in words:
        out.doubt("clauses", id_, "once", "medium", "once")
    for figure in offer.figures:
        if figure.role in ("threshold", "share"):
            out.doubt("clauses", id_, "", "low", "condition", words=_around(offer, figure))
    for match in re.finditer(r"\d+(?:家|个|人|项|台|套|年)(?:[(（]含[)）])?(?:及)?以上", words):
        out.doubt("clauses", id_, "", "low", "condition", words=match[0])
    if line["strength"] == "争取":
        out.doubt("clauses", id_, "strength", "medium", "aspires", words="、".join(one.words for one in paid))
    else:
        _amounts(id_, offer, paid, out)


def _title(offer: Offer) -> str:
    """A short name: the words between 对/支持 and the money, or the heading."""
    text = offer.plain.text[offer.start : offer.end]
    body = re.sub(r"^[^。]{0,40}。(?=[^。])", "", text) if text.count("。") > 1 else text
    for pattern in (
        r"^([^,。;对]{4,24}?)(?:的)?(?:分别|各)?(?:奖励|补助|补贴|给予)",
        r"(?:新)?(?:获批|获得|获评|通过|入选|列入|被?认定为|评为|被评价为)([^,。;]{3,24}?)(?:的|认定|称号|企业|,|分别|奖励|给予)",
        r"(?:对|支持|鼓励)([^,。;]{3,24}?)(?:的|,|给予|奖励|按)",
    ):
        for found in re.finditer(pattern, body):
            name = found[1].strip("“”")
            if len(name) >= 4 and not re.search(r"\d+万|\d+亿|^当年|^总投资|^上述|产生$", name):
                return name
    return (offer.heading or body)[:24].strip(",。;")


def _strength(words: str, paid: list[Figure]) -> str:
    if not paid:
        return "酌定"
    if _ASPIRES.search(words):
        return "争取"
    if _COMPETES.search(words):
        return "择优"
    return "最高可给" if _CEILING.search(words) or any(one.role == "cap" for one in paid) else "应给"


def _around(offer: Offer, figure: Figure) -> str:
    text = offer.plain.text
    start = max(offer.context, figure.start - 16)
    words = re.split(r"[,。;、]", text[start : figure.start])[-1] + text[figure.start : figure.end]
    return words + (re.match(r"^[(（]?含?[)）]?(?:及)?(?:以上|以下)?", text[figure.end : figure.end + 6]) or [""])[0]


def _amount(figure: Figure) -> str:
    return wan(figure.value) if figure.money else percent(figure.value)


_BASE = re.compile(
    r"(?:按照?|给予|按其|根据)?(?:不超过)?(?:其|项目|企业|当年|年度|实际|核定的?|符合条件的)*([\u4e00-\u9fffA-Za-z]{2,16}?(?:额|费用|费|款|价|金|投入|收入|投资|支出|成本|利息|租金|产值|保费|资金|经费))(?:的|总额的?)?$"
)


def _base(offer: Offer, figure: Figure) -> str:
    """What a rate is a rate of, in the text's words."""
    found = _BASE.search(
        re.split(r"[,。;、]", offer.plain.text[max(offer.start, figure.start - 26) : figure.start])[-1]
    )
    return found[1] if found else ""


def _per(offer: Offer, figure: Figure) -> tuple[str, str]:
    """Whom a cap counts for (cells 上限按谁算, 每年一算)."""
    before = re.split(r"[,。;]", offer.plain.text[max(offer.start, figure.start - 24) : figure.start])[-1]
    per = (
        "每户企业"
        if re.search(r"每(?:户|家|个)?企业|单个企业|单户|单家|每家|每户|同一企业|企业每年|每个平台|每家平台", before)
        else ""
    )
    per = per or ("每个项目" if re.search(r"单个项目|每个项目|单项|每项|项目最高|同一项目", before) else "")
    return per, "是" if re.search(r"每年|年度|当年|同一年", before) else ""


def _amounts(id_: str, offer: Offer, paid: list[Figure], out: Draft) -> None:
    rows: list[Line] = []
    sheet = "payments"
    base = {"document": out.document, "clause": id_}
    listed = {id(figure) for _, figures in offer.tiers for figure in figures}
    shared = [one for one in paid if id(one) not in listed]
    if offer.tiers:
        for number, (label, figures) in enumerate(offer.tiers, 1):
            tier = {**base, "tier": f"{id_}-{number}", "title": label or say("draft.tier", number=number)}
            rows += _payment(tier, offer, [*figures, *shared])
        if any(not label for label, _ in offer.tiers):
            out.doubt(sheet, id_, "title", "low", "tier_labels", count=len(offer.tiers))
        else:
            out.doubt(sheet, id_, "title", "medium", "tiers", count=len(offer.tiers))
    elif paid:
        rows = _payment(base, offer, paid)
    for row in rows:
        if row.get("form") == "按比例":
            out.doubt(sheet, id_, "of", "medium" if row.get("of") else "low", "base", words=row.pop("base", "") or "？")
        elif row.get("form") == "按数量":
            out.doubt(sheet, id_, "of", "low", "unit")
        elif "form" not in row and "figure" not in row:
            out.doubt(sheet, id_, "figure", "low", "cap_only")
        row.pop("base", None)
    for one in paid:
        if not one.sure:
            out.doubt(sheet, id_, "", "low", "figure", words=one.words)
    out.lines[sheet] += rows


def _payment(base: Line, offer: Offer, paid: list[Figure]) -> list[Line]:
    """The rows of one payment: rates and fixed sums one a row, the caps on the first, further caps on rows of their own."""
    rows: list[Line] = []
    caps = [one for one in paid if one.role == "cap"]
    for one in paid:
        if one.role == "rate":
            words = _base(offer, one)
            whole = not words or re.search(r"总?投资|总?投入", words)
            rows.append(
                {**base, "form": "按比例", "figure": _amount(one), "of": "本条的投入" if whole else "", "base": words}
            )
        elif one.role == "fixed":
            rows.append({**base, "form": "定额", "figure": _amount(one)})
        elif one.role == "unit":
            rows.append({**base, "form": "按数量", "figure": _amount(one)})
    if not rows:
        rows = [dict(base)]
    for number, cap in enumerate(caps):
        if number >= len(rows):
            rows.append(dict(base))
        per, yearly = _per(offer, cap)
        rows[number] |= (
            {"cap": _amount(cap)} | ({"cap_per": per} if per else {}) | ({"cap_yearly": yearly} if yearly else {})
        )
    return [{key: value for key, value in row.items() if value} for row in rows]


# ---- rules over several clauses ----


def _rule(number: int, rule: RuleText, out: Draft) -> None:
    sheet, id_ = "limits", f"{out.document}-r{number}"
    words = plain(rule.quote).text
    types = {"joint_cap": "合计上限", "barred": "不予支持", "reduced": "打折兑现", "exclusive": "就高不重复"}
    type_ = types[rule.kind]
    count = re.search(
        r"(?:不超过|最多|限|只能(?:享受|申报)?)[^,。;\d一二两三]{0,8}(?P<n>\d|[一二两三])(?:个|项|次)", words
    )
    if rule.kind == "exclusive" and (
        count or re.search(r"同一(?:项目|企业|事项|产品)[^,。;]*(?:只|择|不重复|不得重复)|择一|就高选择一项", words)
    ):
        type_ = "最多几项"
    line = {
        "document": out.document,
        "id": id_,
        "type": type_,
        "article": rule.article,
        "quote": rule.quote,
        "text": rule.quote,
    }
    caps = [one for one in rule.figures if one.role in ("cap", "rate")]
    if type_ == "合计上限":
        line["per"] = "每个项目" if re.search(r"单个项目|同一项目|每个项目", words) else "一户企业"
        line["per"] = "每个项目" if line["per"] == "每个项目" else "每户企业"
        for one in caps[:1]:
            line["cap"] = _amount(one)
    elif type_ == "最多几项":
        line |= {
            "at_most": str(numeral(count["n"]) if not count["n"].isdecimal() else int(count["n"])) if count else "1"
        }
        line |= {
            "per": "每个项目" if re.search(r"同一项目|同一事项", words) else "每户企业",
            "of": "项目" if re.search(r"支持项目|项目(?:原则上)?不超过", words) else "奖补",
        }
    elif type_ == "打折兑现":
        line["factor"] = next((_amount(one) for one in rule.figures if not one.money), "")
    elif type_ == "就高不重复":
        levels = [
            name
            for name, pattern in (
                ("国家级", "国家|中央"),
                ("省级", "省|自治区"),
                ("市级", "市"),
                ("旗县区级", "县|旗|区级"),
            )
            if re.search(pattern, words)
        ]
        line["levels"] = "；".join(levels)
    out.lines[sheet].append({key: value for key, value in line.items() if value})
    for extra in caps[1:] if type_ == "合计上限" else ():
        out.lines[sheet].append(
            {
                "document": out.document,
                "id": id_,
                "type": type_,
                "per": line["per"],
                "cap": _amount(extra),
                "article": rule.article,
                "quote": rule.quote,
                "text": rule.quote,
            }
        )
    out.doubt(sheet, id_, "type", "low" if rule.kind == "exclusive" else "medium", f"rule_{rule.kind}")


def paragraphs(text: str) -> int:
    """How many paragraphs the text has: what the draft has looked through."""
    return len(outline(text))
