"""Sweeps: many backtests of one source, made from a plan, and handled as one object."""
