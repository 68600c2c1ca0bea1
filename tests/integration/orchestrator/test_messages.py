"""What goes through Redis: ids and run numbers, each on its lane; and how outcomes become Celery's words."""

import base64
import json
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
import redis
from celery import Celery, signals
from celery.contrib.testing.worker import start_worker

from orchestrator import board, outbox
from orchestrator.dispatcher import Start
from orchestrator.dispatcher import dispatch as dispatch_jobs
from orchestrator.events import Event
from orchestrator.jobs import Job
from orchestrator.kinds import JobKind
from orchestrator.ledger import Ledger
from orchestrator.outcomes import Fail
from orchestrator.settings import load_settings
from orchestrator.settlement import settle
from orchestrator.signals import any_event
from orchestrator.states import JobState
from tasks import runtime as installed
from tasks.chains import send, send_looks
from tasks.in_line import runs_in_line
from tasks.upkeep import BRISK, TOGETHER, announce, deliver
from tasks.wake import wake
from tests.support.cloud import completed, files, refused, unreachable
from tests.support.eventually import eventually
from tests.support.workbench import ACCOUNT, CODE, FINGERPRINT, TOKEN, HandMovedClock, Workbench, add_job
from workers.celery import app as products_own_app
from workers.celery import configuration

STEPS = [f"backtest.{step}" for step in ("upload", "compile", "poll_compile", "create", "poll_results")]


@pytest.fixture
def app(redis_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Celery]:
    """An app with the product's own configuration, on a Redis of this test's own."""
    monkeypatch.setenv("QCJOBS_REDIS_URL", redis_url)
    app = Celery("messages", set_as_current=False, include=["tasks.backtests", "tasks.live", "tasks.upkeep"])
    app.add_defaults(configuration)
    app.loader.import_default_modules()
    app.set_current()
    yield app
    app.close()
    products_own_app.set_current()
    products_own_app.set_default()


@pytest.fixture
def server(redis_url: str) -> Iterator[redis.Redis]:
    """To look at the queues."""
    with redis.Redis.from_url(redis_url, decode_responses=True) as server:
        yield server


def messages(server: redis.Redis, lane: str) -> list[tuple[dict[str, Any], list[Any]]]:
    """Headers and body of every message that waits on a lane, oldest first."""
    raw = [json.loads(str(text)) for text in reversed(server.lrange(f"qc:{lane}", 0, -1))]
    return [(message["headers"], json.loads(base64.b64decode(message["body"]))) for message in raw]


def test_messages_carry_the_id_and_the_run_and_nothing_else(app: Celery, server: redis.Redis) -> None:
    """Redis and Flower show them to whoever looks; what a step needs it reads from the ledger."""
    send([Start("j-1", 3, JobKind.BACKTEST)])

    ((headers, (args, kwargs, embedded)),) = messages(server, "backtests")
    assert (headers["task"], args, kwargs) == (STEPS[0], [], {"job_id": "j-1", "run": 3})
    links = list(reversed(embedded["chain"]))
    assert [link["task"] for link in links] == STEPS[1:]
    assert all((link["args"], link["kwargs"]) == ([], {"job_id": "j-1", "run": 3}) for link in links)


def test_every_link_has_its_lane_and_waits_for_nobodys_result(app: Celery, server: redis.Redis) -> None:
    """Options are not inherited along a chain; a link without them would land on some other queue."""
    send([Start("j-1", 1, JobKind.BACKTEST)])

    ((headers, (_, _, embedded)),) = messages(server, "backtests")
    assert headers["ignore_result"] is True
    assert headers["expires"] is None
    for link in embedded["chain"]:
        assert app.amqp.router.route({}, link["task"])["queue"].name == "backtests"
        assert app.tasks[link["task"]].ignore_result is True
        assert app.tasks[link["task"]].acks_late is True
        assert link["immutable"] is True
        assert "expires" not in link["options"]


