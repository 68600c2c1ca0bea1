"""The account that the endpoint tests share."""

import pytest

from emulator.options import EmulatorOptions
from tests.unit.emulator.account import Account


@pytest.fixture
def account() -> Account:
    """Two nodes, nothing in it."""
    return Account(EmulatorOptions())
