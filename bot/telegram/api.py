"""Calls of the Bot API, over a pool of connections that stay open.

python-telegram-bot turns answers into results and refusals into its exceptions; the HTTP below it is aiohttp's, which costs a
twentieth of the processor time of its own. No message of an exception carries the address, for the token is part of it.
"""

from __future__ import annotations

import ipaddress
import json
import os
from datetime import timedelta
from typing import Any, cast
from urllib.parse import quote, urlencode, urlsplit

import aiohttp
import telegram
from telegram.error import BadRequest, NetworkError, RetryAfter, TelegramError, TimedOut
from telegram.request import BaseRequest, RequestData
from yarl import URL

from bot.telegram.calls import Call

os.environ.setdefault("PTB_TIMEDELTA", "1")  # RetryAfter speaks in timedelta, as PTB 23 will

CONNECTIONS = 24
"""Calls in flight at once."""
PATIENCE = 20.0
"""Seconds to wait for an answer, beyond what a call asks for itself."""
WANTED = ("message", "edited_message", "callback_query", "my_chat_member")
"""The kinds of updates that we ask Telegram for."""
_DOWNLOAD = 120.0
"""Seconds that a file may take."""
_FORM = {"Content-Type": "application/x-www-form-urlencoded"}


class Unreadable(NetworkError):
    """An answer of which every repetition would be as unreadable: nested too deep, a number too long. `body` is all of it."""

    def __init__(self, body: bytes) -> None:
        super().__init__("unreadable")
        self.body = body


class TooLarge(Exception):
    """A file that is larger than what was asked for."""


class Api:
    """The Bot API at an address, for one token. All calls raise telegram.error.TelegramError."""

    def __init__(self, token: str, address: str, connections: int = CONNECTIONS) -> None:
        proxied = not _is_loopback(urlsplit(address).hostname or "")
        self._calls, self._polls = _Requests(connections, proxied), _Requests(1, proxied)
        base = address.rstrip("/")
        self.bot = telegram.Bot(
            token, f"{base}/bot", f"{base}/file/bot", request=self._calls, get_updates_request=self._polls
        )

    async def call(self, method: str, data: dict[str, Any], patience: float = PATIENCE) -> Any:
        """The result of a method, as JSON values."""
        try:
            # The underscore goes again; without it PTB advises its typed method, which builds objects that nobody needs.
            return await self.bot.do_api_request(f"{method}_", api_kwargs=data, read_timeout=patience)
        except TelegramError:
            raise
        except Exception as error:  # PTB raises whatever its parts do when an answer is not as described
            raise NetworkError(type(error).__name__) from None

    async def make(self, call: Call) -> Any:
        """The result of a call from the outbox."""
        if call.file is None:
            return await self.call(call.method, call.data)
        name, content = call.file
        document = telegram.InputFile(content, filename=name)
        return await self.call(call.method, {**call.data, "document": document})

    async def updates(self, offset: int | None, wait: float, most: int = 100) -> list[Any]:
        """getUpdates: waits up to `wait` seconds for something to come. `offset` confirms all before it.

        Raises also NetworkError where the answer is no list, and Unreadable.
        """
        data: dict[str, Any] = {"timeout": int(wait), "limit": most, "allowed_updates": list(WANTED)}
        if offset is not None:
            data["offset"] = offset
        found = await self.call("getUpdates", data, wait + PATIENCE / 2)
        if not isinstance(found, list):
            raise NetworkError("no list of updates")
        return found

    async def fetch(self, file_id: str, most: int) -> bytes:
        """A file that somebody sent, of at most `most` bytes. Raises TooLarge as soon as it is seen to be more."""
        try:
            found = await self.call("getFile", {"file_id": file_id})
        except BadRequest as error:
            if "too big" in error.message:
                raise TooLarge from None
            raise
        path = found.get("file_path") if isinstance(found, dict) else None
        if not isinstance(path, str):
            raise BadRequest("no file path")
        return await self._calls.fetch(f"{self.bot.base_file_url}/{quote(path)}", most)

    async def close(self) -> None:
        await self._calls.shutdown()
        await self._polls.shutdown()


