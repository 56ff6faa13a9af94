"""The bureau on a real database: who may do what, for how long, on which version; and what each hears."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import telegram

from bot.settings import Settings
from bot.telegram import errands
from bot.telegram.bureau import GOOD_FOR, Bureau
from bot.telegram.errands import Brought, Check, Errand, beside, file_name
from bot.telegram.letters import SHOWN, Letter
from dialogs.words import say
from policies import publishing, staff, store, trail
from policies.database import Database, immediate, open_database
from policies.loader import LIBRARY, read_files
from policies.workbook.writing import write_csv, write_workbook
from policies.yaml12 import load
from policies.yaml_writing import write
from tests.officials import put

NOW = datetime(2026, 6, 1, 9, 30, tzinfo=UTC)
STAFF = "7:publisher, 8:editor, 9:publisher, 6:reader"
HELD = "baotou-line-two-clauses"
"""The one worked case that is kept: its sum is the cap that the tests raise."""


def small() -> dict[str, str]:
    """Baotou's document alone, with one worked case: as real as the library and ten times as quick."""
    files = read_files(LIBRARY)
    cases = load(files["baotou/cases.yaml"])[0]
    cases["cases"] = [one for one in cases["cases"] if one["id"] == HELD]
    assert cases["cases"]
    kept = ("facts.yaml", "baotou/policy.yaml", "baotou/source.md")
    return {**{path: files[path] for path in kept}, "baotou/cases.yaml": write(cases)}


def opened(path: Path) -> Database:
    """A database in which staff have published `small`: version 2."""
    database = open_database(path, store.schema)
    store.seed(database, read_files(LIBRARY), NOW)
    draft = store.submit(database, small(), who="root", origin="small", at=NOW)
    store.publish(database, draft.id, who="root", why="small", at=NOW)
    return database


CHANGES = {
    "same": (),
    "raised": (("金额与档位", "条款编号", "baotou-4.2", "上限", "120万元"),),
    "good": (
        ("金额与档位", "条款编号", "baotou-4.2", "上限", "120万元"),
        ("案例", "案例编号", HELD, "应得结果", "最高可得=120万元"),
    ),
    "title": (("条款", "条款编号", "baotou-4.2", "条款名称", "自动化改造"),),
    "faulty": (("金额与档位", "条款编号", "baotou-4.2", "上限", "一百来万"),),
}
"""Cells that an official changes: sheet, column and value that name the row, column, new value."""


