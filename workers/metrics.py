"""Prometheus metrics of the whole house, made anew for every scrape from the ledger and from Redis.

One exporter is enough; several say the same. It needs no credentials of QuantConnect: the ledger tells which accounts
there are. What cannot be reached is told as `qcjobs_up 0` and left out; a scrape never fails.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from http.server import HTTPServer

import redis
import structlog
from prometheus_client import CollectorRegistry, generate_latest, start_http_server
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from orchestrator import request_counts
from orchestrator.errors import QcjobsError
from orchestrator.figures import LAG_WINDOW, Figures, read_figures
from orchestrator.preflight import open_redis
from orchestrator.runtime import open_ledger, open_limiter
from orchestrator.settings import Settings
from orchestrator.states import JobState
from workers import pulse

REDIS_SECONDS = 2.0  # Prometheus gives up after 10 s
RECOVERED = "Recovered"  # how the types of those events end

log = structlog.get_logger(__name__)


def registry(settings: Settings) -> CollectorRegistry:
    """A registry that reads everything when it is asked."""
    made = CollectorRegistry(auto_describe=False)
    made.register(House(settings))
    return made


def text(settings: Settings) -> str:
    """What a scrape gets."""
    return generate_latest(registry(settings)).decode()


def serve(settings: Settings, address: str, port: int) -> HTTPServer:
    """Serve `/metrics` from a thread of this process.

    Raises:
        OSError: The address cannot be used.
    """
    server, _ = start_http_server(port, addr=address, registry=registry(settings))
    return server


class House(Collector):
    """Everything there is to see."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def describe(self) -> list[Metric]:
        """Nothing before the first scrape: describing would need the ledger."""
        return []

    def collect(self) -> Iterator[Metric]:
        """Read, and tell."""
        began = time.perf_counter()
        up = _gauge("up", "Whether a service answers the exporter.", "service")
        figures: Figures | None = None
        try:
            figures = read_figures(open_ledger(self._settings))
        except (QcjobsError, OSError) as error:
            log.warning("the ledger cannot be read", error=str(error))
        up.add_metric(["ledger"], figures is not None)
        if figures is not None:
            yield from _of_the_ledger(figures, self._settings.dispatch.backtest_nodes)
        from_redis: list[Metric] = []
        try:
            from_redis = list(self._of_redis([] if figures is None else figures.accounts))
        except (QcjobsError, redis.RedisError, OSError) as error:
            log.warning("Redis cannot be read", error=str(error))
        up.add_metric(["redis"], bool(from_redis))
        yield from from_redis
        yield up
        seconds = _gauge("scrape_seconds", "How long the exporter took to read all of this.")
        seconds.add_metric([], time.perf_counter() - began)
        yield seconds

    def _of_redis(self, accounts: list[str]) -> Iterator[Metric]:
        requests = _counter("requests", "Requests sent to QuantConnect.", "account", "endpoint", "outcome")
        left = _gauge("request_budget_left", "Requests that may go at once.", "account", "lane")
        whole = _gauge("request_budget_per_minute", "Requests per minute, as configured.", "account")
        paused = _gauge("request_pause_seconds", "For so long QuantConnect wants everyone to be silent.", "account")
        beat = _gauge("beat_last_tick_seconds", "Seconds since some beat sent a tick; +Inf: none for 30 s.")
        with open_redis(self._settings, REDIS_SECONDS) as client:
            age = pulse.beat_age(client, self._settings)
            beat.add_metric([], float("inf") if age is None else age)
            for account in accounts:
                for endpoint, outcome, count in request_counts.read_counts(
                    client, account, self._settings.redis_prefix
                ):
                    requests.add_metric([account, endpoint, outcome], count)
                limiter = open_limiter(self._settings, account)
                try:
                    budget = limiter.budget()
                finally:
                    limiter.close()
                left.add_metric([account, "all"], budget.left)
                left.add_metric([account, "control"], budget.urgent_left)
                whole.add_metric([account], budget.per_minute)
                paused.add_metric([account], budget.paused_seconds)
        yield from (requests, left, whole, paused, beat)


def _of_the_ledger(figures: Figures, nodes_by_hand: int | None) -> Iterator[Metric]:
    jobs = _gauge("jobs", "Jobs in the ledger.", "account", "kind", "state")
    for account, kind in sorted({(account, kind) for account, kind, _ in figures.jobs}):
        for state in JobState:
            jobs.add_metric([account, kind, str(state)], figures.jobs.get((account, kind, state), 0))
    yield jobs
    steps = _gauge("running_steps", "Running jobs by the step they are at.", "account", "step")
    for labels, count in figures.running_steps.items():
        steps.add_metric([*labels], count)
    yield steps
    oldest = _gauge("oldest_queued_seconds", "Age of the oldest job in the queue.", "account", "kind")
    for labels, age in figures.oldest_queued.items():
        oldest.add_metric([*labels], age)
    yield oldest
    yield from _nodes(figures, nodes_by_hand)
    yield from _lag(figures)
    recoveries = _counter("recoveries", "Runs begun anew because nobody looked after the job.", "kind")
    happened = _counter("events", "Events recorded.", "type")
    for name, count in figures.events.items():
        happened.add_metric([name], count)
        if name.endswith(RECOVERED):
            recoveries.add_metric([name.removesuffix(RECOVERED).lower()], count)
    yield from (happened, recoveries)
    deliveries = _gauge("deliveries", "Deliveries of events to handlers.", "handler", "state")
    for labels, count in figures.deliveries.items():
        deliveries.add_metric([*labels], count)
    yield deliveries
    due = _gauge("oldest_due_delivery_seconds", "How long the most overdue delivery waits.")
    due.add_metric([], figures.oldest_due)
    unannounced = _gauge("unannounced_events", "Events whose deliveries are not written yet.")
    unannounced.add_metric([], figures.unannounced)
    yield from (due, unannounced)


def _nodes(figures: Figures, by_hand: int | None) -> Iterator[Metric]:
    there = _gauge("backtest_nodes", "Backtest nodes that qcjobs may use.", "account")
    used = _gauge("backtest_nodes_used", "Backtest nodes in use by qcjobs.", "account")
    for account in figures.accounts:
        count = figures.nodes.get(account) if by_hand is None else by_hand
        if count is not None:
            there.add_metric([account], count)
        used.add_metric([account], figures.nodes_used.get(account, 0))
    yield from (there, used)


def _lag(figures: Figures) -> Iterator[Metric]:
    minutes = LAG_WINDOW.total_seconds() / 60
    told = f"From the last look that saw a backtest run to the event of its end, over the last {minutes:.0f} min."
    lag = _gauge("detection_lag_seconds", told, "account", "quantile")
    ended = _gauge("detection_lag_backtests", "How many backtests these are.", "account")
    for account, of in figures.lag.items():
        ended.add_metric([account], of.count)
        for quantile, value in (("0.5", of.median), ("1", of.worst)):
            if value is not None:
                lag.add_metric([account, quantile], value)
    yield from (lag, ended)


def _gauge(name: str, told: str, *labels: str) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"qcjobs_{name}", told, labels=labels)


def _counter(name: str, told: str, *labels: str) -> CounterMetricFamily:
    return CounterMetricFamily(f"qcjobs_{name}", told, labels=labels)
