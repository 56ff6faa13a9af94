"""A first draft from the text: figures with their part, articles, the head, files as they come."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest

from policies.draft.figures import figures
from policies.draft.files import UnreadableText, text_of
from policies.draft.header import header
from policies.draft.offers import find
from policies.draft.outline import outline
from policies.draft.plain import plain
from policies.draft.rows import draft
from policies.loader import library
from policies.workbook.sheets import sheets
from tests import draft_scoring

WAN = 10_000 * 100

FIGURES = [
    ("按不超过实际投资额的15%、每户企业最高不超过100万元给予补助", [("rate", Fraction(15, 100)), ("cap", 100 * WAN)]),
    (
        "总投资500万元以上的项目，按设备购置额的12%给予奖励，最高300万元",
        [("threshold", 500 * WAN), ("rate", Fraction(12, 100)), ("cap", 300 * WAN)],
    ),
    ("分别给予一次性奖励50万元、20万元", [("fixed", 50 * WAN), ("fixed", 20 * WAN)]),
    ("按实际支付利息的60%给予贴息", [("rate", Fraction(60, 100))]),
    (
        "年营业收入首次突破1亿元、5亿元、10亿元的，分别奖励10万元、20万元、50万元",
        [
            ("threshold", 10_000 * WAN),
            ("threshold", 50_000 * WAN),
            ("threshold", 100_000 * WAN),
            ("fixed", 10 * WAN),
            ("fixed", 20 * WAN),
            ("fixed", 50 * WAN),
        ],
    ),
    ("每新增1家奖励5万元，最高100万元", [("unit", 5 * WAN), ("cap", 100 * WAN)]),
    ("按每平方米500元给予补助", [("unit", 500 * 100)]),
    ("按10元/平方米·月给予租金补贴", [("unit", 1000)]),
    (
        "研发投入占营业收入比重不低于5%的企业，按研发费用的10%给予补助",
        [("share", Fraction(5, 100)), ("rate", Fraction(10, 100))],
    ),
    ("产值增长20%以上的企业，奖励30万元", [("share", Fraction(20, 100)), ("fixed", 30 * WAN)]),
    ("给予五十万元奖励", [("fixed", 50 * WAN)]),
    ("按照百分之二十给予补助，最高不超过贰佰万元", [("rate", Fraction(1, 5)), ("cap", 200 * WAN)]),
    ("最高不超过奖励金额的90%", [("factor", Fraction(9, 10))]),
    ("按省级奖励资金1:0.5给予配套", [("rate", Fraction(1, 2))]),
    ("给予最高200万元资助", [("cap", 200 * WAN)]),
    ("每年安排5000万元专项资金", [("fund", 5000 * WAN)]),
    ("关键工序数控化率达65%", [("share", Fraction(65, 100))]),
    (
        "投资达到500万元(含)、3000万元(含)以上的，分别按照投资额的1.5%、2%，最高给予100万元奖补",
        [
            ("threshold", 500 * WAN),
            ("threshold", 3000 * WAN),
            ("rate", Fraction(15, 1000)),
            ("rate", Fraction(2, 100)),
            ("cap", 100 * WAN),
        ],
    ),
    ("营业收入每增加10亿元，再奖励20万元", [("threshold", 100_000 * WAN), ("unit", 20 * WAN)]),
    ("对每个项目按照10万元、20万元两个档次给予奖励", [("fixed", 10 * WAN), ("fixed", 20 * WAN)]),
    ("亩均税收20万元/亩以上的项目，奖励50万元", [("threshold", 20 * WAN), ("fixed", 50 * WAN)]),
    ("年化担保费率不超过1%的，按担保额的0.5%补贴", [("share", Fraction(1, 100)), ("rate", Fraction(5, 1000))]),
    ("按40%、30%、30%分三年兑现", [("instalment", Fraction(4, 10)), *[("instalment", Fraction(3, 10))] * 2]),
    ("处以骗取资金20%的罚款，加价0.3元", [("share", Fraction(1, 5)), ("threshold", 30)]),
    ("按利率的三分之一、贷款利息的三成给予贴息", [("rate", Fraction(1, 3)), ("rate", Fraction(3, 10))]),
    ("奖补比例最高可达30%，给予建站资助壹拾伍万元", [("rate", Fraction(3, 10)), ("fixed", 15 * WAN)]),
    ("完成投资300—500万元的，补助20万元", [("threshold", 300 * WAN), ("threshold", 500 * WAN), ("fixed", 20 * WAN)]),
    ("每平方米补助1500元，总额不超过装修费用的50%", [("unit", 150_000), ("cap", Fraction(1, 2))]),
    ("到2025年培育企业100家，5G基站3000个", []),
]


@pytest.mark.parametrize(("sentence", "expected"), FIGURES, ids=[sentence[:24] for sentence, _ in FIGURES])
def test_a_figure_knows_its_part(sentence: str, expected: list[tuple[str, object]]) -> None:
    """Rates, fixed sums, caps, sums a unit, thresholds and shares are told apart by the words around them."""
    assert [(one.role, one.value) for one in figures(plain(sentence).text)] == expected


def test_words_stand_where_they_are_said_to_stand() -> None:
    """The plain form leads back to the very words: full width, spaces of a layout, traditional characters."""
    words = "對獲批的企業，給予　20 萬元獎勵"
    form = plain(words)
    (one,) = figures(form.text)
    assert form.quote(one.start, one.end) == "20 萬元"


def test_articles_are_cited_as_officials_cite_them() -> None:
    """第…条, 一、（二）3. and a paragraph below its heading."""
    text = "第一章 总则\n第一条 为了发展。\n第二章 支持\n第五条 支持技改。\n一、总体\n（二）改造\n3．购置设备给予补助。\n说明文字。"
    assert [one.article for one in outline(text)] == [
        "第一章",
        "第一章第一条",
        "第二章",
        "第二章第五条",
        "第二章第五条一",
        "第二章第五条一（二）",
        "第二章第五条一（二）3",
        "第二章第五条一（二）3",
    ]


def test_the_head_of_each_library_document() -> None:
    """Title, number, dates, state, interpreter and territory as the tables have them, where the text says them."""
    for policy in library().policies.values():
        head, known = header(source(policy.id)), policy.document
        assert [place.code for place in head.territory] == list(known.territory)
        assert head.number == known.number
        assert head.state == known.state
        assert head.from_ in (known.from_, None)
        assert head.to in (known.to, None)
        assert known.interprets == head.interprets
    assert header(source("siyang")).to == date(2024, 12, 31), "有效期三年"


def test_amounts_and_rates_reach_the_right_clause_of_the_five_documents() -> None:
    """Precision and recall as `make bench` prints them, never below the aim."""
    for policy in library().policies.values():
        score = draft_scoring.against_tables(policy, source(policy.id))
        assert score.precision >= Fraction(90, 100), (policy.id, score)
        assert score.recall >= Fraction(95, 100), (policy.id, score)
    total = draft_scoring.total(
        draft_scoring.against_tables(policy, source(policy.id)) for policy in library().policies.values()
    )
    assert total.precision >= Fraction(95, 100)
    assert total.recall >= Fraction(95, 100)


def test_texts_of_other_hands() -> None:
    """The invented texts of tests/data/draft: amounts and rates at the right clause, their parts, the facts of the head.

    Nobody tunes on those that are held back; they fail here only if something broke.
    """
    for held, least in ((False, Fraction(97, 100)), (True, Fraction(94, 100))):
        texts = [one for one in draft_scoring.labelled() if one.held == held]
        score = draft_scoring.total(map(draft_scoring.against_labels, texts))
        assert min(score.precision, score.recall, Fraction(score.parts, score.right)) >= least, (held, score.notes)
        assert draft_scoring.total(map(draft_scoring.against_head, texts)).precision >= Fraction(9, 10)


TUNED = [one for one in draft_scoring.labelled() if not one.held]


@pytest.mark.parametrize("one", TUNED, ids=lambda one: one.name)
def test_targets_thresholds_and_funds_are_no_awards(one: draft_scoring.Labelled) -> None:
    """No number within the words of a trap is an amount of an offer."""
    offers = find(draft_scoring.readable(one.text)).offers
    for words in map(draft_scoring.plain_words, one.labels["traps"]):
        for offer in offers:
            start = offer.plain.text.find(words)
            assert not [figure for figure in offer.paid if 0 <= start <= figure.start < start + len(words)], words


@pytest.mark.parametrize("one", TUNED, ids=lambda one: one.name)
def test_ceilings_over_the_whole_document_are_rules(one: draft_scoring.Labelled) -> None:
    """同一企业年度奖补总额不超过…: in sheet 限制与互斥, not at the last clause."""
    rules = [rule for rule in find(draft_scoring.readable(one.text)).rules if rule.kind == "joint_cap"]
    joint = {("money", figure.value) for rule in rules for figure in rule.figures}
    assert {draft_scoring.value_of(limit["cap"]) for limit in one.labels["limits"]} <= joint


@pytest.mark.parametrize("one", draft_scoring.labelled(), ids=lambda one: one.name)
def test_every_doubt_is_about_a_row_that_is_there(one: draft_scoring.Labelled) -> None:
    """Its sheet has the row and the column, so that its cell can be marked."""
    made = draft(draft_scoring.readable(one.text), library().vocabulary)
    for doubt in made.doubts:
        rows = [
            row for row in made.lines[doubt.sheet] if doubt.row in (row.get("id"), row.get("clause"), row.get("owner"))
        ]
        assert rows, doubt
        assert doubt.column in ("", *(column.key for column in sheets()[doubt.sheet].columns)), doubt


@pytest.mark.parametrize("document", ["baotou", "guangxi", "hohhot", "siyang"])
def test_every_row_quotes_the_text_and_no_amount_goes_without_a_person(document: str) -> None:
    """Quotes are verbatim; each clause row has a doubt that a person must settle."""
    text = source(document)
    made = draft(text, library().vocabulary)
    squeezed = "".join(text.split())
    for row in made.lines["clauses"]:
        assert "".join(row["quote"].split()) in squeezed
    doubted = {one.row for one in made.doubts}
    assert {row["id"] for row in made.lines["clauses"] if row["strength"] != "酌定"} <= doubted


def test_a_text_without_offers_gives_an_empty_draft() -> None:
    """Nothing that pays, no row; the head still stands."""
    made = draft("某市关于做好安全生产工作的通知\n一、提高认识\n请各单位高度重视。", library().vocabulary)
    assert made.lines["clauses"] == []
    assert made.lines["documents"]


def test_a_table_gives_its_columns_to_the_cells() -> None:
    """A bare number has the unit of its header; a row pays because its column says so."""
    found = find("类别\t奖励标准（万元）\t限额\n国家级平台\t100\t\n省级平台\t50\t\n展会\t展位费的80%\t每个3万元")
    assert [(offer.name, [(one.role, one.value) for one in offer.paid]) for offer in found.offers] == [
        ("国家级平台", [("fixed", 100 * WAN)]),
        ("省级平台", [("fixed", 50 * WAN)]),
        ("展会", [("rate", Fraction(8, 10)), ("cap", 3 * WAN)]),
    ]


def test_items_of_a_list_pay_as_the_words_above_it_say() -> None:
    """「按以下标准给予奖励：」 and items without a word of payment; bands of size are tiers of one offer."""
    found = find("第四条 按照以下标准给予奖励：\n（一）国家级孵化器，200万元；\n（二）省级孵化器，100万元。")
    assert [[one.role for one in offer.paid] for offer in found.offers] == [["fixed"], ["fixed"]]
    (offer,) = find("对投资300万元以上的项目，按投资额的8%补助；1000万元以上的，按10%补助，最高500万元。").offers
    assert [[one.words for one in figures] for _, figures in offer.tiers] == [["8%"], ["10%", "500万元"]]


def test_what_the_rows_say_of_a_text() -> None:
    """Tiers rise and say their whole name; instalments and how to apply are found; each condition with a known fact is a row."""
    text = (
        "某市若干措施\n一、奖励平台。对国家级、省级技术中心，分别奖励200万元、60万元。\n"
        "二、支持改造。对总投资500万元以上的项目，按设备投资额的10%补助，最高300万元。\n"
        "三、资金拨付。补助资金立项后拨付40%，验收后拨付60%。\n四、申报。企业向市工信局提出申请。"
    )
    made = draft(text, library().vocabulary)
    tiers = [(row["title"], row["figure"]) for row in made.lines["payments"] if "tier" in row]
    assert tiers == [("省级技术中心", "60万元"), ("国家级技术中心", "200万元")]
    assert made.lines["clauses"][1]["instalments"] == "40% 立项后\n60% 验收后"
    (condition,) = made.lines["conditions"]
    assert (condition["fact"], condition["test"], condition["value"]) == ("项目总投资", "不低于", "500万元")
    assert made.lines["documents"][0]["responsible"] == "市工信局"


# ---- files ----


def test_word_html_and_plain_files_give_the_same_text(tmp_path: Path) -> None:
    """.docx with a table, .html with furniture, GB18030 text."""
    from docx import Document

    sentence = "对首次通过贯标的企业，奖励20万元。"
    document = Document()
    document.add_paragraph("某市若干措施")
    document.add_paragraph(sentence)
    document.save(str(tmp_path / "a.docx"))
    (tmp_path / "a.html").write_text(
        f"<html><head><title>x</title><style>p{{}}</style></head><body><script>对1%</script><div>某市若干措施</div><p>{sentence}</p></body></html>",
        encoding="utf-8",
    )
    (tmp_path / "a.txt").write_bytes(f"某市若干措施\n{sentence}\n".encode("gb18030"))
    for name in ("a.docx", "a.html", "a.txt"):
        found = find(text_of(tmp_path / name))
        assert [offer.quote for offer in found.offers] == [sentence], name


def test_a_pdf_with_a_text_layer(tmp_path: Path) -> None:
    """The characters come from the font's ToUnicode table."""
    (tmp_path / "a.pdf").write_bytes(pdf("奖励20万元"))
    assert "奖励20万元" in text_of(tmp_path / "a.pdf")


