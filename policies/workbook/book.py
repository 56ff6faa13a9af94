"""A workbook's rows from the tables' files, and the tables' files from a workbook's rows.

The middle between `writing.py`/`reading.py`/`csv` (what a sheet looks like) and the sheets' own modules (what a row
says). Files are those of policies/loader.py in canonical form, so that both writings are compared by their bytes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from policies.canonical import canonical_files
from policies.errors import Fault, TableError
from policies.facts import Vocabulary, read_vocabulary
from policies.loader import LIBRARY, Files, documents_of, load_files
from policies.workbook.answers import answer_lines, read_answers
from policies.workbook.cases import case_lines, read_cases
from policies.workbook.documents import document_lines, read_document
from policies.workbook.rows import Line, Placed, Reader, Row, nearest, place
from policies.workbook.sheets import sheets
from policies.workbook.vocabulary import Declared, vocabulary_lines
from policies.yaml12 import load
from policies.yaml_writing import write

Lines = dict[str, list[Line]]
"""Rows to be written, by the sheet's key."""
Rows = Mapping[str, list[Row]]
"""Rows that were read, by the sheet's key."""

_NOTHING = Fault(
    sheets()["documents"].name, 1, "", "“文件”页里没有政策文件", "一行写一个文件，至少填编号、名称、级别、地区", "A1"
)
_TEXTS = {"source": "source.md", "notes": "notes.md"}


# ---- to rows ----


def lines_of(files: Files, only: str | None = None) -> Lines:
    """The rows of all sheets; `only`: of one document, with the facts that it declares. Raises TableError."""
    files = canonical_files(files)
    vocabulary = load_files(files).vocabulary
    labels = {fact.name: fact.label for fact in vocabulary.facts.values()}
    out: Lines = {name: [] for name in sheets()}
    if "facts.yaml" in files and only is None:
        _extend(out, vocabulary_lines(load(files["facts.yaml"])[0], labels), "")
    if "glossary.yaml" in files and only is None:
        out["answers"] += answer_lines("", load(files["glossary.yaml"])[0])
    for folder in documents_of(files):
        policy, _ = load(files[f"{folder}/policy.yaml"])
        id_ = policy["document"]["id"]
        if only is not None and id_ != only:
            continue
        for name, lines in document_lines(policy, vocabulary).items():
            out[name] += lines
        _extend(out, vocabulary_lines(policy.get("declares", {}), labels), id_)
        if f"{folder}/cases.yaml" in files:
            out["cases"] += case_lines(id_, load(files[f"{folder}/cases.yaml"])[0], vocabulary)
        if f"{folder}/faq.yaml" in files:
            out["answers"] += answer_lines(id_, load(files[f"{folder}/faq.yaml"])[0])
        for name, file in _TEXTS.items():
            text = files.get(f"{folder}/{file}", "")
            out[name] += [{"document": id_, "text": line} for line in text.splitlines()]
    return out


def _extend(out: Lines, lines: tuple[list[Line], list[Line]], document: str) -> None:
    for name, some in zip(("facts", "aliases"), lines, strict=True):
        out[name] += [{"document": document, **line} for line in some]


# ---- from rows ----


@dataclass(frozen=True)
class Imported:
    """What a workbook says: the files of all tables, those of the base with this workbook's documents put in.

    A file that says what the base's says is the base's, byte for byte.
    """

    files: dict[str, str]
    documents: tuple[str, ...]
    shared: tuple[str, ...] = ()

    @property
    def given(self) -> dict[str, str]:
        """The files that the workbook has: its documents', and the shared ones that it changes."""
        own = {*self.documents, *self.shared}
        return {path: text for path, text in self.files.items() if path in own or path.split("/")[0] in own}


def files_of(rows: Rows, base: Files | None = None) -> Imported:
    """The tables' files of a workbook's rows.

    `base`: the published files. Documents that the workbook has replace theirs as a whole; all others stay. Without a
    base the workbook is all there is. Raises TableError with every fault, each with its sheet and cell.
    """
    base = dict(base or {})
    reader = Reader(_vocabulary(base, {}, None))
    shared, declared = _declared(rows, base, reader)
    reader.vocabulary = _vocabulary(base, declared.by_document, shared, reader)
    reader.need(row for some in rows.values() for row in some)
    heads = {reader.id(row, "id"): row for row in rows.get("documents", []) if row.has("id")}
    _once(rows.get("documents", []), reader)
    own = _by_document(rows, heads, reader)
    files = dict(base)
    data: dict[str, Any] = {}
    if shared is not None:
        files["facts.yaml"] = write(shared)
    for id_, head in heads.items():
        data[f"{id_}/policy.yaml"] = read_document(head, own[id_], declared.by_document.get(id_), reader)
        files[f"{id_}/policy.yaml"] = write(data[f"{id_}/policy.yaml"])
        cases = read_cases(own[id_].get("cases", ()), reader)
        if cases is not None:
            files[f"{id_}/cases.yaml"] = write(cases)
        if own[id_].get("answers"):
            data[f"{id_}/faq.yaml"] = read_answers(own[id_]["answers"], reader)
            files[f"{id_}/faq.yaml"] = write(data[f"{id_}/faq.yaml"])
        for name, file in _TEXTS.items():
            if own[id_].get(name):
                files[f"{id_}/{file}"] = "\n".join(_verbatim(row, reader) for row in own[id_][name]) + "\n"
        files.setdefault(f"{id_}/source.md", "\n")
    shared_answers = [row for row in rows.get("answers", []) if not row.has("document")]
    if shared_answers:
        data["glossary.yaml"] = read_answers(shared_answers, reader)
        files["glossary.yaml"] = write(data["glossary.yaml"])
    if not any(rows.get(name) for name in ("documents", "facts", "aliases", "answers")):
        raise TableError([_NOTHING])
    checked = _checked(files, data, reader)
    before = canonical_files(base) if base else {}
    kept = {path: base[path] if before.get(path) == text else text for path, text in checked.items()}
    shared_names = tuple(name for name in ("facts.yaml", "glossary.yaml") if kept.get(name) != base.get(name))
    return Imported(kept, tuple(heads), shared_names)


