"""What the domain promises, on SQLite and against prepared answers."""
