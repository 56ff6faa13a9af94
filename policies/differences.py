"""What changed between two sets of tables, in words: 「条款 baotou-4.2：上限 100万元 → 120万元」.

Tables are laid out as rows of columns, as an official sees them, and compared row by row. A change that no column shows
(a comment, the order of keys) is said as such, so that nothing passes unsaid.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from policies.cases import Case, cases_of
from policies.facts import Vocabulary
from policies.formulas import Cap
from policies.loader import Files, Tables, load_files
from policies.model import Instalment, Netting, Policy, Window
from policies.money import percent, wan
from policies.regions import place
from policies.wording import Wording
from policies.words import catalogue, say

LONG = 36
"""Characters of a text that is shown whole; of a longer one only where it changed."""


@dataclass(frozen=True)
class Difference:
    """One sentence, and what it is about: the document's id ('' for facts, which all share) and the row."""

    document: str
    row: str
    text: str


@dataclass(frozen=True)
class _Row:
    """A row: its name, its columns (label → text, or items), what it is made of, and a word on it when it is new."""

    document: str
    name: str
    columns: dict[str, str | tuple[str, ...]]
    model: Any
    about: str = ""
    caps: tuple[Cap, ...] = field(default=(), compare=False)
    parent: tuple[str, ...] = ()
    """The key of the row that it belongs to; of a new clause the tiers are not told one by one."""


def differences(old: Files, new: Files) -> list[Difference]:
    """All that changed from `old` to `new`, whose folders bear the ids of their documents. Raises TableError."""
    before, after = load_files(old), load_files(new)
    out = list(_documents(before, after))
    both = before.policies.keys() & after.policies.keys()
    rows, newer = _rows(before, both), _rows(after, both)
    changed = {name for name in both if old.get(f"{name}/cases.yaml") != new.get(f"{name}/cases.yaml")}
    rows |= _case_rows(old, changed)
    newer |= _case_rows(new, changed)
    out += _compare(rows, newer)
    out += _texts(old, new, before, after)
    order = {name: number for number, name in enumerate([*before.policies, *after.policies])}
    return sorted(out, key=lambda one: order.get(one.document, len(order)))


def _documents(before: Tables, after: Tables) -> Iterator[Difference]:
    for name, policy in after.policies.items():
        if name not in before.policies:
            text = say("diff.document_added", id=name, title=policy.document.title, clauses=len(policy.clauses))
            yield Difference(name, "", text)
    for name, policy in before.policies.items():
        if name not in after.policies:
            yield Difference(name, "", say("diff.document_removed", id=name, title=policy.document.title))


# ---- rows ----


def _rows(tables: Tables, documents: Iterable[str]) -> dict[tuple[str, ...], _Row]:
    """Every row of the shared vocabulary and of some documents, by kind, document and id."""
    rows: dict[tuple[str, ...], _Row] = {}
    words = Wording(tables.vocabulary)
    for name, policy in tables.policies.items():
        if name in documents:
            rows |= _policy_rows(name, policy, tables.vocabulary)
    for fact in tables.vocabulary.facts.values():
        own = _add(rows, "fact", "", f"{fact.of}.{fact.name}", fact, words)
        for choice in fact.choices:
            _add(rows, "choice", "", f"{fact.of}.{fact.name}.{choice.value}", choice, words, own)
    for kind in tables.vocabulary.kinds.values():
        own = _add(rows, "kind", "", kind.value, kind, words)
        for level in kind.levels:
            _add(rows, "level", "", f"{kind.value}.{level.value}", level, words, own)
    for entry in tables.faq:
        if entry.document is None or entry.document in documents:
            _add(rows, "faq", entry.document or "", entry.id, entry, words)
    for body in tables.vocabulary.bodies:
        _add(rows, "body", "", body.value, body, words)
    return rows


def _policy_rows(name: str, policy: Policy, vocabulary: Vocabulary) -> dict[tuple[str, ...], _Row]:
    rows: dict[tuple[str, ...], _Row] = {}
    whole = Wording(vocabulary)
    _add(rows, "document", name, name, policy.document, whole)
    for clause in policy.clauses:
        words = Wording(vocabulary, clause)
        own = _add(rows, "clause", name, clause.id, clause, words)
        for tier in clause.tiers:
            _add(rows, "tier", name, tier.id, tier, words, own)
    for kind in ("limits", "disqualifiers", "reductions", "readings"):
        for one in getattr(policy, kind):
            _add(rows, kind.removesuffix("s"), name, one.id, one, whole)
    return rows


def _add(
    rows: dict[tuple[str, ...], _Row],
    kind: str,
    document: str,
    id_: str,
    model: Any,
    words: Wording,
    parent: tuple[str, ...] = (),
) -> tuple[str, ...]:
    """Lays a row out; returns its key."""
    columns = dict(_columns(kind, model, words))
    about = next((str(getattr(model, key)) for key in _NAMES if _has(model, key)), "")
    parts = [words.pays(model.pays)] if _has(model, "pays") else []
    parts += [words.caps(model.caps)] if _has(model, "caps") and kind in ("clause", "tier") else []
    name, caps = say(f"diff.{kind}", id=id_), getattr(model, "caps", ())
    rows[(kind, document, id_)] = _Row(document, name, columns, model, "；".join([about, *parts]), caps, parent)
    return kind, document, id_


