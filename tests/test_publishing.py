"""`kedui policies …` and the programs that answer by what is published: real processes on a real database."""

from __future__ import annotations

import json
import os
import re
import resource
import shutil
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot import store as stores
from bot import vault as vaults
from bot.telegram.chat import Chat
from dialogs.session import Session
from policies import store, trail
from policies.database import Database, open_database
from policies.loader import LIBRARY, load_files, read_files
from tests.test_commands import FACTORY, ROOT, Run, inside, process, refused
from tests.test_store import edited

NOW = datetime(2026, 11, 26, 9, 30, tzinfo=UTC)

__all__ = ["inside"]  # a fixture


@pytest.fixture
def kedui(tmp_path: Path) -> Run:
    return process(tmp_path)


@pytest.fixture
def database(tmp_path: Path) -> Database:
    """kedui.db with the library as version 1."""
    store._loaded.clear()
    store._faulty.clear()
    opened = open_database(tmp_path / "kedui.db", store.schema)
    store.seed(opened, read_files(LIBRARY), NOW)
    return opened


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Baotou's folder as staff would hand it in: the cap of 4.2 raised, the worked cases that this moves taken out."""
    made = tmp_path / "change"
    shutil.copytree(LIBRARY / "baotou", made)
    text = edited(read_files(LIBRARY))["baotou/policy.yaml"]
    (made / "policy.yaml").write_text(text, encoding="utf-8")
    (made / "cases.yaml").write_text("cases: []\n", encoding="utf-8")
    return made


def total(kedui: Run, *options: str) -> str:
    done = kedui("assess", "-", "--json", *options, stdin=FACTORY)
    assert (done.returncode, done.stderr) == (0, "")
    return str(json.loads(done.stdout)["total_yuan"])


def good(done: subprocess.CompletedProcess[str]) -> str:
    """What a command printed that did what it should; progress may be said where the machine is slow."""
    assert (done.returncode, re.sub(r"已比较 \d+\n", "", done.stderr)) == (0, ""), done.stderr
    return done.stdout


# ---- what answers ----


def test_assess_answers_by_what_is_published(kedui: Run, tmp_path: Path, database: Database) -> None:
    """--db with versions wins over the library, --policies over both; assess writes nothing."""
    one = store.submit(database, edited(read_files(LIBRARY)), who="wang", origin="folder", at=NOW)
    store.publish(database, one.id, who="wang", why="上限提高", at=NOW)
    database.close()
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir() if path.is_file()}
    assert total(kedui) == "2100000"
    assert total(kedui, "--db", "kedui.db") == "2150000"
    assert total(kedui, "--db", "kedui.db", "--policies", str(LIBRARY)) == "2100000"
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir() if path.is_file()} == before


