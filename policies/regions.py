"""Where a place lies and what people call it.

A place is a province, a prefecture, a county or a development zone, known by six digits: 150000 内蒙古自治区 holds
150200 包头市 holds 150203 昆都仑区. A place holds every place whose code begins with its own digits, zeros at the end
left out by pairs. The table is the statistics bureau's (`library/regions.csv`); what people say instead, and zones
that the bureau does not list, stand in `library/places.yaml`, which staff extend.

A name that several places bear is never settled by a guess: `resolve` raises `AmbiguousPlace`, and a mention of it
has several candidates. Of places that lie in each other the outer one is meant (吉林 is the province).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from policies.slips import Codes, Slips

LIBRARY = Path(__file__).parent / "library"
LONGEST_ADDRESS = 60  # characters that `resolve` looks at: longer is no name of a place
LONGEST_FUZZY = 1000  # characters that `fuzzy_places` looks at: typos matter in messages, not in documents


@dataclass(frozen=True, slots=True)
class Place:
    """One row of the table: 150203, 昆都仑区, 内蒙古自治区包头市昆都仑区, 昆都仑."""

    code: str
    name: str
    full_name: str
    short: str


@dataclass(frozen=True, slots=True)
class PlaceMention:
    """A place in running text; with several candidates it must be asked which one is meant."""

    start: int
    end: int
    text: str
    candidates: tuple[Place, ...]
    fuzzy: bool = False


class AmbiguousPlace(ValueError):
    """Several places bear the name; those that our documents cover stand first."""

    def __init__(self, text: str, candidates: tuple[Place, ...]) -> None:
        super().__init__(text)
        self.candidates = candidates


class UnknownPlace(ValueError):
    """No place bears the name; `suggestions` (looked for only when asked) are spelled or sound alike."""

    def __init__(self, text: str, alike: Callable[[], tuple[Place, ...]] = tuple) -> None:
        super().__init__(text)
        self._alike = alike

    @cached_property
    def suggestions(self) -> tuple[Place, ...]:
        return self._alike()


def _own_digits(code: str) -> str:
    """150000 → 15, 150200 → 1502, 150203 → 150203."""
    while code.endswith("00"):
        code = code[:-2]
    return code


def contains(outer_code: str, inner_code: str) -> bool:
    """Whether one place is, or lies in, the other, by their codes."""
    return inner_code.startswith(_own_digits(outer_code))


_WORD, _SPOKEN, _CONTEXT, _LINKED, _ASKED = range(5)  # how freely a form stands for its places; see places.yaml


@dataclass(slots=True)
class _Form:
    """What one written form stands for: alone, after the place it lies in, and as a kind of zone or banner."""

    use: int
    alone: list[str]
    inside: list[str]
    kind: bool = False


@dataclass(frozen=True, slots=True)
class _Found:
    start: int
    end: int
    codes: Codes
    fuzzy: bool = False


class Gazetteer:
    """The table of places with one set of other names."""

    def __init__(self, rows: Iterable[Sequence[str]], other: Mapping[str, Any]) -> None:
        """`rows` are code, name, shorts and pinyin; `other` is what places.yaml holds."""
        self._rows: dict[str, tuple[str, str, str]] = {row[0]: (row[1], row[2], row[3]) for row in rows}
        for code, names in other["zones"].items():
            name, shorts = names.split(" ", 1)
            self._rows[code] = (name, shorts, "")
        self._other = other
        self._first: list[str] = other["first"].split()
        grammar = other["grammar"]
        self._between, self._free_before, self._free_after = (
            grammar[key] for key in ("between", "free_before", "free_after")
        )
        self._torn: Mapping[str, str] = grammar["torn"]
        self._country, self._other_ends, self._below, self._counties = (
            tuple(grammar[key].split()) for key in ("country", "other", "below", "counties")
        )
        self._places: dict[str, Place] = {}
        self._common, self._never = set(other["common"].split()), set(other["never"].split())
        self._bearers: dict[str, str] = {}  # form -> codes of the table that bear it, with spaces between
        self._forms: dict[str, _Form] = {}
        self._read_table()
        self._read_other_names()
        self._longest: dict[str, int] = {}  # by the first two characters
        for form in (*self._bearers, *self._forms):
            if len(form) > self._longest.get(form[:2], 0):
                self._longest[form[:2]] = len(form)

    # --- the forms ---

    def _read_table(self) -> None:
        bearers = self._bearers
        for code, (name, shorts, _) in self._rows.items():
            for form in {name, *shorts.split(" ")}:
                bearers[form] = f"{bearers[form]} {code}" if form in bearers else code

    def _form(self, text: str) -> _Form | None:
        """What a text stands for; the forms of the table are made when they are first met."""
        known = self._forms.get(text)
        if known is None and text in self._bearers:
            codes = self._bearers[text].split(" ")
            use = min(self._use_in_table(text, code) for code in codes)
            known = self._forms[text] = _Form(use, codes, list(codes))
        return known

    def _use_in_table(self, form: str, code: str) -> int:
        county, full = not code.endswith("00"), form == self._rows[code][0]
        if form in self._never and not full:
            return _ASKED
        if form in self._common:
            return _LINKED if county else _CONTEXT
        if len(form) >= 3 or not county:
            return _SPOKEN
        return _CONTEXT if full else _LINKED

    def _read_other_names(self) -> None:
        for table, use in (("names", _SPOKEN), ("context", _CONTEXT)):
            for code, forms in self._other[table].items():
                if code not in self._rows:
                    raise ValueError(f"places.yaml: {table}: {code} ({forms}) is no code of a place")
                for form in forms.split():
                    self._add_other_name(form, code, use)
        kinds: Mapping[str, str] = self._other["kinds"]
        endings = tuple(kinds)
        zones = [
            (code, names)
            for code, (name, shorts, _) in self._rows.items()
            if name.endswith(endings) or " " in shorts or code in self._other["zones"]
            for names in [(name, shorts.split(" ")[0])]
        ]
        for ending, sayings in kinds.items():
            codes = [code for code, (name, short) in zones if name.endswith(ending) or short.endswith(ending)]
            for form in sayings.split():
                known = self._form(form) or self._forms.setdefault(form, _Form(_SPOKEN, [], []))
                known.use, known.kind = _SPOKEN, True
                known.alone.extend(code for code in codes if code not in known.alone)
        for word in self._other["words"].split():
            if word not in self._bearers:
                self._forms.setdefault(word, _Form(_WORD, [], []))

    def _add_other_name(self, form: str, code: str, use: int) -> None:
        known = self._form(form)
        if known is None:
            self._forms[form] = _Form(use, [code], [code])
            return
        if use == _SPOKEN:  # ours alone, unless another of our own rows says it too
            mine = [c for c in known.alone if form in self._other["names"].get(c, "").split()]
            known.alone = [*(c for c in mine if c != code), code]
        elif code not in known.alone:
            known.alone.insert(0, code)
        known.use = min(known.use, use)
        if code not in known.inside:
            known.inside.append(code)

    # --- places ---

    def place(self, code: str) -> Place | None:
        """The place with these six digits."""
        known = self._places.get(code)
        if known is None and code in self._rows:
            name, shorts, _ = self._rows[code]
            known = Place(code, name, self._full_name(code, name), shorts.split(" ")[0])
            self._places[code] = known
        return known

    def _full_name(self, code: str, name: str) -> str:
        outer = [self._rows[o] for o in (code[:2] + "0000", code[:4] + "00") if o != code and o in self._rows]
        prefix = "".join(dict.fromkeys(o[0] for o in outer))
        for rest in self._rows[code][1].split(" ")[1:]:  # a zone bears the name of its city: once is enough
            if name.endswith(rest) and any(name[: -len(rest)].endswith((o[0], o[1].split(" ")[0])) for o in outer):
                return prefix + rest
        return prefix + name

    def _in_order(self, codes: Iterable[str]) -> Codes:
        """Without those that lie in another one, and the covered ones first."""
        distinct = list(dict.fromkeys(codes))
        if len(distinct) < 2:
            return tuple(distinct)
        outermost = [c for c in distinct if not any(o != c and contains(o, c) for o in distinct)]
        provinces = [c for c in outermost if c.endswith("0000")]

        def rank(code: str) -> tuple[int, str]:
            return next((i for i, o in enumerate(self._first) if contains(o, code)), len(self._first)), code

        return tuple(sorted(provinces or outermost, key=rank))

    def _as_places(self, codes: Iterable[str]) -> tuple[Place, ...]:
        return tuple(p for p in map(self.place, codes) if p is not None)

    def _within(self, form: _Form, outer: Codes) -> Codes:
        """Those of a form's places that lie in one of the outer ones."""
        inside = [c for c in form.inside if any(contains(o, c) for o in outer)]
        if form.kind and not (inside and all(o[2:4] != "00" for o in outer)):
            inside += [c for c in form.alone if c not in inside and any(contains(o, c) for o in outer)]
        deeper = [c for c in inside if c not in outer]
        return self._in_order(deeper or inside)

    # --- one name ---

    def resolve(self, text: str) -> Place:
        """The one place that a name, a chain of names or a code means; else AmbiguousPlace or UnknownPlace."""
        asked = "".join(text.split())
        for country in self._country:
            asked = asked.removeprefix(country) or asked
        if re.fullmatch(r"[0-9]{6}", asked):
            found = self.place(asked)
            if found is None:
                raise UnknownPlace(text)
            return found
        codes = self._read(asked)
        if not codes and asked and len(asked) <= LONGEST_ADDRESS:
            asked = _simplified(asked)
            codes = self._read(asked)
        if not codes:
            raise UnknownPlace(text, lambda: self._suggestions(asked))
        places = self._as_places(codes)
        if len(places) > 1:
            raise AmbiguousPlace(text, places)
        return places[0]

    def _read(self, text: str) -> Codes:
        if not text or len(text) > LONGEST_ADDRESS:
            return ()
        whole = self._form(text)
        if whole is not None and whole.use != _WORD:
            return self._in_order(whole.alone or whole.inside)
        partial: list[tuple[int, Codes]] = []
        for codes in self._chains(text, 0, (), partial):
            return codes
        return next((codes for end, codes in sorted(partial, reverse=True) if self._is_below(text[end:], codes)), ())

    def _chains(self, text: str, at: int, outer: Codes, partial: list[tuple[int, Codes]]) -> Iterator[Codes]:
        """Readings of the whole text as a chain of names, longest names first; `partial` gets where others stopped."""
        if outer:
            partial.append((at, outer))
            while at < len(text) and text[at] in self._between:
                at += 1
            if at == len(text):
                yield outer
        for end, form in self._forms_at(text, at):
            codes = self._within(form, outer) if outer else self._in_order(form.alone)
            if codes and form.use != _WORD:
                yield from self._chains(text, end, codes, partial)

    def _forms_at(self, text: str, at: int) -> Iterator[tuple[int, _Form]]:
        """The forms that begin here, the longest first, each with its end."""
        longest = self._longest.get(text[at : at + 2], 0)
        for end in range(min(at + longest, len(text)), at + 1, -1):
            form = self._form(text[at:end])
            if form is not None:
                yield end, form

    def _is_below(self, rest: str, codes: Codes) -> bool:
        """Whether the rest of an address lies below the county, or is a zone of a city that has no row here."""
        if any(c.endswith("0000") for c in codes) or not re.fullmatch(r"[\w()（）·-]+", rest):
            return False
        for end, form in self._forms_at(rest, 0):
            if form.use == _SPOKEN and not form.kind and rest[end - 1] in self._torn:
                return False  # a county that lies elsewhere
        return rest.endswith(self._below)

    def _suggestions(self, text: str) -> tuple[Place, ...]:
        """Places that a text nearly names: by sound, or those of a part that lie elsewhere (包头新城区)."""
        text = text[:LONGEST_ADDRESS]
        near = [p.code for mention in self.fuzzy_places(text) for p in mention.candidates]
        near += [p.code for mention in reversed(self.find_places(text)) for p in mention.candidates]
        return self._as_places(dict.fromkeys(near))

    # --- running text ---

    def find_places(self, text: str) -> list[PlaceMention]:
        """The places a text names, chains as one; longest names first; ordinary words that hold a name left alone."""
        return self._as_mentions(text, self._scan(text))

    def _as_mentions(self, text: str, found: Iterable[_Found]) -> list[PlaceMention]:
        return [PlaceMention(f.start, f.end, text[f.start : f.end], self._as_places(f.codes), f.fuzzy) for f in found]

    def _scan(self, text: str) -> list[_Found]:
        found: list[_Found] = []
        at, last = 0, len(text) - 1
        while at < last:
            if text[at : at + 2] not in self._longest:
                at += 1
                continue
            step = 1
            for end, form in self._forms_at(text, at):
                if form.use == _WORD:
                    step = end - at
                    break
                before = found[-1] if found and self._near(text, found[-1].end, at) else None
                codes = self._linked(form, text, at, end, before)
                if codes is not None and before is not None:
                    end += text[at - 1] in "(（" and text.startswith((")", "）"), end)
                    found[-1] = _Found(before.start, end, codes)
                    step = end - at
                    break
                if self._stands_alone(form, text, at, end):
                    found.append(_Found(at, end, self._in_order(form.alone)))
                    step = end - at
                    break
                if form.use == _SPOKEN and self._is_other(text, end):
                    step = end - at  # 南京路 is no place, nor is what lies in it
                    break
            at += step
        return found

    def _near(self, text: str, end: int, start: int) -> bool:
        """Whether two names stand so close that they may be parts of one place."""
        return start - end <= 2 and all(c in self._between for c in text[end:start])

    def _linked(self, form: _Form, text: str, start: int, end: int, before: _Found | None) -> Codes | None:
        """What a form means as the continuation of the place before it; None when it does not continue it."""
        if before is None or form.use == _ASKED or self._is_torn(text, end) or self._is_other(text, end):
            return None
        codes = self._within(form, before.codes)
        if codes:
            wide = form.use != _SPOKEN and any(c.endswith("0000") for c in before.codes)
            return None if wide and not self._is_free_after(text, end) else codes
        if form.kind and start == before.end and all(c.endswith("00") and c[2:4] != "00" for c in before.codes):
            return before.codes  # a city's zone that has no row here: the city
        narrowed = tuple(c for c in before.codes if any(contains(o, c) for o in form.alone))
        if form.use == _SPOKEN and narrowed and len(narrowed) < len(before.codes):
            return narrowed  # 青山区（包头）
        return None

    def _stands_alone(self, form: _Form, text: str, start: int, end: int) -> bool:
        if not form.alone or self._is_torn(text, end) or self._is_other(text, end):
            return False
        if form.use == _SPOKEN:
            return True
        free = start == 0 or text[start - 1] in self._free_before
        return form.use == _CONTEXT and free and self._is_free_after(text, end)

    def _is_free_after(self, text: str, end: int) -> bool:
        return end == len(text) or text[end] in self._free_after

    def _is_torn(self, text: str, end: int) -> bool:
        return end < len(text) and text[end] in self._torn.get(text[end - 1], "")

    def _is_other(self, text: str, end: int) -> bool:
        return text[end - 1] not in self._counties and text.startswith(self._other_ends, end)

    # --- slips ---

    def fuzzy_places(self, text: str) -> list[PlaceMention]:
        """Places whose names a text misspells, by sound; several candidates where several are as near."""
        text = text[:LONGEST_FUZZY]
        exact = self._scan(text)
        spans = [(f.start, f.end, f.codes) for f in exact]
        slips = [_Found(start, end, self._in_order(codes), True) for start, end, codes in self._slips.find(text, spans)]
        settled = [f for f in exact if not any(f.start < s.end and s.start < f.end for s in slips)]
        merged: list[_Found] = []
        for found in sorted([*settled, *slips], key=lambda f: f.start):
            before = merged[-1] if merged and self._near(text, merged[-1].end, found.start) else None
            codes = self._joined(before.codes, found.codes) if before is not None else ()
            if before is not None and codes and (before.fuzzy or found.fuzzy):
                merged[-1] = _Found(before.start, found.end, codes, True)
            else:
                merged.append(found)
        return self._as_mentions(text, (f for f in merged if f.fuzzy))

    @cached_property
    def _slips(self) -> Slips:
        said = [form for forms in self._other["names"].values() for form in forms.split()]
        other = {form: tuple(known.alone) for form in said if (known := self._form(form))}
        return Slips(self._rows, other, lambda code: any(contains(outer, code) for outer in self._first))

    def _joined(self, outer: Codes, inner: Codes) -> Codes:
        return tuple(c for c in inner if any(contains(o, c) for o in outer))


