"""What the journal says of a span of days: every number of the report (`figures`). Reads, computes, writes nothing.

A conversation belongs to the day on which it began, with all its turns, so that all sections count the same conversations.
"""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from statistics import median
from typing import Any

from rapidfuzz import fuzz, process

from bot.analysis.clusters import Cluster, clusters, content
from bot.analysis.words import known, say
from dialogs.declared import AWARD_FACTS
from dialogs.paths import name_of, scope_of
from policies.database import Database
from policies.facts import Vocabulary
from policies.loader import Tables

COMPLAINT = re.compile(
    r"答非所问|不是(?:问)?这个|没回答|没有回答|听不懂|看不懂|没用|不对吧|瞎说|胡说|还是不(?:明白|懂|清楚)|我问的是|什么意思啊|人工|找真人"
)
AGAIN = 80.0
"""How near two messages are that ask the same (rapidfuzz, 0 to 100)."""
_AFTER = 2
"""Turns after an answer that may say that it did not help."""
MINE = "asked-"
"""How the ids of entries begin that were made from a cluster."""
BOUNDS = (10**7, 5 * 10**7, 10**8, 5 * 10**8)
"""Support totals are counted between these sums, in fen."""


@dataclass
class Day:
    """Conversations that began on a day, and how many of them came to a result."""

    day: date
    conversations: int = 0
    completed: int = 0


@dataclass
class Step:
    """One question of ours, and what became of it each time it was put: these add up to `asked`."""

    path: str
    label: str
    answered: int = 0
    skipped: int = 0
    moved: int = 0
    left: int = 0
    times: list[float] = field(default_factory=list)

    @property
    def asked(self) -> int:
        """How often the fact was asked."""
        return self.answered + self.skipped + self.moved + self.left

    @property
    def seconds(self) -> float | None:
        """Median from the question to its answer."""
        return median(self.times) if self.times else None


@dataclass(frozen=True)
class Subject:
    """A thing that was asked: what answered it, how often, and how it is asked most."""

    by: str
    count: int
    wording: str


@dataclass(frozen=True)
class Open:
    """A cluster of unanswered questions, where in the conversation they were asked, and the entry that is nearest."""

    cluster: Cluster
    points: tuple[tuple[str, int], ...]
    nearest: str | None
    nearness: float


@dataclass(frozen=True)
class Entry:
    """A prepared answer: how often it answered, and how often that did not help."""

    id: str
    ask: str
    used: int = 0
    again: int = 0
    example: str = ""


@dataclass
class Figures:
    """All numbers of a report."""

    since: date | None
    until: date | None
    synthetic: bool = False
    days: list[Day] = field(default_factory=list)
    turns: int = 0
    people: int = 0
    channels: dict[str, int] = field(default_factory=dict)
    completed: int = 0
    left: int = 0
    """Conversations that ended, without a result, with a question of ours open."""
    steps: list[Step] = field(default_factory=list)
    questions: dict[str, int] = field(default_factory=dict)
    """Messages that asked something: answered, gap, choices, unknown."""
    subjects: list[Subject] = field(default_factory=list)
    unanswered: list[Open] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    unclear: list[tuple[str, int, tuple[str, ...]]] = field(default_factory=list)
    """Our question, how many answers to it were not understood, and which, the commonest first."""
    coverage: dict[str, int] = field(default_factory=dict)
    """Conversations: yes, no_region, no_industry, unknown."""
    regions: list[tuple[str, int]] = field(default_factory=list)
    industries: list[tuple[str, int]] = field(default_factory=list)
    totals: dict[str, list[int]] = field(default_factory=dict)
    """firm and apart: conversations with a result, by sum: none, then between BOUNDS."""
    largest: int = 0
    middle: int = 0
    """The largest and the median firm-or-apart total of conversations that came to a sum, in fen."""

    @property
    def conversations(self) -> int:
        """How many began in the span."""
        return sum(day.conversations for day in self.days)

    @property
    def closed(self) -> int:
        """Conversations without a result that ended with nothing asked."""
        return self.conversations - self.completed - self.left

    @property
    def never(self) -> list[Entry]:
        """Prepared answers that answered nothing."""
        return [entry for entry in self.entries if not entry.used]

    @property
    def mine(self) -> list[Entry]:
        """Prepared answers that were made from a cluster."""
        return [entry for entry in self.entries if entry.id.startswith(MINE)]


