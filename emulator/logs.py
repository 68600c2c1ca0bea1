"""The log of a backtest: what LEAN writes at both ends, and a line for every fill in between.

Every line begins with a moment of simulated time, as in the logs that the API returns.
Source: LEAN's log lines as community reports show them.
"""

from emulator.lean import ENGINE
from emulator.orders import leg
from emulator.strategy import Failure
from emulator.synthetic import Run


def lines(run: Run, days: int, algorithm_id: str, *, ended: bool, failure: Failure | None) -> list[str]:
    """The log after so many days.

    Args:
        run: The run.
        days: How far it has come.
        algorithm_id: Id of the backtest.
        ended: Whether it will write no more.
        failure: Why it ended early; None for a healthy one.
    """
    start = f"{run.days[0]} 00:00:00"
    log = [
        f"{start} Launching analysis for {algorithm_id} with LEAN Engine v{ENGINE}",
        f"{start} Synthetic run of the qcjobs emulator",
    ]
    for number, trade in enumerate(run.trades):
        for order_id in (2 * number + 1, 2 * number + 2):
            day, quantity, price, _ = leg(trade, order_id)
            if day < days:
                verb = "Bought" if quantity > 0 else "Sold"
                log.append(f"{run.days[day]} 16:00:00 {verb} {abs(quantity)} {trade.symbol} at ${price:,.2f}")
    if not ended:
        return log
    if failure is None:
        points = len(run.days) * len(run.prices)
        end = f"{run.days[-1]} 16:00:00"
        log.append(f"{end} Algorithm Id:({algorithm_id}) completed, processing total of {points:,} data points.")
    else:
        when = f"{run.days[max(0, days - 1)]} 16:00:00" if days else start
        log.append(f"{when} {failure.message.splitlines()[0]}")
    return log
