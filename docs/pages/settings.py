"""The settings, from their model."""

from __future__ import annotations

from typing import Any

from bot import settings
from docs.pages.markdown import page, table


def settings_page() -> str:
    def default(value: Any) -> str:
        if value is None:
            return ""
        return "`" + str(value).replace(str(settings.data_folder()), "<data folder>") + "`"

    rows = (
        [
            f"`KEDUI_{name.upper()}`",
            field.description or "",
            default(field.get_default(call_default_factory=True)),
            "hidden" if name in settings.SECRETS else "",
        ]
        for name, field in settings.Settings.model_fields.items()
    )
    return page(
        "Settings",
        "From the environment, or from a file `.env` in the working folder; the environment wins. `kedui settings` "
        "prints those in force with their source, secrets hidden. The data folder is `$XDG_DATA_HOME/kedui`, else "
        "`%LOCALAPPDATA%/kedui`, else `.local/share/kedui` in the home folder.",
        table(["name", "meaning", "default", "secret"], rows),
    )
