"""What the Bot API answers when it refuses: a code, a description in Telegram's words, and sometimes parameters."""

from __future__ import annotations

from typing import Any


class Refused(Exception):
    """A refusal as the real server words it. `parameters` is ResponseParameters (retry_after, migrate_to_chat_id)."""

    def __init__(self, code: int, description: str, **parameters: Any) -> None:
        super().__init__(description)
        self.code, self.description, self.parameters = code, description, parameters

    def body(self) -> dict[str, Any]:
        """The reply's JSON object."""
        reply: dict[str, Any] = {"ok": False, "error_code": self.code, "description": self.description}
        return {**reply, "parameters": self.parameters} if self.parameters else reply


def bad_request(description: str, **parameters: Any) -> Refused:
    return Refused(400, f"Bad Request: {description}", **parameters)


def unparsable(what: str) -> Refused:
    return bad_request(f"can't parse entities: {what}")


def too_many(seconds: int) -> Refused:
    return Refused(429, f"Too Many Requests: retry after {seconds}", retry_after=seconds)


class Impossible(Exception):
    """A scripted user cannot do this: the button is not there, the message is gone, the bot is blocked."""
