"""Whole turns a second through the Bot API server with 200 chats, beside bare echo bots; the time of a turn; memory."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.botapi.server import Server
from tests.botapi.world import World
from tests.running import ROOT, Bot

CHATS = 200
SECONDS = 12.0
"""Of measuring, after a third of it for warming up."""
SAID = (
    "我们公司在包头稀土高新区做稀土永磁的，机器人改造700万，安全平台400万，拿了3A两化融合",
    "今年三月", "今年五月", "没有了", "没有了", "没有", "如果升到4A呢", "投资改成1000万", "为什么问", "重来",
)  # fmt: skip


async def turns_a_second(world: World, seconds: float) -> float:
    """200 people who say the next thing as soon as they are answered."""
    server_people = [Server_person(world, number) for number in range(1, CHATS + 1)]
    tasks = [asyncio.create_task(person.talk()) for person in server_people]
    await asyncio.sleep(seconds / 3)
    before, begun = sum(person.said for person in server_people), time.perf_counter()
    await asyncio.sleep(seconds)
    rate = (sum(person.said for person in server_people) - before) / (time.perf_counter() - begun)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    return rate


class Server_person:  # noqa: N801
    def __init__(self, world: World, number: int) -> None:
        from tests.botapi.people import Person

        self.person, self.said = Person(world, number), 0

    async def talk(self) -> None:
        while True:
            await self.person.ask(SAID[self.said % len(SAID)], timeout=60)
            self.said += 1


def free_port() -> int:
    import socket

    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def measured(kind: str, mode: str, seconds: float) -> tuple[float, Bot | None, str]:
    async def go() -> tuple[float, str]:
        async with Server(World(limits=False, journal=10)) as server:
            with tempfile.TemporaryDirectory() as name:
                folder = Path(name)
                port = free_port()
                if kind == "kedui":
                    settings = {
                        "KEDUI_TELEGRAM_API": server.url, "KEDUI_TELEGRAM_TOKEN": server.world.token,
                        "KEDUI_TELEGRAM_LIMITS": "0", "KEDUI_AS_OF": "2025-06-30", "KEDUI_TELEGRAM_MODE": mode,
                        "KEDUI_TELEGRAM_WEBHOOK_URL": f"http://127.0.0.1:{port}/hook",
                        "KEDUI_TELEGRAM_WEBHOOK_LISTEN": f"127.0.0.1:{port}",
                    }  # fmt: skip
                    bot = Bot(folder, settings)
                    bot.start(ready=False)
                    process = bot.process
                else:
                    where = mode if mode == "polling" else f"webhook:{port}"
                    command = [sys.executable, "-m", "tests.bench.echo", server.url, server.world.token, where]
                    command += [str(folder / "inbox.db")] if kind == "storing echo" else []
                    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
                try:
                    rate = await turns_a_second(server.world, seconds)
                finally:
                    process.kill()
                    await asyncio.to_thread(process.wait, 10)
                return rate, (folder / "log").read_text() if kind == "kedui" else ""

    rate, log = asyncio.run(go())
    return rate, None, log


if __name__ == "__main__":
    for mode in ("polling", "webhook"):
        for kind in ("echo", "storing echo", "kedui"):
            rate, _, log = measured(kind, mode, float(sys.argv[1]))
            ms = sorted(json.loads(line)["ms"] for line in log.splitlines() if '"ms"' in line)
            print(
                mode, kind, round(rate, 1), (ms[len(ms) // 2], ms[int(len(ms) * 0.99)], ms[-1], len(ms)) if ms else ""
            )
