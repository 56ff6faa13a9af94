"""SIGKILL at random moments while people talk, then: is everything there, once?

People follow scripts that were made by talking with the desk in process (`Phone`): what they type or press, and how the last
message of each answer begins. They talk to the real process through the Bot API server while it is killed and started again
and again. Afterwards each conversation in the database must be the one that the script leads to: every answer in it once, in
order, with the same facts; and everybody must have been answered.

    python -m tests.crash --kills 200
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import random
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from bot import store as stores
from bot import vault as vaults
from bot.progress import Progress
from bot.store import Store
from bot.telegram.chat import Chat
from bot.vault import key_file_of, open_vault
from policies.database import open_database
from tests.botapi.people import Person
from tests.botapi.server import Server
from tests.botapi.world import World
from tests.conversing import Interviewee
from tests.enterprises import enterprises
from tests.phone import ON, Phone
from tests.running import Bot, free_port

PEOPLE = 16
"""Who talk at once."""
PATIENCE = 90.0
"""Seconds that somebody waits for an answer, however often the bot is killed."""


@dataclass(frozen=True)
class Step:
    """What is typed, or the button pressed, and the text that the answer ends with."""

    text: str
    press: bool
    answer: str


@dataclass
class Script:
    steps: list[Step]
    words: list[str]
    """Each turn's words, as the session's history has them."""
    facts: dict[str, Any]
    total: str
    """The assessment's headline."""


@cache
def scripts(count: int = 10) -> list[Script]:
    return [script(firm, number) for number, firm in enumerate(enterprises(count, 20))]


def script(firm: Any, seed: int) -> Script:
    """A whole conversation with one enterprise, buttons where there are some, mostly."""
    chance, phone, person = random.Random(seed), Phone(ON, chat=1), Interviewee(firm.profile)
    steps: list[Step] = []

    def do(text: str, press: bool) -> None:
        said = phone.tap(text) if press else phone.type(text)
        steps.append(Step(text, press, said.messages[-1].text))

    do(firm.message, False)
    person.has_told(phone.chat.session.facts)
    while phone.chat.session.asked is not None and len(steps) < 60:
        event = person.answer(phone.chat.session.asked)
        text = event.text if event.value is None else "、".join(map(str, as_list(event.value)))
        label = next((label for value, label in phone.chat.session.shown if str(value) == text), None)
        if label is not None and label in phone.labels() and chance.random() < 0.7:
            do(label, True)
        else:
            do(text, False)
    session = phone.chat.session
    return Script(steps, words_of(phone.chat), session.facts, phone.last.text)


def as_list(value: Any) -> list[Any]:
    if isinstance(value, bool):
        return ["true" if value else "false"]
    return value if isinstance(value, list) else [value]


def words_of(chat: Chat) -> list[str]:
    return [step.words for step in chat.session.history.newest_first()][::-1]


@dataclass
class Outcome:
    """What was found. `lost`: people whose conversation is not the script's; `unanswered`: who waited in vain."""

    kills: int = 0
    conversations: int = 0
    answers: int = 0
    lost: list[str] = field(default_factory=list)
    unanswered: list[str] = field(default_factory=list)
    twice: int = 0
    """Messages that a user saw twice."""
    left: tuple[int, int] = (0, 0)
    """Updates waiting and calls unsent at the end."""
    seconds: float = 0.0

    @property
    def good(self) -> bool:
        return not self.lost and not self.unanswered and self.left == (0, 0)

    def __str__(self) -> str:
        return (
            f"{self.kills} kills, {self.conversations} conversations, {self.answers} answers, {len(self.lost)} lost, "
            f"{len(self.unanswered)} unanswered, {self.twice} replies sent twice, left {self.left}, {self.seconds:.0f} s"
        )


async def crash(mode: str, kills: int, seed: int, folder: Path) -> Outcome:
    """The test, in polling or webhook mode."""
    run = _Run(random.Random(seed), Outcome())
    begun = time.monotonic()
    async with Server(World(limits=False, journal=1000)) as server:
        port = free_port()
        settings = {
            "KEDUI_TELEGRAM_API": server.url, "KEDUI_TELEGRAM_TOKEN": server.world.token, "KEDUI_AS_OF": ON.isoformat(),
            "KEDUI_TELEGRAM_LIMITS": "0", "KEDUI_TELEGRAM_MODE": mode,
            "KEDUI_TELEGRAM_WEBHOOK_URL": f"http://127.0.0.1:{port}/hook",
            "KEDUI_TELEGRAM_WEBHOOK_LISTEN": f"127.0.0.1:{port}",
        }  # fmt: skip
        bot = Bot(folder, settings)
        try:
            people = [asyncio.create_task(run.talk(server.world)) for _ in range(PEOPLE)]
            await run.kill(bot, kills, Progress(f"{mode}: kills", kills))
            run.going_on = False
            await asyncio.gather(*people)
            await _settled(bot)
            await asyncio.to_thread(bot.stop)
        finally:
            bot.end()
        run.judge(bot, server.world)
    run.outcome.seconds = time.monotonic() - begun
    return run.outcome


