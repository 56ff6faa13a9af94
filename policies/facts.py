"""The vocabulary: facts that can be told, their values, and the words for them (library/facts.yaml).

A fact is data. A document may declare more (`declares:` in its policy.yaml), so the program serves the sixth
policy without code. `docs/reference/facts.md` is generated from here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict

Scope = Literal["enterprise", "project", "spending", "recognition", "award"]
FactType = Literal["place", "choice", "choices", "number", "money", "yesno", "date", "level", "body", "text"]


def _text(value: object) -> object:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


Text = Annotated[str, BeforeValidator(_text)]


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Choice(_Entry):
    """One value of a closed set: the canonical `value`, the `label` people read, other words they type."""

    value: Text
    label: Text
    aliases: tuple[Text, ...] = ()
    groups: tuple[str, ...] = ()


class Fact(_Entry):
    """One fact: its key, scope, type, and the words to ask and explain it."""

    name: str
    of: Scope
    type: FactType
    label: str
    question: str
    help: str = ""
    effort: int = 1
    unit: str = ""
    decimals: bool = False
    """A number that may have decimals: 12.5亩, 3.6%. Others are whole."""
    none: str = ""
    ordered: bool = False
    default: str = ""
    zero_words: tuple[Text, ...] = ()
    zero_asks: bool = False
    """It is hardly ever nothing: 没有 is asked back once before it counts as 0."""
    usual: tuple[Text, ...] = ()
    """Industries in which there mostly is such a thing: others are asked late, and several such facts in one breath."""
    aliases: tuple[Text, ...] = ()
    choices: tuple[Choice, ...] = ()

    def values(self) -> list[str]:
        return [choice.value for choice in self.choices]

    def label_of(self, value: str) -> str:
        return next((choice.label for choice in self.choices if choice.value == value), value)


class Kind(_Entry):
    """A kind of recognition with its levels, rising (unless `ordered` is false)."""

    value: str
    label: str
    aliases: tuple[Text, ...] = ()
    levels: tuple[Choice, ...]
    ordered: bool = True

    def values(self) -> list[str]:
        return [level.value for level in self.levels]

    def label_of(self, value: str) -> str:
        return next((level.label for level in self.levels if level.value == value), value)

    def rank(self, level: str) -> int:
        return self.values().index(level)


class Vocabulary:
    """All facts, kinds and bodies, by name.

    `facts[("project", "build")]`; `kinds["lianghua"]`; `bodies` in rising order.
    """

    def __init__(self, facts: Iterable[Fact], kinds: Iterable[Kind], bodies: Iterable[Choice]) -> None:
        self.facts: dict[tuple[str, str], Fact] = {(fact.of, fact.name): fact for fact in facts}
        self.kinds: dict[str, Kind] = {kind.value: kind for kind in kinds}
        self.bodies: tuple[Choice, ...] = tuple(bodies)
        self.body_rank: dict[str, int] = {body.value: rank for rank, body in enumerate(self.bodies)}

    def of(self, scope: str) -> list[Fact]:
        return [fact for fact in self.facts.values() if fact.of == scope]

    def find(self, name: str, *scopes: str) -> Fact | None:
        """The fact `name` in the first of `scopes` that has it."""
        for scope in scopes:
            fact = self.facts.get((scope, name))
            if fact is not None:
                return fact
        return None

    @property
    def activities(self) -> Fact:
        return self.facts[("spending", "activities")]

    def body_label(self, value: str) -> str:
        return next((body.label for body in self.bodies if body.value == value), value)

    def extended(self, declares: Mapping[str, Any]) -> Vocabulary:
        """This vocabulary with what a document declares: `facts`, `choices` (by fact name) and `kinds`.

        Raises ValueError when a declaration does not fit.
        """
        if not declares:
            return self
        unknown = set(declares) - {"facts", "choices", "kinds"}
        if unknown:
            raise ValueError(f"declares 只能有 facts、choices、kinds，没有 {'、'.join(sorted(unknown))}")
        facts = dict(self.facts)
        for row in declares.get("facts") or ():
            fact = Fact.model_validate(row)
            known = facts.get((fact.of, fact.name))
            if known is not None:
                if (known.type, known.values()) != (fact.type, fact.values()):
                    had = f"{known.label}，{known.type}" + (
                        f"，取值 {'、'.join(known.values())}" if known.choices else ""
                    )
                    raise ValueError(f"事实 {fact.name} 已经有了（{had}），类型或取值不同：用已有的，或换一个名字")
                more = {"decimals": known.decimals or fact.decimals, "aliases": _union(known.aliases, fact.aliases)}
                fact = fact.model_copy(update=more)
            facts[(fact.of, fact.name)] = fact
        for name, rows in (declares.get("choices") or {}).items():
            key = next((key for key in facts if key[1] == name), None)
            if key is None:
                raise ValueError(f"declares.choices 里的 {name} 不是事实名")
            added = [Choice.model_validate(row) for row in rows]
            again = {choice.value for choice in added}
            kept = tuple(choice for choice in facts[key].choices if choice.value not in again)
            facts[key] = facts[key].model_copy(update={"choices": kept + tuple(added)})
        kinds = dict(self.kinds)
        for row in declares.get("kinds") or ():
            kind = Kind.model_validate(row)
            before = kinds.get(kind.value)
            kinds[kind.value] = kind if before is None else _joined(before, kind)
        return Vocabulary(facts.values(), kinds.values(), self.bodies)


def _union(one: tuple[str, ...], other: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*one, *other)))


def _joined(known: Kind, added: Kind) -> Kind:
    """A kind that two documents declare: the levels of both, where the longer list has all of the shorter in its order.

    Raises ValueError where they do not fit: then nobody could say which of two levels is the higher.
    """
    longer, shorter = (added, known) if len(added.levels) >= len(known.levels) else (known, added)
    rest = iter(longer.values())
    if known.ordered != added.ordered or not all(level in rest for level in shorter.values()):
        raise ValueError(
            f"认定 {known.value} 已经有了（{known.label}，级别从低到高 {'、'.join(known.values())}），对不上："
            "把已有的级别照原来的顺序都写上再加新的，或换一个编号"
        )
    had, new = ({level.value: level for level in kind.levels} for kind in (known, added))
    levels = []
    for name in longer.values():
        level, other = had.get(name, new.get(name)), new.get(name, had.get(name))
        assert level is not None
        assert other is not None
        levels.append(level.model_copy(update={"aliases": _union(level.aliases, other.aliases)}))
    aliases = _union(known.aliases, added.aliases)
    return known.model_copy(update={"levels": tuple(levels), "aliases": aliases})


def read_vocabulary(data: Mapping[str, Any]) -> Vocabulary:
    """A vocabulary from the parsed facts.yaml."""
    return Vocabulary(
        [Fact.model_validate(row) for row in data["facts"]],
        [Kind.model_validate(row) for row in data["kinds"]],
        [Choice.model_validate(row) for row in data["bodies"]],
    )
