"""Deeds on registrations, letters and codes: one function a deed, one transaction each.

Order of locks, everywhere: the party, then registrations by number, then letters, then codes.
"""
