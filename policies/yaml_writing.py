"""YAML in one form: the same data always gives the same text.

Rows stand in blocks, what fits on the rest of a line stands in braces, text stays on one line. No comments, anchors or
tags. `load(write(data))` is `data`: a scalar that would be read as something else is quoted.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from policies.yaml12 import resolve

WIDTH = 120
"""Columns of a line; a wide character counts as one. Longer text is not broken."""

_ODD = r"\x00-\x1f\x7f-\xa0\u2028\u2029\ufeff\ufffe\uffff"
"""What is never written as it is: control characters, other line ends and blanks, marks of byte order."""
_SAFE = re.compile(rf"[^\s\-?:,\[\]{{}}#&*!|>'\"%@`{_ODD}](?:[^{_ODD}]*[^\s{_ODD}])?")
_BREAKS = re.compile(r":(?=\s|$)|\s#")
_FLOW = re.compile(r"[,\[\]{}]|:")


def write(data: Mapping[str, Any], *, apart: frozenset[str] = frozenset()) -> str:
    """The text of a mapping. The rows of lists named in `apart` are set apart by an empty line."""
    parts: list[str] = []
    for key, value in data.items():
        lines: list[str] = []
        if isinstance(value, list | tuple) and value and all(isinstance(item, Mapping) for item in value):
            lines.append(f"{_scalar(key, flow=False)}:")
            for number, item in enumerate(value):
                if number and key in apart:
                    lines.append("")
                lines += _row(item, whole=key in apart)
        else:
            lines += _entry(key, value, 0, block=isinstance(value, Mapping))
        parts.append("\n".join(lines) + "\n")
    return "\n".join(parts)


def _row(item: Mapping[str, Any], *, whole: bool, indent: int = 0) -> list[str]:
    """One row of a list: `- {…}` where it fits and may, else in a block."""
    flow = f"{' ' * indent}- {_flow(item)}"
    if not whole and len(flow) <= WIDTH:
        return [flow]
    lines: list[str] = []
    for key, value in item.items():
        lines += _entry(key, value, indent + 2)
    if not lines:
        return [flow]
    lines[0] = f"{' ' * indent}- {lines[0].lstrip()}"
    return lines


def _entry(key: str, value: Any, indent: int, *, block: bool = False) -> list[str]:
    """`key: value`, on one line where it fits."""
    head = f"{' ' * indent}{_scalar(key, flow=False)}:"
    if not isinstance(value, Mapping | list | tuple):
        return [f"{head} {_scalar(value, flow=False)}"]
    flow = f"{head} {_flow(value)}"
    if not value or (not block and len(flow) <= WIDTH):
        return [flow]
    lines = [head]
    if isinstance(value, Mapping):
        for name, item in value.items():
            lines += _entry(str(name), item, indent + 2)
    elif any(isinstance(item, Mapping) for item in value):
        for item in value:
            if isinstance(item, Mapping):
                lines += _row(item, whole=False, indent=indent)
            else:
                lines.append(f"{' ' * indent}- {_flow(item)}")
    else:
        return [f"{head} [{_wrapped([_flow(item) for item in value], indent + 4)}]"]
    return lines


def _wrapped(items: list[str], indent: int) -> str:
    """Items set apart by commas, over several lines."""
    lines, line = [], ""
    for item in items:
        if line and indent + len(line) + len(item) + 3 > WIDTH:
            lines.append(f"{line},")
            line = item
        else:
            line = f"{line}, {item}" if line else item
    return f"\n{' ' * indent}".join([*lines, line])


def _flow(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_scalar(key, flow=True)}: {_flow(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_flow(item) for item in value) + "]"
    return _scalar(value, flow=True)


def _scalar(value: Any, *, flow: bool) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, Decimal):
        return format(value, "f")
    text = str(value)
    plain = _SAFE.fullmatch(text) and not _BREAKS.search(text) and not (flow and _FLOW.search(text))
    if plain and resolve(text) == text and not text.startswith(("---", "...")):
        return text
    if re.fullmatch(rf"[^{_ODD}]*", text):
        return "'" + text.replace("'", "''") + "'"
    return '"' + re.sub(rf'[{_ODD}\\"]', _escaped, text) + '"'


def _escaped(match: re.Match[str]) -> str:
    known = {"\n": "\\n", "\t": "\\t", '"': '\\"', "\\": "\\\\"}
    return known.get(match[0], f"\\u{ord(match[0]):04x}")
