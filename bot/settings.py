"""Settings: from the environment and an optional `.env` (contract §6; `kedui settings` prints them)."""

from __future__ import annotations

import os
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from policies.errors import KeduiError

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
    telegram_api: str = Field(default="https://api.telegram.org", description="Bot API 服务器地址")
    telegram_mode: str = Field(default="polling", description="polling 或 webhook")
    telegram_webhook_url: str | None = Field(default=None, description="webhook 的公网地址")
    telegram_webhook_listen: str = Field(default="127.0.0.1:8443", description="webhook 监听地址")
    telegram_webhook_secret: str | None = Field(default=None, description="webhook 密钥")
    staff: str | None = Field(default=None, description="工作人员及角色")
    key_file: Path | None = Field(default=None, description="静态加密的密钥文件")
    contact: str | None = Field(default=None, description="文件没有写联系人时告诉用户找谁")
    retention_days: int = Field(default=180, ge=1, description="脱敏文本保留天数")
    log_level: str = Field(default="info", description="日志级别")


def read_settings() -> Settings:
    """The settings in force. Raises SettingsError with the variable's name."""
    try:
        return Settings()
    except ValidationError as error:
        names = "、".join(f"KEDUI_{str(item['loc'][0]).upper()}" for item in error.errors() if item["loc"])
        raise SettingsError(f"设置 {names} 不对，见 docs/reference/settings.md") from error


def now() -> datetime:
    """This moment in Asia/Shanghai."""
    return datetime.now(ZoneInfo("Asia/Shanghai"))


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
        rows.append(f"{variable}={'' if value is None else value}\t{source}\t{field.description}")
    return "\n".join(rows)
