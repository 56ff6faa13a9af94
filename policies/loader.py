"""Tables from files: facts.yaml and glossary.yaml, and per document a folder with policy.yaml, source.md, notes.md,
cases.yaml and faq.yaml.

The files lie in a folder (the library) or in the database (policies/store.py): `Files` is both, texts by path.
Checks everything before anything is used; a fault names the file, the line, the row and the remedy, in Chinese.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from policies.checking import Checker, nearest, row_ids, squeeze
from policies.errors import Fault, TableError, reason_of
from policies.facts import Choice, Fact, Kind, Vocabulary, read_vocabulary
from policies.faq import TOPICS, FaqEntry, squeezed
from policies.model import Policy
from policies.references import References
from policies.yaml12 import YamlError, load

LIBRARY = Path(__file__).parent / "library"

Files = Mapping[str, str]
"""The texts of tables by path: `facts.yaml`, `baotou/policy.yaml`, `baotou/source.md` …"""
SHARED = ("facts.yaml", "glossary.yaml")
"""Files that all documents share."""
OF_DOCUMENT = ("policy.yaml", "source.md", "notes.md", "cases.yaml", "faq.yaml")
"""Files of one document, in its folder."""
LARGEST = 4_000_000
"""Bytes of a file."""


@dataclass(frozen=True)
class Tables:
    """Everything published: the vocabulary, the policies by document id in the folder's order, the prepared answers."""

    vocabulary: Vocabulary
    policies: dict[str, Policy]
    faq: tuple[FaqEntry, ...] = ()
    """Those of glossary.yaml, then those of each document."""


@dataclass(frozen=True)
class Published:
    """What is answered by: tables with the number of their version (0: the library or a folder, nothing published)."""

    version: int
    tables: Tables


def _parse(files: Files, name: str) -> tuple[Any, dict[tuple[str | int, ...], int]]:
    if name not in files:
        raise TableError([Fault(name, 1, "", "文件不存在", "每个政策文件夹要有 policy.yaml 和 source.md")])
    try:
        return load(files[name])
    except YamlError as error:
        raise TableError(
            [Fault(name, error.line, "", f"不是正确的 YAML：{error.text}", "检查缩进、冒号后的空格和引号")]
        ) from error


def _vocabulary(files: Files) -> Vocabulary:
    """The vocabulary of facts.yaml; without one, the library's. Raises TableError."""
    name = "facts.yaml"
    data, lines = _parse(files if name in files else {name: (LIBRARY / name).read_text(encoding="utf-8")}, name)
    checker = Checker(name, data, lines, "")
    try:
        return read_vocabulary(data)
    except (ValidationError, LookupError, TypeError):
        for key, model in (("facts", Fact), ("kinds", Kind), ("bodies", Choice)):
            rows = data.get(key) if isinstance(data, dict) else None
            if not isinstance(rows, list) or not rows:
                checker.fault((key,), f"{key} 应是一列", "见 docs/reference/format.md")
                continue
            for number, row in enumerate(rows):
                try:
                    model.model_validate(row)
                except ValidationError as error:
                    checker.invalid(error, (key, number))
        raise TableError(checker.faults) from None


def _faq(files: Files, policies: dict[str, Policy], vocabulary: Vocabulary, faults: list[Fault]) -> list[FaqEntry]:
    """The prepared answers of all files; what is wrong with them is added to `faults`."""
    known = {*policies, *TOPICS, *vocabulary.kinds, *vocabulary.activities.values()}
    known |= {name for _, name in vocabulary.facts}
    clauses = {name: policy.id for policy in policies.values() for name in row_ids(policy)}
    found: list[FaqEntry] = []
    ids: set[str] = set()
    asked: dict[str, str] = {}
    sources = {folder: squeeze(files.get(f"{folder}/source.md", "")) for folder in documents_of(files)}
    for name in ("glossary.yaml", *(f"{folder}/faq.yaml" for folder in sources)):
        if name not in files:
            continue
        try:
            data, lines = _parse(files, name)
        except TableError as error:
            faults += error.faults
            continue
        own = name.rpartition("/")[0]
        checker = Checker(name, data, lines, "")
        rows = data.get("entries") if isinstance(data, dict) else None
        if not isinstance(rows, list) or (isinstance(data, dict) and set(data) - {"entries"}):
            checker.fault((), "应是一张表，只有 entries 一列", "见 docs/how-to/write-an-answer.md")
            rows = []
        for number, row in enumerate(rows):
            path = ("entries", number)
            try:
                entry = FaqEntry.model_validate({"document": own, **row} if own and isinstance(row, dict) else row)
            except ValidationError as error:
                checker.invalid(error, path)
                continue
            for place, ask in enumerate(entry.asks):
                other = asked.setdefault(squeezed(ask), entry.id)
                if other != entry.id:
                    checker.fault((*path, "asks", place), f"问法“{ask}”已在 {other} 里", "留在一处")
            if entry.id in ids:
                checker.fault((*path, "id"), f"编号 {entry.id} 重复", "换一个编号")
            ids.add(entry.id)
            for about in entry.about:
                if about not in known and about not in clauses:
                    checker.fault((*path, "about"), f"about 里没有 {about}", nearest(about, known | set(clauses)))
            if own and entry.document != own:
                checker.fault((*path, "document"), f"这里只放 {own} 的问答", "移到那个政策的文件夹，或 glossary.yaml")
            elif entry.document is not None and entry.document not in policies:
                checker.fault((*path, "document"), f"没有文件 {entry.document}", nearest(entry.document, policies))
            elif entry.document is None and (entry.quote or entry.clause):
                checker.fault(path, "引用条款或原文要写 document（哪个文件）", "补上 document")
            if entry.clause is not None and clauses.get(entry.clause) != entry.document:
                checker.fault((*path, "clause"), f"没有条款 {entry.clause}", nearest(entry.clause, clauses))
            if entry.quote and entry.document in sources and squeeze(entry.quote) not in sources[entry.document]:
                checker.fault((*path, "quote"), f"原文里没有这句话：{entry.quote[:30]}", "从 source.md 逐字复制")
            found.append(entry)
        faults += checker.faults
    return found


