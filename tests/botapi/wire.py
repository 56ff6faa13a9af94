"""JSON with bytes in it, for the control side: {"base64": "…"} stands for bytes."""

from __future__ import annotations

import base64
import json
from typing import Any


def dumps(value: Any) -> bytes:
    def default(item: Any) -> Any:
        if isinstance(item, bytes):
            return {"base64": base64.b64encode(item).decode()}
        raise TypeError(f"{type(item).__name__} is no JSON value")

    return json.dumps(value, ensure_ascii=False, default=default).encode("utf-8", "surrogatepass")


def loads(raw: bytes) -> Any:
    return json.loads(raw, object_hook=lambda o: base64.b64decode(o["base64"]) if set(o) == {"base64"} else o)
