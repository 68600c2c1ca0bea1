"""`run/services.json`: what runs, for `qcjobs status`, `qcjobs down` and the people who look. No secrets in it.

    {"state": "ready", "error": null,
     "supervisor": {"pid": 4711, "created": 1767225600.25},
     "services": {"redis": {"pid": …, "created": …, "state": "running", "restarts": 0, "log": …}, …},
     "redis": {"address": …, "url_file": …}, "emulator": {"base_url": …}, "flower": {"url": …, …}}

Secrets stand in files of their own beside it. Written as a whole, so a reader never sees half of it.
"""

import json
from dataclasses import dataclass, field
from typing import Any, Final

from workers.embedded.home import Home
from workers.embedded.identity import ProcessIdentity

FILE: Final = "services.json"

STARTING: Final = "starting"
READY: Final = "ready"
FAILED: Final = "failed"  # with the reason in `error`; nothing runs
DOWN: Final = "down"


@dataclass(frozen=True, slots=True)
class ServiceRecord:
    """One service, as the supervisor saw it last."""

    process: ProcessIdentity | None
    state: str  #: "running", "restarting" (it crashed) or "crashing" (again and again)
    restarts: int = 0
    log: str = ""
    address: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Record:
    """Everything `services.json` says."""

    state: str = DOWN
    error: str | None = None
    supervisor: ProcessIdentity | None = None
    services: dict[str, ServiceRecord] = field(default_factory=dict)

    def write(self, home: Home) -> None:
        """Replace the file.

        Raises:
            OSError: It cannot be written; the former one is still there.
        """
        home.write_private(FILE, json.dumps(self._to_json(), indent=2) + "\n")

    @staticmethod
    def remove(home: Home) -> None:
        """Say "down"; works on a full disk, too."""
        home.remove_private(FILE)

    @classmethod
    def read(cls, home: Home) -> "Record":
        """What the file says; "down" when there is none, or none that can be understood."""
        try:
            content = json.loads(home.read_private(FILE) or "{}")
        except json.JSONDecodeError:
            return cls()
        if not isinstance(content, dict):
            return cls()
        services = content.get("services") or {}
        return cls(
            state=str(content.get("state", DOWN)),
            error=content.get("error"),
            supervisor=ProcessIdentity.from_json(content.get("supervisor")),
            services={name: _service_from_json(value, content.get(name)) for name, value in services.items()},
        )

    def _to_json(self) -> dict[str, Any]:
        services = {name: _service_to_json(service) for name, service in self.services.items()}
        addresses = {name: service.address for name, service in self.services.items() if service.address}
        supervisor = _process_to_json(self.supervisor)
        return {"state": self.state, "error": self.error, "supervisor": supervisor, "services": services, **addresses}


def _process_to_json(process: ProcessIdentity | None) -> dict[str, Any]:
    return {"pid": process.pid, "created": process.created} if process else {}


def _service_to_json(service: ServiceRecord) -> dict[str, Any]:
    life = {"state": service.state, "restarts": service.restarts, "log": service.log}
    return _process_to_json(service.process) | life


def _service_from_json(value: dict[str, Any], address: dict[str, str] | None) -> ServiceRecord:
    return ServiceRecord(
        process=ProcessIdentity.from_json(value),
        state=str(value.get("state", "")),
        restarts=int(value.get("restarts", 0)),
        log=str(value.get("log", "")),
        address=address or {},
    )
