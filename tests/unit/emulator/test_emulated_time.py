"""Durations run at the chosen speed; dates stay on the calendar."""

from emulator.clock import Clock


def test_speed_stretches_durations_but_not_dates() -> None:
    """Clients compare `created` with their own clock."""
    real = [1_700_000_000.0]
    clock = Clock(20, calendar=lambda: real[0], stopwatch=lambda: real[0])
    assert clock.now() == 0
    real[0] += 3
    assert clock.now() == 60
    assert (clock.unix(), clock.text()) == (1_700_000_003, "2023-11-14 22:13:23")
