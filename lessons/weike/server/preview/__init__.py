"""Lessons before members see them, as members will see them: tried in a browser or on a phone."""
