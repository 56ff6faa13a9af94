"""The workbook is a second writing of the tables: what goes in comes out, byte for byte, whoever saved it between."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from policies.canonical import canonical_files
from policies.errors import TableError
from policies.loader import LIBRARY, Files, load_files, read_files
from policies.workbook import cells
from policies.workbook.annotating import annotate
from policies.workbook.cells import BadCell, Cell
from policies.workbook.changing import moved_rows
from policies.workbook.reading import base_version, read_workbook
from policies.workbook.sheets import sheets, squeeze, words
from policies.workbook.writing import HEADERS, write_csv, write_template, write_workbook
from tests.test_cases import INVENTED


@pytest.fixture(scope="module")
def library() -> dict[str, str]:
    return canonical_files(read_files(LIBRARY))


@pytest.fixture(scope="module")
def invented() -> dict[str, str]:
    return canonical_files(read_files(INVENTED))


@pytest.fixture(scope="module")
def invented_book(invented: Files, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("book") / "表.xlsx"
    write_workbook(invented, path)
    return path


def test_the_library_comes_back(library: Files, tmp_path: Path) -> None:
    """Folder, workbook, folder: the same bytes, texts and worked cases and aliases included."""
    write_workbook(library, tmp_path / "表.xlsx", version=7)
    assert read_workbook(tmp_path / "表.xlsx").files == library
    assert base_version(tmp_path / "表.xlsx") == 7


def test_the_invented_documents_come_back(invented: Files, invented_book: Path) -> None:
    """Instalments, brackets, cases by year and place, ratios, alternatives, matches, own facts and kinds."""
    assert read_workbook(invented_book).files == invented


def test_one_document_replaces_only_itself(library: Files, tmp_path: Path) -> None:
    """A workbook of one document leaves the others, and the shared facts, as they are published."""
    path = tmp_path / "泗阳.xlsx"
    write_workbook(library, path, document="siyang")
    edit(path, "限制与互斥", lambda ws: put(ws, "编号", "siyang-R1", "怎么对企业说", "改过的一句话。"))
    imported = read_workbook(path, library)
    assert imported.documents == ("siyang",)
    assert {name for name in library if imported.files[name] != library[name]} == {"siyang/policy.yaml"}
    assert "改过的一句话。" in imported.files["siyang/policy.yaml"]


@pytest.mark.parametrize("key", ["payments", "cases", "facts", "source"])
def test_a_sheet_as_csv_comes_back(invented: Files, tmp_path: Path, key: str) -> None:
    """One sheet as CSV, read onto the tables that it came from, changes nothing."""
    path = tmp_path / f"{sheets()[key].name}.csv"
    write_csv(invented, path, key)
    assert read_workbook(path, invented).files == invented


# ---- hands ----


def edit(path: Path, sheet: str, change: Callable[[Worksheet], None]) -> None:
    """Opens the workbook as a person would, changes a sheet, saves."""
    workbook = load_workbook(path)
    change(workbook[sheet])
    workbook.save(path)


def column(ws: Worksheet, header: str) -> int:
    return next(cell.column for cell in ws[HEADERS] if squeeze(str(cell.value)) == squeeze(header))


def put(ws: Worksheet, by: str, id_: str, header: str, value: Any, form: str | None = None) -> str:
    """Writes into the row whose column `by` says `id_`; returns the cell."""
    at, column_ = column(ws, by), column(ws, header)
    row = next(row for row in range(HEADERS + 1, ws.max_row + 1) if ws.cell(row, at).value == id_)
    cell = ws.cell(row, column_)
    cell.value = value
    if form:
        cell.number_format = form
    return str(cell.coordinate)


def faults_of(path: Path, base: Files | None = None) -> list[str]:
    with pytest.raises(TableError) as caught:
        read_workbook(path, base)
    return [str(fault) for fault in caught.value.faults]


@pytest.fixture
def book(invented_book: Path, tmp_path: Path) -> Path:
    path = tmp_path / "手改.xlsx"
    path.write_bytes(invented_book.read_bytes())
    return path


def test_moved_and_dressed_up_sheets_read_the_same(book: Path, invented: Files) -> None:
    """Columns moved, a title merged above, blank rows, own columns and sheets, sheets in another order."""
    workbook = load_workbook(book)
    for ws in workbook.worksheets[1:-1]:
        rows = [[cell.value for cell in row] for row in ws.iter_rows(min_row=HEADERS)]
        fresh = workbook.create_sheet(f"{ws.title}-")
        fresh.append(["安江、北湖两个文件（内部稿）"])
        fresh.merge_cells("A1:F1")
        fresh.append([])
        for number, row in enumerate(rows):
            own = "备注：谁改的" if number == 0 else "老张"
            line = [
                own,
                *reversed(
                    [
                        f" {value}　" if isinstance(value, str) and ws.title not in ("原文", "笔记") else value
                        for value in row
                    ]
                ),
            ]
            fresh.append([value if any(row) else None for value in line])
            if number % 5 == 1 and ws.title not in ("原文", "笔记"):
                fresh.append([])
        name = ws.title
        workbook.remove(ws)
        fresh.title = name
    workbook._sheets.reverse()
    workbook.create_sheet("备注-会议记录").append(["随便写", "=1+1"])
    workbook.save(book)
    assert read_workbook(book).files == invented


def test_merged_and_left_out_ids_read_as_above(book: Path, invented: Files) -> None:
    """An id merged over its rows, or written once, holds for the rows below."""

    def merge(ws: Worksheet) -> None:
        at, last = column(ws, "条款编号"), None
        for row in range(HEADERS + 1, ws.max_row + 1):
            value = ws.cell(row, at).value
            if value and value == last:
                ws.cell(row, at).value = None
                ws.cell(row, 1).value = None
            last = value or last
        rows = [r for r in range(HEADERS + 1, ws.max_row + 1) if ws.cell(r, at).value == "anjiang-2"]
        ws.merge_cells(start_row=rows[0], end_row=rows[0] + 1, start_column=at, end_column=at)

    edit(book, "金额与档位", merge)
    assert read_workbook(book).files == invented


HUMAN = [
    ("金额与档位", "档位编号", "anjiang-5-i", "金额或比例", "２０ 万", None),
    ("金额与档位", "档位编号", "anjiang-5-i", "金额或比例", "200,000元", None),
    ("金额与档位", "档位编号", "anjiang-5-i", "金额或比例", 200000, "General"),
    ("金额与档位", "档位编号", "anjiang-5-i", "金额或比例", 20, '0"万元"'),
    ("金额与档位", "档位编号", "anjiang-5-i", "金额或比例", "0.2百万元", None),
    ("金额与档位", "条款编号", "anjiang-7", "金额或比例", 0.2, "0%"),
    ("金额与档位", "条款编号", "anjiang-7", "金额或比例", "２０％", None),
    ("金额与档位", "条款编号", "anjiang-7", "金额或比例", "0.2", None),
    ("金额与档位", "条款编号", "anjiang-7", "金额或比例", "百分之20", None),
    ("金额与档位", "条款编号", "anjiang-7", "计算基数", "rd_expense_yuan", None),
    ("文件", "文件编号", "anjiang", "施行日期", date(2025, 1, 1), "yyyy-mm-dd"),
    ("文件", "文件编号", "anjiang", "施行日期", datetime(2025, 1, 1), "yyyy/m/d"),  # noqa: DTZ001  cells know no zone
    ("文件", "文件编号", "anjiang", "施行日期", "2025年1月1日", None),
    ("文件", "文件编号", "anjiang", "施行日期", "2025/1/1", None),
    ("文件", "文件编号", "anjiang", "适用地区", "430100", None),
    ("文件", "文件编号", "anjiang", "适用地区", 430100, "General"),
    ("条款", "条款编号", "anjiang-5", "一户一次", "√", None),
    ("条款", "条款编号", "anjiang-5", "一户一次", True, None),
    ("条款", "条款编号", "anjiang-2", "支持的建设内容", "自动化、数控装备、机器人及集成", None),
    ("条款", "条款编号", "anjiang-2", "支持的建设内容", "automation_equipment\nrobots", None),
    ("条件", "值", "2000万元", "判断", "≥", None),
    ("条件", "值", "2000万元", "值", "20,000,000", None),
]


def rounds(cases: list[tuple[Any, ...]]) -> list[list[tuple[Any, ...]]]:
    """Cases that touch different rows, together: a workbook takes a second to write."""
    out: list[list[tuple[Any, ...]]] = []
    for case in cases:
        fits = (one for one in out if case[:3] not in {other[:3] for other in one})
        next(fits, None) or out.append([])
        next(one for one in out if case[:3] not in {other[:3] for other in one}).append(case)
    return out


@pytest.mark.parametrize("cases", rounds(HUMAN), ids=lambda cases: f"{len(cases)}")
def test_what_a_person_writes_is_understood(cases: list[tuple[Any, ...]], book: Path, invented: Files) -> None:
    """Units, widths, separators, percent formats, real dates, ticks, names or ids: all say the same."""
    workbook = load_workbook(book)
    for sheet, *change in cases:
        put(workbook[sheet], *change)
    workbook.save(book)
    assert read_workbook(book).files == invented


FAULTY = [
    ("金额与档位", "档位编号", "anjiang-5-i", "金额或比例", "20", "没有单位"),
    ("金额与档位", "档位编号", "anjiang-5-i", "金额或比例", "二十万元", "不是金额"),
    ("金额与档位", "档位编号", "anjiang-5-i", "金额或比例", "=10*20000", "公式"),
    ("金额与档位", "档位编号", "anjiang-5-i", "金额或比例", 0.1234567890123456, "位数太多"),
    ("金额与档位", "档位编号", "anjiang-5-i", "金额或比例", None, "没有填"),
    ("金额与档位", "档位编号", "anjiang-5-i", "达到级别", "省部级", "省级专精特新"),
    ("金额与档位", "条款编号", "anjiang-7", "金额或比例", "20", "没有百分号"),
    ("金额与档位", "条款编号", "anjiang-7", "计算基数", "研发费", "攻关研发费用"),
    ("金额与档位", "条款编号", "anjiang-7", "算法", "按照比例", "定额、按比例"),
    ("文件", "文件编号", "anjiang", "施行日期", "2025年2月30日", "没有"),
    ("文件", "文件编号", "anjiang", "适用地区", "青山区", "不止一个地方"),
    ("文件", "文件编号", "anjiang", "简称", "", "没有填"),
    ("条款", "条款编号", "anjiang-2", "条号", date(2025, 4, 2), "日期"),
    ("条款", "条款编号", "anjiang-2", "支持的建设内容", "机器人", "没有“机器人”"),
    ("条件", "值", "2000万元", "事实", "年主营收入", "年主营业务收入"),
    ("条件", "值", "2000万元", "组", "任意", "其一1"),
    ("条件", "编号", "anjiang-7", "编号", "anjiang-77", "没有 anjiang-77"),
    ("限制与互斥", "编号", "beihu-c", "按几成兑现", "五折", "不是比例"),
    ("口径说明", "编号", "anjiang-order", "采用", "中间", "从严、从宽"),
    ("案例", "案例编号", "beihu-3-for", "应得结果", "最多=40万元", "看不懂“最多=40万元”"),
    ("案例", "案例编号", "beihu-3-for", "企业情况", "企业：规模=中型", "企业规模"),
    ("事实", "编号", "is_high_tech", "怎么回答", "是非", "是否"),
    ("金额与档位", "条款编号", "anjiang-7", "从几个起", "5", "用不上"),
    ("金额与档位", "档位编号", "anjiang-5-i", "计算基数", "本条的投入", "用不上"),
    ("金额与档位", "条款编号", "beihu-4", "上限情形", "贷款", "写 上限1"),
    ("限制与互斥", "编号", "beihu-c", "管哪些条款", "beihu-6", "用不上"),
    ("条款", "条款编号", "anjiang-5", "支持的建设内容", "机器人及集成", "用不上"),
    ("事实", "编号", "is_high_tech", "属于", "企业规模", "用不上"),
]  # fmt: skip
FOUND_BY_THE_CHECK = [
    ("文件", "文件编号", "anjiang", "施行日期", "2028-01-01", "早于"),
    ("条款", "条款编号", "anjiang-2", "原文", "没有这句话的原文", "原文里没有这句话"),
    ("条款", "条款编号", "anjiang-5", "条款编号", "anjiang-4", "重复"),
    ("限制与互斥", "编号", "beihu-share", "管哪些条款", "beihu-6；beihu-77", "没有条款 beihu-77"),
]  # fmt: skip
FOUND_BY_THE_FORM = [
    ("条款", "条款编号", "anjiang-5", "奖励的认定", "", "认定"),
]  # fmt: skip


@pytest.mark.parametrize(
    "cases", [*rounds(FAULTY), FOUND_BY_THE_CHECK, FOUND_BY_THE_FORM], ids=lambda cases: f"{len(cases)}"
)
def test_what_cannot_be_told_is_refused_with_its_cell(cases: list[tuple[Any, ...]], book: Path) -> None:
    """All faults in one go; each sentence names sheet and cell, what is wrong, and no key of the program."""
    workbook = load_workbook(book)
    refs = [put(workbook[sheet], *change) for sheet, *change, _ in cases]
    workbook.save(book)
    found = faults_of(book)
    for (sheet, _, _, header, value, said), ref in zip(cases, refs, strict=True):
        exact = not header.endswith("编号") and said not in ("早于", "认定") and cases is not FOUND_BY_THE_FORM
        where = f"{sheet}!{ref}" if exact else f"{sheet}!"
        assert any(line.startswith(where) and said in line for line in found), (header, value, ref, found)
    assert len(found) <= 2 * len(cases) + 6, found


def test_all_faults_come_at_once_and_onto_a_copy(book: Path, tmp_path: Path) -> None:
    """Every fault in one go; `annotate` writes them as comments on the cells and leaves the workbook alone."""
    refs = []
    for sheet, by, id_, header, value, _ in (FAULTY[0], FAULTY[6], FAULTY[9], FAULTY[14]):
        edit(book, sheet, lambda ws, a=(by, id_, header, value): refs.append((ws.title, put(ws, *a))))
    with pytest.raises(TableError) as caught:
        read_workbook(book)
    faults = caught.value.faults
    assert {(fault.file, fault.cell) for fault in faults} == set(refs)
    before = book.read_bytes()
    assert annotate(book, faults, tmp_path / "批注.xlsx") == len(faults)
    assert book.read_bytes() == before
    copy = load_workbook(tmp_path / "批注.xlsx")
    for sheet, ref in refs:
        assert str(copy[sheet][ref].comment.text).startswith("要改：")


def test_strange_sheets_and_columns_are_named(book: Path) -> None:
    """A renamed sheet, an unknown column, a missing one: refused, with what was probably meant."""
    workbook = load_workbook(book)
    workbook["口径说明"].title = "口径"
    ws = workbook["条款"]
    ws.cell(HEADERS, column(ws, "原文")).value = "政策"
    ws.cell(HEADERS, column(ws, "一户一次")).value = "一户只一次"
    workbook.save(book)
    found = faults_of(book)
    assert "口径!A1：不认识这一页。是不是“口径说明”？" in found
    assert any("条款!" in line and "缺少“原文”一列" in line for line in found)
    assert any("不认识表头“一户只一次”。是不是“一户一次”？" in line for line in found)


def test_a_workbook_without_documents_says_so(tmp_path: Path) -> None:
    """An empty template is no tables."""
    write_template(canonical_files(read_files(LIBRARY)), tmp_path / "空.xlsx")
    assert faults_of(tmp_path / "空.xlsx")[0].startswith("文件!A1：“文件”页里没有政策文件")


# ---- the form of the book ----


def test_every_column_explains_itself(invented_book: Path) -> None:
    """Frozen headers, a comment on each, drop-down lists for each closed set."""
    workbook = load_workbook(invented_book)
    assert workbook.sheetnames == ["说明", *(sheet.name for sheet in sheets().values()), "选项"]
    for sheet in sheets().values():
        ws = workbook[sheet.name]
        assert ws.freeze_panes is not None
        listed = {
            str(cells_).split(":")[0].rstrip("0123456789")
            for v in ws.data_validations.dataValidation
            for cells_ in v.sqref.ranges
        }
        for at, column_ in enumerate(sheet.columns, 1):
            cell = ws.cell(HEADERS, at)
            assert column_.about.rstrip("。") in str(cell.comment.text)
            if column_.kind in ("word", "yesno", "word_list"):
                assert cell.column_letter in listed, (sheet.name, column_.header)


def test_headers_are_told_apart() -> None:
    """No header of a sheet is another's synonym, and no word of a closed set stands for two values."""
    for sheet in sheets().values():
        names = [squeeze(name) for column_ in sheet.columns for name in (column_.header, *column_.also)]
        clashes = {name for name in names if names.count(name) > 1}
        assert not {c.header for c in sheet.columns if squeeze(c.header) in clashes}, sheet.name
    for name, one in words().items():
        said = [squeeze(word) for group in one.said.values() for word in group]
        assert len(said) == len(set(said)), name


