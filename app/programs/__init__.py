"""What each program is: definitions in YAML, read strictly, and what they answer."""
