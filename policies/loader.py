"""Tables from files: facts.yaml and glossary.yaml, and per document a folder with policy.yaml, source.md, notes.md,
cases.yaml and faq.yaml.

The files lie in a folder (the library) or in the database (policies/store.py): `Files` is both, texts by path.
Checks everything before anything is used; a fault names the file, the line, the row and the remedy, in Chinese.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from rapidfuzz import process

from policies.errors import Fault, TableError, reason_of
from policies.facts import Choice, Fact, Kind, Vocabulary, read_vocabulary
from policies.faq import TOPICS, FaqEntry, squeezed
from policies.model import Clause, Condition, Pays, Policy
from policies.rules import Rules, scopes_of
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

_PROBLEMS = {
    "extra_forbidden": ("不认识的键", "删去，或改成已有的键"),
    "missing": ("缺少必填的键", "补上"),
    "literal_error": ("取值不在范围内", ""),
}


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


def _nearest(word: str, known: Any) -> str:
    found = process.extractOne(word, list(known), score_cutoff=60)
    return f"是不是 {found[0]}？" if found else ""


def _parse(files: Files, name: str) -> tuple[Any, dict[tuple[str | int, ...], int]]:
    if name not in files:
        raise TableError([Fault(name, 1, "", "文件不存在", "每个政策文件夹要有 policy.yaml 和 source.md")])
    try:
        return load(files[name])
    except YamlError as error:
        raise TableError(
            [Fault(name, error.line, "", f"不是正确的 YAML：{error.text}", "检查缩进、冒号后的空格和引号")]
        ) from error


class _Checker:
    """Checks one document; collects all its faults."""

    def __init__(self, name: str, data: Any, lines: dict[tuple[str | int, ...], int], source: str) -> None:
        self.name, self.data, self.lines, self.source = name, data, lines, _squeeze(source)
        self.faults: list[Fault] = []

    def line(self, path: tuple[str | int, ...]) -> int:
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)

    def row(self, path: tuple[str | int, ...]) -> str:
        """The id of the row that a path lies in."""
        node, found = self.data, ""
        for step in path:
            try:
                node = node[step]
            except (KeyError, IndexError, TypeError):
                break
            if isinstance(node, dict) and isinstance(node.get("id"), str):
                found = node["id"]
        return found

    def fault(self, path: tuple[str | int, ...], text: str, remedy: str = "") -> None:
        self.faults.append(Fault(self.name, self.line(path), self.row(path), text, remedy, path=path))

    def policy(self) -> Policy | None:
        """The validated document, or None with faults noted."""
        if not isinstance(self.data, dict):
            self.fault((), "应是一张表（document、clauses……）", "见 docs/reference/format.md")
            return None
        try:
            return Policy.model_validate(self.data)
        except ValidationError as error:
            self.invalid(error, ())
            return None

    def invalid(self, error: ValidationError, under: tuple[str | int, ...]) -> None:
        """Notes what a model found wrong in the row at `under`."""
        for item in error.errors():
            steps = tuple(step for step in item["loc"] if isinstance(step, int | str))
            path = tuple(self._real((*under, *steps)))
            text, remedy = _PROBLEMS.get(item["type"], ("", ""))
            where = ".".join(str(step) for step in path)
            if item["type"] == "value_error":
                text = str(item["ctx"]["error"])
            elif not text:
                text = f"取值不对：{str(item['input'])[:40]}"
            elif item["type"] == "literal_error":
                text = f"{text}：{str(item['input'])[:40]}"
                remedy = f"应是 {item['ctx']['expected']}"
            self.fault(path, f"{where} {text}", remedy)

    def _real(self, path: tuple[str | int, ...]) -> list[str | int]:
        """pydantic's location without the names of union members."""
        node: Any = self.data
        out: list[str | int] = []
        for step in path:
            try:
                node = node[step]
            except (KeyError, IndexError, TypeError):
                if isinstance(node, dict) and isinstance(step, str) and re.fullmatch(r"[a-z_]+", step):
                    out.append(step)
                continue
            out.append(step)
        return out

    def references(self, policy: Policy, vocabulary: Vocabulary) -> None:
        """Facts, choices, kinds, levels, ids and quotes that a row names must exist."""
        ids: dict[str, int] = {}
        for index, clause in enumerate(policy.clauses):
            path: tuple[str | int, ...] = ("clauses", index)
            names = [tier.id for tier in clause.tiers] or [clause.id]
            for name in names:
                if name in ids:
                    self.fault(path, f"条款编号 {name} 重复", "换一个编号")
                ids[name] = index
            ids.setdefault(clause.id, index)
            for activity in clause.takes:
                self._choice(path, "takes", activity, vocabulary.activities.values())
            for kind in clause.kinds:
                self._choice(path, "kinds", kind, vocabulary.kinds)
            self._conditions((*path, "when"), clause.when, clause, vocabulary)
            for number, tier in enumerate(clause.tiers):
                own = (*path, "tiers", number)
                self._conditions((*own, "when"), tier.when, clause, vocabulary)
                self._pays((*own, "pays"), tier.pays, clause, vocabulary)
                for rank, cap in enumerate(tier.caps):
                    self._base((*own, "caps", rank), cap.of, clause, vocabulary)
                if tier.level is not None:
                    for kind in clause.kinds:
                        if kind in vocabulary.kinds:
                            self._choice(own, "level", tier.level, vocabulary.kinds[kind].values())
            if clause.pays is not None:
                self._pays((*path, "pays"), clause.pays, clause, vocabulary)
            for number, cap in enumerate(clause.caps):
                self._base((*path, "caps", number), cap.of, clause, vocabulary)
            self._quote(path, clause.quote)
        self._conditions(("document", "when"), policy.document.when, None, vocabulary)
        for index, row in enumerate(policy.disqualifiers):
            self._conditions(("disqualifiers", index, "when"), (row.when,), None, vocabulary)
            self._quote(("disqualifiers", index), row.quote)
        for index, reduction in enumerate(policy.reductions):
            self._conditions(("reductions", index, "when"), (reduction.when,), None, vocabulary)
            self._quote(("reductions", index), reduction.quote)
        for index, limit in enumerate(policy.limits):
            for clause_id in (*limit.over, *limit.except_):
                if clause_id not in ids:
                    self.fault(("limits", index, "over"), f"没有条款 {clause_id}", _nearest(clause_id, ids))
            for number, cap in enumerate(limit.caps):
                self._base(("limits", index, "caps", number), cap.of, None, vocabulary, ("project", "enterprise"))
            self._quote(("limits", index), limit.quote)
        for index, reading in enumerate(policy.readings):
            for clause_id in reading.clauses:
                if clause_id not in ids:
                    self.fault(("readings", index, "clauses"), f"没有条款 {clause_id}", _nearest(clause_id, ids))
            if reading.quote:
                self._quote(("readings", index), reading.quote)
        if policy.document.netting is not None:
            self._quote(("document", "netting"), policy.document.netting.quote)
            for clause_id in policy.document.netting.over:
                if clause_id not in ids:
                    self.fault(("document", "netting"), f"没有条款 {clause_id}", _nearest(clause_id, ids))
        head = policy.document
        if head.from_ and head.to and head.from_ > head.to:
            self.fault(("document", "to"), "截止日早于起始日", "核对 from 和 to")
        from policies.regions import place

        for index, code in enumerate(head.territory):
            if place(code) is None:
                self.fault(("document", "territory", index), f"没有行政区划代码 {code}", "用 6 位代码，如 150200")

    def compiles(self, policy: Policy, vocabulary: Vocabulary) -> None:
        """What the checks above let pass and matching would not: never published, so that no bot stumbles over it."""
        try:
            Rules(policy, vocabulary)
        except (LookupError, TypeError, ValueError, AttributeError) as error:
            self.fault(
                (), f"有一行不能计算，与它有关的是 {str(error)[:60]}", "核对这个名字写在了哪里，是否适用于那一行"
            )

    def _choice(self, path: tuple[str | int, ...], key: str, value: str, known: Any) -> None:
        if value not in known:
            self.fault(
                (*path, key), f"{key} 里没有 {value}", _nearest(value, known) or "在 facts.yaml 或 declares 里先声明"
            )

    def _quote(self, path: tuple[str | int, ...], quote: str) -> None:
        if _squeeze(quote) not in self.source:
            self.fault((*path, "quote"), f"原文里没有这句话：{quote[:30]}", "从 source.md 逐字复制")

    def _fact(
        self,
        path: tuple[str | int, ...],
        name: str | None,
        clause: Clause | None,
        vocabulary: Vocabulary,
        scopes: tuple[str, ...] = ("enterprise",),
    ) -> Any:
        """The fact of a name; without a clause it is looked up in `scopes`."""
        if name is None or name == "spending":
            return None
        scopes = scopes if clause is None else scopes_of(clause)
        if name.startswith("enterprise."):
            scopes, name = ("enterprise",), name.removeprefix("enterprise.")
        fact = vocabulary.find(name, *scopes)
        if fact is None and name != "kind":
            self.fault(path, f"没有事实 {name}", _nearest(name, {key[1] for key in vocabulary.facts}) or "先声明")
        return fact

    def _base(
        self,
        path: tuple[str | int, ...],
        name: str | None,
        clause: Clause | None,
        vocabulary: Vocabulary,
        scopes: tuple[str, ...] = ("enterprise",),
    ) -> None:
        """What a formula or a cap is computed from."""
        fact = self._fact(path, name, clause, vocabulary, scopes)
        if fact is not None and fact.type not in ("money", "number"):
            self.fault(path, f"{name} 不是金额或数量，不能用来计算", "换成金额事实")

    def _pays(self, path: tuple[str | int, ...], pays: Pays, clause: Clause, vocabulary: Vocabulary) -> None:
        for term in pays.terms():
            self._base(path, term, clause, vocabulary)
        self._measures(path, pays, clause, vocabulary)
        for term in pays.terms():
            if term == "spending" and not clause.takes:
                self.fault(path, "以 spending 为基数的条款要写 takes（哪些建设内容）", "补上 takes")
        for number, case in enumerate(pays.cases or ()):
            self._conditions((*path, "cases", number, "when"), case.when, clause, vocabulary)

    def _measures(self, path: tuple[str | int, ...], pays: Pays, clause: Clause, vocabulary: Vocabulary) -> None:
        """Rates are of money, units of numbers: 5% of 3 employees would be three cents."""
        rated = [str(pays.of)] if pays.rate is not None or pays.brackets is not None else []
        counted = [str(pays.of)] if pays.unit is not None else []
        counted += [pays.step.of] if pays.step is not None else []
        counted += [number.of for number in pays.times]
        for term in pays.sum or ():
            (rated if term.rate is not None else counted).append(term.of)
        for names, wrong, remedy in (
            (rated, "number", "数量用 unit（每一个多少钱）或 step"),
            (counted, "money", "金额用 rate（比例）或 brackets"),
        ):
            for name in names:
                fact = vocabulary.find(name.removeprefix("enterprise."), clause.for_, "project", "enterprise")
                if name == "spending" and wrong == "money":
                    self.fault(path, "spending 是金额，不能当数量", remedy)
                elif fact is not None and fact.type == wrong:
                    self.fault(path, f"{name} 是{'数量' if wrong == 'number' else '金额'}，不能这样计算", remedy)

    def _conditions(
        self,
        path: tuple[str | int, ...],
        conditions: tuple[Condition, ...],
        clause: Clause | None,
        vocabulary: Vocabulary,
    ) -> None:
        for condition in conditions:
            for leaf in condition.leaves():
                if leaf.recognition is not None:
                    for kind in leaf.recognition.kinds:
                        self._choice(path, "recognition", kind, vocabulary.kinds)
                    continue
                if leaf.ratio is not None:
                    for name in (leaf.ratio.of, leaf.ratio.to):
                        self._fact(path, name, clause, vocabulary)
                    continue
                fact = self._fact(path, leaf.fact, clause, vocabulary)
                if fact is None:
                    continue
                wanted = [*(leaf.in_ or ()), *(leaf.any or ())]
                if isinstance(leaf.is_, str):
                    wanted.append(leaf.is_)
                known: Any = None
                if fact.choices:
                    known = fact.values()
                elif fact.type == "level" and clause is not None:
                    known = {
                        v for kind in clause.kinds if kind in vocabulary.kinds for v in vocabulary.kinds[kind].values()
                    }
                elif fact.type == "body":
                    known = vocabulary.body_rank
                if known is not None:
                    for value in wanted:
                        self._choice(path, str(leaf.fact), str(value), known)
                if leaf.group is not None and not any(leaf.group in choice.groups for choice in fact.choices):
                    groups = {group for choice in fact.choices for group in choice.groups}
                    self.fault(path, f"{leaf.fact} 没有分组 {leaf.group}", _nearest(leaf.group, groups))


