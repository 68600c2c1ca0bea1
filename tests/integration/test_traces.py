"""OpenTelemetry, when it is asked for: the story of a job as spans."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from celery import Celery, signals
from celery.contrib.testing.worker import start_worker
from opentelemetry.instrumentation.celery import CeleryInstrumentor
from opentelemetry.instrumentation.httpx import HTTPXClientInstrumentor
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from emulator.options import EmulatorOptions
from emulator.server import running
from orchestrator import JobState, submit_backtest
from orchestrator.errors import BadSettings
from orchestrator.runtime import open_runtime
from orchestrator.settings import load_settings
from tasks import runtime as installed
from tasks.upkeep import dispatch, look
from tests.support.command import STRATEGY
from tests.support.eventually import eventually
from workers import traces
from workers.celery import app as products_own_app
from workers.celery import configuration
from workers.ticks import TICKS

TOKEN = "token-that-no-span-may-hold"


@pytest.fixture
def exporter() -> Iterator[InMemorySpanExporter]:
    """Holds the spans in memory; the instrumentation ends with the test."""
    exporter = InMemorySpanExporter()
    provider = TracerProvider(sampler=traces.no_ticks())
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    traces.install(load_settings({"QCJOBS_TELEMETRY__TRACES": "true"}), "worker", provider)
    yield exporter
    CeleryInstrumentor().uninstrument()  # type: ignore[no-untyped-call] # theirs
    HTTPXClientInstrumentor().uninstrument()
    provider.shutdown()


@pytest.fixture
def house(tmp_path: Path, redis_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A worker in this process, an emulator, a ledger."""
    with running(
        EmulatorOptions(api_token=TOKEN, compile_seconds=0.2, backtest_seconds=0.5, statistics_lag=0)
    ) as cloud:
        for name, value in {
            "QC_USER_ID": "1",
            "QC_API_TOKEN": TOKEN,
            "QC_BASE_URL": cloud.base_url,
            "QCJOBS_HOME": str(tmp_path / "home"),
            "QCJOBS_REDIS_URL": redis_url,
        }.items():
            monkeypatch.setenv(name, value)
        for signal in (signals.setup_logging, signals.worker_init, signals.worker_shutdown):
            monkeypatch.setattr(signal, "receivers", [])
        signals.setup_logging.connect(_leave_logging_alone)
        app = Celery("traced", set_as_current=False, include=["tasks.backtests", "tasks.live", "tasks.upkeep"])
        app.add_defaults(configuration)
        app.loader.import_default_modules()
        app.set_current()
        runtime = open_runtime(load_settings())
        installed.install(runtime)
        with start_worker(app, pool="threads", concurrency=4, perform_ping_check=False, loglevel="WARNING"):
            yield
        installed.install(None)
        runtime.close()
        app.close()
        products_own_app.set_current()
        products_own_app.set_default()


def _leave_logging_alone(**_: Any) -> None:
    """Whoever hears `setup_logging` keeps Celery from doing it."""


def text_of(span: ReadableSpan) -> str:
    return f"{span.name} {dict(span.attributes or {})} {[event.attributes for event in span.events]}"


def test_a_job_is_one_trace_of_its_steps_and_requests(
    exporter: InMemorySpanExporter, house: None, tmp_path: Path
) -> None:
    """From the chain's first message to its last link, with every request below the step that sent it. The looks that
    the board sends later are traces of their own.
    """
    (tmp_path / "main.py").write_text(STRATEGY)
    handle = submit_backtest(tmp_path)
    dispatch.delay()

    def ended() -> bool:
        look.delay()  # as beat would
        return handle.state.is_terminal

    eventually(ended, within=60, what="the end of the job", every=0.5)
    assert handle.state is JobState.COMPLETED

    spans = exporter.get_finished_spans()
    begun = next(span for span in spans if span.name == "run/backtest.upload")
    steps = [
        span
        for span in spans
        if span.name.startswith("run/backtest.") and span.context.trace_id == begun.context.trace_id
    ]
    requests = [span for span in spans if "http" in str(span.instrumentation_scope.name)]  # type: ignore[union-attr] # every span has one
    assert {span.name for span in steps} == {
        f"run/backtest.{step}" for step in ("upload", "compile", "poll_compile", "create", "poll_results")
    }
    ids = {span.context.span_id for span in steps}
    assert len([span for span in requests if span.parent is not None and span.parent.span_id in ids]) >= 4
    assert [span.name for span in spans if span.name.partition("/")[2] in TICKS] == []
    assert [span.name for span in spans if TOKEN in text_of(span) or "Basic " in text_of(span)] == []


def test_a_link_is_told_without_its_query(exporter: InMemorySpanExporter) -> None:
    """The signature of a download stands there."""
    import httpx

    with httpx.Client() as client, pytest.raises(httpx.ConnectError):
        client.get("http://127.0.0.1:9/report.pdf?signature=of-a-download")

    (span,) = exporter.get_finished_spans()
    assert "report.pdf" in text_of(span)
    assert "of-a-download" not in str(dict(span.attributes or {}))


def test_nothing_is_traced_unless_it_is_asked_for() -> None:
    """Off by default."""
    traces.install(load_settings({}), "worker")

    assert not CeleryInstrumentor().is_instrumented_by_opentelemetry  # type: ignore[no-untyped-call] # theirs


def test_a_missing_extra_is_told_with_the_way_to_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Never an ImportError."""
    monkeypatch.setitem(sys.modules, "opentelemetry.instrumentation.celery", None)

    with pytest.raises(BadSettings, match=r"qcjobs\[otel\]"):
        traces.install(load_settings({"QCJOBS_TELEMETRY__TRACES": "true"}), "worker")