@cache
def book(name: str) -> bytes:
    """A workbook of version 2: as it is, with the cap raised, with the case mended too, another title, or a fault."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "book.xlsx"
        if name == "same":
            write_workbook(small(), path, version=2)
        else:
            path.write_bytes(book("same"))
        for change in CHANGES[name]:
            put(path, *change)
        return path.read_bytes()


LOOKED: dict[tuple[bytes, Errand, str], Brought] = {}
"""The same workbook on the same tables is looked at once for all tests."""


class Office:
    """The bureau at a desk: updates in, letters out; errands are run at once, without Telegram."""

    def __init__(self, path: Path) -> None:
        self.database = opened(path)
        self.settings = Settings(db=path, as_of=date(2025, 6, 30), _env_file=None)
        self.bureau = Bureau(self.database, STAFF)
        self.now = NOW
        self.ran: list[Errand] = []

    def handle(self, update: dict[str, Any], sent: bytes = b"") -> list[Letter] | None:
        read = telegram.Update.de_json({"update_id": 1, **update}, None)
        brought: Brought | None = None
        while True:
            with immediate(self.database):
                answer = self.bureau.handle(read, brought, self.now)
            if not isinstance(answer, Errand):
                return answer
            self.ran.append(answer)
            brought = self.run(answer, sent)

    def run(self, errand: Errand, sent: bytes) -> Brought:
        if isinstance(errand, Check):
            version = store.current(self.database)
            key = (sent, errand, version.content if version else "")
            if key not in LOOKED:
                LOOKED[key] = errands._check(errand, sent, self.settings)
            return LOOKED[key]
        run: Any = errands._recheck if isinstance(errand, errands.Recheck) else errands._export
        brought: Brought = run(errand, self.settings)
        return brought

    def send(self, who: int, content: bytes, name: str = "包头.xlsx", **more: Any) -> list[Letter] | None:
        document = {"file_id": "f", "file_unique_id": "u", "file_name": name, "file_size": len(content)}
        return self.handle({"message": message(who, document=document | more.pop("document", {}), **more)}, content)

    def say(self, who: int, text: str) -> list[Letter] | None:
        return self.handle({"message": message(who, text=text)})

    def press(self, who: int, data: str) -> list[Letter] | None:
        query = {"id": "q", "from": person(who), "chat_instance": "1", "data": data, "message": message(who, text="…")}
        return self.handle({"callback_query": query})

    def trail(self) -> list[tuple[str, str]]:
        assert trail.broken(self.database) is None
        return [(step.who, step.what) for step in trail.steps(self.database)][3:]


def person(number: int) -> dict[str, Any]:
    return {"id": number, "is_bot": False, "first_name": f"P{number}"}


def message(who: int, **content: Any) -> dict[str, Any]:
    where = {"id": who, "type": "private"}
    return {"message_id": 5, "date": 1, "chat": where, "from": person(who), **content}


def to(answer: list[Letter] | None, who: int) -> str:
    """What somebody reads, buttons in brackets."""
    out = []
    for letter in answer or ():
        if letter.to == who:
            rows = letter.call.data.get("reply_markup", {}).get("inline_keyboard", [])
            out += [letter.call.data.get("text", ""), letter.call.data.get("caption", "")]
            out += [f"[{button['callback_data']}]" for row in rows for button in row]
    return "\n".join(filter(None, out))


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("template") / "kedui.db"
    opened(path).close()
    return path.read_bytes()


@pytest.fixture
def office(template: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    path = tmp_path / "kedui.db"
    path.write_bytes(template)
    monkeypatch.setattr("test_bureau.opened", lambda path: open_database(path, store.schema))
    made = Office(path)
    yield made
    made.database.close()


def test_who_is_no_staff_is_the_desks(office: Office) -> None:
    """Strangers' files, commands and forged presses are not the bureau's; nothing is fetched, nothing noted."""
    assert office.send(5, b"PK") is None
    assert office.say(5, "/tables") is None
    assert office.press(5, "draft.1.publish") is None
    assert office.say(7, "你好") is None
    assert office.handle({"message": message(7, document={"file_id": "f", "file_unique_id": "u"}, animation={
        "file_id": "f", "file_unique_id": "u", "width": 1, "height": 1, "duration": 1})}) is None  # fmt: skip
    assert (office.ran, office.trail()) == ([], [])


def test_help_by_role(office: Office) -> None:
    """Each role hears what it may; the documents are named."""
    for who, roles in ((6, ()), (8, ("editor",)), (7, ("editor", "publisher"))):
        text = to(office.say(who, "/staff"), who)
        assert say("staff.help_reader") in text
        assert "- baotou" in text
        for role in ("editor", "publisher"):
            assert (say(f"staff.help_{role}") in text) == (role in roles)


def test_refused_unseen(office: Office) -> None:
    """A reader's file, another kind of file, one that is too large: a sentence, no download, a row in the trail."""
    assert to(office.send(6, b"PK"), 6) == say("staff.may_not_edit")
    assert "不是政策工作簿" in to(office.send(8, b"x", "证书.pdf"), 8)
    assert "超过 20 MB" in to(office.send(8, b"x", document={"file_size": 20_000_001}), 8)
    assert "没有名字的文件" in to(office.send(8, b"x", ""), 8)
    assert office.ran == []
    assert office.trail() == [("6", "refused"), *[("8", "refused")] * 3]


def test_faults_and_a_copy(office: Office) -> None:
    """Cell, fault and remedy; the copy bears comments; nothing waits."""
    answer = office.send(8, book("faulty"))
    assert answer is not None
    assert "1 处要改" in to(answer, 8)
    assert "金额与档位!" in to(answer, 8)
    file = answer[-1].call.file
    assert file is not None
    assert file[0] == "批注-包头.xlsx"
    assert store.drafts(office.database) == []
    assert office.trail() == [("8", "refused")]


def test_what_is_no_workbook(office: Office) -> None:
    """Hostile or wrong files get a sentence with what would be right."""
    assert "是PDF" in to(office.send(8, b"%PDF-1.7", "包头.xlsx"), 8)
    assert "不知道是哪一页" in to(office.send(8, b"a,b", "../../etc/表.csv"), 8)
    assert "坏了或不完整" in to(office.send(8, book("same")[:3000]), 8)
    assert "没有改动" in to(office.send(8, book("same")), 8)
    assert office.trail() == [("8", "refused")] * 4


def test_a_case_that_no_longer_holds(office: Office) -> None:
    """What changes is said, which case fails too; no draft is kept."""
    text = to(office.send(7, book("raised")), 7)
    assert "上限 100万元 → 120万元" in text
    assert f"baotou/{HELD}" in text
    assert "没有采用" in text
    assert "[draft" not in text
    assert store.drafts(office.database) == []


