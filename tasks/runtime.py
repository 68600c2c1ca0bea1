"""Where tasks find the runtime that `workers.bootstrap` built for their process."""

from __future__ import annotations

from orchestrator.runtime import Runtime

_installed: list[Runtime] = []


def install(runtime: Runtime | None) -> None:
    """Hand the runtime in, or take it away."""
    _installed[:] = [] if runtime is None else [runtime]


def current() -> Runtime:
    """The runtime of this process.

    Raises:
        RuntimeError: Tasks run outside a worker that was set up.
    """
    if not _installed:
        raise RuntimeError("no runtime is installed: tasks run in a worker started with `celery -A workers worker`")
    return _installed[0]
