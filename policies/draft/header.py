"""The head of a document from its text: title, number, issuer, dates, state, who interprets, where it holds."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass, field
from datetime import date, timedelta

from policies.draft.numbers import numeral
from policies.draft.outline import Paragraph, outline
from policies.draft.plain import plain
from policies.regions import Place, gazetteer

_KINDS = "政策措施|若干措施|若干政策|若干意见|实施意见|实施细则|实施办法|管理办法|工作方案|实施方案|扶持办法|奖励办法|资助办法|行动计划|申报指南|措施|政策|意见|办法|细则|方案|规定|指南|条例|计划|通知"
_NUMBER = re.compile(r"[\u4e00-\u9fff]{2,12}[〔\[(（【]\s?(?:19|20)\d{2}\s?[〕\])）】]\s?第?\d{1,4}号")
_DAY = r"(?P<y>(?:19|20)\d{2})年(?P<m>\d{1,2})月(?:(?P<d>\d{1,2})日)?"
_DATE = re.compile(_DAY)
_FROM = re.compile(
    rf"自?(?:{_DAY})(?:起|开始)(?:正式|试|施|执|实|生)?[^,。;]{{0,4}}?(?:施行|执行|实施|试行|生效|起效)?"
)
_FROM_ISSUE = re.compile(r"自(?:印发|发布|公布|发文|颁布|下发)之日起?(?:(?P<after>\d+)(?:个工作)?日(?:后|起))?")
_TO = re.compile(
    rf"(?:有效期|有效期限|执行期限?|施行期限?|实施期限?|期限|有效)?[^,。;]{{0,8}}?(?:至|到|截至|截止到?)(?:{_DAY})(?:止|为止|底|末)?"
)
_YEARS = re.compile(
    r"(?:有效期|有效期限|执行期限?|施行期|实施期限?|期限|试行)(?:为|限|:)?(?P<n>[一二两三四五六七八九十\d]+)(?:个)?年"
)
_INTERPRETS = re.compile(
    r"由(?P<who>[^,。;由]{2,60}?)(?:牵头实施并|会同[^,。;]{2,30})?(?:负责)(?:具体|本[^,。;]{1,4}的?)?(?:的)?(?:解释|政策解释)"
)
_OVER = re.compile(r"征求意见稿|公开征求意见|讨论稿|草案|送审稿")


@dataclass
class Header:
    """What the text says of itself; what it does not say is empty, and `doubts` says what a person must decide."""

    title: str = ""
    number: str = ""
    issuer: str = ""
    level: str = "city"
    territory: tuple[Place, ...] = ()
    named: str = ""
    """The place that the title or the issuer names, in its words; a zone or a new district is in no list of places."""
    state: str = "in_force"
    from_: date | None = None
    to: date | None = None
    interprets: str = ""
    issued: date | None = None
    doubts: list[str] = field(default_factory=list)
    """Keys of messages.yaml, draft.doubt."""


def header(text: str) -> Header:
    """Read the head. Never fails: what it does not find stays empty, with a doubt."""
    paragraphs = outline(text)
    lines = [plain(one.text).text for one in paragraphs]
    out = Header()
    out.title, at = _title(lines)
    found = next((match for line in lines[:30] if len(line) < 60 and (match := _NUMBER.search(line))), None)
    if found is None:
        found = next((match for line in lines[-12:] if len(line) < 60 and (match := _NUMBER.search(line))), None)
    out.number = re.sub(r"[\[(（【]", "〔", re.sub(r"[\])）】]", "〕", found[0])) if found else ""
    out.issued = _issued(lines)
    out.issuer = _issuer(paragraphs, lines, at)
    _state(lines, out)
    _life(lines, out)
    _interprets(lines, out)
    _territory(lines, out)
    for name, value in (
        ("title", out.title),
        ("number", out.number),
        ("issuer", out.issuer),
        ("interprets", out.interprets),
    ):
        if not value:
            out.doubts.append(name)
    return out


def _title(lines: list[str]) -> tuple[str, int]:
    """The document's own title: in 《》 of the notice that issues it, else the first line that ends as titles do."""
    top = lines[:40]
    for line in top:
        if match := re.search(rf"现将《([^》]{{4,60}}(?:{_KINDS})(?:[(（][^)）]*[)）])?)》", line):
            return match[1], 0
    for span in (1, 2, 3):
        for index in range(len(top) - span + 1):
            joined = "".join(top[index : index + span])
            bare = re.sub(r"[(（](?:征求意见稿|试行|暂行|草案|修订|修订版|\d{4}年?(?:修订|版))[)）]", "", joined)
            if len(joined) > 70 or len(bare) < 6 or re.search(r"[。,;:]", joined) or _NUMBER.search(joined):
                continue
            if not re.search(rf"(?:{_KINDS})$", bare) or re.match(r"附件|抄送", joined):
                continue
            if match := re.search(r"(?:印发|发布)《([^》]+)》", joined):
                return match[1], index
            following = top[index + span] if index + span < len(top) else ""
            if re.fullmatch(r"[(（](?:征求意见稿|试行|暂行|草案|讨论稿|送审稿)[)）]", following):
                joined += following
            return joined, index
    return "", 0


def _day(match: re.Match[str], last: bool = False) -> date | None:
    year, month = int(match["y"]), int(match["m"])
    if not 1 <= month <= 12:
        return None
    day = int(match["d"]) if match["d"] else (monthrange(year, month)[1] if last else 1)
    return date(year, month, day) if 1 <= day <= monthrange(year, month)[1] else None


