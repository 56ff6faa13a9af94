"""The tables and queries of the log, from what Datasette is told of them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from docs.pages.markdown import page, table
from policies.yaml12 import load

ROOT = Path(__file__).parent.parent.parent


def log_page() -> str:
    path = ROOT / "bot" / "journal" / "datasette.yaml"
    about: Any = load(path.read_text(encoding="utf-8"))[0]["databases"]["log"]

    def body() -> Iterator[str]:
        for name, one in about["tables"].items():
            yield f"## `{name}`"
            yield ""
            yield f"{one['title']}：{one['description']}"
            yield ""
            yield from table(["column", ""], ([f"`{column}`", said] for column, said in one["columns"].items()))
        yield "## Queries"
        yield ""
        yield from table(["name", ""], ([f"`{name}`", one["title"]] for name, one in about["queries"].items()))

    return page(
        "The log",
        "Tables and views of what was asked and answered, for whatever reads SQLite; `make datasette` opens them in a "
        "browser, with the queries below. What is kept, masked and for how long: [the log](../explanation/logs.md). "
        "`log_texts` is the full-text index over `log_turns.text`. Amounts are in fen. From `bot/journal/datasette.yaml`.",
        body(),
    )
