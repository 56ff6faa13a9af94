"""`kedui parked`: messages that could not be handled and were put aside; once the fault is mended, `--again` tries them.

Their users were told at once. What is tried again is not taken as an answer by itself, for the conversation has gone on: the
user is asked whether it still counts (bot/telegram/visit.py).
"""

from __future__ import annotations

import argparse
import json
from datetime import datetime

from bot import store as stores
from bot.__main__ import OK
from bot.published import database_path
from bot.settings import CHINA
from policies.database import Database, DatabaseError, guarded, immediate, open_database

_PARKED = "fault IS NOT NULL AND done_at IS NOT NULL"
_OF_A_CHAT = "chat <> '' AND body IS NOT NULL"


def count(database: Database) -> int:
    """How many are put aside."""
    found: int = database.conn.execute(f"SELECT count(*) FROM inbox WHERE {_PARKED}").fetchone()[0]
    return found


def again(database: Database) -> int:
    """They wait once more, but those of no chat; how many."""
    with immediate(database):
        return int(database.conn.execute(f"UPDATE inbox SET done_at = NULL WHERE {_PARKED} AND {_OF_A_CHAT}").rowcount)


def parked(arguments: argparse.Namespace) -> int:
    """The command: one line each, without a word of theirs."""
    path = database_path(arguments)
    if not path.exists():
        raise DatabaseError(f"没有数据库 {path}，机器人还没有启动过")
    migrations = (stores.MIGRATIONS,) if arguments.again else ()
    database = open_database(path, *migrations, readonly=not arguments.again)
    with guarded():
        if not database["inbox"].exists():
            raise DatabaseError(f"{path} 里没有机器人的记录，机器人还没有启动过")
        if arguments.again:
            print(
                f"{again(database)} 条再试一次：机器人在运行的，十几秒内处理；没运行的，下次启动时处理。会先问用户还算不算"
            )
        rows = database.conn.execute(
            f"SELECT received_at, chat, fault FROM inbox WHERE {_PARKED} ORDER BY id"
        ).fetchall()
    for at, chat, fault in rows:
        print("\t".join((f"{datetime.fromtimestamp(at, CHINA):%Y-%m-%d %H:%M}", chat or "-", _told(fault))))
    print(f"放在一边的消息：{len(rows)} 条" + ("" if arguments.again or not rows else "；改好以后用 --again 再试"))
    database.close()
    return OK


def _told(fault: str) -> str:
    """The kind of an exception and its innermost place; of what is no update of a chat, that."""
    try:
        told = json.loads(fault)
        return f"{told['error']}\t{(told['where'] or ['-'])[-1]}"
    except (ValueError, KeyError, TypeError):
        return "不是哪个对话里的消息，再试也没用"
