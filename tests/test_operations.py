"""`kedui health`, `kedui backup`, `kedui restore`, and the drill: backed up while it works, destroyed, restored, gone on."""

from __future__ import annotations

import shutil
import socket
import sqlite3
import threading
import time
from pathlib import Path

from tests.botapi.remote import running
from tests.phone import WHOLE
from tests.running import bot, free_port

QUICK = {"KEDUI_TELEGRAM_LIMITS": "0"}
DONE = "最高可得 210万元（2100000 元）"


def test_the_drill(tmp_path: Path) -> None:
    """Everybody who had been answered when the backup began goes on after it; its key is elsewhere."""
    with running(limits=False) as api, bot(tmp_path / "bot", api.url, api.token, **QUICK) as one:
        one.start()
        assert one.run("health").returncode == 0
        people = [api.person(number) for number in range(1, 13)]
        for number, person in enumerate(people):
            for text in WHOLE[: number % len(WHOLE) + 1]:
                person.ask(text, timeout=30)
        api.stage.quiet(0.3, 30)
        noise = [api.person(number) for number in range(100, 110)]
        talking = threading.Thread(target=lambda: [person.ask(text, timeout=60) for text in WHOLE for person in noise])
        talking.start()
        copy = tmp_path / "copies" / "kedui.backup"
        done = one.run("backup", str(copy))
        assert done.returncode == 0, done.stderr
        assert "密钥" in done.stdout
        assert copy.stat().st_mode & 0o077 == 0
        refused = one.run("restore", str(copy))
        assert refused.returncode == 1
        assert "先停掉" in refused.stderr
        talking.join()
        one.kill()

        key = one.database.with_name("kedui.db.key")
        kept = shutil.copy(key, tmp_path / "key kept elsewhere")
        shutil.rmtree(one.database.parent)
        lost = one.run("restore", str(copy))
        assert lost.returncode == 1
        assert "找不到密钥文件" in lost.stderr
        assert not one.database.exists()
        shutil.copy(kept, key)
        again = one.run("restore", str(copy))
        assert again.returncode == 0, again.stderr
        one.start()
        for number, person in enumerate(people):
            left = WHOLE[number % len(WHOLE) + 1 :]
            for text in left:
                person.ask(text, timeout=30)
            if left:
                person.wait(DONE, timeout=30)
            else:
                person.say("看结果")
                person.wait(DONE, timeout=30)


def test_a_backup_is_refused_or_whole(tmp_path: Path) -> None:
    """Nothing to back up; onto the database itself; onto a file that is none of ours; over an older backup."""
    with bot(tmp_path, "http://127.0.0.1:1", "1:a") as one:
        none = one.run("backup", "x")
        assert (none.returncode, "没有数据库" in none.stderr) == (1, True)
        assert one.run("telegram", "--check").returncode == 1  # makes the database
        onto = one.run("backup", str(one.database))
        assert (onto.returncode, "数据库本身" in onto.stderr) == (1, True)
        other = tmp_path / "letter.txt"
        other.write_text("不要动我\n", encoding="utf-8")
        spared = one.run("backup", str(other))
        assert (spared.returncode, other.read_text(encoding="utf-8")) == (1, "不要动我\n")
        assert [one.run("backup", "copy").returncode for _ in range(2)] == [0, 0]
        assert sorted(path.name for path in tmp_path.glob("copy*")) == ["copy"]
        nowhere = one.run("backup", str(other / "copy"))
        assert (nowhere.returncode, "Traceback" in nowhere.stderr) == (1, False)


