"""What the journal teaches: figures that add up, clusters, the page, and the way from a question to a published answer."""

from __future__ import annotations

import asyncio
import csv
import io
import random
import re
from argparse import Namespace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
import telegram
from openpyxl import load_workbook

from bot import vault as vaults
from bot.__main__ import main
from bot.analysis import terminal
from bot.analysis.clusters import clusters
from bot.analysis.figures import Figures, figures
from bot.analysis.page import page
from bot.analysis.promoting import NoCluster, cluster_of
from bot.journal import export
from bot.journal.export import export_log
from bot.journal.journal import Journal
from bot.journal.schema import MIGRATIONS
from bot.journal.search import SearchError, search
from bot.published import published_of
from bot.settings import CHINA, Settings
from bot.telegram.api import Api
from bot.telegram.bureau import Bureau
from bot.telegram.calls import Call
from bot.telegram.errands import Errands, Look
from bot.vault import open_vault
from dialogs.engine import Engine
from policies import store
from policies.assess import Assessor
from policies.database import open_database
from policies.loader import LIBRARY, library, load_files, read_files
from policies.yaml12 import load
from tests.clusters_scoring import paraphrases, score
from tests.test_bureau import message
from tests.test_journal import logged
from tests.traffic import fill

CONVERSATIONS = 70
UNTIL = date(2025, 9, 30)


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A log of simulated conversations over three weeks."""
    path = tmp_path_factory.mktemp("log") / "kedui.db"
    assert sum(1 for _ in fill(path, CONVERSATIONS, 21, UNTIL, seed=3)) == CONVERSATIONS
    return path


@pytest.fixture(scope="module")
def found(log: Path) -> Figures:
    return figures(open_database(log, readonly=True), library())


# ---- figures ----


def test_numbers_add_up(log: Path, found: Figures) -> None:
    """Every section counts the same conversations, turns and questions."""
    database = open_database(log, readonly=True)

    def count(what: str) -> int:
        return int(database.execute(f"SELECT count(*) FROM {what}").fetchone()[0])

    assert found.conversations == CONVERSATIONS == count("log_conversations") == sum(found.channels.values())
    assert found.completed + found.left + found.closed == CONVERSATIONS
    assert sum(found.coverage.values()) == CONVERSATIONS
    assert sum(found.totals["firm"]) == sum(found.totals["apart"]) == found.completed
    assert found.turns == count("log_turns")
    assert sum(step.asked for step in found.steps) == count("log_askings")
    assert sum(step.left for step in found.steps) == count("log_conversations WHERE left_at IS NOT NULL")
    assert sum(found.questions.values()) == count("log_questions")
    for outcome, number in found.questions.items():
        assert number == count(f"log_questions WHERE outcome = '{outcome}'"), outcome
    assert sum(one.cluster.count for one in found.unanswered) == found.questions["unknown"]
    assert sum(one.count for one in found.subjects) == found.questions["answered"] + found.questions["gap"]
    assert all(sum(number for _, number in one.points) == one.cluster.count for one in found.unanswered)
    assert sum(number for _, number, _ in found.unclear) == count("log_turns WHERE act = 'unclear'")
    assert sum(number for _, number in found.regions) == found.coverage["no_region"]
    assert len(found.entries) == len(library().faq)


def test_spans_add_up_to_the_whole(log: Path, found: Figures) -> None:
    """Two neighbouring spans have all conversations between them, none twice."""
    database, tables = open_database(log, readonly=True), library()
    first = figures(database, tables, until=date(2025, 9, 19))
    second = figures(database, tables, since=date(2025, 9, 20))
    for name in ("conversations", "turns", "completed", "left"):
        assert getattr(first, name) + getattr(second, name) == getattr(found, name)
    assert first.conversations
    assert second.conversations


def test_an_answer_that_did_not_help_is_seen(tmp_path: Path) -> None:
    """The same question again, or a complaint, soon after an answer."""
    database = open_database(tmp_path / "kedui.db", vaults.MIGRATIONS, MIGRATIONS)
    journal = Journal(database, open_vault(database, tmp_path / "key"), 180)
    logged(journal, "什么是小灯塔", "什么是小灯塔啊", conversation="1")
    logged(journal, "什么是小灯塔", "答非所问", conversation="2")
    logged(journal, "什么是小灯塔", "包头稀土高新区", conversation="3")
    found = figures(database, library())
    (entry,) = [one for one in found.entries if one.used]
    assert (entry.id, entry.used, entry.again) == ("little-lighthouse", 4, 2)
    assert not found.synthetic


# ---- clusters ----


def test_clusters_do_not_depend_on_the_order() -> None:
    """The same questions in any order give the same clusters."""
    texts = [text for _, text in paraphrases()] * 2
    shuffled = texts.copy()
    random.Random(5).shuffle(shuffled)
    first, second = clusters(texts), clusters(shuffled)
    assert [(one.code, one.count, one.wordings) for one in first] == [(o.code, o.count, o.wordings) for o in second]
    assert sorted(index for one in first for index in one.members) == list(range(len(texts)))


def test_clusters_are_of_one_thing() -> None:
    """Measured on paraphrases that nothing was tuned on group by group; a fall below is looked at, not tuned away."""
    measured = score(paraphrases())
    assert measured.purity >= 0.85
    assert measured.completeness >= 0.5


@pytest.mark.parametrize("texts", [[], [""], ["？"], ["1", "12"], ["😀", "a" * 5000], ["吗", "吗", "呢"]])
def test_odd_questions_are_clustered_too(texts: list[str]) -> None:
    """Nothing, emoji, one character: each text is in just one cluster."""
    assert sorted(index for one in clusters(texts) for index in one.members) == list(range(len(texts)))


# ---- the report ----


def test_the_page_stands_alone(found: Figures) -> None:
    """One file that asks no host for anything, marked as synthetic, with pictures that have labels."""
    html = page(found)
    assert not re.search(r"https?:|src=|@import|url\(|<script|<link", html)
    assert html.count("合成数据") >= 2
    pictures = re.findall(r"<svg[^>]*>", html)
    assert len(pictures) > 20
    assert all("aria-label=" in one or "aria-hidden=" in one for one in pictures)
    assert f"{CONVERSATIONS} 场对话" in html


def test_words_of_users_are_only_words(tmp_path: Path) -> None:
    """Markup in a message is shown as text."""
    database = open_database(tmp_path / "kedui.db", vaults.MIGRATIONS, MIGRATIONS)
    journal = Journal(database, open_vault(database, tmp_path / "key"), 180)
    logged(journal, "<script>alert(1)</script>怎么申请火星补贴？", "<b>火星</b>房租补贴有吗")
    assert "<script" not in page(figures(database, library()))
    assert "<b>火星" not in page(figures(database, library()))


def test_an_empty_log_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """No database, an empty one, and a span without a conversation."""
    target = tmp_path / "report.html"
    missing = tmp_path / "none.db"
    assert main(["faq", "report", "--db", str(missing), "--html", str(target)]) == 0
    assert "日志里还没有对话" in target.read_text(encoding="utf-8")
    assert not missing.exists()
    open_database(tmp_path / "kedui.db", MIGRATIONS).close()
    assert main(["faq", "report", "--db", str(tmp_path / "kedui.db")]) == 0
    assert "日志里还没有对话" in capsys.readouterr().out
    assert (
        main(["faq", "report", "--db", str(tmp_path / "kedui.db"), "--since", "2025-02-01", "--until", "2025-01-01"])
        == 2
    )


def test_the_terminal_tells_the_same(found: Figures) -> None:
    """The same findings as on the page; no line is wider than a wide terminal."""
    said = terminal.text(found)
    assert "合成数据" in said
    headings = re.findall(r"<h2>(.*?)</h2>", page(found))
    assert len(headings) == 8
    assert all(f"■ {heading}" in said for heading in headings)


# ---- from a question to an answer ----


def test_the_loop_closes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Unanswered → cluster → draft → refused without an answer → written → published → the next report shows its use."""
    path = tmp_path / "kedui.db"
    database = open_database(path, vaults.MIGRATIONS, MIGRATIONS)
    journal = Journal(database, open_vault(database, tmp_path / "key"), 180)
    asked = ("中欧班列补多少钱一箱", "中欧班列有补贴吗", "发中欧班列给补助不", "中欧班列怎么补")
    for number, text in enumerate(asked):
        logged(journal, text, name=str(number), conversation=str(number))
    before = figures(database, library())
    (cluster,) = [one.cluster for one in before.unanswered]
    assert cluster.count == 4
    book = tmp_path / "draft.xlsx"
    assert main(["faq", "promote", cluster.code, "--db", str(path), "-o", str(book)]) == 0
    assert main(["policies", "import", str(book), "--db", str(path)]) == 2
    assert "“回答”没有填" in capsys.readouterr().err
    _write_answer(book, f"asked-{cluster.code}", "中欧班列不在这些文件里，请问商务局。")
    assert main(["policies", "import", str(book), "--db", str(path)]) == 0
    assert main(["policies", "publish", "--reason", "补中欧班列", "--db", str(path)]) == 0
    tables = published_of(Namespace(policies=None, db=str(path))).tables
    engine = Engine(Assessor(tables), date(2025, 6, 30))
    at = datetime(2025, 7, 1, 9, tzinfo=CHINA)
    logged(journal, "中欧班列怎么补呀", conversation="after", at=at, engine=engine)
    after = figures(database, tables, since=at.date())
    assert [(one.id, one.used) for one in after.mine] == [(f"asked-{cluster.code}", 1)]
    assert "由提问补写的 1 条，答了 1 次" in page(after)
    assert main(["faq", "promote", cluster.code, "--db", str(path), "-o", str(tmp_path / "b.xlsx")]) == 2
    database.close()


