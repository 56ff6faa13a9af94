"""The command `kedui` (also `python -m bot`). Each command imports what it needs, so that `--help` is quick."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from datetime import date
from typing import NoReturn

OK, FAILED, UNUSABLE = 0, 1, 2


class _Parser(argparse.ArgumentParser):
    """Errors in one Chinese line."""

    def error(self, message: str) -> NoReturn:
        print(f"用法不对：{message}。用 {self.prog} --help 看用法", file=sys.stderr)
        raise SystemExit(UNUSABLE)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"日期 {text[:20]} 不对，应写成 2025-06-30 这样") from None


def parser() -> argparse.ArgumentParser:
    """The command line (docs/reference/commands.md is generated from here)."""
    root = _Parser(prog="kedui", description="可兑：企业能拿到多少政策支持，最高多少，哪些互斥")
    commands = root.add_subparsers(dest="command", metavar="命令", required=True, parser_class=_Parser)
    common = _Parser(add_help=False)
    common.add_argument("--as-of", type=_day, metavar="YYYY-MM-DD", help="按哪一天计算（默认今天）")
    common.add_argument(
        "--db", metavar="FILE", help="SQLite 文件（默认 KEDUI_DB）：里面有发布的政策表就用它，没有就用自带的库"
    )
    common.add_argument("--policies", metavar="DIR", help="从文件夹读政策表，不用已发布的")

    chat = commands.add_parser("chat", parents=[common], help="在终端里对话测算")
    chat.add_argument("--jsonl", action="store_true", help="给程序用：一行一个 JSON 对象")

    assess = commands.add_parser("assess", parents=[common], help="由事实文件（YAML 或 JSON）给出测算报告")
    assess.add_argument("file", metavar="FILE", help="事实文件，- 为标准输入")
    assess.add_argument("--json", action="store_true", help="输出 JSON")
    assess.add_argument("--jsonl", action="store_true", help="一行一份事实，一行一份结果")
    assess.add_argument("--brief", action="store_true", help="JSON 里不写未计入的条款、提示和说明文字")

    policies = commands.add_parser("policies", help="查看和检查政策表")
    actions = policies.add_subparsers(dest="action", metavar="动作", required=True, parser_class=_Parser)
    listing = actions.add_parser("list", parents=[common], help="列出政策文件和状态")
    listing.set_defaults(action="list")
    show = actions.add_parser("show", parents=[common], help="显示一个文件的条款")
    show.add_argument("document", metavar="文件编号")
    check = actions.add_parser("check", help="检查政策文件夹")
    check.add_argument("dir", nargs="?", metavar="DIR", help="政策文件夹（默认自带的库）")

    commands.add_parser("settings", help="显示设置和来源")
    return root


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit status."""
    for stream in (sys.stdout, sys.stderr, sys.stdin):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    arguments = parser().parse_args(argv)
    try:
        return _run(arguments)
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return OK


def _run(arguments: argparse.Namespace) -> int:
    from policies.errors import KeduiError

    try:
        if arguments.command == "chat":
            from bot.terminal import chat

            return chat(arguments)
        if arguments.command == "assess":
            from bot.assessing import assess

            return assess(arguments)
        if arguments.command == "policies":
            from bot.tables import policies

            return policies(arguments)
        from bot.settings import read_settings, table

        print(table(read_settings()))
        return OK
    except KeduiError as error:
        if getattr(arguments, "json", False):
            import json

            print(json.dumps({"error": {"code": "unusable", "message": str(error), "where": ""}}, ensure_ascii=False))
        print(str(error), file=sys.stderr)
        return UNUSABLE


if __name__ == "__main__":
    sys.exit(main())
