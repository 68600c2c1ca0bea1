"""Which services `qcjobs up` runs, and their command lines.

Redis and the emulator come first and publish where they are; worker, beat and Flower read that through the settings,
from the home that QCJOBS_HOME names:

    run/redis-url        the URL with its password; only while the embedded Redis runs
    run/emulator.json    {"base_url", "user_id", "api_token", "organization_id"}; only while the emulator runs

No command line carries a secret, since every user of a machine can read those.
"""

import json
import sys
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Final, Self

from tasks import lanes
from workers.embedded import ports
from workers.embedded.home import Home
from workers.embedded.processes import Service
from workers.embedded.redis_server import RedisServer

NAMES: Final = ("redis", "emulator", "worker", "control", "beat", "flower")

EMULATOR_PORT: Final = 5612  # where the LEAN CLI looks when it is told QC_API=local (lean-cli, components/config)
EMULATOR_USER: Final = "1"
# The organization of the emulated account; the emulator derives it from its own name.
EMULATOR_ORGANIZATION: Final = "98ae071e678b2983c75cf3123428195c"
FLOWER_PORT: Final = 5555  # Flower's own default
FLOWER_USER: Final = "qcjobs"
CONTROL_CONCURRENCY: Final = 4  # steps at the same time of the worker that is kept for what is urgent

_INFRASTRUCTURE = 0
_CELERY = 1
_FLOWER_CONFIG = Path(__file__).parent.parent / "flowerconfig.py"
_CELERY_COMMAND = (sys.executable, "-m", "celery", "-A", "workers")


@dataclass(frozen=True, slots=True)
class Options:
    """What to start. Holds no secrets: it travels on the command line of the detached supervisor."""

    #: Leave out "redis" when a Redis URL is configured, and "emulator" when there are credentials for QuantConnect.
    services: tuple[str, ...] = NAMES
    #: In addition to the host and port, such as `("--nodes", "4")`.
    emulator_arguments: tuple[str, ...] = ()
    #: Steps the worker carries out at the same time. A step waits for the network most of its life.
    concurrency: int = 16

    def __post_init__(self) -> None:
        if unknown := set(self.services) - set(NAMES):
            raise ValueError(f"no such service: {', '.join(sorted(unknown))}; there are {', '.join(NAMES)}")

    def to_json(self) -> str:
        """For another process."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Self:
        """What `to_json` wrote."""
        value = json.loads(text)
        return cls(tuple(value["services"]), tuple(value["emulator_arguments"]), int(value["concurrency"]))


EVERYTHING: Final = Options()


def plan(home: Home, options: Options) -> list[Service]:
    """The services to run. Chooses ports and passwords; starts nothing.

    Raises:
        NoRedisServer: An embedded Redis is wanted and there is no program for it.
        OSError: The home cannot be written.
    """
    makers = {
        "redis": lambda: RedisServer(home).service(),
        "emulator": lambda: _emulator(home, options),
        "worker": lambda: _worker(home, "worker", lanes.BUT_CONTROL, options.concurrency),
        "control": lambda: _worker(home, "control", (lanes.CONTROL,), CONTROL_CONCURRENCY),
        "beat": lambda: _beat(home),
        "flower": lambda: _flower(home),
    }
    return [makers[name]() for name in NAMES if name in options.services]


def _emulator(home: Home, options: Options) -> Service:
    port = ports.keep_port(home, "emulator", EMULATOR_PORT)
    base_url = f"http://{ports.LOOPBACK}:{port}/api/v2"
    token = home.secret("emulator-token")
    account = {
        "base_url": base_url,
        "user_id": EMULATOR_USER,
        "api_token": token,
        "organization_id": EMULATOR_ORGANIZATION,
    }
    command = (sys.executable, "-m", "cli.main", "emulator", "--host", ports.LOOPBACK, "--port", str(port))
    return Service(
        name="emulator",
        argv=(*command, "--user-id", EMULATOR_USER, *options.emulator_arguments),
        ready=partial(ports.answers_http, port, "/emulator/state"),
        stage=_INFRASTRUCTURE,
        environment={"QC_EMULATOR_TOKEN": token},
        private_files={"emulator.json": json.dumps(account)},
        address={"base_url": base_url},
    )


def _worker(home: Home, name: str, served: Iterable[str], concurrency: int) -> Service:
    flag = home.run / f"{name}.ready"
    pool = ("-P", "threads", "-c", str(concurrency), "-Q", ",".join(served))
    return Service(
        name=name,
        argv=(
            *(*_CELERY_COMMAND, "worker", *pool, "-E", "-n", f"{name}@%h", "--loglevel", "INFO"),
            *("--include", "workers.embedded.readiness"),
        ),
        ready=flag.exists,
        stage=_CELERY,
        environment={"QCJOBS_READY_FILE": str(flag)},
        grace=30.0,  # for the steps in its hands; what is cut off is begun again by the reconciler
        stale=(flag,),
    )


def _beat(home: Home) -> Service:
    # Beat writes its pid file once the app is loaded and its schedule is about to be looked at.
    pid_file: Path = home.run / "beat.pid"
    return Service(
        name="beat",
        argv=(*_CELERY_COMMAND, "beat", "--pidfile", str(pid_file), "--loglevel", "INFO"),
        ready=pid_file.exists,
        stage=_CELERY,
        stale=(pid_file,),
    )


def _flower(home: Home) -> Service:
    port = ports.keep_port(home, "flower", FLOWER_PORT)
    password = home.secret("flower-password")
    return Service(
        name="flower",
        argv=(
            *_CELERY_COMMAND,
            "flower",
            *(f"--conf={_FLOWER_CONFIG}", f"--address={ports.LOOPBACK}", f"--port={port}"),
        ),
        ready=partial(ports.answers_http, port, "/healthcheck"),
        stage=_CELERY,
        # Without a login Flower shows every task to everybody on this machine.
        environment={"FLOWER_BASIC_AUTH": f"{FLOWER_USER}:{password}"},
        address={
            "url": f"http://{ports.LOOPBACK}:{port}",
            "user": FLOWER_USER,
            "password_file": str(home.run / "flower-password"),
        },
    )
