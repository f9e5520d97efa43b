"""From the opening of a quiz to its grade, by the log."""
