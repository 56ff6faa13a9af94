"""The command `kedui` (also `python -m bot`). Each command imports what it needs, so that `--help` is quick."""

from __future__ import annotations

import argparse
import json
import os
import re
import sys
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any, NoReturn

OK, FAILED, UNUSABLE = 0, 1, 2


_SAID = (
    (r"argument ([^:]+): expected .*", r"\1 后面要写一个值"),
    (r"argument ([^:]+): invalid choice: (.+) \(choose from (.*)\)", r"\1 没有 \2，可用的是 \3"),
    (r"argument ([^:]+): not allowed with argument (.+)", r"\1 和 \2 只能写一个"),
    (r"argument ([^:]+): invalid .+ value: (.+)", r"\1 的值 \2 不对"),
    (r"argument ([^:]+): (.+)", r"\1：\2"),
    (r"the following arguments are required: (.+)", r"缺少 \1"),
    (r"one of the arguments (.+) is required", r"缺少 \1 中的一个"),
    (r"unrecognized arguments: (.+)", r"不认识 \1"),
    (r"ambiguous option: (.+) could match (.+)", r"\1 不明确，可能是 \2"),
)
"""What argparse says in English, and in Chinese."""


class _Parser(argparse.ArgumentParser):
    """Errors in one Chinese line; for programs that ask for JSON, as an object too."""

    told: Sequence[str] = ()

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        self.told = sys.argv[1:] if args is None else args
        return super().parse_known_args(args, namespace)

    def error(self, message: str) -> NoReturn:
        for pattern, said in _SAID:
            if (found := re.fullmatch(pattern, message, re.DOTALL)) is not None:
                message = found.expand(said)
                break
        message = f"用法不对：{message}。用 {self.prog} --help 看用法"
        if "--json" in self.told:
            print(json.dumps({"error": {"code": "usage", "message": message, "where": ""}}, ensure_ascii=False))
        print(message, file=sys.stderr)
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

    policies = commands.add_parser("policies", help="查看、检查、修改和发布政策表")
    actions = policies.add_subparsers(dest="action", metavar="动作", required=True, parser_class=_Parser)
    listing = actions.add_parser("list", parents=[common], help="列出政策文件和状态")
    listing.set_defaults(action="list")
    show = actions.add_parser("show", parents=[common], help="显示一个文件的条款，或一个版本")
    show.add_argument("document", metavar="文件编号|版本", nargs="?", help="不写：现在发布的版本")
    ending = actions.add_parser("expiring", parents=[common], help="快到期的文件")
    ending.add_argument("--within", type=int, default=30, metavar="DAYS", help="多少天以内（默认 30）")
    check = actions.add_parser("check", help="检查政策文件夹或工作簿：错误、提醒和案例，什么都不改")
    check.add_argument("--as-of", type=_day, metavar="YYYY-MM-DD", help="按哪一天看到期（默认今天）")
    check.add_argument(
        "--db", metavar="FILE", help="工作簿放进哪个数据库已发布的表里检查（默认 KEDUI_DB，没有就用自带的库）"
    )
    check.add_argument(
        "dir", nargs="?", metavar="DIR|FILE", help="政策文件夹（默认自带的库），或工作簿（.xlsx、一页的 .csv）"
    )

    export = actions.add_parser("export", parents=[common], help="写成工作簿（.xlsx），或一页的 .csv")
    export.add_argument("file", metavar="FILE", help="要写的文件，以 .xlsx 或 .csv 结尾")
    export.add_argument("--document", metavar="ID", help="只写一个文件的表")
    export.add_argument("--template", action="store_true", help="空白模板，用来新增一个文件")
    export.add_argument("--sheet", metavar="页", help=".csv 写哪一页（默认看文件名，如 条款.csv）")
    export.add_argument("--force", action="store_true", help="文件已经有了也覆盖")
    drafting = actions.add_parser("draft", parents=[common], help="由政策原文起草工作簿（.txt .md .html .docx .pdf）")
    drafting.add_argument("file", metavar="FILE", help="政策原文")
    drafting.add_argument("--output", "-o", metavar="XLSX", help="写到哪里（默认原文的文件名加 .xlsx）")
    drafting.add_argument("--force", action="store_true", help="文件已经有了也覆盖")
    form = actions.add_parser("format", help="把政策文件夹整理成统一的写法（注释会丢失）")
    form.add_argument("dir", metavar="DIR", help="政策文件夹")
    form.add_argument("--force", action="store_true", help="有注释也整理")
    _publishing(actions)

    staff = commands.add_parser("staff", help="谁可以查看、编辑、发布政策表")
    doing = staff.add_subparsers(dest="action", metavar="动作", required=True, parser_class=_Parser)
    where = _Parser(add_help=False)
    where.add_argument("--db", metavar="FILE", help="SQLite 文件（默认 KEDUI_DB）")
    add = doing.add_parser("add", parents=[where], help="给一个人角色")
    add.add_argument("person", metavar="ID", help="Telegram 用户编号，或本机用户名")
    add.add_argument("role", metavar="ROLE", help="reader（查看）、editor（编辑）或 publisher（发布）")
    remove = doing.add_parser("remove", parents=[where], help="取消一个人的角色")
    remove.add_argument("person", metavar="ID", help="Telegram 用户编号，或本机用户名")
    doing.add_parser("list", parents=[where], help="列出工作人员")

    _asked(commands)
    _running(commands)
    commands.add_parser("settings", help="显示设置和来源")
    return root