# ---- cells ----


@pytest.mark.parametrize(
    ("value", "yuan"),
    [("100 万", 1000000), ("1亿5000万元", 150000000), ("3,333,333.33元", Decimal("3333333.33")), ("0元", 0), ("¥1,000,000", 1000000),
     (0.29, None), (1234567.89, Decimal("1234567.89")), (1e15, None), ("1e6", None), ("100万美元", None), ("5万3", None), ("1,00万", None)],
)  # fmt: skip
def test_amounts(value: Any, yuan: Any) -> None:
    """Exact, or refused."""
    if yuan is None:
        with pytest.raises(BadCell):
            cells.money(Cell(value))
    else:
        assert cells.money(Cell(value)) == yuan


def test_same_assessments(invented: Files, invented_book: Path) -> None:
    """The tables of the workbook are the tables."""
    assert load_files(read_workbook(invented_book).files).policies == load_files(invented).policies


def test_a_ceiling_beside_a_case_is_that_cases_own(invented_book: Path, tmp_path: Path) -> None:
    """增长15%的最高100万元，30%的最高200万元: in the rows of the cases. Per enterprise it cannot be said there."""
    book = tmp_path / "book.xlsx"
    workbook = load_workbook(invented_book)
    sheet = workbook["金额与档位"]
    heads = {str(cell.value).strip("*"): cell.column for cell in sheet[HEADERS]}
    row = next(
        row
        for row in range(HEADERS + 1, sheet.max_row)
        if sheet.cell(row, heads["条款编号"]).value == "h-2" and sheet.cell(row, heads["情形"]).value == "1"
    )
    assert sheet.cell(row, heads["上限"]).value == "200万元"
    sheet.cell(row, heads["上限按谁算"]).value = "每户企业"
    workbook.save(book)
    assert any("在分情形的行里不能写" in fault for fault in faults_of(book))


