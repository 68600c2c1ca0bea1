"""Announcing and delivering events: at least once, per handler, whatever a handler does."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest

from orchestrator import logs, signals
from orchestrator.errors import BadSettings
from orchestrator.events import Event, EventType
from orchestrator.handlers import connect_handlers
from orchestrator.jobs import Job
from orchestrator.ledger.outbox import CLAIM, LAST_ATTEMPT, NEVER_BACK, backoff
from orchestrator.outbox import AT_ONCE, announce, deliver
from orchestrator.outcomes import Cancel, Fail
from orchestrator.settings import Settings, load_settings
from orchestrator.settlement import settle
from orchestrator.signals import Handler, any_event, backtest_completed, backtest_ended, backtest_failed, handlers_of
from tests.support.eventually import eventually
from tests.support.workbench import Workbench
from workers.bootstrap import known_secrets

KEY = "the-webhooks-signing-key"
ADDRESS = "https://hooks.example.com/T000/secret-path"


@pytest.fixture(autouse=True)
def _nobody_else_hears() -> Iterator[None]:
    """Signals are global: each test begins without handlers, and leaves those that were there as they were."""
    before = [(signal, name, handler) for signal in signals.ALL for name, handler in signal.handlers.items()]
    _disconnect_all()
    yield
    _disconnect_all()
    for signal, name, handler in before:
        signal.connect(handler, name=name)


def _disconnect_all() -> None:
    for signal in signals.ALL:
        for name in signal.handlers:
            signal.disconnect(name)


@pytest.fixture
def heard() -> list[Event]:
    """What a connected handler named `ear` heard."""
    events: list[Event] = []
    any_event.connect(events.append, name="ear")
    return events


def failed_job(bench: Workbench) -> Job:
    """A job whose failure waits to be announced."""
    job = bench.running()
    settle(bench.runtime, job, Fail("refused", "no"))
    return job


def deaf(_event: Event) -> None:
    """A handler that cannot."""
    raise ConnectionError("the receiver is away")


def test_an_event_reaches_every_handler_once(bench: Workbench, heard: list[Event]) -> None:
    """With its job and its facts."""
    job = failed_job(bench)

    for event_id, handler in announce(bench.ledger):
        assert deliver(bench.ledger, event_id, handler) == "delivered"

    (event,) = heard
    assert (event.type, event.job_id, event.run) == (EventType.BACKTEST_FAILED, job.id, 1)
    assert event.data["error"] == "no"
    assert event.at == bench.clock()
    assert announce(bench.ledger) == []


def test_a_delivery_that_comes_twice_is_heard_once(bench: Workbench, heard: list[Event]) -> None:
    """Messages may be handed out twice."""
    failed_job(bench)
    ((event_id, handler),) = announce(bench.ledger)
    deliver(bench.ledger, event_id, handler)

    assert deliver(bench.ledger, event_id, handler) != "delivered"
    assert len(heard) == 1


def test_a_handler_that_raises_harms_neither_job_nor_other_handlers(bench: Workbench, heard: list[Event]) -> None:
    """It is somebody else's code."""
    any_event.connect(deaf, name="deaf")
    job = failed_job(bench)

    for event_id, handler in announce(bench.ledger):
        deliver(bench.ledger, event_id, handler)

    assert len(heard) == 1
    assert bench.job(job).error_kind == "refused"


def endless(_event: Event) -> None:
    """Calls itself, and itself."""
    endless(_event)


def raising(error: BaseException) -> Handler:
    """A handler that raises this."""

    def poisoned(_event: Event) -> None:
        raise error

    return poisoned


POISONED: dict[str, Handler] = {
    "out of memory": raising(MemoryError()),
    "sys.exit": raising(SystemExit(3)),
    "as if by ctrl-c": raising(KeyboardInterrupt()),
    "a class of its own": raising(type("Poison", (BaseException,), {})("poison")),
    "without end": endless,
    "what cannot be printed": raising(type("Mute", (Exception,), {"__str__": lambda _: 1 / 0})()),
    "half a character": raising(ValueError("\ud800")),
    "zeros": raising(ValueError("\0")),
    "ten megabytes": raising(ValueError("x" * 10_000_000)),
}


