"""Our own buckets, and a bot within Telegram's limits: a flood from one chat slows only that chat."""

from __future__ import annotations

import time
from pathlib import Path

from bot.telegram.limits import BURST, CHAT, OVERALL, Bucket, Limits
from tests.botapi.remote import running
from tests.phone import WHOLE
from tests.running import bot


def sent_within(waits: list[float], seconds: float) -> int:
    return sum(wait <= seconds for wait in waits)


def test_a_bucket_lets_a_burst_through_then_its_rate() -> None:
    """At any time no more than burst + rate × seconds, and no less is possible."""
    bucket = Bucket(2.0, 3)
    waits = [bucket.take(100.0) for _ in range(20)]
    assert waits[:4] == [0.0, 0.0, 0.0, 0.5]
    assert all(sent_within(waits, seconds) == min(20, 3 + int(2 * seconds)) for seconds in (0.0, 0.5, 1.0, 4.0, 8.0))
    assert bucket.take(1000.0) == 0.0


def test_the_limits_of_telegram() -> None:
    """A chat one a second, a group twenty a minute, all together under thirty; what is no message does not count."""
    limits = Limits()
    assert sent_within([limits.of_chat(7, 0.0) for _ in range(100)], 60) <= 60 * CHAT + BURST
    assert sent_within([limits.of_chat(-7, 0.0) for _ in range(100)], 60) <= 20
    assert limits.of_chat(8, 0.0) == 0.0
    waits = [limits.overall(0.0) for _ in range(1000)]
    assert max(sum(begin <= wait < begin + 1 for wait in waits) for begin in waits[:200]) <= 30
    assert sent_within(waits, 10) >= 10 * OVERALL
    counted = [name for name in ("sendMessage", "editMessageText", "sendDocument") if limits.counts(name)]
    assert len(counted) == 3
    assert not any(limits.counts(name) for name in ("answerCallbackQuery", "getMe", "setMyCommands"))


def test_a_flood_slows_only_its_chat(tmp_path: Path) -> None:
    """Limits on, on both sides: forty messages at once from one, while others talk; Telegram never has to say 429."""
    with running(limits=True) as api, bot(tmp_path, api.url, api.token) as one:
        one.start()
        loud, quiet = api.person(1), api.person(2)
        loud.ask(WHOLE[0], timeout=30)
        for number in range(40):
            loud.say(f"总投资{number + 800}万")
        begun = time.monotonic()
        for text in WHOLE[:3]:
            quiet.ask(text, timeout=30)
        calm = time.monotonic() - begun
        answered = sum("由" in row["text"] for row in loud.view() if row["by"] == "bot")
        assert answered < 40, "the flood was answered at once"
        assert calm < 15
        assert not any(line["event"] == "too fast" for line in one.lines())
        waiting, unsent = one.waiting()
        assert waiting > 0, "the flood waits in the inbox, where it costs no memory"
        assert unsent <= 10
