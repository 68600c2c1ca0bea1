"""The surroundings all tests share: an environment without credentials, a real Redis, a real PostgreSQL.

The servers are started once per test process (so every pytest-xdist worker has its own) and only when a test asks.
"""

import os
import uuid
from collections.abc import Iterator

import pytest
import redis
from hypothesis import settings

from tests.support.hard import HARD
from tests.support.postgres import NewDatabase, running_postgres
from workers.embedded.home import Home
from workers.embedded.redis_server import RedisServer

settings.register_profile(HARD, max_examples=10_000)

# Prefixes of variables that could carry someone's credentials or point at someone's services.
_FOREIGN = ("QC_", "QCJOBS_", "FLOWER_", "CELERY_")


@pytest.fixture(autouse=True)
def _isolated_environment(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """No test sees the credentials, settings or home folder of the person who runs it, unless it is marked to."""
    if request.node.get_closest_marker("integration"):
        return
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("HOME", str(home))
    for name in [name for name in os.environ if name.startswith(_FOREIGN)]:
        monkeypatch.delenv(name)


@pytest.fixture(scope="session")
def redis_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    """One real server with password and append-only file, as `qcjobs up` would start it.

    A test that stops, kills or restarts a server should start its own, with `RedisServer(Home(tmp_path))`.
    """
    server = RedisServer(Home(tmp_path_factory.mktemp("redis")))
    server.start()
    yield server
    server.stop()


@pytest.fixture
def redis_url(redis_server: RedisServer) -> str:
    """The URL of an empty database on the shared server."""
    with redis.Redis.from_url(redis_server.url) as client:
        client.flushall()
    return redis_server.url


@pytest.fixture(scope="session")
def _new_database() -> Iterator[NewDatabase]:
    """Start PostgreSQL, and hand out a function that makes an empty database of a given name."""
    with running_postgres() as create:
        yield create


@pytest.fixture
def postgres_url(_new_database: NewDatabase) -> str:
    """The SQLAlchemy URL of an empty database of this test's own, over a Unix socket."""
    return _new_database(f"test_{uuid.uuid4().hex}").render_as_string(hide_password=False)
