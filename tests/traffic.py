"""Synthetic traffic: fills a log with conversations of simulated enterprises over weeks of invented time.

    python -m tests.traffic FILE [--conversations 2000] [--days 42] [--seed 1] [--until 2025-09-30]

Plausible owners answer in their own words, ask things in between (questions that are answered here and such that are not),
say 不知道, complain, and some leave in the middle; every tenth enterprise is an odd one. Each row carries the mark
`synthetic`, so that a report made from it says 合成数据: none of this is real use. The same seed gives the same conversations.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from bot import vault as vaults
from bot.journal.journal import Journal
from bot.journal.journal import Speaker as Person
from bot.journal.schema import MIGRATIONS
from bot.settings import CHINA
from bot.vault import open_vault
from dialogs.engine import Engine
from dialogs.events import Event
from dialogs.session import Session
from policies.database import immediate, open_database
from policies.yaml12 import load
from tests.clusters_scoring import paraphrases
from tests.conversing import assessor
from tests.enterprises import PLACES, enterprise
from tests.speaking import Speaker

QUESTIONS = Path(__file__).parent / "data" / "questions" / "tune.yaml"
BOUND = 60
"""Turns after which an owner gives up."""
_COMPLAINTS = ("答非所问", "我问的不是这个", "还是不明白", "听不懂")
_NOISE = ("嗯嗯这个嘛", "你猜", "差不多吧", "一般般", "看情况", "老规矩")
_ELSEWHERE = (
    "我们在成都做软件",
    "西安的，做无人机",
    "江苏苏州，做模具，投了300万",
    "我们在上海张江",
    "广东东莞做玩具的",
)


def answered_here() -> list[str]:
    """Questions as people ask them, which the documents mostly answer."""
    rows: Any = load(QUESTIONS.read_text(encoding="utf-8"))[0]
    return [str(row["text"]) for row in rows]


class Owner:
    """One person with an enterprise, their patience and their habits."""

    def __init__(self, dice: random.Random, seed: str) -> None:
        self.dice = dice
        one = enterprise(dice.choice(PLACES), seed, odd=dice.random() < 0.1)
        self.as_of, self.first = one.as_of, one.message
        if dice.random() < 0.05:
            self.first = dice.choice(_ELSEWHERE)
        self.speaker = Speaker(one.profile, dice, one.as_of)
        self.patience = dice.choice((2, 4, 6, 9, 14, BOUND, BOUND, BOUND))
        self.curious = dice.choice((0.0, 0.0, 0.08, 0.2))

    def say(self, session: Session, turn: int, questions: list[str], others: list[str]) -> Event | None:
        """The next message; None: they leave."""
        dice = self.dice
        if session.asked is None:
            return Event(dice.choice(questions)) if dice.random() < self.curious else None
        if turn == 0:
            return Event(self.first) if dice.random() < 0.95 else None
        if turn > self.patience:
            return None
        if dice.random() < self.curious:
            return Event(dice.choice(others if dice.random() < 0.45 else questions))
        if dice.random() < 0.03:
            return Event(dice.choice(_NOISE))
        if dice.random() < 0.01:
            return Event(dice.choice(_COMPLAINTS))
        try:
            return self.speaker.answer(session.asked)
        except (KeyError, IndexError, TypeError, StopIteration):
            return Event("不知道")  # a question about something that this owner never told


def conversation(journal: Journal, engine: Engine, owner: Owner, person: Person, at: datetime) -> int:
    """One conversation into the journal; how many messages it had."""
    dice, session, said = owner.dice, Session(), 0
    questions, others = answered_here(), [text for _, text in paraphrases()]
    moment = at

    def watch(before: str, event: Event, after: Session, turn: Any) -> None:
        journal.keep(moment, person, before, event, after, turn, dice.uniform(1, 9))

    engine.watch = watch
    engine.greet(session)
    while said < BOUND:
        event = owner.say(session, said, questions, others)
        if event is None:
            break
        moment += timedelta(seconds=dice.lognormvariate(2.7, 0.8))
        engine.turn(session, event)
        said += 1
    return said


def fill(path: Path, conversations: int, days: int, until: date, seed: int = 1) -> Iterator[int]:
    """Fills the log at `path`; yields how many conversations are done."""
    dice = random.Random(seed)
    database = open_database(path, vaults.MIGRATIONS, MIGRATIONS)
    database.conn.execute("PRAGMA synchronous = OFF")
    journal = Journal(database, open_vault(database, path.with_name(path.name + ".key")), 36_500, synthetic=True)
    engines: dict[date, Engine] = {}
    first = datetime(until.year, until.month, until.day, tzinfo=CHINA) - timedelta(days=days - 1)
    starts = sorted(_start(dice, first, days) for _ in range(conversations))
    for number, at in enumerate(starts, 1):
        owner = Owner(dice, f"{seed} {number}")
        if owner.as_of not in engines:
            engines[owner.as_of] = Engine(assessor(), owner.as_of)
        channel = "telegram" if dice.random() < 0.8 else "terminal"
        person = Person(channel, f"synthetic {dice.randrange(max(1, conversations * 2 // 3))}", str(number))
        with immediate(database):
            conversation(journal, engines[owner.as_of], owner, person, at)
        yield number
    database.close()


def _start(dice: random.Random, first: datetime, days: int) -> datetime:
    """More on working days, more later on, in office hours mostly."""
    while True:
        day = first + timedelta(days=min(days - 1, int(days * dice.random() ** 0.8)))
        if day.weekday() < 5 or dice.random() < 0.25:
            return day + timedelta(minutes=int(dice.triangular(7 * 60, 23 * 60, 10 * 60)))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path)
    parser.add_argument("--conversations", type=int, default=2000)
    parser.add_argument("--days", type=int, default=42)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--until", type=date.fromisoformat, default=date(2025, 9, 30))
    arguments = parser.parse_args()
    for done in fill(arguments.file, arguments.conversations, arguments.days, arguments.until, arguments.seed):
        if done % 500 == 0:
            print(f"{done} conversations", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
