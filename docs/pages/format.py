"""The form of a policy table, from the models that check it."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator
from types import ModuleType

from pydantic import BaseModel

from docs.pages.markdown import page, table
from policies import facts, faq, formulas, model, predicates


def format_page() -> str:
    def body() -> Iterator[str]:
        yield "## policy.yaml"
        yield ""
        yield "```"
        yield from (inspect.getdoc(model) or "").splitlines()
        yield "```"
        yield ""
        yield from _models(model, "Policy", "Document")
        yield from _models(predicates, "Condition")
        yield from _models(formulas, "Pays", "Cap")
        yield "## facts.yaml, and `declares` of a policy.yaml"
        yield ""
        yield from _models(facts)
        yield "## glossary.yaml, and faq.yaml beside a policy.yaml"
        yield ""
        yield "A list `entries`. Topics that `about` may name: " + ", ".join(f"`{t}`" for t in sorted(faq.TOPICS)) + "."
        yield ""
        yield from _models(faq)

    return page(
        "The form of a policy table",
        "What `policy.yaml`, `facts.yaml`, `glossary.yaml` and `faq.yaml` may say, from the models that check them "
        "(`policies/model.py` and those that it names, `policies/facts.py`, `policies/faq.py`). A folder beside them holds the text (`source.md`), the worked cases (`cases.yaml`) and "
        "the readings chosen (`notes.md`): [how to add a policy](../how-to/add-a-policy.md). Files are YAML 1.2: `no` "
        "is text, `15%` is text, decimals are exact, a key may stand once. **Money** is in yuan, exact. **Rate** is "
        "`15%`, `0.15` or `1/3`, exact. **Day** is `2025-06-30`. **Text** is text or a number. Keys that are not "
        "listed are errors.",
        body(),
    )


def _models(module: ModuleType, *first: str) -> Iterator[str]:
    """The module's models in source order (`first` ones first): docstring, then each key with its own."""
    tree = ast.parse(inspect.getsource(module))
    found = {
        node.name: node
        for node in tree.body
        if isinstance(node, ast.ClassDef) and issubclass(getattr(module, node.name), BaseModel) and _fields(node)
    }
    for name in [*first, *(name for name in found if name not in first)]:
        node, own = found[name], getattr(module, name)
        yield f"### {name.lstrip('_')}"
        yield ""
        yield ast.get_docstring(node) or ""
        yield ""
        rows = []
        for key, type_, about in _fields(node):
            field = own.model_fields[key]
            default = "required" if field.is_required() else _default(field.get_default(call_default_factory=True))
            rows.append([f"`{field.alias or key}`", f"`{type_}`", default, about])
        yield from table(["key", "type", "default", ""], rows)


def _fields(node: ast.ClassDef) -> list[tuple[str, str, str]]:
    """Name, annotation and the docstring below it, of each field of a class."""
    out = []
    for item, after in zip(node.body, [*node.body[1:], None], strict=True):
        if not (isinstance(item, ast.AnnAssign) and isinstance(item.target, ast.Name)):
            continue
        about = ""
        if isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant) and isinstance(after.value.value, str):
            about = " ".join(after.value.value.split())
        out.append((item.target.id, ast.unparse(item.annotation).replace("'", '"'), about))
    return out


def _default(value: object) -> str:
    if value is None or value in ("", (), {}):
        return ""
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"
