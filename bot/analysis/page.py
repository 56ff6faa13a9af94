"""The report as one self-contained page: no host is asked for anything, it can be sent, kept and printed (`page`)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from html import escape
from pathlib import Path

from bot.analysis.charts import Parts, bar, columns
from bot.analysis.figures import Figures
from bot.analysis.headings import duration, heading, nearest, note, recurring, span, tiles
from bot.analysis.words import say

ROWS, WORDS = 12, 24
"""How many rows of a chart and how many words are shown."""
_OUTCOMES = (("good", "answered"), ("pale", "skipped"), ("grey", "moved"), ("bad", "left"))


def page(figures: Figures) -> str:
    """The whole page."""
    body = _empty() if not figures.conversations else "".join(_sections(figures))
    mark = f'<p class="mark" role="note">{escape(say("synthetic"))}</p>' if figures.synthetic else ""
    title = say("title") + (f"（{say('synthetic').split('：')[0]}）" if figures.synthetic else "")
    return (
        '<!doctype html>\n<html lang="zh-CN"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{_style()}</style></head><body><main>"
        f"<header><h1>{escape(title)}</h1><p>{escape(span(figures))}</p></header>{mark}{body}"
        f"<footer>{escape(say('made'))}</footer></main></body></html>\n"
    )


@lru_cache(maxsize=1)
def _style() -> str:
    return (Path(__file__).parent / "page.css").read_text(encoding="utf-8")


def _empty() -> str:
    return f"<section><h2>{escape(say('empty_title'))}</h2><p>{escape(say('empty'))}</p></section>"


def _sections(figures: Figures) -> Iterable[str]:
    rows = "".join(f"<li><b>{number}</b>{escape(label)}</li>" for number, label in tiles(figures))
    yield f'<ul class="tiles">{rows}</ul>'
    for name, body in (
        ("days", _days),
        ("funnel", _funnel),
        ("open", _open),
        ("questions", _questions),
        ("entries", _entries),
        ("unclear", _unclear),
        ("cover", _cover),
        ("totals", _totals),
    ):
        said = note(figures, name)
        text = f"<p>{escape(said)}</p>" if said else ""
        yield f'<section id="{name}"><h2>{escape(heading(figures, name))}</h2>{text}{body(figures)}</section>'


def _days(figures: Figures) -> str:
    days = figures.days
    most = max(day.conversations for day in days)
    stacks: list[Parts] = [(("good", day.completed), ("grey", day.conversations - day.completed)) for day in days]
    titles = [f"{day.day} {day.completed}/{day.conversations}" for day in days]
    picture = columns(stacks, heading(figures, "days"), titles)
    ends = dict.fromkeys([days[0].day, days[len(days) // 2].day, days[-1].day])
    foot = "".join(f"<span>{day:%m-%d}</span>" for day in ends)
    scale = "".join(f"<span>{value}</span>" for value in (most, "", 0))
    table = _table(
        (say("days_day"), say("days_all"), say("days_done")),
        [(str(day.day), day.conversations, day.completed) for day in days],
    )
    legend = _legend((("good", say("days_done")), ("grey", say("days_rest"))))
    return f'{legend}<div class="chart"><div class="scale" aria-hidden="true">{scale}</div>{picture}<div class="foot">{foot}</div></div>{table}'


def _funnel(figures: Figures) -> str:
    steps = figures.steps
    most = max((step.asked for step in steps), default=0)
    shown = [
        (
            step.label,
            [(name, getattr(step, outcome)) for name, outcome in _OUTCOMES],
            f"{step.asked} · {duration(step.seconds)}",
        )
        for step in steps[: 2 * ROWS]
    ]
    heads = ("question", "asked", "answered", "skipped", "moved", "left", "seconds")
    table = _table(
        [say(f"funnel_{head}") for head in heads],
        [
            (step.label, step.asked, step.answered, step.skipped, step.moved, step.left, duration(step.seconds))
            for step in steps
        ],
    )
    legend = _legend([(name, say(f"funnel_{outcome}")) for name, outcome in _OUTCOMES])
    return legend + _bars(shown, most) + _more(len(steps) - len(shown)) + table


def _open(figures: Figures) -> str:
    rows = []
    for one in recurring(figures):
        cluster = one.cluster
        points = "，".join(f"{label} {count}" for label, count in one.points[:3])
        rows.append(
            f"<li><b>{cluster.count}</b><div><p>{escape('；'.join(cluster.wordings[:4]))}</p>"
            f"<small><code>{cluster.code}</code> {escape(say('open_points'))}：{escape(points)}　"
            f"{escape(say('open_nearest'))}：{escape(nearest(one))}</small></div></li>"
        )
    once = [one.cluster for one in figures.unanswered if one.cluster.count == 1]
    words = "".join(f"<li><code>{one.code}</code> {escape(one.wordings[0][:40])}</li>" for one in once[:WORDS])
    singles = f'<h3>{escape(say("open_once", count=len(once)))}</h3><ul class="words">{words}</ul>' if once else ""
    return f'<ul class="clusters">{"".join(rows)}</ul>{singles}{_more(len(once) - WORDS)}'


def _questions(figures: Figures) -> str:
    subjects = figures.subjects
    most = max((one.count for one in subjects), default=0)
    parts = [
        (
            ("good", figures.questions["answered"]),
            ("pale", figures.questions["gap"]),
            ("warm", figures.questions["choices"]),
            ("bad", figures.questions["unknown"]),
        )
    ]
    whole = "".join(bar(one, sum(value for _, value in one), note(figures, "questions")) for one in parts)
    shown = [(one.wording, [("good", one.count)], str(one.count)) for one in subjects[:ROWS]]
    heads = [say(f"questions_{head}") for head in ("wording", "by", "count")]
    table = _table(heads, [(one.wording, one.by, one.count) for one in subjects[: 5 * ROWS]])
    return (
        f"{whole}<h3>{escape(say('questions_most'))}</h3>{_bars(shown, most)}{_more(len(subjects) - len(shown))}{table}"
    )


def _entries(figures: Figures) -> str:
    again = sorted((one for one in figures.entries if one.again), key=lambda one: (-one.again, one.id))
    heads = [say(f"entries_{head}") for head in ("ask", "entry", "used", "again", "example")]
    rows = [(one.ask, one.id, one.used, one.again, one.example) for one in again[:ROWS]]
    out = f"<h3>{escape(say('entries_again_title' if again else 'entries_again_none'))}</h3>"
    out += _open_table(heads, rows) if again else ""
    never = figures.never
    words = "".join(f'<li title="{escape(one.id)}">{escape(one.ask)}</li>' for one in never[:WORDS])
    out += f'<h3>{escape(say("entries_never"))}</h3><ul class="words">{words}</ul>{_more(len(never) - WORDS)}'
    if figures.mine:
        rows = [(one.ask, one.id, one.used, one.again, one.example) for one in figures.mine]
        out += f"<h3>{escape(note(figures, 'entries'))}</h3>" + _open_table(heads, rows)
    return out


def _unclear(figures: Figures) -> str:
    out = []
    for label, count, words in figures.unclear[:ROWS]:
        items = "".join(f"<li>{escape(word[:40])}</li>" for word in words[: WORDS // 3])
        more = _more(len(words) - WORDS // 3)
        out.append(f'<div><h3>{escape(label)} · {count}</h3><ul class="words">{items}</ul>{more}</div>')
    return f'<div class="two">{"".join(out)}</div>' + _more(len(figures.unclear) - ROWS)


def _cover(figures: Figures) -> str:
    parts = [_counted(say("cover_region"), figures.regions), _counted(say("cover_industry"), figures.industries)]
    return f'<div class="two">{"".join(parts)}</div>'


def _counted(head: str, rows: Sequence[tuple[str, int]]) -> str:
    if not rows:
        return ""
    most = max(count for _, count in rows)
    shown = [(name, [("warm", count)], str(count)) for name, count in rows[:ROWS]]
    return f"<div><h3>{escape(head)}</h3>{_bars(shown, most)}{_more(len(rows) - len(shown))}</div>"


def _totals(figures: Figures) -> str:
    firm, apart = figures.totals["firm"], figures.totals["apart"]
    most = max([*firm, *apart, 1])
    parts = [_sums(say("totals_firm"), firm, most, "good"), _sums(say("totals_apart"), apart, most, "warm")]
    return f'<div class="two">{"".join(parts)}</div>'


def _sums(head: str, counts: Sequence[int], most: int, colour: str) -> str:
    shown = [(say(f"bucket_{n}"), [(colour, count)], str(count)) for n, count in enumerate(counts)]
    return f"<div><h3>{escape(head)}</h3>{_bars(shown, most)}</div>"


# ---- pieces ----


def _bars(rows: Sequence[tuple[str, Parts, str]], most: int) -> str:
    """A list of bars: label, parts, and what stands at the end."""
    items = "".join(
        f'<div><dt>{escape(label)}</dt><dd class="picture">{bar(parts, most, f"{label} {end}")}</dd><dd>{escape(end)}</dd></div>'
        for label, parts, end in rows
    )
    return f'<dl class="bars">{items}</dl>' if rows else ""


def _legend(items: Iterable[tuple[str, str]]) -> str:
    rows = "".join(
        f'<li><svg viewBox="0 0 1 1" aria-hidden="true"><rect class="{name}" width="1" height="1"/></svg>{escape(label)}</li>'
        for name, label in items
    )
    return f'<ul class="legend">{rows}</ul>'


def _table(heads: Iterable[str], rows: Iterable[Sequence[object]]) -> str:
    return f"<details><summary>{escape(say('table'))}</summary>{_open_table(heads, rows)}</details>"


def _open_table(heads: Iterable[str], rows: Iterable[Sequence[object]]) -> str:
    rows = list(rows)
    numeric = {n for row in rows for n, cell in enumerate(row) if isinstance(cell, int)}

    def cell(tag: str, n: int, text: object) -> str:
        mark = ' class="n"' if n in numeric else ""
        scope = ' scope="col"' if tag == "th" else ""
        return f"<{tag}{scope}{mark}>{escape(str(text))}</{tag}>"

    head = "".join(cell("th", n, text) for n, text in enumerate(heads))
    body = "".join(f"<tr>{''.join(cell('td', n, text) for n, text in enumerate(row))}</tr>" for row in rows)
    return f'<div class="scroll"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'


def _more(count: int) -> str:
    return f"<p>{escape(say('more', count=count))}</p>" if count > 0 else ""
