"""What people told us is encrypted at rest: AES-256-GCM, the key in a file of its own, never in the database.

The key file is made at the first start, readable by its owner alone. The database keeps one sealed word, by which a wrong
or lost key is noticed before anything is read or written. Each sealed value is bound to its place (table and row), so that
values cannot be swapped. Chats are known in the database and in logs by a keyed hash of their id.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from policies.database import Database, Migrations, immediate
from policies.errors import KeduiError, reason_of

MIGRATIONS = Migrations("vault")

_NONCE = 12
_WORD = b"kedui"
_PLACE = "vault"
_HEAD = "kedui-key-1 "


@MIGRATIONS()
def the_sealed_word(database: Database) -> None:
    database.conn.execute("CREATE TABLE vault (id INTEGER PRIMARY KEY CHECK (id = 1), word BLOB NOT NULL)")


class VaultError(KeduiError):
    """The key is lost, wrong or unreadable; or a value was not sealed with it in this place."""


class Vault:
    """Seals and opens with one key of 32 bytes."""

    def __init__(self, key: bytes) -> None:
        self._cipher = AESGCM(_derived(key, b"seal"))
        self._hash = _derived(key, b"pseudonym")

    def seal(self, text: bytes, place: str) -> bytes:
        """Encrypts; `place` (table and chat) must be the same on opening."""
        nonce = os.urandom(_NONCE)
        return nonce + self._cipher.encrypt(nonce, text, place.encode())

    def open(self, sealed: bytes, place: str) -> bytes:
        """Raises VaultError."""
        try:
            return self._cipher.decrypt(sealed[:_NONCE], sealed[_NONCE:], place.encode())
        except (InvalidTag, ValueError) as error:
            raise VaultError(f"数据库里的一项内容（{place}）解不开：密钥不对，或内容已损坏") from error

    def pseudonym(self, name: str) -> str:
        """A name by which a chat is known in the database and in logs: the same for ever, and says nothing."""
        return base64.b32encode(hmac.digest(self._hash, name.encode(), hashlib.sha256)[:15]).decode().lower()


def _derived(key: bytes, use: bytes) -> bytes:
    return HKDF(SHA256(), 32, None, b"kedui " + use).derive(key)


def key_file_of(database: Path, setting: Path | None) -> Path:
    """Where the key is: as set, else beside the database."""
    return setting or database.with_name(database.name + ".key")


def open_vault(database: Database, key_file: Path) -> Vault:
    """The vault of a database; at the first start its key is made.

    Raises VaultError when the key file is lost, unreadable or belongs to another database.
    """
    row = database.conn.execute("SELECT word FROM vault").fetchone()
    if row is None:
        vault = Vault(_read(key_file) if key_file.exists() else _make(key_file))
        with immediate(database):
            database.conn.execute("INSERT INTO vault VALUES (1, ?)", [vault.seal(_WORD, _PLACE)])
        return vault
    if not key_file.exists():
        raise VaultError(
            f"找不到密钥文件 {key_file}：数据库里的对话是用它加密的。放回原来的密钥文件，或用 KEDUI_KEY_FILE 指出它在哪里；"
            "确实丢了的话，旧对话无法恢复，请换一个新的数据库"
        )
    vault = Vault(_read(key_file))
    try:
        vault.open(row[0], _PLACE)
    except VaultError as error:
        raise VaultError(f"密钥文件 {key_file} 不是这个数据库的。放回与数据库一起用的那一个") from error
    return vault


def _make(path: Path) -> bytes:
    """A new key, on the disk before anything is sealed with it."""
    key = os.urandom(32)
    begun = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(begun, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="ascii") as stream:
            stream.write(_HEAD + base64.b64encode(key).decode() + "\n")
            stream.flush()
            os.fsync(stream.fileno())
        begun.rename(path)
        folder = os.open(path.parent, os.O_RDONLY)
        os.fsync(folder)
        os.close(folder)
    except OSError as error:
        raise VaultError(
            f"密钥文件 {path} 写不了（{reason_of(error)}），检查文件夹权限，或用 KEDUI_KEY_FILE 指定"
        ) from error
    return key


def _read(path: Path) -> bytes:
    try:
        text = path.read_text(encoding="ascii", errors="replace").strip()
        key = base64.b64decode(text.removeprefix(_HEAD), validate=True)
    except OSError as error:
        raise VaultError(f"密钥文件 {path} 读不了（{reason_of(error)}）") from error
    except ValueError:
        key = b""
    if not text.startswith(_HEAD) or len(key) != 32:
        raise VaultError(f"密钥文件 {path} 内容不对，应是一行“{_HEAD.strip()} ……”。放回原来的文件")
    return key
