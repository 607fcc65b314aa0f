"""Deeds on the ledger: files are uploaded, read, and imported whole or not at all."""
