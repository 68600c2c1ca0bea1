"""Services that trading talks to."""
