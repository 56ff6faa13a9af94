"""The command line, from its own help."""

from __future__ import annotations

import argparse
from collections.abc import Iterator

from bot.__main__ import parser
from docs.pages.markdown import page, table


def commands_page() -> str:
    def body() -> Iterator[str]:
        for path, one in _commands(parser()):
            name = " ".join(path)
            yield f"## `{name}`"
            yield ""
            if one.description:
                yield one.description
                yield ""
            options = [action for action in one._actions if not isinstance(action, argparse._HelpAction)]
            subs = [action for action in options if isinstance(action, argparse._SubParsersAction)]
            for action in subs:
                helps = {choice.dest: choice.help or "" for choice in action._choices_actions}
                yield from table(["command", ""], ([f"`{name} {sub}`", helps.get(sub, "")] for sub in action.choices))
            rows = [[f"`{_usage(action)}`", action.help or ""] for action in options if action not in subs]
            if rows:
                yield from table(["argument", ""], rows)

    return page(
        "Commands",
        "`python -m bot` is the same program as `kedui`. Exit status: 0 done; 2 the facts, the tables or the call are "
        "unusable, with one line on standard error that says what is wrong, where, and what would be right. From the "
        "command line's own help.",
        body(),
    )


def _commands(root: argparse.ArgumentParser) -> Iterator[tuple[tuple[str, ...], argparse.ArgumentParser]]:
    stack: list[tuple[tuple[str, ...], argparse.ArgumentParser]] = [((root.prog,), root)]
    while stack:
        path, one = stack.pop(0)
        yield path, one
        for action in one._actions:
            if isinstance(action, argparse._SubParsersAction):
                stack[:0] = [((*path, name), sub) for name, sub in action.choices.items()]


def _usage(action: argparse.Action) -> str:
    name = str(action.metavar or action.dest)
    if not action.option_strings:
        return f"[{name}]" if action.nargs == "?" else name
    flags = ", ".join(action.option_strings)
    return flags if action.nargs == 0 else f"{flags} {name}"
