"""Chains, as named functions. Whoever starts a run of a job does it here."""

from __future__ import annotations

from celery import chain

from tasks import backtests


def run_backtest(job_id: str, run: int) -> None:
    """Send the chain of one run.

    upload → compile → poll_compile → create → poll_results; the signatures are immutable: what a link needs, it reads
    from the ledger.
    """
    links = (backtests.upload, backtests.compile_, backtests.poll_compile, backtests.create, backtests.poll_results)
    chain(*(link.si(job_id=job_id, run=run) for link in links)).apply_async()
