"""What Celery shows of the settings of beat's scheduler."""

import json

import pytest
from celery import Celery

from workers.beat import configuration

PASSWORD = "p@ss/w:rd-of-redis"
URL = "rediss://beat-user:p%40ss%2Fw%3Ard-of-redis@redis.internal:6380/2?ssl_ca_certs=/ca.pem"


def test_the_password_of_redis_is_not_in_what_celery_shows() -> None:
    """`celery report`, `celery inspect conf` and Flower's pages print the configuration."""
    app = Celery("shown", set_as_current=False)
    app.conf.update(configuration(URL))

    shown = "".join(map(str, (app.conf.humanize(), json.dumps(app.conf.table(), default=str), app.bugreport())))

    assert "redis.internal:6380/2" in shown
    assert all(secret not in shown for secret in (PASSWORD, "p%40ss", "w%3Ard"))


def test_the_password_still_arrives() -> None:
    """Decoded, as the Redis client wants it; everything else of the URL is kept."""
    told = configuration(URL)

    assert told["redbeat_redis_url"] == "rediss://redis.internal:6380/2?ssl_ca_certs=/ca.pem"
    assert (told["redbeat_redis_options"]["username"], told["redbeat_redis_options"]["password"]) == (
        "beat-user",
        PASSWORD,
    )


def test_a_password_among_the_options_of_the_url_is_taken_out_as_well() -> None:
    """Redis clients take it there, too."""
    told = configuration("redis://redis.internal:6379/0?password=p%40ss&health_check_interval=5")

    assert told["redbeat_redis_url"] == "redis://redis.internal:6379/0?health_check_interval=5"
    assert told["redbeat_redis_options"]["password"] == "p@ss"


@pytest.mark.parametrize("url", ["redis://127.0.0.1:6379/0", "redis://[::1]:6379/0"])
def test_a_redis_without_password_gets_none(url: str) -> None:
    """An empty one would be refused."""
    told = configuration(url)

    assert told["redbeat_redis_url"] == url
    assert "password" not in told["redbeat_redis_options"]