@pytest.mark.parametrize("poison", POISONED)
def test_whatever_a_handler_raises_is_its_failure_and_nobody_elses(
    bench: Workbench, heard: list[Event], poison: str
) -> None:
    """Deliveries run in threads of a worker, which go on with something else."""
    any_event.connect(POISONED[poison], name="poisoned")
    job = failed_job(bench)

    with ThreadPoolExecutor(1) as worker:
        said = [worker.submit(deliver, bench.ledger, *delivery).result() for delivery in announce(bench.ledger)]

    assert sorted(word.partition(":")[0] for word in said) == ["delivered", "failed"]
    assert len(heard) == 1
    with bench.ledger.reading() as tables:
        (row,) = [row for row in tables.outbox.deliveries_of(job.id) if row["handler"] == "poisoned"]
    assert row["due_at"] > bench.clock()
    assert 0 < len(row["error"]) <= 2000


def test_what_a_handler_returns_is_nobodys_business(bench: Workbench) -> None:
    """A lambda returns something, whether it wants to or not."""
    any_event.connect(lambda _event: {object(): ...}, name="returns")  # type: ignore[arg-type]
    failed_job(bench)
    (delivery,) = announce(bench.ledger)

    assert deliver(bench.ledger, *delivery) == "delivered"


def test_a_process_that_is_ended_meanwhile_has_not_delivered(bench: Workbench) -> None:
    """In the main thread it is somebody's wish, and no failure of the handler's."""
    any_event.connect(raising(KeyboardInterrupt()), name="interrupted")
    failed_job(bench)
    (delivery,) = announce(bench.ledger)

    with pytest.raises(KeyboardInterrupt):
        deliver(bench.ledger, *delivery)

    bench.clock.advance(seconds=CLAIM.total_seconds())
    assert announce(bench.ledger) == [delivery]


def test_a_handler_that_ends_its_process_is_given_up_like_one_that_fails(bench: Workbench) -> None:
    """Nobody is left to tell what came of it; so the attempts tell."""
    any_event.connect(deaf, name="deadly")
    job = failed_job(bench)
    deaths, began = 0, bench.clock()
    while deaths < 100:
        bench.clock.advance(seconds=1000)
        if not (due := announce(bench.ledger)):
            break
        with bench.ledger.writing() as tables:
            deaths += tables.outbox.claim(*due[0])

    assert deaths == LAST_ATTEMPT
    assert bench.clock() > began
    with bench.ledger.reading() as tables:
        (row,) = tables.outbox.deliveries_of(job.id)
    assert (row["due_at"], row["delivered_at"], row["error"]) == (None, None, NEVER_BACK)


def test_a_handler_that_hangs_holds_few_threads_and_its_other_deliveries_stay_due(
    bench: Workbench, heard: list[Event]
) -> None:
    """More events than a worker has threads: the other handlers hear all of them meanwhile."""
    released = threading.Event()
    inside: list[str] = []

    def hang(event: Event) -> None:
        inside.append(event.id)
        released.wait(60)

    any_event.connect(hang, name="hangs")
    jobs = [failed_job(bench) for _ in range(AT_ONCE + 3)]
    due = announce(bench.ledger)

    with ThreadPoolExecutor(len(due)) as worker:
        calls = [worker.submit(deliver, bench.ledger, *delivery) for delivery in due]
        eventually(lambda: sum(call.done() for call in calls) == len(due) - AT_ONCE, within=30, what="the others")
        assert len(inside) == AT_ONCE
        assert len(heard) == len(jobs)
        said = [call.result() for call in calls if call.done()]
        assert sorted(word.partition(":")[0] for word in said) == ["delivered"] * len(jobs) + ["later"] * 3
        bench.clock.advance(seconds=11)
        assert len(announce(bench.ledger)) == 3
        released.set()


def test_a_failed_delivery_is_tried_again_later_and_then_heard(bench: Workbench) -> None:
    """The receiver was restarting."""
    receivers: list[Handler] = [deaf, lambda _event: None]

    def late(event: Event) -> None:
        receivers.pop(0)(event)

    any_event.connect(late, name="late")
    job = failed_job(bench)
    ((event_id, handler),) = announce(bench.ledger)
    assert deliver(bench.ledger, event_id, handler) == "failed: ConnectionError: the receiver is away"

    assert announce(bench.ledger) == []
    bench.clock.advance(seconds=2)
    assert announce(bench.ledger) == [(event_id, handler)]
    assert deliver(bench.ledger, event_id, handler) == "delivered"

    with bench.ledger.reading() as tables:
        (row,) = tables.outbox.deliveries_of(job.id)
    assert (row["attempts"], row["error"], row["due_at"]) == (2, None, None)


