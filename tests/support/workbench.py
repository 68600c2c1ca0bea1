"""A job under the hands of a test: a ledger, a clock moved by hand, a cloud of prepared answers, and the real steps."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import httpx

from orchestrator.jobs import Job, Scalar, Submission
from orchestrator.kinds import JobKind
from orchestrator.leases import HOLD, LeaseKeeper
from orchestrator.ledger import Ledger, Tables
from orchestrator.limits import BudgetPause, count_request
from orchestrator.outcomes import Outcome, Stale
from orchestrator.runtime import Runtime
from orchestrator.settings import Settings
from orchestrator.sweeps.sweep import Sweep
from orchestrator.workflow import perform
from quantconnect import ONCE, QuantConnectClient
from quantconnect.models.ids import ProjectId
from tests.support.cloud import Cloud

ACCOUNT: Final = "7@cloud.test"
TOKEN: Final = "0f5e-the-token-of-these-tests"
FINGERPRINT: Final = "f1n9e2"
PROJECT: Final = ProjectId(1001)
CODE: Final = "class Strategy(QCAlgorithm):\n    pass\n"
NOON: Final = datetime(2026, 3, 1, 12, tzinfo=UTC)


class HandMovedClock:
    """Stands still until it is moved."""

    def __init__(self, now: datetime = NOON) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def advance(self, *, seconds: float = 0, hours: float = 0) -> None:
        """Let time pass."""
        self.now += timedelta(seconds=seconds, hours=hours)


class OpenGate:
    """A limiter that lets everything go and counts it, unless it is told to refuse."""

    def __init__(self) -> None:
        self.silences: list[float | None] = []
        self._refusals: list[BudgetPause] = []

    def refuse_next(self, seconds: float = 20) -> None:
        """The budget is used up for the next request."""
        self._refusals.append(BudgetPause(timedelta(seconds=seconds)))

    def admit(self, endpoint_path: str) -> float:
        """Go, mostly."""
        if self._refusals:
            raise self._refusals.pop()
        count_request(endpoint_path)
        return 0.0

    def slow_down(self, endpoint_path: str, seconds: float | None) -> None:
        """Remember that silence was asked for."""
        self.silences.append(seconds)


def submission(
    name: str = "rsi",
    files: Mapping[str, str] | None = None,
    *,
    project_id: ProjectId | None = PROJECT,
    priority: int = 0,
    replace: bool = False,
    parameters: Mapping[str, Scalar] | None = None,
    kind: JobKind = JobKind.BACKTEST,
    details: Mapping[str, Any] | None = None,
) -> Submission:
    """A request for a backtest of one small strategy, or for something live."""
    return Submission(
        name=name,
        source=f"strategies/{name}",
        project_key=f"name:{name}" if project_id is None else f"id:{project_id}",
        project_id=project_id,
        language="Py",
        files=None if kind.is_urgent else {"main.py": CODE} if files is None else files,
        kind=kind,
        details=details or {},
        parameters=parameters or {},
        priority=priority,
        replace=replace,
    )


def add_job(ledger: Ledger, name: str = "rsi", **more: Any) -> Job:
    """A job in the queue."""
    with ledger.writing() as tables:
        return tables.jobs.add(ACCOUNT, submission(name, **more))


def add_sweep(ledger: Ledger, name: str = "swept", points: int = 3, *, priority: int = 0, **values: Any) -> Sweep:
    """A sweep of one source in the queue; its points differ in `at`."""
    one = submission(name, {"main.py": f"# {name}"}, priority=priority)
    with ledger.writing() as tables:
        plan = {"base": {}, "parts": [{"grid": {"at": f"0:{points - 1}"}}]}
        sweep = tables.sweeps.add(ACCOUNT, **{"name": name, "source": name, "plan": plan, "points": points, **values})
        every = (
            replace(one, name=f"{name}{at}", parameters={"at": at}, sweep_id=sweep.id, position=at)
            for at in range(points)
        )
        tables.jobs.add_all(ACCOUNT, every)
        return sweep


def jobs_of(ledger: Ledger, sweep: Sweep) -> list[Job]:
    """The jobs of a sweep as they are now, in the order of its plan."""
    with ledger.reading() as tables:
        return tables.sweeps.jobs_of(sweep.id)


def read_job(ledger: Ledger, job: Job) -> Job:
    """The job as it is now."""
    with ledger.reading() as tables:
        return tables.jobs.get(job.id)


def started(ledger: Ledger, job: Job, *, has_slot: bool = True) -> Job:
    """The job with a run of its own under way."""
    with ledger.writing() as tables:
        assert tables.jobs.start(job, ledger.clock() + HOLD, has_slot=has_slot)
        return tables.jobs.get(job.id)


class Workbench:
    """One runtime, and the few things that tests do with it."""

    def __init__(self, ledger: Ledger, clock: HandMovedClock, **settings: Any) -> None:
        self.ledger = ledger
        self.clock = clock
        self.cloud = Cloud()
        self.gate = OpenGate()
        api = QuantConnectClient(
            7,
            TOKEN,
            base_url="http://cloud.test/api/v2",
            policy=ONCE,
            limiter=self.gate,
            transport=httpx.MockTransport(self.cloud),
        )
        self.runtime = Runtime(
            settings=Settings.model_validate({"dispatch": {"backtest_nodes": 2}, **settings}),
            account=ACCOUNT,
            fingerprint=FINGERPRINT,
            ledger=ledger,
            api=api,
            limiter=self.gate,
            clock=clock,
            keeper=LeaseKeeper(ledger),
        )

    def write(self, action: Callable[[Tables], object]) -> None:
        """Do something to the ledger."""
        with self.ledger.writing() as tables:
            action(tables)

    def running(self, name: str = "rsi", *, has_slot: bool = True, **more: Any) -> Job:
        """A job with a run under way; nothing of it is done yet."""
        return started(self.ledger, add_job(self.ledger, name, **more), has_slot=has_slot)

    def compiled(self, name: str = "rsi", *, has_slot: bool = True, **more: Any) -> Job:
        """A running job whose bundle has a good compile."""
        job = self.running(name, has_slot=has_slot, **more)
        self.note_compile(job)
        self.change(job, compile_id="c-1")
        return self.job(job)

    def created(self, backtest_id: str = "b-1", name: str = "rsi", **more: Any) -> Job:
        """A running job whose backtest runs, too."""
        job = self.compiled(name, **more)
        self.change(job, backtest_id=backtest_id, backtest_created_at=self.clock(), create_intent_at=self.clock())
        self.change(job, look_at=self.clock())
        return self.job(job)

    def deploying(self, name: str = "rsi", **details: Any) -> Job:
        """A running deployment job whose bundle has a good compile."""
        return self.compiled(name, has_slot=False, kind=JobKind.DEPLOY, details=details)

    def ending(self, kind: JobKind = JobKind.LIQUIDATE, **details: Any) -> Job:
        """A running stop, liquidation or command."""
        return self.running(has_slot=False, kind=kind, details=details)

    def audited(self, job: Job) -> list[str]:
        """The phases that the audit has of a job, oldest first."""
        with self.ledger.reading() as tables:
            return [row["phase"] for row in tables.audit.of(job.id)]

    def news(self) -> list[tuple[str, dict[str, Any]]]:
        """Type and data of every event that belongs to no job, oldest first."""
        with self.ledger.reading() as tables:
            return [(str(event.type), event.data) for event in tables.outbox.unannounced(1000) if event.job_id is None]

    def note_compile(
        self, job: Job, state: str = "BuildSuccess", logs: str | None = None, *, ended: bool = True
    ) -> None:
        """Let the ledger know a compile of the job's bundle."""
        assert job.bundle is not None
        with self.ledger.writing() as tables:
            tables.projects.write_compile(
                ACCOUNT,
                job.project_id or PROJECT,
                job.bundle,
                compile_id="c-1",
                state=state,
                logs=logs,
                lean_version="2.5.0.0.17000",
                started_at=self.clock(),
                ended_at=self.clock() if ended else None,
            )

    def change(self, job: Job, **changes: Any) -> None:
        """Write to the job on behalf of its run."""
        with self.ledger.writing() as tables:
            tables.jobs.write(job, **changes)

    def job(self, job: Job) -> Job:
        """The job as it is now."""
        return read_job(self.ledger, job)

    def perform(self, step: str, job: Job) -> Outcome | Stale:
        """One step of the job's newest run, as a worker does it."""
        return perform(self.runtime, step, job.id, self.job(job).run)

    def events(self, job: Job) -> list[str]:
        """The types of the job's events, oldest first."""
        with self.ledger.reading() as tables:
            return [str(event.type) for event in tables.outbox.events_of(job.id)]

    def close(self) -> None:
        """Let go of the client; the ledger is whose it is."""
        self.runtime.api.close()
