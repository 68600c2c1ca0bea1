"""What `qcjobs doctor` can find. Each check gets facts and returns findings; it asks nobody and prints nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from cli.failures import UNREACHABLE, WRONG_USE
from orchestrator.rules import Problem
from workers.embedded.record import FAILED, STARTING
from workers.embedded.status import Status

ENOUGH_DISK: Final = 500_000_000  # bytes
TOO_LITTLE_DISK: Final = 50_000_000  # bytes; a few hundred bundles and results
LOGIN: Final = "`qcjobs doctor --login`"
AGAIN: Final = f"the same ones once more only by {LOGIN}."
BAD_CLOCK: Final = 60.0  # seconds; QuantConnect accepts a signature for 7200 s


class Level(StrEnum):
    """How bad it is."""

    OK = "ok"
    NOTE = "note"  #: works, but somebody may want to know
    WRONG = "wrong"  #: a setting has to change: exit code 2
    UNREACHABLE = "unreachable"  #: something does not answer: exit code 3


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at."""

    level: Level
    subject: str
    text: str
    advice: str | None = None  #: what to do about it


def exit_code(findings: Sequence[Finding]) -> int:
    """0 all well, 2 the configuration is wrong, 3 something is unreachable. Of both, 2: it may explain the other."""
    levels = {finding.level for finding in findings}
    if Level.WRONG in levels:
        return WRONG_USE
    return UNREACHABLE if Level.UNREACHABLE in levels else 0


def versions(found: Mapping[str, str]) -> Finding:
    """What runs here."""
    return Finding(Level.OK, "versions", ", ".join(f"{name} {version}" for name, version in found.items()))


def configuration(path: str | None, *, enabled: bool) -> Finding:
    """Which file is in force, and whether it lets anything be submitted."""
    where = path or "no file; the defaults"
    if enabled:
        return Finding(Level.OK, "configuration", where)
    text = f"{where}: platforms.quantconnect.enabled is false, so nothing is submitted."
    return Finding(Level.WRONG, "configuration", text, "Set it to true.")


def bad_configuration(why: str) -> Finding:
    """Nothing else can be looked at."""
    return Finding(Level.WRONG, "configuration", why, "Correct it; docs/configuration.md names every setting.")


def variables(misspelt: Mapping[str, str]) -> list[Finding]:
    """Variables that nobody reads, each with the one that was probably meant."""
    return [
        Finding(Level.NOTE, "environment", f"{name} is no variable of qcjobs.", f"Did you mean {meant}?")
        for name, meant in misspelt.items()
    ]


def timetable(problems: Mapping[str, str | None]) -> list[Finding]:
    """Schedules by name, and what would keep each from being run here and now."""
    if not problems:
        return []
    found = [
        Finding(Level.NOTE, "schedules", f"{name} could not be run here now: {problem}")
        for name, problem in problems.items()
        if problem is not None
    ]
    return [Finding(Level.OK, "schedules", f"{len(problems)} configured; `qcjobs schedules list` shows them"), *found]


def credentials(user_id: int, origin: str | None) -> Finding:
    """Who we are. `origin` is None for the embedded emulator's own user."""
    return Finding(Level.OK, "credentials", f"user {user_id}, from {origin or 'the embedded emulator'}")


def no_credentials(why: str) -> Finding:
    """Nobody to be."""
    advice = "Or try it without an account: `qcjobs up` starts an emulator where there are no credentials."
    return Finding(Level.WRONG, "credentials", why, advice)


def login(base_url: str, *, because: str | None, clock_offset: float) -> list[Finding]:
    """What came of a login: why it was refused, if it was, and how many seconds QuantConnect's clock is ahead."""
    if because is not None:
        text = f"{base_url} answers, but: {because}"
        return [Finding(Level.WRONG, "QuantConnect", text, f"Correct them; new ones are tried by themselves, {AGAIN}")]
    found = [Finding(Level.OK, "QuantConnect", f"{base_url} accepts the credentials")]
    if abs(clock_offset) > BAD_CLOCK:
        text = f"this machine's clock is off by {clock_offset:.0f} s; requests are signed by QuantConnect's clock."
        found.append(Finding(Level.NOTE, "clock", text, "Let the machine set its clock by the network (NTP)."))
    return found


def refused(because: str) -> Finding:
    """A login that is better not repeated."""
    text = f"not asked, because it refused these credentials before: {because}"
    advice = f"Correct them; {AGAIN} Repeated bad logins lock the account."
    return Finding(Level.WRONG, "QuantConnect", text, advice)