def test_files_that_cannot_be_read_are_refused_with_a_sentence(tmp_path: Path) -> None:
    """Each says what is wrong and what would be right; none opens anything else."""
    (tmp_path / "renamed.docx").write_bytes(b"hello")
    (tmp_path / "broken.pdf").write_bytes(b"%PDF-1.7\n%%EOF")
    (tmp_path / "old.doc").write_bytes(b"\xd0\xcf\x11\xe0" + b"\x00" * 600)
    (tmp_path / "english.txt").write_text("hello", encoding="utf-8")
    (tmp_path / "digits.txt").write_text("给予" + "1" * 9000 + "万元奖励。", encoding="utf-8")
    (tmp_path / "endless.txt").write_text("给予10万元奖励，" * 3000, encoding="utf-8")
    (tmp_path / "empty.txt").write_bytes(b"")
    (tmp_path / "noise.txt").write_bytes(bytes(range(256)) * 4)
    with zipfile.ZipFile(tmp_path / "bomb.docx", "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr("word/document.xml", b"0" * 120_000_000)
    with zipfile.ZipFile(tmp_path / "evil.docx", "w") as archive:
        archive.writestr("[Content_Types].xml", "<x/>")
        archive.writestr("word/document.xml", '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]><w>&a;</w>')
    for path in sorted(tmp_path.iterdir()):
        with pytest.raises(UnreadableText) as caught:
            text_of(path)
        assert path.name in str(caught.value), path.name
    with pytest.raises(UnreadableText):
        text_of(tmp_path / "nothing.txt")


def source(document: str) -> str:
    from policies.loader import LIBRARY

    return (LIBRARY / document / "source.md").read_text(encoding="utf-8")


def pdf(words: str) -> bytes:
    """A one-page PDF whose text layer is `words`."""
    codes = "".join(f"{ord(char):04X}" for char in words)
    content = f"BT /F1 12 Tf 50 700 Td <{codes}> Tj ET".encode()
    ranges = "\n".join(f"<{ord(char):04X}> <{ord(char):04X}>" for char in words)
    cmap = f"/CIDInit /ProcSet findresource begin\nbegincmap\n1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n{len(words)} beginbfchar\n{ranges}\nendbfchar\nendcmap".encode()
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(content), content),
        b"<</Type/Font/Subtype/Type0/BaseFont/Song/Encoding/Identity-H/DescendantFonts[6 0 R]/ToUnicode 7 0 R>>",
        b"<</Type/Font/Subtype/CIDFontType2/BaseFont/Song/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(cmap), cmap),
    ]
    out = b"%PDF-1.4\n"
    offsets = []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    return (
        out
        + b"xref\n0 8\n0000000000 65535 f \n"
        + table
        + b"trailer<</Size 8/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % len(out)
    )


