"""Text for Telegram: escaped as HTML, cut into messages of at most 4,096 UTF-16 units at paragraph ends."""

from __future__ import annotations

import html
import re

from policies.words import say as word

LIMIT = 3600
"""UTF-16 units of a message's HTML: below Telegram's 4,096, so that what was chosen can be written under it."""

FOLDED = ("caveats", "apply", "sources", "documents", "readings")
"""Parts of a report that a phone shows in three lines until they are tapped, so that the figure and its lines stay on the
screen. Clients that cannot fold show them whole."""

_FOLD, _UNFOLD = "<blockquote expandable>", "</blockquote>"
_ENDS = (r"(?<=\n\n)", r"(?<=\n)", r"(?<=[。；？])", r"(?<=[，、 ])", r"")
"""Where a text may be cut, the best first: paragraphs, lines, sentences, phrases, anywhere."""


def units(text: str) -> int:
    """Length as Telegram counts it."""
    return len(text.encode("utf-16-le")) // 2


def clean(text: str) -> str:
    """Without what no message may hold: lone surrogates and control characters."""
    text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return re.sub(r"[\x00-\x08\x0b-\x1f\x7f]", "", text)


def escaped(text: str) -> str:
    """Safe as HTML, whatever a company is called."""
    return html.escape(clean(text), quote=False)


def titled(text: str, folded: bool = False) -> str:
    """A paragraph as HTML; the first of its lines is its title; one line alone is none."""
    first, line, rest = text.partition("\n")
    if not line:
        return escaped(text)
    return f"<b>{escaped(first)}</b>{line}{_body(rest, folded)}"


def _body(text: str, folded: bool) -> str:
    return f"{_FOLD}{escaped(text)}{_UNFOLD}" if folded and text else escaped(text)


def _figure(text: str) -> str:
    """The first paragraph of a report: its first sentence is the figure."""
    first, stop, rest = text.partition("。")
    return f"<b>{escaped(first + stop)}</b>{escaped(rest)}"


def messages(text: str, limit: int = LIMIT) -> list[str]:
    """The text in pieces that fit, none empty."""
    return [piece for piece in (part.strip("\n") for part in _packed(clean(text), limit, 0)) if piece.strip()]


def report_messages(text: str, limit: int = LIMIT) -> list[str]:
    """A report as HTML: paragraphs stay whole where they can, their titles bold, what is beside the figure folded."""
    titles = {word(f"report.{name}") for name in FOLDED}
    out: list[str] = []
    for paragraph in clean(text).strip("\n").split("\n\n"):
        folded = paragraph.partition("\n")[0] in titles
        pieces = messages(paragraph, limit - len(f"<b></b>{_FOLD}{_UNFOLD}"))
        if not pieces:
            continue
        written = [
            titled(pieces[0], folded) if out or "\n" in pieces[0] else _figure(pieces[0]),
            *(_body(piece, folded) for piece in pieces[1:]),
        ]
        if out and units(f"{out[-1]}\n\n{written[0]}") <= limit:
            out[-1] = f"{out[-1]}\n\n{written.pop(0)}"
        out += written
    return out


def _packed(text: str, limit: int, level: int) -> list[str]:
    """Parts between ends of one level, joined while they fit; what is too long by itself is cut at the next level."""
    if units(escaped(text)) <= limit:
        return [text]
    parts = re.split(_ENDS[level], text) if _ENDS[level] else list(text)
    out: list[str] = []
    for part in parts:
        if out and units(escaped(out[-1] + part)) <= limit:
            out[-1] += part
        else:
            out += _packed(part, limit, level + 1) if level + 1 < len(_ENDS) else [part]
    return out
