"""What a definition answers, as pure functions over it: no clock, no database, no page."""
