"""`kedui policies import, diff, impact, publish, rollback …`: the tables' life at the command line.

The database is opened for writing only where something is written; the person is the user of this machine.
"""

from __future__ import annotations

import argparse
import getpass
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from bot.__main__ import OK
from bot.progress import Progress
from bot.published import database_path
from bot.settings import Settings, now, read_settings, today
from bot.stored import profiles
from bot.vault import VaultError
from policies import publishing, store, trail
from policies.database import Database, DatabaseError, guarded, immediate, open_database
from policies.differences import Difference, differences
from policies.errors import KeduiError
from policies.impact import described
from policies.loader import LIBRARY, Files, documents_of, load_files, read_files
from policies.staff import require
from policies.store import BaseMoved, Draft, StoreError
from policies.words import say


def person() -> str:
    """The user of this machine."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "unknown"


def settings_of(arguments: argparse.Namespace) -> Settings:
    """The settings, with the database that the command works on."""
    return read_settings().model_copy(update={"db": database_path(arguments)})


@contextmanager
def writing(arguments: argparse.Namespace, needed: str, what: str) -> Iterator[Database]:
    """The database, seeded, for somebody who may; a refused attempt goes into the trail."""
    database = open_database(database_path(arguments), store.schema)
    try:
        store.seed(database, read_files(LIBRARY), now())
        try:
            require(database, read_settings().staff, person(), needed)
            yield database
        except KeduiError as error:
            with suppress(DatabaseError), guarded(), immediate(database):
                trail.note(database, at=now(), who=person(), what="refused", detail=f"{what}: {error}")
            raise
    finally:
        database.close()


@contextmanager
def reading(arguments: argparse.Namespace) -> Iterator[Database]:
    """The database as it is. Raises StoreError where there is none."""
    path = database_path(arguments)
    if not path.exists():
        raise StoreError(f"还没有数据库 {path}：先 kedui policies import，或用 --db 指定")
    database = open_database(path, readonly=True)
    try:
        yield database
    finally:
        database.close()


# ---- import, publish, drop ----


def import_(arguments: argparse.Namespace) -> int:
    """Check, diff, impact; the draft waits for `publish`."""
    if bool(arguments.file) == arguments.library:
        raise StoreError("要写读入哪个文件或文件夹，或写 --library（程序自带的库）")
    origin = arguments.file or "library"
    with writing(arguments, "editor", f"import {origin}") as database:
        given = given_files(Path(arguments.file), arguments) if arguments.file else {}
        if arguments.library:
            given, kept = publishing.library_news(database, read_files(LIBRARY))
            for one in kept:
                print(f"{one} 已由工作人员改过，保留现在的；自带的库也有改动，请人工核对")
        whole = arguments.whole or arguments.library
        draft = publishing.propose(database, given, who=person(), origin=origin, at=now(), whole=whole)
        files = store.files_of(database, draft.content)
        print(f"检查通过：{len(documents_of(files))} 个文件")
        ready = _review(database, draft, arguments)
    if ready:
        print(f"\n草稿{draft.id}等待发布：kedui policies publish --reason “为什么改”；不要了：kedui policies drop")
    return OK


def given_files(path: Path, arguments: argparse.Namespace) -> dict[str, str]:
    """The tables of a folder or a workbook. Raises TableError with every fault."""
    if path.suffix.lower() in (".xlsx", ".csv") and not path.is_dir():
        from bot.workbooks import given_workbook

        return given_workbook(path, arguments)
    if path.is_dir() or not path.exists():
        return read_files(path)
    raise StoreError(f"{path} 不是政策文件夹，也不是工作簿（.xlsx）或一页的 .csv")


def _review(database: Database, draft: Draft, arguments: argparse.Namespace) -> bool:
    """Says what a draft does; whether it can be published."""
    progress = Progress("已比较")
    day = arguments.as_of or today()
    try:
        seen = publishing.review(database, draft, day, profiles(database, settings_of(arguments)), progress)
    except VaultError as error:
        print(f"存下的对话没有比较：{error}")
        seen = publishing.review(database, draft, day, progress=progress)
    progress.done()
    print(f"\n与第{draft.base}版相比：")
    _say(seen.differences)
    print("\n影响：")
    print("\n".join(described(seen.cases, "案例")))
    if seen.told.count:
        print("\n".join(described(seen.told, "存下的对话")))
    if seen.failing:
        print(f"\n有 {len(seen.failing)} 个案例不再成立，改好后再 import 才能发布：")
        print("\n".join(f"- {sentence}" for sentence in seen.failing))
    return not seen.failing


def _say(found: list[Difference]) -> None:
    print("\n".join(f"- {one.text}" for one in found) or say("diff.nothing"))


def impact(arguments: argparse.Namespace) -> int:
    """The effect of the waiting draft, again."""
    with reading(arguments) as database:
        _review(database, store.draft(database, arguments.draft), arguments)
    return OK


def publish(arguments: argparse.Namespace) -> int:
    """Makes the waiting draft the newest version."""
    with writing(arguments, "publisher", "publish") as database:
        draft = store.draft(database, arguments.draft)
        try:
            made = publishing.publish(database, draft, who=person(), why=arguments.reason, at=now())
        except BaseMoved as moved:
            print(f"第{moved.base}版到第{moved.now}版，别人改了：")
            _say(_between(database, moved.base, moved.now))
            raise
    print(f"已发布第{made.number}版（草稿{draft.id}）。运行中的机器人从下一条消息起按新表回答。")
    return OK


def drop(arguments: argparse.Namespace) -> int:
    """Gives the waiting draft up."""
    with writing(arguments, "editor", "drop") as database:
        draft = store.draft(database, arguments.draft)
        store.drop(database, draft.id, who=person(), at=now())
    print(f"已放弃草稿{draft.id}。")
    return OK


def rollback(arguments: argparse.Namespace) -> int:
    """Publishes an older version anew."""
    with writing(arguments, "publisher", f"rollback {arguments.version}") as database:
        base = store.current_number(database)
        made = store.rollback(database, arguments.version, who=person(), why=arguments.reason, at=now())
        print(f"已发布第{made.number}版，与第{made.of}版相同。与第{base}版相比：")
        _say(_between(database, base, made.number))
    return OK


# ---- looking ----


def history(arguments: argparse.Namespace) -> int:
    """The versions, newest first, and what waits."""
    with reading(arguments) as database:
        for one in store.drafts(database):
            print(f"草稿{one.id}\t等待发布\t{one.at}\t{one.who}\t在第{one.base}版上\t{one.origin}")
        for version in store.history(database):
            kind = {"library": "自带", "published": "发布", "rollback": f"撤回到第{version.of}版"}[version.kind]
            short = version.content[:12]
            print(f"第{version.number}版\t{kind}\t{version.at}\t{version.who}\t{short}\t{version.why}")
        offer(database)
    return OK


def offer(database: Database) -> None:
    """Says that the program's library has changed since staff took the tables over."""
    newer, kept = publishing.library_news(database, read_files(LIBRARY))
    if kept or newer != publishing.published_files(database):
        print("程序自带的库有更新：看不同 kedui policies diff published library；采用 kedui policies import --library")


