"""The journal: every turn of every conversation, masked and pseudonymous, for analysis (docs/explanation/logs.md)."""
