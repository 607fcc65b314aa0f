"""What is pure about the ledger: its lines, and how a file says them."""
