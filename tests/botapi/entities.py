"""Formatted text: HTML, MarkdownV2 or given entities become plain text and MessageEntity objects.

Offsets and lengths are UTF-16 units; errors name byte offsets of the source, in Telegram's words.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any

from tests.botapi.errors import Refused, bad_request, unparsable

Entity = dict[str, Any]

HTML_TAGS = {
    "b": "bold", "strong": "bold", "i": "italic", "em": "italic", "u": "underline", "ins": "underline",
    "s": "strikethrough", "strike": "strikethrough", "del": "strikethrough", "span": "spoiler", "tg-spoiler": "spoiler",
    "a": "text_link", "code": "code", "pre": "pre", "blockquote": "blockquote", "tg-emoji": "custom_emoji",
}  # fmt: skip
HTML_TOKEN = re.compile(r"[^<&]+|&(lt|gt|amp|quot|#[0-9]+|#x[0-9a-fA-F]+);?|[&<]")
HTML_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
SPACE, TAG_NAME, ATTRIBUTE_NAME, BARE_VALUE = map(re.compile, (r"\s*", r"[^\s>]*", r"[^\s=>/\"']*", r"[A-Za-z0-9.\-]*"))
RESERVED = "_*[]()~`>#+-=|{}.!"
MARKS = {"*": "bold", "_": "italic", "__": "underline", "~": "strikethrough", "||": "spoiler", "`": "code",
         "```": "pre", "[": "text_link", "![": "custom_emoji"}  # fmt: skip
NAMES = {"bold": "Bold", "italic": "Italic", "underline": "Underline", "strikethrough": "Strikethrough", "pre": "Pre",
         "spoiler": "Spoiler", "code": "Code", "text_link": "TextUrl", "custom_emoji": "CustomEmoji"}  # fmt: skip
FOUND = re.compile(
    r"(?P<email>[\w.+-]+@[\w-]+\.[a-zA-Z]{2,})|(?P<url>(?:https?://|www\.)[^\s<>\"'，。；）]+)"
    r"|(?<![\w/@<>])/(?P<bot_command>[A-Za-z0-9_]{1,64}(?:@[A-Za-z0-9_]{3,32})?)(?![\w/])"
    r"|(?<![\w@])@(?P<mention>[A-Za-z0-9_]{3,32})\b|(?<![\w#])#(?P<hashtag>[^\W\d]\w*)"
)
"""What the server finds by itself in any text."""


def units(text: str) -> int:
    """The length in UTF-16 units."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def formatted(text: str, mode: str, given: str) -> tuple[str, list[Entity]]:
    """Plain text and entities of a text with its parse_mode and its entities (JSON). Raises Refused."""
    if not mode:
        plain, entities = text, check_given(text, given)
    elif (parse := PARSERS.get(mode.lower())) is not None:
        plain, entities = parse(text)
    else:
        raise bad_request("unsupported parse_mode")
    plain, entities = trimmed(plain, entities)
    return plain, sorted([*entities, *detected(plain, entities)], key=lambda e: (e["offset"], -e["length"]))


def trimmed(text: str, entities: list[Entity]) -> tuple[str, list[Entity]]:
    """White space at both ends is cut off; entities move along, those left empty go."""
    plain = text.strip()
    if plain == text:
        return text, [entity for entity in entities if entity["length"]]
    shift, end, kept = units(text[: len(text) - len(text.lstrip())]), units(plain), []
    for entity in entities:
        first = max(entity["offset"] - shift, 0)
        last = min(entity["offset"] + entity["length"] - shift, end)
        if last > first:
            kept.append({**entity, "offset": first, "length": last - first})
    return plain, kept


def detected(text: str, entities: list[Entity]) -> list[Entity]:
    """Commands, mentions, links, addresses and hashtags, outside of code and links."""
    closed = [e for e in entities if e["type"] in ("code", "pre", "text_link", "text_mention")]
    found = []
    for match in FOUND.finditer(text):
        first, length = units(text[: match.start()]), units(match[0])
        if not any(e["offset"] < first + length and first < e["offset"] + e["length"] for e in closed):
            found.append({"type": match.lastgroup, "offset": first, "length": length})
    return found


def check_given(text: str, given: str) -> list[Entity]:
    """Entities that the caller gave: a JSON array, each inside the text and not splitting a character."""
    if not given:
        return []
    try:
        entities = json.loads(given)
    except ValueError:
        raise bad_request("can't parse entities JSON object") from None
    if not isinstance(entities, list) or not all(isinstance(entity, dict) for entity in entities):
        raise bad_request("can't parse entities: expected an Array of MessageEntity")
    total, raw = units(text), text.encode("utf-16-le")
    for entity in entities:
        first, length = entity.get("offset"), entity.get("length")
        if not isinstance(first, int) or not isinstance(length, int) or not isinstance(entity.get("type"), str):
            raise bad_request("can't parse MessageEntity: Can't find field \"offset\"")
        if first < 0 or length < 0 or first + length > total:
            raise bad_request(
                f"entity beginning at UTF-16 offset {first} ends after the end of the text at UTF-16 offset {total}"
            )
        for edge in (first, first + length):
            if edge < total and 0xDC <= raw[2 * edge + 1] <= 0xDF:
                raise bad_request(f"entity begins in a middle of a UTF-16 symbol at byte offset {edge}")
    return entities


