"""`kedui policies`: look at the tables and check a folder of them."""

from __future__ import annotations

import argparse
import sys
from datetime import date
from pathlib import Path

from bot.__main__ import OK, UNUSABLE
from bot.published import tables_of
from bot.settings import today
from policies.eligibility import status_of
from policies.errors import KeduiError, TableError
from policies.loader import LIBRARY, load_files, read_files
from policies.regions import place
from policies.words import say


class UnknownDocument(KeduiError):
    """A document id that is not in the tables."""


def policies(arguments: argparse.Namespace) -> int:
    """The command. Exit status 0, or 2 on bad tables."""
    if arguments.action in ("import", "impact", "publish", "drop", "rollback", "history", "diff", "audit"):
        from bot.publishing import ACTIONS

        return ACTIONS[arguments.action](arguments)
    if arguments.action in ("export", "format"):
        from bot.workbooks import ACTIONS as WRITING

        return WRITING[arguments.action](arguments)
    if arguments.action == "draft":
        from bot.drafting import draft

        return draft(arguments)
    if arguments.action == "check":
        return check(Path(arguments.dir) if arguments.dir else LIBRARY, arguments.as_of or today(), arguments)
    if arguments.action == "show" and (not arguments.document or arguments.document.isdecimal()):
        from bot.publishing import show

        return show(arguments)
    tables = tables_of(arguments)
    day = arguments.as_of or today()
    if arguments.action == "expiring":
        from policies.announcing import expiring

        for one in expiring(tables, day, arguments.within):
            print(f"{one.document}\t{one.ends}\t{one.text}")
        return OK
    if arguments.action == "list":
        for policy in tables.policies.values():
            head = policy.document
            status = say(f"status.{status_of(head, day)}", **{"from": head.from_, "to": head.to, "as_of": day})
            places = "、".join(found.name for found in map(place, head.territory) if found)
            print(f"{head.id}\t{places}\t{status}\t{len(policy.clauses)} 条\t《{head.title}》{head.number}")
        return OK
    if arguments.document not in tables.policies:
        raise UnknownDocument(f"没有文件 {arguments.document}，现有：{'、'.join(tables.policies)}")
    policy = tables.policies[arguments.document]
    print(f"《{policy.document.title}》{policy.document.number}")
    for clause in policy.clauses:
        print(f"\n{clause.id}\t{clause.article}\t{clause.title}\n  “{clause.quote}”")
        for tier in clause.tiers:
            print(f"  {tier.id}\t{tier.title or ''}")
    for limit in policy.limits:
        print(f"\n{limit.id}\t{limit.article}\n  “{limit.quote}”\n  {limit.text}")
    return OK


def check(path: Path, day: date, arguments: argparse.Namespace) -> int:
    """Every fault on standard error, one a line; warnings and a summary on standard output. Changes nothing.

    A workbook (or the CSV of a sheet) is read onto the published tables, and what it has is checked among them.
    """
    from policies.assess import Assessor
    from policies.cases import cases_of
    from policies.impact import failing
    from policies.lint import lint

    own: set[str] | None = None
    try:
        if path.suffix.lower() in (".xlsx", ".csv") and not path.is_dir():
            from bot.workbooks import whole_workbook

            book = whole_workbook(path, arguments)
            files, own = book.files, {*book.documents, ""}
        else:
            files = read_files(path)
        tables = load_files(files)
        cases = [case for case in cases_of(files) if own is None or case.document in own]
    except TableError as error:
        for fault in error.faults:
            print(str(fault), file=sys.stderr)
        print(f"{len(error.faults)} 处错误", file=sys.stderr)
        return UNUSABLE
    for finding in lint(tables, day):
        if own is None or finding.document in own:
            print(f"提醒：{finding}")
    wrong = failing(cases, Assessor(tables))
    for sentence in wrong:
        print(f"提醒：{sentence}")
    checked = [policy for name, policy in tables.policies.items() if own is None or name in own]
    clauses = [clause for policy in checked for clause in policy.clauses]
    awards = sum(len(clause.tiers) or 1 for clause in clauses)
    if cases:
        print(f"{len(cases)} 个案例，{f'{len(wrong)} 个不成立' if wrong else '都成立'}")
    print(f"{len(checked)} 个文件，{len(clauses)} 个条款，{awards} 项奖补，没有错误")
    return OK
