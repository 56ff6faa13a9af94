"""Settings: from the environment and an optional `.env` (docs/reference/settings.md; `kedui settings` prints them)."""

from __future__ import annotations

import os
import re
from datetime import date, datetime
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from policies.errors import KeduiError

CHINA = ZoneInfo("Asia/Shanghai")
"""The zone of all days and times."""
_TOKEN = re.compile(r"\d{1,20}:[A-Za-z0-9_-]+")
SECRETS = ("telegram_token", "telegram_webhook_secret")


class SettingsError(KeduiError):
    """A setting that cannot be used."""


def data_folder() -> Path:
    """The user's data folder (XDG base directory specification)."""
    base = os.environ.get("XDG_DATA_HOME") or os.environ.get("LOCALAPPDATA") or str(Path.home() / ".local" / "share")
    return Path(base) / "kedui"


class Settings(BaseSettings):
    """All settings, each with its default."""

    model_config = SettingsConfigDict(env_prefix="KEDUI_", env_file=".env", extra="ignore")

    db: Path = Field(default_factory=lambda: data_folder() / "kedui.db", description="SQLite 文件")
    as_of: date | None = Field(default=None, description="当作“今天”的日期")
    telegram_token: str | None = Field(default=None, description="机器人令牌")
    telegram_api: str = Field(
        default="https://api.telegram.org",
        pattern=r"^https?://[^/\s]+",
        description="Bot API 服务器地址，http:// 或 https:// 开头",
    )
    telegram_mode: Literal["polling", "webhook"] = Field(default="polling", description="polling 或 webhook")
    telegram_webhook_url: str | None = Field(default=None, description="webhook 的公网地址")
    telegram_webhook_listen: str = Field(default="127.0.0.1:8443", description="webhook 监听地址")
    telegram_webhook_secret: str | None = Field(default=None, description="webhook 密钥")
    telegram_limits: bool = Field(
        default=True, description="自己遵守 Telegram 的发送频率限制；只在自建的测试服务器上关掉"
    )
    telegram_patience: int = Field(default=90, ge=5, description="多少秒取不到消息就退出，由守护程序重启")
    staff: str | None = Field(default=None, description="工作人员及角色，如 12345:publisher,67890:editor")
    key_file: Path | None = Field(default=None, description="静态加密的密钥文件")
    contact: str | None = Field(default=None, description="文件没有写联系人时告诉用户找谁")
    retention_days: int = Field(default=180, ge=1, description="脱敏文本保留天数")
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="日志级别：debug、info、warning 或 error"
    )

    def need_token(self) -> str:
        """The bot's token. Raises SettingsError."""
        token = (self.telegram_token or "").strip()
        if not token:
            raise SettingsError(
                "没有设置 KEDUI_TELEGRAM_TOKEN：在 Telegram 里找 @BotFather 新建机器人，把它给的令牌设进来"
            )
        if not _TOKEN.fullmatch(token):
            raise SettingsError("KEDUI_TELEGRAM_TOKEN 的样子不对，应像 123456789:AAE… 这样：数字、冒号、再一串字母数字")
        if token in self.telegram_api:
            raise SettingsError("KEDUI_TELEGRAM_API 只写到服务器地址为止，不要带 /bot 和令牌")
        return token

    @property
    def secrets(self) -> tuple[str, ...]:
        """What must never be told: the token, also its second half alone, and the webhook's secret."""
        token = (self.telegram_token or "").strip()
        found = (token, token.partition(":")[2], (self.telegram_webhook_secret or "").strip())
        return tuple(secret for secret in found if len(secret) > 3)

    def discreet(self, text: str) -> str:
        """A text without secrets, which may stand in an address as well."""
        for secret in self.secrets:
            text = text.replace(secret, "***")
        return text

    def need_webhook(self) -> tuple[str, tuple[str, int]]:
        """The public address and where to listen. Raises SettingsError."""
        url = self.telegram_webhook_url or ""
        if not re.match(r"https?://[^/\s]+", url):
            raise SettingsError("KEDUI_TELEGRAM_WEBHOOK_URL 没有设置或不对，应是公网能访问的 https:// 地址")
        host, _, port = self.telegram_webhook_listen.rpartition(":")
        if not port.isdecimal() or not 0 < int(port) < 65536:
            raise SettingsError("KEDUI_TELEGRAM_WEBHOOK_LISTEN 不对，应写成 127.0.0.1:8443 这样")
        secret = self.telegram_webhook_secret
        if secret is not None and not re.fullmatch(r"[A-Za-z0-9_-]{1,256}", secret):
            raise SettingsError("KEDUI_TELEGRAM_WEBHOOK_SECRET 只能用字母、数字、下划线和连字符，最多 256 个")
        return url, (host.strip("[]") or "127.0.0.1", int(port))


def read_settings() -> Settings:
    """The settings in force. Raises SettingsError with the variable's name."""
    try:
        return Settings()
    except ValidationError as error:
        names = [str(item["loc"][0]) for item in error.errors() if item["loc"]]
        told = "、".join(f"KEDUI_{name.upper()}（{Settings.model_fields[name].description}）" for name in names)
        raise SettingsError(f"设置 {told} 不对，见 docs/reference/settings.md") from error


def now() -> datetime:
    """This moment in Asia/Shanghai."""
    return datetime.now(CHINA)


def today() -> date:
    """Today in Asia/Shanghai."""
    return now().date()


def table(settings: Settings) -> str:
    """The settings with their source; secrets hidden."""
    rows = []
    for name, field in Settings.model_fields.items():
        variable = f"KEDUI_{name.upper()}"
        value = getattr(settings, name)
        if value is not None and name in SECRETS:
            value = "（已设置，不显示）"
        source = "环境变量" if variable in os.environ else (".env" if name in settings.model_fields_set else "默认")
        shown = "" if value is None else settings.discreet(str(value))
        rows.append(f"{variable}={shown}\t{source}\t{field.description}")
    return "\n".join(rows)
