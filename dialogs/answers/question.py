"""A question put in a conversation: all that the parts need to answer it."""

from __future__ import annotations

from dataclasses import dataclass

from dialogs.answers.asking import Asked
from dialogs.answers.prepared import Near
from dialogs.session import Session
from policies.assessment import Assessment
from policies.faq import FaqEntry


@dataclass(frozen=True)
class Question:
    """What was read in it, and where it was put."""

    asked: Asked
    own: tuple[str, ...]
    """Ids of the documents meant."""
    named: list[FaqEntry]
    """Prepared entries on what it names."""
    near: list[Near]
    """Prepared entries that are asked for in nearly these words, the nearest first."""
    session: Session
    result: Assessment
