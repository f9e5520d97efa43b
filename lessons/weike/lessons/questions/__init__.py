"""The questions of a course: those of its banks and those in its lessons, found and edited."""
