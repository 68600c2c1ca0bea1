"""Whatever is done to jobs and sweeps, in whatever order, the promises hold after every single thing.

A machine plays users, beat, workers and Redis against a real ledger and the emulator: it submits, pauses, cancels,
begins again, prunes; delivers messages in any order, twice or never; lets workers die with an answer unheard, leases
run out, requests fail. In the end it lets everybody work in peace: everything must end, and nothing may be left over.
`make hard` tries far more.
"""

from __future__ import annotations

import hashlib
import logging
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import pytest
import sqlalchemy as sa
import structlog
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from emulator.faults import FaultKind
from emulator.options import EmulatorOptions
from orchestrator import board, outbox
from orchestrator.dispatcher import Start, dispatch
from orchestrator.errors import WrongUse
from orchestrator.events import Event, EventType
from orchestrator.jobs import Job
from orchestrator.leases import HOLD, LeaseKeeper
from orchestrator.ledger import Ledger
from orchestrator.ledger.schema import events, metadata, results
from orchestrator.ledger.schema import jobs as jobs_table
from orchestrator.ledger.upkeep import prune
from orchestrator.outcomes import Advance, Wait
from orchestrator.reconciler import reconcile
from orchestrator.runtime import Runtime
from orchestrator.settings import Settings
from orchestrator.signals import any_event
from orchestrator.states import JobState
from orchestrator.submission import accept_within
from orchestrator.sweeps import control
from orchestrator.sweeps.plan import expand
from orchestrator.sweeps.plan_file import read_plan
from orchestrator.sweeps.points import submissions_of
from orchestrator.sweeps.submission import Draft
from orchestrator.workflow import perform
from quantconnect import ONCE, QuantConnectClient
from quantconnect.limits import Unlimited
from tests.support.emulated import EmulatedCloud
from tests.support.hard import many
from tests.support.house import STRATEGY
from tests.support.mortal import Died
from tests.support.promises import untold
from tests.support.workbench import NOON, HandMovedClock, submission

NODES: Final = 2
TOKEN: Final = "the-token-of-the-emulated-account"
STEPS: Final = ("upload", "compile", "poll_compile", "create", "poll_results")
PEACE: Final = 3000
"""So many rounds of work in peace are more than everything needs to end."""

CODE: Final = {
    "alpha": STRATEGY.format(name="Alpha"),
    "beta": STRATEGY.format(name="Beta"),
    "unbuilt": "class Strategy(QCAlgorithm:\n",
    "broken": STRATEGY.format(name="Broken") + '        raise ValueError("not today")\n',
}
ENDS: Final = {
    JobState.COMPLETED: EventType.BACKTEST_COMPLETED,
    JobState.FAILED: EventType.BACKTEST_FAILED,
    JobState.CANCELLED: EventType.BACKTEST_CANCELLED,
}
FAULTS: Final = (
    FaultKind.ERROR_500,
    FaultKind.ERROR_502,
    FaultKind.HTML,
    FaultKind.DROP_BEFORE,
    FaultKind.DROP_AFTER,
    FaultKind.RATE_LIMIT,
    FaultKind.SLOW_DOWN,
    FaultKind.NO_SPARE_NODES,
    FaultKind.NOT_FOUND,
    FaultKind.GARBAGE,
    FaultKind.REJECT,
)
ENDPOINTS: Final = (
    *("*", "projects/create", "projects/update", "files/read", "compile/create", "compile/read"),
    *("backtests/create", "backtests/list", "backtests/read", "backtests/delete"),
)

Message = tuple[str, str, int]
"""Step, job and run."""

which = st.integers(0, 99)


class Ids:
    """In place of chance, so that what was found is found again."""

    def __init__(self) -> None:
        self._given = 0

    def __call__(self, size: int) -> str:
        self._given += 1
        return hashlib.sha256(str(self._given).encode()).hexdigest()[: 2 * size]

    def clear(self) -> None:
        """Begin anew."""
        self._given = 0


World = tuple[Ledger, HandMovedClock, Ids]


