"""`kedui policies draft`: a workbook with a first draft of a policy's table, from its text."""

from __future__ import annotations

import argparse
from pathlib import Path

from bot.__main__ import OK
from bot.published import files_to_use
from policies.canonical import canonical_files
from policies.draft.files import text_of
from policies.draft.rows import draft as drafted
from policies.errors import KeduiError
from policies.loader import load_files
from policies.words import say
from policies.workbook.drafting import write_draft


def draft(arguments: argparse.Namespace) -> int:
    """Reads the text, writes the workbook, says what is in it."""
    source = Path(arguments.file)
    path = Path(arguments.output) if arguments.output else Path(source.stem + ".xlsx")
    if path.suffix.lower() != ".xlsx":
        raise KeduiError(say("draft.not_xlsx", path=path))
    if path.exists() and not arguments.force:
        raise KeduiError(say("draft.exists", path=path))
    text = text_of(source)
    _, given = files_to_use(arguments)
    files = canonical_files(given)
    made = drafted(text, load_files(files).vocabulary)
    write_draft(made, files, path)
    clauses, limits = len(made.lines["clauses"]), len(made.lines["limits"])
    print(say("draft.written", path=path, clauses=clauses, limits=limits, doubts=len(made.open_points())))
    return OK
