"""Every setting of the emulator, with its unit and its default.

Durations are seconds of emulated time; `speed` says how many of them pass in one second of a real clock.
"""

import hashlib
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class EmulatorOptions:
    """What the emulated account looks like and how fast its world turns."""

    host: str = "127.0.0.1"
    port: int = 5612  #: the port at which the LEAN CLI looks with QC_API=local; 0 takes any free one
    user_id: int = 1
    api_token: str = field(default="emulator", repr=False)
    organization_id: str = hashlib.md5(b"qcjobs emulator", usedforsecurity=False).hexdigest()

    nodes: int = 2  #: backtest nodes, and so the number of backtests that run at once
    compile_seconds: float = 2.0  #: from compile/create to its verdict
    backtest_seconds: float = 10.0  #: from backtests/create to the status Completed
    statistics_lag: float = 2.0  #: from Completed to the appearance of the statistics
    loading_seconds: float = 2.0  #: from the first read of orders, a chart or a report to its arrival
    list_lag: float = 0.0  #: how long a new backtest is missing from backtests/list
    node_release_lag: float = 0.0  #: how long a node stays busy after its backtest ended
    live_nodes: int = 2  #: and so the number of algorithms that trade at once
    deploy_seconds: float = 10.0  #: from live/create to the status Running
    live_refresh_seconds: float = 600.0  #: between two snapshots of a live portfolio; the log is twice as fresh
    object_seconds: float = 2.0  #: from asking for stored objects to the link of their archive
    object_downloads: bool = True  #: False: the organization's data licence forbids to download stored objects
    speed: float = 1.0  #: emulated seconds per real second

    seed: int | None = None  #: fixes ids and results; without it, ids never repeat and results follow the code alone
    max_file_size: int = 64_000  #: characters per file, as of the tier "Quant Researcher"

    login_attempts: int = 10  #: failed logins in a row until a user is locked out
    lockout_seconds: float = 900.0  #: length of a lock-out; the real one is not published

    def __post_init__(self) -> None:
        if self.speed <= 0:
            raise ValueError("speed must be greater than 0")
        if self.nodes < 0:
            raise ValueError("nodes must not be negative")
        if self.live_nodes < 0:
            raise ValueError("live_nodes must not be negative")
        if self.live_refresh_seconds < 1:
            raise ValueError("live_refresh_seconds must be 1 or more")

    @property
    def url(self) -> str:
        """Where the emulator is served, without a slash at the end; links in replies begin with it."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}"
