"""Every setting: schema here, values in `configs/`, secrets in the environment.

Precedence, first wins: argument → environment → `configs/<profile>.yaml` → the embedded services of `qcjobs up` →
default. The configuration file is the one `QCJOBS_CONFIG` names, or `configs/development.yaml` below the working
directory, or the one shipped. A secret `X` may also come from the file that `X_FILE` names. Nested settings are spelled
with two underscores: `QCJOBS_DISPATCH__LOOK_AHEAD=4`. The passwords of Redis and the database may stand apart from
their URLs: `QCJOBS_REDIS_PASSWORD`, `QCJOBS_DATABASE_PASSWORD`.
"""

from __future__ import annotations

import difflib
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Final, Literal, get_args
from urllib.parse import quote, urlsplit

import yaml
from pydantic import AnyHttpUrl, BaseModel, ConfigDict, Field, SecretStr, StrictBool, ValidationError, field_validator

from orchestrator.errors import BadSettings
from orchestrator.redis_address import is_sentinel
from orchestrator.schedule_settings import ScheduleName, ScheduleSettings
from orchestrator.secret_places import SecretPlace
from orchestrator.service_urls import with_password
from quantconnect import Credentials, MissingCredentials

DEFAULT_HOME: Final = "~/.qcjobs"
SHIPPED: Final = (
    Path(__file__).parent / "configs" / "development.yaml",
    Path(__file__).parent.parent / "configs" / "development.yaml",
)

_SECTION: Final = ("platforms", "quantconnect")


class Section(BaseModel):
    """A part of the settings; unknown keys are refused, so that a misspelled one is noticed."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class QuantConnectSettings(Section):
    """`platforms.quantconnect`: how the API is reached. Credentials are named here, never written."""

    enabled: bool = True  #: False: nothing is submitted to QuantConnect
    user_id_env: str = "QC_USER_ID"  #: which environment variable holds the user id
    #: which one holds the API token; as for every secret, `…_FILE` may name a file instead
    api_token_env: str = "QC_API_TOKEN"  # noqa: S105 (the name of a variable)
    organization_id_env: str = "QC_ORGANIZATION_ID"  #: which one holds the organization's id, if any does
    base_url: str = "https://www.quantconnect.com/api/v2"  #: the API, or an emulator of it; without user and password
    timeout: float = Field(
        30.0, gt=0, le=600
    )  #: seconds for one request; 30 is what QuantConnect's own MCP server uses
    largest_answer_mb: float = Field(64, gt=0, le=2000)  #: an answer takes about ten times as much memory as it is long
    default_language: Literal["Python", "CSharp"] = "Python"  #: of a folder that holds both main.py and Main.cs
    auto_compile: bool = True  #: False: a job whose code has no good compile yet fails instead of compiling

    @field_validator("base_url")
    @classmethod
    def _plain_address(cls, url: str) -> str:
        """The address is shown and stored with every job, so it holds no password."""
        try:
            parts = urlsplit(url)
            plain = parts.scheme in {"http", "https"} and bool(parts.hostname) and "@" not in parts.netloc
        except ValueError:
            plain = False
        if not plain:
            raise ValueError("it must be http://… or https://… without user and password")
        return url.rstrip("/")


class Platforms(Section):
    """`platforms`."""

    quantconnect: QuantConnectSettings = QuantConnectSettings()


class DispatchSettings(Section):
    """`dispatch`: who runs when."""

    backtest_nodes: int | None = Field(None, ge=1)  #: None: as QuantConnect says
    leave_nodes: int = Field(0, ge=0)  #: so many are left to people; one is used in any case
    look_ahead: int = Field(2, ge=0, le=100)  #: bundles that are uploaded and compiled while all nodes are busy
    requests_per_minute: int = Field(120, ge=1)  #: the true limit is not published; lower it if "slow down" appears
    reserved_for_control: int = Field(20, ge=0)  #: of these, kept for stop, liquidate and commands


class SweepSettings(Section):
    """`sweeps`: what asks first. A slip in a range must not use a team's nodes for a week."""

    ask_above_points: int = Field(500, ge=0)  #: backtests of one sweep
    ask_above_nodes: int = Field(1000, ge=0)  #: nodes used at once; lower it where people share them
    ask_above_node_hours: float = Field(48, ge=0)  #: all backtests together, as long as such runs took before
    ask_above_hours: float = Field(24, ge=0)  #: until its expected end
    most_points: int = Field(100_000, ge=1)  #: more are refused


