"""`make bench`: how fast, beside others; how many questions; how well it hears. One module a theme, one table or two each."""
