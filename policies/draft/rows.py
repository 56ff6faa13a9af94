"""From the text of a policy to the rows of its table.

A guess is written into its cell so that it can be corrected there; what no pattern can know (which facts a condition asks,
what a rate is a rate of) is left empty and named in a doubt.
"""

from __future__ import annotations

from policies.draft.book import Draft
from policies.draft.clause_rows import add_clause, numbered
from policies.draft.condition_rows import add_document_conditions
from policies.draft.document_row import add_document, document_id
from policies.draft.guesses import Guesses
from policies.draft.header import header
from policies.draft.instalments import instalments
from policies.draft.limit_rows import add_limit
from policies.draft.offers import find
from policies.draft.outline import lines_of
from policies.facts import Vocabulary


def draft(text: str, vocabulary: Vocabulary) -> Draft:
    """A first draft of the whole document."""
    head, found, lines = header(text), find(text), lines_of(text)
    out = Draft(document_id(head))
    add_document(head, found, lines, out)
    guesses = Guesses(vocabulary)
    paid_in_parts = instalments(found)
    for id_, offer in numbered(out.document, found.offers):
        add_clause(id_, offer, paid_in_parts.get(offer.article, paid_in_parts.get("", "")), guesses, out)
    add_document_conditions([rule for rule in found.rules if rule.kind == "condition"], guesses, out)
    rules = [rule for rule in found.rules if rule.kind not in ("instalments", "condition")]
    for number, rule in enumerate(rules, 1):
        add_limit(number, rule, out)
    out.lines["source"] = [{"document": out.document, "text": line} for line in lines]
    return out