def test_a_chain_may_begin_in_the_middle(app: Celery, server: redis.Redis) -> None:
    """Where everything before is done."""
    send([Start("j-1", 3, JobKind.BACKTEST, "create")])

    ((headers, (_, _, embedded)),) = messages(server, "backtests")
    assert headers["task"] == "backtest.create"
    assert [link["task"] for link in embedded["chain"]] == ["backtest.poll_results"]


def test_a_look_is_one_message_of_one_link(app: Celery, server: redis.Redis) -> None:
    """A running backtest costs no message but that."""
    send_looks([Start("j-1", 3, JobKind.BACKTEST)])

    ((headers, (args, kwargs, embedded)),) = messages(server, "backtests")
    assert (headers["task"], args, kwargs) == (STEPS[-1], [], {"job_id": "j-1", "run": 3})
    assert not embedded["chain"]


def test_runs_in_line_are_known_whoever_else_stands_there(app: Celery, server: redis.Redis) -> None:
    """Slow workers are no reason to begin anew; and a stranger's message is no reason to stumble."""
    send([Start("j-1", 3, JobKind.BACKTEST), Start("j-2", 1, JobKind.LIQUIDATE)])
    for stranger in ("no json", "{}", '{"body": "???"}', '{"body": "W10="}', '{"body": "W1tdLCB7ImEiOiAxfSwge31d"}'):
        server.lpush("qc:backtests", stranger)

    settings = load_settings()
    assert runs_in_line(settings, ["backtests", "live"]) == {("j-1", 3)}
    assert runs_in_line(settings, ["control"]) == {("j-2", 1)}


def test_waking_sends_two_ticks_that_expire(app: Celery, server: redis.Redis) -> None:
    """They only speed up what beat does anyway; without workers they must not pile up."""
    wake()

    waiting = messages(server, "upkeep")
    assert [headers["task"] for headers, _ in waiting] == ["jobs.dispatch", "events.announce"]
    assert all(headers["expires"] for headers, _ in waiting)


def test_waking_without_redis_is_no_error_and_takes_no_time(app: Celery, monkeypatch: pytest.MonkeyPatch) -> None:
    """The job is in the ledger, and the next tick sees to it: nobody waits for a message that may be lost."""
    monkeypatch.setenv("QCJOBS_REDIS_URL", "redis://127.0.0.1:9/0")
    app.close()
    away = Celery("away", set_as_current=False)
    away.add_defaults(configuration)
    away.set_current()
    began = time.monotonic()

    wake()

    assert time.monotonic() - began < 5
    away.close()


# ── a worker ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def bench(tmp_path: Any) -> Iterator[Workbench]:
    """A workbench on SQLite whose runtime the tasks find."""
    ledger = Ledger(f"sqlite:///{tmp_path / 'ledger.db'}")
    ledger.prepare()
    bench = Workbench(ledger, HandMovedClock(ledger.clock()))
    bench.write(lambda tables: tables.accounts.accept(ACCOUNT, FINGERPRINT))
    installed.install(bench.runtime)
    yield bench
    installed.install(None)
    bench.close()
    ledger.close()