class DeadlineSettings(Section):
    """`deadlines`: everything ends."""

    compile_minutes: float = Field(10, gt=0, le=100_000)  #: a compile takes seconds; one that takes longer will not end
    deploy_minutes: float = Field(
        10, gt=0, le=100_000
    )  #: from live/create to Running; a login at a brokerage may need a person
    control_minutes: float = Field(
        60, gt=0, le=100_000
    )  #: so long a stop or liquidation that is refused is tried again
    backtest_hours: float = Field(13, gt=0, le=10_000)  #: QuantConnect ends a backtest after 12 h
    unreachable_hours: float = Field(24, gt=0, le=10_000)  #: so long an unbroken series of failed requests is borne
    statistics_seconds: float = Field(60, ge=0, le=1_000_000)  #: so long after "completed" the statistics may take


class WebhookSettings(Section):
    """One entry of `events.webhooks`."""

    url: AnyHttpUrl = Field(repr=False)  #: its path may be the receiver's own secret
    secret_env: str | None = None  #: which environment variable (or `…_FILE`) holds the key that signs the body
    events: list[str] = Field(default_factory=list)  #: event types; empty: all


class EventSettings(Section):
    """`events`: who is told."""

    handlers: list[str] = Field(default_factory=list)  #: modules that connect handlers to `orchestrator.signals`
    webhooks: list[WebhookSettings] = Field(default_factory=list)  #: addresses that events are posted to


Plain = str | int | float | bool

# From left to right: {env: X} is a place and no map, and true is no number.
PlainOrPlace = Annotated[SecretPlace | StrictBool | str | int | float, Field(union_mode="left_to_right")]


class BrokerageEntry(Section):
    """One entry of `brokerages`: an account to trade with. Jobs name it."""

    brokerage: str  #: `Paper`, `InteractiveBrokers`, `Alpaca` …; `PolygonData` and `AlpacaData` for data alone
    settings: dict[str, Plain] = Field(default_factory=dict)  #: its keys that are no secrets, as in docs/brokerages.md
    secrets: dict[str, SecretPlace] = Field(default_factory=dict)  #: and where the others are found


class NotificationEntry(Section):
    """One entry of `notifications`: whom QuantConnect tells of a deployment's orders or insights."""

    events: list[Literal["orderEvent", "insight"]] = ["orderEvent"]  #: what QuantConnect tells of
    #: As QuantConnect's API describes them; a value may be the place of a secret.
    targets: list[dict[str, Annotated[PlainOrPlace | dict[str, PlainOrPlace], Field(union_mode="left_to_right")]]]


class AlarmLimits(Section):
    """What a deployment may do before somebody is told. None: nobody is."""

    drawdown: float | None = Field(None, gt=0, lt=1)  #: fraction of its highest equity that was seen
    holding: float | None = Field(None, gt=0)  #: fraction of the equity in one security, long or short
    unseen_minutes: float | None = Field(30, gt=0, le=100_000)  #: so long QuantConnect may not show it at all
    silent_minutes: float | None = Field(None, gt=0, le=100_000)  #: so long neither equity nor holdings may change


class LiveSettings(Section):
    """`live`: the watch over what trades."""

    watch: bool = True  #: False: nobody looks at what trades
    status_seconds: float = Field(60, ge=1, le=1_000_000)  #: between two looks at all deployments (one request)
    holdings_seconds: float = Field(
        300, ge=1, le=1_000_000
    )  #: … at what one holds; the source is refreshed about every 10 minutes
    heartbeat_minutes: float = Field(60, gt=0, le=100_000)  #: a row of history so often although nothing has changed
    keep_all_days: float = Field(7, ge=0, le=36_500)  #: after that one row an hour is kept
    keep_hourly_days: float = Field(90, ge=0, le=36_500)  #: after that one row a day
    keep_days: float = Field(1100, gt=0, le=36_500)  #: after that nothing
    limits: AlarmLimits = AlarmLimits()  #: of every deployment
    projects: dict[int, AlarmLimits] = Field(default_factory=dict)  #: of some, by project


