"""`backtests/*` beyond the summary: charts, orders, insights, closed trades, the log and the report.

All of it comes from the same run as the statistics, and grows with the backtest's progress. The first read of orders,
a chart or the report starts to load them, and for a while the answer says only that.
Source: QuantConnect API definition; LEAN's API tests (`loading`, refused windows); LEAN's API client (`generating`).
"""

from dataclasses import dataclass
from typing import Any

from emulator.call import Call, Handler
from emulator.charts import CHARTS, chart
from emulator.envelope import ApiFailure
from emulator.logs import lines
from emulator.orders import insights, orders, trades_with_orders
from emulator.page import backtest_page
from emulator.paging import window
from emulator.synthetic import Run
from emulator.transitions import Phase, backtest_phase
from emulator.world import Backtest, Project

ORDERS_AT_ONCE = 100
INSIGHTS_AT_ONCE = 100
TRADES_AT_ONCE = 1000
LOG_LINES_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class _Subject:
    """The backtest that a call names, and how far it is."""

    project: Project
    backtest: Backtest
    phase: Phase
    run: Run

    @property
    def days(self) -> int:
        """Simulated days that are over."""
        return int(self.phase.progress * len(self.run.days))


def read_chart(call: Call) -> dict[str, Any]:
    """The points of one chart between two moments of simulated time."""
    subject, arguments = _subject(call), call.arguments
    name, count = arguments.text("name"), arguments.integer("count")
    start, end = arguments.integer("start"), arguments.integer("end")
    if name not in CHARTS:
        raise ApiFailure(f"Chart not found: {name}")
    if count < 1 or end < start:
        raise ApiFailure("Invalid range: start must not be after end, and count must be positive")
    if loading := _loading(call, subject.backtest, f"chart {name}"):
        return loading
    return {"chart": chart(subject.run, subject.days, name, count=count, start=start, end=end)}


def read_orders(call: Call) -> dict[str, Any]:
    """A page of orders; `length` is the number of all."""
    subject, part = _subject(call), window(call.arguments, ORDERS_AT_ONCE)
    if loading := _loading(call, subject.backtest, "orders"):
        return loading
    items = orders(subject.run, subject.days, subject.backtest.id)
    return {"orders": items[part], "length": len(items)}


def read_insights(call: Call) -> dict[str, Any]:
    """A page of insights. Two paths lead here: the documented one and LEAN's."""
    subject, part = _subject(call), window(call.arguments, INSIGHTS_AT_ONCE)
    items = insights(subject.run, subject.days, subject.backtest.id)
    return {"insights": items[part], "length": len(items)}


def read_trades(call: Call) -> dict[str, Any]:
    """A page of closed trades, each with its orders."""
    subject, part = _subject(call), window(call.arguments, TRADES_AT_ONCE)
    items = trades_with_orders(subject.run, subject.days, subject.backtest.id)
    return {"trades": items[part], "length": len(items)}


def read_log(call: Call) -> dict[str, Any]:
    """Log lines. With a `query` only those that contain it count; the key must be there, even if it says null."""
    subject, part = _subject(call), window(call.arguments, LOG_LINES_AT_ONCE)
    if not call.arguments.sent("query"):
        raise ApiFailure("Invalid or missing parameter: query")
    query = (call.arguments.optional_text("query") or "").strip().lower()
    strategy, completed = subject.backtest.compile.strategy, subject.phase.completed
    log = lines(subject.run, subject.days, subject.backtest.id, ended=completed, failure=strategy.failure)
    items = [line for line in log if query in line.lower()]
    return {"logs": items[part], "length": len(items)}


def read_report(call: Call) -> dict[str, Any]:
    """The report as one page of HTML. There is none on a failed backtest (own words)."""
    subject = _subject(call)
    if subject.phase.completed and subject.backtest.compile.strategy.failure:
        raise ApiFailure("A report needs a completed backtest")
    if not subject.phase.has_statistics or _loading(call, subject.backtest, "report"):
        return {"generating": True}
    result = call.world.result(subject.backtest)
    return {"report": backtest_page(subject.project, subject.backtest, subject.phase, result)}


def _subject(call: Call) -> _Subject:
    project = call.project()
    backtest = project.backtest(call.arguments.text("backtestId"))
    phase = backtest_phase(backtest.timeline, call.clock.now())
    return _Subject(project, backtest, phase, call.world.result(backtest).run)


def _loading(call: Call, backtest: Backtest, what: str) -> dict[str, Any] | None:
    """The reply while something loads, which begins with its first read; None as soon as it is there."""
    seconds, now = call.options.loading_seconds, call.clock.now()
    waited = now - backtest.first_reads.setdefault(what, now)
    return {"status": "loading", "progress": round(waited / seconds, 4)} if waited < seconds else None


HANDLERS: dict[str, Handler] = {
    "backtests/chart/read": read_chart,
    "backtests/orders/read": read_orders,
    "backtests/insights/read": read_insights,
    "backtests/read/insights": read_insights,
    "backtests/trades/read": read_trades,
    "backtests/read/log": read_log,
    "backtests/read/report": read_report,
}
