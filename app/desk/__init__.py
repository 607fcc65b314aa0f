"""HOW the staff arrange their work: saved views, chosen columns, deeds on many rows."""
