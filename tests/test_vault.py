"""What is sealed: opened only with its key, only in its place; a lost or wrong key is noticed before anything is touched."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from bot.vault import MIGRATIONS, Vault, VaultError, key_file_of, open_vault
from policies.database import Database, open_database

WORDS = "我们公司在包头稀土高新区".encode()


@pytest.fixture
def database(tmp_path: Path) -> Database:
    return open_database(tmp_path / "kedui.db", MIGRATIONS)


def test_sealed_and_opened(database: Database, tmp_path: Path) -> None:
    """The same words, sealed twice, look different; a new process with the same key opens both."""
    vault = open_vault(database, tmp_path / "key")
    one, two = vault.seal(WORDS, "chat a"), vault.seal(WORDS, "chat a")
    assert one != two
    assert WORDS not in one + two
    again = open_vault(database, tmp_path / "key")
    assert again.open(one, "chat a") == again.open(two, "chat a") == WORDS


@pytest.mark.parametrize("spoil", [0, 15, -1])
def test_a_changed_value_is_noticed(database: Database, tmp_path: Path, spoil: int) -> None:
    """One bit, anywhere; a value cut short; a value moved to another row."""
    vault = open_vault(database, tmp_path / "key")
    sealed = bytearray(vault.seal(WORDS, "chat a"))
    for wrong, place in ((bytes(sealed), "chat b"), (bytes(sealed[:8]), "chat a"), (b"", "chat a")):
        with pytest.raises(VaultError):
            vault.open(wrong, place)
    sealed[spoil] ^= 1
    with pytest.raises(VaultError):
        vault.open(bytes(sealed), "chat a")


def test_the_key_is_for_its_owner_alone(database: Database, tmp_path: Path) -> None:
    """Mode 600, beside the database unless set, and not in it."""
    path = key_file_of(tmp_path / "kedui.db", None)
    open_vault(database, path)
    assert path.parent == tmp_path
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    key = path.read_text(encoding="ascii").split()[1]
    database.close()
    assert key.encode() not in (tmp_path / "kedui.db").read_bytes()


def test_a_lost_key_is_refused(database: Database, tmp_path: Path) -> None:
    """Never a new key for a database that is sealed already."""
    open_vault(database, tmp_path / "key")
    (tmp_path / "key").rename(tmp_path / "elsewhere")
    with pytest.raises(VaultError, match="找不到密钥文件"):
        open_vault(database, tmp_path / "key")
    assert not (tmp_path / "key").exists()
    open_vault(database, tmp_path / "elsewhere")


def test_a_wrong_key_is_refused(database: Database, tmp_path: Path) -> None:
    """The key of another database; half a key; something else."""
    open_vault(database, tmp_path / "key")
    other = open_database(tmp_path / "other.db", MIGRATIONS)
    open_vault(other, tmp_path / "other key")
    with pytest.raises(VaultError, match="不是这个数据库的"):
        open_vault(database, tmp_path / "other key")
    for text in ("", "kedui-key-1 AAAA\n", "密钥\n", "kedui-key-1 ***\n"):
        (tmp_path / "wrong").write_text(text, encoding="utf-8")
        with pytest.raises(VaultError, match="内容不对"):
            open_vault(database, tmp_path / "wrong")


def test_a_key_made_before_the_database_knew_it_is_used(tmp_path: Path) -> None:
    """A crash between making the key and sealing the first word costs nothing."""
    first = open_vault(open_database(tmp_path / "one.db", MIGRATIONS), tmp_path / "key")
    sealed = first.seal(WORDS, "chat a")
    assert open_vault(open_database(tmp_path / "two.db", MIGRATIONS), tmp_path / "key").open(sealed, "chat a") == WORDS


def test_a_pseudonym_says_nothing() -> None:
    """Steady for one key, another for another key, and no id in it."""
    one, other = Vault(b"1" * 32), Vault(b"2" * 32)
    names = {vault.pseudonym(f"telegram {number}") for vault in (one, other) for number in range(50)}
    assert len(names) == 100
    assert one.pseudonym("telegram 1") == Vault(b"1" * 32).pseudonym("telegram 1")
    assert all(len(name) == 24 and name.isalnum() for name in names)
