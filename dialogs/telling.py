"""Putting what was heard into the facts, and saying what changed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from dialogs.paths import get, index_of, name_of, put
from dialogs.session import Facts, Session
from dialogs.understand.heard import Heard, HeardAward, HeardLine, HeardProject, HeardRecognition, Told
from policies.regions import AmbiguousPlace, UnknownPlace, contains, resolve

_ANOTHER = re.compile(r"另外|另一个|还有|再加|第二个|第三个|下一个|又上|又做|新增一个|再上一个")

_NEW_PROJECT = re.compile(
    r"(?:另外?|还有|再有|又有?|第[二三四五2-5])(?:还有)?(?:一|1)?个(?:项目|工程)|(?:另|下)一?个项目"
)
_SEAT = re.compile(r"(?:注册|公司|企业|厂|我们|我司|总部|搬|迁|位于|地址|其实)[^，。；]{0,5}$")
_PART = re.compile(r"只投|只花|其中|里面|这里头")


@dataclass(frozen=True, slots=True)
class Change:
    """A told fact: where, what it was (None: new), what it is, in whose words."""

    path: str
    old: Any
    new: Any
    words: str = ""
    approx: bool = False
    refined: bool = False
    """What it was before was only roughly told: 2024年, then 2024年3月."""


def canonical(value: Any) -> Any:
    """A value as a profile has it in JSON."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else format(value, "f")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple | list | set | frozenset):
        return [canonical(item) for item in value]
    return value


def place_value(code: str, words: str) -> str:
    """The user's own words where they mean just that place, else its code."""
    try:
        return words if words and len(words) <= 60 and resolve(words).code == code else code
    except (AmbiguousPlace, UnknownPlace):
        return code


def _same_place(one: str, other: str) -> bool:
    try:
        return resolve(one).code == resolve(other).code
    except (AmbiguousPlace, UnknownPlace):
        return False


