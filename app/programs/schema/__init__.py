"""The shape of a definition file, in strict models."""
