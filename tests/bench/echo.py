"""The bots that Kedui is compared with: a bare echo on python-telegram-bot, and one that stores each update durably first.

python -m tests.bench.echo URL TOKEN polling|webhook:PORT [FILE]
"""

from __future__ import annotations

import sqlite3
import sys
from typing import Any

from telegram import Update
from telegram.ext import ApplicationBuilder, MessageHandler, filters

CONCURRENCY = 24


def main(url: str, token: str, mode: str, file: str = "") -> None:
    connection = sqlite3.connect(file, isolation_level=None, check_same_thread=False) if file else None
    if connection is not None:
        for statement in ("PRAGMA journal_mode = WAL", "PRAGMA synchronous = FULL", "CREATE TABLE inbox (body TEXT)"):
            connection.execute(statement)

    async def echo(update: Update, context: Any) -> None:
        if connection is not None:
            connection.execute("INSERT INTO inbox VALUES (?)", [update.to_json()])
        assert update.message is not None
        assert update.message.text is not None
        await update.message.reply_text(update.message.text)

    application = (
        ApplicationBuilder()
        .token(token)
        .base_url(f"{url}/bot")
        .concurrent_updates(CONCURRENCY)
        .connection_pool_size(CONCURRENCY)
        .build()
    )
    application.add_handler(MessageHandler(filters.TEXT, echo))
    if mode == "polling":
        application.run_polling()
    else:
        port = int(mode.split(":")[1])
        application.run_webhook("127.0.0.1", port, "hook", webhook_url=f"http://127.0.0.1:{port}/hook")


if __name__ == "__main__":
    main(*sys.argv[1:])
