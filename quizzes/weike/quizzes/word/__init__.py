"""Word documents (.docx), read without a library into paragraphs, tables, pictures and formulas."""
