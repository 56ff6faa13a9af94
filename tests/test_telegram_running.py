"""The real process against the Bot API server on loopback: conversations, faults on the line, starting and stopping.

One server and one bot serve most tests, each with people of its own; a test that needs a bot of its own starts one.
"""

from __future__ import annotations

import itertools
import json
import resource
import sqlite3
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from tests.botapi.remote import Remote, running
from tests.phone import WHOLE
from tests.running import Bot, bot, free_port

NUMBERS = itertools.count(101)
"""People, each used once."""
QUICK = {"KEDUI_TELEGRAM_LIMITS": "0"}
DONE = "最高可得 210万元（2100000 元）"


@pytest.fixture(scope="module")
def kedui(api: Remote, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bot]:
    with bot(tmp_path_factory.mktemp("bot"), api.url, api.token, **QUICK) as one:
        one.start()
        yield one


@pytest.fixture
def person(api: Remote) -> Any:
    return api.person(next(NUMBERS))


def texts(person: Any, chat: int = 0) -> list[str]:
    """What the bot has said, oldest first."""
    return [row["text"] for row in person.view(chat) if row["by"] == "bot"]


def asked_all(person: Any, said: list[str] = WHOLE) -> list[dict[str, Any]]:
    """The conversation, one message after the other is answered."""
    new: list[dict[str, Any]] = []
    for text in said:
        new = person.ask(text, timeout=30)
    return new


def until(true: Callable[[], Any], timeout: float = 20) -> Any:
    end = time.monotonic() + timeout
    while not (found := true()):
        assert time.monotonic() < end
        time.sleep(0.02)
    return found


def holding(path: Path) -> sqlite3.Connection:
    """Somebody who holds the database's write lock."""
    other = sqlite3.connect(path, isolation_level=None, timeout=10)
    other.execute("BEGIN IMMEDIATE")
    return other


# ---- conversations ----


def test_a_conversation_by_polling(kedui: Bot, person: Any) -> None:
    """From the first message to the assessment; each turn is a line in the log without its words."""
    asked_all(person)
    person.wait(text=DONE)
    line = kedui.wait_for("turn", len(WHOLE))[-1]
    assert {"at", "level", "event", "chat", "kind", "turn", "acts", "ms"} <= set(line)
    assert not any(word in kedui.words() for word in ("稀土", "机器人", str(person.ask("为什么")[0]["id"]) + "稀土"))


def test_a_button_pressed(api: Remote, kedui: Bot, person: Any) -> None:
    """The tap is answered, the choice shown, and the conversation goes on."""
    person.ask("包头稀土高新区", timeout=30)
    rows = person.ask("我们公司做稀土永磁，机器人700万", timeout=30)
    label = next(button["text"] for row in reversed(rows) for line in row["buttons"] for button in line)
    tap = person.press(label)
    person.wait(timeout=30)
    assert until(lambda: person.tapped(tap)) is not None


def test_two_hundred_messages_at_once(api: Remote, kedui: Bot) -> None:
    """Forty people, five messages each without waiting: every chat in order, nobody mixed up, nobody forgotten."""
    people = [api.person(next(NUMBERS)) for _ in range(40)]
    for wan in range(1, 6):
        for number, one in enumerate(people):
            one.say(
                f"总投资{(number + 1) * 100 + wan}万" if wan > 1 else "我们公司在包头稀土高新区做稀土永磁，机器人改造"
            )
    api.stage.quiet(0.5, 60)
    for number, one in enumerate(people):
        said = "".join(texts(one))
        last = said.rfind(f"{(number + 1) * 100 + 5}万元")
        assert last > said.rfind(f"{(number + 1) * 100 + 4}万元，") or f"由{(number + 1) * 100 + 4}万元改为" in said
        assert last > 0


def test_a_conversation_by_webhook(api: Remote, tmp_path: Path) -> None:
    """Telegram posts to loopback; strangers without the secret are refused; what is no update is parked and not retried."""
    port = free_port()
    hook = f"http://127.0.0.1:{port}/telegram"
    settings = {
        "KEDUI_TELEGRAM_MODE": "webhook", "KEDUI_TELEGRAM_WEBHOOK_URL": hook,
        "KEDUI_TELEGRAM_WEBHOOK_LISTEN": f"127.0.0.1:{port}", "KEDUI_TELEGRAM_WEBHOOK_SECRET": "a-secret",
    }  # fmt: skip

    def post(body: bytes, secret: str) -> int:
        request = urllib.request.Request(hook, body, {"X-Telegram-Bot-Api-Secret-Token": secret})
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            return error.code

    with running(limits=False) as own, bot(tmp_path, own.url, own.token, **QUICK, **settings) as one:
        one.start()
        someone = own.person(1)
        asked_all(someone)
        someone.wait(text=DONE)
        forged = json.dumps({"update_id": 9, "message": {"text": "x"}}).encode()
        assert [post(forged, secret) for secret in ("", "A-secret", "a-secret-")] == [403, 403, 403]
        for nonsense in (b"", b"\xff\xfe", b"[1]", b"{}", b'{"update_id": 10, "message": 5}', b"[" * 100_000):
            assert post(nonsense, "a-secret") == 200
        assert "处理不了" in one.run("health").stdout
        assert someone.ask("如果升到4A呢", timeout=30)
        assert one.stop()[0] == 0


