"""Posting to the bot's webhook over a few kept connections (plain HTTP on loopback)."""

from __future__ import annotations

import asyncio
from urllib.parse import urlsplit

TIMEOUT = 30
"""Seconds that the webhook has for its answer."""

Line = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Poster:
    """At most `most` requests at once, each on a connection that is kept for the next."""

    def __init__(self, url: str, most: int) -> None:
        parts = urlsplit(url)
        self.host, self.port = parts.hostname or "127.0.0.1", parts.port or 80
        self.head = (
            f"POST {parts.path or '/'} HTTP/1.1\r\nHost: {parts.netloc}\r\nContent-Type: application/json\r\n"
            f"Connection: keep-alive\r\n"
        )
        self.slots = asyncio.Semaphore(most)
        self.idle: list[Line] = []

    async def post(self, body: bytes, headers: dict[str, str]) -> tuple[int, bytes, str]:
        """Status, answer and, where no answer came, why."""
        head = self.head + "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        async with self.slots:
            line: Line | None = None
            try:
                async with asyncio.timeout(TIMEOUT):
                    while self.idle and line is None:
                        line = self.idle.pop()
                        if line[0].at_eof():
                            line[1].close()
                            line = None
                    line = line or await asyncio.open_connection(self.host, self.port)
                    line[1].write(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)
                    status, answer, keep = await read_answer(line[0])
            except (OSError, EOFError, ValueError, TimeoutError, asyncio.LimitOverrunError) as error:
                if line:
                    line[1].close()
                return 0, b"", failure_of(error)
            except asyncio.CancelledError:
                if line:
                    line[1].close()
                raise
            if keep:
                self.idle.append(line)
            else:
                line[1].close()
            return status, answer, ""

    def close(self) -> None:
        for _, writer in self.idle:
            writer.close()
        self.idle.clear()


def failure_of(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return "Read timeout expired"
    if isinstance(error, ConnectionRefusedError):
        return "Connection refused"
    return "Connection closed by remote server"


async def read_answer(reader: asyncio.StreamReader) -> tuple[int, bytes, bool]:
    """Status, body, and whether the connection stays open."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    fields = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:])}
    length = int(fields.get("content-length", "0"))
    body = await reader.readexactly(length) if length else b""
    chunked = "transfer-encoding" in fields
    return int(head[0].split()[1]), body, fields.get("connection", "").lower() != "close" and not chunked
