"""The words of the notices, a module a subject. Importing one declares its notices."""
