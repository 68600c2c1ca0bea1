"""Floor 4: composition and embedded services."""