def test_a_delivery_whose_worker_died_is_tried_again(bench: Workbench, heard: list[Event]) -> None:
    """It had been taken, and nobody told what came of it."""
    failed_job(bench)
    ((event_id, handler),) = announce(bench.ledger)
    bench.write(lambda tables: tables.outbox.claim(event_id, handler))
    assert announce(bench.ledger) == []

    bench.clock.advance(seconds=CLAIM.total_seconds())

    assert announce(bench.ledger) == [(event_id, handler)]
    assert deliver(bench.ledger, event_id, handler) == "delivered"


def test_a_receiver_that_stays_away_is_given_up_after_some_forty_minutes(bench: Workbench) -> None:
    """Everything ends; the ledger keeps that it was not heard, and why."""
    any_event.connect(deaf, name="deaf")
    job = failed_job(bench)
    began = bench.clock()
    attempts = 0
    while attempts < 100 and (due := announce(bench.ledger)):
        for event_id, handler in due:
            deliver(bench.ledger, event_id, handler)
            attempts += 1
            last = bench.clock()
        bench.clock.advance(seconds=600)

    assert attempts == LAST_ATTEMPT
    assert last > began
    with bench.ledger.reading() as tables:
        (row,) = tables.outbox.deliveries_of(job.id)
    assert (row["due_at"], row["delivered_at"]) == (None, None)
    assert "the receiver is away" in row["error"]


def test_waits_between_attempts_double_up_to_ten_minutes() -> None:
    """Twelve attempts last about 40 minutes."""
    waits = [backoff(attempts) for attempts in range(1, LAST_ATTEMPT)]

    assert waits[:3] == [timedelta(seconds=2), timedelta(seconds=4), timedelta(seconds=8)]
    assert waits[-1] == timedelta(minutes=10)
    assert timedelta(minutes=30) < sum(waits, timedelta()) < timedelta(minutes=50)


def test_a_handler_that_is_connected_nowhere_any_more_is_told_so(bench: Workbench, heard: list[Event]) -> None:
    """It was taken out of the configuration while its delivery waited."""
    failed_job(bench)
    ((event_id, handler),) = announce(bench.ledger)
    any_event.disconnect("ear")

    assert "no handler of this name" in deliver(bench.ledger, event_id, handler)
    assert heard == []


def test_a_signal_is_heard_for_its_events_only() -> None:
    """Whoever wants to know of failures must not be woken by successes."""
    backtest_failed.connect(deaf, name="of failures")
    backtest_ended.connect(deaf, name="of ends")

    assert {"of failures", "of ends"} <= set(handlers_of(EventType.BACKTEST_FAILED))
    assert "of failures" not in handlers_of(EventType.BACKTEST_COMPLETED)
    assert "of ends" not in handlers_of(EventType.BACKTEST_QUEUED)


def test_a_closure_stays_connected() -> None:
    """Weak connections forget them without a word."""

    def connect() -> None:
        told = object()
        backtest_completed.connect(lambda event: print(event, told), name="closure")  # noqa: T201 (never called)

    connect()
    assert "closure" in handlers_of(EventType.BACKTEST_COMPLETED)


def test_a_handler_is_named_after_its_module_so_that_restarts_change_nothing() -> None:
    """Its deliveries are found again by that name."""
    backtest_completed.connect(deaf)

    assert f"{__name__}.deaf" in handlers_of(EventType.BACKTEST_COMPLETED)