_SPAN = """(SELECT conversation FROM log_turns GROUP BY conversation
    HAVING min(day) >= coalesce(:since, '') AND min(day) <= coalesce(:until, '9'))"""
_COLUMNS = ("conversation", "text", "act", "answered_by", "asked")


def figures(database: Database, tables: Tables, since: date | None = None, until: date | None = None) -> Figures:
    """The figures of the days from `since` to `until`, both included; None: from the first, to the last."""
    out = Figures(since, until)
    if not database["log_turns"].exists():
        return out
    span = {"since": since and since.isoformat(), "until": until and until.isoformat()}
    talks = list(database.query(f"SELECT * FROM log_conversations WHERE conversation IN {_SPAN}", span))
    if not talks:
        return out
    _conversations(out, talks, tables)
    askings = f"SELECT path, outcome, seconds FROM log_askings WHERE conversation IN {_SPAN}"
    out.steps = _steps(database.query(askings, span), tables.vocabulary)
    rows = f"SELECT {', '.join(_COLUMNS)} FROM log_turns WHERE conversation IN {_SPAN} ORDER BY conversation, id"
    turns = list(database.query(rows, span))
    out.turns = len(turns)
    _questions(out, turns, tables)
    return out


def _conversations(out: Figures, talks: list[dict[str, Any]], tables: Tables) -> None:
    first, last = (date.fromisoformat(pick(talk["day"] for talk in talks)) for pick in (min, max))
    out.since, out.until = out.since or first, out.until or last
    by_day = {first + timedelta(n): Day(first + timedelta(n)) for n in range((last - first).days + 1)}
    out.channels = dict(sorted(Counter(talk["channel"] for talk in talks).items()))
    out.people = len({talk["person"] for talk in talks})
    out.synthetic = any(talk["synthetic"] for talk in talks)
    out.coverage = dict.fromkeys(("yes", "no_region", "no_industry", "unknown"), 0)
    regions: Counter[str] = Counter()
    trades: Counter[str] = Counter()
    totals = {"firm": [0] * (len(BOUNDS) + 2), "apart": [0] * (len(BOUNDS) + 2)}
    sums = []
    for talk in talks:
        day = by_day[date.fromisoformat(talk["day"])]
        day.conversations += 1
        out.coverage[talk["covered"]] += 1
        if talk["covered"] == "no_region":
            regions[talk["region"] or say("unknown_place")] += 1
        if talk["covered"] == "no_industry":
            trades.update(json.loads(talk["industries"] or "[]"))
        if talk["completed"]:
            day.completed += 1
            for name, counts in totals.items():
                counts[_bucket(talk[name] or 0)] += 1
            sums.append(max(talk["firm"] or 0, talk["apart"] or 0))
        elif talk["left_at"] is not None:
            out.left += 1
    out.days = list(by_day.values())
    out.completed = sum(day.completed for day in out.days)
    out.regions = _ordered(regions)
    label = tables.vocabulary.facts["enterprise", "industries"].label_of
    out.industries = [(label(name), count) for name, count in _ordered(trades)]
    out.totals = totals
    paid = [value for value in sums if value]
    out.largest, out.middle = max(paid, default=0), int(median(paid)) if paid else 0


def _bucket(fen: int) -> int:
    return 0 if fen <= 0 else 1 + sum(fen >= bound for bound in BOUNDS)


def _ordered(counts: Counter[str]) -> list[tuple[str, int]]:
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))


def general(path: str) -> str:
    """`projects[0].build` → `projects[].build`."""
    return re.sub(r"\[\d+\]", "[]", path)


def label_of(path: str, vocabulary: Vocabulary) -> str:
    """A question of ours as staff call it: 「项目：建设性质」."""
    concrete = path.replace("[]", "[0]")
    name, scope = name_of(concrete), scope_of(concrete)
    if known(f"path_{name}"):
        return say(f"path_{name}")
    fact = AWARD_FACTS.get(name) if scope == "award" else vocabulary.find(name, scope, "spending", "enterprise")
    label = fact.label if fact is not None else name
    return label if scope == "enterprise" else say("path_of", scope=say(f"scope_{scope}"), label=label)


def _steps(askings: Iterable[dict[str, Any]], vocabulary: Vocabulary) -> list[Step]:
    steps: dict[str, Step] = {}
    for row in askings:
        path = general(row["path"])
        step = steps.setdefault(path, Step(path, label_of(path, vocabulary)))
        setattr(step, row["outcome"], getattr(step, row["outcome"]) + 1)
        if row["seconds"] is not None and row["seconds"] > 0 and row["outcome"] == "answered":
            step.times.append(row["seconds"])
    return sorted(steps.values(), key=lambda step: (-step.asked, step.path))


