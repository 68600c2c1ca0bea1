"""Flower's configuration file: Flower runs it and takes every name that is one of its options."""

from workers import dashboard, flower_pages

flower_pages.install()
globals().update(dashboard.options())
