"""Wrong keys put right: decisions, and everything graded again."""