def test_odd_updates(api: Remote, kedui: Bot) -> None:
    """Twice, late, of an unknown kind, unreadable: nothing happens twice, nobody else notices."""
    number = next(NUMBERS)
    person = api.person(number)
    asked_all(person, WHOLE[:2])
    before = texts(person)
    update = {
        "update_id": 5, "message": {
            "message_id": 900_001, "date": 1, "chat": {"id": number, "type": "private"},
            "from": {"id": number, "is_bot": False, "first_name": "P"}, "text": "不对，安全平台是500万",
        },
    }  # fmt: skip
    for odd in (
        update,
        update,
        {"update_id": 6},
        {"update_id": 7, "poll": {"id": "1"}},
        {"update_id": 8, "message": []},
        {"update_id": 9, "poll": {"id": "\ud83d"}},
        *(
            {"update_id": 11 + at, "message": update["message"] | {"message_id": 900_002 + at} | wrong}
            for at, wrong in enumerate(({"message_id": 1.5}, {"message_id": 10**20}, {"date": "1"}, {"text": ["x"]}))
        ),
    ):
        api.stage.put(odd)
    until(lambda: len(texts(person)) > len(before))
    api.stage.put(update)
    api.stage.quiet(0.5, 30)
    assert sum("由400万元改为500万元" in text for text in texts(person)) == 1
    assert sum("处理时出了错" in text for text in texts(person)) == 4
    half = {"message_id": 900_020, "text": "\ud83d今年五月\ude00"}  # of an emoji
    api.stage.put({"update_id": 20, "message": update["message"] | half})
    until(lambda: "还有别的项目吗" in texts(person)[-1])


# ---- the line ----


@pytest.mark.parametrize("kind", ["status", "html", "garbage", "cut_before", "cut_after", "cut_half", "too_many"])
def test_faults_of_the_line(api: Remote, kedui: Bot, person: Any, kind: str) -> None:
    """An answer that fails is sent again until it is there, in order; polling goes on."""
    asked_all(person, WHOLE[:1])
    api.stage.fault("sendMessage", kind, count=2, seconds=1)
    api.stage.fault("getUpdates", kind, count=1, seconds=1)
    asked_all(person, WHOLE[1:])
    person.wait(text=DONE, timeout=30)
    api.stage.quiet(0.5, 30)
    said = texts(person)
    order = [
        said.index(next(text for text in said if part in text)) for part in ("已确定 160万元", "还有别的项目", DONE)
    ]
    assert order == sorted(order)


def test_a_404_with_the_right_token(api: Remote, kedui: Bot, person: Any) -> None:
    """Not found is what Telegram says to a wrong token; a right one goes on, and the answer comes."""
    asked_all(person, WHOLE[:1])
    api.stage.fault("sendMessage", "status", code=404, count=2)
    assert "两化融合" in "".join(row["text"] for row in person.ask("今年三月", timeout=30))


@pytest.mark.parametrize("code", [401, 404, 409])
def test_a_refusal_now_and_then_ends_nothing(api: Remote, kedui: Bot, person: Any, code: int) -> None:
    """The token is not wrong because one call says so, and a call that a crash cut off is no second process."""
    api.stage.fault("getUpdates", "status", code=code, count=3)
    asked_all(person, WHOLE[:1])
    assert "两化融合" in "".join(row["text"] for row in person.ask("今年三月", timeout=30))
    assert kedui.process is not None
    assert kedui.process.poll() is None


def test_a_chat_told_to_wait_waits_alone(api: Remote, kedui: Bot) -> None:
    """429 for one chat: the others are answered meanwhile."""
    slow, quick = api.person(next(NUMBERS)), api.person(next(NUMBERS))
    asked_all(slow, WHOLE[:1])
    asked_all(quick, WHOLE[:1])
    api.stage.fault("sendMessage", "too_many", seconds=4)
    slow.say("今年三月")
    until(lambda: any(line["event"] == "too fast" for line in kedui.lines()[-5:]))
    begun = time.monotonic()
    asked_all(quick, WHOLE[1:4])
    assert time.monotonic() - begun < 3.5
    slow.wait(timeout=30)


