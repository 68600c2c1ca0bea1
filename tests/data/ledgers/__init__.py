"""Ledgers of earlier schemas."""