# ---- the workbook ----


def test_the_command_writes_a_workbook_that_a_person_completes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The sheets of the import, filled in; every open point in a cell and in the list; and the import reads it."""
    from openpyxl import load_workbook

    from bot.__main__ import main
    from policies.errors import TableError
    from policies.loader import LIBRARY, read_files
    from policies.workbook.reading import read_workbook

    path = tmp_path / "a.xlsx"
    command = [sys.executable, "-m", "bot", "policies", "draft", str(LIBRARY / "siyang" / "source.md"), "-o", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "18 个条款" in done.stdout
    book = load_workbook(path)
    clauses = {row[1]: row for row in book["条款"].iter_rows(min_row=3, values_only=True) if row[1]}
    assert "给予企业设备购置款5%的奖励" in str(clauses["siyang-2022-9-3.1d"][4])
    headers = [str(cell.value).rstrip("*") for cell in book["金额与档位"][2]]
    payments = [
        dict(zip(headers, row, strict=True)) for row in book["金额与档位"].iter_rows(min_row=3, values_only=True)
    ]
    rate = next(row for row in payments if row["条款编号"] == "siyang-2022-9-3.1d")
    assert (rate["算法"], rate["金额或比例"], rate["上限"]) == ("按比例", "5%", "100万元")
    todo = [row for row in book["备注-待定"].iter_rows(min_row=3, values_only=True) if row[0]]
    assert {row[3] for row in todo} <= {"高", "中", "低"}
    assert any(cell.comment for row in book["条款"].iter_rows(min_row=3) for cell in row)
    with pytest.raises(TableError) as caught:  # what is open is a fault with its cell, and nothing else is
        read_workbook(path, read_files(LIBRARY))
    assert all(fault.file in ("条款", "金额与档位", "条件", "限制与互斥", "文件") for fault in caught.value.faults)
    assert main(["policies", "draft", command[-3], "-o", str(path)]) == 2
    assert "--force" in capsys.readouterr().err


def test_parts_of_a_sum_are_brackets() -> None:
    """不超过1000万元的部分按6%: each part has its own upper bound, and 1000万元 is no ceiling of the award."""
    text = (
        "# 甲县扶持办法\n\n第一条 对技术改造项目，按设备投入分段累进给予补助：不超过1000万元的部分按6%，"
        "超过1000万元至5000万元的部分按8%，超过5000万元的部分按10%，单个项目最高不超过500万元。"
    )
    rows = draft(text, library().vocabulary).lines["payments"]
    told = [(row["form"], row["figure"], row.get("up_to", ""), row.get("cap", "")) for row in rows]
    assert told == [("分段", "6%", "1000万元", "500万元"), ("分段", "8%", "5000万元", ""), ("分段", "10%", "", "")]


def test_of_two_computations_the_lower_is_asked_about() -> None:
    """Written below each other they would be added: the draft says so."""
    text = "# 甲县扶持办法\n\n第一条 按实际支付利息的60%与按贷款额1.5%的年率计算的金额两者取低给予贴息。"
    found = draft(text, library().vocabulary)
    assert [row["figure"] for row in found.lines["payments"]] == ["60%", "1.5%"]
    assert any("取低" in one.text and one.column == "case" for one in found.doubts)
