"""The published tables, in versions: who, when, why, and the texts that say everything.

A version is a set of files (policies/loader.py: Files), kept verbatim, each text once. The newest version is what bots
answer by: `published(database)` costs one query while nothing changed. Nothing here reads a clock: `at` is passed in.

    tables_texts      hash → text                 tables_contents   content → path, hash of the text
    tables_versions   number → content, who …     tables_drafts     checked tables that wait for `publish`
"""

from __future__ import annotations

import hashlib
import logging
from dataclasses import dataclass
from datetime import datetime

from policies import announcing, staff, trail
from policies.database import Database, Migrations, guarded, immediate
from policies.errors import KeduiError
from policies.loader import LARGEST, OF_DOCUMENT, SHARED, Files, Published, Tables, library, load_files

log = logging.getLogger(__name__)

LARGEST_CONTENT = 64_000_000
"""Characters of all texts of a version."""
LARGEST_WORDS = 500
"""Characters of a name, a reason, an origin."""

schema = Migrations("tables")


@schema()
def versions(database: Database) -> None:
    """Texts once each; contents as sets of them; versions and drafts name a content."""
    for statement in (
        "CREATE TABLE tables_texts (hash TEXT PRIMARY KEY, text TEXT NOT NULL)",
        "CREATE TABLE tables_contents (content TEXT NOT NULL, path TEXT NOT NULL,"
        " hash TEXT NOT NULL REFERENCES tables_texts(hash), PRIMARY KEY (content, path)) WITHOUT ROWID",
        "CREATE TABLE tables_versions (number INTEGER PRIMARY KEY, content TEXT NOT NULL, kind TEXT NOT NULL"
        " CHECK (kind IN ('library', 'published', 'rollback')), at TEXT NOT NULL, who TEXT NOT NULL, why TEXT NOT NULL,"
        " of INTEGER)",
        "CREATE TABLE tables_drafts (id INTEGER PRIMARY KEY AUTOINCREMENT, content TEXT NOT NULL, base INTEGER NOT NULL,"
        " at TEXT NOT NULL, who TEXT NOT NULL, origin TEXT NOT NULL,"
        " state TEXT NOT NULL CHECK (state IN ('waiting', 'published', 'dropped')))",
    ):
        database.conn.execute(statement)


@schema()
def people(database: Database) -> None:
    """Who may publish, and who tried what."""
    staff.create(database)
    trail.create(database)


@schema()
def announced(database: Database) -> None:
    """What staff were told of documents that come to their end."""
    announcing.create(database)


class StoreError(KeduiError):
    """A version, a draft or a step that is not possible now."""


class BaseMoved(StoreError):
    """Somebody published since the draft was made: `base` is what it was made on, `now` what is published."""

    def __init__(self, base: int, now: int) -> None:
        super().__init__(
            f"草稿是在第{base}版上做的，现在已是第{now}版：有人先发布了。看过 kedui policies diff {base} {now} 后，"
            "在新版上重做修改并再次 import；或用 kedui policies drop 放弃这份草稿"
        )
        self.base, self.now = base, now


@dataclass(frozen=True)
class Version:
    """One version: `kind` is library (came with the program), published, or rollback (a copy of version `of`)."""

    number: int
    content: str
    kind: str
    at: str
    who: str
    why: str
    of: int | None = None


@dataclass(frozen=True)
class Draft:
    """Checked tables that wait for `publish`, made on version `base`; `origin` is the file they came from."""

    id: int
    content: str
    base: int
    at: str
    who: str
    origin: str
    state: str


# ---- what is answered by ----

_loaded: dict[str, Tables] = {}
"""Tables by content: parsed once in a process."""
_faulty: set[tuple[int, str]] = set()
"""Versions and their contents that could not be loaded; said to the log once. Published anew, they are tried again."""
_KEPT = 3


def published(database: Database) -> Published:
    """The tables to answer by: the newest version that can be loaded, else the library. Raises DatabaseError.

    While nothing is published anew, `tables` is the same object at every call.
    """
    with guarded():
        if not _has_schema(database):
            return Published(0, library())
        newest = "SELECT number, content FROM tables_versions ORDER BY number DESC"
        row = database.conn.execute(f"{newest} LIMIT 1").fetchone()
        if row is not None and row[1] in _loaded:
            return Published(row[0], _loaded[row[1]])
        for number, content in database.conn.execute(newest).fetchall():
            tables = _tables(database, number, content)
            if tables is not None:
                return Published(number, tables)
    return Published(0, library())


def _tables(database: Database, number: int, content: str) -> Tables | None:
    """The tables of a content; None, and a line in the log, where it was damaged."""
    if (number, content) in _faulty:
        return None
    if content not in _loaded:
        try:
            tables = load_files(files_of(database, content))
        except KeduiError as error:
            _faulty.add((number, content))
            log.error("第%s版政策表不能用，改用较早的一版：%s", number, str(error).splitlines()[0])
            return None
        while len(_loaded) >= _KEPT:
            del _loaded[next(iter(_loaded))]
        _loaded[content] = tables
    return _loaded[content]


