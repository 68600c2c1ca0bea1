"""How hard the tests that invent their input try: a little in every run, a lot with `make hard`."""

from __future__ import annotations

from typing import Final

from hypothesis import settings

HARD: Final = "hard"
"""The name of the profile (`pytest --hypothesis-profile=hard`)."""


def many(ordinary: int, hard: int) -> int:
    """How many examples are tried."""
    return hard if settings.get_current_profile_name() == HARD else ordinary
