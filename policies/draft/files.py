"""The text of a file: plain text, Markdown, HTML, Word (.docx), PDF with a text layer. Hostile until checked."""

from __future__ import annotations

import logging
import zipfile
from html.parser import HTMLParser
from pathlib import Path

from policies.errors import KeduiError
from policies.words import say

LARGEST = 20_000_000
"""Bytes of a file, and of what is unpacked from one."""
LONGEST = 400_000
"""Characters of text: a policy has 3,000 to 30,000."""
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
        text = _decoded(path)
        if kind in (".html", ".htm") or text.lstrip()[:15].lower().startswith(("<!doctype", "<html")):
            text = _html(text)
    text = text.replace("\x00", "")
    if len(text) > LONGEST:
        raise UnreadableText(say("draft.too_long", path=path, most=LONGEST))
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


class _Reader(HTMLParser):
    """Text of a page, a block a line."""

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

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in self._SILENT:
            self._silent += 1
        elif tag in self._BLOCKS:
            self.out.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in self._SILENT:
            self._silent = max(0, self._silent - 1)
        elif tag in self._BLOCKS:
            self.out.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.out.append(" ".join(data.split()))


def _html(source: str) -> str:
    reader = _Reader()
    reader.feed(source)
    return "".join(reader.out)


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
                lines += ["，".join(dict.fromkeys(cell.text.strip() for cell in row.cells)) for row in block.rows]
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
