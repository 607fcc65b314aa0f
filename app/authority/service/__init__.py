"""Deeds on accounts, memberships and ownership: one function a deed, one transaction each."""
