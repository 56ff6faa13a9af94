"""A document's text as articles: headings, their numbers, and the paragraphs and table rows under them.

Official numbering, outermost first: 第一章, 第一条, 一、, （一）, 1. or 1．, 1.1, (1) or ①.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from itertools import pairwise

_HAN = "一二三四五六七八九十百零〇"
_LEVELS = (
    re.compile(rf"^第[{_HAN}\d]+[章篇]\s*"),
    re.compile(rf"^第[{_HAN}\d]+节\s*"),
    re.compile(rf"^第\s?[{_HAN}\d]+\s?条(?:之[{_HAN}])?\s*"),
    re.compile(rf"^(?:[{_HAN}]+、|[{_HAN}]+[.．]\s*)"),
    re.compile(rf"^[（(][{_HAN}]+[)）]\s*[、.．]?"),
    re.compile(
        r"^(?:\d{1,3}\s*[.．、](?!\d)\s*|\d{1,2}\s+(?![百千万亿元个年月日号家名人项台套倍天])(?=[\u4e00-\u9fff][^。；，]{1,24}$))"
    ),
    re.compile(r"^\d{1,2}[.．]\d{1,2}(?!\d|[.．]\d|\s?[%％万亿元倍])\s*[、.．]?"),
    re.compile(r"^\d{1,2}(?:[.．]\d{1,2}){2}(?!\d|[.．]\d)\s*[、.．]?"),
    re.compile(r"^(?:[（(]\d{1,2}[)）]|[①-⑳]|\d{1,2}[)）])\s*[、.．]?"),
)
_WHOLE, _DOTTED = (0, 1, 2), (6, 7)
"""Levels cited as they stand, and those that name all their parents: 3.1."""
_NUMBER = re.compile(rf"[{_HAN}\d①-⑳]+")
_ENDS = "。；：！？;:!?…”】》"
_PAGE_NUMBER = re.compile(r"[-—－–\s]*(?:第\s?)?\d{1,3}(?:\s?页)?[-—－–\s]*")
_RULER = re.compile(r"[|\s:：-]+")
_CELLS = re.compile(r"[|\t]")


@dataclass(frozen=True)
class Paragraph:
    """A paragraph as it stands in the text, with the number of the article it belongs to, as it is cited: 四（二）2."""

    article: str
    text: str
    heading: str
    """The nearest heading above it, or its own."""
    lead: str = ""
    """The words above a list of which it is an item: 按照以下标准给予补助："""
    columns: tuple[str, ...] = ()
    """The headers of the table of which it is a row."""


def is_row(line: str) -> bool:
    """Whether a line is a row of a table: its cells have tabs or bars between them."""
    return len(_CELLS.findall(line)) >= 1 and len(cells(line)) >= 2


def cells(line: str) -> list[tuple[int, int]]:
    """Where the cells of a table row stand."""
    edges = [match.start() for match in _CELLS.finditer(line)]
    spans = list(zip([0, *(edge + 1 for edge in edges)], [*edges, len(line)], strict=True))
    if line.lstrip().startswith("|"):
        spans = spans[1:]
    if line.rstrip().endswith(("|", "\t")):
        spans = spans[:-1]
    return spans


def lines_of(text: str) -> list[str]:
    """Paragraphs and table rows: lines, with those put together that a page break or a narrow column tore apart."""
    raw = [_stripped(line) for line in text.splitlines()]
    width = _column_width(raw)
    out: list[str] = []
    after_gap = False
    for index, line in enumerate(raw):
        if not line or (_PAGE_NUMBER.fullmatch(line) and not is_row(line)):
            near = raw[max(0, index - 1) : index + 2]
            after_gap = after_gap or not any(_PAGE_NUMBER.fullmatch(one) for one in near if one)
            continue
        last = "" if after_gap or not out else out[-1]
        after_gap = False
        torn = bool(last) and last[-1] not in _ENDS and len(last) > 18 and level_of(line) is None
        if torn and not is_row(last) and not is_row(line) and (_full(last, raw, index, width) or not _is_title(line)):
            out[-1] += line
        else:
            out.append(line)
    return out


def _stripped(line: str) -> str:
    return re.sub(r"^#+\s*|\*\*", "", line.strip(" \u3000\r\n\f\v")).strip("\u3000 ")


def _column_width(lines: list[str]) -> int:
    """The width of a text whose lines break in mid-sentence; 0: a line is a paragraph."""
    lengths = sorted(len(line) for line in lines if line and not is_row(line))
    if len(lengths) < 8 or lengths[-1] > 60:
        return 0
    width = lengths[int(len(lengths) * 0.9)]
    return width if sum(abs(one - width) <= 2 for one in lengths) >= len(lengths) // 3 else 0


def _full(last: str, raw: list[str], index: int, width: int) -> bool:
    """Whether the line before was broken because its column was full."""
    before = next((line for line in reversed(raw[:index]) if line), "")
    return bool(width) and len(before) >= width - 2 and last.endswith(before[-6:])


def _is_title(line: str) -> bool:
    return len(line) < 30 and line[-1:] not in _ENDS and not re.search(r"[，,、]", line)


def level_of(line: str) -> int | None:
    """Depth of the numbering that a line begins with; None: no number."""
    for level, pattern in enumerate(_LEVELS):
        if pattern.match(line):
            return level
    return None


def outline(text: str) -> list[Paragraph]:
    """All paragraphs in order, each with its article."""
    stack: list[tuple[int, str]] = []
    leads: list[tuple[int, str]] = []
    heading = ""
    columns: tuple[str, ...] = ()
    out: list[Paragraph] = []
    for line in lines_of(text):
        if is_row(line):
            if _RULER.fullmatch(line):
                continue
            if not columns:
                columns = tuple(line[start:end].strip() for start, end in cells(line))
                if any(len(cell) > 16 for cell in columns):
                    columns = ("",) * len(columns)
            out.append(Paragraph(_cited(stack), line, heading, "", columns))
            continue
        columns = ()
        level = level_of(line)
        depth = len(_LEVELS) if level is None else level
        leads = [lead for lead in leads if lead[0] < depth]
        if level is not None:
            number = _LEVELS[level].match(line)
            assert number is not None
            stack = [item for item in stack if item[0] < level]
            stack.append((level, _label(level, number[0])))
            first = re.split(r"[。；;：:]", line[number.end() :])[0]
            heading = first if len(first) <= 24 else heading
        out.append(Paragraph(_cited(stack), line, heading, leads[-1][1] if leads else ""))
        if line.endswith(("：", ":")):
            leads.append((depth, line))
    return out


_ANY_NUMBER = re.compile(r"^(?:第.{1,5}[条章]|[(（].{1,3}[)）]|[一二三四五六七八九十]+、|\d+(?:[.．]\d+)*[.．、])+\s*")


def unnumbered(line: str) -> str:
    """The words of a line without the numbers that it begins with."""
    return _ANY_NUMBER.sub("", line)


def short_article(article: str) -> str:
    """第二章第七条 is cited as 第七条: articles are counted through all chapters."""
    return re.sub(r"^第.{1,4}[章篇](?:第.{1,4}节)?(?=第.{1,5}条)", "", article)


def _label(level: int, number: str) -> str:
    found = _NUMBER.search(unicodedata.normalize("NFKC", number) if level < len(_LEVELS) - 1 else number)
    bare = found[0] if found else number.strip()
    if level in _WHOLE:
        return "".join(number.split())
    if level in _DOTTED:
        return re.sub(r"[^\d.]", "", unicodedata.normalize("NFKC", number)).strip(".")
    if level == 4:
        return f"（{bare}）"
    return f"({bare})" if level == len(_LEVELS) - 1 and bare.isdecimal() else bare


def _cited(stack: list[tuple[int, str]]) -> str:
    """五（二）3; 3.1①, where 3.1 says 3 as well."""
    labels = [label for _, label in stack]
    return "".join(label for label, after in pairwise([*labels, ""]) if not after.startswith(f"{label}."))