async def _settled(bot: Bot, timeout: float = 30) -> None:
    """Nothing waits any more in the database."""
    end = time.monotonic() + timeout
    while bot.waiting() != (0, 0) and time.monotonic() < end:
        await asyncio.sleep(0.1)


class _Run:
    def __init__(self, chance: random.Random, outcome: Outcome) -> None:
        self.chance, self.outcome = chance, outcome
        self.numbers = itertools.count(1)
        self.scripts: dict[int, Script] = {}
        self.going_on = True

    async def talk(self, world: World) -> None:
        """One person after the other, while it goes on."""
        while self.going_on:
            number = next(self.numbers)
            script = self.scripts[number] = self.chance.choice(scripts())
            person = Person(world, number)
            self.outcome.conversations += 1
            for step, following in itertools.zip_longest(script.steps, script.steps[1:]):
                button = following.text if following is not None and following.press else ""
                try:
                    if step.press:
                        person.press(step.text)
                    else:
                        person.say(step.text)
                    self.outcome.answers += 1
                    # with the button that is pressed next: a pressed message, edited, may hold the next question's words too
                    await person.wait(text=step.answer[:40], button=button, timeout=PATIENCE)
                except Exception as error:
                    self.outcome.unanswered.append(f"{number} at {step.text}: {error}")
                    return
                await asyncio.sleep(self.chance.random() * 0.05)

    async def kill(self, bot: Bot, kills: int, progress: Progress) -> None:
        """A quarter of the kills while it starts, the others while it works."""
        for number in range(1, kills + 1):
            bot.start(ready=False)
            if self.chance.random() < 0.25:
                await asyncio.sleep(self.chance.random() * 1.5)
            else:
                await bot.ready()
                await asyncio.sleep(min(self.chance.expovariate(2.5), 1.5))
            bot.kill()
            self.outcome.kills = number
            progress(number, f", {self.outcome.answers} answers, {len(self.outcome.unanswered)} unanswered")
        progress.done()
        bot.start(ready=False)
        await bot.ready()

    def judge(self, bot: Bot, world: World) -> None:
        database = open_database(bot.database, vaults.MIGRATIONS, stores.MIGRATIONS)
        store = Store(database, open_vault(database, key_file_of(bot.database, None)))
        self.outcome.left = bot.waiting()
        for number, script in self.scripts.items():
            body = store.chat(store.name_of(number))
            chat = Chat.from_json(body) if body is not None else Chat(number)
            if words_of(chat) != script.words:
                self.outcome.lost.append(f"{number}: {words_of(chat)} instead of {script.words}")
            elif chat.session.facts != script.facts:
                self.outcome.lost.append(f"{number}: {chat.session.facts} instead of {script.facts}")
            self.outcome.twice += self._twice(world, number, script)
        database.close()

    @staticmethod
    def _twice(world: World, number: int, script: Script) -> int:
        """How many messages came more often than the script has them."""
        seen = Counter(row["text"] for row in Person(world, number).view() if row["by"] == "bot")
        due = Counter(step.answer for step in script.steps)
        return sum(max(0, count - due[text]) for text, count in seen.items() if text in due)


async def main() -> int:
    parser = argparse.ArgumentParser(prog="make crash", description=__doc__)
    parser.add_argument("--kills", type=int, default=200, help="in all, half of them by webhook")
    parser.add_argument("--seed", type=int, default=int(time.time()))
    given = parser.parse_args()
    print(f"seed {given.seed}", flush=True)
    good = True
    for mode in ("polling", "webhook"):
        with tempfile.TemporaryDirectory() as folder:
            outcome = await crash(mode, given.kills // 2, given.seed, Path(folder))
            print(f"{mode}: {outcome}", flush=True)
            for fault in [*outcome.lost, *outcome.unanswered][:10]:
                print("  " + fault[:400])
            good = good and outcome.good
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
