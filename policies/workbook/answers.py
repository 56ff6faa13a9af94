"""Sheet 常见问题: prepared answers. Both directions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from policies.workbook import cells
from policies.workbook.rows import Line, Placed, Reader, Row
from policies.workbook.sheets import say


def answer_lines(document: str, data: Mapping[str, Any]) -> list[Line]:
    """The rows of a faq.yaml, or of glossary.yaml with no document."""
    out = []
    for entry in data["entries"]:
        line = {
            "document": document,
            **{key: entry[key] for key in ("id", "answer", "clause", "article", "quote") if key in entry},
        }
        line |= {"asks": "\n".join(entry["asks"]), "about": "；".join(entry.get("about", ()))}
        line |= {"cites": entry.get("document", ""), "names": cells.join_phrases(entry.get("names", ()))}
        out.append({**line, "general": say("yes")} if entry.get("general") else line)
    return out


def read_answers(rows: Iterable[Row], reader: Reader) -> dict[str, Any]:
    """The data of a faq.yaml from its rows."""
    entries = []
    for row in rows:
        entry = Placed(row)
        entry["id"] = reader.id(row, "id")
        entry.put("about", cells.ids(reader.text(row, "about")))
        entry.put("names", cells.phrases(reader.text(row, "names")))
        entry["asks"] = [line for line in map(cells.plain, reader.text(row, "asks").split("\n")) if line]
        entry["answer"] = reader.text(row, "answer")
        entry.put("document", reader.id(row, "cites"), "cites")
        entry.put("clause", reader.id(row, "clause"))
        for key in ("article", "quote"):
            entry.put(key, reader.text(row, key))
        entry.put("general", reader.yes(row, "general"))
        entries.append(entry)
    return {"entries": entries}
