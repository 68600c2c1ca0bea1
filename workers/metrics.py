"""Prometheus metrics of the whole house, made anew for every scrape from the ledger and from Redis.

One exporter per prefix of Redis is enough; several say the same. It needs no credentials of QuantConnect: the ledger
tells which accounts there are. What cannot be reached is told as `qcjobs_up 0` and left out; a scrape never fails.

What is counted in the ledger is a gauge and no counter: it falls when old jobs are pruned, and Prometheus would take
every fall for a new beginning, and the whole count for growth.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from http.server import HTTPServer
from importlib.metadata import version
from typing import Final

import redis
import structlog
from prometheus_client import CollectorRegistry, generate_latest, start_http_server
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from orchestrator import request_counts
from orchestrator.errors import QcjobsError
from orchestrator.events import EventType
from orchestrator.figures import LAG_WINDOW, Figures, read_figures
from orchestrator.preflight import open_redis
from orchestrator.presence import others
from orchestrator.runtime import open_ledger, open_limiter
from orchestrator.settings import Settings
from orchestrator.states import JobState
from workers import pulse

REDIS_SECONDS = 2.0  # Prometheus gives up after 10 s
RECOVERED = "Recovered"  # how the types of those events end
DELIVERY_STATES: Final = ("delivered", "due", "given up")

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
        info = _gauge("info", "Which version of qcjobs tells all of this.", "version")
        info.add_metric([version("qcjobs")], 1)
        yield info
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
        """Of those of the accounts that work behind this prefix; the others have an exporter of their own."""
        workers = _gauge("workers", "Workers that have told of themselves within a minute.", "account")
        requests = _counter("requests", "Requests sent to QuantConnect.", "account", "endpoint", "outcome")
        left = _gauge("request_budget_left", "Requests that may go at once.", "account", "lane")
        whole = _gauge("request_budget_per_minute", "Requests per minute, as configured.", "account")
        paused = _gauge("request_pause_seconds", "For so long QuantConnect wants everyone to be silent.", "account")
        beat = _gauge("beat_last_tick_seconds", "Seconds since some beat sent a tick; +Inf: none for 30 s.")
        with open_redis(self._settings, REDIS_SECONDS) as client:
            age = pulse.beat_age(client, self._settings)
            beat.add_metric([], float("inf") if age is None else age)
            there = Counter(other.account for other in others(client, self._settings.redis_prefix))
            for account in sorted({*accounts, *there}):
                counts = list(request_counts.read_counts(client, account, self._settings.redis_prefix))
                if not counts and account not in there:
                    continue
                workers.add_metric([account], there[account])
                for endpoint, outcome, count in counts:
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
        yield from (requests, left, whole, paused, workers, beat)


def _of_the_ledger(figures: Figures, nodes_by_hand: int | None) -> Iterator[Metric]:
    jobs = _gauge("jobs", "Jobs in the ledger.", "account", "kind", "state")
    kinds = sorted({(account, kind) for account, kind, _ in figures.jobs})
    for account, kind in kinds:
        for state in JobState:
            jobs.add_metric([account, kind, str(state)], figures.jobs.get((account, kind, state), 0))
    yield jobs
    steps = _gauge("running_steps", "Running jobs by the step they are at.", "account", "step")
    for labels, count in figures.running_steps.items():
        steps.add_metric([*labels], count)
    yield steps
    oldest = _gauge("oldest_queued_seconds", "Age of the oldest job in the queue.", "account", "kind")
    for labels in kinds:
        oldest.add_metric([*labels], figures.oldest_queued.get(labels, 0.0))
    yield oldest
    yield from _nodes(figures, nodes_by_hand)
    yield from _lag(figures)
    recoveries = _gauge("recoveries", "Runs begun anew because nobody looked after the job, in the ledger.", "kind")
    happened = _gauge("events", "Events in the ledger.", "type")
    for name in EventType:
        happened.add_metric([name], figures.events.get(name, 0))
        if name.endswith(RECOVERED):
            recoveries.add_metric([name.removesuffix(RECOVERED).lower()], figures.events.get(name, 0))
    yield from (happened, recoveries)
    deliveries = _gauge("deliveries", "Deliveries of events to handlers, in the ledger.", "handler", "state")
    for handler in sorted({handler for handler, _ in figures.deliveries}):
        for outcome in DELIVERY_STATES:
            deliveries.add_metric([handler, outcome], figures.deliveries.get((handler, outcome), 0))
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
    lag = _gauge("detection_lag_seconds", told, "account", "statistic")
    ended = _gauge("detection_lag_backtests", "How many backtests these are.", "account")
    for account, of in figures.lag.items():
        ended.add_metric([account], of.count)
        for statistic, value in (("median", of.median), ("worst", of.worst)):
            if value is not None:
                lag.add_metric([account, statistic], value)
    yield from (lag, ended)


def _gauge(name: str, told: str, *labels: str) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"qcjobs_{name}", told, labels=labels)


def _counter(name: str, told: str, *labels: str) -> CounterMetricFamily:
    return CounterMetricFamily(f"qcjobs_{name}", told, labels=labels)