@pytest.fixture
def worker(app: Celery, bench: Workbench, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A worker with threads, in this process, that brings neither logging nor a runtime of its own."""
    for signal in (signals.setup_logging, signals.worker_init, signals.worker_shutdown):
        monkeypatch.setattr(signal, "receivers", [])
    signals.setup_logging.connect(_leave_logging_alone)
    with start_worker(app, pool="threads", concurrency=4, perform_ping_check=False, loglevel="WARNING"):
        yield


def _leave_logging_alone(**_: Any) -> None:
    """Whoever hears `setup_logging` keeps Celery from doing it."""


def steps_of(bench: Workbench, job: Job) -> list[tuple[str, str]]:
    """The steps on record and what they came to."""
    with bench.ledger.reading() as tables:
        return [(attempt["step"], attempt["outcome"]) for attempt in tables.jobs.attempts_of(job.id)]


def sent(server: redis.Redis) -> int:
    """How many messages are anywhere: waiting, or in somebody's hands."""
    return int(server.llen("qc:backtests")) + int(server.hlen("qc:unacked"))


def has_ended(bench: Workbench, job: Job) -> bool:
    """Whether the job has; time passes, and the board ticks."""
    bench.clock.advance(seconds=1)
    send_looks(board.due(bench.runtime))
    return bench.job(job).state.is_terminal


@pytest.mark.usefixtures("worker")
def test_a_chain_carries_a_job_from_the_queue_to_its_result(bench: Workbench) -> None:
    """Every outcome on the way becomes the right word of Celery's: go on, wait, end."""
    job = add_job(bench.ledger)
    bench.cloud.answers("files/read", files(main_py=CODE))
    bench.cloud.answers("compile/create", {"compileId": "c-1", "state": "InQueue"})
    bench.cloud.answers("compile/read", {"state": "InQueue"}, {"state": "BuildSuccess", "logs": []})
    bench.cloud.answers("backtests/create", {"backtest": {"backtestId": "b-1", "status": "In Queue..."}})
    bench.cloud.answers("backtests/read", unreachable(), {"backtest": completed("b-1")})

    send(dispatch_jobs(bench.runtime))
    eventually(lambda: has_ended(bench, job), within=20, what="the end of the job")
    # A step is put on record after its outcome.
    eventually(lambda: "complete" in dict(steps_of(bench, job)).values(), what="the record of the last step")

    assert bench.job(job).state is JobState.COMPLETED
    assert steps_of(bench, job) == [
        ("upload", "advance"),
        ("compile", "advance"),
        ("poll_compile", "wait"),
        ("poll_compile", "advance"),
        ("create", "advance"),
        ("poll_results", "board"),  # it has just begun
        ("poll_results", "board"),  # nobody answered
        ("poll_results", "complete"),
    ]


@pytest.mark.usefixtures("worker")
def test_a_failure_ends_the_chain(bench: Workbench, server: redis.Redis) -> None:
    """No later link may run: it would cost requests, and perhaps a backtest."""
    job = bench.running()
    bench.cloud.answers("files/read", refused("Project not found"))

    send([Start(job.id, job.run, job.kind)])
    eventually(lambda: bench.job(job).state is JobState.FAILED, what="the failure")
    eventually(lambda: sent(server) == 0, what="the last message to be taken")

    eventually(lambda: steps_of(bench, job), what="the record of the step")
    assert steps_of(bench, job) == [("upload", "fail")]


@pytest.mark.usefixtures("worker")
def test_a_stale_chain_ends_in_silence(bench: Workbench, server: redis.Redis) -> None:
    """A newer run is under way; this one neither asks nor writes."""
    job = bench.running()

    send([Start(job.id, job.run - 1, job.kind)])
    eventually(lambda: sent(server) == 0, what="the message to be taken")

    assert bench.cloud.asked == []
    assert bench.job(job).state is JobState.RUNNING


@pytest.mark.usefixtures("worker")
def test_events_reach_their_handlers(bench: Workbench) -> None:
    """Announced by one task, delivered by another."""
    heard = threading.Event()
    any_event.connect(lambda _event: heard.set(), name="ear")
    try:
        job = bench.running()
        settle(bench.runtime, job, Fail("refused", "no"))
        wake()
        assert heard.wait(timeout=10)
    finally:
        any_event.disconnect("ear")


@pytest.fixture
def ears(bench: Workbench) -> Iterator[dict[str, list[str]]]:
    """Handlers named `quick` and `slow`, and the events that each has heard. Of time only what `slow` takes passes."""
    heard: dict[str, list[str]] = {"quick": [], "slow": []}

    def slow(event: Event) -> None:
        bench.clock.advance(seconds=BRISK.total_seconds())
        heard["slow"].append(event.id)

    any_event.connect(lambda event: heard["quick"].append(event.id), name="quick")
    any_event.connect(slow, name="slow")
    yield heard
    for name in heard:
        any_event.disconnect(name)


def failures(bench: Workbench, count: int) -> list[str]:
    """The ids of so many events, oldest first."""
    for _ in range(count):
        bench.clock.advance(seconds=1)
        settle(bench.runtime, bench.running(), Fail("refused", "no"))
    with bench.ledger.reading() as tables:
        return [event.id for event in tables.outbox.unannounced()]


def delivered(server: redis.Redis) -> dict[str, list[list[str]]]:
    """The events of every message to a handler that waits, oldest first."""
    told: dict[str, list[list[str]]] = {}
    for headers, (_, kwargs, _) in messages(server, "upkeep"):
        assert headers["task"] == "events.deliver"
        told.setdefault(kwargs["handler"], []).append([kwargs["event_id"], *kwargs.get("also", [])])
    return told


def test_what_is_due_for_a_handler_goes_in_one_message(
    app: Celery, bench: Workbench, server: redis.Redis, ears: dict[str, list[str]]
) -> None:
    """A message costs more than most deliveries; but none grows without end, and none is for two handlers."""
    ids = failures(bench, TOGETHER + 2)

    announce()

    assert delivered(server) == {name: [ids[:TOGETHER], ids[TOGETHER:]] for name in ears}


def test_a_handler_that_takes_its_time_gets_the_rest_in_messages_of_their_own(
    app: Celery, bench: Workbench, server: redis.Redis, ears: dict[str, list[str]]
) -> None:
    """Other threads may take them; a quick one hears all at once, in their order."""
    first, *rest = ids = failures(bench, 4)
    outbox.announce(bench.ledger)

    assert deliver(first, "quick", rest) == "4 x delivered"
    assert deliver(first, "slow", rest) == "delivered"

    assert ears == {"quick": ids, "slow": [first]}
    assert delivered(server) == {"slow": [[event_id] for event_id in rest]}


@pytest.mark.parametrize("error", [ValueError("not this one"), KeyboardInterrupt()])
def test_deliveries_of_one_message_are_taken_and_noted_each_by_itself(
    app: Celery, bench: Workbench, error: BaseException
) -> None:
    """The second fails, and the third is made; the process ends in the second, and of the third nothing was taken."""
    first, second, third = failures(bench, 3)

    def picky(event: Event) -> None:
        if event.id == second:
            raise error

    any_event.connect(picky, name="picky")
    try:
        outbox.announce(bench.ledger)
        if isinstance(error, Exception):
            assert deliver(first, "picky", [second, third]) == "2 x delivered; failed: ValueError: not this one"
        else:
            with pytest.raises(KeyboardInterrupt):
                deliver(first, "picky", [second, third])
    finally:
        any_event.disconnect("picky")
    with bench.ledger.reading() as tables:
        of_jobs = [tables.outbox.deliveries_of(job.id) for job in reversed(tables.jobs.newest())]
    noted = [(row["attempts"], row["delivered_at"] is not None, row["due_at"] is not None) for (row,) in of_jobs]
    made, due_again, untouched = (1, True, False), (1, False, True), (0, False, True)
    assert noted == [made, due_again, made if isinstance(error, Exception) else untouched]


@pytest.mark.usefixtures("worker")
def test_no_secret_passes_through_redis(bench: Workbench, server: redis.Redis) -> None:
    """Not in a message, not in a result, not in a key."""
    job = bench.running()
    bench.cloud.answers("files/read", refused("Hash doesn't match."))
    bench.change(job, step="upload")
    send([Start(job.id, job.run, job.kind)])
    eventually(lambda: bench.job(job).state is JobState.QUEUED, what="the refusal")

    everything = [
        str(server.dump(key) if server.type(key) != "string" else server.get(key)) for key in server.scan_iter()
    ]
    assert not [text for text in everything if TOKEN in text]