def _write_answer(book: Path, row_id: str, answer: str) -> None:
    """What staff do in Excel."""
    workbook = load_workbook(book)
    sheet = workbook["常见问题"]
    cells = [cell for row in sheet.iter_rows(max_row=3) for cell in row if cell.value]
    heads = {str(cell.value).strip(" *＊"): cell.column for cell in cells}
    row = next(cell.row for column in sheet.iter_cols() for cell in column if cell.value == row_id)
    sheet.cell(row, heads["回答"], answer)
    sheet.cell(row, heads["一般说明"], "是")
    workbook.save(book)


def test_staff_promote_from_telegram(tmp_path: Path) -> None:
    """Editors see the clusters and get the sheet with the draft; to others these commands do not exist."""
    path = tmp_path / "kedui.db"
    database = open_database(path, vaults.MIGRATIONS, MIGRATIONS, store.schema)
    journal = Journal(database, open_vault(database, tmp_path / "key"), 180)
    at = datetime(2025, 6, 20, 9, tzinfo=CHINA)
    for number, text in enumerate(("中欧班列补多少钱一箱", "中欧班列有补贴吗", "发中欧班列给补助不")):
        logged(journal, text, name=str(number), conversation=str(number), at=at)
    store.seed(database, read_files(LIBRARY), at)
    bureau = Bureau(database, "5:editor,6:reader")
    errands = Errands(Api("1:a", "http://127.0.0.1:9"), Settings(db=path, _env_file=None), lambda chat, call: None)

    def typed(who: int, text: str) -> Call | None:
        """What the bureau answers; None: that is the desk's."""
        update = telegram.Update.de_json({"update_id": 1, "message": message(who, text=text)}, None)
        answer = bureau.handle(update, None, at)
        if isinstance(answer, Look):
            answer = bureau.handle(update, asyncio.run(errands.run(who, answer)), at)
        assert isinstance(answer, list | None)
        return answer[0].call if answer else None

    shown = typed(5, "/clusters")
    assert shown is not None
    code = re.search(r"^([0-9a-f]{4})　3 次", shown.data["text"], re.MULTILINE)
    assert code is not None
    sent = typed(5, f"/promote {code[1]}")
    assert sent is not None
    assert sent.file is not None
    assert f"asked-{code[1]}" in sent.file[0]
    sheet = tmp_path / sent.file[0]
    sheet.write_bytes(sent.file[1])
    assert main(["policies", "import", str(sheet), "--db", str(path)]) == 2
    rows = list(csv.reader(io.StringIO(sheet.read_text(encoding="utf-8-sig"))))
    heads = [head.strip(" *＊") for head in rows[0]]
    rows[-1][heads.index("回答")] = "中欧班列不在这些文件里，请问商务局。"
    rows[-1][heads.index("一般说明")] = "是"
    with sheet.open("w", encoding="utf-8-sig", newline="") as stream:
        csv.writer(stream).writerows(rows)
    assert main(["policies", "import", str(sheet), "--db", str(path)]) == 0
    (draft,) = store.drafts(database)
    assert len(load_files(store.files_of(database, draft.content)).faq) == len(library().faq) + 1
    refused = typed(5, "/promote zzzz")
    assert refused is not None
    assert "没有编号" in refused.data["text"]
    assert typed(6, "/clusters") is None
    database.close()


