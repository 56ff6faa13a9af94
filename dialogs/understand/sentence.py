"""A free sentence, heard: all its typed mentions, bound together (`hear`)."""

from __future__ import annotations

from datetime import date

from dialogs.understand.heard import Doubt, Heard, HeardAward, HeardLine, HeardProject, HeardRecognition, Told
from policies.facts import Vocabulary

__all__ = ["Doubt", "Heard", "HeardAward", "HeardLine", "HeardProject", "HeardRecognition", "Told", "hear"]


def hear(text: str, vocabulary: Vocabulary, today: date) -> Heard:
    """Everything that `text` tells; relative dates are meant on `today`. Never raises."""
    return Heard(rest=text)
