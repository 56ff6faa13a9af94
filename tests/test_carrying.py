"""A conversation under way when tables are published: it goes on by the new ones and says what moved."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from dialogs.carrying import _drop
from dialogs.engine import Engine
from dialogs.events import Event
from dialogs.session import Session
from policies.assess import Assessor
from policies.facts import Vocabulary
from policies.loader import LIBRARY, Tables, library, load_files, read_files
from policies.money import wan

DAY = date(2025, 6, 30)
OPENING = "我们公司在包头稀土高新区做永磁材料，2025年3月完工的升级改造项目，总投资1000万全部买机器人"


def raised() -> Tables:
    """The library with the cap of baotou-4.2 at 1,200,000."""
    files = read_files(LIBRARY)
    text = files["baotou/policy.yaml"].replace(
        "amount: 1000000, per: enterprise", "amount: 1200000, per: enterprise", 1
    )
    return load_files({**files, "baotou/policy.yaml": text})


def engine(tables: Tables, version: int) -> Engine:
    return Engine(Assessor(tables), DAY, None, version)


def begun() -> Session:
    session = Session()
    first = engine(library(), 1)
    first.greet(session)
    first.turn(session, Event(OPENING))
    return session


def test_what_moved_is_said_once() -> None:
    """The first reply after the publication begins with both figures; the next does not."""
    session = begun()
    asked = session.asked
    turn = engine(raised(), 2).turn(session, Event("不知道"))
    assert "政策表刚刚更新" in turn.replies[0].text
    assert wan(100_000_000) in turn.replies[0].text
    assert wan(120_000_000) in turn.replies[0].text
    assert asked in session.skipped
    again = engine(raised(), 2).turn(session, Event("帮助"))
    assert not any("政策表刚刚更新" in reply.text for reply in again.replies)


def test_nothing_is_said_where_nothing_moved() -> None:
    """Another version, the same figure."""
    session = begun()
    turn = engine(library(), 2).turn(session, Event("不知道"))
    assert not any("政策表刚刚更新" in reply.text for reply in turn.replies)


def test_going_back_past_a_publication() -> None:
    """返回 restores what was told, not the old tables."""
    session = begun()
    new = engine(raised(), 2)
    new.turn(session, Event("不知道"))
    turn = new.turn(session, Event("返回"))
    assert turn.assessment is not None
    assert turn.assessment.total == 120_000_000
    turn = new.turn(session, Event("帮助"))
    assert not any("政策表刚刚更新" in reply.text for reply in turn.replies)


def test_a_fact_that_is_gone_is_let_go() -> None:
    """The new tables do not know it any more: the conversation goes on without it, and says so."""
    session = begun()
    session.facts["enterprise"]["is_chain_leader"] = True
    session.words["enterprise.is_chain_leader"] = "链主"
    session.asked = "enterprise.is_chain_leader"
    words = library().vocabulary
    facts = [fact for fact in words.facts.values() if fact.name != "is_chain_leader"]
    policies = {name: policy for name, policy in library().policies.items() if name == "hohhot"}
    less = replace(
        library(), vocabulary=Vocabulary(facts, words.kinds.values(), words.bodies), policies=policies, faq=()
    )
    turn = engine(less, 2).turn(session, Event("是"))
    assert "“链主”" in turn.replies[0].text
    assert "is_chain_leader" not in session.facts["enterprise"]
    assert session.asked != "enterprise.is_chain_leader"


def test_a_list_that_is_emptied_is_not_told() -> None:
    """An empty list says that there are none, which nobody said."""
    facts = {"enterprise": {"industries": ["gone"]}, "projects": [{"id": "P1", "activities": ["gone", "robots"]}]}
    assert _drop(facts, "enterprise.industries[0]")
    assert _drop(facts, "projects[0].activities[0]")
    assert facts == {"enterprise": {}, "projects": [{"id": "P1", "activities": ["robots"]}]}
    assert not _drop(facts, "projects[3].build")
