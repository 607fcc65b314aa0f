"""Deeds: asking for access, answering, changing it, ending it, and all of it at once."""
