"""How often, and how soon, a crashed service is started again."""

from workers.embedded.supervisor import RestartBudget


def test_the_pause_doubles_with_every_crash() -> None:
    """A service that cannot start must not keep the machine busy, one that stumbled must be back within seconds."""
    budget = RestartBudget()
    assert [budget.spend(float(second)) for second in range(5)] == [0.5, 1.0, 2.0, 4.0, 8.0]


def test_the_sixth_crash_within_a_minute_is_one_too_many() -> None:
    """Someone should look at the cause."""
    budget = RestartBudget()
    for second in range(5):
        budget.spend(float(second))
    assert not budget.is_overdrawn
    budget.spend(59.9)
    assert budget.is_overdrawn


def test_it_is_tried_again_for_ever_but_never_more_than_ten_seconds_later() -> None:
    """A full disk may be emptied at any time; then jobs go on within 15 seconds."""
    budget = RestartBudget()
    pauses = [budget.spend(second * 11.0) for second in range(100)]
    assert max(pauses) == 10.0
    assert min(pauses[5:]) >= 8.0


def test_crashes_are_forgotten_after_a_minute() -> None:
    """One crash a day for a week is no crash loop."""
    budget = RestartBudget()
    for second in range(5):
        budget.spend(float(second))
    assert budget.spend(120.0) == 0.5
