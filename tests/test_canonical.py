"""Tables in one form: the same tables are the same bytes, and the bytes say the same tables."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.canonical import canonical_files
from policies.loader import LIBRARY, Files, load_files, read_files
from policies.yaml12 import load
from policies.yaml_writing import write
from tests.test_cases import INVENTED

FOLDERS = [LIBRARY, INVENTED]

scalars = st.one_of(
    st.none(), st.booleans(), st.integers(), st.decimals(allow_nan=False, allow_infinity=False, places=3),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=40),
    st.sampled_from(["no", "15%", "- a", "a: b", "a #b", "#", "'", '"', "[x]", "3", "3.50", "1e3", "~", "null", "：", "a\nb", " a ", "---"]),
)  # fmt: skip
keys = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12)
data = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=4), max_leaves=12
)


@given(st.dictionaries(keys, data, min_size=1, max_size=5))
def test_written_yaml_reads_back(value: dict[str, object]) -> None:
    """Whatever is written is read again as it was, texts that look like numbers included."""
    assert load(write(value))[0] == value


@pytest.fixture(scope="module", params=FOLDERS, ids=lambda folder: folder.name)
def files(request: pytest.FixtureRequest) -> Files:
    folder: Path = request.param
    return read_files(folder)


def test_canonical_says_the_same(files: Files) -> None:
    """Document by document and row by row the tables are the same."""
    before, after = load_files(files), load_files(canonical_files(files))
    assert after.policies.keys() == before.policies.keys()
    for id_, policy in before.policies.items():
        for part in ("document", "clauses", "limits", "disqualifiers", "reductions", "readings"):
            assert getattr(after.policies[id_], part) == getattr(policy, part), (id_, part)
    assert after.vocabulary.facts == before.vocabulary.facts
    assert after.vocabulary.kinds == before.vocabulary.kinds
    assert after.faq == before.faq


def test_canonical_is_a_fixed_point(files: Files) -> None:
    """What is in one form stays as it is."""
    once = canonical_files(files)
    assert canonical_files(once) == once
    assert once.keys() == files.keys()


def test_decimals_stay_exact() -> None:
    """A sum with fen is written without an exponent."""
    assert write({"a": Decimal("0.01"), "b": Decimal("12345678901.5")}) == "a: 0.01\n\nb: 12345678901.5\n"
