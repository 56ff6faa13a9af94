"""The rows of sheet 条款: who gets something, for what, by which sentence; with its conditions and amounts."""

from __future__ import annotations

import re
from collections.abc import Iterable

from policies.draft.book import Draft
from policies.draft.condition_rows import add_conditions, thresholds_of
from policies.draft.guesses import Guesses
from policies.draft.lexicon import pattern
from policies.draft.numbers import whole
from policies.draft.offers import Offer
from policies.draft.outline import short_article
from policies.draft.payment_rows import add_payments
from policies.draft.plain import plain
from policies.words import say

_ARTICLE_PARTS = re.compile(r"[（(]?([一二三四五六七八九十百零〇\d]+)[)）]?")
_RECOGNISED = re.compile(
    r"认定|评定|评估|通过|获得?|入选|列入|称号|贯标|荣获|评为|入库|入规|升规|取得|首台|示范|授予|备案|证书|认证|上市|挂牌"
)
_ENTERPRISE = re.compile(
    r"营业收入|产值|销售额|税收|纳税|服务收入|增速|增长|用工|就业|职工|租金|房租|电费|用电|保费|利息|研发费用|研发投入|展位|运费|物流费|参展"
)
_PROJECT = re.compile("项目|投资|投入|建设|改造|购置|设备")
_COMPETES = re.compile(r"每年(?:选取|评选|遴选|支持一批|择优)|择优|评选|遴选|前\d+名|排名")
_CEILING = re.compile(r"不超过|最高|以内|上限|封顶")
_ASPIRES = re.compile(r"积极争取|力争|推荐(?:申报|争取)|协助申报|优先推荐")
_PAYEES = (
    ("政府", re.compile(
        r"(?:盟市|旗县区?|县(?:市)?区|区县|乡镇|街道|城市|园区|开发区|管委会|地方政府)(?:[(（][^)）]*[)）])?(?:等|的)?(?:,|给予|最高|奖励|补助|予以|每个)"
    )),
    ("个人", re.compile(
        r"(?:人才|个人|团队|职工|员工|高管|企业家|学生|毕业生|带头人|工匠|博士|硕士|研究生|本科生)(?:的)?(?:,|给予|每人|一次性|奖励|补助|发放)|给予(?:人才)?个人|每人每月"
    )),
    ("机构", re.compile(
        r"(?:机构|协会|商会|高校|院校|院所|研究院|事业单位|社会组织|学会|联盟|医院|银行|基金|服务中心)(?:的)?(?:,|给予|一次性|奖励|补助|每家)"
    )),
)  # fmt: skip


def numbered(document: str, offers: Iterable[Offer]) -> Iterable[tuple[str, Offer]]:
    """Each offer with an id after its article: 三（一） with two offers → doc-3.1a, doc-3.1b.

    Articles are counted through all chapters, so 第二章第五条 is doc-5; a second 五 gets a number of its own.
    """
    offers = list(offers)
    articles = [_compact(offer.article) for offer in offers]
    seen: dict[str, int] = {}
    for offer, article in zip(offers, articles, strict=True):
        many = articles.count(article) > 1
        number = seen.get(article, 0)
        seen[article] = number + 1
        letter = (chr(97 + number) if number < 26 else f"x{number}") if many else ""
        yield f"{document}-{article}{letter}", offer


def _compact(article: str) -> str:
    parts = _ARTICLE_PARTS.findall(plain(short_article(article)).text)
    return ".".join(str(whole(part)) for part in parts) or "0"


