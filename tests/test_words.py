"""The words fit together: catalogues, the calls that use them, and the facts that must be asked for.

`dialogs/messages/zh.yaml`, `policies/messages.yaml` and `bot/analysis/words.yaml` hold every sentence; code says `say("group.key", …)`.
The calls are read from the syntax tree: a key may be a text, an f-string (each hole stands for a name), a choice of
both, or a variable that is given one of them in the same function.
"""

from __future__ import annotations

import ast
import re
import string
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from bot.analysis import words as report_words
from dialogs import words as dialogs_words
from dialogs.declared import AWARD_FACTS
from policies import words as policies_words
from policies.facts import Fact
from policies.loader import library
from policies.model import Clause, Policy
from policies.predicates import Condition

ROOT = Path(__file__).parent.parent
CATALOGUES = {
    "bot": report_words.catalogue(),
    "dialogs": dialogs_words.catalogue(),
    "policies": policies_words.catalogue(),
}
HOLE = "\0"


@dataclass(frozen=True)
class Call:
    """One call of `say`: its catalogue, where it stands, its keys as patterns, the names it gives (None: cannot be read)."""

    catalogue: str
    where: str
    keys: tuple[str, ...]
    names: frozenset[str] | None


@cache
def meant(call: Call) -> tuple[str, ...]:
    """The keys of its catalogue that a call may use."""
    shape = re.compile("|".join(re.escape(key).replace(re.escape(HOLE), r"[A-Za-z0-9_.]+") for key in call.keys))
    return tuple(key for key in CATALOGUES[call.catalogue] if shape.fullmatch(key))


def texts(node: ast.expr | None, assigned: dict[str, list[ast.expr]], depth: int = 3) -> list[str]:
    """The texts that an expression may be, holes for what is filled in; [] where it cannot be read."""
    if isinstance(node, ast.Constant):
        return [node.value] if isinstance(node.value, str) else []
    if isinstance(node, ast.JoinedStr):
        whole = [""]
        for part in node.values:
            pieces = [part.value] if isinstance(part, ast.Constant) else [HOLE]
            if isinstance(part, ast.FormattedValue) and isinstance(part.value, ast.IfExp):
                pieces = texts(part.value, assigned, depth) or [HOLE]
            whole = [before + str(piece) for before in whole for piece in pieces]
        return whole
    if isinstance(node, ast.IfExp):
        return texts(node.body, assigned, depth) + texts(node.orelse, assigned, depth)
    if isinstance(node, ast.BoolOp):
        return [text for value in node.values for text in texts(value, assigned, depth)]
    if isinstance(node, ast.Name) and depth:
        return [text for value in assigned.get(node.id, ()) for text in texts(value, assigned, depth - 1)]
    if isinstance(node, ast.Subscript):
        return texts(node.value, assigned, depth)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "get":
        return texts(node.func.value, assigned, depth)
    if isinstance(node, ast.Dict | ast.Tuple | ast.List):
        rows = node.values if isinstance(node, ast.Dict) else node.elts
        return [text for row in rows for text in texts(row, assigned, depth)]
    return []


def given(call: ast.Call, assigned: dict[str, list[ast.expr]]) -> frozenset[str] | None:
    """The names that a call fills in."""
    names: set[str] = set()
    for keyword in call.keywords:
        if keyword.arg is not None:
            names.add(keyword.arg)
            continue
        values = assigned.get(keyword.value.id, []) if isinstance(keyword.value, ast.Name) else [keyword.value]
        parts = [
            part
            for value in values
            for part in ([value.body, value.orelse] if isinstance(value, ast.IfExp) else [value])
        ]
        if not parts or not all(isinstance(part, ast.Dict) for part in parts):
            return None
        for part in parts:
            assert isinstance(part, ast.Dict)
            names |= {key.value for key in part.keys if isinstance(key, ast.Constant) and isinstance(key.value, str)}
    return frozenset(names)


