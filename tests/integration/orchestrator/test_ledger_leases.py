"""Leases by name, and what the ledger knows of projects and compiles."""

import threading
from datetime import timedelta

from orchestrator.ledger import Ledger
from tests.support.at_once import at_once
from tests.support.workbench import ACCOUNT, NOON, PROJECT, HandMovedClock, add_job

MINUTE = timedelta(minutes=1)
LEASE = "project:1001"


def test_a_lease_has_one_holder(ledger: Ledger) -> None:
    """Two bundles in one project would mix."""
    with ledger.writing() as tables:
        assert tables.projects.lease(LEASE, "first", MINUTE)
        assert not tables.projects.lease(LEASE, "second", MINUTE)


def test_its_holder_may_take_it_again(ledger: Ledger, clock: HandMovedClock) -> None:
    """A step that is begun anew finds its own lease; that prolongs it."""
    with ledger.writing() as tables:
        tables.projects.lease(LEASE, "first", MINUTE)
        clock.advance(seconds=50)
        assert tables.projects.lease(LEASE, "first", MINUTE)
        clock.advance(seconds=50)
        assert not tables.projects.lease(LEASE, "second", MINUTE)


def test_a_lease_that_ran_out_is_free(ledger: Ledger, clock: HandMovedClock) -> None:
    """A dead holder must not close a project for ever."""
    with ledger.writing() as tables:
        tables.projects.lease(LEASE, "first", MINUTE)
        clock.advance(seconds=61)
        assert tables.projects.lease(LEASE, "second", MINUTE)


def test_of_many_one_takes_a_free_lease(ledger: Ledger) -> None:
    """At the same moment, in several processes."""

    def take() -> bool:
        with ledger.writing() as tables:
            return tables.projects.lease(LEASE, f"thread {threading.get_ident()}", MINUTE)

    assert sorted(at_once(8, take)) == [False] * 7 + [True]


def test_renewing_works_while_nobody_else_had_it(ledger: Ledger, clock: HandMovedClock) -> None:
    """Even after its time: the project was not touched meanwhile."""
    with ledger.writing() as tables:
        tables.projects.lease(LEASE, "first", MINUTE)
        clock.advance(seconds=100)
        assert tables.projects.renew(LEASE, "first", MINUTE)


def test_renewing_tells_that_it_was_lost(ledger: Ledger, clock: HandMovedClock) -> None:
    """Also when the other one has given it back already: other files may be in the project."""
    with ledger.writing() as tables:
        tables.projects.lease(LEASE, "first", MINUTE)
        clock.advance(seconds=61)
        tables.projects.lease(LEASE, "second", MINUTE)
        assert not tables.projects.renew(LEASE, "first", MINUTE)
        tables.projects.release(LEASE, "second")
        assert not tables.projects.renew(LEASE, "first", MINUTE)


def test_releasing_is_for_the_holder_alone(ledger: Ledger) -> None:
    """Whoever lost a lease must not take it from the next."""
    with ledger.writing() as tables:
        tables.projects.lease(LEASE, "first", MINUTE)
        tables.projects.release(LEASE, "second")
        tables.projects.release_all("second")
        assert not tables.projects.lease(LEASE, "third", MINUTE)

        tables.projects.release_all("first")
        assert tables.projects.lease(LEASE, "third", MINUTE)


def test_a_compile_belongs_to_its_project_and_bundle(ledger: Ledger) -> None:
    """A compile id is used only for its own code."""
    values = {
        "compile_id": "c-1",
        "state": "BuildSuccess",
        "logs": None,
        "lean_version": None,
        "started_at": NOON,
        "ended_at": None,
    }
    with ledger.writing() as tables:
        tables.projects.write_compile(ACCOUNT, PROJECT, "a" * 64, **values)
        tables.projects.write_compile(ACCOUNT, PROJECT, "a" * 64, **{**values, "ended_at": NOON})

        known = tables.projects.compile_of(ACCOUNT, PROJECT, "a" * 64)
        assert known is not None
        assert (known.compile_id, known.ended_at) == ("c-1", NOON)
        assert tables.projects.compile_of(ACCOUNT, PROJECT, "b" * 64) is None
        assert tables.projects.compile_of(ACCOUNT, 2, "a" * 64) is None
        assert tables.projects.compile_of("somebody", PROJECT, "a" * 64) is None

        tables.projects.forget_compile(ACCOUNT, PROJECT, "a" * 64)
        assert tables.projects.compile_of(ACCOUNT, PROJECT, "a" * 64) is None


def test_every_bundle_that_was_pushed_is_remembered_once(ledger: Ledger) -> None:
    """It tells our files from other people's."""
    bundle = add_job(ledger).bundle
    assert bundle is not None
    with ledger.writing() as tables:
        tables.projects.note_push(ACCOUNT, PROJECT, bundle)
        tables.projects.note_push(ACCOUNT, PROJECT, bundle)

        assert tables.projects.pushed_bundles(ACCOUNT, PROJECT) == [bundle]
        assert tables.projects.pushed_bundles(ACCOUNT, 2) == []


def test_what_is_known_of_a_project_is_added_up(ledger: Ledger) -> None:
    """A later note does not forget the earlier ones."""
    with ledger.writing() as tables:
        assert tables.projects.get(ACCOUNT, "name:rsi").project_id is None
        tables.projects.write(ACCOUNT, "name:rsi", create_intent_at=NOON, created_by_us=True)
        tables.projects.write(ACCOUNT, "name:rsi", project_id=42)

        known = tables.projects.get(ACCOUNT, "name:rsi")
    assert (known.project_id, known.create_intent_at, known.created_by_us) == (42, NOON, True)


def test_refused_credentials_are_remembered_until_others_work(ledger: Ledger) -> None:
    """One fingerprint refused, another proven."""
    with ledger.writing() as tables:
        tables.accounts.write_nodes(ACCOUNT, 4)
        tables.accounts.refuse(ACCOUNT, "old", "Hash doesn't match.")
        assert tables.accounts.refused(ACCOUNT, "old") == "Hash doesn't match."
        assert tables.accounts.refused(ACCOUNT, "new") is None

        tables.accounts.accept(ACCOUNT, "new")
        assert tables.accounts.refused(ACCOUNT, "old") is None
        assert tables.accounts.proven(ACCOUNT, "new")
        assert tables.accounts.nodes(ACCOUNT) == (4, NOON)
