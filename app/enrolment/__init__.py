"""How a party gets an account: registration, letters, activation codes."""