def _issued(lines: list[str]) -> date | None:
    """The date of issue: a line that is a date, or 「…年…月…日印发」."""
    dates: list[date] = []
    for line in lines:
        if len(line) <= 40 and (match := re.search(rf"^[^,。;]{{0,20}}?{_DAY}(?:印发)?$", line)) and match["d"]:
            found = _day(match)
            if found is not None and line.endswith("印发"):
                return found
            if found is not None:
                dates.append(found)
    return dates[0] if dates else None


def _life(lines: list[str], out: Header) -> None:
    ends = [line for line in lines if re.search(r"起(?:施行|执行|实施|试行|生效)|之日起|有效期|期限|执行期", line)]
    for line in ends:
        for part in re.split(r"[。;]", line):
            if (
                out.from_ is None
                and re.search(r"施行|执行|实施|试行|生效|有效", part)
                and (match := _FROM.search(part))
            ):
                out.from_ = _day(match)
            if (
                out.from_ is None
                and (match := _FROM_ISSUE.search(part))
                and re.search(r"施行|执行|实施|试行|生效|有效", part)
            ):
                if out.issued is not None:
                    out.from_ = out.issued + timedelta(days=int(match["after"] or 0))
                    out.doubts.append("from_issue")
                else:
                    out.doubts.append("no_issue_date")
            if out.to is None and re.search(r"有效|执行|施行|实施|期限|止", part):
                for match in _TO.finditer(part):
                    out.to = _day(match, last=True)
            if out.to is None and out.from_ is not None and (match := _YEARS.search(part)):
                years = int(match["n"]) if match["n"].isdecimal() else numeral(match["n"])
                try:
                    out.to = out.from_.replace(year=out.from_.year + years) - timedelta(days=1)
                except ValueError:
                    out.to = date(out.from_.year + years, 2, 28)
                out.doubts.append("to_from_years")
    if out.from_ is None and out.issued is not None and out.state != "draft":
        out.from_ = out.issued
        out.doubts.append("from_guess")
    if out.to is None:
        out.doubts.append("no_end")
    if out.from_ is not None and out.to is not None and out.to < out.from_:
        out.to = None
        out.doubts.append("no_end")


def _state(lines: list[str], out: Header) -> None:
    head = "".join(lines[:25])
    if _OVER.search(head) or _OVER.search(out.title):
        out.state = "draft"
    elif re.search(r"试行|试点期|暂行", out.title) or any(re.search(r"起(?:试行|暂行)", line) for line in lines):
        out.state = "trial"


def _interprets(lines: list[str], out: Header) -> None:
    for line in lines:
        for part in re.split(r"[。;]", line):
            if match := _INTERPRETS.search(part):
                out.interprets = re.sub(r"^(?:本[^,。]{1,6}由)", "", match["who"])


_ENDING = "人民政府办公[室厅]|人民政府|管理委员会|管委会|领导小组办公室|领导小组|委员会|办公[室厅]|中心|[局厅委部行]"
_BODY = re.compile(rf"(?:[\u4e00-\u9fff]{{2,24}}?(?:{_ENDING}))+")
_PREFIX = re.compile(
    r"^(?:关于)?(?:公开)?(?:组织|开展|做好|征求|印发|发布|申报|修订|贯彻|落实|进一步|《|中共|中国共产党|共青团|\d{4}年度?|年度?|度)+"
)
_PLACE = re.compile(
    r"^[\u4e00-\u9fff]{1,8}?(?:省|自治区|自治州|特别行政区|高新技术产业开发区|经济技术开发区|高新区|经开区|开发区|新区|示范区|市|自治县|县|自治旗|旗|区|州|盟|镇)"
)


def _issuer(paragraphs: list[Paragraph], lines: list[str], at: int) -> str:
    """The body whose name stands alone on a line (at the top, or above the date); several: with 、 between."""
    for paragraph, line, after in zip(paragraphs, lines, [*lines[1:], ""], strict=True):
        if len(line) <= 60 and _BODY.fullmatch(line) and _DATE.match(after):
            return "、".join(_bodies(paragraph.text))
    for index in range(len(lines) - 1, 0, -1):  # signatures on a line each, the date below the last
        if _DATE.match(lines[index]) and len(lines[index]) <= 14:
            first = index
            while first and len(lines[first - 1]) <= 30 and _BODY.fullmatch(lines[first - 1]):
                first -= 1
            if first < index:
                return "、".join(lines[first:index])
    for line in lines[-6:]:  # …办公室 2025年7月15日印发
        if match := re.fullmatch(rf"({_BODY.pattern}){_DAY}(?:印发)?", line):
            return match[1]
    for line in lines[: at + 8]:
        bare = re.sub(r"文件$", "", line)
        if len(bare) <= 30 and _BODY.fullmatch(bare):
            return bare
    return ""


def _bodies(line: str) -> list[str]:
    """沧原市工业和信息化局 沧原市财政局: by the spaces, or where the name of the place begins again."""
    apart = [plain(words).text for words in line.split()]
    if len(apart) > 1 and all(_BODY.fullmatch(one) for one in apart):
        return apart
    whole = plain(line).text
    return re.split(f"(?<=.)(?={re.escape(whole[:2])})", whole)


def _territory(lines: list[str], out: Header) -> None:
    """The place in the title, the issuer or the first lines; a name that no list of places has is kept as it stands."""
    for words in (out.title, out.issuer, *lines[:12]):
        if not out.named and (match := _PLACE.match(_PREFIX.sub("", words))):
            out.named = match[0]
        for mention in gazetteer().find_places(words):
            if len(mention.candidates) == 1:
                found = mention.candidates[0]
                out.territory = (found,)
                out.level = (
                    "province" if found.code.endswith("0000") else "city" if found.code.endswith("00") else "county"
                )
                return
    if out.named:
        out.level = (
            "province" if out.named.endswith(("省", "自治区")) else "county" if out.named[-1] in "区县旗" else "city"
        )
    out.doubts.append("territory")
