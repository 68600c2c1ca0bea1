"""Where a person looks at what a job made in the cloud."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

from orchestrator.jobs import Job


def link(job: Job) -> str | None:
    """The page of its backtest, at the host of the account that the job ran under; None: there is none yet."""
    if job.backtest_id is None or job.project_id is None:
        return None
    host = job.account.rpartition("@")[2]
    scheme = "http" if _is_loopback(host) else "https"
    return f"{scheme}://{host}/project/{job.project_id}/{job.backtest_id}"


def _is_loopback(host: str) -> bool:
    name = urlsplit(f"//{host}").hostname or ""
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return name == "localhost"
