"""The Bot API server of the tests delivers updates as Telegram does, limits, fails as ordered, and runs as a process."""

from __future__ import annotations

import asyncio
import contextlib
import http.client
import json
import time
import urllib.parse
import urllib.request
from typing import Any

import pytest
from telegram import (
    Bot,
)
from telegram.error import (
    Conflict,
    NetworkError,
    RetryAfter,
    TelegramError,
)

from tests.botapi.caller import PEOPLE, Run, client, hook, newcomer, news, raw, until
from tests.botapi.remote import Remote, spawned


@pytest.fixture(autouse=True)
def _timedelta(monkeypatch: pytest.MonkeyPatch) -> None:
    """The library warns of its old type for retry_after unless told to use the new one."""
    monkeypatch.setenv("PTB_TIMEDELTA", "true")


@pytest.fixture
def ada(api: Remote, bot: Bot, run: Run) -> Any:
    """A person who has written to the bot; nothing is pending, ordered or set."""
    return newcomer(api, bot, run)


# ---- updates ----


def test_updates_come_until_confirmed(bot: Bot, run: Run, ada: Any) -> None:
    """Unconfirmed updates come again, in pages; an offset forgets those before it, a negative one keeps the last."""
    for text in "abcd":
        ada.say(text)
    first = run(bot.get_updates(limit=3))
    assert [u.message.text for u in first] == ["a", "b", "c"]
    assert [u.update_id for u in run(bot.get_updates(limit=3))] == [u.update_id for u in first]
    assert [u.message.text for u in run(bot.get_updates(offset=first[1].update_id))] == ["b", "c", "d"]
    assert [u.message.text for u in run(bot.get_updates(offset=-1))] == ["d"]
    assert [u.message.text for u in news(bot, run)] == ["d"]
    assert run(bot.get_updates(timeout=0)) == ()


def test_a_long_poll_ends_when_something_comes(api: Remote, bot: Bot, run: Run, ada: Any) -> None:
    """A waiting poll answers at once when a person writes, and with nothing when its time is over."""

    async def both() -> tuple[Any, float]:
        begin = time.monotonic()
        poll = asyncio.create_task(bot.get_updates(timeout=15))
        await asyncio.to_thread(until, api.stage.polling)
        await asyncio.to_thread(ada.say, "now")
        return await poll, time.monotonic() - begin

    updates, seconds = run(both())
    assert [u.message.text for u in updates] == ["now"]
    assert seconds < 10
    news(bot, run)
    begin = time.monotonic()
    assert run(bot.get_updates(timeout=1)) == ()
    assert time.monotonic() - begin > 0.9


def test_two_pollers_conflict(api: Remote, bot: Bot, run: Run, ada: Any) -> None:
    """A second poll ends the first with 409."""

    async def both() -> Any:
        first = asyncio.create_task(bot.get_updates(timeout=15))
        await asyncio.to_thread(until, api.stage.polling)
        second = asyncio.create_task(bot.get_updates(timeout=1))
        return await asyncio.gather(first, second, return_exceptions=True)

    first, second = run(both())
    assert isinstance(first, Conflict)
    assert "terminated by other getUpdates request" in str(first)
    assert second == ()


def test_a_dead_poller_takes_nothing_along(api: Remote, bot: Bot, run: Run, ada: Any) -> None:
    """A poller that dies while waiting neither loses an update nor disturbs the next."""
    line = http.client.HTTPConnection("127.0.0.1", api.port)
    line.request("POST", f"/bot{api.token}/getUpdates?timeout=20")
    until(api.stage.polling)
    line.close()
    until(lambda: not api.stage.polling())
    ada.say("still there")
    assert [u.message.text for u in news(bot, run)] == ["still there"]


def test_allowed_updates(bot: Bot, run: Run, ada: Any) -> None:
    """Kinds that were not asked for do not come; the choice stays until another is made."""
    run(bot.get_updates(allowed_updates=["callback_query", "edited_message"]))
    ada.edit(ada.say("a"), "b")
    assert [u.edited_message.text for u in news(bot, run)] == ["b"]
    run(bot.get_updates(allowed_updates=[]))
    ada.say("c")
    assert [u.message.text for u in news(bot, run)] == ["c"]


def test_updates_wait_a_day(api: Remote, bot: Bot, run: Run, ada: Any) -> None:
    """What nobody fetched for 24 hours is gone."""
    ada.say("old")
    api.stage.advance(24 * 3600 + 1)
    ada.say("new")
    assert [u.message.text for u in news(bot, run)] == ["new"]


def test_odd_updates(api: Remote, bot: Bot, run: Run, ada: Any) -> None:
    """A test may put an update again, or one that nobody can read, and let the ids begin elsewhere."""
    ada.say("once")
    news(bot, run)
    api.stage.put(api.stage.updates(1)[0])
    assert news(bot, run)[0].message.text == "once"
    api.stage.skip_ids(-100_000)
    ada.say("earlier")
    api.stage.put({"update_id": 1, "message": {"message_id": 0}})
    code, answer = raw(api, "getUpdates")
    assert (code, answer["result"][1]) == (200, {"update_id": 1, "message": {"message_id": 0}})
    api.stage.skip_ids(200_000)


