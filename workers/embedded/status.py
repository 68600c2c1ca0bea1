"""Where the services are and how they do, as values; what `up`, `demo`, `status` and `doctor` print."""

from dataclasses import dataclass
from pathlib import Path

from workers.embedded import lock
from workers.embedded.home import Home
from workers.embedded.record import DOWN, FAILED, READY, STARTING, Record


@dataclass(frozen=True, slots=True)
class Endpoints:
    """Addresses without secrets; None for what this home does not run."""

    redis: str | None = None  #: host:port
    emulator: str | None = None  #: base URL of its API
    flower: str | None = None  #: URL
    flower_user: str | None = None
    flower_password_file: Path | None = None  #: 0600

    @classmethod
    def of(cls, record: Record) -> "Endpoints":
        """The addresses that a record names."""
        redis, emulator, flower = (
            record.services[name].address if name in record.services else {} for name in ("redis", "emulator", "flower")
        )
        return cls(
            redis=redis.get("address"),
            emulator=emulator.get("base_url"),
            flower=flower.get("url"),
            flower_user=flower.get("user"),
            flower_password_file=Path(flower["password_file"]) if "password_file" in flower else None,
        )


@dataclass(frozen=True, slots=True)
class ServiceStatus:
    """One service now."""

    name: str
    state: str  #: "running", "restarting", "crashing" or "gone"
    pid: int | None
    restarts: int
    log: Path


@dataclass(frozen=True, slots=True)
class Status:
    """All of them now."""

    state: str  #: "ready", "starting", "failed" or "down"
    error: str | None  #: why it failed, one line
    endpoints: Endpoints
    services: tuple[ServiceStatus, ...]

    @property
    def is_up(self) -> bool:
        """Whether everything that was asked for has been started and is looked after."""
        return self.state == READY


def status(home: Home) -> Status:
    """How the services of this home do. Looks at processes and files; asks no service."""
    record = Record.read(home)
    looked_after = lock.is_held(home)
    if looked_after:
        known = record.supervisor is not None and record.supervisor.is_alive()
        state = record.state if known else STARTING
    else:
        state = FAILED if record.state == FAILED else DOWN
    services = []
    for name, service in record.services.items():
        alive = service.process is not None and service.process.is_alive()
        if not alive and not looked_after:
            continue
        now = service.state if alive or service.state != "running" else "gone"
        pid = service.process.pid if service.process and alive else None
        services.append(ServiceStatus(name, now, pid, service.restarts, Path(service.log)))
    endpoints = Endpoints.of(record) if looked_after else Endpoints()
    error = record.error if state == FAILED else None
    return Status(state, error, endpoints, tuple(services))
