"""Where a setting comes from, and what a wrong one gets."""

import json
from pathlib import Path
from textwrap import dedent

import pytest

from orchestrator.errors import BadSettings
from orchestrator.settings import Settings, load_settings
from quantconnect import MissingCredentials

REAL = "https://www.quantconnect.com/api/v2"
EMULATOR = "http://127.0.0.1:5612/api/v2"
CASES = Path(__file__).parents[3] / "configs" / "development.yaml"


@pytest.fixture(autouse=True)
def _nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The working directory has no configuration of its own."""
    monkeypatch.chdir(tmp_path)


def config(tmp_path: Path, text: str) -> dict[str, str]:
    """An environment that names a configuration file with this content."""
    path = tmp_path / "qcjobs.yaml"
    path.write_text(dedent(text))
    return {"QCJOBS_CONFIG": str(path)}


def home_with_services(tmp_path: Path) -> dict[str, str]:
    """An environment whose home holds what `qcjobs up` leaves there."""
    run = tmp_path / "home" / "run"
    run.mkdir(parents=True)
    (run / "redis-url").write_text("redis://:embedded-password@127.0.0.1:7001/0\n")
    account = {"base_url": EMULATOR, "user_id": "1", "api_token": "embedded-token", "organization_id": "0" * 32}
    (run / "emulator.json").write_text(json.dumps(account))
    return {"QCJOBS_HOME": str(tmp_path / "home")}


def redis_url(settings: Settings) -> str | None:
    """In the open."""
    return None if settings.redis_url is None else settings.redis_url.get_secret_value()


# ── precedence ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_without_anything_there_are_defaults() -> None:
    """A first look needs no configuration."""
    settings = load_settings({})

    assert settings.quantconnect.base_url == REAL
    assert settings.home == Path("~/.qcjobs").expanduser()
    assert settings.ledger_url == f"sqlite:///{settings.home / 'ledger.db'}"
    assert settings.redis_url is None


def test_an_argument_goes_before_the_environment_which_goes_before_the_file(tmp_path: Path) -> None:
    """Stated once, true for every setting."""
    env = config(tmp_path, "redis_url: redis://file/0\ndatabase_url: sqlite:////file.db\ndispatch: {look_ahead: 7}")
    env |= {"QCJOBS_REDIS_URL": "redis://environment/0", "QCJOBS_DATABASE_URL": "sqlite:////environment.db"}

    settings = load_settings(env, redis_url="redis://argument/0")

    assert redis_url(settings) == "redis://argument/0"
    assert settings.ledger_url == "sqlite:////environment.db"
    assert settings.dispatch.look_ahead == 7


def test_what_up_has_started_answers_for_what_nobody_configured(tmp_path: Path) -> None:
    """`qcjobs submit` finds the services without being told."""
    settings = load_settings(home_with_services(tmp_path))

    assert redis_url(settings) == "redis://:embedded-password@127.0.0.1:7001/0"
    assert settings.quantconnect.base_url == EMULATOR
    assert settings.credentials().api_token == "embedded-token"
    assert settings.account == "1@127.0.0.1:5612"


def test_a_configured_redis_goes_before_the_embedded_one(tmp_path: Path) -> None:
    """Whoever names one means it."""
    env = home_with_services(tmp_path) | {"QCJOBS_REDIS_URL": "redis://mine/0"}

    assert redis_url(load_settings(env)) == "redis://mine/0"


@pytest.mark.parametrize("by", ["QC_BASE_URL", "QCJOBS_PLATFORMS__QUANTCONNECT__BASE_URL", "argument"])
def test_the_emulator_is_not_used_when_an_address_is_given(tmp_path: Path, by: str) -> None:
    """Nor are its credentials sent there: a bad login could lock somebody's account."""
    env = home_with_services(tmp_path)
    settings = load_settings(env, base_url=REAL) if by == "argument" else load_settings(env | {by: REAL})

    assert settings.quantconnect.base_url == REAL
    with pytest.raises(MissingCredentials):
        settings.credentials()


