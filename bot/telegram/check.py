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
from policies.errors import KeduiError
from policies.staff import people

PORTS = (443, 80, 88, 8443)
"""Where Telegram delivers to."""


def check(settings: Settings) -> int:
    """One line a point. Exit status 0 when the bot can be started, else 1."""
    good = True
    for name, look in (
        ("令牌", _token),
        ("数据库", _database),
        ("密钥", _key),
        ("取消息", _mode),
        ("工作人员", _staff),
        ("Telegram", _telegram),
    ):
        try:
            print(f"{name}：{look(settings)}")
        except KeduiError as error:
            good = False
            print(f"{name}：不行。{error}")
    print("可以启动：kedui telegram" if good else "先改好上面标了“不行”的，再启动")
    return 0 if good else 1


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
    open_vault(open_database(settings.db, vaults.MIGRATIONS, stores.MIGRATIONS), path)
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
    return f"webhook，Telegram 送到 {url}，本机在 {host}:{port} 听，前面要有带证书的网页服务器转发"


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
