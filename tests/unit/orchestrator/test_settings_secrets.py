"""Secrets come from the environment or from files, and are shown by nothing."""

import traceback
from pathlib import Path

import pytest

from orchestrator.errors import BadSettings
from orchestrator.service_urls import password_of, with_password
from orchestrator.settings import load_settings

SECRETS = {
    "redis": "redis-password-4711",
    "database": "database-password-4711",
    "token": "api-token-4711-c0ffee",
    "webhook": "T000/B000/webhook-path-4711",
}
URLS = {
    "QCJOBS_REDIS_URL": f"redis://:{SECRETS['redis']}@localhost/0",
    "QCJOBS_DATABASE_URL": f"postgresql://user:{SECRETS['database']}@localhost/jobs",
    "QCJOBS_EVENTS__WEBHOOKS": f"[{{url: 'https://hooks.example.com/{SECRETS['webhook']}'}}]",
}


def leaks(text: str) -> list[str]:
    """Which secrets a text holds."""
    return [secret for secret in SECRETS.values() if secret in text]


def test_no_settings_object_shows_a_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    """They are printed in errors and logs sooner or later."""
    monkeypatch.setenv("QC_USER_ID", "77")
    monkeypatch.setenv("QC_API_TOKEN", SECRETS["token"])
    settings = load_settings(URLS)
    parts = [settings, settings.platforms, settings.quantconnect, settings.events, *settings.events.webhooks]

    for part in [*parts, settings.credentials(), settings.account]:
        assert leaks(f"{part!r} {part}") == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"QCJOBS_DISPATCH__LOOK_AHEAD": "many"},
        {"QCJOBS_NOT__A_SETTING": SECRETS["token"]},
        {"QCJOBS_WORKER__LOG_LEVEL": SECRETS["token"]},
        {"QCJOBS_WORKER__CONCURRENCY": f"[{SECRETS['token']}"},
        {"QC_BASE_URL": f"https://user:{SECRETS['token']}@www.quantconnect.com"},
    ],
)
def test_no_error_shows_a_secret(wrong: dict[str, str]) -> None:
    """Nor does its traceback, which ends up in logs."""
    with pytest.raises(BadSettings) as caught:
        load_settings(URLS | wrong)

    assert leaks("".join(traceback.format_exception(caught.value))) == []


@pytest.mark.parametrize("name", ["QCJOBS_REDIS_URL", "QCJOBS_DATABASE_URL"])
def test_a_secret_may_come_from_a_file(tmp_path: Path, name: str) -> None:
    """As containers hand secrets in."""
    file = tmp_path / "secret"
    file.write_text(f"{URLS[name]}\n")

    settings = load_settings({f"{name}_FILE": str(file)})

    secret = settings.redis_url if name == "QCJOBS_REDIS_URL" else settings.database_url
    assert secret is not None
    assert secret.get_secret_value() == URLS[name]


def test_the_credentials_may_come_from_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The token above all."""
    for name, value in {"QC_USER_ID": "77", "QC_API_TOKEN": SECRETS["token"]}.items():
        (tmp_path / name).write_text(value)
        monkeypatch.setenv(f"{name}_FILE", str(tmp_path / name))

    assert load_settings({}).credentials().api_token == SECRETS["token"]


def test_a_variable_goes_before_its_file(tmp_path: Path) -> None:
    """The nearer one."""
    (tmp_path / "secret").write_text("redis://file/0")
    env = {"QCJOBS_REDIS_URL": "redis://variable/0", "QCJOBS_REDIS_URL_FILE": str(tmp_path / "secret")}

    settings = load_settings(env)

    assert settings.redis_url is not None
    assert settings.redis_url.get_secret_value() == "redis://variable/0"


@pytest.mark.parametrize("content", [None, b"", b" \n", b"\xff\xfe\x00"], ids=["missing", "empty", "blank", "binary"])
def test_a_secret_file_without_a_secret_is_an_error(tmp_path: Path, content: bytes | None) -> None:
    """Going on without it would mean another Redis, or none."""
    file = tmp_path / "secret"
    if content is not None:
        file.write_bytes(content)

    with pytest.raises(BadSettings, match="QCJOBS_REDIS_URL_FILE names"):
        load_settings({"QCJOBS_REDIS_URL_FILE": str(file)})


# ── passwords beside their URLs ───────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("url", "password", "means"),
    [
        ("redis://redis:6379/0", "p/w@1", "redis://:p%2Fw%401@redis:6379/0"),
        ("rediss://user@redis:6379/0?x=1", "pw", "rediss://user:pw@redis:6379/0?x=1"),
        ("redis://:own@redis:6379/0", "pw", "redis://:own@redis:6379/0"),
        ("postgresql://qcjobs@db/qcjobs", "pw", "postgresql://qcjobs:pw@db/qcjobs"),
        ("sqlite:////var/lib/ledger.db", "pw", "sqlite:////var/lib/ledger.db"),
    ],
)
def test_a_password_is_put_into_a_url_that_has_none(url: str, password: str, means: str) -> None:
    """A container gets the URL as a variable and the password as a file."""
    assert with_password(url, password) == means


def test_the_passwords_of_the_services_come_from_files_of_their_own(tmp_path: Path) -> None:
    """As Docker and Kubernetes hand them in."""
    (tmp_path / "redis").write_text("s3cret-one\n")
    (tmp_path / "database").write_text("s3cret-two\n")
    settings = load_settings(
        {
            "QCJOBS_REDIS_URL": "redis://redis:6379/0",
            "QCJOBS_REDIS_PASSWORD_FILE": str(tmp_path / "redis"),
            "QCJOBS_DATABASE_URL": "postgresql://qcjobs@db/qcjobs",
            "QCJOBS_DATABASE_PASSWORD_FILE": str(tmp_path / "database"),
        }
    )

    assert settings.redis_url is not None
    assert settings.redis_url.get_secret_value() == "redis://:s3cret-one@redis:6379/0"
    assert settings.ledger_url == "postgresql://qcjobs:s3cret-two@db/qcjobs"
    assert "s3cret" not in repr(settings)


def test_a_password_is_known_in_both_of_its_spellings() -> None:
    """A driver quotes the decoded one in its error, a URL holds the encoded one."""
    assert password_of("redis://:p%2Fw@host/0") == ["p%2Fw", "p/w"]
    assert password_of("redis://host/0") == []
