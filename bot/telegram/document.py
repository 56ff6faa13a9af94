"""The report as a document of its own: one HTML file, to be read on a phone, printed, or handed to a colleague."""

from __future__ import annotations

import html
import re

from bot.telegram.writing import clean
from dialogs.engine import Engine
from dialogs.noting import rough_text
from dialogs.recap import recap
from dialogs.session import Session
from dialogs.words import say
from policies.assessment import Line
from policies.explain import formula_text
from policies.money import wan
from policies.report import paragraphs
from policies.words import say as word

_STYLE = """
:root { color: #1d2733; background: #eef1f4; font: 16px/1.65 -apple-system, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif; }
body { margin: 0 auto; max-width: 52rem; padding: 1.5rem 1.25rem 3rem; background: #fff; overflow-wrap: anywhere; }
header { border-bottom: 3px solid #1f5fa8; margin-bottom: 1.25rem; }
h1 { font-size: 1.15rem; color: #1f5fa8; margin: 0 0 .25rem; letter-spacing: .1em; }
.headline { font-size: 1.3rem; font-weight: 600; line-height: 1.5; margin: 0 0 1rem; }
h2 { font-size: 1.05rem; margin: 1.75rem 0 .5rem; padding-left: .6rem; border-left: 4px solid #1f5fa8; }
table { border-collapse: collapse; width: 100%; }
th, td { border-bottom: 1px solid #d5dce4; padding: .5rem .6rem; text-align: left; vertical-align: top; }
th { background: #f3f6f9; font-weight: 600; white-space: nowrap; }
td.amount, th.amount { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
td.amount { font-weight: 600; }
tr.total td { border-top: 2px solid #1d2733; border-bottom: 0; font-weight: 600; }
.source { display: block; color: #5a6775; font-size: .85rem; }
ul { margin: .25rem 0; padding-left: 1.25rem; } li { margin: .25rem 0; } p { margin: .4rem 0; }
footer { margin-top: 2.5rem; padding-top: .75rem; border-top: 1px solid #d5dce4; color: #5a6775; font-size: .85rem; }
@media print { :root { background: #fff; font-size: 11pt; } body { max-width: none; padding: 0; } h2, tr { break-after: avoid; break-inside: avoid; } }
"""


def document(engine: Engine, session: Session) -> str:
    """The whole file, without anything from elsewhere. Raises ProfileError as the assessment does."""
    result = engine.assess(session)
    headline, *rest = paragraphs(engine.assessor, result, engine.contact)
    firm = [line for line in result.lines if line.status in ("firm", "planned")]
    apart = [line for line in result.lines if line not in firm]
    tables = {
        word("report.plan"): _table(firm, say("document.total")),
        word("report.plan_apart"): _table(apart, say("document.total_apart")),
    }
    told = recap(session, engine.assessor)
    parts = []
    for paragraph in rest:
        title, *rows = paragraph.split("\n")
        if not rows:
            parts.append(_p(title))
        else:
            parts.append(f"<h2>{_e(title)}</h2>\n{tables.get(title) or _rows(rows)}")
    figure, _, more = headline.partition("。")
    title = say("document.title")
    return "\n".join(
        [
            f'<!DOCTYPE html>\n<html lang="zh-CN">\n<head>\n<meta charset="utf-8">\n<title>{_e(title)}</title>',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f"<style>{_STYLE}</style>\n</head>\n<body>",
            f'<header>\n<h1>{_e(title)}</h1>\n<p class="headline">{_e(figure)}。</p>\n{_p(more) if more else ""}\n</header>',
            *map(_p, filter(None, [rough_text(session, engine.assessor)])),
            *parts,
            f"<h2>{_e(say('document.told'))}</h2>\n{_list(told)}" if told else "",
            f"<footer>\n{_p(say('document.made', day=result.as_of.isoformat()))}\n{_p(say('document.promise'))}\n</footer>",
            "</body>\n</html>\n",
        ]
    )


def _table(lines: list[Line], sum_label: str) -> str:
    head = f'<tr><th>{_e(say("document.item"))}</th><th>{_e(say("document.formula"))}</th><th class="amount">{_e(say("document.amount"))}</th></tr>'
    rows = []
    for line in lines:
        entry = line.entry
        name = entry.rule.title
        if entry.project is not None:
            name += "，" + word("report.for_project", project=entry.project.id)
        if line.status != "firm":
            name += word(f"report.mark_{line.status}")
        source = f"《{entry.rules.document.short}》{entry.rule.clause.article}"
        rows.append(
            f'<tr><td>{_e(name)}<span class="source">{_e(source)}</span></td><td>{_e(formula_text(line))}</td>'
            f'<td class="amount">{_e(wan(line.amount))}</td></tr>'
        )
    total = wan(sum(line.amount for line in lines))
    rows.append(f'<tr class="total"><td colspan="2">{_e(sum_label)}</td><td class="amount">{_e(total)}</td></tr>')
    return "\n".join(["<table>", head, *rows, "</table>"])


def _rows(rows: list[str]) -> str:
    """Lines that begin with a dash or a number are a list, others are text."""
    items = [re.sub(r"^(?:- |\d+\. )", "", row) for row in rows]
    if all(row.startswith("- ") for row in rows):
        return _list(items)
    return "\n".join(map(_p, rows))


def _list(items: list[str]) -> str:
    return "\n".join(["<ul>", *(f"<li>{_e(item)}</li>" for item in items), "</ul>"])


def _p(text: str) -> str:
    return f"<p>{_e(text)}</p>"


def _e(text: str) -> str:
    return html.escape(clean(text))
