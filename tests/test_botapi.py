"""The Bot API server of the tests is as strict as Telegram's, and python-telegram-bot accepts all its replies."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.botapi.remote import Remote, running


@pytest.fixture(scope="module")
def api() -> Iterator[Remote]:
    """One server for all tests here; each test has people of its own."""
    with running(limits=False) as remote:
        yield remote


def test_a_person_speaks_and_the_update_waits(api: Remote) -> None:
    """What a person says is an update until the bot confirms it."""
    api.person(1).say("hello")
    assert api.stage.pending() == 1