def not_asked() -> Finding:
    """The ledger would know whether these credentials were refused."""
    text = "not asked, because without the ledger nobody knows whether it refused these credentials before."
    return Finding(Level.NOTE, "QuantConnect", text, f"Mend the ledger first, or try with {LOGIN}.")


def redis_server(info: Mapping[str, Any]) -> Finding:
    """A Redis that answers."""
    product = info.get("server_name") or "redis"
    return Finding(Level.OK, "Redis", f"{product} {info.get('valkey_version') or info.get('redis_version')} answers")


def preflight(problems: Sequence[Problem]) -> list[Finding]:
    """What keeps workers from starting, or should be changed."""
    return [
        Finding(Level.WRONG if problem.refuses else Level.NOTE, problem.subject, problem.text, problem.advice)
        for problem in problems
    ]


def beat(age: float | None, *, waiting: int) -> Finding:
    """Whether somebody ticks; `waiting` jobs have not ended."""
    if age is not None:
        return Finding(Level.OK, "beat", f"it ticked {age:.0f} s ago")
    text = f"nobody ticks, so nothing begins; {waiting} jobs wait" if waiting else "nobody ticks"
    return Finding(Level.UNREACHABLE, "beat", text, "`qcjobs up`, or `celery -A workers beat`.")


def ledger(url: str, counts: Mapping[str, int]) -> Finding:
    """A ledger that can be read and written."""
    jobs = ", ".join(f"{count} {state}" for state, count in counts.items() if count) or "no jobs yet"
    return Finding(Level.OK, "ledger", f"{url} can be read and written; {jobs}")


def no_ledger(why: str, *, is_file: bool) -> Finding:
    """A ledger that does not answer."""
    advice = "See QCJOBS_HOME." if is_file else "Start the database, or correct QCJOBS_DATABASE_URL; no job is lost."
    return Finding(Level.UNREACHABLE, "ledger", why, advice)


def no_home(folder: str, why: str) -> Finding:
    """QCJOBS_HOME cannot be used."""
    text = f"{folder} cannot be written: {why}."
    return Finding(Level.WRONG, "home", text, "Set QCJOBS_HOME to a folder that this user may write.")


def disk(folder: str, free: int) -> Finding:
    """Room for the files of QCJOBS_HOME, in bytes."""
    text = f"{free / 1e9:.1f} GB free in {folder}"
    if free >= ENOUGH_DISK:
        return Finding(Level.OK, "disk", text)
    level = Level.WRONG if free < TOO_LITTLE_DISK else Level.NOTE
    return Finding(level, "disk", text, "Free some space; a full disk stops every job, though it loses none.")


def services(status: Status) -> list[Finding]:
    """What `qcjobs up` has started on this machine."""
    if status.state == FAILED:
        return [Finding(Level.UNREACHABLE, "services", f"did not start: {status.error}", "Then: `qcjobs up`.")]
    if not status.services:
        text = "`qcjobs up` has started nothing on this machine"
        return [Finding(Level.NOTE, "services", text, "Start them, unless they run elsewhere.")]
    running = [service.name for service in status.services if service.state == "running"]
    found = [
        Finding(
            Level.UNREACHABLE,
            service.name,
            f"{service.state}, after {service.restarts} restarts",
            f"See {service.log}; it is started again by itself, every 10 s at the latest.",
        )
        for service in status.services
        if service.state != "running"
    ]
    note = " (still starting)" if status.state == STARTING else ""
    return [Finding(Level.OK, "services", f"{', '.join(running)} run here{note}"), *found] if running else found


def workers(names: Sequence[str], *, waiting: int) -> Finding:
    """Who answered a ping; `waiting` jobs have not ended."""
    if names:
        return Finding(Level.OK, "workers", f"{', '.join(sorted(names))} answer{'s' if len(names) == 1 else ''}")
    text = f"no worker answers, so nothing moves; {waiting} jobs wait" if waiting else "no worker answers"
    return Finding(Level.UNREACHABLE, "workers", text, "`qcjobs up`, or `celery -A workers worker`.")


def flower(url: str | None, *, answers: bool) -> list[Finding]:
    """The dashboard of `qcjobs up`."""
    if url is None:
        return []
    if answers:
        return [Finding(Level.OK, "Flower", f"{url} answers")]
    return [Finding(Level.UNREACHABLE, "Flower", f"{url} does not answer", "The jobs do not need it; see its log.")]