class Machine(RuleBasedStateMachine):
    """Everybody who touches the ledger, one after another."""

    def __init__(self, ledger: Ledger, clock: HandMovedClock, ids: Ids) -> None:
        super().__init__()
        self.ledger, self.clock = ledger, clock
        clock.now = NOON
        ids.clear()
        with ledger.engine.begin() as connection:
            for table in reversed(metadata.sorted_tables):
                connection.execute(sa.delete(table))
        self.settings = Settings.model_validate(
            {"dispatch": {"backtest_nodes": NODES}, "platforms": {"quantconnect": {"timeout": 1}}}
        )
        options = EmulatorOptions(api_token=TOKEN, nodes=NODES, backtest_seconds=20, seed=1)
        self.cloud = EmulatedCloud(clock, options)
        self.api = QuantConnectClient(1, TOKEN, base_url="http://cloud.test/api/v2", policy=ONCE, transport=self.cloud)
        self.runtime = Runtime(
            settings=self.settings,
            account=self.settings.account,
            fingerprint="0",
            ledger=ledger,
            api=self.api,
            limiter=Unlimited(),
            clock=clock,
            keeper=LeaseKeeper(ledger),
        )
        self.queue: list[Message] = []  # what Redis carries
        self.deliveries: list[outbox.Delivery] = []
        self.heard: Counter[str] = Counter()
        self.deaf = 0
        self.ended: dict[str, JobState] = {}  # how a job was first seen to have ended
        self.runs: dict[str, int] = {}
        self.points: dict[str, int] = {}  # of each sweep
        any_event.connect(self._hear, name="witness")

    def teardown(self) -> None:
        any_event.disconnect("witness")
        self.api.close()
        self.cloud.close()

    def _hear(self, event: Event) -> None:
        if self.deaf:
            self.deaf -= 1
            raise ConnectionError("deaf")
        self.heard[event.id] += 1

    def _jobs(self) -> list[Job]:
        with self.ledger.reading() as tables:
            return tables.jobs.newest(limit=10_000)

    def _any_id(self, at: int) -> str:
        """A job or a sweep, or what there is not."""
        ids = [*sorted(self.points), *(job.id for job in reversed(self._jobs())), "s-is-no-sweep", "is-no-job"]
        return ids[at % len(ids)]

    # ── users ───────────────────────────────────────────────────────────────────────────────────────────────────────

    @initialize(code=st.sampled_from(sorted(CODE)))
    def somebody_submits_first(self, code: str) -> None:
        self._submit(code, 0, 1)

    @rule(code=st.sampled_from(sorted(CODE)), priority=st.integers(-1, 1), period=st.integers(1, 3))
    def submit(self, code: str, priority: int, period: int) -> None:
        self._submit(code, priority, period)

    def _submit(self, code: str, priority: int, period: int) -> None:
        wanted = submission(
            code, {"main.py": CODE[code]}, project_id=None, priority=priority, parameters={"period": period}
        )
        with self.ledger.writing() as tables:
            accept_within(tables, self.settings, wanted)

    @rule(
        code=st.sampled_from(sorted(CODE)),
        points=st.integers(1, 4),
        most_nodes=st.sampled_from([None, 1]),
        reuse=st.booleans(),
    )
    def sweep(self, code: str, points: int, most_nodes: int | None, reuse: bool) -> None:
        plan = {"grid": {"period": f"1:{points}"}}
        expansion = expand(read_plan(plan), base={}, most=100)
        one = submission(code, {"main.py": CODE[code]}, project_id=None)
        draft = Draft(
            settings=self.settings,
            ledger=self.ledger,
            name=code,
            note=None,
            plan=plan,
            base={},
            expansion=expansion,
            submissions=submissions_of(one, expansion.points),
            reuse=reuse,
            most_nodes=most_nodes,
        )
        draft.preview()
        self.points[draft.submit().id] = points

    @rule(at=which, action=st.sampled_from([control.pause, control.resume, control.cancel]))
    def hold_back_let_go_or_cancel(self, at: int, action: Any) -> None:
        with suppress(WrongUse):
            action(self.ledger, self._any_id(at))

    @rule(at=which, cancelled=st.booleans())
    def retry(self, at: int, cancelled: bool) -> None:
        with suppress(WrongUse):
            control.retry(self.ledger, self._any_id(at), cancelled=cancelled)

    @rule(at=which)
    def rerun(self, at: int) -> None:
        any_id = self._any_id(at)
        with suppress(WrongUse):
            new = control.rerun(self.ledger, any_id)
            if control.is_sweep(new):
                with self.ledger.reading() as tables:
                    self.points[new] = tables.sweeps.get(new).points

    @rule(at=which, until=st.integers(1, 6))
    def extend(self, at: int, until: int) -> None:
        any_id = self._any_id(at)
        with suppress(WrongUse):
            added = control.extend(self.ledger, any_id, {"grid": {"period": f"1:{until}"}}, most=20)
            self.points[any_id] += added

    @rule(days=st.sampled_from([0.0, 0.001, 1.0]))
    def prune(self, days: float) -> None:
        self.clock.advance(seconds=1)
        before = Counter(job.sweep_id for job in self._jobs() if job.retried_by is None)
        prune(self.ledger, timedelta(days=days))
        jobs = self._jobs()
        after = Counter(job.sweep_id for job in jobs if job.retried_by is None)
        for sweep_id in self.points:
            self.points[sweep_id] -= before[sweep_id] - after[sweep_id]
        kept = {job.id for job in jobs}
        self.ended = {job_id: end for job_id, end in self.ended.items() if job_id in kept}

    # ── beat and workers ────────────────────────────────────────────────────────────────────────────────────────────

    @rule()
    def dispatch(self) -> None:
        self._send(dispatch(self.runtime))

    @rule(see_the_line=st.booleans())
    def reconcile(self, see_the_line: bool) -> None:
        in_line = {(job, run) for _, job, run in self.queue} if see_the_line else set()
        self._send(reconcile(self.runtime, lambda: in_line))

    @rule()
    def look(self) -> None:
        self.queue += [("poll_results", look.job_id, look.run) for look in board.due(self.runtime)]

    def _send(self, starts: list[Start]) -> None:
        self.queue += [(start.step or STEPS[0], start.job_id, start.run) for start in starts]

    @precondition(lambda self: self.queue)
    @rule(at=which, twice=st.booleans())
    def deliver_a_message(self, at: int, twice: bool) -> None:
        """To a worker; of whatever run, in whatever order."""
        self._perform(self.queue[at % len(self.queue)] if twice else self.queue.pop(at % len(self.queue)))

    @precondition(lambda self: self.queue)
    @rule(at=which, requests=st.integers(1, 3))
    def deliver_a_message_to_a_worker_that_dies(self, at: int, requests: int) -> None:
        """It has asked, and does not hear the answer."""
        message = self.queue.pop(at % len(self.queue))
        self.cloud.dies_after = requests
        with suppress(Died):
            self._perform(message)
        self.cloud.dies_after = None

    @precondition(lambda self: self.queue)
    @rule(at=which)
    def lose_a_message(self, at: int) -> None:
        self.queue.pop(at % len(self.queue))

    @rule(rounds=st.integers(1, 5))
    def work(self, rounds: int) -> None:
        """In order, as on a good day: without it, few jobs would get anywhere."""
        for _ in range(rounds):
            self._round(timedelta(seconds=2))

    def _perform(self, message: Message) -> None:
        step, job_id, run = message
        outcome = perform(self.runtime, step, job_id, run) if self._exists(job_id) else None
        match outcome:
            case Advance():
                self.queue.append((STEPS[STEPS.index(step) + 1], job_id, run))
            case Wait():
                self.queue.append(message)

    def _exists(self, job_id: str) -> bool:
        """A pruned job's message raises, which costs the message and nothing else."""
        with self.ledger.reading() as tables:
            return any(job.id == job_id for job in tables.jobs.newest(limit=10_000))

    def _round(self, by: timedelta) -> None:
        self.dispatch()
        self.reconcile(see_the_line=True)
        self.look()
        waiting, self.queue = self.queue, []
        for message in waiting:
            self._perform(message)
        self.clock.now += by

    @rule(only=st.integers(1, 5))
    def announce(self, only: int) -> None:
        self.deliveries += outbox.announce(self.ledger)[:only]  # the rest of the messages is lost

    @precondition(lambda self: self.deliveries)
    @rule(at=which, twice=st.booleans())
    def deliver_an_event(self, at: int, twice: bool) -> None:
        at %= len(self.deliveries)
        outbox.deliver(self.ledger, *(self.deliveries[at] if twice else self.deliveries.pop(at)))

    @rule(times=st.integers(1, 3))
    def the_receiver_is_away(self, times: int) -> None:
        self.deaf = times

    # ── the world ───────────────────────────────────────────────────────────────────────────────────────────────────

    @rule(seconds=st.sampled_from([0.5, 2, HOLD.total_seconds() + 1, 30, 600]))
    def time_passes(self, seconds: float) -> None:
        self.clock.advance(seconds=seconds)

    @rule(endpoint=st.sampled_from(ENDPOINTS), kind=st.sampled_from(FAULTS), times=st.integers(1, 3))
    def requests_will_fail(self, endpoint: str, kind: FaultKind, times: int) -> None:
        self.cloud.fault(endpoint, kind, times)

    @rule(endpoint=st.sampled_from(ENDPOINTS))
    def the_login_will_be_refused(self, endpoint: str) -> None:
        self.cloud.fault(endpoint, FaultKind.REJECT, text="Hash doesn't match.")

    @rule()
    def the_credentials_change(self) -> None:
        self.runtime = replace(self.runtime, fingerprint=str(int(self.runtime.fingerprint) + 1))

    @rule(count=st.integers(1, NODES), seconds=st.integers(5, 60))
    def people_take_nodes(self, count: int, seconds: int) -> None:
        self.cloud.emulator.world.take_nodes(count, seconds)

    # ── what must hold, always ──────────────────────────────────────────────────────────────────────────────────────

    @invariant()
    def jobs_are_what_their_state_says(self) -> None:
        jobs = self._jobs()
        with self.ledger.engine.connect() as connection:
            complete = set(connection.scalars(sa.select(results.c.job_id)))
            retried = {row.id: row.retried_by for row in connection.execute(sa.select(jobs_table))}
        for job in jobs:
            assert (job.id in complete) == (job.state is JobState.COMPLETED), job
            assert (job.ended_at is not None) == job.state.is_terminal, job
            assert job.run >= self.runs.get(job.id, 0), job
            self.runs[job.id] = job.run
            if job.state.is_terminal:
                assert (job.has_slot, job.lease_until, job.waiting_for) == (False, None, None), job
                assert self.ended.setdefault(job.id, job.state) is job.state, job
            else:
                assert job.id not in self.ended, job
                assert retried[job.id] is None, job
            if job.state is JobState.QUEUED:
                assert not job.has_slot, job
            if job.state is JobState.RUNNING:
                assert job.lease_until is not None, job
            if job.state is JobState.FAILED:
                assert job.error, job
        assert sum(job.has_slot for job in jobs) <= NODES

    @invariant()
    def no_backtest_is_made_twice(self) -> None:
        assert not {name: times for name, times in self.cloud.made.items() if times > 1}

    @invariant()
    def every_transition_has_its_event_once(self) -> None:
        with self.ledger.engine.connect() as connection:
            told = Counter((row.job_id, row.type) for row in connection.execute(sa.select(events)))
        for job in self._jobs():
            alone = job.sweep_id is None
            assert told[job.id, EventType.BACKTEST_STARTED] == (job.backtest_id is not None), job
            queued = told[job.id, EventType.BACKTEST_QUEUED]
            assert queued == 1 if alone else queued <= 1, job
            for state, event in ENDS.items():
                # A sweep tells of its own cancelling, and of results that were known, for all of its jobs at once.
                at_once = not alone and job.backtest_id is None and state is not JobState.FAILED
                count = told[job.id, event]
                assert count == (job.state is state) or (at_once and count == 0), (job, event)

    @invariant()
    def sweeps_add_up(self) -> None:
        with self.ledger.reading() as tables:
            sweeps = {sweep.id: sweep for sweep in tables.sweeps.newest(limit=1000)}
            standings = tables.sweeps.standings(sweeps)
        for sweep_id, standing in standings.items():
            assert standing.total == self.points[sweep_id], sweeps[sweep_id]
            assert standing.has_ended == (sweeps[sweep_id].ended_at is not None), (sweeps[sweep_id], standing)
            assert 0 <= standing.paused <= standing.counts[JobState.QUEUED]


