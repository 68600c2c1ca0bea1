"""A handler that hangs holds so many threads and no more; one that is quick is not held up by that."""

from __future__ import annotations

import threading
import time

from orchestrator.turnstile import Turnstile
from tests.support.eventually import eventually


def test_a_quick_handler_serves_everybody() -> None:
    """Whoever has to wait gets in as soon as somebody comes out."""
    turnstile = Turnstile(at_once=2, patience=30)
    entered: list[bool] = []

    def call() -> None:
        with turnstile.passing("quick") as inside:
            entered.append(inside)
            time.sleep(0.002)

    callers = [threading.Thread(target=call) for _ in range(20)]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()

    assert entered == [True] * 20


def test_one_that_hangs_keeps_its_threads_and_the_others_are_sent_away() -> None:
    """One waits in vain, and those after it do not even wait; other handlers notice nothing."""
    turnstile = Turnstile(at_once=2, patience=0.05)
    released, inside = threading.Event(), threading.Semaphore(0)

    def hang() -> None:
        with turnstile.passing("hangs") as entered:
            assert entered
            inside.release()
            released.wait(60)

    callers = [threading.Thread(target=hang) for _ in range(2)]
    for caller in callers:
        caller.start()
    for _ in callers:
        assert inside.acquire(timeout=30)

    with turnstile.passing("hangs") as entered:
        assert not entered
    with turnstile.passing("hangs") as entered:
        assert not entered
    with turnstile.passing("another") as entered:
        assert entered

    released.set()
    for caller in callers:
        caller.join()

    def gets_in() -> bool:
        with turnstile.passing("hangs") as entered:
            return entered

    eventually(gets_in, within=10, what="room again")


def test_one_that_fails_gives_its_place_back() -> None:
    """Whatever it raises."""
    turnstile = Turnstile(at_once=1, patience=0.01)
    for error in (ValueError, SystemExit):
        try:
            with turnstile.passing("fails"):
                raise error
        except error:
            pass
    with turnstile.passing("fails") as entered:
        assert entered
