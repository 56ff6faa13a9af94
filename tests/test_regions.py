"""People's names for places: what they mean, what must be asked, and what is no place."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from policies import regions
from policies.regions import AmbiguousPlace, UnknownPlace, contains, find_places, fuzzy_places, place, resolve

TABLE: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "data" / "places.yaml").read_text(encoding="utf-8"))
ROWS = [
    line.split(",")
    for line in (regions.LIBRARY / "regions.csv").read_text(encoding="utf-8").splitlines()
    if line[:1].isdigit()
]
CODES = [row[0] for row in ROWS] + list(yaml.safe_load((regions.LIBRARY / "places.yaml").read_text("utf-8"))["zones"])
PARTS = st.sampled_from(
    ["包头", "市", "青山区", "内蒙古", "右旗", "高新区", "，", "（", "的", "路", "区块", " ", "普通化"]
)


@pytest.mark.parametrize(("name", "code"), [(str(n), c) for c, names in TABLE["one"].items() for n in names])
def test_a_name_means_one_place(name: str, code: str) -> None:
    """Short names, chains, zones, codes and nicknames resolve to one place."""
    assert resolve(name).code == code


@pytest.mark.parametrize(("name", "codes"), TABLE["several"].items())
def test_a_name_of_several_places_is_asked(name: str, codes: list[str]) -> None:
    """A name that several places bear is never settled by a guess, and the covered place stands first."""
    with pytest.raises(AmbiguousPlace) as raised:
        resolve(name)
    candidates = [p.code for p in raised.value.candidates]
    assert candidates[0] == codes[0]
    assert set(codes) <= set(candidates)


@pytest.mark.parametrize("name", TABLE["unknown"])
def test_no_place(name: str) -> None:
    """What names no place is refused."""
    with pytest.raises(UnknownPlace):
        resolve(name)


def test_a_refusal_suggests() -> None:
    """A slip suggests what sounds alike; a county in the wrong city suggests where such a county is."""
    with pytest.raises(UnknownPlace) as slip:
        resolve("包投市")
    assert [p.code for p in slip.value.suggestions] == ["150200"]
    with pytest.raises(UnknownPlace) as elsewhere:
        resolve("包头新城区")
    assert elsewhere.value.suggestions[0].code == "150102"


@pytest.mark.parametrize(("text", "heard"), TABLE["sentences"].items())
def test_places_in_a_sentence(text: str, heard: dict[str, list[str]]) -> None:
    """A sentence gives its places, a chain as one, and ordinary words give none."""
    assert {m.text: [p.code for p in m.candidates] for m in find_places(text)} == heard


@pytest.mark.parametrize(("text", "codes"), TABLE["slips"].items())
def test_slips(text: str, codes: list[str]) -> None:
    """A misspelt place is heard by its sound, and says that it is a guess."""
    mentions = fuzzy_places(text)
    assert [p.code for m in mentions for p in m.candidates] == codes
    assert all(m.fuzzy for m in mentions)


@pytest.mark.parametrize("code", CODES)
def test_every_full_name_means_its_place(code: str) -> None:
    """The full name that we show resolves to the place itself, and is heard as it in running text."""
    itself = place(code)
    assert itself is not None
    assert resolve(itself.full_name) == itself
    assert resolve(code) == itself


@given(st.sampled_from(CODES), st.sampled_from(["我们在{}。", "注册地：{}，做制造的", "{}"]))
def test_a_full_name_is_heard_in_a_sentence(code: str, frame: str) -> None:
    """The full name of any place is one clear mention."""
    itself = place(code)
    assert itself is not None
    assert [m.candidates for m in find_places(frame.format(itself.full_name))] == [(itself,)]


@given(st.one_of(st.text(), st.lists(PARTS).map("".join)))
def test_any_text_is_borne(text: str) -> None:
    """No text breaks the search; mentions lie inside, in order, apart, and each has a candidate."""
    for mentions in (find_places(text), fuzzy_places(text)):
        end = 0
        for m in mentions:
            assert end <= m.start < m.end <= len(text)
            assert m.text == text[m.start : m.end]
            assert m.candidates
            end = m.end


@given(st.one_of(st.text(), st.lists(PARTS).map("".join)))
def test_resolve_answers_or_says_why(text: str) -> None:
    """Any text is one place or one of the two refusals."""
    try:
        meant: tuple[regions.Place, ...] = (resolve(text),)
    except AmbiguousPlace as several:
        meant = several.candidates
        several_meant = True
    except UnknownPlace:
        return
    else:
        several_meant = False
    assert (len(meant) > 1) == several_meant
    assert all(place(p.code) == p for p in meant)


def test_places_lie_in_each_other() -> None:
    """Containment follows the digits; the two Tumed banners lie in different cities."""
    assert contains("150000", "150200")
    assert contains("150200", "150203")
    assert contains("150000", "150203")
    assert contains("150200", "150271")
    assert contains("150203", "150203")
    assert contains("420000", "429004")
    assert contains(resolve("包头").code, resolve("土右旗").code)
    assert not contains(resolve("包头").code, resolve("土左旗").code)
    assert not contains("150203", "150200")
    assert not contains("321323", "321324")


def test_names_as_shown() -> None:
    """Full names leave out levels that are no places and do not say a city twice."""
    shown = {code: (p.full_name, p.short) for code in ("150203", "110101", "150271", "429004") if (p := place(code))}
    assert shown == {
        "150203": ("内蒙古自治区包头市昆都仑区", "昆都仑"),
        "110101": ("北京市东城区", "东城"),
        "150271": ("内蒙古自治区包头市稀土高新技术产业开发区", "包头稀土高新区"),
        "429004": ("湖北省仙桃市", "仙桃"),
    }
    assert place("110100") is None


def test_table_rows_are_whole() -> None:
    """Every row has six digits, a name, a short name and one syllable for each character."""
    for code, name, shorts, pinyin in ROWS:
        assert len(code) == 6
        assert shorts
        assert len(pinyin.split()) == len(name)
    assert len({row[0] for row in ROWS}) == len(ROWS)


def test_long_texts_take_time_in_proportion() -> None:
    """Ten times the text takes about ten times the time, up to a megabyte."""
    text = "我们在包头稀土高新区做稀土永磁的，打算投八百来万上MES，右旗也有厂。"

    def seconds(characters: int) -> float:
        begun = time.perf_counter()
        find_places((text * (characters // len(text) + 1))[:characters])
        return time.perf_counter() - begun

    seconds(1000)
    small = min(seconds(100_000) for _ in range(3))
    assert seconds(1_000_000) < 40 * small
