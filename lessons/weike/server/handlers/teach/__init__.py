"""Pages for those who write lessons and question banks."""
