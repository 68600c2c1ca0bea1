"""What can go wrong when services are started on this machine.

EmbeddedError             one line, fit to be shown to a user as it is
├── NoRedisServer         no usable server binary on this machine
├── AlreadyUp             another supervisor looks after this home
├── ServiceFailed         a service did not become ready; quotes its log
└── SupervisorFailed      the supervisor itself did not come up or cannot be stopped
"""

import inspect


class EmbeddedError(Exception):
    """The services of this machine could not be started or stopped."""

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or inspect.getdoc(type(self)))


class NoRedisServer(EmbeddedError):
    """No Redis server was found: install redis-server or valkey-server (6.2 or newer), or set QCJOBS_REDIS_URL."""


class AlreadyUp(EmbeddedError):
    """The services are already up: use them, or stop them with `qcjobs down` first."""


class ServiceFailed(EmbeddedError):
    """A service did not become ready."""


class SupervisorFailed(EmbeddedError):
    """The supervisor of the services did not come up."""