class WorkerSettings(Section):
    """`worker`."""

    concurrency: int = Field(16, ge=1, le=256)  #: threads of one worker process; the steps wait for the network
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"  #: of workers, beat and exporter


class RetentionSettings(Section):
    """`retention`: what goes by itself."""

    #: so many days after its end a job goes, with its result; none: never. What traded stays, for the audit
    jobs_days: float | None = Field(None, gt=0, le=36_500)


class TelemetrySettings(Section):
    """`telemetry`: what the house tells of itself beyond logs and metrics."""

    #: OpenTelemetry spans, sent where the OTEL_EXPORTER_OTLP_… variables say; needs `qcjobs[otel]`
    traces: bool = False


class Settings(Section):
    """The whole tree."""

    platforms: Platforms = Platforms()
    dispatch: DispatchSettings = DispatchSettings()
    sweeps: SweepSettings = SweepSettings()
    deadlines: DeadlineSettings = DeadlineSettings()
    events: EventSettings = EventSettings()
    worker: WorkerSettings = WorkerSettings()
    telemetry: TelemetrySettings = TelemetrySettings()
    retention: RetentionSettings = RetentionSettings()
    live: LiveSettings = LiveSettings()
    brokerages: dict[str, BrokerageEntry] = Field(default_factory=dict)  #: accounts to trade with, by a name of ours
    notifications: dict[str, NotificationEntry] = Field(default_factory=dict)  #: by a name that deployments use
    vault: Path | None = None  #: an encrypted file of secrets; None: `vault` in `home`
    schedules: dict[ScheduleName, ScheduleSettings] = Field(default_factory=dict)  #: by name; what is done when
    home: Path = Path(DEFAULT_HOME)  #: the folder of the services that `qcjobs up` starts
    redis_url: SecretStr | None = None  #: None: the embedded server of `qcjobs up`
    database_url: SecretStr | None = None  #: None: SQLite in `home`
    #: begins every key in Redis; another one for every account that shares a Redis
    redis_prefix: str = Field("qc", pattern=r"^[a-z0-9][a-z0-9_-]{0,30}$")

    @property
    def quantconnect(self) -> QuantConnectSettings:
        """`platforms.quantconnect`."""
        return self.platforms.quantconnect

    @property
    def vault_path(self) -> Path:
        """Where the vault is."""
        return self.home / "vault" if self.vault is None else self.vault.expanduser()

    @property
    def ledger_url(self) -> str:
        """Where the ledger is; may hold a password. A relative SQLite path begins in `home`, so that all processes,
        whatever folder they run in, mean the same file.
        """
        if self.database_url is None:
            return f"sqlite:///{self.home / 'ledger.db'}"
        scheme, colon, path = self.database_url.get_secret_value().partition(":///")
        if scheme.startswith("sqlite") and path and not path.startswith((":memory:", "file:")):
            return f"{scheme}{colon}{self.home / path}"  # an absolute path stays what it is
        return f"{scheme}{colon}{path}"

    def credentials(self) -> Credentials:
        """Who we are at QuantConnect, or at the embedded emulator where no credentials are configured.

        Raises:
            MissingCredentials: There are none.
        """
        names = self.quantconnect
        try:
            return Credentials.find(
                user_id_env=names.user_id_env,
                api_token_env=names.api_token_env,
                organization_id_env=names.organization_id_env,
            )
        except MissingCredentials:
            emulator = _read_emulator(self.home)
            # Only for the emulator itself: a bad login elsewhere could lock somebody's account.
            if emulator is None or emulator["base_url"] != names.base_url or _is_half_a_login(names):
                raise
            return Credentials(
                user_id=int(emulator["user_id"]),
                api_token=emulator["api_token"],
                organization_id=emulator.get("organization_id"),
            )

    @property
    def account(self) -> str:
        """Whose jobs these are: `<user id>@<host of the API>`. No secret.

        Raises:
            MissingCredentials: There are none.
        """
        return f"{self.credentials().user_id}@{urlsplit(self.quantconnect.base_url).netloc.lower()}"

    @property
    def account_if_known(self) -> str | None:
        """The same; None where there are no credentials: whoever only reads the ledger needs none."""
        try:
            return self.account
        except MissingCredentials:
            return None