def show(arguments: argparse.Namespace) -> int:
    """One version: who, when, why, its documents, and what it changed."""
    with reading(arguments) as database:
        number = int(arguments.document) if arguments.document else store.current_number(database)
        one = store.version(database, number)
        files = store.files_of(database, one.content)
        print(f"第{one.number}版\t{one.at}\t{one.who}\t{one.why}\n校验码\t{one.content}")
        for policy in load_files(files).policies.values():
            print(f"{policy.id}\t{len(policy.clauses)} 条\t《{policy.document.title}》{policy.document.number}")
        if number > 1:
            print(f"与第{number - 1}版相比：")
            _say(_between(database, number - 1, number))
    return OK


def diff(arguments: argparse.Namespace) -> int:
    """What changed between two sets of tables: versions, the draft, the library, a folder."""
    old, new = (_files(arguments, name) for name in (arguments.old, arguments.new))
    _say(differences(publishing.by_id(old), publishing.by_id(new)))
    return OK


def _files(arguments: argparse.Namespace, name: str) -> Files:
    if name == "library":
        return read_files(LIBRARY)
    if name in ("published", "draft") or name.isdecimal():
        with reading(arguments) as database:
            if name == "draft":
                return store.files_of(database, store.draft(database).content)
            if name == "published":
                return publishing.published_files(database)
            return store.files_of(database, store.version(database, int(name)).content)
    if Path(name).suffix.lower() in (".xlsx", ".csv"):
        from bot.workbooks import whole_workbook

        return whole_workbook(Path(name), arguments).files
    return given_files(Path(name), arguments)


def _between(database: Database, old: int, new: int) -> list[Difference]:
    first, second = (store.files_of(database, store.version(database, number).content) for number in (old, new))
    return differences(first, second)


def audit(arguments: argparse.Namespace) -> int:
    """Who tried what, and whether the trail is whole."""
    with reading(arguments) as database:
        last = None
        for last in trail.steps(database):
            print(f"{last.id}\t{last.at}\t{last.who}\t{last.what}\t{last.detail}")
        wrong = trail.broken(database)
    if wrong is not None:
        raise StoreError(f"审计记录从第{wrong.id}条起对不上，数据库被改动过；用 kedui restore 取回改动前的备份")
    if last is not None:
        print(f"审计记录完整，共 {last.id} 条，末条校验码 {last.hash}")
    return OK


ACTIONS: dict[str, Callable[[argparse.Namespace], int]] = {
    "import": import_,
    "impact": impact,
    "publish": publish,
    "drop": drop,
    "rollback": rollback,
    "history": history,
    "diff": diff,
    "audit": audit,
}
"""Actions of `kedui policies` that this module carries out."""
