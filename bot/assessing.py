"""`kedui assess`: facts from a file to the report, to JSON, or a stream of profiles to a stream of results."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any, TextIO

from bot.__main__ import OK, UNUSABLE
from bot.published import tables_of
from policies.as_json import as_json
from policies.assess import Assessor
from policies.errors import ProfileError, reason_of
from policies.profile import Profile, read_json, read_profile
from policies.yaml12 import YamlError, load

LARGEST = 20_000_000
"""Bytes of a facts file."""


def dump(value: Any) -> str:
    """JSON as the commands print it: one line, Chinese as it is."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def assess(arguments: argparse.Namespace) -> int:
    """The command. Exit status 0, or 2 when the facts are unusable."""
    assessor = Assessor(tables_of(arguments))
    day = _default_day(arguments)
    if arguments.jsonl:
        with _open(arguments.file) as stream:
            return _stream(stream, assessor, arguments, day)
    try:
        data = parse(_text(arguments.file))
        profile = read_profile(data, assessor.vocabulary, assessor.clauses)
    except ProfileError as error:
        if arguments.json:
            print(dump({"error": {"code": error.code, "message": error.message, "where": error.where}}))
        print(error.message, file=sys.stderr)
        return UNUSABLE
    result = assessor.assess(profile, as_of(arguments, profile, day))
    if arguments.json:
        print(dump(as_json(result, assessor.vocabulary, arguments.brief)))
    else:
        from bot.settings import read_settings
        from policies.report import report

        print(report(assessor, result, read_settings().contact), end="")
    return OK


def _default_day(arguments: argparse.Namespace) -> date:
    import os

    from bot.settings import read_settings, today

    if os.environ.get("KEDUI_AS_OF") or Path(".env").exists():
        return read_settings().as_of or today()
    return today()


def as_of(arguments: argparse.Namespace, profile: Profile, day: date) -> date:
    """The day that counts: `--as-of`, the profile's, the setting's, today."""
    return arguments.as_of or profile.as_of or day


def parse(text: str) -> Any:
    """Facts from JSON or YAML text. Raises ProfileError."""
    if text.lstrip()[:1] in ("{", "["):
        try:
            return read_json(text)
        except ProfileError:
            pass  # YAML in flow style; a fault is told below
    try:
        return load(text)[0]
    except YamlError as error:
        raise ProfileError("bad_yaml", f"不是正确的 YAML 或 JSON，第{error.line}行附近：{error.text}") from error


def _text(file: str) -> str:
    try:
        raw = sys.stdin.buffer.read(LARGEST + 1) if file == "-" else _bytes(Path(file))
        if len(raw) > LARGEST:
            raise ProfileError("too_large", f"{file} 超过 {LARGEST // 1_000_000} MB，请分开")
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ProfileError("bad_encoding", f"{file} 不是 UTF-8 文字，请另存为 UTF-8") from error


def _bytes(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            return stream.read(LARGEST + 1)
    except FileNotFoundError as error:
        raise ProfileError("no_file", f"没有文件 {path}") from error
    except OSError as error:
        raise ProfileError("no_file", f"{path} 打不开（{reason_of(error)}），请给出一个 YAML 或 JSON 文件") from error


def _open(file: str) -> TextIO:
    try:
        return sys.stdin if file == "-" else Path(file).open(encoding="utf-8", errors="replace")
    except OSError as error:
        raise ProfileError("no_file", f"{file} 打不开（{reason_of(error)}）") from error


def _stream(stream: TextIO, assessor: Assessor, arguments: argparse.Namespace, day: date) -> int:
    """One profile a line in, one assessment a line out, in order; a bad line does not stop the rest."""
    progress = _Progress(sys.stderr.isatty(), arguments.file)
    write = sys.stdout.write
    for number, line in enumerate(_lines(stream), 1):
        if not line.strip():
            continue
        try:
            if len(line) > LARGEST:
                raise ProfileError("too_large", "这一行太长")
            profile = read_profile(read_json(line), assessor.vocabulary, assessor.clauses)
            result = assessor.assess(profile, as_of(arguments, profile, day))
            write(dump(as_json(result, assessor.vocabulary, arguments.brief)) + "\n")
        except ProfileError as error:
            fault = {"code": error.code, "message": error.message, "where": error.where}
            write(dump({"line": number, "error": fault}) + "\n")
        progress.step(len(line))
    progress.done()
    sys.stdout.flush()
    return OK


def _lines(stream: TextIO) -> Iterator[str]:
    while line := stream.readline(LARGEST + 2):
        yield line


class _Progress:
    """A bar on standard error, where that is a terminal."""

    def __init__(self, shown: bool, file: str) -> None:
        self.shown, self.count, self.read = shown, 0, 0
        self.size = Path(file).stat().st_size if shown and file != "-" else 0

    def step(self, characters: int) -> None:
        self.count += 1
        self.read += characters
        if self.shown and self.count % 200 == 0:
            share = min(1.0, self.read / self.size) if self.size else 0.0
            bar = f"[{'#' * int(share * 30):<30}] {share:4.0%} " if self.size else ""
            print(f"\r{bar}{self.count} 份", end="", file=sys.stderr, flush=True)

    def done(self) -> None:
        if self.shown:
            print(f"\r{self.count} 份，完成{' ' * 40}", file=sys.stderr)
