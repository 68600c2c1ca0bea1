"""A job through a Redis with TLS, and through one behind Sentinel that loses its master on the way."""

from __future__ import annotations

from pathlib import Path

import pytest

from orchestrator.errors import RedisUnavailable
from orchestrator.preflight import require_redis
from orchestrator.settings import load_settings
from tests.support.eventually import eventually
from tests.support.house import house
from tests.support.sentinel import SENTINEL_PASSWORD, Watched
from tests.support.tls_proxy import TlsProxy


def test_a_job_runs_over_tls_and_a_stranger_is_not_trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Celery, the request budget and the checks, each over TLS with the certificate checked."""
    with house(tmp_path, monkeypatch.setenv) as running, TlsProxy(tmp_path, running.redis.port) as proxy:
        secure = running.redis.url.replace("redis://", "rediss://").replace(
            f":{running.redis.port}/", f":{proxy.port}/"
        )
        monkeypatch.setenv("QCJOBS_REDIS_URL", f"{secure}?ssl_ca_certs={proxy.authority}")
        assert require_redis(load_settings())["aof_enabled"] == 1
        running.start_worker()
        running.start_beat()

        running.wait([running.submit()])

        assert f"rediss://•••@127.0.0.1:{proxy.port}" in (tmp_path / "worker.log").read_text()
        with pytest.raises(RedisUnavailable, match="does not answer"):
            require_redis(load_settings({"QCJOBS_REDIS_URL": secure}))  # nobody vouches for this certificate


def test_jobs_go_on_when_sentinel_names_another_master(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Worker and beat ask the sentinel anew, and nothing of the job is lost."""
    (tmp_path / "servers").mkdir()
    with house(tmp_path, monkeypatch.setenv, backtest_seconds=8) as running, Watched(tmp_path / "servers") as watched:
        monkeypatch.setenv("QCJOBS_REDIS_URL", watched.url)
        monkeypatch.setenv("QCJOBS_SENTINEL_PASSWORD", SENTINEL_PASSWORD)
        running.start_worker()
        running.start_beat()
        first = running.submit("alpha")
        running.wait_for_step(first, "poll_results")
        master = watched.master()

        watched.kill(master)
        eventually(lambda: watched.master() != master, within=60, every=0.2, what="another master")

        running.wait([first, running.submit("beta")], within=150)
        assert len(running.created("backtest")) == 2
