"""Live trading: what is asked for, by whom, and what the watch over it sees.

from orchestrator import live

live.liquidate(12345678).wait()

The steps that talk to QuantConnect stand in `orchestrator.workflow` with all others.
"""

from orchestrator.live.requests import command, deploy, liquidate, stop

__all__ = ["command", "deploy", "liquidate", "stop"]
