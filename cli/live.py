"""`qcjobs live`: the commands about what trades. Looking costs no request while the watch runs."""

from __future__ import annotations

from typing import Final

import click

from cli.epilog import examples
from cli.lazy import lazy_group

COMMANDS: Final = {
    "list": ("cli.live_looking", "list_", "What trades, and what did."),
    "show": ("cli.live_looking", "show", "Everything the ledger knows about a project's algorithm."),
    "holdings": ("cli.live_looking", "holdings", "What it holds."),
    "history": ("cli.live_looking", "history", "Its equity over time, as a chart or a file."),
    "watch": ("cli.live_watching", "watch", "Look at it while it happens."),
    "deploy": ("cli.live_deploying", "deploy", "Start an algorithm that trades."),
    "stop": ("cli.live_ending", "stop", "End it; what it holds stays as it is."),
    "liquidate": ("cli.live_ending", "liquidate", "Sell everything it holds, and end it."),
    "command": ("cli.live_commanding", "command", "Hand a message to it, or to all."),
    "audit": ("cli.live_looking", "audit", "Who asked for what, and what came of it."),
}
"""Name: module, function, one line for the overview."""


@click.command(
    cls=lazy_group(COMMANDS),
    epilog=examples(
        "qcjobs live list",
        "qcjobs live deploy examples/rsi --brokerage paper",
        "qcjobs live watch",
        "qcjobs live liquidate 12345678",
        "qcjobs live liquidate --all --yes",
    ),
)
def live() -> None:
    """Live trading: what runs, what it holds, and how to end it.

    Stop and liquidate go ahead of everything else, and are tried again until QuantConnect confirms them.
    """