def _asked(commands: argparse._SubParsersAction[_Parser]) -> None:
    """What was asked and answered (bot/analysis), and the log it rests on (bot/journal)."""
    where = _Parser(add_help=False)
    where.add_argument("--db", metavar="FILE", help="SQLite 文件（默认 KEDUI_DB）")
    span = _Parser(add_help=False)
    span.add_argument("--since", type=_day, metavar="YYYY-MM-DD", help="从哪天开始的对话（默认最早）")
    span.add_argument("--until", type=_day, metavar="YYYY-MM-DD", help="到哪天为止，含当天（默认最近）")
    faq = commands.add_parser("faq", help="企业问了什么、哪些没答上来，补写答复")
    actions = faq.add_subparsers(dest="action", metavar="动作", required=True, parser_class=_Parser)
    report = actions.add_parser("report", parents=[where, span], help="报告：对话、提问、没答上来的、听不懂的")
    report.add_argument("--html", metavar="FILE", help="写成一个网页文件，带图")
    promote = actions.add_parser("promote", parents=[where, span], help="由一类没答上来的提问起草答复（工作簿）")
    promote.add_argument("cluster", metavar="编号", help="报告里这一类的编号")
    promote.add_argument("--output", "-o", metavar="XLSX", help="写到哪里（默认 asked-编号.xlsx）")
    promote.add_argument("--force", action="store_true", help="文件已经有了也覆盖")

    log = commands.add_parser("log", help="对话日志：搜索、清理、另存")
    doing = log.add_subparsers(dest="action", metavar="动作", required=True, parser_class=_Parser)
    search = doing.add_parser("search", parents=[where], help="搜用户说过的话，两个字就能搜")
    search.add_argument("word", metavar="词", help="要搜的词")
    search.add_argument("--most", type=int, default=50, metavar="N", help="最多列几条（默认 50）")
    purge = doing.add_parser("purge", parents=[where], help="删除过了保存期限的日志")
    purge.add_argument("--days", type=int, metavar="N", help="保存几天（默认 KEDUI_RETENTION_DAYS）")
    export = doing.add_parser("export", parents=[where], help="把日志单独另存一个文件，给 Datasette 等工具看")
    export.add_argument("file", metavar="FILE", help="要写的文件")
    export.add_argument("--force", action="store_true", help="文件已经有了也覆盖")


