"""How we talk: understanding, questions, words."""
