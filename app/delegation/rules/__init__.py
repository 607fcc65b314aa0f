"""Pure rules of acting for others: lists of numbers, terms of a delegation, its days."""
