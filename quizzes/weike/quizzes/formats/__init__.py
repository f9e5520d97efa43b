"""Formats of question banks: each a module with `loads`, `dumps` and `SUFFIXES`, found by name."""
