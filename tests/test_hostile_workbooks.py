"""What is no workbook, or means harm, is refused quickly, in one sentence, in bounded memory; nothing is evaluated."""

from __future__ import annotations

import io
import struct
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from openpyxl import Workbook

from policies.canonical import canonical_files
from policies.loader import read_files
from policies.workbook.guard import UnusableWorkbook, inspect
from policies.workbook.reading import read_workbook
from policies.workbook.writing import write_workbook
from tests.test_cases import INVENTED

SHEET = "xl/worksheets/sheet1.xml"
NAMESPACE = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small workbook that opens."""
    path = tmp_path_factory.mktemp("good") / "好.xlsx"
    workbook = Workbook()
    workbook.active.append(["文件编号", "简称"])
    workbook.save(path)
    return path


def changed(good: Path, path: Path, parts: dict[str, bytes | None]) -> Path:
    """A copy with parts put in, replaced, or (None) left out."""
    with zipfile.ZipFile(good) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name not in parts:
                new.writestr(name, old.read(name))
        for name, data in parts.items():
            if data is not None:
                new.writestr(name, data)
    return path


def sheet(rows: str, head: str = "") -> bytes:
    return (
        f'<?xml version="1.0"?>{head}<worksheet xmlns="{NAMESPACE}"><sheetData>{rows}</sheetData></worksheet>'.encode()
    )


def bomb(good: Path, path: Path) -> Path:
    """60 KB that become a thousand times as much, declared as it is."""
    return changed(good, path, {SHEET: b"<a>" + b" " * 61_000_000 + b"</a>"})


def lying_bomb(good: Path, path: Path) -> Path:
    """The same, and the directory of the archive says that it is small."""
    bomb(good, path)
    raw = bytearray(path.read_bytes())
    at = raw.find(b"PK\x01\x02", raw.find(SHEET.encode()) + 100)
    while at >= 0:
        length = struct.unpack_from("<H", raw, at + 28)[0]
        if raw[at + 46 : at + 46 + length] == SHEET.encode():
            struct.pack_into("<I", raw, at + 24, 100)
        at = raw.find(b"PK\x01\x02", at + 4)
    path.write_bytes(bytes(raw))
    return path


def many_small_bombs(good: Path, path: Path) -> Path:
    """Parts that are allowed one by one, and not together."""
    return changed(good, path, {f"xl/media/{n}.xml": b"<a>" + b" " * 30_000_000 + b"</a>" for n in range(5)})


def million_rows(good: Path, path: Path) -> Path:
    return changed(good, path, {SHEET: sheet("<row/>" * 1_000_000)})


def far_cell(good: Path, path: Path) -> Path:
    return changed(good, path, {SHEET: sheet('<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>')})


def deep(good: Path, path: Path) -> Path:
    strings = f'<sst xmlns="{NAMESPACE}">' + "<si>" * 5000 + "</si>" * 5000 + "</sst>"
    return changed(good, path, {"xl/sharedStrings.xml": strings.encode()})


def many_strings(good: Path, path: Path) -> Path:
    strings = f'<sst xmlns="{NAMESPACE}">' + "<si><t>a</t></si>" * 500_000 + "</sst>"
    return changed(good, path, {"xl/sharedStrings.xml": strings.encode()})


def laughs(good: Path, path: Path) -> Path:
    """A billion laughs."""
    ten = [f"&l{n};" * 10 for n in range(9)]
    entities = "".join(f'<!ENTITY l{n} "{inner}">' for n, inner in enumerate(ten, 1))
    return changed(good, path, {SHEET: sheet("&l9;", f'<!DOCTYPE w [<!ENTITY l0 "ha">{entities}]>')})


def entity(good: Path, path: Path) -> Path:
    """An entity that would read a file of the machine."""
    head = '<!DOCTYPE w [<!ENTITY secret SYSTEM "file:///etc/hostname">]>'
    return changed(good, path, {SHEET: sheet('<row r="1"><c r="A1" t="str"><v>&secret;</v></c></row>', head)})


def external(good: Path, path: Path) -> Path:
    relation = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1"'
        ' Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/externalLinkPath"'
        ' Target="http://127.0.0.1:9/other.xlsx" TargetMode="External"/></Relationships>'
    )
    return changed(good, path, {"xl/worksheets/_rels/sheet1.xml.rels": relation.encode()})


def link_part(good: Path, path: Path) -> Path:
    return changed(good, path, {"xl/externalLinks/externalLink1.xml": b"<a/>"})


def macros(good: Path, path: Path) -> Path:
    return changed(good, path.with_suffix(".xlsm"), {"xl/vbaProject.bin": b"\xd0\xcf\x11\xe0"})


def macro_type(good: Path, path: Path) -> Path:
    with zipfile.ZipFile(good) as archive:
        types = archive.read("[Content_Types].xml")
    old = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
    assert old in types
    return changed(
        good, path, {"[Content_Types].xml": types.replace(old, b"application/vnd.ms-excel.sheet.macroEnabled.main+xml")}
    )


def embedded(good: Path, path: Path) -> Path:
    return changed(good, path, {"xl/embeddings/oleObject1.bin": b"\xd0\xcf\x11\xe0"})


def written(data: bytes) -> Callable[[Path, Path], Path]:
    def write(good: Path, path: Path) -> Path:
        path.write_bytes(data)
        return path

    return write


def huge(good: Path, path: Path) -> Path:
    """200 MB, without taking them on the disk."""
    with path.open("wb") as file:
        file.write(b"PK\x03\x04")
        file.truncate(200_000_000)
    return path


def other_archive(good: Path, path: Path) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("word/document.xml", "<a/>")
    return path


def cut(good: Path, path: Path) -> Path:
    raw = good.read_bytes()
    path.write_bytes(raw[: len(raw) // 2])
    return path


def twice(good: Path, path: Path) -> Path:
    """A part that stands twice: two readers might see two workbooks."""
    buffer = io.BytesIO(good.read_bytes())
    with zipfile.ZipFile(buffer, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr(SHEET, sheet(""))
    path.write_bytes(buffer.getvalue())
    return path


def locked(data: bytes) -> bytes:
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + data


HOSTILE: list[tuple[Callable[[Path, Path], Path], str]] = [
    (bomb, "解开后超过"),
    (lying_bomb, "坏了"),
    (many_small_bombs, "解开后超过"),
    (million_rows, "行"),
    (far_cell, "XFD1048576"),
    (deep, "嵌套太深"),
    (many_strings, "文字太多"),
    (laughs, "实体"),
    (entity, "实体"),
    (external, "链接"),
    (link_part, "链接"),
    (macros, "宏"),
    (macro_type, "宏"),
    (embedded, "嵌入"),
    (written(b"%PDF-1.7\n"), "PDF"),
    (written(locked("EncryptedPackage".encode("utf-16-le"))), "密码"),
    (written(locked(b"Workbook")), "另存为 .xlsx"),
    (written(b""), "空文件"),
    (written(b"a,b\n1,2\n"), "不是 Excel"),
    (huge, "200 MB"),
    (other_archive, "不是 Excel"),
    (cut, "坏了"),
    (twice, "结构不正常"),
]


@pytest.mark.parametrize(("make", "said"), HOSTILE, ids=lambda value: getattr(value, "__name__", ""))
def test_hostile_files_are_refused(make: Callable[[Path, Path], Path], said: str, good: Path, tmp_path: Path) -> None:
    """One sentence that names the file and what is wrong with it."""
    path = make(good, tmp_path / "来件.xlsx")
    with pytest.raises(UnusableWorkbook) as caught:
        read_workbook(path)
    message = str(caught.value)
    assert said in message
    assert message.startswith(path.name) or path.name in message
    assert "\n" not in message


def test_a_plain_workbook_passes(good: Path, tmp_path: Path) -> None:
    """So does one with a link to a web page, which nobody follows."""
    assert inspect(good).rows == 1
    workbook = Workbook()
    workbook.active["A1"].hyperlink = "http://127.0.0.1/"
    workbook.save(tmp_path / "a.xlsx")
    assert inspect(tmp_path / "a.xlsx").columns == 1


def test_memory_stays_bounded(good: Path, tmp_path: Path) -> None:
    """A bomb of 200 MB is refused by a process that may not take three times as much of addresses."""
    path = tmp_path / "大.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        with archive.open(SHEET, "w", force_zip64=True) as part:
            for _ in range(200):
                part.write(b" " * 1_000_000)
    program = (
        "import resource, sys; resource.setrlimit(resource.RLIMIT_AS, (600_000_000, 600_000_000))\n"
        "from pathlib import Path; from policies.workbook.reading import read_workbook\n"
        "from policies.workbook.guard import UnusableWorkbook\n"
        "try: read_workbook(Path(sys.argv[1]))\n"
        "except UnusableWorkbook as error: print(error)\n"
    )
    run = subprocess.run([sys.executable, "-c", program, str(path)], capture_output=True, timeout=120, check=False)
    assert "大.xlsx" in run.stdout.decode("utf-8"), run.stderr.decode("utf-8")[-500:]


def test_formulas_and_errors_are_named_and_not_evaluated(tmp_path: Path) -> None:
    """A formula, whatever it would do, is a fault of its cell; on people's own sheets it is not read."""
    from policies.errors import TableError

    path = tmp_path / "表.xlsx"
    write_workbook(canonical_files(read_files(INVENTED)), path, document="beihu")
    from openpyxl import load_workbook

    workbook = load_workbook(path)
    workbook["条款"]["D3"] = '=HYPERLINK("http://127.0.0.1/"&A1)'
    workbook["口径说明"]["C3"] = "=cmd|'/c calc'!A0"
    workbook["文件"]["C3"] = "#REF!"
    workbook["文件"]["C3"].data_type = "e"
    workbook.create_sheet("备注")["A1"] = "=1+1"
    workbook.save(path)
    with pytest.raises(TableError) as caught:
        read_workbook(path)
    found = {(fault.file, fault.cell) for fault in caught.value.faults}
    assert {("条款", "D3"), ("口径说明", "C3"), ("文件", "C3")} <= found
    assert not any(file == "备注" for file, _ in found)