def _verbatim(row: Row, reader: Reader) -> str:
    """A line of a text, with the white space that it has."""
    value = row.cell("text").value
    return value.replace("\r\n", "\n") if isinstance(value, str) else reader.text(row, "text")


def _checked(files: dict[str, str], data: Mapping[str, Any], reader: Reader) -> dict[str, str]:
    """The files in canonical form, checked as those of a folder are; faults with their cells. Raises TableError."""
    faults = list(reader.faults)
    known = {(fault.file, fault.line) for fault in faults}
    try:
        checked = canonical_files(files)
    except TableError as error:
        for fault in error.faults:
            found = _in_cells(fault, data)
            if (found.file, found.line) not in known:  # a cell that could not be read explains the rest of its row
                faults.append(found)
        checked = files
    if faults:
        order = {sheet.name: number for number, sheet in enumerate(sheets().values())}
        raise TableError(sorted(dict.fromkeys(faults), key=lambda fault: (order.get(fault.file, 99), fault.line)))
    return checked


def _in_cells(fault: Fault, data: Mapping[str, Any]) -> Fault:
    """A fault of a policy.yaml as one of the cell that its value came from."""
    from policies.workbook.faults import in_words

    found = place(data.get(fault.file), fault.path)
    if found is None:
        return fault
    row, key = found
    column = next((column for column in row.sheet.columns if column.key == key), row.sheet.columns[0])
    cell = row.cells.get(column.key)
    text, remedy = in_words(fault, row.sheet)
    return Fault(
        row.sheet.name, row.number, fault.row, text, remedy, cell.ref if cell else f"第{row.number}行", fault.path
    )


def _declared(rows: Rows, base: Files, reader: Reader) -> tuple[dict[str, Any] | None, Declared]:
    """The shared vocabulary that the workbook changes (None: it does not), and what its documents declare."""
    entries, aliases = rows.get("facts", []), rows.get("aliases", [])
    ours = [row for row in (*entries, *aliases) if not row.has("document")]
    known, _ = load(base.get("facts.yaml") or (LIBRARY / "facts.yaml").read_text(encoding="utf-8"))
    if ours and not base:
        whole = {key: [] for key in known} if any(reader.word(row, "type") == "body" for row in entries) else known
        declared = Declared(whole, reader).read(entries, aliases)
    else:
        declared = Declared(known, reader).read(entries, aliases)
    return (declared.shared if ours else None), declared


def _vocabulary(
    base: Files, declares: Mapping[str, Any], shared: Mapping[str, Any] | None, reader: Reader | None = None
) -> Vocabulary:
    """The vocabulary that rows are read with."""
    data = shared or load(base.get("facts.yaml") or (LIBRARY / "facts.yaml").read_text(encoding="utf-8"))[0]
    try:
        vocabulary = read_vocabulary(data)
    except ValidationError as error:
        if reader is None:
            raise
        _misfit(error, data, reader)
        return reader.vocabulary
    for folder in documents_of(base):
        policy, _ = load(base[f"{folder}/policy.yaml"])
        if policy["document"]["id"] not in declares:
            vocabulary = vocabulary.extended(policy.get("declares", {}))
    for own in declares.values():
        try:
            vocabulary = vocabulary.extended(own)
        except ValidationError as error:
            _misfit(error, own, reader)
        except ValueError as error:
            if reader is not None and isinstance(own, Placed):
                reader.fault(own.row, "id", f"：{str(error).splitlines()[0]}")
    return vocabulary


def _misfit(error: ValidationError, data: Mapping[str, Any], reader: Reader | None) -> None:
    """Entries that do not fit their form: the row is not known by then, so the entry is looked for."""
    if reader is None:
        return
    for item in error.errors():
        for rows in data.values():
            for entry in rows if isinstance(rows, list) else ():
                if isinstance(entry, Placed) and entry == item["input"]:
                    reader.fault(entry.row, "id", "：这一行没有填全", "对照表头上的说明补上")


def _once(rows: list[Row], reader: Reader) -> None:
    seen: set[str] = set()
    for row in rows:
        id_ = reader.id(row, "id")
        if id_ in seen:
            reader.fault(row, "id", f"：{id_} 写了两行", "一个文件一行")
        seen.add(id_)


def _by_document(rows: Rows, heads: Mapping[str, Row], reader: Reader) -> dict[str, dict[str, list[Row]]]:
    out: dict[str, dict[str, list[Row]]] = {id_: {} for id_ in heads}
    strange: set[tuple[str, str]] = set()
    for name, some in rows.items():
        if name == "documents" or not any(column.key == "document" for column in sheets()[name].columns):
            continue
        for row in some:
            id_ = reader.id(row, "document")
            if id_ in out:
                out[id_].setdefault(name, []).append(row)
            elif id_ and (name, id_) not in strange:
                strange.add((name, id_))
                reader.fault(
                    row, "document", f"：“文件”页里没有 {id_[:30]}", nearest(id_, heads) or "先在“文件”页写这个文件"
                )
    return out
