"""The row of sheet 文件: the head of the document, and what its text says about applying."""

from __future__ import annotations

import re

from policies.draft.book import Draft
from policies.draft.header import Header
from policies.draft.offers import Found
from policies.draft.plain import plain
from policies.words import say

_STATES = {"in_force": "有效", "trial": "试行", "draft": "征求意见稿"}
_LEVELS = {"province": "省级", "city": "市级", "county": "旗县区级"}
_INSTITUTION = re.compile(r"(?:机构|协会|高校|院所|事业单位|中心|社会组织)(?:给予|奖励|补助|的,|,)")
_APPLY = re.compile(
    r"(?:申报|申请)[^。;]*(?:提交|提出|登录|填报|平台|递交|报送)|(?:提交|提出|填报|递交)[^。;]{0,12}(?:申报|申请)"
)
_NOT_APPLY = re.compile("不得|不予|取消|骗取")
_TAKES_IN = (
    re.compile(r"由(?P<who>[^,。;由]{2,24}?(?:局|委|厅|部门|办公室|中心|管委会))(?:负责)?(?:受理|初审|审核)"),
    re.compile(
        r"(?:向|报)(?P<who>(?!社会)[^,。;向]{2,24}?(?:局|委|厅|部门|办公室|中心|管委会))(?:提出|提交|申报|申请|报送|,|。)"
    ),
    re.compile(r"(?:送至|报送至|提交至|交至)(?P<who>[^,。;(]{2,24}?(?:局|委|厅|部门|办公室|中心|管委会))"),
)
_CONTACT = re.compile(r"联系(?:人|电话|方式)[^,。;]{0,4}[:：][^。;]{4,60}|(?:咨询|联系)电话[^。;]{6,40}")


def document_id(head: Header) -> str:
    """`place-year-number`, the place in pinyin."""
    from pypinyin import lazy_pinyin

    short = head.territory[0].short if head.territory else re.sub("(?:省|市|区|县|旗|自治区)$", "", head.named)
    place = "".join(lazy_pinyin(short)) or "document"
    found = re.search(r"(\d{4})\D+(\d+)号", head.number)
    tail = f"-{found[1]}-{found[2]}" if found else (f"-{head.from_.year}" if head.from_ else "")
    return re.sub(r"[^a-z0-9-]", "", f"{place}{tail}".lower()) or "document"


def add_document(head: Header, found: Found, lines: list[str], out: Draft) -> None:
    """The row, and what about it is open."""
    applicants = ["企业"]
    if any(_INSTITUTION.search(offer.words) for offer in found.offers):
        applicants.append("机构")
    applying = _applying(lines)
    out.add(
        "documents",
        {
            "id": out.document,
            "short": _short(head.title),
            "title": head.title.replace("(", "（").replace(")", "）"),
            "number": head.number,
            "issuer": head.issuer,
            "level": _LEVELS[head.level],
            "territory": "；".join(f"{place.full_name}（{place.code}）" for place in head.territory),
            "state": _STATES[head.state],
            "from": head.from_.isoformat() if head.from_ else "",
            "to": head.to.isoformat() if head.to else "",
            "applicants": "；".join(applicants),
            "interprets": head.interprets,
            **applying,
        },
    )
    _doubts(head, out)
    for column in applying:
        out.doubt("documents", out.document, column, "medium", say("draft_doubt.applying"))


def _doubts(head: Header, out: Draft) -> None:
    said = {
        "title": ("title", "low", say("draft_doubt.head_title")),
        "number": ("number", "low", say("draft_doubt.head_number")),
        "issuer": ("issuer", "low", say("draft_doubt.head_issuer")),
        "interprets": ("interprets", "low", say("draft_doubt.head_interprets")),
        "no_end": ("to", "low", say("draft_doubt.head_no_end")),
        "to_from_years": ("to", "medium", say("draft_doubt.head_to_from_years")),
        "from_issue": ("from", "medium", say("draft_doubt.head_from_issue")),
        "from_guess": ("from", "low", say("draft_doubt.head_from_guess")),
        "no_issue_date": ("from", "low", say("draft_doubt.head_no_issue_date")),
        "territory": ("territory", "low", say("draft_doubt.head_territory")),
    }
    if head.named:
        said["territory"] = ("territory", "low", say("draft_doubt.head_place", place=head.named))
    for key in dict.fromkeys(head.doubts):
        column, sure, text = said[key]
        out.doubt("documents", out.document, column, "medium" if sure == "medium" else "low", text)
    out.doubt("documents", out.document, "level", "medium", say("draft_doubt.level"))
    out.doubt("documents", out.document, "applicants", "medium", say("draft_doubt.applicants"))


def _short(title: str) -> str:
    bare = re.sub(r"^关于|的通知$|人民政府办公室|人民政府", "", title)
    return bare if len(bare) <= 24 else bare[:24]


def _applying(lines: list[str]) -> dict[str, str]:
    """受理单位, 联系方式 and 怎么申请, in the text's words."""
    out: dict[str, str] = {}
    for line in lines:
        form = plain(line)
        for found in re.finditer("[^。;]+[。;]?", form.text):
            part = found[0]
            if "apply" not in out and len(part) <= 200 and _APPLY.search(part) and not _NOT_APPLY.search(part):
                out["apply"] = re.sub(r"^(?:第.{1,4}条|[(（].{1,3}[)）])\s*", "", form.quote(*found.span()))
            for pattern in _TAKES_IN:
                if "responsible" not in out and "申" in line and (match := pattern.search(part)):
                    out["responsible"] = match["who"]
            if "contact" not in out and (match := _CONTACT.search(part)):
                out["contact"] = match[0].strip("。;")
    return out
