"""What the figures say: the headline of each section is its finding, the note says how its numbers add up."""

from __future__ import annotations

from collections.abc import Callable

from bot.analysis.figures import Figures, Open
from bot.analysis.words import known, say
from policies.money import wan

SHOWN = 20
"""Clusters that are shown."""
CLOSE = 50.0
"""How near an entry must be to a cluster to be worth naming (0 to 100)."""


def recurring(figures: Figures) -> list[Open]:
    """The clusters to show: what was asked more than once, the commonest first."""
    return [one for one in figures.unanswered if one.cluster.count > 1][:SHOWN]


def nearest(one: Open) -> str:
    """The entry that is nearest to a cluster, where one is near."""
    if one.nearest is None or one.nearness < CLOSE:
        return say("open_far")
    return say("open_near", entry=one.nearest, score=round(one.nearness))


def share(part: int, whole: int) -> str:
    """`71%`; a small part is never nothing."""
    if not whole:
        return "0%"
    percent = round(100 * part / whole)
    return "<1%" if part and not percent else ">99%" if part < whole and percent == 100 else f"{percent}%"


def span(figures: Figures) -> str:
    """The days that are counted."""
    if figures.since is None or figures.until is None:
        return ""
    channels = "，".join(f"{_channel(name)} {count}" for name, count in figures.channels.items())
    days = say("span", since=figures.since, until=figures.until)
    return f"{days}　{channels}" if channels else days


def _channel(name: str) -> str:
    return say(f"channel_{name}") if known(f"channel_{name}") else name


def tiles(figures: Figures) -> list[tuple[str, str]]:
    """The few numbers that stand on top: number and what it counts."""
    asked = sum(figures.questions.values())
    return [
        (str(figures.conversations), say("tile_conversations")),
        (str(figures.people), say("tile_people")),
        (share(figures.completed, figures.conversations), say("tile_completed")),
        (str(asked), say("tile_questions")),
        (str(figures.questions["unknown"]), say("tile_unknown")),
    ]


def duration(seconds: float | None) -> str:
    """`14 秒`, `3 分`."""
    if seconds is None:
        return "–"
    return say("seconds", seconds=round(seconds)) if seconds < 120 else say("minutes", minutes=round(seconds / 60))


def heading(figures: Figures, section: str) -> str:
    """The finding of a section."""
    return _HEADINGS[section](figures)


def note(figures: Figures, section: str) -> str:
    """What stands under it; empty where nothing needs saying."""
    asked = figures.questions
    match section:
        case "days":
            return say("days_note", completed=figures.completed, left=figures.left, closed=figures.closed)
        case "funnel":
            return say("funnel_note")
        case "questions":
            if not sum(asked.values()):
                return ""
            return say(
                "questions_note",
                answered=asked["answered"],
                gap=asked["gap"],
                choices=asked["choices"],
                unknown=asked["unknown"],
            )
        case "open":
            shown = recurring(figures)
            rest = asked["unknown"] - sum(one.cluster.count for one in shown)
            return say("open_note", shown=len(shown), rest=rest) if figures.unanswered else ""
        case "entries":
            mine = figures.mine
            if not mine:
                return say("entries_mine_none")
            return say("entries_mine", count=len(mine), used=sum(one.used for one in mine))
        case "unclear":
            return say("unclear_note") if figures.unclear else ""
        case "cover":
            cover = figures.coverage
            return say(
                "cover_note",
                yes=cover["yes"],
                no_region=cover["no_region"],
                no_industry=cover["no_industry"],
                unknown=cover["unknown"],
            )
        case _:
            return say("totals_note", completed=figures.completed)


def _days(figures: Figures) -> str:
    return say("days_title", count=figures.conversations, share=share(figures.completed, figures.conversations))


def _funnel(figures: Figures) -> str:
    worst = max(figures.steps, key=lambda step: step.left, default=None)
    if worst is None or not worst.left:
        return say("funnel_title_none")
    return say("funnel_title", label=worst.label, left=worst.left)


def _questions(figures: Figures) -> str:
    asked = sum(figures.questions.values())
    if not asked:
        return say("questions_title_none")
    return say("questions_title", count=asked, share=share(figures.questions["answered"], asked))


def _open(figures: Figures) -> str:
    if not figures.unanswered:
        return say("open_title_none")
    count, first = figures.questions["unknown"], figures.unanswered[0].cluster
    return say("open_title", count=count, clusters=len(figures.unanswered), wording=first.wordings[0])


def _entries(figures: Figures) -> str:
    never = len(figures.never)
    return say("entries_title", used=len(figures.entries) - never, never=never)


def _unclear(figures: Figures) -> str:
    if not figures.unclear:
        return say("unclear_title_none")
    return say("unclear_title", count=sum(count for _, count, _ in figures.unclear), label=figures.unclear[0][0])


def _cover(figures: Figures) -> str:
    missing = figures.coverage["no_region"] + figures.coverage["no_industry"]
    return say("cover_title", count=missing) if missing else say("cover_title_none")


def _totals(figures: Figures) -> str:
    if not figures.largest:
        return say("totals_title_none")
    return say("totals_title", middle=wan(figures.middle), largest=wan(figures.largest))


_HEADINGS: dict[str, Callable[[Figures], str]] = {
    "days": _days,
    "funnel": _funnel,
    "questions": _questions,
    "open": _open,
    "entries": _entries,
    "unclear": _unclear,
    "cover": _cover,
    "totals": _totals,
}
