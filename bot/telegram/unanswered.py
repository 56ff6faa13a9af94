"""The questions nobody answered: `/clusters` for the bureau's editors, and `/promote CODE`, a draft of an answer.

The bot publishes nothing here: the draft is a CSV of the sheet 常见问题, and goes through import, check and publishing.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from bot.telegram import letters
from bot.telegram.letters import Letter
from dialogs.words import say
from policies.database import Database
from policies.publishing import published_files
from policies.store import published

if TYPE_CHECKING:
    from bot.analysis.figures import Open

DAYS, MOST, SHOWN = 30, 2000, 12
"""Days looked back, questions clustered (a third of a second), clusters shown."""
_WORDING = 60


def listed(to: int, database: Database, today: date) -> list[Letter]:
    """What is asked and goes unanswered, the commonest first, each with its code."""
    found = _recent(database, today)
    if not found:
        return letters.text(to, say("staff.no_clusters", days=DAYS))
    rows = [
        say("staff.cluster", code=one.cluster.code, count=one.cluster.count, words=one.cluster.wordings[0][:_WORDING])
        for one in found[:SHOWN]
    ]
    return letters.text(to, say("staff.clusters", days=DAYS, clusters=len(found), rows="\n".join(rows)))


def draft(to: int, database: Database, code: str, today: date) -> list[Letter]:
    """The sheet with a last row to be answered; or that no cluster has this code."""
    from bot.analysis.promoting import NoCluster, cluster_of, draft_csv, missing

    try:
        cluster = cluster_of(code, (one.cluster for one in _recent(database, today)))
        entry, sheet = draft_csv(cluster, published_files(database), published(database).tables)
    except NoCluster as error:
        return letters.text(to, str(error))
    caption = say("staff.asked_draft", id=entry["id"], asks=len(entry["asks"]))
    caption += say("staff.asked_more", count=missing(entry)) if missing(entry) else ""
    return [letters.file(to, say("staff.asked_name", code=cluster.code), sheet, caption)]


def _recent(database: Database, today: date) -> list[Open]:
    from bot.analysis.figures import recent  # with the workbook's library: not before it is needed

    return recent(database, published(database).tables, today - timedelta(days=DAYS), MOST)
