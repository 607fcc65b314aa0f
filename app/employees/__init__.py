"""People ask a business for access, and its managers answer; what becomes of it, and its end."""
