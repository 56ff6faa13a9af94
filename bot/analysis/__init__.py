"""What the journal teaches: figures, clusters of questions nobody answered, the report, drafts of answers."""