def load_settings(env: Mapping[str, str] | None = None, **overrides: Any) -> Settings:
    """Read the settings.

    Args:
        env: Instead of the process's environment.
        **overrides: Arguments, which win: `home`, `redis_url`, `database_url`, `base_url`.

    Raises:
        BadSettings: A file cannot be read, a key is unknown (the nearest right one is named) or a value is wrong.
    """
    env = os.environ if env is None else env
    path = config_path(env)
    tree = _read_file(path)
    above = _from_environment(env)
    _overlay(above, _from_arguments(overrides))
    _overlay(tree, above)
    _use_passwords(tree, env)
    home = Path(tree.get("home") or DEFAULT_HOME).expanduser().absolute()
    tree["home"] = home
    _use_embedded_services(tree, home, may_replace_base_url=not _at(above, *_SECTION).get("base_url"))
    try:
        return Settings.model_validate(tree)
    except ValidationError as error:
        where = "the environment" if path is None else f"the environment or in {path.absolute()}"
        # The original would show the values, and so a secret.
        raise BadSettings(f"{_explain(error)} It was set in {where}.") from None


def config_path(env: Mapping[str, str]) -> Path | None:
    """Which configuration file is in force."""
    if named := env.get("QCJOBS_CONFIG"):
        return Path(named).expanduser()
    candidates = (Path("configs/development.yaml"), *SHIPPED)
    return next((path for path in candidates if path.is_file()), None)


def _read_file(path: Path | None) -> dict[str, Any]:
    if path is None:
        return {}
    try:
        tree = yaml.safe_load(path.read_text("utf-8")) or {}
    except OSError as error:
        raise BadSettings(f"The configuration file {path} cannot be read: {error.strerror}.") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise BadSettings(f"The configuration file {path} is not valid YAML.") from error
    if not isinstance(tree, dict):
        raise BadSettings(f"The configuration file {path} must hold a map of settings.")
    return tree


def _from_environment(env: Mapping[str, str]) -> dict[str, Any]:
    tree: dict[str, Any] = {}
    if base_url := env.get("QC_BASE_URL"):
        tree["platforms"] = {"quantconnect": {"base_url": base_url}}
    for name in ("home", "redis_prefix"):
        if value := env.get(f"QCJOBS_{name.upper()}"):
            tree[name] = value
    for name in ("redis_url", "database_url"):
        if value := read_secret(env, f"QCJOBS_{name.upper()}"):
            tree[name] = value
    _overlay(tree, _nested(env))
    return tree


def _nested(env: Mapping[str, str]) -> dict[str, Any]:
    """`QCJOBS_A__B=…`: the setting `a.b`."""
    tree: dict[str, Any] = {}
    for name, text in env.items():
        if name.startswith("QCJOBS_") and "__" in name:
            *above, leaf = name.removeprefix("QCJOBS_").lower().split("__")
            branch = tree
            for part in above:
                branch = branch.setdefault(part, {})
                if not isinstance(branch, dict):
                    raise BadSettings(f"The environment variable {name} contradicts another one.")
            try:
                branch[leaf] = yaml.safe_load(text)
            except yaml.YAMLError:
                raise BadSettings(f"The value of the environment variable {name} cannot be read.") from None
    return tree


def _from_arguments(overrides: Mapping[str, Any]) -> dict[str, Any]:
    tree = {name: value for name, value in overrides.items() if value is not None}
    if base_url := tree.pop("base_url", None):
        tree["platforms"] = {"quantconnect": {"base_url": base_url}}
    return tree


def read_secret(env: Mapping[str, str], name: str) -> str | None:
    """The variable, or the content of the file that `<name>_FILE` names; None: neither is there.

    Raises:
        BadSettings: The file cannot be read, or is empty.
    """
    if value := env.get(name):
        return value
    if path := env.get(f"{name}_FILE"):
        try:
            value = Path(path).expanduser().read_text("utf-8").strip()
        except OSError as error:
            raise BadSettings(f"{name}_FILE names {path}, which cannot be read: {error.strerror}.") from error
        except UnicodeDecodeError:
            raise BadSettings(f"{name}_FILE names {path}, which is no text file.") from None
        if not value:
            raise BadSettings(f"{name}_FILE names {path}, which is empty.")
        return value
    return None


