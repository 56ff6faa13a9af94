"""What the bot remembers of one chat: the conversation, and the keyboards that may still be pressed."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any

from pydantic import TypeAdapter

from dialogs.session import Session

_TURNS = 80
"""Messages that can still be edited: as many as the session has turns in its history."""
SUPPOSED = 0
"""In place of a turn: the message told nothing, it asked what would be if."""
_WORDS = 60
"""Characters of a message by which an edit is told from the same words sent again."""


@dataclass
class Board:
    """A keyboard that was shown. `use` says what a press means; one board a use is live, the older ones are stale.

    ask (the standing question), edit (which fact to change), why (which clause), suppose (which what-if), report and list
    (what to do next), confirm (`about` says what: start, resume, forward, restart, delete).
    """

    use: str
    revision: int
    text: str
    """The text of the message that carries it: it is written anew when something was chosen."""
    options: list[tuple[Any, str]] = field(default_factory=list)
    """Value and label."""
    about: str = ""
    """The path of the fact asked, or what is to be confirmed."""
    several: bool = False
    chosen: list[int] = field(default_factory=list)
    page: int = 0


@dataclass
class Chat:
    """One chat. `Desk.handle` changes it in place; who stores it writes `to_json` back in the same transaction."""

    id: int
    kind: str = "private"
    """private, group, supergroup or channel, as Telegram says it."""
    session: Session = field(default_factory=Session)
    revision: int = 0
    """Counts what came in and the keyboards that went out. Tokens of buttons carry it: each keyboard has its own."""
    closed: bool = False
    """The user blocked the bot, or it was removed: nothing can be sent."""
    forget: bool = False
    """The user has confirmed /delete: erase all that is kept of this chat once the answer is sent."""
    last_at: datetime | None = None
    """When the user was last heard; set by `Desk.handle`."""
    started: int = 0
    """When this conversation began, in seconds of Unix time: tokens carry it. 0: not yet."""
    boards: dict[str, Board] = field(default_factory=dict)
    """By use."""
    pressed: str = ""
    """The token pressed last, while nothing else has come in: a double tap is told from an old keyboard."""
    turns: dict[int, tuple[int, str]] = field(default_factory=dict)
    """Message id → its turn of the conversation and how its words begin, for edited messages."""
    held: tuple[int, str] | None = None
    """A message, its id and text, that waits until the user has said whether to go on, or whether it counts."""
    supposing: bool = False
    """The next message says what to suppose."""
    payload: str = ""
    """What the link of /start said, while the user is asked whether to begin anew."""
    album: str = ""
    """The album answered last: its other pictures are not answered again."""

    def to_json(self) -> bytes:
        return _adapter().dump_json(self)

    @classmethod
    def from_json(cls, data: str | bytes) -> Chat:
        """Raises pydantic's ValidationError on what `to_json` did not write."""
        return _adapter().validate_json(data)

    def remember(self, message: int, turn: int, text: str) -> None:
        """The message told a turn."""
        self.turns[message] = (turn, text[:_WORDS])
        while len(self.turns) > _TURNS:
            del self.turns[next(iter(self.turns))]

    def told(self, message: int, text: str) -> bool:
        """Whether the message said just these words when it was last read."""
        return message in self.turns and self.turns[message][1] == text[:_WORDS]

    def begin(self, now: datetime) -> None:
        """A conversation of its own: keyboards and edits of the earlier one mean nothing in it."""
        self.started = max(int(now.timestamp()), self.started + 1)
        self.boards, self.turns, self.held, self.supposing, self.payload = {}, {}, None, False, ""


@lru_cache(maxsize=1)
def _adapter() -> TypeAdapter[Chat]:
    return TypeAdapter(Chat)
