"""Which clauses fit: each clause of a document, met with each project, recognition or the enterprise it may pay for.

The result is a list of `Entry`: one clause (or tier) on one object, with a three-valued verdict, the reason of a
false one, the facts that keep an open one open, and its amount for any set of spending lines.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from policies.amounts import OPEN
from policies.conditions import RANK, Subject, Test, Verdict
from policies.eligibility import Finding, date_finding, payee_finding, status_of, territory_of
from policies.entries import Entry, LineKey, Matched
from policies.model import Clause
from policies.money import Fen
from policies.profile import Profile, Project
from policies.rules import Rule, Rules


def match(rules: Rules, profile: Profile, as_of: date) -> Matched:
    """All entries of a document for a profile."""
    document = rules.document
    applies = territory_of(document, profile.enterprise.get("region"))
    status = status_of(document, as_of)
    award_day = document.to if status in ("expired", "unconfirmed") and document.to is not None else as_of
    matched = Matched(rules, applies, status, award_day)
    if applies is False:
        return matched
    return _Matcher(matched, profile, as_of).run()


class _Matcher:
    def __init__(self, matched: Matched, profile: Profile, as_of: date) -> None:
        self.matched, self.rules, self.profile, self.as_of = matched, matched.rules, profile, as_of
        self.document = matched.rules.document
        self.enterprise = Subject(profile, matched.award_day)
        self.kind = profile.enterprise.get("applicant_kind")
        self.kinds = None if profile.recognitions is None else {item.kind for item in profile.recognitions}
        self.activities = _activities(profile)
        self.shared: list[Finding] = []
        if matched.applies is None:
            self.shared.append(("territory", None, None, {"enterprise.region"}))
        if matched.status != "in_force":
            self.in_force = False
        else:
            self.in_force = True
        for _, test in self.rules.disqualifiers:
            verdict = test.run(self.enterprise)
            if verdict is not False:
                unknown = set(test.unknown(self.enterprise)) if verdict is None else set()
                self.shared.append(("disqualified", None if verdict is None else False, test, unknown))
        for row, test in self.rules.reductions:
            verdict = test.run(self.enterprise)
            matched.factor.append((row, verdict))
            if verdict is None:
                self.shared.append(("disqualified", None, test, set(test.unknown(self.enterprise))))
        self.barred: tuple[str, Test | None] | None = None
        if not self.in_force:
            self.barred = ("not_in_force", None)
        else:
            self.barred = next(((reason, test) for reason, verdict, test, _ in self.shared if verdict is False), None)

    def run(self) -> Matched:
        for clause, tests, rules in self.rules.clauses:
            if self._nothing(clause):
                self._absent(clause, rules)
                continue
            subjects = list(self._subjects(clause))
            if not subjects:
                self._detached(clause, tests, rules)
            for subject, verdict, unknown, lines, free in subjects:
                self._entries(clause, tests, rules, subject, verdict, unknown, lines, free)
        return self.matched

    # ---- objects ----

    def _nothing(self, clause: Clause) -> bool:
        """Nothing told can be what the clause pays for: true for most clauses, and cheap to see."""
        if clause.for_ == "recognition":
            return self.kinds is not None and self.kinds.isdisjoint(clause.kinds)
        if not clause.takes or clause.or_base:
            return False
        return self.activities is not None and self.activities.isdisjoint(clause.takes)

    def _subjects(self, clause: Clause) -> Iterable[tuple[Subject, Verdict, set[str], dict[LineKey, Fen], Fen]]:
        """Each object the clause may pay for, whether it really is one, and the lines it may take."""
        profile, day = self.profile, self.matched.award_day
        if clause.for_ == "enterprise":
            yield self.enterprise, True, set(), {}, 0
        elif clause.for_ == "recognition":
            by_id = {project.id: project for project in profile.projects or ()}
            for recognition in profile.recognitions or ():
                if recognition.kind in clause.kinds:
                    project = by_id.get(recognition.project or "")
                    yield Subject(profile, day, project, recognition), True, set(), {}, 0
        else:
            takes = self.rules.takes[clause.id]
            for project in profile.projects or ():
                found = self._project(clause, takes, project)
                if found is not None:
                    yield (Subject(profile, day, project), *found)

    def _project(
        self, clause: Clause, takes: frozenset[str], project: Project
    ) -> tuple[Verdict, set[str], dict[LineKey, Fen], Fen] | None:
        where = f"projects[{project.index}]"
        if not takes:
            return self._by_base(clause, project)
        if project.lines is None:
            return None, {f"{where}.spending"}, {}, OPEN
        lines: dict[LineKey, Fen] = {}
        unknown: set[str] = set()
        certain = False
        for number, line in enumerate(project.lines):
            fits = None if line.activities is None else not takes.isdisjoint(line.activities)
            if fits is False:
                continue
            lines[(project.index, number)] = OPEN if line.amount is None else line.amount
            if fits is None:
                unknown.add(line.path)
            else:
                certain = True
            if line.amount is None and self.rules.uses_spending[clause.id]:
                unknown.add(line.amount_path)
        if certain:
            return True, unknown, lines, 0
        if clause.or_base and self._by_base(clause, project) is not None:
            return None if lines else True, *self._any_line(project, unknown)
        return (None, unknown, lines, 0) if lines else None

    def _any_line(self, project: Project, unknown: set[str]) -> tuple[set[str], dict[LineKey, Fen], Fen]:
        """A base told without a line of its own stands for money in any line, or in none: each yuan is paid once."""
        if not project.lines:
            return unknown, {}, OPEN
        total = project.facts.get("total_investment_yuan")
        unknown |= {line.amount_path for line in project.lines if line.amount is None}
        if total is None:
            unknown.add(f"projects[{project.index}].total_investment_yuan")
        lines: dict[LineKey, Fen] = {
            (project.index, number): OPEN if line.amount is None else line.amount
            for number, line in enumerate(project.lines)
        }
        slack: Fen = OPEN if unknown or total is None else max(0, total - sum(lines.values()))
        return unknown, lines, slack

    def _by_base(self, clause: Clause, project: Project) -> tuple[Verdict, set[str], dict[LineKey, Fen], Fen] | None:
        """A clause on a project fact alone: it meets each project whose base is told, and not zero, or not known."""
        bases = [name for name in self._bases(clause) if name != "spending"]
        subject = Subject(self.profile, self.matched.award_day, project)
        none = [value == 0 for value in (subject.value("project", name) for name in bases)]
        if none and (all(none) if clause.pays is not None or clause.tiers else any(none)):
            return None
        return True, set(), {}, OPEN

    def _bases(self, clause: Clause) -> list[str]:
        names = list(clause.pays.terms()) if clause.pays is not None else []
        for tier in clause.tiers:
            names += tier.pays.terms()
        facts = self.rules.vocabulary.facts
        if not names:
            names = [str(leaf.fact) for item in clause.when for leaf in item.leaves() if leaf.fact]
        return [name for name in names if ("project", name) in facts or name == "spending"]

    # ---- verdicts ----

    def _detached(self, clause: Clause, tests: list[Test], rules: list[Rule]) -> None:
        """A clause with nothing to attach to: no project with its activity, no recognition of its kind."""
        missing = None
        if clause.for_ == "project" and self.profile.projects is None:
            missing = "projects"
        elif clause.for_ == "recognition" and self.profile.recognitions is None:
            missing = "recognitions"
        if missing is None:
            self._absent(clause, rules)
            return
        self._entries(clause, tests, rules, self.enterprise, None, {missing}, {}, OPEN)
        for entry in self.matched.entries[-len(rules) :]:
            entry.detached = True

    def _absent(self, clause: Clause, rules: list[Rule]) -> None:
        """The same where there certainly is nothing, which is the usual case: only the reason is to be found."""
        payee = payee_finding(clause, self.document, self.kind)
        barred = (payee[0], None) if payee is not None and payee[1] is False else self.barred
        for rule in rules:
            reason, failed = barred or self._screened(rule)
            entry = Entry(self.rules, rule, self.enterprise, False, reason, failed, free_spend=OPEN, detached=True)
            self.matched.entries.append(entry)

    def _screened(self, rule: Rule) -> tuple[str, Test | None]:
        """Why an absent clause pays nothing: the first of its tests of the enterprise that fails, else that it is absent."""
        found: tuple[str, Test | None] = ("condition", None)
        for test in rule.screens:
            if test.run(self.enterprise) is False and all(map(_on_enterprise, test.unknown(self.enterprise))):
                reason = test.reason(self.enterprise)
                if reason in ("industry", "size") and RANK[reason] < RANK[found[0]]:
                    found = reason, test
        return found

    def _entries(
        self,
        clause: Clause,
        tests: list[Test],
        rules: list[Rule],
        subject: Subject,
        attached: Verdict,
        waits: set[str],
        lines: dict[LineKey, Fen],
        free: Fen,
    ) -> None:
        findings: list[Finding] = list(self.shared)
        payee = payee_finding(clause, self.document, self.kind)
        if payee is not None:
            findings.append(payee)
        if not self.in_force:
            findings.append(("not_in_force", False, None, set()))
        detached = subject is self.enterprise and clause.for_ != "enterprise"
        if attached is not True:
            findings.append(("condition", attached, None, waits))
        elif waits:
            findings.append(("condition", True, None, waits))
        for test in tests:
            self._test(test, subject, findings, detached)
        planned = False
        if not detached:
            dated, planned = date_finding(clause, self.document, subject, self.matched.award_day, self.as_of)
            if dated is not None:
                findings.append(dated)
        tier_findings = []
        for rule in rules:
            own: list[Finding] = []
            for test in rule.tests:
                self._test(test, subject, own, detached)
            tier_findings.append(own)
        needs_line = bool(clause.takes) and not clause.or_base
        for number, rule in enumerate(rules):
            own = findings + tier_findings[number]
            if not detached:
                for later in tier_findings[number + 1 :]:
                    higher = _verdict(later)
                    if higher is True:
                        own = [*own, ("same_tier", False, None, set())]
                        break
                    if higher is None:
                        own = [*own, ("same_tier", None, None, {path for item in later for path in item[3]})]
            self.matched.entries.append(self._entry(rule, subject, own, planned, lines, needs_line, free))

    def _entry(
        self,
        rule: Rule,
        subject: Subject,
        findings: list[Finding],
        planned: bool,
        lines: dict[LineKey, Fen],
        needs_line: bool,
        free: Fen,
    ) -> Entry:
        real = [item for item in findings if item[0] != "not_in_force"]
        verdict = _verdict(real)
        failures = (
            [item for item in (real if self.in_force else findings) if item[1] is False] if verdict is False else []
        )
        entry = Entry(
            self.rules, rule, subject, verdict, planned=planned, lines=lines, needs_line=needs_line, free_spend=free
        )
        if failures:
            entry.reason = min(failures, key=_rank)[0]
            entry.in_text, _, entry.failed, _ = min((item for item in failures if item[0] != "not_in_force"), key=_rank)
            return entry
        if verdict is True:
            # amounts count as settled only if nothing unknown can move them
            if rule.formula is not None:
                unknown = set(rule.formula.unknown(subject))
                for item in findings:
                    unknown |= item[3]
                for bound in rule.bounds:
                    unknown |= set(bound.unknown(subject))
                if unknown and not entry.settled():
                    entry.verdict, entry.unknown = None, unknown
            return entry
        for item in findings:
            entry.unknown |= item[3]
        if rule.formula is not None:
            unknown = set(rule.formula.unknown(subject))
            entry.unknown |= set() if unknown and entry.at_ceiling() else unknown
        return entry

    def _test(
        self,
        test: Test,
        subject: Subject,
        findings: list[Finding],
        detached: bool,
    ) -> None:
        if detached and any(not _on_enterprise(path) for path in test.unknown(subject)):
            return
        verdict = test.run(subject)
        if verdict is False:
            reason = test.reason(subject)
            if not detached or reason in ("industry", "size"):
                findings.append((reason, False, test, set()))
        elif verdict is None:
            findings.append(("condition", None, test, set(test.unknown(subject))))


def _rank(finding: Finding) -> int:
    return RANK[finding[0]]


def _activities(profile: Profile) -> set[str] | None:
    """All activities of all projects; None while some are not known."""
    found: set[str] = set()
    for project in profile.projects if profile.projects is not None else (None,):
        if project is None or project.lines is None:
            return None
        for line in project.lines:
            if line.activities is None:
                return None
            found |= line.activities
    return found


def _on_enterprise(path: str) -> bool:
    return path.startswith("enterprise.")


def _verdict(findings: Iterable[Finding]) -> Verdict:
    verdict: Verdict = True
    for _, found, _, _ in findings:
        if found is False:
            return False
        if found is None:
            verdict = None
    return verdict
