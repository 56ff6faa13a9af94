"""Tables in one form: `kedui policies format`, the database's texts and the workbook all write this form.

Keys stand in the order of the model, what is the default is left out, money is a number of yuan, a rate is `15%` (or
`1/3`), lists that are aliases of each other are written out, comments are left out (what must be kept belongs into
notes.md). Two folders that say the same are the same bytes.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from pydantic import BaseModel
from pydantic_core import PydanticUndefined

from policies.facts import Choice, Fact, Kind, Vocabulary
from policies.faq import FaqEntry
from policies.formulas import Pays, Step, Times
from policies.loader import Files, documents_of, load_files
from policies.model import Limit, Policy
from policies.money import Fen, exact_number, exact_yuan, fen, percent, rate
from policies.predicates import Condition
from policies.rules import scopes_of
from policies.yaml12 import load
from policies.yaml_writing import write

_MONEY = {"fixed", "unit", "first", "each", "up_to", "amount", "at_most"}
_COUNTS = ("up_to", "per", "at")
_RATES = {"rate", "share", "factor"}
_BOUNDS = ("at_least", "more_than", "at_most", "less_than")
_ROWS = frozenset({"clauses", "limits", "disqualifiers", "reductions", "readings"})
_PROFILE = ("as_of", "enterprise", "projects", "recognitions", "other_awards")


def canonical_files(files: Files) -> dict[str, str]:
    """The same tables in one form, by the same paths. Raises TableError for tables with faults."""
    tables = load_files(files)
    out: dict[str, str] = {}
    if "facts.yaml" in files:
        out["facts.yaml"] = write(vocabulary_data(load(files["facts.yaml"])[0]), apart=frozenset())
    policies = {policy.id: policy for policy in tables.policies.values()}
    for folder in documents_of(files):
        data, _ = load(files[f"{folder}/policy.yaml"])
        policy = policies[str(data["document"]["id"])]
        out[f"{folder}/policy.yaml"] = write(policy_data(policy, tables.vocabulary), apart=_ROWS)
    for path, text in files.items():
        folder, _, name = path.rpartition("/")
        if name == "cases.yaml":
            out[path] = write(cases_data(load(text)[0], tables.vocabulary), apart=frozenset({"cases"}))
        elif name in ("faq.yaml", "glossary.yaml"):
            out[path] = write(faq_data(load(text)[0], folder), apart=frozenset({"entries"}))
        elif path not in out:
            out[path] = "\n".join(text.splitlines()).rstrip("\n") + "\n"
    return {path: out[path] for path in files}


# ---- policy.yaml ----


def policy_data(policy: Policy, vocabulary: Vocabulary) -> dict[str, Any]:
    """A document as the data of its policy.yaml."""
    head = ("enterprise",)
    data: dict[str, Any] = {"document": _plain(policy.document, head, vocabulary)}
    data["clauses"] = [_plain(clause, scopes_of(clause), vocabulary) for clause in policy.clauses]
    for name in ("limits", "disqualifiers", "reductions", "readings"):
        scopes = ("project", *head) if name == "limits" else head
        rows = [_plain(row, scopes, vocabulary) for row in getattr(policy, name)]
        if rows:
            data[name] = rows
    for limit in data.get("limits", ()):
        if "caps" in limit:  # they say something of picks only
            limit.pop("yearly", None)
            limit.pop("of", None)
    declares = declares_data(policy.declares)
    return {**data, **({"declares": declares} if declares else {})}


def _plain(row: BaseModel, scopes: tuple[str, ...], vocabulary: Vocabulary) -> dict[str, Any]:
    """A row as data: without defaults, in the order of the model."""
    if isinstance(row, Condition):
        return condition_data(row, scopes, vocabulary)
    out: dict[str, Any] = {}
    for name, field in type(row).model_fields.items():
        value = getattr(row, name)
        if field.default is not PydanticUndefined and value == field.default:
            continue
        counted = isinstance(row, Times | Step) and name in _COUNTS
        counted = counted or (isinstance(row, Limit) and name == "at_most")
        out[field.alias or name] = count(value) if counted else _value(name, value, scopes, vocabulary)
    return _simplest(out) if isinstance(row, Pays) else out


def _simplest(pays: dict[str, Any]) -> dict[str, Any]:
    """A formula in its plainest writing: a sum of one term is that term; what multiplies all cases multiplies each."""
    terms, cases = pays.get("sum", ()), pays.get("cases", ())
    if len(terms) == 1:
        return {**terms[0], **{key: value for key, value in pays.items() if key != "sum"}}
    if not cases or "times" not in pays or "at_most" in pays:
        return pays
    inner = [
        {**one, "pays": {**one["pays"], "times": [*one["pays"].get("times", ()), *pays["times"]]}} for one in cases
    ]
    return {**{key: value for key, value in pays.items() if key != "times"}, "cases": inner}


def _value(name: str, value: Any, scopes: tuple[str, ...], vocabulary: Vocabulary) -> Any:
    if isinstance(value, BaseModel):
        return _plain(value, scopes, vocabulary)
    if isinstance(value, tuple):
        return [_value(name, item, scopes, vocabulary) for item in value]
    if isinstance(value, date):
        return value.isoformat()
    if name in _MONEY:
        return number(value)
    return rate_text(value) if name in _RATES else value


def condition_data(condition: Condition, scopes: tuple[str, ...], vocabulary: Vocabulary) -> dict[str, Any]:
    """A condition as data; a bound is written as the type of its fact is."""
    if condition.recognition is not None:
        test = condition.recognition
        inner = [condition_data(item, ("recognition", "project", "enterprise"), vocabulary) for item in test.when]
        return {"recognition": {"kinds": list(test.kinds), **({"when": inner} if inner else {})}}
    if condition.not_ is not None:
        return {"not": condition_data(condition.not_, scopes, vocabulary)}
    out: dict[str, Any] = {}
    if condition.fact is not None:
        out["fact"] = condition.fact
        if condition.less is not None:
            out["less"] = condition.less
    elif condition.ratio is not None:
        out["ratio"] = {"of": condition.ratio.of, "to": condition.ratio.to}
    for name in ("any", "all"):
        items = getattr(condition, name)
        if items is not None:
            out[name] = [
                condition_data(item, scopes, vocabulary) if isinstance(item, Condition) else str(item) for item in items
            ]
    for name, key in (("is_", "is"), ("in_", "in"), ("group", "group"), ("within", "within"), ("year", "year")):
        value = getattr(condition, name)
        if value is not None:
            out[key] = list(value) if isinstance(value, tuple) else value
    for name in _BOUNDS:
        bound = getattr(condition, name)
        if bound is not None:
            out[name] = _bound(condition, bound, scopes, vocabulary)
    return out


def _bound(condition: Condition, bound: Any, scopes: tuple[str, ...], vocabulary: Vocabulary) -> Any:
    if condition.ratio is not None:
        above, over = (find_fact(name, scopes, vocabulary) for name in (condition.ratio.of, condition.ratio.to))
        money = above is not None and over is not None and (above.type, over.type) == ("money", "number")
        return number(fen(bound)) if money else rate_text(rate(bound))
    fact = find_fact(str(condition.fact), scopes, vocabulary)
    if fact is not None and fact.type == "money":
        return number(fen(bound))
    if fact is not None and fact.type == "number":
        return count(exact_number(bound))
    return bound.isoformat() if isinstance(bound, date) else str(bound)


def find_fact(name: str, scopes: tuple[str, ...], vocabulary: Vocabulary) -> Fact | None:
    """The fact that a row names, looked for in `scopes`."""
    if name.startswith("enterprise."):
        scopes, name = ("enterprise",), name.removeprefix("enterprise.")
    return vocabulary.find(name, *scopes)


def number(value: Fen) -> int | Decimal:
    """Fen as a number of yuan, exact."""
    exact = Fraction(value) / 100
    return exact.numerator if exact.denominator == 1 else Decimal(exact_yuan(value))


def count(value: int | Fraction) -> int | Decimal:
    """A number of months, square metres, percent as it is written, exact."""
    return value if isinstance(value, int) else Decimal(value.numerator) / Decimal(value.denominator)


def plain_number(text: str) -> int | Decimal:
    """A number that was typed: `36`, `1.5`."""
    return count(exact_number(text))


def rate_text(value: Fraction) -> str:
    """A rate as `15%`; as `1/3` where the decimals do not end."""
    text = percent(value)
    return f"{value.numerator}/{value.denominator}" if "…" in text else text


# ---- facts.yaml, and what a document declares ----


def vocabulary_data(data: Mapping[str, Any]) -> dict[str, Any]:
    """facts.yaml in one form: bodies, facts, kinds."""
    models: tuple[tuple[str, type[BaseModel]], ...] = (("bodies", Choice), ("facts", Fact), ("kinds", Kind))
    return {name: [_entry(model.model_validate(row)) for row in data[name]] for name, model in models}


def declares_data(declares: Mapping[str, Any]) -> dict[str, Any]:
    """`declares` in one form. Choices for a fact of the same document stand with the fact."""
    facts = [_entry(Fact.model_validate(row)) for row in declares.get("facts") or ()]
    choices: dict[str, list[dict[str, Any]]] = {}
    for name, rows in (declares.get("choices") or {}).items():
        added = [_entry(Choice.model_validate(row)) for row in rows]
        own = next((fact for fact in facts if fact["name"] == name), None)
        if own is None:
            choices[name] = added
            continue
        known = {choice["value"] for choice in added}
        own["choices"] = [row for row in own.get("choices", ()) if row["value"] not in known] + added
    kinds = [_entry(Kind.model_validate(row)) for row in declares.get("kinds") or ()]
    parts = {"facts": facts, "choices": choices, "kinds": kinds}
    return {name: part for name, part in parts.items() if part}


def _entry(row: BaseModel) -> dict[str, Any]:
    out: dict[str, Any] = {}
    for name, field in type(row).model_fields.items():
        value = getattr(row, name)
        if field.default is PydanticUndefined or value != field.default:
            items = value if isinstance(value, tuple) else ()
            out[name] = [_entry(i) if isinstance(i, BaseModel) else i for i in items] if items else value
    return out


def faq_data(data: Mapping[str, Any], folder: str) -> dict[str, Any]:
    """Prepared answers in one form; in a document's folder the document goes without saying."""
    rows = [_entry(FaqEntry.model_validate({"document": folder, **row} if folder else row)) for row in data["entries"]]
    return {
        "entries": [{key: value for key, value in row.items() if not (folder and key == "document")} for row in rows]
    }


