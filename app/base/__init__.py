"""What every subject stands on: database, clock, errors, identifiers, text."""
