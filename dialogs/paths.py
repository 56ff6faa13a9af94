"""Paths of facts in a profile: `projects[0].spending[1].amount_yuan`."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Any

from dialogs.session import Facts

_STEP = re.compile(r"([a-z_0-9]+)(?:\[(\d+)\])?")


def steps(path: str) -> list[str | int]:
    """`projects[0].build` → ["projects", 0, "build"]."""
    out: list[str | int] = []
    for part in path.split("."):
        match = _STEP.fullmatch(part)
        if match is None:
            raise ValueError(path)
        out.append(match[1])
        if match[2] is not None:
            out.append(int(match[2]))
    return out


def get(facts: Facts, path: str) -> Any:
    """The value at a path, or None."""
    node: Any = facts
    for step in steps(path):
        try:
            node = node[step]
        except (KeyError, IndexError, TypeError):
            return None
    return node


def put(facts: Facts, path: str, value: Any) -> None:
    """Set the value at a path; objects and list elements on the way are made."""
    node: Any = facts
    parts = steps(path)
    for step, following in pairwise(parts):
        empty: Any = [] if isinstance(following, int) else {}
        if isinstance(step, int):
            while len(node) <= step:
                node.append({})
            node = node[step]
        else:
            if node.get(step) is None:
                node[step] = empty
            node = node[step]
    last = parts[-1]
    if isinstance(last, int):
        while len(node) <= last:
            node.append({})
        node[last] = value
    else:
        node[last] = value


def drop(facts: Facts, path: str) -> None:
    """Forget the value at a path."""
    parent = get(facts, path.rsplit(".", 1)[0]) if "." in path else facts
    if isinstance(parent, dict):
        parent.pop(name_of(path), None)


def index_of(path: str) -> int | None:
    """The number of the project, recognition or award a path lies in."""
    match = re.match(r"[a-z_]+\[(\d+)\]", path)
    return int(match[1]) if match else None


def line_of(path: str) -> int | None:
    """The number of the spending line a path lies in."""
    match = re.search(r"spending\[(\d+)\]", path)
    return int(match[1]) if match else None


def name_of(path: str) -> str:
    """The fact's own name: the last part without its number."""
    return re.sub(r"\[\d+\]$", "", path.rsplit(".", 1)[-1])


def scope_of(path: str) -> str:
    """Which kind of object the fact belongs to."""
    if path.startswith("projects["):
        return "spending" if ".spending[" in path else "project"
    if path.startswith("recognitions["):
        return "recognition"
    return "award" if path.startswith("other_awards[") else "enterprise"
