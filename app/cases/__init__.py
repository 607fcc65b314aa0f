"""What is filed and decided: cases, their sections, answers and documents, and their moves."""
