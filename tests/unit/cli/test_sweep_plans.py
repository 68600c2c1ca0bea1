"""A plan from the command line: options, a file, or both."""

from pathlib import Path
from typing import Any

import pytest

from cli.sweep import said_plan
from orchestrator.errors import WrongUse
from orchestrator.sweeps.plan import expand
from orchestrator.sweeps.plan_file import read_plan


def said(*params: str, where: tuple[str, ...] = (), **options: Any) -> dict[str, Any]:
    """What so many options come to."""
    return said_plan(options.get("plan"), params, where, options.get("draws"), options.get("seed"))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A plan in a file."""
    path = tmp_path / "plan.yaml"
    path.write_text("name: kept\ngrid: {fast: 1:3, slow: 10}\nwhere: fast > 1\n")
    return path


def test_parameters_are_a_grid() -> None:
    """The shortest way."""
    assert said("fast=5:15:5", "slow=list(50,100)", where=("fast < slow",)) == {
        "grid": {"fast": "5:15:5", "slow": "list(50,100)"},
        "where": ["fast < slow"],
    }


def test_random_points_are_drawn_from_the_parameters() -> None:
    """Instead of the grid, which would be too large."""
    assert said("fast=5:50", draws=9, seed=3) == {"random": {"points": 9, "parameters": {"fast": "5:50"}, "seed": 3}}


def test_options_go_before_the_file(file: Path) -> None:
    """Which is left as it is."""
    plan = said("fast=7:8", plan=file, where=("slow > 5",))

    assert plan["name"] == "kept"
    assert [dict(point.parameters) for point in expand(read_plan(plan)).points] == [
        {"fast": 7, "slow": 10},
        {"fast": 8, "slow": 10},
    ]


def test_random_draws_from_the_grid_of_the_file(file: Path) -> None:
    """Where no parameter is named beside it."""
    plan = said(plan=file, draws=2)

    assert "grid" not in plan
    assert len(expand(read_plan(plan)).points) == 2


@pytest.mark.parametrize(("params", "options"), [((), {}), (("fast",), {}), (("=1:2",), {}), (("a=1:2",), {"seed": 1})])
def test_what_makes_no_plan_is_told(params: tuple[str, ...], options: dict[str, Any]) -> None:
    """In one line."""
    with pytest.raises(WrongUse):
        said(*params, **options)
