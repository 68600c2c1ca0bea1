"""What a Redis URL may say."""

import pytest

from orchestrator.redis_address import SentinelAddress, is_sentinel, tls_options
from orchestrator.settings import load_settings
from workers.transport import broker

PASSWORD = "p/w@4711"


def test_a_sentinels_url_names_all_of_them_and_the_server_they_watch() -> None:
    """With the server's own login."""
    address = SentinelAddress.parse("sentinel://user:p%2Fw%404711@one:26380,two,[::1]:26381/main/3")

    assert address.sentinels == (("one", 26380), ("two", 26379), ("::1", 26381))
    assert (address.master, address.db, address.username, address.password) == ("main", 3, "user", PASSWORD)
    assert (address.tls, address.sentinel_password) == (None, None)
    assert PASSWORD not in repr(address)


def test_with_tls_certificates_are_checked_unless_somebody_says_otherwise() -> None:
    """An unchecked certificate protects from nobody who can stand in the middle."""
    address = SentinelAddress.parse("sentinels://one/main?ssl_ca_certs=/ca.pem")
    assert address.tls == {"ssl_ca_certs": "/ca.pem", "ssl_cert_reqs": "required", "ssl_check_hostname": True}
    assert tls_options({"ssl_check_hostname": "false"})["ssl_check_hostname"] is False


@pytest.mark.parametrize(
    "url", ["sentinel://one:26379", f"sentinel://:{PASSWORD}@/main", "sentinel://one/main/x", "redis://one/main"]
)
def test_what_is_no_sentinels_url_is_told_without_repeating_it(url: str) -> None:
    """It may hold a password."""
    with pytest.raises(ValueError, match="sentinel") as caught:
        SentinelAddress.parse(url)
    assert PASSWORD not in str(caught.value)


def test_celery_gets_every_sentinel_and_the_masters_name() -> None:
    """In its own words."""
    told = broker("sentinel://:p%2Fw%404711@one:1,two:2/main/3?sentinel_password=s")
    assert told["broker_url"] == "sentinel://:p%2Fw%404711@one:1/3;sentinel://:p%2Fw%404711@two:2/3"
    assert told["broker_transport_options"] == {"master_name": "main", "sentinel_kwargs": {"password": "s"}}
    assert told["broker_use_ssl"] is None


def test_celery_gets_the_certificates() -> None:
    """A `rediss://` without further words checks them, too."""
    import ssl

    told = broker("rediss://:pw@host:6380/0?ssl_ca_certs=/ca.pem")
    assert told["broker_url"] == "rediss://:pw@host:6380/0"
    assert told["broker_use_ssl"]["ssl_ca_certs"] == "/ca.pem"
    assert told["broker_use_ssl"]["ssl_cert_reqs"] is ssl.CERT_REQUIRED
    assert broker("rediss://host/0")["broker_use_ssl"]["ssl_cert_reqs"] is ssl.CERT_REQUIRED


def test_the_sentinels_own_password_comes_as_a_secret_of_its_own() -> None:
    """Beside the server's."""
    env = {
        "QCJOBS_REDIS_URL": "sentinel://one/main",
        "QCJOBS_REDIS_PASSWORD": "server",
        "QCJOBS_SENTINEL_PASSWORD": PASSWORD,
    }
    settings = load_settings(env)
    assert settings.redis_url is not None
    url = settings.redis_url.get_secret_value()
    assert is_sentinel(url)
    address = SentinelAddress.parse(url)
    assert (address.password, address.sentinel_password) == ("server", PASSWORD)
    assert PASSWORD not in repr(settings)
