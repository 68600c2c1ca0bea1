"""Figures, each beside a floor or a peer measured in the same run. Never a timed test."""