def test_a_running_conversation_answers_by_the_new_tables(tmp_path: Path, database: Database) -> None:
    """It goes on without a restart, and says that its result changed."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("KEDUI_")}
    with subprocess.Popen(
        [sys.executable, "-m", "bot", "chat", "--jsonl", "--db", "kedui.db", "--as-of", "2025-06-30"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        cwd=tmp_path,
        env={**environment, "PYTHONPATH": str(ROOT), "XDG_DATA_HOME": str(tmp_path / "data")},
    ) as talk:
        assert talk.stdin is not None
        assert talk.stdout is not None

        def say(text: str) -> dict[str, object]:
            assert talk.stdin is not None
            assert talk.stdout is not None
            talk.stdin.write(json.dumps({"text": text}) + "\n")
            talk.stdin.flush()
            found: dict[str, object] = json.loads(talk.stdout.readline())
            return found

        json.loads(talk.stdout.readline())
        first = say("我们公司在包头稀土高新区做永磁材料，2025年3月完工的升级改造项目，总投资1000万全部买机器人")
        assert first["assessment"]["total_yuan"] == "1000000"
        one = store.submit(database, edited(read_files(LIBRARY)), who="wang", origin="folder", at=NOW)
        store.publish(database, one.id, who="wang", why="上限提高", at=NOW)
        second = say("还没有认定")
        assert second["assessment"]["total_yuan"] == "1200000"
        said = second["replies"][0]["text"]
        assert "政策表刚刚更新" in said
        assert "120万元" in said
        assert "政策表刚刚更新" not in json.dumps(say("没有了"), ensure_ascii=False)
        talk.stdin.close()


# ---- the way to a version ----


def test_the_life_of_a_change(inside: Run, kedui: Run, folder: Path, tmp_path: Path) -> None:
    """Import says what changes and whom it moves, publish makes it count, rollback takes it back."""
    said = good(inside("policies", "import", "change", "--db", "kedui.db"))
    assert "条款 baotou-4.2：上限 100万元 → 120万元" in said
    assert re.search(r"案例 \d+ 个：10 个结果有变，10 个增加，0 个减少", said)
    assert "{" not in said
    assert total(inside, "--db", "kedui.db") == "2100000"
    assert "上限 100万元 → 120万元" in good(inside("policies", "diff", "--db", "kedui.db"))
    assert "第2版" in good(kedui("policies", "publish", "--db", "kedui.db", "--reason", "上限提高"))
    assert total(kedui, "--db", "kedui.db") == "2150000"
    assert "上限 120万元 → 100万元" in good(inside("policies", "diff", "2", "1", "--db", "kedui.db"))
    assert "第3版" in good(inside("policies", "rollback", "1", "--db", "kedui.db", "--reason", "发早了"))
    assert total(inside, "--db", "kedui.db") == "2100000"
    lines = good(inside("policies", "history", "--db", "kedui.db")).splitlines()
    assert [line.split("\t")[0] for line in lines] == ["第3版", "第2版", "第1版"]
    assert lines[1].endswith("上限提高")
    assert "记录完整" in good(inside("policies", "audit", "--db", "kedui.db"))
    assert "没有不同" in good(inside("policies", "diff", "library", "1", "--db", "kedui.db"))


def test_a_broken_import_changes_nothing(inside: Run, folder: Path, tmp_path: Path, database: Database) -> None:
    """Every fault with its line; the same versions and drafts as before."""
    text = (folder / "policy.yaml").read_text(encoding="utf-8")
    (folder / "policy.yaml").write_text(text.replace("is: upgrade", "is: upgraed", 1), encoding="utf-8")
    done = inside("policies", "import", "change", "--db", "kedui.db")
    assert done.returncode == 2
    assert re.search(r"baotou/policy.yaml 第\d+行（baotou-4.2）：build 里没有 upgraed。是不是 upgrade？", done.stderr)
    assert [one.number for one in store.history(database)] == [1]
    assert store.drafts(database) == []
    refused(inside("policies", "publish", "--db", "kedui.db", "--reason", "x"), "import")


def test_an_import_without_a_change(inside: Run, tmp_path: Path, database: Database) -> None:
    """Nothing to wait for."""
    refused(inside("policies", "import", str(LIBRARY), "--db", "kedui.db"), "没有改动")


def test_a_worked_case_that_no_longer_holds_stops_publishing(inside: Run, folder: Path, tmp_path: Path) -> None:
    """It is named with both figures; corrected in the same draft, it does not."""
    cases = (LIBRARY / "baotou" / "cases.yaml").read_text(encoding="utf-8")
    number = cases.index("- id: baotou-line-two-clauses")
    one = (
        cases[cases.index("base:") : cases.index("cases:")]
        + "cases:\n"
        + cases[number : cases.index("- id:", number + 5)]
    )
    (folder / "cases.yaml").write_text(one, encoding="utf-8")
    said = good(inside("policies", "import", "change", "--db", "kedui.db"))
    assert "案例 baotou/baotou-line-two-clauses 不再成立" in said
    assert "1200000" in said
    done = inside("policies", "publish", "--db", "kedui.db", "--reason", "x")
    assert done.returncode == 2
    assert "baotou-line-two-clauses" in done.stderr
    (folder / "cases.yaml").write_text(one.replace("1000000'", "1200000'"), encoding="utf-8")
    good(inside("policies", "import", "change", "--db", "kedui.db"))
    good(inside("policies", "publish", "--db", "kedui.db", "--reason", "x"))


def test_two_publishers_at_once(tmp_path: Path, folder: Path, database: Database) -> None:
    """One wins; the other is told that the base moved, and shown by what."""
    files = read_files(LIBRARY)
    first = edited(files)
    second = {**files, "siyang/policy.yaml": files["siyang/policy.yaml"].replace("short: ", "short: 新", 1)}
    first["baotou/cases.yaml"] = "cases: []\n"
    drafts = [
        store.submit(database, changed, who=who, origin="x", at=NOW) for who, changed in (("a", first), ("b", second))
    ]
    environment = {key: value for key, value in os.environ.items() if not key.startswith("KEDUI_")}
    command = [sys.executable, "-m", "bot", "policies", "publish", "--db", "kedui.db", "--reason", "x", "--draft"]
    runs = [
        subprocess.Popen(
            [*command, str(draft.id)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            cwd=tmp_path,
            env={**environment, "PYTHONPATH": str(ROOT)},
        )
        for draft in drafts
    ]
    outs = [run.communicate(timeout=120) for run in runs]
    assert sorted(run.returncode for run in runs) == [0, 2]
    out, err = outs[0 if runs[0].returncode else 1]
    assert "现在已是第2版" in err
    assert ("上限 100万元 → 120万元" in out) or ("简称" in out)
    assert [one.number for one in store.history(database)] == [2, 1]


# ---- upgrades, expiry, conversations ----


def test_a_newer_library_is_offered(inside: Run, tmp_path: Path, database: Database) -> None:
    """What staff left alone follows; what they changed stays theirs, and is named."""
    older = read_files(LIBRARY)
    older["siyang/notes.md"] = "an older note\n"
    older["baotou/notes.md"] = "an older note\n"
    store.seed(database, older, NOW)
    assert "更新" in good(inside("policies", "history", "--db", "kedui.db"))
    mine = {**older, "baotou/notes.md": "our own note\n"}
    one = store.submit(database, mine, who="wang", origin="x", at=NOW)
    store.publish(database, one.id, who="wang", why="", at=NOW)
    said = good(inside("policies", "import", "--library", "--db", "kedui.db"))
    assert "文件 siyang 的说明（notes.md）" in said
    assert "baotou 已由工作人员改过" in said
    assert "baotou 的说明" not in said
    good(inside("policies", "publish", "--reason", "升级", "--db", "kedui.db"))
    files = store.files_of(database, store.history(database)[0].content)
    assert files["siyang/notes.md"] == read_files(LIBRARY)["siyang/notes.md"]
    assert files["baotou/notes.md"] == "our own note\n"


def test_show_a_version(inside: Run, tmp_path: Path, database: Database) -> None:
    """Who, when, why, the documents, and what it changed."""
    one = store.submit(database, edited(read_files(LIBRARY)), who="wang", origin="x", at=NOW)
    store.publish(database, one.id, who="wang", why="上限提高", at=NOW)
    said = good(inside("policies", "show", "--db", "kedui.db"))
    assert said.startswith("第2版\t2026-11-26T09:30:00+00:00\twang\t上限提高")
    assert "上限 100万元 → 120万元" in said
    assert good(inside("policies", "show", "1", "--db", "kedui.db")).startswith("第1版")
    refused(inside("policies", "show", "7", "--db", "kedui.db"), "第7版")


def test_expiring(inside: Run, tmp_path: Path) -> None:
    """The documents whose last day comes near."""
    assert "还有 16 天" in good(inside("policies", "expiring", "--as-of", "2025-12-15"))
    assert good(inside("policies", "expiring", "--as-of", "2025-09-15")) == ""
    assert "baotou" in good(inside("policies", "expiring", "--as-of", "2025-09-15", "--within", "120"))


def test_the_impact_on_what_conversations_told(inside: Run, folder: Path, tmp_path: Path, database: Database) -> None:
    """Stored conversations are replayed, unnamed; those that do not move are counted only."""
    database.close()
    path = tmp_path / "kedui.db"
    opened = open_database(path, store.schema, vaults.MIGRATIONS, stores.MIGRATIONS)
    kept = stores.Store(opened, vaults.open_vault(opened, vaults.key_file_of(path, None)))
    told = {
        "enterprise": {"region": "150271", "applicant_kind": "enterprise", "industries": ["rare_earth_chain"]},
        "projects": [
            {
                "id": "P1",
                "completed_on": "2025-03-01",
                "build": "upgrade",
                "total_investment_yuan": 10_000_000,
                "activities": ["robots"],
            }
        ],
        "other_awards": [{"level": "city"}],
    }
    for number, facts in enumerate([told, {"enterprise": {"region": "320000"}}, {}]):
        name = kept.name_of(number)
        kept.keep_chat(name, Chat(number, session=Session(facts=facts)).to_json(), 0.0)
    opened.close()
    said = good(inside("policies", "import", "change", "--db", "kedui.db", "--as-of", "2025-06-30"))
    assert "存下的对话 2 个：1 个结果有变，1 个增加，0 个减少，合计多20万元" in said
    assert re.search(r"- 对话\d：100万元 → 120万元（多20万元），涉及 baotou-4.2", said)
    (tmp_path / "kedui.db.key").unlink()
    assert "没有比较" in good(inside("policies", "impact", "--db", "kedui.db", "--as-of", "2025-06-30"))


# ---- what may go wrong ----

PUBLISHER = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from policies import store
from policies.database import open_database
from policies.loader import LIBRARY, read_files
database = open_database(Path(sys.argv[1]), store.schema)
files = read_files(LIBRARY)
while True:
    number = store.current_number(database) + 1
    changed = {**files, "baotou/notes.md": f"version {number}\\n"}
    draft = store.submit(database, changed, who="wang", origin="x", at=datetime.now(UTC))
    store.publish(database, draft.id, who="wang", why="", at=datetime.now(UTC))
    print(number, flush=True)
"""