def _questions(out: Figures, turns: Sequence[dict[str, Any]], tables: Tables) -> None:
    entries = {entry.id: entry for entry in tables.faq}
    used: Counter[str] = Counter()
    again: Counter[str] = Counter()
    example: dict[str, str] = {}
    said: dict[str, Counter[str]] = defaultdict(Counter)
    unknown: list[tuple[str, str]] = []
    unclear: dict[str, Counter[str]] = defaultdict(Counter)
    out.questions = dict.fromkeys(("answered", "gap", "choices", "unknown"), 0)
    for number, turn in enumerate(turns):
        point = general(turn["asked"]) if turn["asked"] else ""
        if turn["act"] == "unclear":
            unclear[point][turn["text"]] += 1
        elif turn["act"] == "choices":
            out.questions["choices"] += 1
        elif turn["act"] in ("answer", "unknown"):
            by = json.loads(turn["answered_by"])
            first = next((name for name in by if name in entries), by[0] if by else "")
            if turn["act"] == "unknown" and first not in entries:
                out.questions["unknown"] += 1
                unknown.append((turn["text"], point))
                continue
            out.questions["gap" if turn["act"] == "unknown" else "answered"] += 1
            said[first][turn["text"]] += 1
            if first in entries:
                used[first] += 1
                trouble = _trouble(turns, number)
                if trouble:
                    again[first] += 1
                    example.setdefault(first, trouble)
    out.subjects = [
        Subject(name, sum(texts.values()), _commonest(texts)[0])
        for name, texts in sorted(said.items(), key=lambda item: (-sum(item[1].values()), item[0]))
    ]
    out.unanswered = _open(unknown, tables)
    out.entries = [
        Entry(name, entry.asks[0], used[name], again[name], example.get(name, "")) for name, entry in entries.items()
    ]
    out.unclear = [
        (label_of(path, tables.vocabulary) if path else say("nothing_asked"), sum(texts.values()), _commonest(texts))
        for path, texts in sorted(unclear.items(), key=lambda item: (-sum(item[1].values()), item[0]))
    ]


def _commonest(texts: Counter[str]) -> tuple[str, ...]:
    return tuple(sorted(texts, key=lambda text: (-texts[text], len(text), text)))


def _trouble(turns: Sequence[dict[str, Any]], number: int) -> str:
    """What was said soon after an answer that did not help: a complaint, or the same question again."""
    asked = turns[number]
    for turn in turns[number + 1 : number + 1 + _AFTER]:
        if turn["conversation"] != asked["conversation"]:
            break
        text = turn["text"]
        same = turn["act"] in ("answer", "choices", "unknown") and (
            content(text) == content(asked["text"]) or fuzz.ratio(text, asked["text"]) >= AGAIN
        )
        if same or COMPLAINT.search(text):
            return str(text)
    return ""


def recent(database: Database, tables: Tables, since: date, most: int) -> list[Open]:
    """The clusters of the newest unanswered questions alone, at most so many of them: quick enough for the bot."""
    query = f"SELECT text, answered_by, asked FROM log_turns WHERE act = 'unknown' AND day >= ? ORDER BY id DESC LIMIT {most}"
    entries = {entry.id for entry in tables.faq}
    rows = database.execute(query, [since.isoformat()]).fetchall() if database["log_turns"].exists() else []
    unknown = [(text, general(asked or "")) for text, by, asked in rows if entries.isdisjoint(json.loads(by))]
    return _open(unknown, tables)


def _open(unknown: Sequence[tuple[str, str]], tables: Tables) -> list[Open]:
    asks = [(content(ask), entry.id) for entry in tables.faq for ask in entry.asks]
    keys = [key for key, _ in asks]
    out = []
    for cluster in clusters(text for text, _ in unknown):
        points = _ordered(Counter(unknown[index][1] for index in cluster.members))
        shown = tuple(
            (label_of(path, tables.vocabulary) if path else say("nothing_asked"), count) for path, count in points
        )
        near = process.extractOne(content(cluster.wordings[0]), keys, scorer=fuzz.ratio) if keys else None
        nearest, nearness = (asks[near[2]][1], float(near[1])) if near is not None else (None, 0.0)
        out.append(Open(cluster, shown, nearest, nearness))
    return out
