"""A document's text as articles: headings, their numbers, and the paragraphs under them.

Official numbering, outermost first: 第一章, 第一条, 一、, （一）, 1. or 1．, (1) or ①.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

_HAN = "一二三四五六七八九十百零〇"
_LEVELS = (
    re.compile(rf"^第[{_HAN}\d]+[章篇]\s*"),
    re.compile(rf"^第[{_HAN}\d]+节\s*"),
    re.compile(rf"^第[{_HAN}\d]+条(?:之[{_HAN}])?\s*"),
    re.compile(rf"^(?:[{_HAN}]+、|[{_HAN}]+[.．]\s*)"),
    re.compile(rf"^[（(][{_HAN}]+[)）]\s*[、.．]?"),
    re.compile(r"^\d{1,3}\s*[.．、](?!\d)\s*"),
    re.compile(r"^(?:[（(]\d{1,2}[)）]|[①-⑳]|\d{1,2}[)）])\s*[、.．]?"),
)
_NUMBER = re.compile(rf"[{_HAN}\d①-⑳]+")
_ENDS = "。；：！？;:!?…”】》"


@dataclass(frozen=True)
class Paragraph:
    """A paragraph as it stands in the text, with the number of the article it belongs to, as it is cited: 四（二）2."""

    article: str
    text: str
    heading: str
    """The nearest heading above it, or its own."""


def lines_of(text: str) -> list[str]:
    """Paragraphs: lines, with those put together that a page break tore apart."""
    out: list[str] = []
    for raw in text.splitlines():
        line = re.sub(r"^#+\s*|\*\*", "", raw.strip()).strip("\u3000 \t")
        if not line or re.fullmatch(r"[-—－\s]*\d{1,3}[-—－\s]*", line):
            out.append("")
            continue
        torn = bool(out) and bool(out[-1]) and out[-1][-1] not in _ENDS and len(out[-1]) > 18
        if torn and level_of(line) is None and not _looks_like_title(line):
            out[-1] += line
        else:
            out.append(line)
    return [line for line in out if line]


def _looks_like_title(line: str) -> bool:
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
    heading = ""
    out: list[Paragraph] = []
    for line in lines_of(text):
        level = level_of(line)
        if level is not None:
            number = _LEVELS[level].match(line)
            assert number is not None
            stack = [item for item in stack if item[0] < level]
            stack.append((level, _cited(level, number[0])))
            body = line[number.end() :]
            first = re.split(r"[。；;]", body)[0]
            heading = first if len(first) <= 40 else heading
        out.append(Paragraph("".join(label for _, label in stack), line, heading))
    return out


def _cited(level: int, number: str) -> str:
    found = _NUMBER.search(unicodedata.normalize("NFKC", number) if level < 6 else number)
    plain = found[0] if found else number.strip()
    if level in (0, 1, 2):
        return number.strip()
    return f"（{plain}）" if level in (4,) else (f"({plain})" if level == 6 and plain.isdecimal() else plain)