_NAMES = ("title", "label", "text", "question", "answer")
"""Fields that say what a row is about, the first that it has."""


def _has(model: Any, key: str) -> bool:
    return getattr(model, key, None) not in (None, "", ())


_APART = {"id", "tiers", "choices", "levels"}
"""Fields that are rows of their own, or the row's name."""


def _columns(kind: str, model: Any, words: Wording) -> Iterator[tuple[str, str | tuple[str, ...]]]:
    """Label and value of each field of a row, in the order of the model."""
    for name in type(model).model_fields:
        if name in _APART and not (name == "levels" and kind == "document"):
            continue
        key = name.rstrip("_")
        own = f"field.{kind}_{key}"
        label = say(own if own in catalogue() else f"field.{key}")
        yield label, _value(name, getattr(model, name), words)


def _value(name: str, value: Any, words: Wording) -> str | tuple[str, ...]:
    """A field as people read it; empty when it says nothing."""
    if value is None or value == "" or value == ():
        return ""
    if isinstance(value, bool):
        return say("diff.yes" if value else "diff.no")
    if name == "when":
        return tuple(words.when(value if isinstance(value, tuple) else (value,)))
    if name == "pays":
        return words.pays(value)
    if name in ("share", "factor"):
        return percent(value)
    if isinstance(value, Window):
        return say("diff.span", start=value.from_, end=value.to)
    if isinstance(value, Netting):
        levels = "、".join(map(words.vocabulary.body_label, value.levels))
        tied = say("field.tied_recognitions") if value.tied_recognitions else ""
        leaves = say("field.leaves_nothing") if value.leaves == "nothing" else ""
        listed = (" ".join(value.documents), " ".join(value.over))
        return tuple(filter(None, (levels, *listed, value.text, value.article, value.quote, tied, leaves)))
    if isinstance(value, tuple):
        return tuple(_item(name, item, words) for item in value)
    return _word(name, value, words.vocabulary)


def _item(name: str, item: Any, words: Wording) -> str:
    vocabulary = words.vocabulary
    if isinstance(item, Cap):
        return words.cap(item)
    if isinstance(item, Instalment):
        return f"{item.when} {percent(item.share)}"
    if name == "territory":
        found = place(item)
        return found.full_name if found else str(item)
    if name == "takes":
        return vocabulary.activities.label_of(item)
    if name == "kinds":
        return vocabulary.kinds[item].label
    return _word(name, item, vocabulary)


def _word(name: str, value: Any, vocabulary: Vocabulary) -> str:
    """A word of a closed set, or the text itself."""
    if name == "level" and value in vocabulary.body_rank:
        return vocabulary.body_label(str(value))
    key = f"value.{value}"
    return say(key) if name in _CLOSED and key in catalogue() else str(value)


_CLOSED = {
    *("state", "events", "applicants", "payee", "for_", "dated", "already_paid", "strength", "shown_when", "per", "of"),
    *("used", "type"),
}


def _case_rows(files: Files, documents: Iterable[str]) -> dict[tuple[str, ...], _Row]:
    """The worked cases of some documents."""
    own = {path: text for path, text in files.items() if path.split("/")[0] in documents}
    return {("case", case.document, case.id): _case_row(case) for case in cases_of(own)}


def _case_row(case: Case) -> _Row:
    columns: dict[str, str | tuple[str, ...]] = {say("field.title"): case.title, say("field.why"): case.why}
    for key in ("total_yuan", "indicative_yuan", "other_yuan"):
        value = str(case.expect.get(key) or "")
        columns[say(f"field.{key}")] = wan(int(value) * 100) if value.isdecimal() else value
    awards = case.expect.get("awards") or {}
    columns[say("field.awards")] = tuple(f"{clause} {amount}元" for clause, amount in awards.items())
    return _Row(case.document, say("diff.case", id=case.id), columns, (case.profile, case.expect), case.title)


# ---- comparing ----


def _compare(old: dict[tuple[str, ...], _Row], new: dict[tuple[str, ...], _Row]) -> Iterator[Difference]:
    for key, row in new.items():
        if key not in old:
            if row.parent in new and row.parent not in old:
                continue
            yield Difference(row.document, row.name, say("diff.row_added", row=row.name, about=_clip(row.about)))
            continue
        before = old[key]
        said = list(_changes(before, row))
        if not said and before.model != row.model and not _only_children(before.model, row.model):
            said = [say("diff.form")]
        for text in said:
            yield Difference(row.document, row.name, say("diff.line", row=row.name, text=text))
    for key, row in old.items():
        if key not in new and not (row.parent in old and row.parent not in new):
            yield Difference(row.document, row.name, say("diff.row_removed", row=row.name, about=_clip(row.about)))
    yield from _orders(old, new)