def test_a_publisher_publishes_his_own(office: Office) -> None:
    """Diff, impact, buttons for him alone; the caption is the reason; the next answers are by it; the buttons work once."""
    answer = office.send(7, book("good"), caption="上限\n提高")
    text = to(answer, 7)
    assert "上限 100万元 → 120万元" in text
    assert "案例 1 个：1 个结果有变，1 个增加" in text
    assert "[draft.2.publish]" in text
    assert "10:30 前" in text
    assert to(answer, 9) == to(answer, 8) == ""
    assert say("staff.not_yours") in to(office.press(9, "draft.2.publish"), 9)
    assert say("staff.may_not_publish") in to(office.press(8, "draft.2.publish"), 8)
    assert say("staff.may_not_drop") in to(office.press(8, "draft.2.drop"), 8)
    office.now += GOOD_FOR
    said = office.press(7, "draft.2.publish")
    assert "现在是第3版" in to(said, 7)
    version = store.current(office.database)
    assert version is not None
    assert (version.number, version.who, version.why) == (3, "7", "包头.xlsx：上限 提高")
    assert store.published(office.database).version == 3
    twice = office.press(7, "draft.2.publish") or []
    assert twice[0].call.data["text"] == say("staff.gone")
    assert store.current_number(office.database) == 3
    assert office.trail() == [("7", "import"), ("9", "refused"), ("8", "refused"), ("8", "refused"), ("7", "publish")]


def test_an_editors_draft_goes_to_the_publishers(office: Office) -> None:
    """Both get it with the buttons, he the button to drop it; whoever decides, all hear of it."""
    answer = office.send(8, book("good"))
    assert "已送给 2 位" in to(answer, 8)
    assert "publish" not in to(answer, 8)
    for one in (7, 9):
        assert "P8（8）送来" in to(answer, one)
        assert "[draft.2.publish]\n[draft.2.drop]" in to(answer, one)
    said = office.press(9, "draft.2.drop")
    for one in (7, 8, 9):
        assert "P9 放弃了草稿2" in to(said, one)
        assert any(
            letter.call.data.get("message_id") == {"sent": "draft 2"} for letter in said or () if letter.to == one
        )
    assert office.trail() == [("8", "import"), ("9", "drop")]


def test_nobody_to_publish(office: Office) -> None:
    """An editor alone is told whom to ask."""
    office.bureau = Bureau(office.database, "8:editor, wang:publisher")
    assert say("staff.no_publisher") in to(office.send(8, book("title")), 8)


def test_after_an_hour_it_is_gone(office: Office) -> None:
    """A minute late: not published, dropped, said."""
    office.send(7, book("title"))
    office.now += GOOD_FOR + timedelta(minutes=1)
    assert "已经过了一小时" in to(office.press(7, "draft.2.publish"), 7)
    assert store.drafts(office.database) == []
    assert store.current_number(office.database) == 2
    assert office.trail() == [("7", "import"), ("7", "refused"), ("7", "drop")]


def test_two_editors_do_not_overwrite_each_other(office: Office) -> None:
    """The second to publish is told what moved; so is who sends a workbook of the older version."""
    office.send(7, book("good"))
    office.send(9, book("title"))
    office.press(7, "draft.2.publish")
    said = to(office.press(9, "draft.3.publish"), 9)
    assert "上限 100万元 → 120万元" in said
    assert say("staff.moved_remedy") in said
    again = to(office.send(9, book("title")), 9)
    assert "从第2版导出的，现在已是第3版" in again
    assert "上限 100万元 → 120万元" in again
    assert store.current_number(office.database) == 3
    assert store.drafts(office.database) == []


def test_published_while_a_workbook_was_looked_at(office: Office) -> None:
    """It is looked at again, on what is published now."""
    content, run = book("title"), office.run

    def late(errand: Errand, sent: bytes) -> Brought:
        brought = run(errand, sent)
        if len(office.ran) == 1:
            files = small() | {"baotou/notes.md": "note\n"}
            draft = store.submit(office.database, files, who="root", origin="", at=NOW)
            store.publish(office.database, draft.id, who="root", why="", at=NOW)
        return brought

    office.run = late  # somebody else publishes in between
    assert "期间别人改了" in to(office.send(7, content), 7)
    assert len(office.ran) == 2


