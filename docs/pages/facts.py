"""What can be told: facts, their choices, kinds of recognition, levels."""

from __future__ import annotations

from collections.abc import Iterator

from docs.pages.markdown import page, table
from policies.facts import Fact
from policies.loader import library

SCOPES = {
    "enterprise": "enterprise: the applicant",
    "project": "projects[]: each project",
    "spending": "projects[].spending[]: each line of money",
    "recognition": "recognitions[]: each certificate or title",
}


TYPES = {
    "place": "a place",
    "choice": "one of",
    "choices": "any of",
    "number": "whole number",
    "money": "yuan",
    "yesno": "true, false",
    "date": "YYYY-MM-DD",
    "level": "a level of the kind",
    "body": "a level of bodies",
    "text": "text",
}


def facts_page() -> str:
    vocabulary = library().vocabulary

    def body() -> Iterator[str]:
        for scope, title in SCOPES.items():
            yield f"## {title}"
            yield ""
            own = vocabulary.of(scope)
            yield from table(
                ["fact", "type", "name", "question", "why asked", "effort"],
                ([f"`{f.name}`", TYPES[f.type], f.label, f.question, f.help, f.effort] for f in own),
            )
            for fact in own:
                if fact.choices:
                    yield from _choices(fact)
        yield "## Kinds of recognition"
        yield ""
        yield "Levels rise from left to right where the kind is ordered."
        yield ""
        yield from table(
            ["kind", "name", "ordered", "levels"],
            (
                [
                    f"`{k.value}`",
                    k.label,
                    "yes" if k.ordered else "no",
                    "，".join(f"`{v.value}` {v.label}" for v in k.levels),
                ]
                for k in vocabulary.kinds.values()
            ),
        )
        yield "## Levels of recognising and paying bodies, rising"
        yield ""
        yield from table(["level", "name"], ([f"`{b.value}`", b.label] for b in vocabulary.bodies))

    return page(
        "Facts",
        "What can be told of an enterprise: the keys of a profile, their values, and the question that asks for each. "
        "From `policies/library/facts.yaml`, where the words that people type for each value stand too. A document may "
        "declare more of each ([how](../how-to/add-a-fact.md)). Effort: 1 a button, 2 a number or date that people "
        "know, 3 something to look up.",
        body(),
    )


def _choices(fact: Fact) -> Iterator[str]:
    yield f"**`{fact.name}`** {fact.label}"
    yield ""
    yield from table(
        ["value", "name", "groups"],
        ([f"`{c.value}`", c.label, "、".join(f"`{group}`" for group in c.groups)] for c in fact.choices),
    )
