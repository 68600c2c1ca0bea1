"""From a plan to its points."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from orchestrator.errors import BadParameter, BadPlan
from orchestrator.sweeps.plan import Expansion, expand
from orchestrator.sweeps.plan_file import read_plan, read_plan_file, with_seed


def points(most: int = 1000, base: dict[str, Any] | None = None, **said: Any) -> list[dict[str, Any]]:
    """The parameters of every point."""
    return [dict(point.parameters) for point in expanded(most, base, **said).points]


def expanded(most: int = 1000, base: dict[str, Any] | None = None, **said: Any) -> Expansion:
    return expand(read_plan(said), base=base, most=most)


def test_a_grid_is_every_combination_in_order() -> None:
    """The first parameter changes slowest."""
    assert points(grid={"fast": "1:2", "slow": [10, 20]}) == [
        {"fast": 1, "slow": 10},
        {"fast": 1, "slow": 20},
        {"fast": 2, "slow": 10},
        {"fast": 2, "slow": 20},
    ]


def test_constraints_leave_points_out_and_say_how_many() -> None:
    """Nobody should wonder where they went."""
    found = expanded(grid={"fast": "1:3", "slow": "1:3"}, where=["fast < slow"])

    assert len(found.points) == 3
    assert found.excluded == 6


def test_constraints_may_name_the_parameters_of_the_source() -> None:
    """`config.json` has them; each point may say otherwise."""
    assert points(base={"slow": 2}, grid={"fast": "1:3"}, where="fast < slow") == [{"fast": 1, "slow": 2}]


def test_the_same_point_is_run_once() -> None:
    """Whichever part of the plan names it, and whether as a number or as a text."""
    found = expanded(grid={"fast": [1, 2]}, list=[{"fast": 2}, {"fast": "1"}, {"fast": 3}])

    assert [point.parameters["fast"] for point in found.points] == [1, 2, 3]
    assert found.repeated == 2


def test_random_draws_are_the_same_for_the_same_seed() -> None:
    """A plan can be repeated, and extended: the first draws stay the first."""
    drawn = {"parameters": {"fast": "5:50", "stop": "0.1:0.9"}, "seed": 7}

    first, again = points(random={**drawn, "points": 20}), points(random={**drawn, "points": 20})

    assert first == again
    assert points(random={**drawn, "points": 30})[:20] == first
    assert points(random={**drawn, "points": 20, "seed": 8}) != first


def test_random_draws_meet_the_constraints_and_do_not_repeat() -> None:
    """So many points are wanted, so many there are."""
    found = points(random={"points": 40, "parameters": {"fast": "1:10", "slow": "1:10"}}, where=["fast < slow"])

    assert len({tuple(point.items()) for point in found}) == 40
    assert all(point["fast"] < point["slow"] for point in found)


def test_too_narrow_a_range_for_so_many_draws_is_told() -> None:
    """It would never end."""
    with pytest.raises(BadPlan, match="Only 5 different random points"):
        points(random={"points": 6, "parameters": {"fast": "1:5"}})


def test_a_seed_is_chosen_where_none_is_given() -> None:
    """And kept with the plan."""
    said = with_seed({"random": {"points": 3, "parameters": {"fast": "1:5"}}})

    assert isinstance(said["random"]["seed"], int)
    assert with_seed(said) == said


def test_candidates_keep_their_names_and_notes() -> None:
    """That is why they are candidates."""
    found = expanded(candidates=[{"name": "today", "note": "runs live", "parameters": {"fast": 12}}, {"name": "bare"}])

    assert [dict(point.labels) for point in found.points] == [
        {"candidate": "today", "note": "runs live"},
        {"candidate": "bare"},
    ]


def test_walk_forward_runs_every_point_on_both_stretches_of_each_window() -> None:
    """Chosen on one, judged on the other."""
    windows = {"start": "2015-01-31", "end": "2016-12-31", "train": "12 months", "test": "6 months"}

    found = expanded(grid={"fast": [1, 2]}, walk_forward=windows).points

    assert [(point.labels["window"], point.labels["part"], point.parameters["fast"]) for point in found] == [
        (1, "train", 1),
        (1, "train", 2),
        (1, "test", 1),
        (1, "test", 2),
    ]
    assert found[0].parameters["start_date"] == "2015-01-31"
    assert found[0].parameters["end_date"] == "2016-01-30"
    assert found[2].parameters["start_date"] == "2016-01-31"
    assert found[2].parameters["end_date"] == "2016-07-30"


def test_walk_forward_windows_follow_each_other_without_a_gap() -> None:
    """The tests together cover the time after the first training."""
    windows = {
        "start": "2015-01-01",
        "end": "2017-12-31",
        "train": "1 year",
        "test": "6 months",
        "parameters": ["a", "b"],
    }

    tests = [point for point in expanded(walk_forward=windows).points if point.labels["part"] == "test"]

    assert [(point.parameters["a"], point.parameters["b"]) for point in tests] == [
        ("2016-01-01", "2016-06-30"),
        ("2016-07-01", "2016-12-31"),
        ("2017-01-01", "2017-06-30"),
        ("2017-07-01", "2017-12-31"),
    ]


def test_anchored_windows_train_from_the_start() -> None:
    """With ever more history."""
    windows = {"start": "2015-01-01", "end": "2017-12-31", "train": "1 year", "test": "1 year", "anchored": True}

    trained = [point for point in expanded(walk_forward=windows).points if point.labels["part"] == "train"]

    assert [(point.parameters["start_date"], point.parameters["end_date"]) for point in trained] == [
        ("2015-01-01", "2015-12-31"),
        ("2015-01-01", "2016-12-31"),
    ]


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({}, "no points"),
        ({"grid": {"a": "1:2"}, "where": ["a > 5"]}, "exclude all"),
        ({"grid": {"a": "1:100", "b": "1:100"}}, "10,000 points"),
        ({"gird": {"a": "1:2"}}, "Did you mean 'grid'"),
        ({"grid": ["a"]}, "grid must be a map"),
        ({"list": {"a": 1}}, "list must be a list"),
        ({"candidates": [{"parameters": {"a": 1}}]}, "has a name"),
        ({"candidates": [{"name": "x", "notes": "y"}]}, "Did you mean 'note'"),
        ({"random": {"points": 0, "parameters": {"a": "1:2"}}}, "how many points"),
        ({"random": {"points": 3}}, "what to draw from"),
        ({"walk_forward": {"start": "2015-01-01", "end": "2016-01-01", "train": "1 year"}}, "needs 'test'"),
        ({"walk_forward": {"start": "soon", "end": "2016-01-01", "train": "1 year", "test": "1 month"}}, "no date"),
        (
            {"walk_forward": {"start": "2015-01-01", "end": "2016-01-01", "train": "long", "test": "1 month"}},
            "no length",
        ),
        ({"walk_forward": {"start": "2015-01-01", "end": "2015-06-01", "train": "1 year", "test": "1 month"}}, "fits"),
        ({"where": [3], "grid": {"a": 1}}, "list of expressions"),
    ],
)
def test_what_cannot_be_meant_is_told(said: dict[str, Any], words: str) -> None:
    """One line that names the part."""
    with pytest.raises(BadPlan, match=words):
        points(**said)


def test_parameters_are_checked_like_those_of_a_single_backtest() -> None:
    """No list reaches QuantConnect."""
    with pytest.raises(BadParameter):
        points(list=[{"a": [1]}])


def test_a_plan_file_is_yaml(tmp_path: Path) -> None:
    """Kept with the strategy, under version control; YAML's own ideas of times and truth are no help here."""
    path = tmp_path / "plan.yaml"
    path.write_text(
        "source: examples/rsi\n"
        "grid: {period: 5:15:5, mode: [on, off], since: [2015-01-31], share: [0.5, 1e-3, 7, true]}\n"
        "walk_forward: {start: 2015-01-01, end: 2016-12-31, train: 1 year, test: 1 year}\n"
    )

    said = read_plan_file(path)

    assert said["source"] == "examples/rsi"
    assert said["grid"] == {
        "period": "5:15:5",
        "mode": ["on", "off"],
        "since": ["2015-01-31"],
        "share": [0.5, 1e-3, 7, True],
    }
    assert len(expand(read_plan(said)).points) == 2 * 3 * 2 * 4


@pytest.mark.parametrize("text", ["", "- a", "grid: {", "nonsense: 1", "\x00"])
def test_a_file_that_is_no_plan_is_told(tmp_path: Path, text: str) -> None:
    """In one line that names the file or the key."""
    path = tmp_path / "plan.yaml"
    path.write_text(text)

    with pytest.raises(BadPlan):
        read_plan_file(path)


@given(some.dictionaries(some.sampled_from("abc"), some.lists(some.integers(0, 3), min_size=1, max_size=4), min_size=1))
def test_a_grid_has_as_many_points_as_the_product_of_its_values(grid: dict[str, list[int]]) -> None:
    """Without repetitions."""
    product = 1
    for values in grid.values():
        product *= len(set(values))

    assert len(points(grid=grid)) == product