def calls_of(path: Path) -> Iterator[Call]:
    """The calls of `say` in a file, under whatever name it is imported."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    imported = {
        alias.asname or alias.name: str(node.module).split(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and str(node.module).endswith(".words")
        for alias in node.names
        if alias.name == "say"
    }
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    seen: set[ast.Call] = set()
    constants = [node for node in tree.body if isinstance(node, ast.Assign | ast.AnnAssign)]
    for scope in [*sorted(functions, key=lambda node: -node.lineno), tree]:
        assigned: dict[str, list[ast.expr]] = {}
        for node in [*constants, *ast.walk(scope)]:
            if isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign):
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                for target in targets:
                    if isinstance(target, ast.Name) and node.value is not None:
                        assigned.setdefault(target.id, []).append(node.value)
                    elif isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
                        for name, value in zip(target.elts, node.value.elts, strict=False):
                            if isinstance(name, ast.Name):
                                assigned.setdefault(name.id, []).append(value)
            elif (
                isinstance(node, ast.For)
                and isinstance(node.target, ast.Name)
                and isinstance(node.iter, ast.Tuple | ast.List)
            ):
                assigned.setdefault(node.target.id, []).extend(node.iter.elts)
        for node in ast.walk(scope):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Name)
                and node.func.id in imported
                and node not in seen
            ):
                seen.add(node)
                where = f"{path.relative_to(ROOT).as_posix()}:{node.lineno}"
                keys = texts(node.args[0] if node.args else None, assigned)
                yield Call(imported[node.func.id], where, tuple(keys), given(node, assigned))


CALLS = [
    call
    for folder in ("bot", "dialogs", "policies")
    for path in sorted((ROOT / folder).rglob("*.py"))
    for call in calls_of(path)
]


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def test_calls_are_found() -> None:
    """The scan sees the calls, in both packages; if `say` is ever renamed, this says so before all others pass emptily."""
    assert {call.catalogue for call in CALLS} == set(CATALOGUES)
    assert len(CALLS) > 100


@pytest.mark.parametrize("call", CALLS, ids=lambda call: call.where)
def test_every_key_used_exists(call: Call) -> None:
    """Each call names a sentence of its catalogue."""
    assert call.keys, "the key cannot be read from the code"
    catalogue = CATALOGUES[call.catalogue]
    assert [key for key in call.keys if HOLE not in key and key not in catalogue] == []
    assert meant(call), f"no key of the catalogue is like {call.keys}"


@pytest.mark.parametrize("name", CATALOGUES)
def test_every_sentence_is_used(name: str) -> None:
    """No sentence is left over."""
    used = {key for call in CALLS if call.catalogue == name for key in meant(call)}
    assert sorted(set(CATALOGUES[name]) - used) == []


@pytest.mark.parametrize("call", CALLS, ids=lambda call: call.where)
def test_names_given_are_used(call: Call) -> None:
    """A call fills in what its sentence holds, and nothing else; with holes in the key: what some sentence holds."""
    assert call.names is not None, "the names cannot be read from the code"
    sentences = {key: placeholders(CATALOGUES[call.catalogue][key]) for key in meant(call)}
    assert sorted(call.names - set().union(*sentences.values())) == []
    exact = {key: held - call.names for key, held in sentences.items() if key in call.keys}
    assert {key: sorted(missing) for key, missing in exact.items() if missing} == {}


@pytest.mark.parametrize("name", CATALOGUES)
def test_every_placeholder_is_filled_in(name: str) -> None:
    """For each sentence there is a call that gives all it holds."""
    calls = [call for call in CALLS if call.catalogue == name]
    unfilled = [
        key
        for key, text in CATALOGUES[name].items()
        if not any(key in meant(call) and placeholders(text) <= (call.names or set()) for call in calls)
    ]
    assert unfilled == []


@pytest.mark.parametrize("name", CATALOGUES)
def test_sentences_are_plain(name: str) -> None:
    """No exclamation marks, no empty sentence, no placeholder without a name, Chinese punctuation after Chinese."""
    for key, text in CATALOGUES[name].items():
        assert not re.search("[!！]", text), key
        assert text.strip(), key
        assert "" not in placeholders(text), key
        assert not re.search(r"[\u4e00-\u9fff][,;?]", text), key


# ---- facts ----


def depended_on(policy: Policy) -> set[str]:
    """The facts on which anything in a document depends, by name."""
    names: set[str] = set()

    def conditions(rows: tuple[Condition, ...]) -> None:
        for row in rows:
            for leaf in row.leaves():
                names.update(
                    name for name in (leaf.fact, *((leaf.ratio.of, leaf.ratio.to) if leaf.ratio else ())) if name
                )

    def clause(row: Clause) -> None:
        conditions(row.when)
        names.update(cap.of for cap in row.caps if cap.of)
        for pays in (row.pays, *(tier.pays for tier in row.tiers)):
            if pays is not None:
                names.update(pays.terms())
                for case in pays.cases or ():
                    conditions(case.when)
        for tier in row.tiers:
            conditions(tier.when)
        if row.takes:
            names.update(("activities", "amount_yuan"))
        if row.kinds:
            names.update(("level", "obtained_on"))

    conditions(policy.document.when)
    for row in policy.clauses:
        clause(row)
    conditions(tuple(row.when for row in (*policy.disqualifiers, *policy.reductions)))
    return {name.removeprefix("enterprise.") for name in names} - {"kind", "spending", "year"}


@pytest.mark.parametrize("document", library().policies)
def test_every_fact_that_clauses_need_can_be_asked(document: str) -> None:
    """Each has a label, a question and a help text, in some scope."""
    facts = library().vocabulary.facts
    for name in depended_on(library().policies[document]):
        own = [fact for (_, key), fact in facts.items() if key == name]
        assert own, name
        assert all(fact.label and fact.question and fact.help for fact in own), name


def all_facts() -> list[Fact]:
    return [*library().vocabulary.facts.values()]


@pytest.mark.parametrize("fact", all_facts(), ids=lambda fact: f"{fact.of}.{fact.name}")
def test_facts_are_plain(fact: Fact) -> None:
    """A question is one question; labels and values of a fact are not mixed up."""
    for text in (fact.label, fact.question, fact.help, fact.none, *(choice.label for choice in fact.choices)):
        assert not re.search("[!！{}]", text)
    assert fact.question.rstrip("）").endswith(("？", "。")), fact.question
    labels = [choice.label for choice in fact.choices]
    assert len(labels) == len(set(labels))
    assert len(fact.values()) == len(set(fact.values()))


def test_money_from_elsewhere_can_be_asked() -> None:
    """The questions about other awards stand in the catalogue of the conversation."""
    assert [fact.name for fact in AWARD_FACTS.values() if f"ask.{fact.question}" not in CATALOGUES["dialogs"]] == []


def test_choices_are_told_apart() -> None:
    """No label or alias of a choice means another choice of the same fact, nor a level another level of its kind."""
    vocabulary = library().vocabulary
    groups = {fact.name: fact.choices for fact in vocabulary.facts.values()}
    groups |= {kind.value: kind.levels for kind in vocabulary.kinds.values()}
    groups["bodies"] = vocabulary.bodies
    for name, choices in groups.items():
        words = [(word, choice.value) for choice in choices for word in dict.fromkeys((choice.label, *choice.aliases))]
        twice = {word for word, value in words if any(word == other and value != owner for other, owner in words)}
        assert twice == set(), name