def _overlay(tree: dict[str, Any], above: Mapping[str, Any]) -> None:
    for key, value in above.items():
        if isinstance(value, Mapping) and isinstance(tree.get(key), dict):
            _overlay(tree[key], value)
        else:
            tree[key] = value


def _use_passwords(tree: dict[str, Any], env: Mapping[str, str]) -> None:
    """A container's secret is a password in a file, and its URL is no secret."""
    for service in ("redis", "database"):
        url, password = tree.get(f"{service}_url"), read_secret(env, f"QCJOBS_{service.upper()}_PASSWORD")
        if isinstance(url, str) and password:
            tree[f"{service}_url"] = url = with_password(url, password)
        sentinels = read_secret(env, "QCJOBS_SENTINEL_PASSWORD") if service == "redis" else None
        if isinstance(url, str) and sentinels and is_sentinel(url):
            tree["redis_url"] = f"{url}{'&' if '?' in url else '?'}sentinel_password={quote(sentinels, safe='')}"


def _at(tree: Mapping[str, Any], *path: str) -> Mapping[str, Any]:
    """A part of a tree; empty where there is none, or something else."""
    for key in path:
        inner = tree.get(key)
        tree = inner if isinstance(inner, Mapping) else {}
    return tree


def _use_embedded_services(tree: dict[str, Any], home: Path, *, may_replace_base_url: bool) -> None:
    """What `qcjobs up` has started answers for what nobody configured."""
    url_file = home / "run" / "redis-url"
    if not tree.get("redis_url") and url_file.is_file():
        tree["redis_url"] = url_file.read_text("utf-8").strip()
    emulator = _read_emulator(home)
    if emulator is not None and may_replace_base_url and not _has_credentials(tree):
        _overlay(tree, {"platforms": {"quantconnect": {"base_url": emulator["base_url"]}}})


def _has_credentials(tree: Mapping[str, Any]) -> bool:
    section = _at(tree, *_SECTION)
    names = {key: section[key] for key in ("user_id_env", "api_token_env", "organization_id_env") if section.get(key)}
    try:
        Credentials.find(**names)
    except MissingCredentials:
        return False
    return True


def _is_half_a_login(names: QuantConnectSettings) -> bool:
    """Whether somebody meant to log in: then the emulator must not answer in QuantConnect's place."""
    variables = (names.user_id_env, names.api_token_env)
    return any(os.environ.get(name) or os.environ.get(f"{name}_FILE") for name in variables)


def _read_emulator(home: Path) -> dict[str, str] | None:
    path = home.expanduser() / "run" / "emulator.json"
    try:
        emulator: dict[str, str] = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return None  # not running, or just being started
    return emulator


def _explain(error: ValidationError) -> str:
    errors = error.errors(include_input=False, include_url=False, include_context=False)
    # A misspelled key is also a missing one; the misspelling is what helps.
    first = next((found for found in errors if found["type"] == "extra_forbidden"), errors[0])
    where = ".".join(str(part) for part in first["loc"])
    if first["type"] != "extra_forbidden":
        return f"The setting {where} is wrong: {first['msg']}."
    known = _known_keys(Settings, first["loc"][:-1])
    nearest = difflib.get_close_matches(str(first["loc"][-1]), known, n=1, cutoff=0.0)
    return f"There is no setting {where}. Did you mean {nearest[0]!r}?" if nearest else f"There is no setting {where}."


def _known_keys(model: type[BaseModel], path: tuple[int | str, ...]) -> list[str]:
    """The keys that a place in the tree may have; none where anything goes."""
    steps = iter(path)
    for part in steps:
        field = model.model_fields.get(str(part))
        inner = None if field is None else _model_in(field.annotation)
        if field is None or inner is None:
            return []
        model = inner
        if getattr(field.annotation, "__origin__", None) in {dict, list}:
            next(steps, None)  # the name or the number of one of several
    return list(model.model_fields)


def _model_in(annotation: Any) -> type[BaseModel] | None:
    """The section that a setting is, or may be, or holds several of."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for inner in get_args(annotation) if (found := _model_in(inner)) is not None), None)
