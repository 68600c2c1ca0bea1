"""What trades, as tables, charts and JSON. Decides nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import plotille
from rich.table import Table
from rich.text import Text

from cli import render
from orchestrator.ledger.deployments import Known

COLOURS: Final = {"Running": "green", "RuntimeError": "red", "DeployError": "red", "Invalid": "red"}


def as_json(known: Known) -> dict[str, Any]:
    """A deployment for machines; the keys are stable. Money is in the account's currency."""
    return {
        "project_id": known.project_id,
        "deploy_id": known.deploy_id,
        "status": known.status,
        "brokerage": known.brokerage,
        "environment": known.environment,
        "equity": known.equity,
        "highest_equity": known.highest_equity,
        "drawdown": drawdown(known),
        "alarms": known.alarms,
        "error": known.error,
        "launched_at": known.launched_at,
        "stopped_at": known.stopped_at,
        "seen_at": known.seen_at,
        "changed_at": known.changed_at,
    }


def drawdown(known: Known) -> float | None:
    """From the highest equity that was seen to the present one, as a fraction of it."""
    if known.equity is None or not known.highest_equity:
        return None
    return max(1 - known.equity / known.highest_equity, 0.0)


def status(known: Known) -> Text:
    """A status in its colour."""
    return Text(str(known.status or "–"), style=COLOURS.get(known.status or "", "dim" if known.has_ended else "yellow"))


def money_at_stake(environment: str | None) -> Text:
    """Paper and real money, told apart in words and colour."""
    if environment is None:
        return Text("unknown", style="yellow")
    return Text("paper", style="cyan") if environment == "paper" else Text("REAL MONEY", style="bold red")


def money(value: object) -> str:
    """An amount in the account's currency."""
    return f"{value:,.2f}" if isinstance(value, float | int) else "–"


def local(moment: datetime | None) -> str:
    """A moment in this machine's time zone."""
    return "–" if moment is None else f"{moment.astimezone():%Y-%m-%d %H:%M:%S}"


def table_of(deployments: Sequence[Known], names: Mapping[int, str]) -> Table:
    """One line for each."""
    table = Table(box=None, header_style="bold", pad_edge=False)
    for heading in ("project", "name", "status", "money", "brokerage"):
        table.add_column(heading, no_wrap=heading in {"project", "status", "money"}, overflow="fold")
    for heading in ("equity", "drawdown"):
        table.add_column(heading, justify="right", no_wrap=True)
    for heading in ("launched", "alarms"):
        table.add_column(heading, no_wrap=heading == "launched", overflow="fold")
    for known in deployments:
        table.add_row(
            str(known.project_id),
            Text(names.get(known.project_id, "")),
            status(known),
            money_at_stake(known.environment),
            Text(known.brokerage or "–"),
            money(known.equity),
            render.percent(drawdown(known)),
            local(known.launched_at),
            Text(", ".join(known.alarms) or (known.error or ""), style="red"),
        )
    return table


def facts(known: Known) -> Table:
    """One deployment, fact by fact."""
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_row(Text("status", style="bold"), status(known))
    table.add_row(Text("money", style="bold"), money_at_stake(known.environment))
    for name, value in {
        "deployment": known.deploy_id,
        "brokerage": known.brokerage or "–",
        "equity": money(known.equity),
        "highest equity": money(known.highest_equity),
        "drawdown": render.percent(drawdown(known)),
        "launched": local(known.launched_at),
        "stopped": local(known.stopped_at),
        "seen": local(known.seen_at),
        "changed": local(known.changed_at),
    }.items():
        table.add_row(Text(name, style="bold"), Text(value))
    if known.alarms:
        table.add_row(Text("alarms", style="bold"), Text(", ".join(known.alarms), style="red"))
    if known.error:
        table.add_row(Text("error", style="bold"), Text(known.error, style="red"))
    return table


def holdings_table(held: Mapping[str, Any], equity: float | None) -> Table:
    """Positions, then cash, with each one's share of the equity."""
    table = Table(box=None, header_style="bold", pad_edge=False)
    for heading in ("security", "quantity", "average price", "price", "value", "share", "unrealized"):
        table.add_column(heading, justify="left" if heading == "security" else "right", no_wrap=True)
    for security, one in held["holdings"].items():
        profit = one["unrealized_profit"]
        table.add_row(
            Text(security),
            render.number(one["quantity"]),
            money(one["average_price"]),
            money(one["price"]),
            money(one["value"]),
            share(one["value"], equity),
            Text(money(profit), style="red" if (profit or 0) < 0 else "green"),
        )
    for currency, one in held["cash"].items():
        amount, value = one["amount"], one["value"]
        table.add_row(Text(f"{currency} (cash)"), money(amount), "", "", money(value), share(value, equity), "")
    return table


def share(value: object, equity: float | None) -> str:
    """A value as a part of the equity."""
    return f"{value / equity:.1%}" if isinstance(value, float | int) and equity else "–"


def equity_chart(rows: Sequence[Mapping[str, Any]], width: int = 72, height: int = 14) -> str | None:
    """Equity over time as text; None: there are not two points."""
    points = [(row["at"], float(row["equity"])) for row in rows if row["equity"] is not None]
    if len(points) < 2:
        return None
    figure = plotille.Figure()
    figure.width, figure.height = width, height
    figure.x_label, figure.y_label = "time", "equity"
    figure.register_label_formatter(datetime, _time_label)
    figure.register_label_formatter(float, _money_label)
    low, high = min(value for _, value in points), max(value for _, value in points)
    margin = max((high - low) * 0.05, abs(high) * 0.0001, 0.01)
    figure.set_y_limits(min_=low - margin, max_=high + margin)
    figure.plot([at.astimezone().replace(tzinfo=None) for at, _ in points], [value for _, value in points])
    text: str = figure.show()
    return text


def _time_label(value: datetime, chars: int, delta: Any, left: bool = False) -> str:  # noqa: ARG001 (plotille's signature)
    return f"{value:%m-%d %H:%M}".ljust(chars)[:chars] if left else f"{value:%m-%d %H:%M}".rjust(chars)[-chars:]


def _money_label(value: float, chars: int, delta: Any, left: bool = False) -> str:  # noqa: ARG001 (as above)
    text = f"{value:,.0f}" if abs(value) >= 1000 else f"{value:,.2f}"
    return text.ljust(chars) if left else text.rjust(chars)
