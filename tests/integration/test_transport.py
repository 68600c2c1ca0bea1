"""Celery's carrier over a real Redis."""

from collections.abc import Iterator
from typing import Any

import pytest
import redis
from kombu import Connection

from workers.transport import MendedTransport


@pytest.fixture
def channel(redis_url: str) -> Iterator[Any]:
    """Of a connection that is open. kombu's stubs know little of it."""
    with Connection(redis_url, transport=MendedTransport) as connection:
        yield connection.default_channel


def test_messages_are_sent_by_one_client(channel: Any, redis_url: str) -> None:
    """To make one takes as long as to send a message."""
    clients = set()
    for number in range(3):
        channel._put("lane", {"number": number})
        with channel.conn_or_acquire() as client:
            clients.add(id(client))

    assert len(clients) == 1
    with redis.Redis.from_url(redis_url) as server:
        assert server.llen("lane") == 3


def test_after_its_pool_is_gone_a_channel_makes_a_client_over_the_next(channel: Any, redis_url: str) -> None:
    """As when Redis was restarted: what is sent through the old pool would go to nobody."""
    before = channel._create_client()
    channel._disconnect_pools()

    channel._put("lane", {"number": 1})

    assert channel._create_client() is not before
    assert channel._create_client().connection_pool is channel.pool
    with redis.Redis.from_url(redis_url) as server:
        assert server.llen("lane") == 1
