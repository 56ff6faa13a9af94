"""What staff may ask of the bot besides: `/clusters`, the questions nobody answered, and `/promote CODE`, a draft of an answer.

For ids with the role of editor and above (KEDUI_STAFF, `kedui staff add`). To all others these are commands that do not
exist. The bot publishes nothing: the draft is a CSV of the sheet 常见问题, and goes through import, check and publishing.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.settings import CHINA
from bot.telegram.calls import Call
from bot.telegram.commands import Command
from dialogs.words import say
from policies.database import Database
from policies.publishing import published_files
from policies.staff import allowed
from policies.store import published

COMMANDS = ("clusters", "promote")
DAYS, MOST, SHOWN = 30, 2000, 12
"""Days looked back, questions clustered, clusters shown: a moment of the bot's time."""
_WORDING = 60


class Staff:
    """Answers the commands of staff. `setting` is KEDUI_STAFF."""

    def __init__(self, database: Database, setting: str | None) -> None:
        self._database, self._setting = database, setting

    def answer(self, person: int, chat: int, command: Command, now: datetime) -> list[Call] | None:
        """The calls; None: not a command of staff, or not of this person."""
        if command.name not in COMMANDS or not allowed(self._database, self._setting, str(person), "editor"):
            return None
        from bot.analysis.figures import recent  # with the workbook's library: not before it is needed
        from bot.analysis.promoting import NoCluster, cluster_of, draft_csv, missing

        tables = published(self._database).tables
        found = recent(self._database, tables, now.astimezone(CHINA).date() - timedelta(days=DAYS), MOST)
        if command.name == "clusters":
            rows = [
                say(
                    "telegram.staff_cluster",
                    code=o.cluster.code,
                    count=o.cluster.count,
                    words=o.cluster.wordings[0][:_WORDING],
                )
                for o in found[:SHOWN]
            ]
            text = say("telegram.staff_clusters", days=DAYS, clusters=len(found), rows="\n".join(rows))
            return [_message(chat, text if found else say("telegram.staff_no_clusters", days=DAYS))]
        try:
            cluster = cluster_of(command.rest, (one.cluster for one in found))
            entry, sheet = draft_csv(cluster, published_files(self._database), tables)
        except NoCluster as error:
            return [_message(chat, str(error))]
        caption = say("telegram.staff_draft", id=entry["id"], asks=len(entry["asks"]))
        caption += say("telegram.staff_more", count=missing(entry)) if missing(entry) else ""
        file = (say("telegram.staff_file", code=cluster.code), sheet)
        return [Call("sendDocument", {"chat_id": chat, "caption": caption}, file=file)]


def _message(chat: int, text: str) -> Call:
    return Call("sendMessage", {"chat_id": chat, "text": text})
