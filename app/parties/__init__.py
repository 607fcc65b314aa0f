"""Who and what exists: persons, businesses, accounts, and the imported registry."""
