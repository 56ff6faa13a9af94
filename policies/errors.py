"""Errors that a person can mend.

KeduiError
├── ProfileError     facts that cannot be used (exit status 2)
└── TableError       a policy table that cannot be used (exit status 2)
"""

from __future__ import annotations

import errno
from dataclasses import dataclass


class KeduiError(Exception):
    """Base of all errors shown to people: one clear sentence in Chinese, never a traceback."""


class ProfileError(KeduiError):
    """Facts that cannot be used: `code` for programs, `where` as a path such as `projects[0].id`."""

    def __init__(self, code: str, message: str, where: str = "") -> None:
        super().__init__(message)
        self.code, self.message, self.where = code, message, where


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong in a table: the file, the line (1-based), the row, what is wrong, what would be right.

    In a workbook `file` is the sheet and `cell` the cell (`B5`). `path` leads to the value in the file's data.
    """

    file: str
    line: int
    row: str
    text: str
    remedy: str = ""
    cell: str = ""
    path: tuple[str | int, ...] = ()

    def __str__(self) -> str:
        row = f"（{self.row}）" if self.row else ""
        remedy = f"。{self.remedy}" if self.remedy else ""
        where = f"{self.file}!{self.cell}" if self.cell else f"{self.file} 第{self.line}行"
        return f"{where}{row}：{self.text}{remedy}"


class TableError(KeduiError):
    """Tables that cannot be used, with every fault found."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__("\n".join(str(fault) for fault in faults))
        self.faults = faults


_SYSTEM = {
    errno.ENOENT: "没有这个文件或文件夹",
    errno.EISDIR: "这是一个文件夹",
    errno.ENOTDIR: "路径里有一段不是文件夹",
    errno.EACCES: "没有权限",
    errno.EPERM: "没有权限",
    errno.EROFS: "磁盘只能读",
    errno.ENOSPC: "磁盘满了",
    errno.EADDRINUSE: "地址已被占用",
    errno.EADDRNOTAVAIL: "本机没有这个地址",
    errno.ENAMETOOLONG: "名字太长",
}


def reason_of(error: OSError) -> str:
    """What the system refused, in Chinese where it is a usual refusal."""
    return _SYSTEM.get(error.errno or 0, error.strerror or type(error).__name__)