def test_codes_outlive_new_questions() -> None:
    """A cluster is found by any of its questions; a code that is nobody's is refused with those that there are."""
    found = clusters(["消防改造有补贴吗", "消防改造补多少", "房租减免吗"])
    other = clusters(["消防改造有补贴吗", "消防改造补多少", "消防改造补多少", "消防改造补多少呢", "房租减免吗"])
    for one in found:
        assert cluster_of(one.code, other).count >= 1
    with pytest.raises(NoCluster, match="没有编号"):
        cluster_of("zzzz", found)


# ---- looking into the log ----


def test_search_finds_words_of_two_characters(log: Path, found: Figures) -> None:
    """Two characters and more, quotes and wildcards as they are; each hit holds the word."""
    database = open_database(log, readonly=True)
    words = [row["text"] for row in database.query("SELECT text FROM log_turns WHERE length(text) > 5 LIMIT 40")]
    for text in words:
        for length in (2, 3, 4):
            word = text[1 : 1 + length]
            hits = list(search(database, word, most=10_000))
            everything = database.execute("SELECT count(*) FROM log_turns WHERE instr(text, ?)", [word.strip()])
            assert len(hits) == everything.fetchone()[0], word
    for odd in ('"', "%", "_%", "a OR b", "'; DROP", "NEAR(", "*"):
        assert all(odd in hit["text"] for hit in search(database, odd))
    with pytest.raises(SearchError):
        list(search(database, "  "))


