"""Papers as Chinese lecturers type them, from lines of text to questions."""