class Teller:
    """Applies one message's findings to a session; collects the changes."""

    def __init__(self, session: Session, text: str, asked: str | None, correction: bool) -> None:
        self.session, self.text, self.asked, self.correction = session, text, asked, correction
        self.changes: list[Change] = []
        self._known = len(self.facts.get("projects") or ())
        """So many projects were told before this message: 在两地各建一个 tells two that are alike."""

    @property
    def facts(self) -> Facts:
        return self.session.facts

    def set(self, path: str, value: Any, words: str = "", approx: bool = False) -> None:
        """One fact told."""
        value = canonical(value)
        old = get(self.facts, path)
        if old == value or (path.endswith("region") and old is not None and _same_place(str(old), str(value))):
            if not approx:
                if path in self.session.approx:  # 就是800万整, after 八百来万
                    self.changes.append(Change(path, old, value, words, refined=True))
                self.session.approx.discard(path)
                self._share(path, old, value)
            return
        refined = path in self.session.approx
        put(self.facts, path, value)
        self.session.words.pop(path, None)
        self.session.skipped.discard(path)
        self.session.implied.discard(path)
        self.session.words[path] = words
        (self.session.approx.add if approx else self.session.approx.discard)(path)
        if not approx:
            self.session.exact.discard(path)
        self.session.touched = path
        self._share(path, old, value)
        self.changes.append(Change(path, old, value, words, approx, refined))
        if name_of(path) == "amount_yuan" and path.startswith("projects["):
            self._imply_total(index_of(path) or 0)

    def _share(self, path: str, old: Any, value: Any) -> None:
        """The only line of a project that was its whole total moves with the total."""
        where, _, name = path.rpartition(".")
        lines = get(self.facts, f"{where}.spending") if name == "total_investment_yuan" else None
        if old is not None and lines and len(lines) == 1 and lines[0].get("amount_yuan") == old:
            lines[0]["amount_yuan"] = value
            self._rough(f"{where}.spending[0].amount_yuan", path in self.session.approx)
            if old != value:
                self.changes.append(Change(f"{where}.spending[0].amount_yuan", old, value))

    def told(self, path: str, told: Told) -> None:
        value = told.value
        if path.endswith("region"):
            value = place_value(str(value), told.words)
        self.set(path, value, told.words, told.approx)

    def heard(self, heard: Heard) -> None:
        """Everything a sentence told."""
        for name, told in heard.enterprise.items():
            path = f"enterprise.{name}"
            if name == "applicant_kind" and get(self.facts, path) is not None and told.start < 0:
                continue  # only implied, and already told
            if name == "region" and not self.correction and self._coarser(str(told.value), get(self.facts, path)):
                continue  # 包头有哪些补贴, from somebody in 稀土高新区
            if name == "region" and self._elsewhere(told):
                continue
            if (
                name == "industries"
                and not self.correction
                and "region" not in heard.enterprise
                and isinstance(get(self.facts, path), list)
            ):
                merged = [*get(self.facts, path), *(v for v in told.value if v not in get(self.facts, path))]
                told = Told(merged, told.words, told.approx, told.start, told.end)
            self.told(path, told)
        fresh, self._known = len(heard.projects) > 1, len(self.facts.get("projects") or ())
        for project in heard.projects:
            self._project(project, fresh)
        for recognition in heard.recognitions:
            self._recognition(recognition)
        for award in heard.awards:
            self.award(award)
        for name in sorted(heard.none_of):
            self.none(name)

    def _elsewhere(self, told: Told) -> bool:
        """Whether a place named in passing is no seat: one was told before, and nothing says that it is another."""
        known = get(self.facts, "enterprise.region")
        if known is None or self.correction or self.asked == "enterprise.region":
            return False
        if contains(resolve(str(known)).code, str(told.value)):
            return False
        return _SEAT.search(self.text[: max(told.start, 0)][-12:]) is None

    @staticmethod
    def _coarser(code: str, told: Any) -> bool:
        return told is not None and contains(code, resolve(str(told)).code)

    def none(self, name: str) -> None:
        """A list told to be empty, or to hold no more."""
        if name == "loan":
            for index in range(len(self.facts.get("projects") or ())):
                self.set(f"projects[{index}].loan_amount_yuan", 0, self.text[:20])
            return
        if name in ("projects", "recognitions", "other_awards"):
            if self.facts.get(name) is None:
                self.facts[name] = []
                self.changes.append(Change(name, None, []))
            self.session.closed.add(name)

    # ---- projects ----

    def _project(self, heard: HeardProject, fresh: bool) -> None:
        projects = self.facts.get("projects")
        if not projects:
            self.new_project(heard)
            return
        own = index_of(self.asked) if self.asked and self.asked.startswith("projects[") else None
        same = self._same_project(heard, own)
        if own is not None and str(self.asked).endswith(".spending") and not self.correction:
            if self._apart(own, heard):
                self.new_project(heard)
            else:
                self._merge(own, heard)
            return
        if same is not None and _PART.search(self.text):
            self._merge(same, heard)
        elif (
            self.asked == "projects" and not self.correction and (heard.lines or "total_investment_yuan" in heard.facts)
        ):
            self.new_project(heard)
        elif same is not None and not _ANOTHER.search(self.text):
            self._merge(same, heard)
        elif fresh or (_ANOTHER.search(self.text) and not self.correction):
            self.new_project(heard)
        elif own is not None:
            self._merge(own, heard)
        elif heard.lines and self.asked is None and not self.correction:
            self.new_project(heard)
        else:
            touched = self.session.touched or ""
            index = index_of(touched) if touched.startswith("projects[") else None
            self._merge(len(projects) - 1 if index is None else index, heard)

    def _apart(self, index: int, heard: HeardProject) -> bool:
        """Whether what is told of further spending is another project: it says so, or has a day of its own."""
        day, told = heard.facts.get("completed_on"), get(self.facts, f"projects[{index}].completed_on")
        own_day = day is not None and told is not None and canonical(day.value) != told
        return own_day or _NEW_PROJECT.search(self.text) is not None

    def _same_project(self, heard: HeardProject, asked: int | None) -> int | None:
        """A project that already has a line of these activities, and no other; the one asked about before others."""
        wanted = [set(line.activities.value) for line in heard.lines if line.activities is not None]
        if not wanted:
            return None
        projects = list(enumerate(self.facts.get("projects") or ()))[: self._known]
        for index, project in sorted(projects, key=lambda item: item[0] != asked):
            own = [set(line.get("activities") or ()) for line in lines_of(project)]
            if all(item in own for item in wanted):
                return index
        return None

    def new_project(self, heard: HeardProject | None = None) -> int:
        """A further project, P1, P2, …; returns its index."""
        projects = self.facts.setdefault("projects", [])
        taken = {project.get("id") for project in projects}
        number = len(projects) + 1
        while f"P{number}" in taken:
            number += 1
        index = len(projects)
        projects.append({"id": f"P{number}"})
        self.session.closed.discard("projects")
        if heard is not None:
            self._merge(index, heard)
        return index

    def _merge(self, index: int, heard: HeardProject) -> None:
        where = f"projects[{index}]"
        for name, told in heard.facts.items():
            known = name == "build" and get(self.facts, f"{where}.build") is not None and self.asked != f"{where}.build"
            if known and not self.correction:
                continue  # 改造 in what is told later says nothing against 新建
            self.told(f"{where}.{name}", told)
        if heard.planned:
            self.session.planned.add(str(get(self.facts, f"{where}.id")))
        self.lines(index, heard.lines)

    def lines(self, index: int, heard: list[HeardLine]) -> None:
        """Spending lines heard for a project: one without an amount stands for the whole project."""
        where = f"projects[{index}]"
        project = self.facts["projects"][index]
        own = lines_of(project)
        plain = [line for line in heard if line.activities is not None]
        if not own and len(plain) == 1 and plain[0].amount is None and "spending" not in project:
            assert plain[0].activities is not None
            self.told(f"{where}.activities", plain[0].activities)
            return
        for line in plain:
            assert line.activities is not None
            wanted = set(line.activities.value)
            number = next((n for n, item in enumerate(own) if set(item.get("activities") or ()) == wanted), None)
            if "activities" in project:
                part = self._part_of_total(project, line)
                if number == 0 and line.amount is not None and not part:
                    self.told(f"{where}.total_investment_yuan", line.amount)
                    continue
                if number is None or part:
                    self.spread(index)
            if number is None:
                number = len(project.get("spending") or ())
                self.told(f"{where}.spending[{number}].activities", line.activities)
            if line.amount is not None:
                self.told(f"{where}.spending[{number}].amount_yuan", line.amount)
            own = lines_of(project)
        self._imply_total(index)
        asked = str(self.asked).endswith(".spending")
        if len([line for line in plain if line.amount is not None]) > 1 and not asked and self._sums_up(project):
            self.session.closed.add(f"{where}.spending")  # enumerated at once: all of it

    @staticmethod
    def _sums_up(project: dict[str, Any]) -> bool:
        amounts = [line.get("amount_yuan") for line in project.get("spending") or ()]
        total = project.get("total_investment_yuan")
        return (
            None not in amounts and total is not None and sum(Decimal(str(a)) for a in amounts) >= Decimal(str(total))
        )

    def _part_of_total(self, project: dict[str, Any], line: HeardLine) -> bool:
        """「MES只投了600万」 of a total of 1000万: a part of it, and no correction of it."""
        total = project.get("total_investment_yuan")
        if line.amount is None or total is None or self.correction:
            return False
        return Decimal(str(line.amount.value)) < Decimal(str(total))

    def spread(self, index: int) -> None:
        """From the short form to spending lines: the whole becomes the first line, its amount to be told."""
        project = self.facts["projects"][index]
        activities = project.pop("activities", None)
        if activities is not None:
            project["spending"] = [{"activities": activities}]

    def _imply_total(self, index: int) -> None:
        """Lines told with their amounts and no total: together they are the project."""
        where = f"projects[{index}]"
        project = self.facts["projects"][index]
        path = f"{where}.total_investment_yuan"
        amounts = [line.get("amount_yuan") for line in project.get("spending") or ()]
        if None in amounts and path in self.session.implied:
            self.session.implied.discard(path)  # it was the sum of fewer lines
            project.pop("total_investment_yuan", None)
        if (
            not amounts
            or None in amounts
            or (project.get("total_investment_yuan") is not None and path not in self.session.implied)
        ):
            return
        total = sum((Decimal(str(amount)) for amount in amounts), Decimal(0))
        lines = (f"{where}.spending[{number}].amount_yuan" for number in range(len(amounts)))
        self._rough(path, any(line in self.session.approx for line in lines))
        if project.get("total_investment_yuan") == canonical(total):
            return
        project["total_investment_yuan"] = canonical(total)
        self.session.implied.add(path)

    def _rough(self, path: str, approx: bool) -> None:
        """An amount that follows from others is as rough as they are."""
        (self.session.approx.add if approx else self.session.approx.discard)(path)

    # ---- recognitions and awards ----

    def _recognition(self, heard: HeardRecognition) -> None:
        recognitions = self.facts.setdefault("recognitions", [])
        index = None
        if self.asked != "recognitions" or self.correction:
            index = next((n for n, item in enumerate(recognitions) if item.get("kind") == heard.kind), None)
        if index is not None and not self.correction and _ANOTHER.search(self.text):
            level = heard.facts.get("level")
            told = recognitions[index].get("level")
            if level is not None and told is not None and level.value != told:
                index = None  # 还有个4A, beside the 3A told before
        if index is None:
            index = len(recognitions)
            recognitions.append({"kind": heard.kind})
            self.changes.append(Change(f"recognitions[{index}].kind", None, heard.kind, heard.words))
            self.session.closed.discard("recognitions")
        for name, told in heard.facts.items():
            self.told(f"recognitions[{index}].{name}", told)

    def award(self, heard: HeardAward) -> None:
        """Money from elsewhere; what it is for may have to be asked."""
        awards = self.facts.setdefault("other_awards", [])
        row = {name: canonical(told.value) for name, told in heard.facts.items()}
        if "project" not in row and "recognition" not in row:
            projects, kinds = self.facts.get("projects") or [], self.facts.get("recognitions") or []
            if len(projects) == 1 and re.search(r"(这个|该|本|同一)项目", self.text):
                row["project"] = projects[0]["id"]
            elif len(kinds) == 1 and re.search(r"(这个|这项|该|本|同一)(认定|证书|贯标)", self.text):
                row["recognition"] = kinds[0]["kind"]
        index = len(awards)
        awards.append(row)
        self.changes.append(Change(f"other_awards[{index}]", None, row, heard.words))


def lines_of(project: dict[str, Any]) -> list[dict[str, Any]]:
    """The spending lines of a project, the short form as one line."""
    if project.get("activities"):
        return [{"activities": project["activities"], "amount_yuan": project.get("total_investment_yuan")}]
    return list(project.get("spending") or ())
