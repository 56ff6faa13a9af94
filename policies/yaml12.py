"""YAML 1.2 with line numbers: `no` is text, 1.50 is exact, a date is text, a key may stand once.

PyYAML reads YAML 1.1; this loader takes its fast scanner and resolves scalars by the core schema of YAML 1.2.2
(https://yaml.org/spec/1.2.2/#103-core-schema), with decimals as `Decimal`.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

import yaml

_Base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

Path = tuple[str | int, ...]


class YamlError(ValueError):
    """Text that is not YAML: `line` is 1-based."""

    def __init__(self, line: int, text: str) -> None:
        super().__init__(text)
        self.line, self.text = line, text


def resolve(text: str) -> Any:
    """The value of a plain scalar."""
    if text in ("", "~", "null", "Null", "NULL"):
        return None
    if text in ("true", "True", "TRUE"):
        return True
    if text in ("false", "False", "FALSE"):
        return False
    if len(text) <= 60:
        if re.fullmatch(r"[-+]?[0-9]+", text):
            return int(text)
        if re.fullmatch(r"[-+]?(\.[0-9]+|[0-9]+\.[0-9]*)([eE][-+]?[0-9]{1,3})?|[-+]?[0-9]+[eE][-+]?[0-9]{1,3}", text):
            return Decimal(text)
        if re.fullmatch(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)", text):
            return Decimal(text.replace(".", "", 1))
    return text


_TAGS = {
    f"tag:yaml.org,2002:{name}"
    for name in ("str", "int", "float", "bool", "null", "seq", "map", "timestamp", "merge", "value")
}
"""What the parser calls plain values by YAML 1.1; `value` is a plain =, which is text in 1.2."""


def _may_be_deep(text: str, limit: int) -> bool:
    """A quick look: libyaml composes by recursion and would overflow the stack on hostile nesting."""
    depth = deepest = 0
    for mark in re.findall(r"[\[\]{}]", text):
        depth += 1 if mark in "[{" else -1
        deepest = max(deepest, depth)
    return deepest > limit // 2 or re.search(r"^ {60}|(?:- ){10}|(?:\? ){10}", text, re.MULTILINE) is not None


def _measure(text: str, limit: int) -> None:
    """The true depth, by events, without recursion. Raises YamlError past the limit."""
    depth = 0
    for event in yaml.parse(text, Loader=_Base):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > limit:
                raise YamlError(event.start_mark.line + 1 if event.start_mark else 1, "嵌套太深")
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1


_SAID = (
    ("cannot start any token", "有不能用的字符，缩进要用空格，不要用 Tab"),
    ("control characters", "有控制字符"),
    ("special characters", "有控制字符"),
    ("mapping values are not allowed", "这里不能再有冒号，检查缩进和引号"),
    ("expected ':'", "少了冒号，或冒号后少了空格"),
    ("quoted scalar", "引号没有成对"),
    ("flow", "括号没有成对，或少了逗号"),
    ("expected ',' or", "括号没有成对，或少了逗号"),
    ("block", "缩进不对"),
    ("alias", "别名 *… 没有对应的 &…"),
)
"""What the parser says in English, by a piece of it, and in Chinese."""


def _in_chinese(problem: str) -> str:
    found = next((said for piece, said in _SAID if piece in problem), None)
    return found or "写法不对，检查缩进、冒号后的空格、括号和引号"


def load(text: str, *, max_depth: int = 60) -> tuple[Any, dict[Path, int]]:
    """The value, and the line (1-based) of each path in it. Raises YamlError; aliases may not explode."""
    try:
        if _may_be_deep(text, max_depth):
            _measure(text, max_depth)
        node = yaml.compose(text, Loader=_Base)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        said = _in_chinese(f"{error.problem} {error.context}")
        raise YamlError((mark.line if mark else 0) + 1, said) from error
    except YamlError:
        raise
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise YamlError(1, _in_chinese(str(error))) from error
    lines: dict[Path, int] = {}
    budget = [400_000]

    def build(node: Any, path: Path) -> Any:
        budget[0] -= 1
        if budget[0] < 0 or len(path) > max_depth:
            raise YamlError(node.start_mark.line + 1, "内容太大或嵌套太深")
        lines[path] = node.start_mark.line + 1
        if node.tag not in _TAGS:
            raise YamlError(node.start_mark.line + 1, f"不能用标签 {node.tag[:40]}")
        if isinstance(node, yaml.ScalarNode):
            return resolve(node.value) if node.style in (None, "") else node.value
        if isinstance(node, yaml.SequenceNode):
            return [build(item, (*path, index)) for index, item in enumerate(node.value)]
        mapping: dict[Any, Any] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                raise YamlError(key_node.start_mark.line + 1, "键应是文字")
            key = key_node.value
            if key in mapping:
                raise YamlError(key_node.start_mark.line + 1, f"{key} 写了两次")
            mapping[key] = build(value_node, (*path, key))
            lines[(*path, key)] = key_node.start_mark.line + 1
        return mapping

    return (build(node, ()) if node is not None else None), lines
