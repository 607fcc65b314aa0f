"""Who is at the keyboard: credentials, one-time codes, sign-in sessions."""
