"""What the promises of this repository look like when they are kept."""