def test_the_emulator_is_not_used_when_there_are_credentials(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """They are for QuantConnect."""
    monkeypatch.setenv("QC_USER_ID", "77")
    monkeypatch.setenv("QC_API_TOKEN", "real-token")

    settings = load_settings(home_with_services(tmp_path))

    assert settings.quantconnect.base_url == REAL
    assert settings.credentials().user_id == 77


@pytest.mark.parametrize("half", ["QC_USER_ID", "QC_API_TOKEN"])
def test_half_a_login_is_an_error_and_not_the_emulator(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, half: str
) -> None:
    """Invented results in place of real ones, because of a misspelled variable, would be the worst of all answers."""
    monkeypatch.setenv(half, "77")

    with pytest.raises(MissingCredentials, match="set QC_"):
        load_settings(home_with_services(tmp_path)).credentials()


def test_a_setting_further_down_is_spelled_with_two_underscores() -> None:
    """Containers are configured by their environment."""
    env = {"QCJOBS_DISPATCH__LOOK_AHEAD": "4", "QCJOBS_EVENTS__HANDLERS": "[my.handlers]"}

    settings = load_settings(env)

    assert settings.dispatch.look_ahead == 4
    assert settings.events.handlers == ["my.handlers"]


# ── files ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_keys_of_the_platform_are_taken_as_they_were_asked_for(tmp_path: Path) -> None:
    """Names and meaning are an interface."""
    env = config(
        tmp_path,
        """
        platforms:
          quantconnect:
            enabled: true
            user_id_env: MY_USER
            api_token_env: MY_TOKEN
            organization_id_env: MY_ORGANIZATION
            base_url: https://www.quantconnect.com/api/v2
            timeout: 30
            default_language: Python
            auto_compile: true
        """,
    )

    quantconnect = load_settings(env).quantconnect

    assert (quantconnect.user_id_env, quantconnect.timeout, quantconnect.auto_compile) == ("MY_USER", 30, True)


def test_credentials_come_from_the_variables_that_the_file_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two accounts on one machine."""
    for name, value in {"MY_USER": "5", "MY_TOKEN": "mine"}.items():
        monkeypatch.setenv(name, value)
    env = config(tmp_path, "platforms: {quantconnect: {user_id_env: MY_USER, api_token_env: MY_TOKEN}}")

    assert load_settings(env).credentials().api_token == "mine"


def test_the_shipped_file_says_what_the_defaults_say() -> None:
    """Who reads it learns the truth, and who deletes it changes nothing."""
    shipped = load_settings({"QCJOBS_CONFIG": str(CASES)})

    assert shipped == load_settings({"QCJOBS_CONFIG": "/dev/null"})


def test_the_file_below_the_working_directory_goes_before_the_shipped_one(tmp_path: Path) -> None:
    """A project keeps its configuration beside its strategies."""
    (tmp_path / "configs").mkdir()
    (tmp_path / "configs" / "development.yaml").write_text("worker: {concurrency: 3}")

    assert load_settings({}).worker.concurrency == 3


@pytest.mark.parametrize("text", ["a: [", "- a\n- b", "text", b"\xff\xfe\x00"])
def test_a_broken_file_is_named(tmp_path: Path, text: str | bytes) -> None:
    """One line, with the path in it."""
    path = tmp_path / "broken.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())

    with pytest.raises(BadSettings, match=r"broken\.yaml"):
        load_settings({"QCJOBS_CONFIG": str(path)})


def test_a_missing_file_is_named() -> None:
    """Falling back to defaults would run somewhere else than meant."""
    with pytest.raises(BadSettings, match=r"gone\.yaml cannot be read"):
        load_settings({"QCJOBS_CONFIG": "gone.yaml"})


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("dispatch: {look_ahaed: 3}", "look_ahead"),
        ("dispach: {look_ahead: 3}", "dispatch"),
        ("platforms: {quantconnect: {baseurl: x}}", "base_url"),
        ("redis: redis://x", "redis_url"),
    ],
)
def test_an_unknown_key_is_told_the_nearest_right_one(tmp_path: Path, wrong: str, right: str) -> None:
    """A misspelled setting that is silently ignored costs an afternoon."""
    with pytest.raises(BadSettings, match=rf"Did you mean '{right}'.* in .*\.yaml"):
        load_settings(config(tmp_path, wrong))


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("dispatch: {look_ahead: many}", "dispatch.look_ahead"),
        ("worker: {concurrency: 0}", "worker.concurrency"),
        ("events: {webhooks: [{url: not an address}]}", "events.webhooks.0.url"),
        ("platforms: {quantconnect: {timeout: -1}}", "platforms.quantconnect.timeout"),
        ("platforms: {quantconnect: {base_url: www.quantconnect.com}}", "platforms.quantconnect.base_url"),
        ("platforms: 5", "platforms"),
    ],
)
def test_a_wrong_value_is_told_where_it_stands(tmp_path: Path, text: str, where: str) -> None:
    """In one line."""
    with pytest.raises(BadSettings) as caught:
        load_settings(config(tmp_path, text))

    assert where in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "env",
    [
        {"QCJOBS_DISPATCH__LOOK_AHAED": "3"},
        {"QCJOBS_WORKER__LOG_LEVEL": "[unclosed"},
        {"QCJOBS_REDIS_URL": "redis://x/0", "QCJOBS_REDIS_URL__DB": "1"},
        {"QCJOBS_DISPATCH__LOOK_AHEAD": "1", "QCJOBS_DISPATCH__LOOK_AHEAD__MORE": "1"},
    ],
)
def test_a_wrong_variable_is_an_error_of_one_line(env: dict[str, str]) -> None:
    """Never a traceback."""
    with pytest.raises(BadSettings) as caught:
        load_settings(env)
    assert "\n" not in str(caught.value)


# ── places ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_home_is_absolute(tmp_path: Path) -> None:
    """The services run in another folder than the command line."""
    assert load_settings({"QCJOBS_HOME": "here"}).home == tmp_path / "here"


@pytest.mark.parametrize(
    ("url", "means"),
    [
        ("sqlite:///jobs.db", "sqlite:///{home}/jobs.db"),
        ("sqlite:////var/lib/jobs.db", "sqlite:////var/lib/jobs.db"),
        ("postgresql://user@host/jobs", "postgresql://user@host/jobs"),
        ("postgresql:///jobs", "postgresql:///jobs"),
        ("sqlite:///:memory:", "sqlite:///:memory:"),
    ],
)
def test_a_relative_ledger_is_the_same_file_for_every_process(tmp_path: Path, url: str, means: str) -> None:
    """Worker and command line run in different folders: relative to those, they would not meet."""
    home = tmp_path / "home"

    settings = load_settings({"QCJOBS_HOME": str(home), "QCJOBS_DATABASE_URL": url})

    assert settings.ledger_url == means.format(home=home)


def test_an_address_with_a_slash_behind_it_is_the_same_address() -> None:
    """Paths are appended to it, and it names the account."""
    assert load_settings({"QC_BASE_URL": f"{REAL}/"}).quantconnect.base_url == REAL