def _only_children(old: Any, new: Any) -> bool:
    """Whether two rows differ only in fields that are rows of their own."""
    if not hasattr(old, "model_fields_set"):
        return False
    names = [name for name in type(old).model_fields if name not in _APART]
    return all(getattr(old, name) == getattr(new, name) for name in names)


def _changes(old: _Row, new: _Row) -> Iterator[str]:
    """What changed in one row, column by column."""
    for label, after in new.columns.items():
        before = old.columns.get(label, "")
        if before == after:
            continue
        if label == say("field.caps") and len(old.caps) == len(new.caps) == 1:
            yield _one_cap(label, old.caps[0], new.caps[0], before, after)
        elif isinstance(before, tuple) or isinstance(after, tuple):
            yield from _items(label, _tuple(before), _tuple(after))
        elif not before:
            yield say("diff.set", label=label, new=_clip(after))
        elif not after:
            yield say("diff.unset", label=label, old=_clip(before))
        else:
            yield _pair(label, before, after)


def _one_cap(label: str, old: Cap, new: Cap, before: str | tuple[str, ...], after: str | tuple[str, ...]) -> str:
    """Of two caps of one kind, only the amounts."""
    if (old.per, old.yearly) == (new.per, new.yearly) and old.amount is not None and new.amount is not None:
        return say("diff.changed", label=label, old=wan(old.amount), new=wan(new.amount))
    return _pair(label, _tuple(before)[0], _tuple(after)[0])


def _tuple(value: str | tuple[str, ...]) -> tuple[str, ...]:
    return value if isinstance(value, tuple) else ((value,) if value else ())


def _items(label: str, old: tuple[str, ...], new: tuple[str, ...]) -> Iterator[str]:
    gone = [item for item in old if item not in new]
    come = [item for item in new if item not in old]
    if len(gone) == len(come) == 1:
        yield _pair(label, gone[0], come[0])
        return
    if come:
        yield say("diff.items_added", label=label, items=_some(come))
    if gone:
        yield say("diff.items_removed", label=label, items=_some(gone))
    if not gone and not come:
        yield say("diff.order", label=label)


def _some(items: list[str]) -> str:
    shown = "、".join(_clip(item) for item in items[:12])
    return shown if len(items) <= 12 else say("diff.more", items=shown, count=len(items))


def _pair(label: str, old: str, new: str) -> str:
    if max(len(old), len(new)) > LONG:
        old, new = _around(old, new)
    return say("diff.changed", label=label, old=old, new=new)


def _clip(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= 2 * LONG else f"{flat[: 2 * LONG]}…"


def _around(old: str, new: str) -> tuple[str, str]:
    """Two long texts where they differ, with a little of what stands around."""
    old, new = " ".join(old.split()), " ".join(new.split())
    start = 0
    while start < min(len(old), len(new)) and old[start] == new[start]:
        start += 1
    end = 0
    while end < min(len(old), len(new)) - start and old[-1 - end] == new[-1 - end]:
        end += 1
    start, end = max(0, start - 8), max(0, end - 8)

    def part(text: str) -> str:
        middle = text[start : len(text) - end]
        shown = middle if len(middle) <= 2 * LONG else f"{middle[: 2 * LONG]}…"
        return f"“{'…' if start else ''}{shown}{'…' if end else ''}”"

    return part(old), part(new)


def _orders(old: dict[tuple[str, ...], _Row], new: dict[tuple[str, ...], _Row]) -> Iterator[Difference]:
    """Rows that are the same but stand in another order: tiers and levels rise, questions are asked in it."""
    groups: dict[tuple[str, ...], str] = {}
    for key, row in new.items():
        groups.setdefault(key[:2], row.document)
    for group, document in groups.items():
        was = [key for key in old if key[:2] == group and key in new]
        now = [key for key in new if key[:2] == group and key in old]
        if was != now:
            yield Difference(document, "", say("diff.rows_order", rows=say(f"diff.{group[0]}", id=document).strip()))


# ---- texts ----


def _texts(old: Files, new: Files, before: Tables, after: Tables) -> Iterator[Difference]:
    """Files of documents that both have, whose text changed: the policy's own text, the notes, comments."""
    for path in sorted(old.keys() & new.keys()):
        document, _, name = path.rpartition("/")
        if old[path] == new[path]:
            continue
        if name in ("source.md", "notes.md"):
            was, now = Counter(old[path].splitlines()), Counter(new[path].splitlines())
            counts = {"added": (now - was).total(), "removed": (was - now).total()}
            yield Difference(document, "", say(f"diff.{name.split('.')[0]}", id=document, **counts))
        elif name == "policy.yaml" and before.policies.get(document) == after.policies[document]:
            yield Difference(document, "", say("diff.comments", path=path))
    for path in sorted(old.keys() ^ new.keys()):
        document, _, name = path.rpartition("/")
        if document in before.policies and document in after.policies and name in ("source.md", "notes.md"):
            text = "file_added" if path in new else "file_removed"
            yield Difference(document, "", say(f"diff.{text}", path=path))