class _Peaceful(Machine):
    """…and in the end everybody works in peace."""

    def teardown(self) -> None:
        try:
            self._end_in_peace()
        finally:
            super().teardown()

    def _end_in_peace(self) -> None:
        self.cloud.mend()
        self.deaf = 0
        self.the_credentials_change()
        for job in self._jobs():
            control.resume(self.ledger, job.id)
        for _ in range(PEACE):
            open_jobs = [job for job in self._jobs() if not job.state.is_terminal]
            if not open_jobs:
                break
            self._round(timedelta(seconds=5))
        assert not open_jobs, open_jobs
        self._everything_is_told()
        stopped = {job.backtest_name for job in self._jobs() if job.state is JobState.CANCELLED}
        assert not stopped & set(self.cloud.running())

    def _everything_is_told(self) -> None:
        jobs = [job.id for job in self._jobs()]
        for _ in range(100):
            for event_id, handler in outbox.announce(self.ledger):
                outbox.deliver(self.ledger, event_id, handler)
            if not untold(self.ledger, jobs):
                break
            self.clock.advance(seconds=600)
        assert not untold(self.ledger, jobs)
        with self.ledger.engine.connect() as connection:
            assert set(connection.scalars(sa.select(events.c.id))) <= set(self.heard)


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """One ledger for all examples: to make its tables takes longer than most of them."""
    monkeypatch.setenv("QC_USER_ID", "1")
    monkeypatch.setenv("QC_API_TOKEN", TOKEN)
    monkeypatch.setenv("QC_BASE_URL", "http://cloud.test/api/v2")
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    clock = HandMovedClock()
    ledger = Ledger(f"sqlite:///{tmp_path / 'ledger.db'}", clock)
    ledger.prepare()
    ids = Ids()
    monkeypatch.setattr("secrets.token_hex", ids)
    yield ledger, clock, ids
    ledger.close()
    structlog.reset_defaults()


@pytest.mark.timeout(7200)
def test_the_promises_hold_in_any_order(world: World) -> None:
    """What nobody has thought of."""
    run_state_machine_as_test(
        lambda: _Peaceful(*world),  # type: ignore[arg-type]  # a factory is taken as well
        settings=settings(
            max_examples=many(20, 400),
            stateful_step_count=50,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
        ),
    )
