"""Runs the themes one after another and prints their tables."""

from __future__ import annotations

import argparse
import importlib
import os
import platform
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from bot.progress import Progress
from tests.bench.tables import Options

THEMES = {
    "assess": "time of an assessment, beside a decision engine",
    "stream": "100,000 profiles through kedui assess --jsonl --brief",
    "national": "a library of 100,000 clauses in 2,000 documents",
    "startup": "commands from nothing to their first word",
    "hearing": "what is understood, by fact",
    "publishing": "poll, publish, diff, and the impact on 10,000 profiles",
    "answering": "questions answered in the middle of a conversation",
    "drafts": "a first draft of a table from the text",
    "telegram": "whole turns through a Bot API server, beside echo bots; memory",
    "log": "a row of the log beside its turn, and searching in it",
    "clusters": "unanswered questions put together: purity, completeness, time",
    "questions": "questions until the answer, and the time of a turn",
}


@contextmanager
def ticking(theme: str) -> Iterator[None]:
    """Says now and then on standard error how long a theme has been at work; some take minutes."""
    over, progress, start = threading.Event(), Progress(f"{theme}: seconds"), time.monotonic()

    def tick() -> None:
        while not over.wait(1):
            progress(round(time.monotonic() - start))

    thread = threading.Thread(target=tick, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
        progress.done()


def main() -> int:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("themes", nargs="*", help=", ".join(THEMES))
    parser.add_argument("--full", action="store_true", help="all 100,000 profiles and more enterprises (many minutes)")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    unknown = set(arguments.themes) - set(THEMES)
    if unknown:
        parser.error(f"no theme {', '.join(sorted(unknown))}; there are {', '.join(THEMES)}")
    options = Options(arguments.full, arguments.seed)
    start = time.monotonic()
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}\n", flush=True)
    for theme in arguments.themes or THEMES:
        with ticking(theme):
            for table in importlib.import_module(f"tests.bench.{theme}").tables(options):
                print(table, flush=True)
    print(f"{time.monotonic() - start:.0f} s in all")
    return 0


if __name__ == "__main__":
    sys.exit(main())