def _running(commands: argparse._SubParsersAction[_Parser]) -> None:
    """The Telegram bot and its care (bot/app.py, bot/operations.py)."""
    where = _Parser(add_help=False)
    where.add_argument("--db", metavar="FILE", help="SQLite 文件（默认 KEDUI_DB）")
    telegram = commands.add_parser("telegram", parents=[where], help="运行 Telegram 机器人")
    telegram.add_argument("--check", action="store_true", help="只检查设置，用普通话说出哪里不对")
    commands.add_parser("health", parents=[where], help="机器人是否正常：90 秒内有动静")
    parked = commands.add_parser("parked", parents=[where], help="处理时出了错、放在一边的消息")
    parked.add_argument("--again", action="store_true", help="错处改好以后，再试一次")
    backup = commands.add_parser("backup", parents=[where], help="备份数据库，机器人不用停")
    backup.add_argument("file", metavar="FILE", help="备份到哪个文件")
    restore = commands.add_parser("restore", parents=[where], help="由备份恢复数据库，先停掉机器人")
    restore.add_argument("file", metavar="FILE", help="备份文件")


def _publishing(actions: argparse._SubParsersAction[_Parser]) -> None:
    """The actions of bot/publishing.py."""
    where = _Parser(add_help=False)
    where.add_argument("--db", metavar="FILE", help="SQLite 文件（默认 KEDUI_DB）")
    day = _Parser(add_help=False)
    day.add_argument("--as-of", type=_day, metavar="YYYY-MM-DD", help="没写日期的情况按哪一天计算（默认今天）")
    which = _Parser(add_help=False)
    which.add_argument("--draft", type=int, metavar="N", help="哪一份草稿（只有一份时不用写）")
    why = _Parser(add_help=False)
    why.add_argument("--reason", required=True, metavar="TEXT", help="为什么改，记在版本里")

    bring = actions.add_parser("import", parents=[where, day], help="读入修改：检查、列出不同和影响，等待发布")
    bring.add_argument(
        "file", metavar="FILE|DIR", nargs="?", help="工作簿 .xlsx、一页的 .csv，或政策文件夹（其中一个文件的也行）"
    )
    bring.add_argument("--annotate", metavar="COPY.xlsx", help="有错时另存一本，错处写成单元格批注")
    bring.add_argument("--library", action="store_true", help="程序自带的库里，工作人员没有改过的文件的更新")
    bring.add_argument("--whole", action="store_true", help="只留这里有的文件，其余的删去（默认其余不动）")
    actions.add_parser("impact", parents=[where, day, which], help="草稿发布后谁的结果会变、变多少")
    actions.add_parser("publish", parents=[where, which, why], help="发布草稿")
    actions.add_parser("drop", parents=[where, which], help="放弃草稿")
    back = actions.add_parser("rollback", parents=[where, why], help="撤回：把较早的一版作为新版发布")
    back.add_argument("version", type=int, metavar="N", help="版本号")
    actions.add_parser("history", parents=[where], help="各版：谁、何时、为什么")
    compare = actions.add_parser("diff", parents=[where], help="用文字说明两套表的不同")
    kinds = "版本号、published、draft、library（自带的库）或文件夹"
    compare.add_argument("old", metavar="A", nargs="?", default="published", help=f"{kinds}（默认 published）")
    compare.add_argument("new", metavar="B", nargs="?", default="draft", help=f"{kinds}（默认 draft）")
    actions.add_parser("audit", parents=[where], help="核对审计记录")


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
        if arguments.command == "staff":
            from bot.staffing import staff

            return staff(arguments)
        if arguments.command == "faq":
            from bot.analysis.commands import faq

            return faq(arguments)
        if arguments.command == "log":
            from bot.journal.commands import log

            return log(arguments)
        if arguments.command == "parked":
            from bot.parked import parked

            return parked(arguments)
        if arguments.command in ("telegram", "health", "backup", "restore"):
            from bot import operations

            command: Callable[[argparse.Namespace], int] = getattr(operations, arguments.command)
            return command(arguments)
        from bot.settings import read_settings, table

        print(table(read_settings()))
        return OK
    except KeduiError as error:
        if getattr(arguments, "json", False):
            import json

            print(json.dumps({"error": {"code": "unusable", "message": str(error), "where": ""}}, ensure_ascii=False))
        print(str(error), file=sys.stderr)
        return (
            FAILED if arguments.command in ("health", "parked", "backup", "restore") else UNUSABLE
        )  # for scripts: done or not


if __name__ == "__main__":
    sys.exit(main())
