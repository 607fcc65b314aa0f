"""What a client lets the agency share with others: given and withdrawn, partner by partner."""
