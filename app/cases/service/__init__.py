"""Deeds on cases: one function a deed, one transaction."""