def _squeeze(text: str) -> str:
    return re.sub(r"\s+", "", text)


def _vocabulary(files: Files) -> Vocabulary:
    """The vocabulary of facts.yaml; without one, the library's. Raises TableError."""
    name = "facts.yaml"
    data, lines = _parse(files if name in files else {name: (LIBRARY / name).read_text(encoding="utf-8")}, name)
    checker = _Checker(name, data, lines, "")
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
    clauses = {name: policy.id for policy in policies.values() for name in _row_ids(policy)}
    found: list[FaqEntry] = []
    ids: set[str] = set()
    asked: dict[str, str] = {}
    sources = {folder: _squeeze(files.get(f"{folder}/source.md", "")) for folder in documents_of(files)}
    for name in ("glossary.yaml", *(f"{folder}/faq.yaml" for folder in sources)):
        if name not in files:
            continue
        try:
            data, lines = _parse(files, name)
        except TableError as error:
            faults += error.faults
            continue
        own = name.rpartition("/")[0]
        checker = _Checker(name, data, lines, "")
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
                    checker.fault((*path, "about"), f"about 里没有 {about}", _nearest(about, known | set(clauses)))
            if own and entry.document != own:
                checker.fault((*path, "document"), f"这里只放 {own} 的问答", "移到那个政策的文件夹，或 glossary.yaml")
            elif entry.document is not None and entry.document not in policies:
                checker.fault((*path, "document"), f"没有文件 {entry.document}", _nearest(entry.document, policies))
            elif entry.document is None and (entry.quote or entry.clause):
                checker.fault(path, "引用条款或原文要写 document（哪个文件）", "补上 document")
            if entry.clause is not None and clauses.get(entry.clause) != entry.document:
                checker.fault((*path, "clause"), f"没有条款 {entry.clause}", _nearest(entry.clause, clauses))
            if entry.quote and entry.document in sources and _squeeze(entry.quote) not in sources[entry.document]:
                checker.fault((*path, "quote"), f"原文里没有这句话：{entry.quote[:30]}", "从 source.md 逐字复制")
            found.append(entry)
        faults += checker.faults
    return found


