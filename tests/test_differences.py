"""The diff in words says every change, once, and never as data."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest

from policies import facts, faq, model
from policies.differences import differences
from policies.errors import TableError
from policies.loader import LIBRARY, load_files, read_files
from policies.words import catalogue

INVENTED = Path(__file__).parent / "data" / "invented"


@lru_cache
def library() -> dict[str, str]:
    """Two documents of it and what all share: quick to compare many times."""
    own = ("baotou", "siyang", "facts.yaml")
    return {path: text for path, text in read_files(LIBRARY).items() if path.startswith(own)}


def changed(path: str, old: str, new: str) -> dict[str, str]:
    """The library with some words replaced, once."""
    text = library()[path]
    assert old in text, old
    return {**library(), path: text.replace(old, new, 1)}


def said(files: dict[str, str]) -> list[str]:
    return [one.text for one in differences(library(), files)]


ONE_LINE = {
    "条款 baotou-4.2：上限 100万元 → 120万元": (
        "baotou/policy.yaml",
        "caps: [{amount: 1000000, per: enterprise}]",
        "caps: [{amount: 1200000, per: enterprise}]",
    ),
    "文件 baotou：截止日 2025-12-31 → 2026-12-31": ("baotou/policy.yaml", "to: 2025-12-31", "to: 2026-12-31"),
    "条款 baotou-4.1：金额 本条所列投入 × 10% → 本条所列投入 × 12%": (
        "baotou/policy.yaml",
        "rate: 10%, of: spending",
        "rate: 12%, of: spending",
    ),
    "条款 baotou-4.2：条件增加 链主企业": (
        "baotou/policy.yaml",
        "when: [{fact: build, is: upgrade}]",
        "when: [{fact: build, is: upgrade}, {fact: is_chain_leader, is: true}]",
    ),
    "档次 baotou-4.9a-ii：金额 定额50万元 → 定额55万元": (
        "baotou/policy.yaml",
        "level: 3A, pays: {fixed: 500000}",
        "level: 3A, pays: {fixed: 550000}",
    ),
    "限制 baotou-two-a-year：最多几项 2 → 3": ("baotou/policy.yaml", "at_most: 2", "at_most: 3"),
    "口径 A01：采用 从宽 → 从严": ("baotou/policy.yaml", "used: lenient", "used: strict"),
    "事实 enterprise.size：名称 企业规模 → 规模": ("facts.yaml", "label: 企业规模", "label: 规模"),
    "事实 enterprise.is_chain_leader：别名增加 链老大": ("facts.yaml", "aliases: [链主, ", "aliases: [链老大, 链主, "),
    "案例 baotou-county-in：应得合计 30万元 → 36万元": (
        "baotou/cases.yaml",
        "total_yuan: '300000'",
        "total_yuan: '360000'",
    ),
    "文件 baotou 的说明（notes.md）：增加 0 行，去掉 1 行": (
        "baotou/notes.md",
        library()["baotou/notes.md"].splitlines()[-1] + "\n",
        "",
    ),
    "baotou/policy.yaml：只改了注释或排版": ("baotou/policy.yaml", "# Rates on", "# rates on"),
}


@pytest.mark.parametrize("sentence", ONE_LINE)
def test_one_change_is_one_sentence(sentence: str) -> None:
    """What was changed, from what to what."""
    assert said(changed(*ONE_LINE[sentence])) == [sentence]


def test_nothing_changed() -> None:
    """The same tables."""
    assert said(dict(library())) == []


def test_documents_come_and_go() -> None:
    """A new document is one sentence, not one for each of its rows; what it declares is told."""
    more = {**read_files(INVENTED), **library()}
    found = said(more)
    count = len(list(INVENTED.glob("*/policy.yaml")))
    assert sum(sentence.startswith("新增文件") for sentence in found) == count
    assert not any("anjiang-2" in sentence for sentence in found)
    assert "新增事实 enterprise.credit_grade：信用等级" in found
    gone = [one.text for one in differences(more, library())]
    assert sum(sentence.startswith("删去文件") for sentence in gone) == count
    assert len(gone) == len(found)


def test_a_long_text_is_shown_where_it_changed() -> None:
    """Two quotes of a hundred characters differ in one number."""
    found = said(changed("siyang/policy.yaml", "short: ", "short: 新"))
    assert len(found) == 1
    old = "本资金采取后补助方式，项目完成后申请；申报时间和材料政策没有写，以申报通知为准。"
    text = library()["baotou/policy.yaml"].replace("apply: 采取", f"apply: {old}采取")
    (sentence,) = said({**library(), "baotou/policy.yaml": text})
    assert "“" in sentence
    assert len(sentence) < 140


MODELS: list[tuple[str, Any]] = [
    *((kind, getattr(model, kind.capitalize())) for kind in ("document", "clause", "tier", "limit", "disqualifier")),
    *((kind, getattr(model, kind.capitalize())) for kind in ("reduction", "reading")),
    ("fact", facts.Fact),
    ("kind", facts.Kind),
    ("choice", facts.Choice),
    ("faq", faq.FaqEntry),
]


@pytest.mark.parametrize(("kind", "form"), MODELS, ids=lambda item: item if isinstance(item, str) else "")
def test_every_column_has_a_name(kind: str, form: Any) -> None:
    """A field that a model gains must be named here, so that its change can be said."""
    names = [name.rstrip("_") for name in form.model_fields if name not in ("id", "tiers", "choices", "levels")]
    missing = [name for name in names if not {f"field.{name}", f"field.{kind}_{name}"} & catalogue().keys()]
    assert missing == []


EDITS: list[tuple[str, Callable[[str], str]]] = [
    (r"(?m)^  title: (.+)$", lambda value: f"新{value}"),
    (r"(?m)^  for: (project)$", lambda _: "enterprise"),
    (r"(?m)^  strength: (due)$", lambda _: "competitive"),
    (r"(?m)^  once: (true)$", lambda _: "false"),
    (r"(?m)^  per: (enterprise)$", lambda _: "project"),
    (r"(?m)^  yearly: (true)$", lambda _: "false"),
    (r"(?m)^  state: (\w+)$", lambda _: "draft"),
    (r"(?m)^  level: (\w+)$", lambda _: "national"),
    (r"(?m)^  territory: \['(\d+)'\]$", lambda _: "430000"),
    (r"(?m)^    levels: \[(.+)\]$", lambda _: "county"),
    (r"(?m)^  dated: (\w+)$", lambda _: "no"),
    (r"(?m)^  payee: \[(\w+)\]$", lambda _: "local_government"),
    (r"(?m)^  text: (.+)$", lambda value: f"{value}新"),
    (r"(?m)^  caveat: (.+)$", lambda value: f"{value}新"),
    (r"(?m)^  contact: (.+)$", lambda value: f"{value}新"),
    (r"rate: (\d+%)", lambda _: "7%"),
    (r"fixed: (\d+)", lambda _: "77"),
    (r"at_least: (\d+)", lambda _: "7"),
    (r"amount: (\d+)", lambda _: "7777777"),
]


@pytest.mark.parametrize("document", ["baotou", "guangxi", "hohhot", "siyang"])
def test_no_edit_passes_unsaid(document: str) -> None:
    """For each kind of edit, the first row of a document that allows it: the diff says something of that document."""
    path = f"{document}/policy.yaml"
    base = {path: text for path, text in read_files(LIBRARY).items() if path.startswith((document, "facts.yaml"))}
    before = load_files(base).policies[document]
    for pattern, edit in EDITS:
        found = re.search(pattern, base[path])
        if found is None:
            continue
        files = {**base, path: base[path][: found.start(1)] + edit(found[1]) + base[path][found.end(1) :]}
        try:
            after = load_files(files).policies[document]
        except TableError:  # this edit makes a fault here: the check's concern
            continue
        if after != before:
            about = [one for one in differences(base, files) if one.document == document]
            assert about, pattern
            assert not any(re.search(r"[{}\[\]]|None|Fraction", one.text) for one in about)