@pytest.mark.parametrize(
    ("kind", "more"),
    [
        ("sticker", {}), ("voice", {}), ("photo", {"caption": "x"}), ("contact", {}), ("poll", {}), ("location", {}),
        ("dice", {}), ("document", {"name": "a.txt", "content": "x"}),
    ],
)  # fmt: skip
def test_all_that_people_send(bot: Bot, run: Run, ada: Any, kind: str, more: dict[str, Any]) -> None:
    """python-telegram-bot reads each kind of message."""
    ada.send(kind, **more)
    assert getattr(news(bot, run)[0].message, kind)


def test_forwards_and_edits_by_people(bot: Bot, run: Run, ada: Any) -> None:
    """A forward says so; an edited message keeps its number."""
    ada.send("forward", text="from elsewhere")
    number = ada.say("a")
    ada.edit(number, "/b")
    forwarded, _, edited = news(bot, run)
    assert forwarded.message.forward_origin.sender_user_name == "Somebody"
    assert (edited.edited_message.message_id, edited.edited_message.entities[0].type) == (number, "bot_command")


# ---- limits and faults ----


def test_sending_limits(api: Remote, bot: Bot, run: Run, ada: Any) -> None:
    """Too many messages to one chat, or to all, are 429 with retry_after; other chats go on; time helps."""
    others = [api.person(next(PEOPLE)) for _ in range(40)]
    for other in others:
        other.say("x")
    api.stage.clock(False)
    api.stage.limits(True)
    try:
        for _ in range(3):
            run(bot.send_message(ada._who, "x"))
        with pytest.raises(RetryAfter) as refused:
            run(bot.send_message(ada._who, "x"))
        assert refused.value.retry_after.total_seconds() == 1
        run(bot.send_message(others[0]._who, "x"))
        api.stage.advance(2)
        run(bot.send_message(ada._who, "x"))
        refusals = 0
        for other in others:
            try:
                run(bot.send_message(other._who, "x"))
            except RetryAfter:
                refusals += 1
        assert refusals == 11  # 30 a second, one of them gone to Ada
    finally:
        api.stage.limits(False)
        api.stage.clock(True)
        api.stage.advance(-2)


@pytest.mark.parametrize(
    ("kind", "more", "error", "happens"),
    [
        ("status", {"code": 500}, NetworkError, False),
        ("html", {"code": 502}, NetworkError, False),
        ("garbage", {}, TelegramError, False),
        ("too_many", {"seconds": 7}, RetryAfter, False),
        ("cut_before", {}, NetworkError, False),
        ("cut_after", {}, NetworkError, True),
        ("cut_half", {}, NetworkError, True),
    ],
)
def test_faults(
    api: Remote, bot: Bot, run: Run, ada: Any, kind: str, more: dict[str, Any], error: type[Exception], happens: bool
) -> None:
    """An ordered fault meets as many calls as ordered, and the journal says what took effect."""
    api.stage.fault("sendMessage", kind, skip=1, **more)
    run(bot.send_message(ada._who, "first"))
    with pytest.raises(error):
        run(bot.send_message(ada._who, "second"))
    run(bot.send_message(ada._who, "third"))
    texts = [row["text"] for row in ada.view() if row["by"] == "bot"]
    assert texts == (["first", "second", "third"] if happens else ["first", "third"])
    calls = api.stage.journal(method="sendMessage")[-3:]
    assert [(c["fault"], c["effect"]) for c in calls] == [("", True), (kind, happens), ("", True)]
    assert api.token not in json.dumps(api.stage.journal())


def test_faults_by_chance(api: Remote, bot: Bot, run: Run, ada: Any) -> None:
    """A share of the calls may fail, by a die that falls the same way in each run."""
    api.stage.fault("*", "status", code=500, count=1000, share=0.5)
    for _ in range(20):
        with contextlib.suppress(NetworkError):
            run(bot.send_message(ada._who, "x"))
    assert 0 < sum(row["by"] == "bot" for row in ada.view()) < 20


def test_delay(api: Remote, bot: Bot, run: Run, ada: Any) -> None:
    """A delayed call takes effect although the client gave up; others are not held up."""
    api.stage.fault("sendMessage", "delay", seconds=0.5)

    async def both() -> tuple[Any, ...]:
        late = asyncio.create_task(bot.send_message(ada._who, "late", read_timeout=0.2))
        await asyncio.sleep(0.1)
        await bot.send_message(ada._who, "quick")
        return await asyncio.gather(late, return_exceptions=True)

    assert isinstance(run(both())[0], NetworkError)
    ada.wait("late", since=0)
    assert [row["text"] for row in ada.view()[-2:]] == ["quick", "late"]