def load_files(files: Files) -> Tables:
    """All tables of some files; the same texts give the same tables. Raises TableError with every fault."""
    return _load(tuple(sorted(files.items())))


@lru_cache(maxsize=4)
def _load(texts: tuple[tuple[str, str], ...]) -> Tables:
    """Of an import the old and the new tables are needed by the check, the diff, the cases and the impact."""
    files = dict(texts)
    vocabulary = _vocabulary(files)
    faults: list[Fault] = []
    checkers: list[tuple[Checker, Policy]] = []
    for folder in documents_of(files):
        name = f"{folder}/policy.yaml"
        try:
            data, lines = _parse(files, name)
        except TableError as error:
            faults += error.faults
            continue
        checker = Checker(name, data, lines, files.get(f"{folder}/source.md", ""))
        policy = checker.policy()
        if policy is not None:
            try:
                vocabulary = vocabulary.extended(policy.declares)
            except ValueError as error:
                checker.fault(("declares",), str(error).splitlines()[0], "见 docs/how-to/add-a-fact.md")
            else:
                checkers.append((checker, policy))  # without its words every row would seem wrong
        faults += checker.faults
        checker.faults = []
    seen: dict[str, str] = {}
    for checker, policy in checkers:
        References(checker, policy, vocabulary).check()
        if not checker.faults:
            checker.compiles(policy, vocabulary)
        if policy.id in seen:
            checker.fault(("document", "id"), f"文件编号 {policy.id} 与 {seen[policy.id]} 重复", "换一个编号")
        seen[policy.id] = checker.name
        faults += checker.faults
    policies = {policy.id: policy for _, policy in checkers}
    entries = _faq(files, policies, vocabulary, faults) if not faults else []
    if faults:
        raise TableError(faults)
    return Tables(vocabulary, policies, tuple(entries))


def documents_of(files: Files) -> list[str]:
    """The folders of the documents, in order."""
    return sorted({path.split("/")[0] for path in files if "/" in path})


def read_files(folder: Path) -> dict[str, str]:
    """The texts of a folder of tables, or of one document's own folder. Raises TableError with every fault."""
    if not folder.is_dir():
        raise TableError([Fault(str(folder), 1, "", "没有这个文件夹", "给出放着各政策文件夹的目录")])
    children = sorted(child for child in folder.iterdir() if child.is_dir() and not child.name.startswith((".", "_")))
    if (folder / "policy.yaml").exists():
        children = [folder.resolve()]
    wanted = {name: folder / name for name in SHARED}
    wanted |= {f"{child.name}/{name}": child / name for child in children for name in OF_DOCUMENT}
    files: dict[str, str] = {}
    faults: list[Fault] = []
    for name, path in wanted.items():
        try:
            if path.stat().st_size > LARGEST:
                faults.append(Fault(name, 1, "", "文件超过 4 MB", "一个文件只放一个政策文件的表"))
                continue
            files[name] = path.read_text(encoding="utf-8")
        except FileNotFoundError:
            if path.name == "policy.yaml":
                remedy = "每个政策文件夹要有 policy.yaml 和 source.md"
                faults.append(Fault(name, 1, "", "文件不存在", remedy))
        except UnicodeDecodeError:
            faults.append(Fault(name, 1, "", "不是 UTF-8 文字", "另存为 UTF-8"))
        except OSError as error:
            faults.append(Fault(name, 1, "", f"打不开（{reason_of(error)}）", "检查这个文件和它的权限"))
    if not children:
        faults.append(Fault(str(folder), 1, "", "文件夹里没有政策", "每个政策一个子文件夹，内有 policy.yaml"))
    if faults:
        raise TableError(faults)
    return files


def load_folder(folder: Path) -> Tables:
    """All tables of a folder. Raises TableError with every fault of every document."""
    return load_files(read_files(folder))


@lru_cache(maxsize=1)
def library() -> Tables:
    """The tables that come with the program."""
    return load_folder(LIBRARY)