@pytest.mark.parametrize(
    ("key", "said"),
    [("取低1", "只有一种算法"), ("甲", "取低1、取低2"), ("1", "取低1、取低2")],
    ids=["one", "no", "mixed"],
)
def test_formulas_of_which_the_lowest_counts(invented_book: Path, tmp_path: Path, key: str, said: str) -> None:
    """取低 takes two formulas at least, and no case beside it."""
    book = tmp_path / "book.xlsx"
    workbook = load_workbook(invented_book)
    sheet = workbook["金额与档位"]
    heads = {str(cell.value).strip("*"): cell.column for cell in sheet[HEADERS]}
    rows = [row for row in range(HEADERS + 1, sheet.max_row) if sheet.cell(row, heads["条款编号"]).value == "h-4"]
    assert [sheet.cell(row, heads["情形"]).value for row in rows] == ["取低1", "取低2"]
    if said == "只有一种算法":
        sheet.delete_rows(rows[1])
    else:
        sheet.cell(rows[1], heads["情形"]).value = key
    workbook.save(book)
    assert any(said in fault for fault in faults_of(book))


def test_the_csv_of_a_sheet_says_its_version(invented: Files, tmp_path: Path) -> None:
    """The version stands in the header of a last column, which a spreadsheet keeps and the import does not read."""
    path = tmp_path / "条款.csv"
    write_csv(invented, path, "clauses", 7)
    assert base_version(path) == 7
    assert read_workbook(path, invented).files == invented
    write_csv(invented, path, "clauses")
    assert base_version(path) is None


def test_an_old_sheet_takes_nothing_back(invented: Files) -> None:
    """Of a sheet only the rows of that sheet matter: a document whose rows were changed meanwhile is named."""
    path = "anjiang/policy.yaml"
    changed = next(line for line in invented[path].splitlines() if line.startswith("  title: "))
    later = canonical_files({**invented, path: invented[path].replace(changed, changed + "（新）", 1)})
    assert moved_rows("documents", invented, later) == ["anjiang"]
    assert moved_rows("clauses", invented, later) == []
