"""Questions answered in the middle of a conversation: read `answerer.py` first.

asking.py     what a question asks (topic) and about what (things, places)
result.py     from the assessment at hand: why, why not, how computed, what excludes, both together
documents.py  from the documents: dates, state, who interprets, how to apply, whom to ask
clauses.py    from the clauses: what a policy gives for a thing
prepared.py   from the glossary and the entries that staff wrote
"""
