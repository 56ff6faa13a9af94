"""The text of a file: plain text, Markdown, HTML, Word (.docx), PDF with a text layer. Hostile until checked."""

from __future__ import annotations

import logging
import re
import zipfile
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from policies.errors import KeduiError
from policies.words import say

LARGEST = 20_000_000
"""Bytes of a file, and of what is unpacked from one."""
LONGEST = 400_000
"""Characters of text: a policy has 3,000 to 30,000."""
PARAGRAPH = 20_000
PAGES = 300


class UnreadableText(KeduiError):
    """No text can be had from the file; the message says why and what would be right."""


def text_of(path: Path) -> str:
    """The text, a paragraph a line. Raises UnreadableText."""
    try:
        size = path.stat().st_size
    except OSError as error:
        raise UnreadableText(say("draft.no_file", path=path)) from error
    if path.is_dir():
        raise UnreadableText(say("draft.no_file", path=path))
    if size > LARGEST:
        raise UnreadableText(say("draft.too_large", path=path, most=LARGEST // 1_000_000))
    head = path.read_bytes()[:8]
    kind = path.suffix.lower()
    if head.startswith(b"%PDF"):
        text = _pdf(path)
    elif head.startswith(b"PK"):
        text = _docx(path)
    elif head.startswith(b"\xd0\xcf\x11\xe0"):
        raise UnreadableText(say("draft.old_word", path=path))
    elif kind in (".docx", ".pdf"):
        raise UnreadableText(say("draft.renamed", path=path, kind=kind))
    else:
        text = without_tags(_decoded(path), certain=kind in (".html", ".htm"))
    text = text.replace("\x00", "")
    if len(text) > LONGEST or max(map(len, text.splitlines()), default=0) > PARAGRAPH:
        raise UnreadableText(say("draft.too_long", path=path, most=LONGEST))
    if re.search(r"\d{60}", text):  # no policy has such a number, and patterns would be slow on a million of them
        raise UnreadableText(say("draft.not_text", path=path))
    if not any("\u4e00" <= char <= "\u9fff" for char in text):
        raise UnreadableText(say("draft.no_chinese", path=path))
    return text


def _decoded(path: Path) -> str:
    data = path.read_bytes()
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise UnreadableText(say("draft.not_text", path=path))


_PAGE = re.compile(r"</(?:p|div|td|span|h[1-6]|li|table)>|<br\s*/?>", re.IGNORECASE)


def without_tags(text: str, certain: bool = False) -> str:
    """The text of a page; of a paste into a text file too, if it is full of tags. Anything else is given back."""
    if not certain and len(_PAGE.findall(text)) < 3:
        return text
    reader = _Reader()
    reader.feed(text)
    return "".join(reader.out)


class _Reader(HTMLParser):
    """Text of a page, a block a line; the cells of a table row have a tab between them."""

    _BLOCKS = frozenset(
        [
            "p",
            "div",
            "br",
            "li",
            "tr",
            "h1",
            "h2",
            "h3",
            "h4",
            "h5",
            "h6",
            "section",
            "article",
            "table",
            "ul",
            "ol",
            "dd",
            "dt",
            "title",
        ]
    )
    _SILENT = frozenset(["script", "style", "head", "nav", "footer", "template", "noscript"])

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.out: list[str] = []
        self._silent = 0
        self._in_cell = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in self._SILENT:
            self._silent += 1
        elif tag in ("td", "th"):
            self._in_cell += 1
        elif tag in self._BLOCKS and not (self._in_cell and tag in ("p", "div", "br")):
            self.out.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in self._SILENT:
            self._silent = max(0, self._silent - 1)
        elif tag in ("td", "th"):
            self._in_cell = max(0, self._in_cell - 1)
            self.out.append("\t")
        elif tag in self._BLOCKS and not (self._in_cell and tag in ("p", "div")):
            self.out.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.out.append(" ".join(data.split()))


def _cells(row: Any) -> list[str]:
    """The texts of a row; a cell over several columns once."""
    return [cell.text for index, cell in enumerate(row.cells) if not index or cell._tc is not row.cells[index - 1]._tc]


def _docx(path: Path) -> str:
    from docx import Document
    from docx.table import Table
    from docx.text.paragraph import Paragraph

    try:
        with zipfile.ZipFile(path) as archive:
            if sum(item.file_size for item in archive.infolist()) > LARGEST * 5:
                raise UnreadableText(say("draft.too_large", path=path, most=LARGEST // 1_000_000))
            if "word/document.xml" not in archive.namelist():
                raise UnreadableText(say("draft.renamed", path=path, kind=path.suffix))
        lines = []
        for block in Document(str(path)).iter_inner_content():
            if isinstance(block, Paragraph):
                lines.append(block.text)
            elif isinstance(block, Table):
                lines += ["\t".join(" ".join(text.split()) for text in _cells(row)) for row in block.rows]
        return "\n".join(lines)
    except UnreadableText:
        raise
    except Exception as error:  # whatever python-docx and lxml say of a broken file
        raise UnreadableText(say("draft.broken", path=path)) from error


def _pdf(path: Path) -> str:
    from pypdf import PdfReader

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    try:
        reader = PdfReader(path)
        if reader.is_encrypted and not reader.decrypt(""):
            raise UnreadableText(say("draft.locked", path=path))
        if len(reader.pages) > PAGES:
            raise UnreadableText(say("draft.too_long", path=path, most=LONGEST))
        text = "\n".join(page.extract_text() for page in reader.pages)
    except UnreadableText:
        raise
    except Exception as error:  # whatever pypdf says of a broken file
        raise UnreadableText(say("draft.broken", path=path)) from error
    if not text.strip():
        raise UnreadableText(say("draft.no_text_layer", path=path))
    return text