def add_clause(id_: str, offer: Offer, instalments: str, guesses: Guesses, out: Draft) -> None:
    """The rows of one offer in all sheets."""
    words = offer.words
    for_ = _for(offer)
    takes = guesses.activities(words) if for_ == "项目" else []
    kinds = guesses.kinds(words) if for_ == "认定" else []
    strength = _strength(offer)
    payee = next((name for name, found in _PAYEES if found.search(words)), "企业")
    out.add(
        "clauses",
        {
            "id": id_,
            "article": short_article(offer.article),
            "title": _title(offer, alone=not id_[-1].isalpha()),
            "quote": offer.quote,
            "for": for_,
            "takes": "；".join(takes),
            "kinds": "；".join(kinds),
            "strength": strength,
            "once": "是" if "一次性" in words else "",
            "payee": payee if payee in ("机构", "政府") else "",
            "instalments": instalments if offer.paid else "",
        },
    )
    if payee != "企业":
        out.doubt("clauses", id_, "payee", "medium", say("draft_doubt.payee", who=payee))
    if for_ == "认定":
        text = say("draft_doubt.kinds", names="、".join(kinds)) if kinds else say("draft_doubt.no_kinds")
        out.doubt("clauses", id_, "kinds", "medium" if len(kinds) == 1 else "low", text)
    elif for_ == "项目":
        text = say("draft_doubt.takes", names="、".join(takes)) if takes else say("draft_doubt.no_takes")
        out.doubt("clauses", id_, "takes", "medium" if len(takes) == 1 else "low", text)
    if "一次性" in words:
        out.doubt("clauses", id_, "once", "medium", say("draft_doubt.once"))
    if instalments and offer.paid:
        out.doubt("clauses", id_, "instalments", "medium", say("draft_doubt.instalments"))
    tiers: list[str] = []
    if strength == "争取":
        text = say("draft_doubt.aspires", words="、".join(one.words for one in offer.paid))
        out.doubt("clauses", id_, "strength", "medium", text)
    else:
        tiers = add_payments(id_, offer, offer.tiers, kinds[0] if len(kinds) == 1 else "", guesses, out)
    add_conditions(id_, offer, thresholds_of(offer, tiers), guesses, out)


def _for(offer: Offer) -> str:
    """项目, 认定 or 企业."""
    words = offer.words
    if _RECOGNISED.search(words) and not any(one.role == "rate" for one in offer.paid):
        return "认定"
    if not _PROJECT.search(words) and (_ENTERPRISE.search(words) or not offer.paid):
        return "企业"
    return "项目"


def _strength(offer: Offer) -> str:
    if not offer.paid:
        return "酌定"
    if _ASPIRES.search(offer.words):
        return "争取"
    if _COMPETES.search(offer.words):
        return "择优"
    capped = _CEILING.search(offer.words) or any(one.role == "cap" for one in offer.paid)
    return "最高可给" if capped else "应给"


_NAMES = (
    pattern(r"(?:新)?(?:获批|获得|获评|通过|入选|列入|被?认定为|认定的|评为|评定为|被评价为)(?P<name>[^,。;]{3,24}?)(?:的|认定|称号|企业|,|分别|奖励|给予)"),
    pattern(r"(?:对|支持|鼓励)(?P<name>[^,。;]{3,24}?)(?:的|,|给予|奖励|按)"),
    pattern(r"^(?P<name>[^,。;对]{4,24}?)(?:的|,)?(?:分别|各|按照?)?(?:奖励|补助|补贴|给予)"),
    pattern("^(?P<name>[^,。;对]{4,20}?)的?,"),
)  # fmt: skip
_NO_NAME = re.compile(
    r"\d[\d.]*[万亿元%家]|^每|^当年|^总投资|^上述|产生$|^符合|^按|^其|^经认定$|^首次|^(?:(?:国家|省|市|区|县|自治区)级?[、和]?)+$"
)
_TRIM = re.compile("^(?:的|等)+|(?:且|并|以及).*$|[“”【】]")
_HEADED = re.compile(
    r"^(?:第.{1,5}条|[(（].{1,3}[)）]|[一二三四五六七八九十]+、|\d+(?:\.\d+)*[.、]?|[①-⑳])?(?P<name>[^,。;:]{3,20})[。:】]"
)
_GIVES = pattern("<gives>.*\\d")


def _title(offer: Offer, alone: bool) -> str:
    """A short name: the heading of its article, and if several offers stand there, what this one is for."""
    if offer.name:
        return offer.name
    own = _HEADED.match(offer.plain.text)
    heading = _TRIM.sub("", own["name"] if own else plain(offer.heading).text)
    if offer.lead and not own:
        item = re.sub(
            r"^(?:[(（].{1,3}[)）]|\d+[.、]|[①-⑳])",
            "",
            offer.plain.text[offer.start : offer.paid[0].start if offer.paid else offer.end],
        )
        return f"{heading}：{re.split('的?,|的?:', item)[0]}".strip("：")
    if len(heading) > 20 or _GIVES.search(heading):
        heading = ""
    name = _name(offer, own.end() if own else 0)
    if heading and (alone or not name or name == heading):
        return heading
    return f"{heading}：{name}" if heading else name or offer.plain.text[offer.start : offer.end][:24].strip(",。;")


def _name(offer: Offer, after: int) -> str:
    """The words between 对/支持 and the money, as far as they name something."""
    body = offer.plain.text[max(offer.start, after) : offer.end]
    for one in _NAMES:
        for found in one.finditer(body):
            name = _TRIM.sub("", found["name"])
            if len(name) >= 4 and not _NO_NAME.search(name):
                return name
    return ""
