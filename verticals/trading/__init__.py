"""Integrations for trading."""