def test_blocked_and_back(api: Remote, kedui: Bot, person: Any) -> None:
    """403: nothing more is tried there; when the user is back, the conversation goes on where it was."""
    asked_all(person, WHOLE[:1])
    api.stage.fault("sendMessage", "delay", seconds=0.3)
    person.say("今年三月")
    person.block()
    api.stage.quiet(0.6, 30)
    person.unblock()
    assert "还有别的项目" in "".join(row["text"] for row in person.ask("今年五月", timeout=30))


def test_a_group_that_moves(api: Remote, kedui: Bot, person: Any) -> None:
    """The group became a supergroup between question and answer: the answer comes into the new one."""
    group = person.group("可兑测试")
    api.stage.quiet(0.3, 30)
    api.stage.fault("sendMessage", "status", code=502)
    person.say("/help", group)
    new = person.migrate(group)
    until(lambda: texts(person, new))


# ---- the disk ----


def test_a_locked_database(api: Remote, kedui: Bot, person: Any) -> None:
    """Nothing can be kept: the user hears so once; then everything that was said is answered."""
    asked_all(person, WHOLE[:1])
    other = holding(kedui.database)
    try:
        person.say("今年三月")
        person.say("今年五月")
        person.wait(text="没有丢", timeout=30)
    finally:
        other.execute("ROLLBACK")
        other.close()
    until(lambda: "还有别的项目" in texts(person)[-1])
    assert sum("没有丢" in text for text in texts(person)) == 1


@contextmanager
def small_disk(folder: Path) -> Iterator[tuple[Path, Callable[[Bot], None], Callable[[Bot], None]]]:
    """A disk of 4 MB, how it is filled, how it is emptied. Where nothing may be mounted: files that cannot grow."""
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(folder)], capture_output=True, check=False
    )
    filler = folder / "filler"

    def limit(one: Bot, size: int) -> None:
        assert one.process is not None
        resource.prlimit(one.process.pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))

    def fill(one: Bot) -> None:
        if mounted.returncode:
            limit(one, one.database.with_name("kedui.db-wal").stat().st_size)
            return
        with suppress(OSError), filler.open("wb", buffering=0) as stream:
            while True:
                stream.write(bytes(4096))

    def empty(one: Bot) -> None:
        if mounted.returncode:
            limit(one, resource.RLIM_INFINITY)
        else:
            filler.unlink()

    try:
        yield folder, fill, empty
    finally:
        if not mounted.returncode:
            subprocess.run(["umount", "-l", str(folder)], check=True)


def test_a_full_disk(tmp_path: Path) -> None:
    """What was accepted stays; who writes hears that nothing is lost; even a restart changes nothing; then all goes on."""
    disk = tmp_path / "disk"
    disk.mkdir()
    with (
        running(limits=False) as own,
        small_disk(disk) as (folder, fill, empty),
        bot(tmp_path, own.url, own.token, **QUICK, KEDUI_DB=str(folder / "kedui.db")) as one,
    ):
        one.start()
        someone = own.person(1)
        asked_all(someone, WHOLE[:3])
        fill(one)
        someone.say(WHOLE[3])
        someone.wait("没有丢", timeout=30)
        one.kill()
        one.start()
        fill(one)
        someone.say(WHOLE[4])
        someone.wait("没有丢", timeout=30)
        empty(one)
        someone.wait("别的财政奖补", since=0, timeout=30)
        someone.ask(WHOLE[5], timeout=30)
        someone.wait(DONE, timeout=30)


# ---- beginning and ending ----


def test_sigterm_ends_with_all_turns_done(api: Remote, tmp_path: Path) -> None:
    """Within five seconds; whoever was heard has his answer, the rest is answered by the next process."""
    with running(limits=False) as own, bot(tmp_path, own.url, own.token, **QUICK) as one:
        one.start()
        people = [own.person(number) for number in range(1, 31)]
        for someone in people:
            someone.say(WHOLE[0])
        one.wait_for("turn", 3)
        status, seconds = one.stop()
        assert (status, seconds < 5) == (0, True)
        with sqlite3.connect(one.database) as database:
            assert database.execute("SELECT count(*) FROM inbox WHERE done_at IS NULL").fetchone() == (0,)
            assert database.execute("SELECT count(*) FROM outbox").fetchone() == (0,)
        one.start()
        for someone in people:
            someone.wait(text="哪年哪月完工", timeout=30)
        own.stage.quiet(0.5, 30)
        assert [len(texts(someone)) for someone in people] == [1] * 30


