"""The servers and the isolation that all tests rely on."""

import os
from pathlib import Path

import pytest
import redis
import sqlalchemy

from tests.support.eventually import eventually


def test_no_test_sees_the_credentials_of_its_reader() -> None:
    """A test must never reach a real account by accident."""
    assert not [name for name in os.environ if name.startswith(("QC_", "QCJOBS_"))]
    assert not Path("~/.lean").expanduser().exists()


@pytest.mark.parametrize("turn", [1, 2])
def test_every_test_gets_an_empty_redis(redis_url: str, turn: int) -> None:
    """Order must not matter."""
    with redis.Redis.from_url(redis_url) as client:
        assert client.dbsize() == 0
        client.set("left behind", turn)


@pytest.mark.parametrize("turn", [1, 2])
def test_every_test_gets_an_empty_postgresql_database(postgres_url: str, turn: int) -> None:
    """Order must not matter."""
    engine = sqlalchemy.create_engine(postgres_url)
    with engine.begin() as connection:
        assert sqlalchemy.inspect(connection).get_table_names() == []
        connection.execute(sqlalchemy.text("CREATE TABLE left_behind (id integer)"))
        assert "PostgreSQL" in connection.execute(sqlalchemy.text("SELECT version()")).scalar_one()
    engine.dispose()


def test_waiting_in_vain_names_what_was_awaited() -> None:
    """A red test should say what did not happen."""
    with pytest.raises(AssertionError, match=r"waited in vain for rain .0.05 s; last answer: 0"):
        eventually(lambda: 0, within=0.05, what="rain")
