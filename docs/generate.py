"""Write docs/reference from the tables and the code: `python -m docs.generate`, or `--check` for what is out of date.

Each page is a function of what the program knows: the vocabulary, the policies, the command line, the models, the
settings. Nothing depends on the day, the machine or the terminal, so that two runs give the same bytes.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

from docs.pages.clauses import clauses_page
from docs.pages.commands import commands_page
from docs.pages.facts import facts_page
from docs.pages.format import format_page
from docs.pages.log import log_page
from docs.pages.settings import settings_page

OUT = Path(__file__).parent / "reference"

PAGES: dict[str, Callable[[], str]] = {
    "facts.md": facts_page,
    "clauses.md": clauses_page,
    "commands.md": commands_page,
    "format.md": format_page,
    "log.md": log_page,
    "settings.md": settings_page,
}


def stale() -> list[str]:
    """Pages that are not what they would be written as now."""
    return [
        name
        for name, write in PAGES.items()
        if not (OUT / name).exists() or (OUT / name).read_text(encoding="utf-8") != write()
    ]


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    arguments.add_argument("--check", action="store_true", help="write nothing; exit 1 when a page is out of date")
    names = stale()
    if arguments.parse_args().check:
        for name in names:
            print(f"docs/reference/{name} is out of date: run `make docs` and read the diff", file=sys.stderr)
        return 1 if names else 0
    OUT.mkdir(exist_ok=True)
    for name in names:
        (OUT / name).write_text(PAGES[name](), encoding="utf-8")
        print(f"docs/reference/{name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