def _has_schema(database: Database) -> bool:
    return bool(database.conn.execute("SELECT 1 FROM sqlite_master WHERE name = 'tables_versions'").fetchone())


def files_of(database: Database, content: str) -> dict[str, str]:
    """The texts of a content, checked against their hashes. Raises StoreError when somebody changed them."""
    query = "FROM tables_contents c JOIN tables_texts t USING (hash) WHERE c.content = ?"
    with guarded():
        size, *_ = database.conn.execute(f"SELECT sum(length(t.text)) {query}", [content]).fetchone()
        if size is not None and size > LARGEST_CONTENT:
            raise StoreError(
                "数据库里的政策表太大，可能被改动过；用 kedui policies rollback 回到较早的一版，或 import --whole 重新读入全部文件"
            )
        files = dict(database.conn.execute(f"SELECT c.path, t.text {query} ORDER BY c.path", [content]).fetchall())
    if not all(isinstance(text, str) for text in files.values()) or content_of(files) != content:
        raise StoreError(
            "数据库里的政策表被改动过，与发布时的校验码不符；用 kedui policies rollback 回到较早的一版，或 import --whole 重新读入全部文件"
        )
    return files


def content_of(files: Files) -> str:
    """The hash of a set of files: SHA-256 over their paths and the hashes of their texts."""
    rows = "".join(f"{hash_of(text)} {path}\n" for path, text in sorted(files.items()))
    return hash_of(rows)


