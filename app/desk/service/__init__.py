"""Deeds on how the staff arrange their work."""
