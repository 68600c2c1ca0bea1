"""The table of endpoints."""

import pytest

from quantconnect.endpoints import ALL
from quantconnect.models.base import Request


def test_paths_are_unique_and_plain() -> None:
    """A path is also the key of limits, logs and journals."""
    paths = [endpoint.path for endpoint in ALL]
    assert len(paths) == len(set(paths)) == 82
    assert all(not path.startswith("/") for path in paths)


def test_nothing_that_creates_or_removes_twice_is_repeatable() -> None:
    """Twice would cost money, or end in an error that means success."""
    unrepeatable = {endpoint.path for endpoint in ALL if not endpoint.repeatable}
    assert unrepeatable == {
        "backtests/create",
        "data/read",
        "files/create",
        "files/delete",
        "files/patch",
        "live/commands/broadcast",
        "live/commands/create",
        "live/create",
        "live/update/liquidate",
        "object/delete",
        "optimizations/create",
        "optimizations/delete",
        "projects/collaboration/create",
        "projects/collaboration/delete",
        "projects/create",
        "projects/delete",
        "projects/library/create",
        "projects/library/delete",
    }


@pytest.mark.parametrize("endpoint", ALL, ids=lambda endpoint: endpoint.path)
def test_requests_are_strict(endpoint: object) -> None:
    """A misspelt field is an error here, not a silent default there."""
    request = getattr(endpoint, "request", None)
    assert isinstance(request, type)
    assert issubclass(request, Request)
    with pytest.raises(ValueError, match=r"[Ee]xtra"):
        request.model_validate({"misspelt": 1})
