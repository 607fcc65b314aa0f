"""The analyst's tools: check, show, compare and try out a definition, without a running portal."""
