"""What a dashboard asks, and how it is answered without the database."""
