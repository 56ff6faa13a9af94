"""`kedui telegram --check`: what is wrong with the settings, in plain words, before the bot is started.

Changes nothing but what a first start would make: database and key.
"""

from __future__ import annotations

import asyncio
import os
from urllib.parse import urlsplit

from telegram.error import InvalidToken, TelegramError

from bot import store as stores
from bot import vault as vaults
from bot.lock import Locked, held, lock_of_database
from bot.settings import Settings, SettingsError
from bot.telegram.api import Api
from bot.vault import key_file_of, open_vault
from policies.database import immediate, open_database
from policies.errors import KeduiError, reason_of
from policies.staff import people

PORTS = (443, 80, 88, 8443)
"""Where Telegram delivers to."""


def check(settings: Settings) -> int:
    """One line a point. Exit status 0 when the bot can be started, else 1. One fault is said once."""
    wrong: list[str] = []
    for name, look, needs in (
        ("令牌", _token, ()),
        ("数据库", _database, ()),
        ("密钥", _key, ("数据库",)),
        ("取消息", _mode, ()),
        ("工作人员", _staff, ()),
        ("Telegram", _telegram, ("令牌",)),
    ):
        first = next((need for need in needs if need in wrong), None)
        if first is not None:
            print(f"{name}：先改好“{first}”，才能看")
            continue
        try:
            print(settings.discreet(f"{name}：{look(settings)}"))
        except KeduiError as error:
            wrong.append(name)
            print(settings.discreet(f"{name}：不行。{error}"))
    print("先改好上面标了“不行”的，再启动" if wrong else "可以启动：kedui telegram")
    return 1 if wrong else 0


def _token(settings: Settings) -> str:
    settings.need_token()
    return "样子对"


def _database(settings: Settings) -> str:
    try:
        with held(lock_of_database(settings.db), ""):
            database = open_database(settings.db, vaults.MIGRATIONS, stores.MIGRATIONS)
            with immediate(database):
                database.conn.execute("INSERT OR REPLACE INTO beats VALUES ('check', 0)")
                database.conn.execute("DELETE FROM beats WHERE name = 'check'")
            database.close()
    except Locked:
        return f"{settings.db} 可用，有一个机器人正在用它（同时只能运行一个）"
    return f"{settings.db} 可读写"


def _key(settings: Settings) -> str:
    path = key_file_of(settings.db, settings.key_file)
    database = open_database(settings.db, vaults.MIGRATIONS, stores.MIGRATIONS)
    open_vault(database, path)
    database.close()
    others = path.stat().st_mode & 0o077
    hint = "；但别人也能读它，建议 chmod 600" if others and os.name == "posix" else ""
    return f"{path} 与数据库相符{hint}。请另存一份，丢了就打不开对话"


def _mode(settings: Settings) -> str:
    if settings.telegram_mode == "polling":
        return "长轮询（polling），不需要公网地址"
    url, (host, port) = settings.need_webhook()
    parts = urlsplit(url)
    own = not settings.telegram_api.startswith("https://api.telegram.org")
    if not own and (parts.scheme != "https" or (parts.port or 443) not in PORTS):
        raise SettingsError(f"KEDUI_TELEGRAM_WEBHOOK_URL 应是 https，端口只能是 {'、'.join(map(str, PORTS))}")
    _try_to_listen(settings, host, port)
    return f"webhook，Telegram 送到 {url}，本机在 {host}:{port} 听，前面要有带证书的网页服务器转发"


def _try_to_listen(settings: Settings, host: str, port: int) -> None:
    """Raises SettingsError, unless it is a bot of ours that listens there."""

    async def listen() -> None:
        server = await asyncio.get_running_loop().create_server(asyncio.Protocol, host, port)
        server.close()

    try:
        with held(lock_of_database(settings.db), ""):
            asyncio.run(listen())
    except OSError as error:
        raise SettingsError(
            f"监听地址 {host}:{port} 用不了（{reason_of(error)}）：检查 KEDUI_TELEGRAM_WEBHOOK_LISTEN，或停掉占用它的程序"
        ) from error
    except KeduiError:
        return  # running, or no place for the lock: said elsewhere


def _staff(settings: Settings) -> str:
    roles = people(None, settings.staff)
    on_telegram = sum(person.isdecimal() for person in roles)
    return f"KEDUI_STAFF 里有 {len(roles)} 人，其中 {on_telegram} 人写的是 Telegram 编号；用 kedui staff add 加的另算"


def _telegram(settings: Settings) -> str:
    token = settings.need_token()

    async def ask() -> str:
        api = Api(token, settings.telegram_api)
        try:
            me = await api.call("getMe", {}, 10.0)
            return f"连得上，机器人是 @{me.get('username')}"
        finally:
            await api.close()

    try:
        return asyncio.run(ask())
    except InvalidToken as error:
        raise SettingsError("令牌不被承认，应与 @BotFather 给出的一字不差") from error
    except TelegramError as error:
        raise SettingsError(
            f"连不上 {settings.telegram_api}（{type(error).__name__}）。检查网络；要走代理的，设置 HTTPS_PROXY"
        ) from error