def test_a_restore_is_refused_or_keeps_what_was(tmp_path: Path) -> None:
    """No file; no backup; a torn one: nothing is touched. What stood there is kept beside it."""
    with bot(tmp_path, "http://127.0.0.1:1", "1:a") as one:
        one.run("telegram", "--check")
        assert one.run("backup", "copy").returncode == 0
        whole = (tmp_path / "copy").read_bytes()
        (tmp_path / "torn").write_bytes(whole[: len(whole) // 2])
        (tmp_path / "text").write_text("x", encoding="utf-8")
        before = one.database.read_bytes()
        for name in ("missing", "torn", "text"):
            refused = one.run("restore", name)
            assert (refused.returncode, "Traceback" in refused.stderr) == (1, False)
            assert one.database.read_bytes() == before
        restored = one.run("restore", "copy")
        assert (restored.returncode, "before-restore" in restored.stdout) == (0, True)
        assert one.database.with_name("kedui.db.before-restore").exists()
        with sqlite3.connect(one.database) as database:
            assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_health(tmp_path: Path) -> None:
    """1 before the first start and when nothing has happened for 90 seconds, each with its reason; 0 between."""
    with running(limits=False) as api, bot(tmp_path, api.url, api.token) as one:
        first = one.run("health")
        assert (first.returncode, "没有启动过" in first.stdout) == (1, True)
        Path(one.database).parent.mkdir(parents=True, exist_ok=True)
        with sqlite3.connect(one.database) as database:  # a file that only the tables or the terminal have used
            database.execute("CREATE TABLE other (id INTEGER)")
        first = one.run("health")
        assert (first.returncode, "没有启动过" in first.stdout) == (1, True)
        one.start()
        end = time.monotonic() + 20
        while one.run("health").returncode != 0:
            assert time.monotonic() < end
        one.kill()
        with sqlite3.connect(one.database) as database:
            database.execute("UPDATE beats SET at = at - 100")
        stale = one.run("health")
        assert (stale.returncode, "没有动静" in stale.stdout) == (1, True)
        one.database.write_bytes(b"x" * 5000)
        broken = one.run("health")
        assert (broken.returncode, "Traceback" in broken.stdout + broken.stderr) == (1, False)


def test_a_database_taken_away_while_the_bot_runs(tmp_path: Path) -> None:
    """Nothing more is accepted; what was is saved beside it, and is not forgotten by the next start; it can be restored."""
    with running(limits=False) as api, bot(tmp_path, api.url, api.token) as one:
        one.start()
        person = api.person(1)
        for text in WHOLE[:2]:
            person.ask(text, timeout=30)
        for end in ("", "-wal", "-shm"):
            one.database.with_name(one.database.name + end).unlink()
        person.say(WHOLE[2])
        assert one.process is not None
        assert one.process.wait(30) == 2
        assert "删掉、移走或换掉" in one.words()
        rescued = f"{one.database}.rescued"
        again = one.run("telegram")
        assert (again.returncode, rescued in again.stderr) == (2, True)
        assert one.run("restore", rescued).returncode == 0
        one.start()
        assert "还有别的项目吗" in person.wait(text="最高 210万元", timeout=30)[-1]["text"]


def test_parked_messages_are_listed_and_tried_again(tmp_path: Path) -> None:
    """The operator sees when, which fault and where, without a word of theirs; the running bot takes them up."""
    with running(limits=False) as api, bot(tmp_path, api.url, api.token) as one:
        assert one.run("parked").returncode == 1
        one.start()
        person = api.person(1)
        person.ask("/start", timeout=30)
        where = {"id": 1, "type": "private"}
        api.stage.put({"update_id": 7, "message": {"message_id": 1.5, "date": 1, "chat": where, "text": "包头"}})
        person.wait(text="处理时出了错", timeout=30)
        listed = one.run("parked").stdout
        assert ("Unreadable" in listed, "updates.py" in listed, "包头" in listed) == (True, True, False)
        assert "1 条" in one.run("health").stdout
        with sqlite3.connect(one.database) as database:
            chat = database.execute("SELECT chat FROM inbox WHERE fault IS NOT NULL").fetchone()[0]
        assert "1 条再试一次" in one.run("parked", "--again").stdout
        end = time.monotonic() + 30
        while sum(line.get("parked", False) and line["chat"] == chat for line in one.lines()) < 2:
            assert time.monotonic() < end
            time.sleep(0.1)


def test_the_check_says_a_fault_once(tmp_path: Path) -> None:
    """What hangs on a point that is wrong is not looked at; a secret in an address is not told; a port in use is."""
    with running() as api, bot(tmp_path, api.url, api.token) as one, socket.socket() as taken:
        for fault, rest in (({"KEDUI_DB": "/proc/none/kedui.db"}, "密钥"), ({"KEDUI_TELEGRAM_TOKEN": "x"}, "Telegram")):
            lines = one.run("telegram", "--check", **fault).stdout.splitlines()
            assert sum("不行。" in line for line in lines) == 1
            assert any(line.startswith(f"{rest}：先改好") for line in lines)
        address = {"KEDUI_TELEGRAM_API": f"{api.url}/bot{api.token}"}
        found = one.run("telegram", "--check", **address)
        assert "不要带 /bot" in found.stdout
        assert api.token not in found.stdout + one.run("settings", **address).stdout
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        hook = {
            "KEDUI_TELEGRAM_MODE": "webhook", "KEDUI_TELEGRAM_WEBHOOK_URL": f"http://127.0.0.1:1/{api.token}",
            "KEDUI_TELEGRAM_WEBHOOK_LISTEN": f"127.0.0.1:{taken.getsockname()[1]}",
        }  # fmt: skip
        busy = one.run("telegram", "--check", **hook)
        assert ("地址已被占用" in busy.stdout, busy.returncode) == (True, 1)
        free = one.run("telegram", "--check", **hook | {"KEDUI_TELEGRAM_WEBHOOK_LISTEN": f"127.0.0.1:{free_port()}"})
        assert (free.returncode, api.token in free.stdout) == (0, False)


def test_the_check_says_what_is_wrong(tmp_path: Path) -> None:
    """In plain words, point by point, before the start."""
    with running() as api, bot(tmp_path, api.url, api.token) as one:
        good = one.run("telegram", "--check")
        assert (good.returncode, "可以启动" in good.stdout) == (0, True)
        cases = {
            "KEDUI_TELEGRAM_TOKEN": ("", "BotFather"),
            "KEDUI_TELEGRAM_API": (f"http://127.0.0.1:{free_port()}", "连不上"),
            "KEDUI_DB": (str(Path("/proc/none/kedui.db")), "数据库"),
            "KEDUI_KEY_FILE": (str(tmp_path / "another key"), "密钥"),
        }
        for name, (value, word) in cases.items():
            found = one.run("telegram", "--check", **{name: value})
            assert found.returncode == 1, name
            assert word in next(line for line in found.stdout.splitlines() if "不行" in line)
        hook = {"KEDUI_TELEGRAM_MODE": "webhook"}
        assert "KEDUI_TELEGRAM_WEBHOOK_URL" in one.run("telegram", "--check", **hook).stdout
        unset = one.run("telegram", KEDUI_TELEGRAM_TOKEN="")
        assert (unset.returncode, "BotFather" in unset.stderr) == (2, True)
        wrong = one.run("telegram", KEDUI_TELEGRAM_MODE="carrier pigeon")
        assert (wrong.returncode, "KEDUI_TELEGRAM_MODE" in wrong.stderr) == (2, True)
