"""A change of the tables on its way to being published: proposed, looked at, published. Bots and the command line use it.

propose   texts from a folder or a workbook → checked, merged with what is published, put down as a draft
review    what the draft changes, whom it moves, which worked cases it breaks
publish   one transaction; refused where the base moved or a worked case no longer holds
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from policies import store
from policies.assess import Assessor
from policies.cases import cases_of
from policies.database import Database
from policies.differences import Difference, differences
from policies.impact import Impact, failing, replay
from policies.loader import Files, documents_of, load_files
from policies.store import Draft, StoreError, Version
from policies.yaml12 import YamlError, load

Profiles = Iterable[tuple[str, dict[str, Any]]]


@dataclass(frozen=True)
class Review:
    """A draft seen beside the version that it was made on."""

    differences: list[Difference]
    failing: list[str]
    """Sentences on worked cases that held and no longer hold: while there are any, the draft cannot be published."""
    cases: Impact
    told: Impact
    """The effect on what conversations told."""


def merged(base: Files, given: Files, whole: bool = False) -> dict[str, str]:
    """The tables after an import: documents given replace or join those of `base`; `whole`: the others go."""
    given = by_id(given)
    ids = set(documents_of(given))
    kept = {path: text for path, text in base.items() if not (whole and "/" in path) and path.split("/")[0] not in ids}
    return {**kept, **given}


def by_id(files: Files) -> dict[str, str]:
    """The same texts in folders named by the ids of their documents."""
    ids: dict[str, str] = {}
    for folder in documents_of(files):
        try:
            head = load(files.get(f"{folder}/policy.yaml", ""))[0]["document"]
            ids[folder] = str(head["id"])
        except (YamlError, LookupError, TypeError):
            ids[folder] = folder  # the check says what is wrong
    if len(set(ids.values())) < len(ids):
        return dict(files)
    return {
        f"{ids[folder]}/{name}" if folder else name: text
        for path, text in files.items()
        for folder, _, name in [path.rpartition("/")]
    }


def propose(database: Database, given: Files, *, who: str, origin: str, at: datetime, whole: bool = False) -> Draft:
    """Puts a change down as a draft. Raises TableError with every fault, StoreError where it changes nothing."""
    base = _base(database, store.current_number(database)) if whole else published_files(database)
    return store.submit(database, changed(base, given, whole), who=who, origin=origin, at=at)


def changed(base: Files, given: Files, whole: bool = False) -> dict[str, str]:
    """As `merged`. Raises StoreError where that changes nothing."""
    files = merged(base, given, whole)
    if files == base:
        raise StoreError("与现在发布的完全相同，没有改动")
    return files


def library_news(database: Database, library: Files) -> tuple[dict[str, str], list[str]]:
    """What a newer library would bring: the tables with its changes, and the documents that staff have changed too.

    A document (or shared file) that staff left as it was seeded follows the library; one that they changed stays theirs.
    """
    seeded = next((one for one in store.history(database) if one.kind == "library"), None)
    base = store.files_of(database, seeded.content) if seeded else {}
    now = published_files(database)
    units = {path.split("/")[0] for files in (base, now, library) for path in files}
    out, kept = {}, []
    for unit in sorted(units):
        before, theirs, newer = (_unit(files, unit) for files in (base, now, library))
        follows = theirs == before and newer != before
        if newer not in (before, theirs) and not follows:
            kept.append(unit)
        out.update(newer if follows else theirs)
    return out, kept


def _unit(files: Files, unit: str) -> dict[str, str]:
    """The files of a document, or one shared file."""
    return {path: text for path, text in files.items() if path.split("/")[0] == unit}


def _base(database: Database, number: int) -> dict[str, str]:
    """The texts of a version to compare with; none where there is none, or somebody damaged them."""
    try:
        return store.files_of(database, store.version(database, number).content) if number else {}
    except StoreError:
        return {}


def published_files(database: Database) -> dict[str, str]:
    """The texts of the newest version; none where nothing was published yet."""
    newest = store.current(database)
    return store.files_of(database, newest.content) if newest else {}


def review(
    database: Database,
    draft: Draft,
    as_of: date,
    profiles: Profiles = (),
    progress: Callable[[int], None] = lambda done: None,
) -> Review:
    """What a draft does; see `compare`."""
    return compare(_base(database, draft.base), store.files_of(database, draft.content), as_of, profiles, progress)


def compare(
    base: Files,
    files: Files,
    as_of: date,
    profiles: Profiles = (),
    progress: Callable[[int], None] = lambda done: None,
) -> Review:
    """What tables do in place of others. `profiles` are what conversations told, each with a name that tells nobody."""
    old, new = load_files(base), load_files(files)
    cases = ((f"{case.document}/{case.id}", case.profile) for case in cases_of(base))
    return Review(
        differences(base, files),
        broken_cases(base, files),
        replay(old, new, cases, as_of, progress),
        replay(old, new, profiles, as_of, progress),
    )


def broken_cases(base: Files, files: Files) -> list[str]:
    """Worked cases of `files` that do not hold, but for those that were there and did not hold before."""
    before = {(case.document, case.id): case for case in cases_of(base)}
    cases = cases_of(files)
    new, old = Assessor(load_files(files)), Assessor(load_files(base))
    return [
        sentence
        for case in cases
        for sentence in failing([case], new)
        if before.get((case.document, case.id)) != case or not failing([case], old)
    ]


def broken_by(database: Database, draft: Draft) -> list[str]:
    """`broken_cases` of a draft; loads its tables, so that publishing them need not."""
    return broken_cases(_base(database, draft.base), store.files_of(database, draft.content))


def publish(
    database: Database, draft: Draft, *, who: str, why: str, at: datetime, broken: list[str] | None = None
) -> Version:
    """Publishes a draft. Raises BaseMoved, StoreError, also where a worked case no longer holds.

    `broken`: what `broken_by` said of it, where that was looked at beforehand.
    """
    wrong = broken_by(database, draft) if broken is None else broken
    if wrong and store.current_number(database) == draft.base:
        raise StoreError("\n".join([f"有 {len(wrong)} 个案例不再成立，不能发布：", *wrong]))
    return store.publish(database, draft.id, who=who, why=why, at=at)
