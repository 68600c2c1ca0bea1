"""What docs/sweeps.md shows, is understood."""

import ast
import re
from pathlib import Path

import pytest

from orchestrator.sweeps.plan import expand
from orchestrator.sweeps.plan_file import read_plan, read_plan_file
from orchestrator.sweeps.values import every, read_axis

PAGE = Path(__file__).parents[4].joinpath("docs", "sweeps.md").read_text("utf-8")
BLOCKS = {match[1]: match[2] for match in re.finditer(r"```(\w+)\n(.*?)```", PAGE, re.DOTALL)}


def test_the_plan_of_the_page_can_be_read(tmp_path: Path) -> None:
    """People copy it."""
    path = tmp_path / "plan.yaml"
    path.write_text(BLOCKS["yaml"])

    points = expand(read_plan(read_plan_file(path))).points

    assert {point.labels.get("part") for point in points} == {"train", "test"}
    assert any(point.labels.get("candidate") == "today" for point in points)


def test_the_program_of_the_page_is_python() -> None:
    """It is run by hand, with services; that it calls what there is, a type checker sees elsewhere."""
    ast.parse(BLOCKS["python"])


@pytest.mark.parametrize("said", re.findall(r"^\| `\w+=(\S+)` \|", PAGE, re.MULTILINE))
def test_every_form_of_values_on_the_page_is_known(said: str) -> None:
    """One row each."""
    assert every("p", read_axis("p", said))