def hash_of(text: str) -> str:
    """SHA-256 of a text, in hexadecimal digits."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


# ---- versions ----

_VERSION = "SELECT number, content, kind, at, who, why, of FROM tables_versions"
_DRAFT = "SELECT id, content, base, at, who, origin, state FROM tables_drafts"


def history(database: Database) -> list[Version]:
    """All versions, newest first."""
    with guarded():
        if not _has_schema(database):
            return []
        return [Version(*row) for row in database.conn.execute(f"{_VERSION} ORDER BY number DESC").fetchall()]


def version(database: Database, number: int) -> Version:
    """One version. Raises StoreError."""
    found = {one.number: one for one in history(database)}
    if number not in found:
        known = f"现有第{min(found)}到第{max(found)}版" if found else "还没有发布过"
        raise StoreError(f"没有第{number}版，{known}。用 kedui policies history 看各版")
    return found[number]


def current(database: Database) -> Version | None:
    """The newest version, whether it can be loaded or not."""
    with guarded():
        if not _has_schema(database):
            return None
        row = database.conn.execute(f"{_VERSION} ORDER BY number DESC LIMIT 1").fetchone()
    return Version(*row) if row else None


def current_number(database: Database) -> int:
    """The number of the newest version; 0 where nothing was published yet."""
    newest = current(database)
    return newest.number if newest else 0


def seed(database: Database, files: Files, at: datetime) -> Version:
    """Version 1 from the library; replaced after an upgrade while staff have published nothing. Returns the newest."""
    with guarded(), immediate(database):
        newest = current(database)
        content = content_of(files)
        if newest is not None and (newest.kind != "library" or newest.content == content):
            return newest
        load_files(files)
        _keep(database, files)
        number = 1 if newest is None else newest.number
        row = Version(number, content, "library", _time(at), "kedui", "程序自带的政策库")
        _write(database, row)
        _forget(database)
        trail.note(database, at=at, who=row.who, what="seed", detail=f"version {number}: {content}")
        return row


# ---- drafts ----


def submit(database: Database, files: Files, *, who: str, origin: str, at: datetime) -> Draft:
    """Checks tables and puts them down to wait for `publish`, on the version that is published now.

    An earlier waiting draft of the same person is dropped. Raises TableError with every fault; then nothing changed.
    """
    check_files(files)
    load_files(files)
    with guarded(), immediate(database):
        base = current(database)
        content = _keep(database, files)
        database.conn.execute(
            "UPDATE tables_drafts SET state = 'dropped' WHERE state = 'waiting' AND who = ?", [_words(who)]
        )
        row = (content, base.number if base else 0, _time(at), _words(who), _words(origin), "waiting")
        found = database.conn.execute(
            "INSERT INTO tables_drafts (content, base, at, who, origin, state) VALUES (?, ?, ?, ?, ?, ?) RETURNING id",
            row,
        ).fetchone()
        made = Draft(found[0], *row)
        _forget(database)
        trail.note(database, at=at, who=made.who, what="import", detail=_of(made))
    return made


def _of(one: Draft) -> str:
    return f"draft {one.id} on version {one.base}: {one.origin}"


def drafts(database: Database) -> list[Draft]:
    """Drafts that wait for `publish`, newest first."""
    with guarded():
        rows = database.conn.execute(f"{_DRAFT} WHERE state = 'waiting' ORDER BY id DESC").fetchall()
    return [Draft(*row) for row in rows]


def draft(database: Database, number: int | None = None) -> Draft:
    """A waiting draft, by number or the only one. Raises StoreError."""
    waiting = drafts(database)
    found = [one for one in waiting if number in (None, one.id)]
    if not found:
        raise StoreError(
            "没有等待发布的草稿，先用 kedui policies import FILE" if number is None else f"草稿{number}不在等待发布"
        )
    if len(found) > 1:
        names = "、".join(f"{one.id}（{one.who}，{one.origin}）" for one in found)
        raise StoreError(f"有几份草稿：{names}。用 --draft 说明是哪一份")
    return found[0]


def drop(database: Database, number: int, *, who: str, at: datetime) -> None:
    """Gives a draft up. Raises StoreError."""
    with guarded(), immediate(database):
        one = draft(database, number)
        database.conn.execute("UPDATE tables_drafts SET state = 'dropped' WHERE id = ?", [number])
        _forget(database)
        trail.note(database, at=at, who=who, what="drop", detail=_of(one))


def publish(database: Database, number: int, *, who: str, why: str, at: datetime) -> Version:
    """Makes a waiting draft the newest version, in one transaction. Raises BaseMoved, StoreError."""
    with guarded(), immediate(database):
        one = draft(database, number)
        base = current(database)
        now = base.number if base else 0
        if now != one.base:
            raise BaseMoved(one.base, now)
        if base is not None and base.content == one.content:
            raise StoreError("草稿与现在发布的完全相同，没有可发布的")
        load_files(files_of(database, one.content))
        database.conn.execute("UPDATE tables_drafts SET state = 'published' WHERE id = ?", [number])
        trail.note(database, at=at, who=who, what="publish", detail=f"version {now + 1}, {_of(one)}: {why}")
        return _append(database, now + 1, one.content, "published", who, why, at)


def rollback(database: Database, number: int, *, who: str, why: str, at: datetime) -> Version:
    """A new version equal to version `number`. Raises StoreError."""
    with guarded(), immediate(database):
        old, base = version(database, number), current(database)
        assert base is not None
        if old.content == base.content:
            raise StoreError(f"第{number}版与现在的第{base.number}版完全相同，没有可撤回的")
        load_files(files_of(database, old.content))
        trail.note(database, at=at, who=who, what="rollback", detail=f"version {base.number + 1} of {number}: {why}")
        return _append(database, base.number + 1, old.content, "rollback", who, why, at, number)


def _append(
    database: Database, number: int, content: str, kind: str, who: str, why: str, at: datetime, of: int | None = None
) -> Version:
    row = Version(number, content, kind, _time(at), _words(who), _words(why), of)
    _write(database, row)
    return row


def _write(database: Database, one: Version) -> None:
    row = (one.number, one.content, one.kind, one.at, one.who, one.why, one.of)
    database.conn.execute("INSERT OR REPLACE INTO tables_versions VALUES (?, ?, ?, ?, ?, ?, ?)", row)


def _keep(database: Database, files: Files) -> str:
    """Puts the texts into the database, each once. Raises TableError for what is no file of tables."""
    check_files(files)
    content = content_of(files)
    texts = [(hash_of(text), text) for text in files.values()]
    rows = [(content, path, hash_of(text)) for path, text in files.items()]
    mended = "ON CONFLICT DO UPDATE SET text = excluded.text WHERE text IS NOT excluded.text"
    database.conn.executemany(f"INSERT INTO tables_texts VALUES (?, ?) {mended}", texts)
    database.conn.executemany("INSERT OR REPLACE INTO tables_contents VALUES (?, ?, ?)", rows)
    return content


def _forget(database: Database) -> None:
    """Lets go of texts that no version and no waiting draft names any more."""
    named = "SELECT content FROM tables_versions UNION SELECT content FROM tables_drafts WHERE state = 'waiting'"
    database.conn.execute(f"DELETE FROM tables_contents WHERE content NOT IN ({named})")
    database.conn.execute("DELETE FROM tables_texts WHERE hash NOT IN (SELECT hash FROM tables_contents)")


def check_files(files: Files) -> None:
    """Names and sizes of files that are to be kept. Raises TableError."""
    for path, text in files.items():
        folder, _, name = path.rpartition("/")
        if (name not in OF_DOCUMENT or "/" in folder) if folder else path not in SHARED:
            raise StoreError(f"{path[:80]} 不是政策表的文件")
        if len(text) > LARGEST:
            raise StoreError(f"{path[:80]} 超过 4 MB，一个文件只放一个政策文件的表")
    if sum(map(len, files.values())) > LARGEST_CONTENT:
        raise StoreError("政策表合计超过 64 MB")


def _words(text: str) -> str:
    return " ".join(text.split())[:LARGEST_WORDS]


def _time(at: datetime) -> str:
    return at.isoformat(timespec="seconds")