# ---- cases.yaml ----


def cases_data(data: Mapping[str, Any], vocabulary: Vocabulary) -> dict[str, Any]:
    """Worked cases in one form: amounts as numbers, levels and choices as text, the order of keys as written."""
    out: dict[str, Any] = {}
    if data.get("base"):
        out["base"] = _profile(data["base"], vocabulary)
    rows = []
    for case in data.get("cases") or ():
        row: dict[str, Any] = {key: str(case[key]) for key in ("id", "title", "why") if key in case}
        profile = _profile(case.get("profile") or {}, vocabulary)
        if profile:
            row["profile"] = profile
        rows.append({**row, "expect": case.get("expect") or {}})
    return {**out, "cases": rows}


def _profile(data: Mapping[str, Any], vocabulary: Vocabulary) -> dict[str, Any]:
    out: dict[str, Any] = {}
    scopes = {"projects": "project", "recognitions": "recognition", "other_awards": "award"}
    for key in _PROFILE:
        if key not in data:
            continue
        value = data[key]
        if key == "enterprise":
            out[key] = _told(value or {}, "enterprise", vocabulary)
        elif key in scopes and value:
            out[key] = [_told(item, scopes[key], vocabulary) for item in value]
        else:
            out[key] = value
    return out


def _told(item: Mapping[str, Any], scope: str, vocabulary: Vocabulary) -> dict[str, Any]:
    """One object of a profile; a project's spending stands last."""
    out: dict[str, Any] = {}
    for key, value in item.items():
        if key != "spending":
            out[key] = told_value(key, value, scope, vocabulary)
    if "spending" in item:
        lines = item["spending"]
        out["spending"] = lines and [_told(line, "spending", vocabulary) for line in lines]
    return out


def told_value(key: str, value: Any, scope: str, vocabulary: Vocabulary) -> Any:
    """A value of a profile as its fact's type is written."""
    fact = vocabulary.facts.get((scope, key)) or (vocabulary.activities if key == "activities" else None)
    kind = fact.type if fact is not None else "money" if key == "amount_yuan" else "number" if key == "year" else "text"
    if value is None or isinstance(value, bool):
        return value
    if kind == "choices":
        return [str(item) for item in (value if isinstance(value, list) else [value])]
    if kind == "money":
        return number(fen(value))
    return count(exact_number(value)) if kind == "number" else str(value)