def test_a_second_process_says_so(kedui: Bot, tmp_path: Path) -> None:
    """On the same database; with the same token from the same place."""
    again = kedui.run("telegram")
    assert again.returncode == 2
    assert "另一个进程正在用数据库" in again.stderr
    same = kedui.run("telegram", "--db", str(tmp_path / "other.db"))
    assert same.returncode == 2
    assert "同一个机器人令牌" in same.stderr


def test_two_places_with_one_token(tmp_path: Path) -> None:
    """Telegram tells each of the other (409): one of the two goes on, the other says so and ends."""
    with (
        running(limits=False) as own,
        bot(tmp_path / "a", own.url, own.token) as one,
        bot(tmp_path / "b", own.url, own.token) as other,
    ):
        one.start()
        other.start(ready=False)
        assert one.process is not None
        assert other.process is not None
        until(lambda: one.process.poll() is not None or other.process.poll() is not None, 60)
        ended, stays = (one, other) if one.process.poll() is not None else (other, one)
        assert ended.process is not None
        assert (ended.process.wait(5), "409" in ended.words()) == (2, True)
        assert own.person(1).ask("你好", timeout=30)
        assert stays.process is not None
        assert stays.process.poll() is None


def test_the_watchdog(tmp_path: Path) -> None:
    """No word from Telegram for too long: the process ends and says why."""
    with running() as own, bot(tmp_path, own.url, own.token, KEDUI_TELEGRAM_PATIENCE="5") as one:
        one.start()
        fetched = until(lambda: own.stage.journal(method="getUpdates"))
        assert int(fetched[0]["parameters"]["timeout"]) <= 5 / 3, "a quiet hour must not look like a broken line"
        own.stage.fault("getUpdates", "status", count=10_000)
        assert one.process is not None
        assert one.process.wait(30) == 1
        assert "没能从 Telegram 取到消息" in one.words()


def test_away_for_days(tmp_path: Path) -> None:
    """Telegram has dropped what was said meanwhile: who was left with a question hears it once more."""
    with running(limits=False) as own, bot(tmp_path, own.url, own.token, **QUICK) as one:
        one.start()
        someone, done = own.person(1), own.person(2)
        asked_all(someone, WHOLE[:2])
        asked_all(done)
        own.stage.quiet(0.3, 30)
        one.stop()
        with sqlite3.connect(one.database) as database:
            database.execute("UPDATE beats SET at = at - 3 * 86400")
            database.execute("UPDATE chats SET changed_at = changed_at - 3 * 86400")
        since = someone.revision()
        one.start()
        assert "两化融合" in "".join(row["text"] for row in someone.wait(since=since, timeout=30))


def test_the_token_is_never_told(tmp_path: Path) -> None:
    """A wrong token, an unreachable server, at the most talkative level: in no log, no error, no database."""
    token = "123456789:AAE-a-token-that-must-not-be-told"
    with running() as own, bot(tmp_path, own.url, token, KEDUI_LOG_LEVEL="debug") as one:
        one.start(ready=False)
        assert one.process is not None
        assert one.process.wait(30) == 2
        assert "KEDUI_TELEGRAM_TOKEN" in one.words()
        checked = one.run("telegram", "--check")
        assert checked.returncode == 1
        assert "令牌不被承认" in checked.stdout
        lost = one.run("telegram", "--check", KEDUI_TELEGRAM_API=f"http://127.0.0.1:{free_port()}")
        assert "连不上" in lost.stdout
        shown = one.run("settings")
        everything = one.words() + "".join(r.stdout + r.stderr for r in (checked, lost, shown))
        everything += one.database.read_bytes().decode("latin-1")
        assert token not in everything
        assert token.split(":")[1] not in everything


def test_erased(tmp_path: Path) -> None:
    """/delete, confirmed: afterwards nothing of theirs is in the file or its log, and the next message begins anew."""
    with running(limits=False) as own, bot(tmp_path, own.url, own.token, **QUICK) as one:
        one.start()
        someone = own.person(1)
        asked_all(someone)
        with sqlite3.connect(one.database) as database:
            chat, sealed = database.execute("SELECT chat, body FROM chats").fetchone()
        someone.ask("/delete", button="确认删除", timeout=30)
        someone.press("确认删除")
        someone.wait(timeout=30)
        own.stage.quiet(0.5, 30)
        with sqlite3.connect(one.database) as database:
            assert database.execute("SELECT count(*) FROM chats").fetchone() == (0,)
        raw = one.database.read_bytes() + one.database.with_name("kedui.db-wal").read_bytes()
        assert all(sealed[start : start + 16] not in raw for start in range(0, len(sealed) - 16, 16))
        assert chat.encode() not in raw
        assert "注册在哪个市" in "".join(row["text"] for row in someone.ask("你好", timeout=30))
        assert one.database.stat().st_mode & 0o077 == 0
