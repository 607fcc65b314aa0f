"""The ledger: what passed between businesses and the agency, line by line."""
