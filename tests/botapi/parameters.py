"""The parameters of a call, from the query, a form, a multipart body or JSON, read as loosely as the real server does."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from tornado.httputil import HTTPServerRequest

from tests.botapi.errors import bad_request


@dataclass(frozen=True)
class Upload:
    """A file in a multipart body."""

    name: str
    content: bytes
    kind: str


@dataclass
class Parameters:
    """All values are text, as in a form; JSON values of other types are written as JSON."""

    values: dict[str, str]
    files: dict[str, Upload] = field(default_factory=dict)

    def text(self, name: str) -> str:
        return self.values.get(name, "")

    def integer(self, name: str, default: int = 0, least: int = -(2**63), most: int = 2**63 - 1) -> int:
        """A whole number, brought into its bounds; what is no number counts as 0."""
        if name not in self.values:
            return default
        try:
            return min(max(int(self.values[name].strip()), least), most)
        except ValueError:
            return min(max(0, least), most)

    def flag(self, name: str) -> bool:
        return self.text(name).strip().lower() in ("true", "yes", "1")

    def json(self, name: str, what: str) -> Any:
        """A JSON-serialised object, or None when there is none."""
        if not self.text(name):
            return None
        try:
            return json.loads(self.text(name))
        except ValueError:
            raise bad_request(f"can't parse {what} JSON object") from None


def read(request: HTTPServerRequest) -> Parameters:
    """The parameters of a request; tornado has read forms and multipart bodies already."""
    try:
        parameters = Parameters({name: values[-1].decode() for name, values in request.arguments.items()})
    except UnicodeDecodeError:
        raise bad_request("strings must be encoded in UTF-8") from None
    if request.files:
        for name, files in request.files.items():
            parameters.files[name] = Upload(files[-1]["filename"], files[-1]["body"], files[-1]["content_type"])
    if request.body and request.headers.get("Content-Type", "").startswith("application/json"):
        try:
            given = json.loads(request.body)
        except ValueError:
            raise bad_request("can't parse JSON object") from None
        if not isinstance(given, dict):
            raise bad_request("can't parse request: JSON object expected")
        parameters.values |= {name: as_text(value) for name, value in given.items() if value is not None}
    return parameters


def as_text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