@dataclass
class Writing:
    """Plain text as it grows, with the entities open in it."""

    parts: list[str] = field(default_factory=list)
    length: int = 0
    open: list[tuple[str, Entity, int]] = field(default_factory=list)
    """What was opened (tag or mark), its entity so far, and where in the source."""
    done: list[Entity] = field(default_factory=list)

    def add(self, text: str) -> None:
        self.parts.append(text)
        self.length += units(text)

    def begin(self, name: str, entity: Entity, at: int) -> None:
        self.open.append((name, {**entity, "offset": self.length}, at))

    def end(self) -> Entity:
        _, entity, _ = self.open.pop()
        entity["length"] = self.length - entity["offset"]
        self.done.append(entity)
        return entity

    def result(self) -> tuple[str, list[Entity]]:
        return "".join(self.parts), self.done


def at_byte(source: str, index: int) -> str:
    return f"at byte offset {len(source[:index].encode())}"


def parse_html(source: str) -> tuple[str, list[Entity]]:
    """HTML style."""
    writing, index = Writing(), 0
    while index < len(source):
        token = HTML_TOKEN.match(source, index)
        assert token is not None
        if token[0] == "<":
            index = (html_end if source.startswith("</", index) else html_start)(source, index, writing)
        else:
            writing.add(unescaped(token))
            index = token.end()
    if writing.open:
        raise unparsable(f'Can\'t find end tag corresponding to start tag "{writing.open[-1][0]}"')
    return writing.result()


def unescaped(token: re.Match[str]) -> str:
    """&lt; &gt; &amp; &quot; and numbers; all else stays as it is written."""
    if not token[1]:
        return token[0]
    if token[1] in HTML_NAMED:
        return HTML_NAMED[token[1]]
    number = int(token[1][2:], 16) if token[1][1] == "x" else int(token[1][1:])
    if 0xD800 <= number < 0xE000:
        raise unparsable(
            "Text contains invalid Unicode characters after decoding HTML entities, check for unmatched surrogate code units"
        )
    return chr(number) if 0 < number < 0x10FFFF else token[0]


def html_start(source: str, begin: int, writing: Writing) -> int:
    """A start tag; returns where it ends."""
    index = past(TAG_NAME, source, begin + 1)
    tag, given = source[begin + 1 : index].lower(), {}
    if index == len(source):
        raise unparsable(f"Unclosed start tag {at_byte(source, begin)}")
    if tag not in HTML_TAGS:
        raise unparsable(f'Unsupported start tag "{tag}" {at_byte(source, begin)}')
    while source[(index := past(SPACE, source, index)) : index + 1] not in ("", ">"):
        name_end = past(ATTRIBUTE_NAME, source, index)
        name, index = source[index:name_end].lower(), past(SPACE, source, name_end)
        if not name:
            raise unparsable(f'Empty attribute name in the tag "{tag}" {at_byte(source, begin)}')
        given[name] = ""
        if source[index : index + 1] == "=":
            given[name], index = attribute_value(source, past(SPACE, source, index + 1), begin, tag)
    if index == len(source):
        raise unparsable(f'Unclosed start tag "{tag}" {at_byte(source, begin)}')
    if tag == "span" and given.get("class") != "tg-spoiler":
        raise unparsable(f'Tag "span" must have class "tg-spoiler" {at_byte(source, begin)}')
    entity: Entity = {"type": HTML_TAGS[tag]}
    if tag == "a":
        entity["url"] = given.get("href", "")
    elif tag == "tg-emoji":
        entity["custom_emoji_id"] = given.get("emoji-id", "")
    elif tag == "blockquote" and "expandable" in given:
        entity["type"] = "expandable_blockquote"
    elif tag == "code" and given.get("class", "").startswith("language-"):
        entity["language"] = given["class"].removeprefix("language-")
    writing.begin(tag, entity, begin)
    return index + 1


def attribute_value(source: str, index: int, begin: int, tag: str) -> tuple[str, int]:
    """The value after an equals sign, and where it ends."""
    if index == len(source):
        raise unparsable(f'Unclosed start tag "{tag}" {at_byte(source, begin)}')
    if (quote := source[index]) in "\"'":
        end = source.find(quote, index + 1)
        if end < 0:
            raise unparsable(f"Unclosed start tag {at_byte(source, begin)}")
        return HTML_TOKEN.sub(unescaped, source[index + 1 : end]), end + 1
    end = past(BARE_VALUE, source, index)
    if end == len(source) or not (source[end].isspace() or source[end] == ">"):
        raise unparsable(f"Unexpected end of name token {at_byte(source, index)}")
    return source[index:end].lower(), end


def past(pattern: re.Pattern[str], source: str, index: int) -> int:
    """Where the match of a pattern that always matches ends."""
    match = pattern.match(source, index)
    assert match is not None
    return match.end()


