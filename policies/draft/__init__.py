"""A first draft of a policy table from the document's text: patterns of the official style, no network, no model."""
