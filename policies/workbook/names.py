"""Names that people read for what the tables call by ids: facts, choices, kinds, levels, places. Either is understood."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from policies.canonical import find_fact
from policies.facts import Choice, Fact, Vocabulary
from policies.regions import AmbiguousPlace, UnknownPlace, place, resolve
from policies.workbook.cells import BadCell
from policies.workbook.sheets import say, squeeze


class Names:
    """Ids by name and names by id, of one set. A name that two ids share is not used."""

    def __init__(self, labels: Mapping[str, str]) -> None:
        self.labels = dict(labels)
        self.ids: dict[str, str | None] = {}
        for id_, label in labels.items():
            self.ids[squeeze(label)] = None if squeeze(label) in self.ids else id_
        for id_ in labels:
            self.ids[squeeze(id_)] = id_

    def value(self, name: str) -> str | None:
        """The id that a name or an id means."""
        return self.ids.get(squeeze(name))

    def say(self, id_: str) -> str:
        """The name, or the id where the name would mean another or be read as a list."""
        label = self.labels.get(id_, id_)
        return label if self.value(label) == id_ and not re.search(r"[；;\n=]", label) else id_

    def list(self, ids: Iterable[str]) -> str:
        """Several names in one cell."""
        return "；".join(self.say(id_) for id_ in ids)


def difference(said: str, known: Names) -> tuple[str, str] | None:
    """The two ids of 甲－乙; None where a text is no difference of two names."""
    if known.value(said) is not None:
        return None
    for sign in re.finditer("[-－−–—减]", said):
        pair = known.value(said[: sign.start()]), known.value(said[sign.end() :])
        if pair[0] is not None and pair[1] is not None:
            return pair[0], pair[1]
    return None


def of_choices(choices: Iterable[Choice]) -> Names:
    """The choices of a fact."""
    return Names({choice.value: choice.label for choice in choices})


def of_kinds(vocabulary: Vocabulary) -> Names:
    """The kinds of recognition."""
    return Names({kind.value: kind.label for kind in vocabulary.kinds.values()})


def of_levels(vocabulary: Vocabulary, kinds: Iterable[str]) -> Names:
    """The levels of some kinds. Levels of one id and different names are called by the first."""
    labels: dict[str, str] = {}
    for kind in kinds:
        for level in vocabulary.kinds[kind].levels if kind in vocabulary.kinds else ():
            labels.setdefault(level.value, level.label)
    return Names(labels)


def of_facts(vocabulary: Vocabulary, scopes: Iterable[str]) -> Names:
    """The facts that a row may name: the first scope that has an id wins."""
    labels: dict[str, str] = {"spending": say("spending")}
    for scope in scopes:
        for fact in vocabulary.of(scope):
            labels.setdefault(fact.name, fact.label)
    for fact in vocabulary.of("enterprise"):
        if (found := find_fact(fact.name, tuple(scopes), vocabulary)) is not None and found.of != "enterprise":
            labels[f"enterprise.{fact.name}"] = fact.label
    return Names(labels)


def of_fact(fact: Fact, vocabulary: Vocabulary, kinds: Iterable[str]) -> Names | None:
    """The values of a fact, where they are a closed set."""
    if fact.choices:
        return of_choices(fact.choices)
    if fact.type == "level":
        return of_levels(vocabulary, kinds)
    return of_choices(vocabulary.bodies) if fact.type == "body" else None


def place_text(code: str) -> str:
    """A place as `包头市（150200）`."""
    found = place(code)
    return f"{found.name}（{code}）" if found else code


def place_code(words: str) -> str:
    """The code of a place that was written by its code or by its name. Raises BadCell."""
    code = re.search(r"(?<!\d)\d{6}(?!\d)", words)
    if code:
        if place(code[0]) is None:
            raise BadCell(f"没有行政区划代码 {code[0]}", "用 6 位代码，如 150200")
        return code[0]
    try:
        return resolve(words).code
    except AmbiguousPlace as error:
        raise BadCell(
            f"“{words[:20]}”不止一个地方",
            "写 6 位代码：" + "、".join(f"{found.full_name} {found.code}" for found in error.candidates[:4]),
        ) from error
    except UnknownPlace as error:
        raise BadCell(f"没有“{words[:20]}”这个地方", "写全名或 6 位行政区划代码，如 包头市（150200）") from error


def of_groups() -> Names:
    """Groups of choices that have a name; any other is called as it is."""
    return Names(say("group_names"))