def test_telegram_is_away_for_a_while(api: Remote, bot: Bot, run: Run, ada: Any) -> None:
    """Offline, nothing listens; what people say meanwhile waits, and the port comes back."""
    api.stage.offline()
    ada.say("anybody?")
    with pytest.raises(NetworkError):
        run(bot.send_message(ada._who, "x"))
    api.stage.online()
    assert [u.message.text for u in news(bot, run)] == ["anybody?"]


# ---- webhook ----


def test_webhook(api: Remote, bot: Bot, run: Run, ada: Any) -> None:
    """Updates are posted with the secret, in order within a chat, again until accepted; polling is refused meanwhile."""
    ada.say("0")
    with hook((500, b""), (503, b"")) as (url, got):
        run(bot.set_webhook(url, secret_token="se-cret_1"))
        with pytest.raises(Conflict, match="can't use getUpdates method while webhook is active"):
            run(bot.get_updates())
        ada.say("1")
        until(lambda: api.stage.pending() == 0)
        assert [(secret, body["message"]["text"]) for secret, body in got] == [("se-cret_1", t) for t in "0001"]
        info = run(bot.get_webhook_info())
        assert (info.url, info.pending_update_count) == (url, 0)
        assert info.last_error_message == "Wrong response from the webhook: 503 Service Unavailable"
        run(bot.delete_webhook())
    ada.say("2")
    assert [u.message.text for u in news(bot, run)] == ["2"]


def test_webhook_that_is_not_there(api: Remote, bot: Bot, run: Run, ada: Any) -> None:
    """Updates wait for a webhook that refuses connections; drop_pending_updates forgets them."""
    with hook() as (url, _):
        pass
    run(bot.set_webhook(url))
    ada.say("x")
    until(lambda: run(bot.get_webhook_info()).last_error_message == "Connection refused")
    assert run(bot.get_webhook_info()).pending_update_count == 1
    run(bot.delete_webhook(drop_pending_updates=True))
    assert run(bot.get_webhook_info()).pending_update_count == 0


def test_a_call_in_the_webhooks_answer(bot: Bot, run: Run, ada: Any) -> None:
    """The answer to a post may be a call."""
    call = json.dumps({"method": "sendMessage", "chat_id": ada._who, "text": "by the way"}).encode()
    with hook((200, call)) as (url, _):
        run(bot.set_webhook(url))
        assert ada.ask("x")[0]["text"] == "by the way"
        run(bot.delete_webhook())


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"url": "http://example.com/hook"}, "bad webhook: An HTTPS URL must be provided for webhook"),
        ({"url": "https://example.com", "secret_token": "a b"}, "secret token contains unallowed characters"),
        ({"url": "https://example.com", "secret_token": "x" * 257}, "secret token is too long"),
    ],
)
def test_webhooks_that_are_refused(api: Remote, given: dict[str, str], why: str) -> None:
    """Addresses and secrets have a form."""
    code, answer = raw(api, "setWebhook", json.dumps(given).encode(), "application/json")
    assert (code, answer["description"]) == (400, f"Bad Request: {why}")


def test_setting_a_webhook_ends_the_poll(api: Remote, bot: Bot, run: Run, ada: Any) -> None:
    """A poll that waits when a webhook is set ends with 409."""

    async def both() -> Any:
        poll = asyncio.create_task(bot.get_updates(timeout=15))
        await asyncio.to_thread(until, api.stage.polling)
        await bot.set_webhook("https://example.com")
        return await asyncio.gather(poll, return_exceptions=True)

    (outcome,) = run(both())
    assert isinstance(outcome, Conflict)
    assert "terminated by setWebhook request" in str(outcome)
    run(bot.delete_webhook())


# ---- waiting, and a process of its own ----


def test_waiting_has_an_end(api: Remote, bot: Bot, run: Run, ada: Any) -> None:
    """Waiting says what is there when nothing comes; quiet waits for confirmed updates and no calls."""
    with pytest.raises(TimeoutError, match="the chat ends with"):
        ada.ask("anybody?", timeout=0.2)
    with pytest.raises(TimeoutError, match="1 updates pending"):
        api.stage.quiet(timeout=0.1)
    news(bot, run)
    api.stage.quiet(still=0.05)
    ada.say("x")
    for text in ("a", "b"):
        run(bot.send_message(ada._who, text))
    assert [row["text"] for row in ada.wait("b", count=2, still=0.1)] == ["a", "b"]
    news(bot, run)


def test_a_process_of_its_own(run: Run) -> None:
    """The server as a process: the same people and stage, and it ends with its test."""
    with spawned("--no-limits", "--journal", "50") as api:
        ada = api.person(1, first_name="Ada")
        ada.send("document", name="a.bin", content=b"\x00\xff")
        run((bot := client(api)).initialize())
        message = news(bot, run)[0].message
        assert (message.from_user.first_name, message.document.file_size) == ("Ada", 2)
        run(bot.send_document(1, b"\xff\x00", filename="b.bin"))
        assert ada.download(ada.wait()[0]["file"]) == b"\xff\x00"
        run(bot.shutdown())
        port = api.port
    with pytest.raises(OSError, match=r"refused"):
        urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5)