def seconds_of(error: RetryAfter) -> float:
    """How long Telegram says to wait."""
    wait = error.retry_after
    return wait.total_seconds() if isinstance(wait, timedelta) else float(wait)


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


class _Requests(BaseRequest):
    """PTB's requests by aiohttp. `proxied`: through the proxy that the environment names, if any."""

    def __init__(self, connections: int, proxied: bool) -> None:
        self._connections, self._proxied = connections, proxied
        self._session: aiohttp.ClientSession | None = None

    @property
    def read_timeout(self) -> float:
        return PATIENCE

    @staticmethod
    def parse_json_payload(payload: bytes) -> Any:
        try:
            return json.loads(payload.decode("utf-8", "replace"))
        except json.JSONDecodeError:
            raise NetworkError("no JSON") from None
        except (ValueError, RecursionError):
            raise Unreadable(payload) from None

    async def initialize(self) -> None:
        if self._session is None:
            connector = aiohttp.TCPConnector(limit=self._connections, keepalive_timeout=15)
            self._session = aiohttp.ClientSession(
                connector=connector, trust_env=self._proxied, cookie_jar=aiohttp.DummyCookieJar()
            )

    async def shutdown(self) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def fetch(self, url: str, most: int) -> bytes:
        """A file. Raises TooLarge, TelegramError."""
        await self.initialize()
        session = cast(aiohttp.ClientSession, self._session)
        content = bytearray()
        try:
            timeout = aiohttp.ClientTimeout(_DOWNLOAD, sock_connect=5.0, sock_read=PATIENCE)
            async with session.get(URL(url, encoded=True), timeout=timeout, allow_redirects=False) as answer:
                if answer.status != 200:
                    raise NetworkError(f"status {answer.status}")
                async for piece in answer.content.iter_chunked(1 << 16):
                    content += piece
                    if len(content) > most:
                        raise TooLarge
        except TimeoutError:
            raise TimedOut from None
        except (aiohttp.ClientError, OSError, ValueError) as error:
            raise NetworkError(type(error).__name__) from None
        return bytes(content)

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: Any = BaseRequest.DEFAULT_NONE,
        write_timeout: Any = BaseRequest.DEFAULT_NONE,
        connect_timeout: Any = BaseRequest.DEFAULT_NONE,
        pool_timeout: Any = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        await self.initialize()
        session = cast(aiohttp.ClientSession, self._session)
        total = read_timeout if isinstance(read_timeout, float) else PATIENCE
        body, headers = _body(request_data)
        try:
            async with session.request(
                method,
                URL(url, encoded=True),
                data=body,
                headers=headers,
                timeout=aiohttp.ClientTimeout(total, sock_connect=5.0),
                allow_redirects=False,
            ) as answer:
                return _understood(answer.status, await answer.read())
        except TimeoutError:
            raise TimedOut from None
        except (aiohttp.ClientError, OSError, ValueError) as error:
            raise NetworkError(type(error).__name__) from None


def _understood(status: int, body: bytes) -> tuple[int, bytes]:
    """Status and body of an answer of the Bot API; a refusal counts by its error_code, whatever the status says.

    Raises NetworkError for what the Bot API never says: a proxy's page, also where its status would mean a refusal.
    """
    if not body.lstrip().startswith(b"{"):
        raise NetworkError(f"{status} without JSON")
    if status < 300 and b'"result"' not in body:
        return int(_Requests.parse_json_payload(body).get("error_code", 502)), body
    return status, body


def _body(data: RequestData | None) -> tuple[Any, dict[str, str] | None]:
    if data is None:
        return None, None
    if not data.contains_files:
        return urlencode(data.json_parameters).encode(), _FORM
    form = aiohttp.FormData(quote_fields=False)  # names of files as they are; Telegram would show the percent signs
    for name, value in data.json_parameters.items():
        form.add_field(name, value)
    for name, (filename, content, kind) in (data.multipart_data or {}).items():
        form.add_field(name, content, filename=filename, content_type=kind)
    return form, None
