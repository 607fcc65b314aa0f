"""Deeds of acting for others: asking, answering, changing, ending, assigning."""