def html_end(source: str, begin: int, writing: Writing) -> int:
    """An end tag; returns where it ends."""
    if not writing.open:
        raise unparsable(f"Unexpected end tag {at_byte(source, begin)}")
    match = re.compile(r"</([^\s>]*)\s*(>?)").match(source, begin)
    assert match is not None
    if not match[2]:
        raise unparsable(f"Unclosed end tag {at_byte(source, begin)}")
    tag = writing.open[-1][0]
    if match[1] and match[1].lower() != tag:
        where = at_byte(source, begin)
        raise unparsable(f'Unmatched end tag {where}, expected "</{tag}>", found "</{match[1].lower()}>"')
    entity = writing.end()
    if tag == "a":
        finish_link(writing, entity)
    if tag == "code":
        language = entity.pop("language", None)
        if language and writing.open and writing.open[-1][0] == "pre":  # one block with its language
            writing.done.pop()
            writing.open[-1][1]["language"] = language
    return match.end()


def finish_link(writing: Writing, entity: Entity) -> None:
    """A link without an address is its own address; tg://user?id= names a person; what is no address is plain text."""
    if not entity["url"]:
        text = "".join(writing.parts).encode("utf-16-le")
        entity["url"] = text[2 * entity["offset"] : 2 * (entity["offset"] + entity["length"])].decode("utf-16-le")
    if user := re.fullmatch(r"tg:(?://)?user\?id=(\d+)", entity["url"]):
        del entity["url"]
        entity.update(type="text_mention", user={"id": int(user[1]), "is_bot": False, "first_name": "?"})
    elif address := re.fullmatch(r"(?i)(https?://)?([^\s/?#]+\.[^\s/?#.]{2,})(/?)(\S*)", entity["url"]):
        entity["url"] = (address[1] or "http://") + address[2] + "/" + address[4]
    elif not entity["url"].startswith("tg:"):
        writing.done.remove(entity)


def parse_markdown_v2(source: str) -> tuple[str, list[Entity]]:
    """MarkdownV2 style."""
    writing, index = Writing(), 0
    while index < len(source):
        char, follows = source[index], source[index + 1 : index + 2]
        kind = writing.open[-1][1]["type"] if writing.open else ""
        quoted = any(name == ">" for name, _, _ in writing.open)
        if char == "\\" and follows and ord(follows) <= 126:
            writing.add(follows)
            index += 2
        elif char not in ("`" if kind in ("code", "pre") else RESERVED):
            writing.add(char)
            index += 1
            if char == "\n" and quoted and kind not in ("code", "pre") and follows != ">":  # the quote ends here
                if kind != "blockquote":
                    raise unended(source, writing)
                writing.end()
        elif char == ">" and (index == 0 or source[index - 1] == "\n"):
            if not quoted:
                writing.begin(">", {"type": "blockquote"}, index)
            index += 1
        else:
            index = markdown_mark(source, index, writing, kind)
    if writing.open and writing.open[-1][1]["type"] == "blockquote":
        writing.end()
    if writing.open:
        raise unended(source, writing)
    return writing.result()


def unended(source: str, writing: Writing) -> Refused:
    _, entity, begin = writing.open[-1]
    name = NAMES[entity["type"]] + ("Code" if "language" in entity else "")
    return unparsable(f"Can't find end of {name} entity {at_byte(source, begin)}")


def markdown_mark(source: str, index: int, writing: Writing, kind: str) -> int:
    """A mark that begins or ends an entity; returns where it ends."""
    if kind in ("text_link", "custom_emoji") and source[index] == "]":
        return markdown_link(source, index, writing)
    mark = next((m for m in ("```", "__", "||", "![") if source.startswith(m, index)), source[index])
    if kind in ("code", "italic") and len(mark) > 1 and writing.open[-1][0] == mark[0]:
        mark = mark[0] if kind == "code" else mark
    if mark not in MARKS:
        raise unparsable(f"Character '{mark[0]}' is reserved and must be escaped with the preceding '\\'")
    if MARKS[mark] == kind:
        writing.end()
        return index + len(mark)
    entity: Entity = {"type": MARKS[mark]}
    end = index + len(mark)
    if mark == "```" and (language := re.compile(r"([^\s`]*)(?=\s)(?:\r\n|\n\r|\n|\r)?").match(source, end)):
        entity |= {"language": language[1]} if language[1] else {}
        end = language.end()
    writing.begin(mark, entity, index)
    return end


def markdown_link(source: str, index: int, writing: Writing) -> int:
    """The `](address)` of a link or an emoji; returns where it ends."""
    address = re.compile(r"\]\(((?:\\.|[^\\)])*)(\)?)", re.S).match(source, index)
    entity = writing.end()
    if address is not None and not address[2]:
        raise unparsable(f"Can't find end of a URL {at_byte(source, index + 2)}")
    entity["url"] = re.sub(r"\\(.)", r"\1", address[1]) if address else ""
    if entity["type"] == "custom_emoji":
        entity["custom_emoji_id"] = entity.pop("url").rpartition("id=")[2]
    else:
        finish_link(writing, entity)
    return address.end() if address else index + 1


PARSERS = {"html": parse_html, "markdownv2": parse_markdown_v2}
