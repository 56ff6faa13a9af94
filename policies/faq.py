"""Prepared answers (glossary.yaml, and faq.yaml in a document's folder): ways of asking, the answer, its citation.

An entry is a row like those of policy.yaml: it is checked with the tables and goes through the same diff, publishing and
rollback. What it says either rests on a sentence of a document (`quote`, verbatim) or is marked as general explanation.
"""

from __future__ import annotations

import re
import unicodedata

from pydantic import Field, field_validator, model_validator

from policies.fields import Row

FEWEST = 3
"""Ways of asking that an entry needs: with fewer it is found only by those who ask in its own words."""
LONGEST_ASK = 60
LONGEST_ANSWER = 300
"""Characters: a phone screen, with the citation below."""

TOPICS = frozenset(
    {
        "which_documents",
        "valid_until",
        "status",
        "issuer",
        "document_number",
        "issue_date",
        "who_interprets",
        "contact",
        "apply_when",
        "apply_how",
        "pay_when",
        "who_pays",
        "who_can_apply",
        "source_text",
        "why_total",
        "why_not",
        "why_range",
        "how_computed",
        "both_together",
        "what_excludes",
        "what_if",
        "project_cap",
        "yearly_two",
        "tax_ceiling",
        "accident",
        "disqualified",
        "privacy",
        "delete",
        "free",
        "human",
        "change_answer",
        "accuracy",
        "report",
        "base_scope",
        "post_completion",
        "highest_not_repeated",
        "case_by_case",
        "small_fast_light_precise",
        "cross",
        "not_known",
        "not_covered",
    }
)
"""What is asked, where it is no kind, activity, fact, clause or document."""

_SHAPE = r"[A-Za-z0-9][A-Za-z0-9_.-]*"


class FaqEntry(Row):
    """One prepared answer."""

    id: str = Field(pattern=f"^{_SHAPE}$", max_length=80)
    about: tuple[str, ...] = ()
    """What it answers: ids of kinds, activities, facts, clauses, limits or documents, or topics (`TOPICS`)."""
    names: tuple[str, ...] = ()
    """Words for the thing itself (小灯塔, 灯塔企业): a question that holds one is about it, however it is asked."""
    asks: tuple[str, ...]
    """Ways of asking, as people type."""
    answer: str = Field(min_length=1, max_length=LONGEST_ANSWER)
    document: str | None = None
    """The document that it cites; in a document's folder that document."""
    clause: str | None = None
    """The clause that it cites, where one of the table is meant; else `article`."""
    article: str = ""
    quote: str = ""
    general: bool = False
    """The answer (its quote apart) is a general explanation and not the policy's word; it is shown with that remark."""

    @field_validator("asks")
    @classmethod
    def _enough_asks(cls, asks: tuple[str, ...]) -> tuple[str, ...]:
        if len({squeezed(ask) for ask in asks}) < FEWEST:
            raise ValueError(f"问法至少要 {FEWEST} 种不同的")
        if any(not squeezed(ask) or len(ask) > LONGEST_ASK for ask in asks):
            raise ValueError(f"每种问法要有文字，不超过 {LONGEST_ASK} 个字")
        return asks

    @model_validator(mode="after")
    def _cited(self) -> FaqEntry:
        if not self.quote and not self.general:
            raise ValueError("答复要有依据：写 quote（原文的一句话）；没有依据的一般说明写 general: true")
        if self.quote and not (self.clause or self.article):
            raise ValueError("引用原文要写条文号：clause（条款编号）或 article（如 五）")
        return self


def squeezed(text: str) -> str:
    """A way of asking without what does not distinguish it: width, case, blanks, punctuation."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", text)).lower()