def test_a_kill_while_publishing(tmp_path: Path, database: Database) -> None:
    """After SIGKILL at any moment: what was said to be published is, every version is whole, nothing is half done."""
    program = tmp_path / "publisher.py"
    program.write_text(PUBLISHER, encoding="utf-8")
    for pause in (0.0, 0.013, 0.05, 0.11):
        with subprocess.Popen(
            [sys.executable, str(program), str(tmp_path / "kedui.db")],
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        ) as run:
            assert run.stdout is not None
            told = int(run.stdout.readline())
            time.sleep(pause)
            run.send_signal(signal.SIGKILL)
            told = max([told, *map(int, run.stdout.read().split())])
        versions = store.history(database)
        assert told <= versions[0].number <= told + 1
        assert [one.number for one in versions] == list(range(len(versions), 0, -1))
        for one in versions[:-1]:
            assert store.files_of(database, one.content)["baotou/notes.md"] == f"version {one.number}\n"
        assert store.published(database).version == versions[0].number
        assert trail.broken(database) is None
    assert database.conn.execute("PRAGMA integrity_check").fetchone()[0] == "ok"


def test_a_full_disk(tmp_path: Path, folder: Path, database: Database) -> None:
    """A sentence and status 2; the old version goes on answering."""
    database.close()
    size = (tmp_path / "kedui.db").stat().st_size
    environment = {key: value for key, value in os.environ.items() if not key.startswith("KEDUI_")}
    done = subprocess.run(
        [sys.executable, "-m", "bot", "policies", "import", "change", "--db", "kedui.db"],
        capture_output=True,
        cwd=tmp_path,
        env={**environment, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"},
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (min(size, 30_000), size)),
        timeout=120,
        check=False,
    )
    told = done.stderr.decode("utf-8")
    assert done.returncode == 2, told
    assert "Traceback" not in told
    assert "磁盘" in told
    again = open_database(tmp_path / "kedui.db", store.schema)
    assert store.published(again).version == 1
    assert store.drafts(again) == []
    assert trail.broken(again) is None


