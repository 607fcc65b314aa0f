"""Who may do what: one rule behind every door."""