def _row_ids(policy: Policy) -> list[str]:
    """Ids of clauses, their tiers, and the rules across clauses."""
    tiers = [tier.id for clause in policy.clauses for tier in clause.tiers]
    limits = [limit.id for limit in policy.limits]
    others = [*(row.id for row in policy.disqualifiers), *(row.id for row in policy.reductions)]
    return [*(clause.id for clause in policy.clauses), *tiers, *limits, *others]


def load_files(files: Files) -> Tables:
    """All tables of some files; the same texts give the same tables. Raises TableError with every fault."""
    return _load(tuple(sorted(files.items())))


@lru_cache(maxsize=4)
def _load(texts: tuple[tuple[str, str], ...]) -> Tables:
    """Of an import the old and the new tables are needed by the check, the diff, the cases and the impact."""
    files = dict(texts)
    vocabulary = _vocabulary(files)
    faults: list[Fault] = []
    checkers: list[tuple[_Checker, Policy]] = []
    for folder in documents_of(files):
        name = f"{folder}/policy.yaml"
        try:
            data, lines = _parse(files, name)
        except TableError as error:
            faults += error.faults
            continue
        checker = _Checker(name, data, lines, files.get(f"{folder}/source.md", ""))
        policy = checker.policy()
        if policy is not None:
            try:
                vocabulary = vocabulary.extended(policy.declares)
            except ValueError as error:
                checker.fault(("declares",), str(error).splitlines()[0], "见 docs/how-to/add-a-fact.md")
            checkers.append((checker, policy))
        faults += checker.faults
        checker.faults = []
    seen: dict[str, str] = {}
    for checker, policy in checkers:
        checker.references(policy, vocabulary)
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