def test_a_sheet_as_csv(office: Office, tmp_path: Path) -> None:
    """One page, changed with any editor."""
    path = tmp_path / "条款.csv"
    write_csv(small(), path, "clauses")
    changed = path.read_text(encoding="utf-8-sig").replace("生产装备自动化、数字化改造", "自动化改造", 1)
    text = to(office.send(7, changed.encode(), "条款.csv"), 7)
    assert "[draft.2.publish]" in text, text


def test_a_later_workbook_takes_the_place_of_the_earlier(office: Office) -> None:
    """The earlier draft's buttons go, and say so to who still presses them."""
    office.send(7, book("title"))
    answer = office.send(7, book("good"))
    assert any(letter.call.data.get("message_id") == {"sent": "draft 2"} for letter in answer or ())
    pressed = office.press(7, "draft.2.publish") or []
    assert pressed[0].call.data["text"] == say("staff.gone")


def test_the_tables_as_a_workbook(office: Office) -> None:
    """Readers get what is published; a document that is not there is said."""
    answer = office.say(6, "/tables baotou") or []
    file = answer[0].call.file
    assert file is not None
    assert file[0] == "baotou-第2版.xlsx"
    proposal = errands._check(Check("f", file[0]), file[1], office.settings).proposal
    assert proposal is not None
    assert "没有改动" in proposal.refusal
    assert "没有文件 mars" in to(office.say(6, "/tables mars"), 6)


def test_a_long_list_is_a_file_too(office: Office) -> None:
    """Thirty changes stand in the message, all of them in the file."""
    letters_ = office.bureau._whole(7, [f"改动{n}" for n in range(SHOWN + 1)])
    assert letters_[0].call.file is not None
    assert letters_[0].call.file[1].decode().count("改动") == SHOWN + 1
    assert office.bureau._whole(7, ["一"] * SHOWN) == []


def test_ends_are_announced_once(office: Office) -> None:
    """To all staff on Telegram, silently at night; with nobody to tell, nothing is taken for told."""
    day = date(2025, 12, 1)
    with immediate(office.database):
        assert Bureau(office.database, "wang:publisher").announce(NOW, day) == []
        said = office.bureau.announce(NOW.replace(hour=3), day)
        assert office.bureau.announce(NOW, day) == []
    assert {letter.to for letter in said} == {6, 7, 8, 9}
    assert all("2025-12-31" in letter.call.data["text"] for letter in said)
    assert all(letter.call.data["disable_notification"] for letter in said)


def test_damaged_tables_are_said(office: Office) -> None:
    """A hand in the database: neither export nor check stumbles over it; the sentence names the remedy."""
    office.database.conn.execute("UPDATE tables_texts SET text = text || ' '")
    store._loaded.clear()
    assert "校验码不符" in to(office.say(7, "/tables"), 7)
    LOOKED.clear()
    assert "校验码不符" in to(office.send(7, book("title")), 7)
    LOOKED.clear()


def test_roles_from_the_command_line_count(office: Office) -> None:
    """Who was added with `kedui staff add` may; who was removed may no more."""
    staff.add(office.database, "5", "editor", by="root", at=NOW)
    assert "不是政策工作簿" in to(office.send(5, b"x", "x.pdf"), 5)
    staff.remove(office.database, "5", by="root", at=NOW)
    assert office.send(5, b"x", "x.pdf") is None


@pytest.mark.parametrize("name", ["../../x.xlsx", "/etc/passwd", "..", "长" * 300 + ".csv", "a\0b\n.xlsx", ""])
def test_names_are_safe(name: str) -> None:
    """On any disk, in the folder where it is meant to be."""
    made = file_name(name)
    assert 0 < len(made) <= 60
    assert "/" not in made
    assert not made.startswith(".")


def test_work_beside_the_loop() -> None:
    """Its result or its exception comes back."""

    def fails() -> None:
        raise ValueError("x")

    async def both() -> int:
        with pytest.raises(ValueError, match="x"):
            await beside(fails)
        return await beside(lambda: 5)

    assert asyncio.run(both()) == 5


def hire_and_fail(database: Database) -> None:
    with immediate(database):
        staff.add(database, "4", "editor", by="root", at=NOW)
        staff.remove(database, "nobody", by="root", at=NOW)


def test_a_transaction_in_a_transaction(office: Office) -> None:
    """What fails inside is taken back alone; the outer one goes on."""
    database = office.database
    with immediate(database):
        staff.add(database, "5", "editor", by="root", at=NOW)
        with pytest.raises(store.StoreError):
            store.drop(database, 99, who="root", at=NOW)
        with pytest.raises(staff.StaffError):
            hire_and_fail(database)
    assert set(staff.people(database, None)) == {"5"}
    assert publishing.published_files(database) == small()
