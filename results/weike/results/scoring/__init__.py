"""Figures of branches: from the tallies of members to the learning score and its board."""
