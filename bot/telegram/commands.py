"""The bot's commands, and how it introduces itself: the menu and the texts that Telegram shows before /start."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.telegram.calls import Call
from dialogs.words import say

COMMANDS = ("start", "report", "back", "why", "whatif", "projects", "restart", "help", "privacy", "delete")
"""In the order of the menu."""

WORDS = ("report", "back", "restart", "why")
"""Commands that say what can be said in words; the words are `telegram.say_*`."""

_COMMAND = re.compile(r"/([A-Za-z0-9_]{1,32})(?:@([A-Za-z0-9_]+))?(?:\s+(.*))?", re.DOTALL)


@dataclass(frozen=True)
class Command:
    """`/whatif@kedui_bot 再投200万`: name, the bot that is meant ("" for any), and what follows."""

    name: str
    bot: str
    rest: str


def command_of(text: str) -> Command | None:
    """The command that a message is; None for anything else."""
    match = _COMMAND.fullmatch(text.strip())
    return Command(match[1].lower(), match[2] or "", (match[3] or "").strip()) if match else None


def introduction() -> list[Call]:
    """To be sent once at start: menu, description, short description."""
    menu = [{"command": name, "description": say(f"telegram.menu_{name}")} for name in COMMANDS]
    group = [row for row in menu if row["command"] in ("start", "help")]
    return [
        Call("setMyCommands", {"commands": menu, "scope": {"type": "all_private_chats"}}),
        Call("setMyCommands", {"commands": group, "scope": {"type": "all_group_chats"}}),
        Call("setMyDescription", {"description": say("telegram.description")}),
        Call("setMyShortDescription", {"short_description": say("telegram.short_description")}),
    ]
