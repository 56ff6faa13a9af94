"""What a link to the bot names (`t.me/…?start=baotou`): a document by its id, or a place by its code."""

from __future__ import annotations

from dialogs.words import say
from policies.loader import Tables
from policies.regions import AmbiguousPlace, UnknownPlace, place, resolve


def linked(payload: str, tables: Tables) -> tuple[str, str] | None:
    """What is said of it, and the code of the place, which is offered and never taken as told; None: it names nothing."""
    policy = tables.policies.get(payload)
    if policy is not None and len(policy.document.territory) == 1:
        found = place(policy.document.territory[0])
        if found is not None:
            return say("telegram.link_document", document=policy.document.short, place=found.full_name), found.code
    try:
        found = resolve(payload) if payload.isdecimal() and len(payload) == 6 else None
    except (AmbiguousPlace, UnknownPlace):
        found = None
    return (say("telegram.link_place", place=found.full_name), found.code) if found is not None else None
