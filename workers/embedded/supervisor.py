"""Start services in order, keep them running, stop them in reverse order.

One thread does it all, from the first start to the last stop (see `Child.start` for why it must be one). A service
that crashes is started again after a growing pause of ten seconds at most, for as long as it takes: what broke it may
pass by itself, as a full disk does. One that crashes again and again says so in the log and in `status`.
"""

import logging
import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from threading import Event

from workers.embedded.errors import ServiceFailed
from workers.embedded.home import Home
from workers.embedded.processes import Child, Service, put_aside_if_large
from workers.embedded.record import ServiceRecord

_log = logging.getLogger(__name__)

_LOOK_EVERY = 0.2  # seconds between two looks at the processes
_TRIM_EVERY = 30.0  # seconds between two looks at their logs


@dataclass(slots=True)
class RestartBudget:
    """When a crashed service may start again: after 0.5, 1, 2, 4, 8 seconds, then every ten."""

    limit: int = 5  #: crashes in a window; with more of them, somebody should look at the cause
    window: float = 60.0  #: seconds
    first_pause: float = 0.5  #: seconds
    longest_pause: float = 10.0  #: seconds; jobs go on within 15 s of the end of what broke the worker
    _spent: deque[float] = field(default_factory=deque)

    def spend(self, now: float) -> float:
        """Take one restart out of the budget.

        Args:
            now: Seconds, by a clock that only goes forward.

        Returns:
            The pause in seconds before the start.
        """
        while self._spent and self._spent[0] <= now - self.window:
            self._spent.popleft()
        pause = self.first_pause * 2.0 ** len(self._spent)
        self._spent.append(now)
        return min(pause, self.longest_pause)

    @property
    def is_overdrawn(self) -> bool:
        """Whether it crashed more often than its budget allows."""
        return len(self._spent) > self.limit


@dataclass(slots=True)
class _Charge:
    """A service that is being looked after."""

    child: Child
    budget: RestartBudget
    start_at: float | None = None  #: monotonic seconds; set while a restart is planned
    restarts: int = 0

    @property
    def name(self) -> str:
        return self.child.service.name

    def record(self) -> ServiceRecord:
        down = "crashing" if self.budget.is_overdrawn else "restarting"
        state = "running" if self.start_at is None else down
        return ServiceRecord(
            process=self.child.identity,
            state=state,
            restarts=self.restarts,
            log=str(self.child.log),
            address=dict(self.child.service.address),
        )


class Supervisor:
    """Looks after services from `run` until `stop` is set."""

    def __init__(
        self,
        home: Home,
        services: Iterable[Service],
        *,
        report: Callable[[dict[str, ServiceRecord]], None],
        budget: Callable[[], RestartBudget] = RestartBudget,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Plan; nothing starts before `run`.

        `report` is told about all services started so far, whenever something about them changes; `budget` makes
        one for each of them; `clock` gives seconds and only goes forward.
        """
        self._home = home
        in_order = sorted(services, key=lambda service: service.stage)
        self._charges = [_Charge(Child(service, home), budget()) for service in in_order]
        self._report = report
        self._told = True
        self._clock = clock
        self._trim_at = 0.0

    def run(self, stop: Event, on_ready: Callable[[], None]) -> None:
        """Start everything, call `on_ready`, watch until `stop` is set; in the end everything is stopped.

        Raises:
            ServiceFailed: A service did not become ready; those that did have been stopped again.
            OSError: Something could not be written or started.
        """
        try:
            for _, charges in groupby(self._charges, key=lambda charge: charge.child.service.stage):
                self._start(list(charges), stop)
            if not stop.is_set():
                on_ready()
            while not stop.wait(_LOOK_EVERY):
                for charge in self._charges:
                    self._tend(charge)
                if self._clock() >= self._trim_at:
                    self._trim_logs()
                if not self._told:
                    self._tell_if_possible()
        finally:
            self._stop()

    def _start(self, charges: Sequence[_Charge], stop: Event) -> None:
        if stop.is_set():
            return
        for charge in charges:
            charge.child.start()
            self._tell()
        for charge in charges:
            self._wait_ready(charge.child, stop)
            for name, text in charge.child.service.private_files.items():
                self._home.write_private(name, text)

    def _wait_ready(self, child: Child, stop: Event) -> None:
        service = child.service
        deadline = self._clock() + service.ready_within
        while not stop.is_set():
            ready = service.ready()
            # Asked second: an answer on its port may come from somebody else while it has failed to get the port.
            if not child.is_running():
                raise ServiceFailed(_obituary(child))
            if ready:
                return
            if self._clock() >= deadline:
                raise ServiceFailed(
                    f"{service.name} was not ready after {service.ready_within:g} s; "
                    f"it said last: {child.last_words() or 'nothing'} ({child.log})"
                )
            stop.wait(0.05)

    def _tend(self, charge: _Charge) -> None:
        if charge.start_at is None:
            if not charge.child.is_running():
                self._plan_restart(charge, _obituary(charge.child))
        elif self._clock() >= charge.start_at:
            try:
                charge.child.start()
            except OSError as error:
                self._plan_restart(charge, f"{charge.name} cannot be started: {error}")
                return
            charge.start_at = None
            charge.restarts += 1
            self._tell_if_possible()

    def _trim_logs(self) -> None:
        self._trim_at = self._clock() + _TRIM_EVERY
        try:
            for charge in self._charges:
                charge.child.trim_log()
            put_aside_if_large(self._home.log("supervisor"))
        except OSError as error:
            _log.warning("a log cannot be put aside: %s", error)

    def _plan_restart(self, charge: _Charge, why: str) -> None:
        pause = charge.budget.spend(self._clock())
        charge.start_at = self._clock() + pause
        if charge.budget.is_overdrawn:
            _log.error("%s. It crashes again and again; the next try is in %g s.", why, pause)
        else:
            _log.warning("%s. It starts again in %g s.", why, pause)
        self._tell_if_possible()

    def _stop(self) -> None:
        for _, group in groupby(reversed(self._charges), key=lambda charge: charge.child.service.stage):
            children = [charge.child for charge in group]
            asked_at = self._clock()
            for child in children:
                child.terminate()
            for child in children:
                child.end(max(0.0, asked_at + child.service.grace - self._clock()))
                for name in child.service.private_files:
                    self._home.remove_private(name)

    def _tell(self) -> None:
        self._report({charge.name: charge.record() for charge in self._charges if charge.child.identity is not None})

    def _tell_if_possible(self) -> None:
        # A full disk must not end the services that still run.
        try:
            self._tell()
        except OSError as error:
            if self._told:
                _log.warning("services.json cannot be written, and is tried again: %s", error)
            self._told = False
        else:
            self._told = True


def _obituary(child: Child) -> str:
    return (
        f"{child.service.name} ended with status {child.exit_status()}; "
        f"it said last: {child.last_words() or 'nothing'} ({child.log})"
    )