def test_the_trail_shows_a_hand_in_it(inside: Run, tmp_path: Path, database: Database) -> None:
    """Its rows cannot be changed; who takes the triggers away breaks the chain."""
    with pytest.raises(Exception, match="append only"):
        database.conn.execute("UPDATE tables_trail SET who = 'nobody'")
    with pytest.raises(Exception, match="append only"):
        database.conn.execute("DELETE FROM tables_trail")
    database.conn.execute("DROP TRIGGER tables_trail_no_update")
    database.conn.execute("UPDATE tables_trail SET who = 'nobody'")
    refused(inside("policies", "audit", "--db", "kedui.db"), "第1条")


def test_who_may(inside: Run, tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Once users of the machine are named, editors import and only publishers publish; a refusal is in the trail."""
    monkeypatch.setenv("LOGNAME", "wang")
    good(inside("staff", "add", "li", "publisher", "--db", "kedui.db"))
    refused(inside("policies", "import", "change", "--db", "kedui.db"), "wang", "li")
    refused(inside("staff", "add", "wang", "publisher", "--db", "kedui.db"), "wang")
    monkeypatch.setenv("LOGNAME", "li")
    good(inside("staff", "add", "wang", "editor", "--db", "kedui.db"))
    monkeypatch.setenv("LOGNAME", "wang")
    good(inside("policies", "import", "change", "--db", "kedui.db"))
    refused(inside("policies", "publish", "--db", "kedui.db", "--reason", "x"), "wang", "li")
    good(inside("policies", "publish", "--db", "kedui.db", "--reason", "x", KEDUI_STAFF="wang:publisher"))
    assert "refused" in good(inside("policies", "audit", "--db", "kedui.db"))
    listed = good(inside("staff", "list", "--db", "kedui.db", KEDUI_STAFF="12345:reader"))
    assert [line.split("\t")[:2] for line in listed.splitlines()] == [
        ["12345", "reader"],
        ["li", "publisher"],
        ["wang", "editor"],
    ]
    refused(inside("staff", "add", "12345", "boss", "--db", "kedui.db", KEDUI_STAFF="wang:publisher"), "boss")
    refused(inside("staff", "list", "--db", "kedui.db", KEDUI_STAFF="12345"), "KEDUI_STAFF")


def test_the_library_loads_from_the_database(database: Database) -> None:
    """The texts kept are tables."""
    assert load_files(store.files_of(database, store.history(database)[0].content)).policies
