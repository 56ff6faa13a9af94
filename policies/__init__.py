"""What the policies say: facts, rules, the exact maximum, and the tables that hold them."""
