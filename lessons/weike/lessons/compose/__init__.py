"""Lessons written in the browser: an ordinary notebook, shown as blocks that need no code."""
