"""What is pure about parties: addresses and the lines of a registry file."""
