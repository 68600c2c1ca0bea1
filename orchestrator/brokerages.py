"""Which account a deployment trades with. Jobs name it; its keys are found when needed, where the settings say.

brokerages:                                  # configs/…yaml
  ib-paper:
    brokerage: InteractiveBrokers
    settings: {account: DU1234567, user-name: quant}
    secrets: {password: {file: /run/secrets/ib_password}}
  alpaca:
    brokerage: Alpaca
    settings: {environment: live}
    secrets: {access-token: {vault: alpaca-token}}
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import Any, Final, Self

from pydantic import ValidationError

from orchestrator.errors import BadSettings
from orchestrator.jobs import Job
from orchestrator.secret_places import SecretPlace
from orchestrator.settings import BrokerageEntry, Settings
from orchestrator.vault import Vault
from quantconnect import BrokerageSettings, InvalidSettings, settings_for
from quantconnect.brokerages import secret_keys
from quantconnect.models.brokerages import AlpacaData, PaperTrading, PolygonData
from quantconnect.models.ids import NodeId
from quantconnect.models.live import Notification

PAPER: Final = "paper"
"""A brokerage of this name is always there: QuantConnect's own, without real money."""

QUANTCONNECT: Final = "QuantConnect"
"""The data provider of this name is always there."""

_PROVIDERS: Final[Mapping[str, type[BrokerageSettings]]] = {"polygondata": PolygonData, "alpacadata": AlpacaData}
_LOOKS_SECRET: Final = re.compile(r"pass|secret|token|(^|[-_])key$|private", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Deploy:
    """What only a deployment needs to know: the `details` of its job. Names, never keys."""

    brokerage: str = PAPER  #: its name in the settings
    node_id: NodeId | None = None  #: None: any free live node
    data_providers: tuple[str, ...] = ()  #: names in the settings, or `QuantConnect`; none: QuantConnect's data
    lean_version: str = "-1"  #: -1: the newest
    automatic_redeploy: bool = False
    notification: str | None = None  #: its name in the settings
    cash: tuple[tuple[float, str], ...] = ()  #: amount and currency to start with, for brokerages that cannot tell
    holdings: tuple[Mapping[str, Any], ...] = ()  #: symbol, symbol_id, quantity, average_price

    @classmethod
    def of(cls, job: Job) -> Self:
        """What the job's ledger row says."""
        known = {name: job.details[name] for name in cls.__dataclass_fields__ if name in job.details}
        return cls(
            **{
                **known,
                "data_providers": tuple(known.get("data_providers", ())),
                "cash": tuple((amount, currency) for amount, currency in known.get("cash", ())),
                "holdings": tuple(known.get("holdings", ())),
            }
        )

    def as_details(self) -> dict[str, Any]:
        """For the ledger."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Resolved:
    """Everything that `live/create` wants of the outside world. Its repr shows no key."""

    brokerage: BrokerageSettings
    data_providers: tuple[BrokerageSettings, ...]
    notification: Notification | None


def resolve(settings: Settings, deploy: Deploy) -> Resolved:
    """Turn names into settings with their keys.

    Raises:
        InvalidSettings: A name is unknown, a key is missing or where it should be found is nothing. Names keys and
            places, never values. Nothing was sent.
    """
    more: dict[str, Any] = {}
    if deploy.cash:
        more["cash"] = [{"amount": amount, "currency": currency} for amount, currency in deploy.cash]
    if deploy.holdings:
        more["holdings"] = [dict(holding) for holding in deploy.holdings]
    return Resolved(
        _brokerage(settings, deploy.brokerage, more),
        tuple(
            PaperTrading() if name == QUANTCONNECT else _brokerage(settings, name, {}) for name in deploy.data_providers
        ),
        None if deploy.notification is None else _notification(settings, deploy.notification),
    )


def environment_of(settings: Settings, name: str) -> str:
    """`paper` or `live`: whose money it is. What cannot be told is real money.

    Raises:
        InvalidSettings: No brokerage of this name.
    """
    entry = _entry(settings, name)
    with suppress(InvalidSettings):
        return PAPER if _build(entry, _with_keys(settings, name, entry)).trades_paper_money else "live"
    said = {str(value).lower() for key, value in entry.settings.items() if key in {"environment", "paper", "account"}}
    return PAPER if "paper" in said or any(account.startswith("du") for account in said) else "live"


def known_secrets(settings: Settings) -> Iterator[str]:
    """Every key of every brokerage that can be found from here, so that logs can be kept free of them."""
    places = [place for entry in settings.brokerages.values() for place in entry.secrets.values()]
    places += [place for entry in settings.notifications.values() for place in _places(entry.targets)]
    for place in places:
        with suppress(BadSettings):
            yield place.read(Vault(settings.vault_path))


def _brokerage(settings: Settings, name: str, more: Mapping[str, Any]) -> BrokerageSettings:
    entry = _entry(settings, name)
    return _build(entry, {**_with_keys(settings, name, entry), **more})


def _entry(settings: Settings, name: str) -> BrokerageEntry:
    if (entry := settings.brokerages.get(name)) is not None:
        return entry
    if name == PAPER:
        return BrokerageEntry(brokerage="Paper")
    known = ", ".join((PAPER, *sorted(set(settings.brokerages) - {PAPER})))
    raise InvalidSettings(f"The configuration has no brokerage {name[:60]!r}. Known: {known}.")


def _with_keys(settings: Settings, name: str, entry: BrokerageEntry) -> dict[str, Any]:
    secret = [key for key in entry.settings if _is_secret(entry.brokerage, key)]
    if secret:
        raise InvalidSettings(
            f"brokerages.{name}.settings holds {', '.join(secret)}: a secret must not stand in the configuration. Name "
            f"its place under brokerages.{name}.secrets instead (env, file or vault)."
        )
    found: dict[str, Any] = dict(entry.settings)
    for key, place in entry.secrets.items():
        try:
            found[key] = place.read(Vault(settings.vault_path))
        except BadSettings as error:
            raise InvalidSettings(f"brokerages.{name}.secrets.{key}: {error}", missing=(key,)) from None
    return found


def _is_secret(brokerage: str, key: str) -> bool:
    return key.replace("_", "-") in secret_keys(brokerage) or _LOOKS_SECRET.search(key) is not None


def _build(entry: BrokerageEntry, data: Mapping[str, Any]) -> BrokerageSettings:
    provider = _PROVIDERS.get(re.sub(r"[^a-z]", "", entry.brokerage.lower()))
    if provider is None:
        return settings_for(entry.brokerage, data)
    try:
        return provider.model_validate({key.replace("-", "_"): value for key, value in data.items()})
    except ValidationError as error:
        told = "; ".join(f"{problem['loc'][0]}: {problem['msg']}" for problem in error.errors(include_input=False))
    raise InvalidSettings(f"Settings of {entry.brokerage}: {told}.")


def _notification(settings: Settings, name: str) -> Notification:
    entry = settings.notifications.get(name)
    if entry is None:
        known = ", ".join(sorted(settings.notifications)) or "none"
        raise InvalidSettings(f"The configuration has no notification {name[:60]!r}. Known: {known}.")
    return Notification(
        events=list(entry.events), targets=[_filled(settings, name, target) for target in entry.targets]
    )


def _filled(settings: Settings, name: str, value: Any) -> Any:
    """The same with secrets in the places that name them."""
    if isinstance(value, SecretPlace):
        try:
            return value.read(Vault(settings.vault_path))
        except BadSettings as error:
            raise InvalidSettings(f"notifications.{name}: {error}") from None
    return {key: _filled(settings, name, inner) for key, inner in value.items()} if isinstance(value, dict) else value


def _places(value: Any) -> Iterator[SecretPlace]:
    if isinstance(value, SecretPlace):
        yield value
    elif isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _places(inner)
