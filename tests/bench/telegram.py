"""Whole turns a second through the Bot API server with 200 chats, beside bare echo bots; the time of a turn; memory."""

from __future__ import annotations

import asyncio
import contextlib
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.bench.tables import Options, Table, percentile
from tests.botapi.people import Person
from tests.botapi.server import Server
from tests.botapi.world import World
from tests.running import ROOT, Bot, free_port

CHATS = 200
ROUNDS, SECONDS, WARMING = 3, 4.0, 2.0
"""The bots take turns, for the machine is not equally fast at all times."""
SAID = (
    "我们公司在包头稀土高新区做稀土永磁的，机器人改造{}万，安全平台400万，拿了3A两化融合",
    "今年三月", "今年五月", "没有了", "没有了", "没有", "如果升到4A呢", "投资改成1000万", "为什么问", "重来",
)  # fmt: skip
KINDS = ("echo", "storing echo", "kedui")


@dataclass
class Rate:
    """Turns in how many seconds; the bot's processor time, in seconds; the time of each turn inside it, in milliseconds."""

    said: int = 0
    seconds: float = 0.0
    used: float = 0.0
    inside: list[float] = field(default_factory=list)

    @property
    def turns(self) -> float:
        return self.said / self.seconds

    @property
    def processor(self) -> float:
        return self.used / self.said * 1000


def tables(options: Options) -> Iterator[Table]:
    for mode in ("polling", "webhook"):
        yield _throughput(mode, ROUNDS * (3 if options.full else 1))
    yield _memory(10_000 if options.full else 400)


def _throughput(mode: str, rounds: int) -> Table:
    head = ("", "turns/s", "share", "aim", "", "CPU ms/turn", "inside p50 p99 ms", "aim", "")
    table = Table(f"Telegram by {mode}: {CHATS} people who speak as soon as they are answered", head)
    rates = {kind: Rate() for kind in KINDS}
    for _ in range(rounds):
        for kind, rate in rates.items():
            asyncio.run(_add(rate, kind, mode))
    own = rates["kedui"]
    for kind, aim in (("echo", 0.6), ("storing echo", 0.8)):
        share = own.turns / rates[kind].turns
        held = "held" if share >= aim else "MISSED"
        table.rows.append(
            [kind, f"{rates[kind].turns:.0f}", f"{share:.2f}", f"{aim}", held, f"{rates[kind].processor:.1f}"]
        )
    p50, p99 = percentile(own.inside, 50), percentile(own.inside, 99)
    inside = [f"{p50:.1f} {p99:.1f}", "20", "held" if p99 < 20 else "MISSED"]
    table.rows.append(["kedui", f"{own.turns:.0f}", "", "", "", f"{own.processor:.1f}", *inside])
    table.notes.append("share: kedui's turns as a share of that bot's, in the same run; limits off on both sides")
    table.notes.append("inside: from the update taken up to its answer decided and stored, before the commit")
    return table


async def _add(rate: Rate, kind: str, mode: str) -> None:
    """One round of a bot."""
    async with _serving(kind, mode) as (world, process, bot):
        people = [_Talker(world, number) for number in range(1, CHATS + 1)]
        over = asyncio.Event()
        tasks = [asyncio.create_task(person.talk(over)) for person in people]
        while not all(person.said for person in people):
            await asyncio.sleep(0.05)
        await asyncio.sleep(WARMING)
        said, begun, used = sum(person.said for person in people), time.perf_counter(), _processor(process.pid)
        skipped = len(bot.lines())
        await asyncio.sleep(SECONDS)
        rate.said += sum(person.said for person in people) - said
        rate.seconds += time.perf_counter() - begun
        rate.used += _processor(process.pid) - used
        rate.inside += [line["ms"] for line in bot.lines()[skipped:] if "ms" in line]
        over.set()
        await asyncio.gather(*tasks)  # each is still answered


class _Talker:
    """Says one thing after the other, each as soon as the last is answered; each person begins at another place."""

    def __init__(self, world: World, number: int) -> None:
        self.person, self.said, self.first = Person(world, number), 0, number

    async def talk(self, over: asyncio.Event, times: int = 10**9) -> None:
        while self.said < times and not over.is_set():
            await self.person.ask(SAID[(self.first + self.said) % len(SAID)].format(400 + self.first), timeout=60)
            self.said += 1


@asynccontextmanager
async def _serving(kind: str, mode: str) -> AsyncIterator[tuple[World, subprocess.Popen[bytes], Bot]]:
    """A server and a bot of a kind."""
    async with Server(World(limits=False, journal=10)) as server:
        with tempfile.TemporaryDirectory() as name:
            port = free_port()
            settings = {
                "KEDUI_TELEGRAM_API": server.url, "KEDUI_TELEGRAM_TOKEN": server.world.token,
                "KEDUI_TELEGRAM_LIMITS": "0", "KEDUI_AS_OF": "2025-06-30", "KEDUI_TELEGRAM_MODE": mode,
                "KEDUI_TELEGRAM_WEBHOOK_URL": f"http://127.0.0.1:{port}/hook",
                "KEDUI_TELEGRAM_WEBHOOK_LISTEN": f"127.0.0.1:{port}",
            }  # fmt: skip
            bot = Bot(Path(name), settings)
            if kind == "kedui":
                bot.start(ready=False)
                await bot.ready()
            else:
                where = mode if mode == "polling" else f"webhook:{port}"
                command = [sys.executable, "-m", "tests.bench.echo", server.url, server.world.token, where]
                command += [str(bot.folder / "inbox.db")] if kind == "storing echo" else []
                with bot.log.open("ab") as log:
                    bot.process = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log)
            assert bot.process is not None
            try:
                yield server.world, bot.process, bot
            finally:
                bot.process.kill()
                await asyncio.to_thread(bot.process.wait)


def _processor(pid: int) -> float:
    """Seconds of processor time that a process has used (Linux)."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _memory(many: int) -> Table:
    table = Table("Memory of the bot", ("conversations", "MB", "share", "aim", ""))
    first, last = asyncio.run(_resident(100, many))
    share = last / first
    table.rows.append(["100", f"{first:.1f}"])
    table.rows.append([f"{many:,}", f"{last:.1f}", f"{share:.2f}", "1.2", "held" if share <= 1.2 else "MISSED"])
    table.notes.append("resident; each conversation is a chat of its own and three turns; --full: 10,000")
    return table


async def _resident(few: int, many: int) -> tuple[float, float]:
    async with _serving("kedui", "polling") as (world, process, _):
        numbers, sizes = iter(range(1, many + 1)), []

        async def people(until: int) -> None:
            for number in numbers:
                await _Talker(world, number).talk(asyncio.Event(), 3)
                with contextlib.suppress(KeyError):
                    del world.chats[number]  # the server's own memory is not the question
                if number >= until:
                    return

        for count in (few, many):
            await asyncio.gather(*(people(count) for _ in range(50)))
            status = Path(f"/proc/{process.pid}/status").read_text(encoding="ascii")
            sizes.append(int(status.split("VmRSS:")[1].split()[0]) / 1024)
        return sizes[0], sizes[1]
