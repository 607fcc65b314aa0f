"""Acting for others: who asks, who lets, how far and until when; who of a business does it."""
