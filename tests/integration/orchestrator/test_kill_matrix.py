"""The kill matrix: a process dies after each effect of each step, and another one goes on.

Every point is tried, found by a rehearsal that nobody dies in: after every commit (so before the intent, after it, and
after the outcome was written with no message sent), with every request under way, after every request that was carried
out and whose answer nobody heard, and around every delivery of an event. SQLite and PostgreSQL. What real processes and
Redis add to that is `tests/acceptance/test_killed_at_a_message.py`'s.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import httpx
import pytest

from emulator.options import EmulatorOptions
from emulator.server import RunningEmulator, running
from orchestrator import board, outbox
from orchestrator.brokerages import Deploy
from orchestrator.control import begin_urgent
from orchestrator.dispatcher import Start, dispatch
from orchestrator.events import Event
from orchestrator.jobs import Job
from orchestrator.kinds import JobKind
from orchestrator.leases import HOLD, LeaseKeeper
from orchestrator.ledger import Ledger
from orchestrator.outcomes import Advance, Outcome, Stale, Wait
from orchestrator.reconciler import reconcile
from orchestrator.runtime import Runtime
from orchestrator.settings import Settings
from orchestrator.signals import any_event
from orchestrator.states import JobState
from orchestrator.submission import accept_within
from orchestrator.workflow import perform
from quantconnect import ONCE, QuantConnectClient, settings_for
from quantconnect.limits import Unlimited
from tasks.chains import LINKS
from tests.support.house import STRATEGY
from tests.support.mortal import Died, Fate, MortalLedger, MortalTransport, MovedClock
from tests.support.promises import untold
from tests.support.workbench import submission

TOKEN: Final = "the-token-of-the-emulated-account"
DEADLINE: Final = 30.0  # seconds of real time per job
TICK: Final = timedelta(seconds=5)  # coarser than beat's, to be through sooner

STEPS_OF: Final = {kind: [link.name.partition(".")[2] for link in links] for kind, links in LINKS.items()}
MUST_REACH: Final = {
    JobKind.BACKTEST: {
        "create backtests/create under way 1",
        "create backtests/create answered 1",
        "upload projects/create under way 1",
        "deliver heard 1",
    },
    JobKind.DEPLOY: {"deploy live/create under way 1", "deploy live/create answered 1"},
    JobKind.STOP: {"stop live/update/stop answered 1"},
    JobKind.LIQUIDATE: {"liquidate live/update/liquidate answered 1"},
}
"""A rehearsal that misses one of these proves nothing."""


class Process:
    """What dispatcher, worker and outbox do, in one thread; dies where its fate says."""

    def __init__(self, world: World, fate: Fate, heir_of: Process | None = None) -> None:
        self._world = world
        self.fate = fate
        self.network: MortalTransport = MortalTransport(fate, None if heir_of is None else heir_of.network)
        ledger = MortalLedger(world.url, world.clock, fate)
        self.runtime = Runtime(
            settings=world.settings,
            account=world.settings.account,
            fingerprint="f1n9e2",
            ledger=ledger,
            api=QuantConnectClient(
                1, TOKEN, base_url=world.emulator.base_url, policy=ONCE, timeout=5, transport=self.network
            ),
            limiter=Unlimited(),
            clock=world.clock,
            keeper=LeaseKeeper(ledger),
        )

    def carry(self, job_id: str) -> None:
        """Bring the job to its end, and its events to whoever hears them."""
        until = time.monotonic() + DEADLINE
        while not self._is_over(job_id):
            assert time.monotonic() < until, f"it does not end: {self._world.job(job_id)}"
            for start in self._starts():
                steps = STEPS_OF[start.kind]
                self._chain(steps[0 if start.step is None else steps.index(start.step) :], start.job_id, start.run)
            for look in self._looks():
                self._chain(["poll_results"], look.job_id, look.run)
            self._deliver()
            self._pass(TICK)  # what is left without anybody is begun anew once its lease has run out

    def _starts(self) -> list[Start]:
        self.fate.step = "dispatch"
        return [*dispatch(self.runtime), *begin_urgent(self.runtime), *reconcile(self.runtime)]

    def _looks(self) -> list[Start]:
        self.fate.step = "look"
        return board.due(self.runtime)

    def _chain(self, steps: list[str], job_id: str, run: int) -> None:
        for step in steps:
            self.fate.step = step
            outcome: Outcome | Stale = Wait(timedelta(0), "its turn")
            while isinstance(outcome, Wait):
                self._pass(outcome.delay)
                outcome = perform(self.runtime, step, job_id, run)
            if not isinstance(outcome, Advance):
                return

    def _deliver(self) -> None:
        self.fate.step = "deliver"
        self._world.heard_by = self.fate
        for event_id, handler in outbox.announce(self.runtime.ledger):
            outbox.deliver(self.runtime.ledger, event_id, handler)

    def _pass(self, by: timedelta) -> None:
        self._world.clock.advance(by)
        time.sleep(min(by.total_seconds(), 0.01))  # the emulator's time is the real one, only quicker

    def _is_over(self, job_id: str) -> bool:
        self.fate.check()
        return self._world.job(job_id).state.is_terminal and not untold(self._world.ledger, [job_id])

    def close(self) -> None:
        """Let go of every connection."""
        self.runtime.api.close()
        self.runtime.ledger.close()


class World:
    """What outlives a process: the ledger, the cloud, and whoever hears the events."""

    def __init__(self, url: str, emulator: RunningEmulator) -> None:
        self.url = url
        self.emulator = emulator
        self.clock = MovedClock()
        self.ledger = Ledger(url, self.clock)
        self.ledger.prepare()
        self.settings = Settings.model_validate(
            {"dispatch": {"backtest_nodes": 2}, "platforms": {"quantconnect": {"timeout": 1}}}
        )
        self.heard: list[str] = []
        self.heard_by = Fate()
        self._names = (f"strategy {number}" for number in itertools.count())
        self._hands = QuantConnectClient(1, TOKEN, base_url=emulator.base_url)

    def hear(self, event: Event) -> None:
        """A handler; that it was called is an effect."""
        self.heard.append(event.id)
        self.heard_by.effect("heard")

    def job(self, job_id: str) -> Job:
        """As it is now."""
        with self.ledger.reading() as tables:
            return tables.jobs.get(job_id)

    def accept(self, kind: JobKind) -> Job:
        """A job of its own project, so that one world serves every point."""
        name = next(self._names)
        details = Deploy(brokerage="paper").as_details() if kind is JobKind.DEPLOY else {}
        code = {"main.py": STRATEGY.format(name=name.title().replace(" ", ""))}
        wanted = submission(name, code, project_id=None, kind=kind, details=details)
        if kind.is_urgent:
            wanted = replace(submission(name, kind=kind), project_id=self._deployed(name))
        with self.ledger.writing() as tables:
            return accept_within(tables, self.settings, wanted)

    def _deployed(self, name: str) -> Any:
        """Something that trades, made by hand."""
        project = self._hands.projects.create(name, language="Py").project_id
        build = self._hands.compiles.create(project)
        while self._hands.compiles.read(project, build.compile_id).pending:
            time.sleep(0.005)
        free = next(node for node in self._hands.projects.nodes.read(project).nodes.live if not node.busy)
        self._hands.live.create(project, build.compile_id, free.id, settings_for("Paper", {"cash": 1000.0}))
        while not self._hands.live.read(project).running:
            time.sleep(0.005)
        return project

    def made(self, kind: str, project_id: int | None) -> list[str]:
        """The ids of what was created in a project, from the emulator's own journal."""
        journal: list[dict[str, Any]] = httpx.get(f"{self.emulator.url}/emulator/journal").json()["requests"]
        return [
            str(entry["created"]["id"])
            for entry in journal
            if entry["project"] == project_id and (entry["created"] or {}).get("kind") == kind
        ]

    def projects_made_for(self, job: Job) -> int:
        """How many projects were made for a job; the server numbers a name that is taken."""
        name = job.project_key.removeprefix("name:")
        others = {f"{name}{digit}" for digit in range(10)}
        names = [project.name or "" for project in self._hands.projects.list()]
        return sum(1 for one in names if one.startswith(name) and one[: len(name) + 1] not in others)

    def make_room(self) -> None:
        """On the live nodes: what was deployed is not needed any more."""
        for live in self._hands.live.list():
            if not live.ended and live.project_id is not None:
                self._hands.live.stop(live.project_id)

    def close(self) -> None:
        """Let go of every connection."""
        self._hands.close()
        self.ledger.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def world(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """An empty ledger, and a cloud whose time runs a hundred times as fast."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'ledger.db'}"
    else:
        url = request.getfixturevalue("postgres_url")
    options = EmulatorOptions(
        api_token=TOKEN,
        compile_seconds=0.5,
        backtest_seconds=1.0,
        statistics_lag=0.5,
        deploy_seconds=0.5,
        live_nodes=2,
        speed=100,
    )
    monkeypatch.setenv("QC_USER_ID", "1")
    monkeypatch.setenv("QC_API_TOKEN", TOKEN)
    with running(options) as emulator, closing(World(url, emulator)) as world:
        any_event.connect(world.hear, name="witness")
        yield world
        any_event.disconnect("witness")


def rehearsed(world: World, kind: JobKind) -> list[str]:
    """Every point that a job of this kind passes."""
    with closing(Process(world, Fate())) as process:
        process.carry(world.accept(kind).id)
        world.make_room()
    return list(dict.fromkeys(process.fate.points))


def wrong_after_dying_at(world: World, kind: JobKind, point: str) -> str | None:
    """Let a process die there and another go on. What broke; None: nothing."""
    world.clock.reset()
    job_id = world.accept(kind).id
    with closing(Process(world, Fate(dies_at=point))) as mortal:
        with suppress(Died):
            mortal.carry(job_id)
        world.clock.advance(HOLD / 2)  # somebody takes over at once, and sees a lease that still holds
        with closing(Process(world, Fate(), heir_of=mortal)) as heir:
            heir.carry(job_id)
    wrong = broken(world, world.job(job_id))
    world.make_room()
    return wrong


def broken(world: World, job: Job) -> str | None:
    """Which promise was not kept."""
    with world.ledger.reading() as tables:
        events = [event.id for event in tables.outbox.events_of(job.id)]
        result = tables.jobs.result(job.id)
    backtests, deployments = world.made("backtest", job.project_id), world.made("deployment", job.project_id)
    checks = {
        f"ended as {job.state}: {job.error}": job.state is JobState.COMPLETED,
        "an event was not heard": set(events) <= set(world.heard),
        "an event is not on record as heard": not untold(world.ledger, [job.id]),
    }
    match job.kind:
        case JobKind.BACKTEST:
            checks[f"backtests made: {backtests}, known: {job.backtest_id}"] = backtests == [job.backtest_id]
            checks["there is no result"] = result is not None
        case JobKind.DEPLOY:
            checks[f"deployments made: {deployments}, known: {job.deploy_id}"] = deployments == [job.deploy_id]
    if not job.kind.is_urgent:
        checks["more than one project"] = world.projects_made_for(job) == 1
    return next((wrong for wrong, right in checks.items() if not right), None)


@pytest.mark.parametrize("kind", MUST_REACH)
@pytest.mark.timeout(600)
def test_whoever_dies_anywhere_is_followed_by_one_who_finishes_once(world: World, kind: JobKind) -> None:
    """Nothing is lost and nothing happens twice, whichever effect was the last."""
    points = rehearsed(world, kind)
    assert MUST_REACH[kind] <= set(points)

    wrong = {point: said for point in points if (said := wrong_after_dying_at(world, kind, point)) is not None}

    assert wrong == {}
