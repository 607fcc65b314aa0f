"""Pure rules of cases: they know the kinds of sections and questions, never a program's own."""
