"""What is said: notices, announcements, e-mail."""
