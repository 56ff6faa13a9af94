"""What several files of tests need: the Bot API server, and a client of python-telegram-bot that talks with it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:  # the tests that need neither are spared the import
    from telegram import Bot

    from tests.botapi.caller import Run
    from tests.botapi.remote import Remote


@pytest.fixture(scope="module")
def api() -> Iterator[Remote]:
    """One server for all tests of a file; each test has people of its own and leaves no update behind."""
    from tests.botapi.remote import running

    with running(limits=False) as remote:
        yield remote


@pytest.fixture(scope="module")
def run() -> Iterator[Run]:
    """Runs coroutines on one loop."""
    with asyncio.Runner() as runner:
        yield runner.run


@pytest.fixture(scope="module")
def bot(api: Remote, run: Run) -> Iterator[Bot]:
    """A bot of python-telegram-bot's, connected to the server."""
    from tests.botapi.caller import connected

    with connected(api, run) as bot:
        yield bot
