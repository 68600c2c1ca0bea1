"""The ledger: the SQL store of jobs, results and events. The only truth; Redis merely carries."""

from orchestrator.ledger.ledger import Ledger, Tables

__all__ = ["Ledger", "Tables"]
