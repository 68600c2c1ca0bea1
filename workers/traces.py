"""OpenTelemetry, when asked for (`telemetry.traces`): a span per task and per request to QuantConnect.

Made by OpenTelemetry's own instrumentations of Celery and httpx; where the spans go is said by OpenTelemetry's own
variables (`OTEL_EXPORTER_OTLP_ENDPOINT` …). A chain's links belong to one trace, across workers. No span carries a
header, a body or a query: links to downloads hold their signature there.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from orchestrator.errors import BadSettings
from orchestrator.settings import Settings
from workers.ticks import TICKS

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider

SERVICE: Final = "qcjobs"


def install(settings: Settings, role: str, provider: TracerProvider | None = None) -> None:
    """Trace this process from now on, if the settings say so.

    Args:
        settings: Of this process.
        role: `worker` or `beat`: becomes part of the service's name.
        provider: Instead of one that exports by OTLP; for tests.

    Raises:
        BadSettings: Traces are wanted, and the packages of the extra `otel` are not installed.
    """
    if not settings.telemetry.traces:
        return
    try:
        from opentelemetry.instrumentation.celery import CeleryInstrumentor  # noqa: PLC0415 (an extra)
        from opentelemetry.instrumentation.httpx import HTTPXClientInstrumentor  # noqa: PLC0415 (as above)

        chosen = provider or _exporting(role)
    except ModuleNotFoundError as error:
        raise BadSettings(f"telemetry.traces needs {error.name}: pip install 'qcjobs[otel]'.") from error
    CeleryInstrumentor().instrument(tracer_provider=chosen)  # type: ignore[no-untyped-call] # theirs
    HTTPXClientInstrumentor().instrument(tracer_provider=chosen, request_hook=_without_query)


def _exporting(role: str) -> TracerProvider:
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter  # noqa: PLC0415 (an extra)
    from opentelemetry.sdk.resources import Resource  # noqa: PLC0415 (as above)
    from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415 (as above)
    from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415 (as above)

    provider = TracerProvider(sampler=no_ticks(), resource=Resource.create({"service.name": f"{SERVICE}-{role}"}))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    return provider


def no_ticks() -> Any:
    """A sampler that leaves out the ticks, which would drown the story that traces tell, and keeps what they begin."""
    from opentelemetry.sdk.trace import sampling  # noqa: PLC0415 (an extra)

    class NoTicks(sampling.Sampler):
        def should_sample(  # the interface is OpenTelemetry's
            self,
            parent_context: Any,  # noqa: ARG002
            trace_id: int,  # noqa: ARG002
            name: str,
            kind: Any = None,  # noqa: ARG002
            attributes: Any = None,
            links: Sequence[Any] | None = None,  # noqa: ARG002
            trace_state: Any = None,
        ) -> sampling.SamplingResult:
            is_tick = name.partition("/")[2] in TICKS
            decision = sampling.Decision.DROP if is_tick else sampling.Decision.RECORD_AND_SAMPLE
            return sampling.SamplingResult(decision, attributes, trace_state)

        def get_description(self) -> str:
            return "everything but ticks"

    return NoTicks()


def _without_query(span: Any, request: Any) -> None:
    if span and span.is_recording():
        url = str(request.url).partition("?")[0]
        for name in ("http.url", "url.full"):
            if name in (span.attributes or {}):
                span.set_attribute(name, url)