def described() -> Any:
    """What Datasette is told of the log."""
    text = (Path(export.__file__).parent / "datasette.yaml").read_text(encoding="utf-8")
    return load(text)[0]["databases"]["log"]


def test_every_column_is_described(log: Path) -> None:
    """Tables and views, in the order of their columns."""
    database = open_database(log, readonly=True)
    for name, one in described()["tables"].items():
        columns = [row[1] for row in database.execute(f"PRAGMA table_info({name})")]
        assert list(one["columns"]) == columns, name


@pytest.mark.parametrize("name", described()["queries"])
def test_canned_queries_run(log: Path, found: Figures, name: str) -> None:
    """Each gives rows on a filled log, and the sums agree with the report's."""
    database, query = open_database(log, readonly=True), described()["queries"][name]
    (talk,) = database.execute("SELECT conversation FROM log_turns WHERE text LIKE '%贯标%' LIMIT 1").fetchone()
    given = {"word": "贯标", "conversation": talk}
    rows = list(database.query(query["sql"], {key: given[key] for key in query.get("params", ())}))
    assert rows
    if name == "days":
        assert sum(row["conversations"] for row in rows) == found.conversations
    if name == "unanswered":
        assert sum(row["times"] for row in rows) == found.questions["unknown"]
    if name == "funnel":
        assert {row["path"] for row in rows} >= {"enterprise.region", "projects"}


def test_the_log_can_be_taken_out(log: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The exported file holds the log and nothing else; an existing file is not overwritten unasked."""
    target = tmp_path / "log.db"
    assert export_log(log, target) > CONVERSATIONS
    names = set(open_database(target, readonly=True).table_names())
    assert {name for name in names if not name.startswith("log_texts")} <= {
        "log_turns",
        "_sqlite_migrations",
        "sqlite_sequence",
    }
    assert main(["log", "export", str(target), "--db", str(log)]) == 2
    assert main(["log", "purge", "--db", str(target), "--days", "1"]) == 0
    assert "删除了" in capsys.readouterr().out
    assert main(["log", "search", "贯标", "--db", str(log)]) == 0
