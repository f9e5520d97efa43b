"""Answers that a person reads: which wait, and what was given for them."""