@lru_cache(maxsize=1)
def gazetteer() -> Gazetteer:
    """The table and the other names of the library folder."""
    import yaml

    with (LIBRARY / "regions.csv").open(encoding="utf-8") as file:
        rows = [line.rstrip("\n").split(",") for line in file if not line.startswith("#")]
    with (LIBRARY / "places.yaml").open(encoding="utf-8") as file:
        return Gazetteer(rows[1:], yaml.load(file, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)))


def place(code: str) -> Place | None:
    """The place with these six digits."""
    return gazetteer().place(code)


@lru_cache(maxsize=1)
def _converter() -> Any:
    import opencc

    return opencc.OpenCC("t2s")


def _simplified(text: str) -> str:
    return str(_converter().convert(text))


def resolve(text: str) -> Place:
    """The one place that a name, a chain of names or a code means; else AmbiguousPlace or UnknownPlace."""
    return gazetteer().resolve(text)


def find_places(text: str) -> list[PlaceMention]:
    """The places a text names; see `Gazetteer.find_places`."""
    return gazetteer().find_places(text)


def fuzzy_places(text: str) -> list[PlaceMention]:
    """The places a text misspells; see `Gazetteer.fuzzy_places`."""
    return list(_slips(text[:LONGEST_FUZZY]))


@lru_cache(maxsize=1000)
def _slips(text: str) -> tuple[PlaceMention, ...]:
    """A message is looked at by several readers, and short answers (没有, 今年三月) come again and again."""
    return tuple(gazetteer().fuzzy_places(text))