def test_modules_named_in_the_settings_connect_their_handlers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A user's own code, without a line changed here."""
    (tmp_path / "my_handlers.py").write_text(
        "from orchestrator.signals import backtest_completed\n\n"
        "@backtest_completed.connect\ndef note(event):\n    pass\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))

    connect_handlers(Settings.model_validate({"events": {"handlers": ["my_handlers"]}}))

    assert "my_handlers.note" in handlers_of(EventType.BACKTEST_COMPLETED)


@pytest.mark.parametrize(
    "content",
    [None, "import gone_for_good\n", "def broken(:\n", "raise RuntimeError('no')\n", "raise SystemExit\n"],
)
def test_a_module_that_cannot_be_imported_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: str | None
) -> None:
    """A worker that starts without its handlers would lose events without a word."""
    monkeypatch.syspath_prepend(str(tmp_path))
    if content is not None:
        (tmp_path / "broken_handlers.py").write_text(content)

    with pytest.raises(BadSettings, match="broken_handlers"):
        connect_handlers(Settings.model_validate({"events": {"handlers": ["broken_handlers"]}}))


def test_every_event_is_logged() -> None:
    """The least that one may expect."""
    connect_handlers(Settings())

    assert all("log" in handlers_of(event_type) for event_type in EventType)


def test_a_webhook_without_its_key_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """Unsigned events would be refused by the receiver one by one."""
    settings = load_settings({"QCJOBS_EVENTS__WEBHOOKS": f"[{{url: '{ADDRESS}', secret_env: HOOK_KEY}}]"})

    with pytest.raises(BadSettings, match="HOOK_KEY") as caught:
        connect_handlers(settings)
    assert "secret-path" not in str(caught.value)

    monkeypatch.setenv("HOOK_KEY", KEY)
    assert KEY in known_secrets(settings)
    connect_handlers(settings)
    (name,) = [name for name in handlers_of(EventType.BACKTEST_FAILED) if name.startswith("webhook:")]
    assert "secret-path" not in name


def test_a_webhooks_key_may_come_from_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """As every secret may; and then, too, no log shows it."""
    settings = load_settings({"QCJOBS_EVENTS__WEBHOOKS": f"[{{url: '{ADDRESS}', secret_env: HOOK_KEY}}]"})
    monkeypatch.setenv("HOOK_KEY_FILE", str(tmp_path / "key"))
    assert KEY not in known_secrets(settings)
    with pytest.raises(BadSettings, match="HOOK_KEY_FILE"):
        connect_handlers(settings)

    (tmp_path / "key").write_text(f"{KEY}\n")
    assert KEY in known_secrets(settings)
    connect_handlers(settings)
    assert any(name.startswith("webhook:") for name in handlers_of(EventType.BACKTEST_FAILED))


def test_a_cancelled_job_is_announced_like_every_other_end(bench: Workbench, heard: list[Event]) -> None:
    """Whoever waits for an end waits for all of them."""
    settle(bench.runtime, bench.running(), Cancel())

    for event_id, handler in announce(bench.ledger):
        deliver(bench.ledger, event_id, handler)

    assert [event.type for event in heard] == [EventType.BACKTEST_CANCELLED]


def test_what_a_handler_raises_is_kept_without_the_secrets_of_this_process(
    bench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A stranger's error may quote the address it could not reach, and that may hold a password."""
    monkeypatch.setattr(logs, "_in_force", [logs.Redactor([KEY])])

    def indiscreet(_event: Event) -> None:
        raise ConnectionError(f"no answer from https://me:pass-word@example.com with key {KEY}")

    any_event.connect(indiscreet, name="indiscreet")
    job = failed_job(bench)
    (delivery,) = announce(bench.ledger)

    said = deliver(bench.ledger, *delivery)

    with bench.ledger.reading() as tables:
        (kept,) = tables.outbox.deliveries_of(job.id)
    for text in (said, kept["error"]):
        assert "no answer from" in text
        assert KEY not in text
        assert "pass-word" not in text


def test_a_delivery_whose_message_is_under_way_is_not_sent_again_until_it_must_be_lost(
    bench: Workbench, heard: list[Event]
) -> None:
    """Every look would add another message for it: a worker that is behind would fall behind for ever."""
    failed_job(bench)
    (delivery,) = announce(bench.ledger)

    bench.clock.advance(seconds=5)
    assert announce(bench.ledger) == []

    bench.clock.advance(seconds=6)
    assert announce(bench.ledger) == [delivery]
    assert deliver(bench.ledger, *delivery) == "delivered"
    assert len(heard) == 1
