"""From a lecturer's document to a lesson: Word and PDF files become notebooks."""
