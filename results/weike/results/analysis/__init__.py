"""What the answers tell about questions, topics and lessons, and what to do next."""
