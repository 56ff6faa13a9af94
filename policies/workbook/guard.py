"""Looks at a file before anything reads it: is it a workbook, and one that cannot harm? Nothing in it is evaluated.

Refused with a sentence, in bounded memory: what is no .xlsx, what is too large or inflates to too much, macros, links to
other files, embedded objects, XML with entities, more rows or cells than tables of policies ever have.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import IO
from xml.parsers import expat

from policies.errors import KeduiError

MB = 1_000_000
LARGEST_FILE = 20 * MB
LARGEST_PART, LARGEST_WHOLE = 60 * MB, 120 * MB
"""Bytes of one part, and of all, once inflated."""
PARTS, ROWS, CELLS, COLUMNS, DEPTH = 2000, 50_000, 500_000, 500, 60
"""Parts of the archive; row elements, filled cells and columns of a sheet; nesting of elements."""
STRINGS = 400_000

_CHUNK = 1 << 16
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OTHERS = {b"%PDF": "PDF", b"\x89PNG": "图片", b"\xff\xd8\xff": "图片", b"{\\rtf": "RTF 文档", b"Rar!": "压缩包"}
_FORBIDDEN = (
    ("vbaproject", "宏"),
    ("externallinks/", "指向别的文件的链接"),
    ("embeddings/", "嵌入的对象"),
    ("activex/", "控件"),
    ("macrosheets/", "宏"),
    ("dialogsheets/", "宏"),
    ("connections.xml", "外部数据连接"),
    ("querytables/", "外部数据连接"),
)


class UnusableWorkbook(KeduiError):
    """A file that is not read at all, and why."""


@dataclass(frozen=True)
class Extent:
    """How far the filled cells of the sheets go."""

    rows: int = 1
    columns: int = 1


def inspect(path: Path) -> Extent:
    """Raises UnusableWorkbook unless the file is a plain workbook of a sensible size."""
    name = path.name
    try:
        size = path.stat().st_size
        if size > LARGEST_FILE:
            raise UnusableWorkbook(f"{name} 有 {size // MB} MB，超过 {LARGEST_FILE // MB} MB，没有读；政策表不会这么大")
        with path.open("rb") as file:
            _magic(file.read(8), file, name)
        with zipfile.ZipFile(path) as archive:
            return _archive(archive, name)
    except OSError as error:
        raise UnusableWorkbook(f"打不开 {name}：{error.strerror or error}。检查路径和权限") from error
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError) as error:
        raise UnusableWorkbook(f"{name} 坏了或不完整，用 Excel 打开后另存为 .xlsx 再试") from error


def _magic(head: bytes, file: IO[bytes], name: str) -> None:
    if head.startswith(b"PK\x03\x04"):
        return
    if head.startswith(_OLE):
        locked = "EncryptedPackage".encode("utf-16-le") in file.read(LARGEST_FILE)
        what = "加了密码，去掉密码再试" if locked else "是旧的 .xls 格式，另存为 .xlsx 再试"
        raise UnusableWorkbook(f"{name} {what}")
    if not head:
        raise UnusableWorkbook(f"{name} 是空文件")
    what = next((what for magic, what in _OTHERS.items() if head.startswith(magic)), "别的文件")
    raise UnusableWorkbook(f"{name} 不是 Excel 工作簿（.xlsx），是{what}")


def _archive(archive: zipfile.ZipFile, name: str) -> Extent:
    parts = archive.infolist()
    names = [part.filename for part in parts]
    if len(parts) > PARTS or len(set(names)) != len(names):
        raise UnusableWorkbook(f"{name} 的结构不正常，没有读")
    if "[Content_Types].xml" not in names or not any(part.startswith("xl/") for part in names):
        raise UnusableWorkbook(f"{name} 不是 Excel 工作簿（.xlsx），是别的压缩文件")
    for part in parts:
        if part.flag_bits & 1:
            raise UnusableWorkbook(f"{name} 加了密码，去掉密码再试")
        what = next((what for piece, what in _FORBIDDEN if piece in part.filename.lower()), None)
        if what is not None:
            raise UnusableWorkbook(f"{name} 里有{what}，没有读；去掉后另存为 .xlsx 再试")
    if any(part.file_size > LARGEST_PART for part in parts) or sum(part.file_size for part in parts) > LARGEST_WHOLE:
        raise UnusableWorkbook(f"{name} 解开后超过 {LARGEST_WHOLE // MB} MB，没有读")
    scan = _Scan(name)
    for part in parts:
        if part.filename.endswith((".xml", ".rels", ".vml")):
            with archive.open(part) as stream:
                scan.part(part.filename, stream)
    return Extent(scan.last_row, scan.last_column)


class _Scan:
    """Reads parts as a stream of elements; keeps counts only."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.read = 0
        self.last_row = self.last_column = 1

    def refuse(self, why: str) -> UnusableWorkbook:
        return UnusableWorkbook(f"{self.name} {why}")

    def part(self, filename: str, stream: IO[bytes]) -> None:
        """One part. Raises UnusableWorkbook."""
        parser = expat.ParserCreate()
        self.rows = self.cells = self.strings = self.depth = 0
        self.cell = ""
        parser.StartElementHandler, parser.EndElementHandler = self._start, self._end
        parser.StartDoctypeDeclHandler = self._doctype
        size = 0
        try:
            while chunk := stream.read(_CHUNK):
                size += len(chunk)
                self.read += len(chunk)
                if size > LARGEST_PART or self.read > LARGEST_WHOLE:
                    raise self.refuse(f"解开后超过 {LARGEST_WHOLE // MB} MB，没有读")
                parser.Parse(chunk, False)
            parser.Parse(b"", True)
        except expat.ExpatError as error:
            if filename.endswith(".vml"):  # drawings of comments, written by hand by some programs; nobody reads them
                return
            raise self.refuse("坏了或不完整，用 Excel 打开后另存为 .xlsx 再试") from error

    def _doctype(self, *_: object) -> None:
        raise self.refuse("里有 XML 实体定义，不是 Excel 做的，没有读")

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        self.depth += 1
        if self.depth > DEPTH:
            raise self.refuse("的结构嵌套太深，没有读")
        local = tag.rpartition(":")[2]
        if local == "c":
            self.cell = attributes.get("r", "")
        elif local in ("v", "is", "f") and self.cell:
            self._filled(self.cell)
        elif local == "row":
            self.rows += 1
            if self.rows > ROWS:
                raise self.refuse(f"有一页超过 {ROWS} 行，没有读；删去空行和不用的内容再试")
        elif local == "si":
            self.strings += 1
            if self.strings > STRINGS:
                raise self.refuse("文字太多，没有读")
        elif local == "Relationship" and attributes.get("TargetMode") == "External":
            if not attributes.get("Type", "").endswith("/hyperlink"):
                raise self.refuse("里有指向别的文件的链接，没有读；去掉后另存为 .xlsx 再试")
        elif local in ("Override", "Default") and "macroEnabled" in attributes.get("ContentType", ""):
            raise self.refuse("里有宏，没有读；另存为不带宏的 .xlsx 再试")

    def _end(self, tag: str) -> None:
        self.depth -= 1

    def _filled(self, ref: str) -> None:
        match = re.fullmatch(r"([A-Z]{1,3})([1-9]\d{0,6})", ref)
        if match is None:
            raise self.refuse("坏了或不完整，用 Excel 打开后另存为 .xlsx 再试")
        self.cell = ""
        self.cells += 1
        column = 0
        for letter in match[1]:
            column = column * 26 + ord(letter) - 64
        self.last_row, self.last_column = max(self.last_row, int(match[2])), max(self.last_column, column)
        if self.cells > CELLS or self.last_row > ROWS or column > COLUMNS:
            raise self.refuse(f"有一页写到了 {ref}，太大，没有读；一页最多 {ROWS} 行、{COLUMNS} 列")
