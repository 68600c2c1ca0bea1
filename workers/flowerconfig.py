"""Flower's configuration file: Flower runs it and takes every name that is one of its options."""

from workers import dashboard

globals().update(dashboard.options())
