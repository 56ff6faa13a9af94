"""What an answer of a Bot API server means, however it is put: other servers, and what stands between, speak otherwise."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from aiohttp import web
from telegram.error import BadRequest, Conflict, Forbidden, NetworkError, RetryAfter, TelegramError

from bot.telegram.api import Api

PAGE = b"<html><h1>Not today</h1></html>"


def answered(status: int, body: bytes) -> Any:
    """What a call gives when the server answers so; the exception, where it raises one of the library's."""

    async def ask() -> Any:
        async def answer(_: web.Request) -> web.Response:
            return web.Response(status=status, body=body, headers={"Connection": "close"})

        application = web.Application()
        application.router.add_post("/{path:.*}", answer)
        runner = web.AppRunner(application)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        api = Api("1:x", f"http://127.0.0.1:{runner.addresses[0][1]}")
        try:
            return await api.call("sendMessage", {"chat_id": 1, "text": "x"})
        except TelegramError as error:
            return error
        finally:
            await api.close()
            await runner.cleanup()

    return asyncio.run(ask())


def test_results() -> None:
    """Any order, any fields beside."""
    assert answered(200, b'{"new": 1, "result": {"message_id": 7}, "ok": true}') == {"message_id": 7}


@pytest.mark.parametrize("status", [200, 400, 403, 404, 409, 429, 502])
@pytest.mark.parametrize("body", [PAGE, b"", b"[]", b"null", b"\xff"])
def test_what_is_no_answer_of_the_bot_api(status: int, body: bytes) -> None:
    """A page of a proxy refuses nothing, whatever its status: whether the call was made is unknown, so again."""
    assert type(answered(status, body)) is NetworkError


@pytest.mark.parametrize("under", [200, 0])
@pytest.mark.parametrize(
    ("code", "more", "kind"),
    [
        (400, b"", BadRequest),
        (403, b"", Forbidden),
        (409, b"", Conflict),
        (429, b', "parameters": {"retry_after": 3}', RetryAfter),
        (429, b', "parameters": {"retry_after": "3"}', RetryAfter),
        (429, b"", NetworkError),
        (500, b"", NetworkError),
    ],
)
def test_refusals(under: int, code: int, more: bytes, kind: type[TelegramError]) -> None:
    """With parameters or without; under its own status, or under 200 as some servers do."""
    body = b'{"error_code": %d, "description": "x", "ok": false%s}' % (code, more)
    assert type(answered(under or code, body)) is kind


@pytest.mark.parametrize("body", [b'{"ok": true}', b'{"ok": false}', b'{"ok": false, "error_code": "many"}', b'{"resu'])
def test_half_an_answer(body: bytes) -> None:
    """Unknown, so again."""
    assert isinstance(answered(200, body), TelegramError)
    assert not isinstance(answered(200, body), BadRequest | Forbidden)
