"""Slips of the pen: names of places that are misspelt as they sound, 包投 for 包头."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

Codes = tuple[str, ...]
Span = tuple[int, int, Codes]
"""Where a text names places: start, end, their codes."""


class Slips:
    """Names by their toneless sound, to be found with one syllable wrong, missing or too many.

    Names of three characters must sound the same (包投市), longer ones may differ in one syllable and must reach
    `NEAR`; what comes within `MARGIN` of the best is as near. Half the characters must be right, so that words
    which merely sound like a place are left alone; short counties count only where our documents are, or 大型城市
    would hold 兴城市. A message of two characters may sound like a city or a covered place.
    """

    NEAR, MARGIN, LENGTHS = 80.0, 5.0, range(3, 9)

    def __init__(
        self, rows: Mapping[str, tuple[str, str, str]], other_names: Mapping[str, Codes], near: Callable[[str], bool]
    ) -> None:
        """`rows`: name, shorts and pinyin by code; `near`: whether our documents are where a place lies."""
        self._names: dict[str, tuple[list[str], str, str]] = {}  # name -> places, sound, what it is without its kind
        self._by_sound: dict[str, list[str]] = {}
        elsewhere: list[tuple[str, str]] = []
        for code, (name, shorts, pinyin) in rows.items():
            short, syllables = shorts.split(" ")[0], pinyin.split(" ")
            known = code.endswith("00") or near(code)
            for form in {name, short}:
                shortest = 4 if not known else 3 if form == name else 2
                if shortest <= len(form) < self.LENGTHS.stop and pinyin and name.startswith(form):
                    self._add(form, [code], syllables[: len(form)], short)
                else:
                    elsewhere.append((form, code))
        for form, code in elsewhere:
            if form in self._names:
                self._names[form][0].append(code)  # 青山区 is in 武汉 too
        for form, codes in other_names.items():
            if len(form) < self.LENGTHS.stop and form not in self._names:
                self._add(form, list(codes), self._syllables(form), form)

    def _add(self, name: str, codes: list[str], syllables: list[str], short: str) -> None:
        if name in self._names:
            self._names[name][0].extend(codes)
            return
        plain = [self._plain(s) for s in syllables]
        self._names[name] = (codes, "".join(plain), short if name.startswith(short) else name)
        for key in self._keys(plain):
            self._by_sound.setdefault(key, []).append(name)

    @staticmethod
    def _syllables(text: str) -> list[str]:
        """One toneless syllable for each character; other characters stand for themselves."""
        from pypinyin import lazy_pinyin

        syllables: list[str] = []
        for run in re.findall(r"[\u3400-\u9fff]+|[^\u3400-\u9fff]", text):
            said = lazy_pinyin(run)
            syllables += said if len(said) == len(run) else list(run)
        return syllables

    @staticmethod
    def _plain(syllable: str) -> str:
        """What many do not hear apart: zh z, ch c, sh s, ng n."""
        return re.sub(r"^([zcs])h", r"\1", re.sub(r"ng$", "n", syllable))

    @staticmethod
    def _keys(syllables: list[str]) -> list[str]:
        """The sound, and for longer names the sound with each syllable left out."""
        keys = [" ".join(syllables)]
        if len(syllables) > 3:
            keys += [" ".join(syllables[:i] + syllables[i + 1 :]) for i in range(len(syllables))]
        return keys

    def find(self, text: str, exact: Sequence[Span]) -> list[Span]:
        """Slips in a text outside what was found exactly, the longest and nearest first."""
        taken = [False] * len(text)
        for start, end, codes in exact:
            if len(codes) > 1:
                continue  # 滚洞开发区 holds 开发区, which is no answer
            taken[start:end] = [True] * (end - start)
        sounds = [self._plain(s) for s in self._syllables(text)]
        whole = text.strip()
        if len(whole) == 2 and not exact:
            start = text.index(whole)
            codes, _ = self._nearest(whole, sounds[start : start + 2])
            return [(start, start + 2, codes)] if codes else []
        hits: list[tuple[float, int, int, Codes]] = []
        for start in range(len(text)):
            for length in self.LENGTHS:
                end = start + length
                if end > len(text) or taken[end - 1] or taken[start]:
                    break
                codes, nearness = self._nearest(text[start:end], sounds[start:end])
                if codes:
                    hits.append((nearness, start, end, codes))
        slips: list[Span] = []
        for _, start, end, codes in sorted(hits, key=lambda h: (-h[0], h[1] - h[2], h[1])):
            if not any(taken[start:end]):
                taken[start:end] = [True] * (end - start)
                slips.append((start, end, codes))
        return slips

    def _nearest(self, said: str, sounds: list[str]) -> tuple[Codes, float]:
        from rapidfuzz import fuzz

        sound = "".join(sounds)
        near: dict[str, float] = {}
        for key in self._keys(sounds):
            for name in self._by_sound.get(key, ()):
                if name in near or name == said:
                    continue
                _, its_sound, core = self._names[name]
                right = sum(c in said for c in core) * 2 >= len(core)
                nearness = fuzz.ratio(sound, its_sound)
                if right and nearness >= (100.0 if min(len(name), len(said)) <= 3 else self.NEAR):
                    near[name] = nearness + fuzz.ratio(said, name) / 10
        best = max(near.values(), default=0.0)
        codes = [c for name, n in near.items() if n >= best - self.MARGIN for c in self._names[name][0]]
        return tuple(dict.fromkeys(codes)), best
