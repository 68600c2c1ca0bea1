"""From what people write to the settings of a brokerage: names, short words, and the environment for what is missing.

`account` stands for `ib-account`, `paper` for the environment. A missing key is looked for in the environment as `QC_`
and its name: `QC_IB_PASSWORD` for `ib-password`. Nothing is guessed between real and paper money.
Sources: LEAN's live trading tests (paper accounts of Interactive Brokers begin with DU); LEAN CLI (their latest restart
time); LEAN's Alpaca brokerage (key and secret in the place of an access token).
"""

import os
import re
from collections.abc import Mapping
from typing import Final

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from quantconnect.errors import InvalidSettings
from quantconnect.models.brokerages import (
    BROKERAGES,
    MONEY_CHOICES,
    Alpaca,
    BrokerageSettings,
    InteractiveBrokers,
    Oanda,
    OtherBrokerage,
    PaperTrading,
    TerminalLink,
    TradingTechnologies,
)

Kind = type[BrokerageSettings]
Fields = dict[str, object]

_LIVE: Final = "live"
_PAPER: Final = "paper"

#: Other names of brokerages than those of their classes; without blanks, signs and the word brokerage.
_NAMES: Final = {
    "paper": "PaperTrading",
    "quantconnect": "PaperTrading",
    "ib": "InteractiveBrokers",
    "ibkr": "InteractiveBrokers",
    "tt": "TradingTechnologies",
    "schwab": "CharlesSchwab",
    "bloomberg": "TerminalLink",
    "wolverineexecutionservices": "Wolverine",
    "coinbaseadvancedtrade": "Coinbase",
}
#: What a brokerage's own keys begin with, where that is not its name.
_PREFIXES: Final = {
    "InteractiveBrokers": "ib",
    "TradingTechnologies": "tt",
    "CharlesSchwab": "charles_schwab",
    "TerminalLink": "terminal_link",
    "TradeStation": "trade_station",
    "BinanceUSDMFutures": "binance",
    "BinanceCOINFutures": "binance",
}
#: What people say for a key, after the brokerage's prefix; the first that the brokerage has is meant.
_SHORT: Final[Mapping[str, tuple[str, ...]]] = {
    "user": ("user_name",),
    "username": ("user_name",),
    "password": ("session_password",),
    "account": ("account_id", "account_number", "account_name", "emsx_account"),
    "key": ("api_key", "api_name", "rest_app_key"),
    "secret": ("api_secret", "api_private_key", "rest_app_secret"),
    "api_key": ("rest_app_key",),
    "api_secret": ("rest_app_secret",),
    "token": ("access_token", "refresh_token"),
    "weekly_restart": ("weekly_restart_utc_time",),
    "tier": ("verification_tier",),
}

_ENVIRONMENT: Final = frozenset({"environment", "mode"})
_PAPER_OR_NOT: Final = {"true": _PAPER, "1": _PAPER, "yes": _PAPER, "false": _LIVE, "0": _LIVE, "no": _LIVE}
#: What brokerages call them that do not call them `live` and `paper`.
_THEIR_WORDS: Final[Mapping[Kind, Mapping[str, str]]] = {
    Oanda: {_LIVE: "Trade", _PAPER: "Practice"},
    TerminalLink: {_LIVE: "Production", _PAPER: "Beta"},
    TradingTechnologies: {_LIVE: "live", _PAPER: "uat"},
}

#: On Sundays, UTC: the login at Interactive Brokers must then be confirmed anew.
_RESTART: Final = "22:00:00"
_LATEST_RESTART: Final = "23:30:00"
_ALPACA_TOKEN: Final = "alpaca_access_token"  # noqa: S105 — the name of a field, not its value
_ALPACA_PAIR: Final = ("alpaca_api_key", "alpaca_api_secret")


def settings_for(
    brokerage: str | BrokerageSettings,
    data: Mapping[str, object] | None = None,
    *,
    env: Mapping[str, str] | None = None,
) -> BrokerageSettings:
    """The settings of a brokerage from what people write.

    Args:
        brokerage: A name (`InteractiveBrokers`, `Alpaca`, `Paper` …), the API's id of it, or settings that are ready.
            An id ending in `Brokerage` that nobody knows yet is passed on with `data` as it stands.
        data: Keys of the API, the same without the brokerage's prefix, or the usual short words (`key`, `secret`,
            `token`, `account`, `user`, `password`); `environment` is `live` or `paper`, or instead `paper` a bool.
            `cash` may be a number of dollars.
        env: In the place of the process's environment, where what is missing is looked for.

    Raises:
        InvalidSettings: Unknown brokerage or key, something is missing, or a value is not allowed. Names keys,
            never values. Nothing was sent.
    """
    if isinstance(brokerage, BrokerageSettings):
        if data:
            raise InvalidSettings("Settings that are ready take no further data: put everything into them.")
        return brokerage
    data = data or {}
    kind = _kind(brokerage, data)
    if kind is None:
        return _validated(OtherBrokerage, brokerage, {**data, "id": brokerage.strip()})
    given = {name: value for name, value in _fields(kind, data).items() if not _blank(value)}
    fields = _completed(kind, brokerage, given, os.environ if env is None else env)
    unknown = {_key(name): fields.pop(name) for name in list(fields) if not _known(kind, name)}
    if kind is InteractiveBrokers:
        fields = _interactive_brokers(fields)
    if kind is Alpaca and any(name in fields for name in _ALPACA_PAIR):
        # The reference knows the token only; LEAN's brokerage takes the pair as well.
        return _other(kind, fields, unknown)
    settings = _validated(kind, brokerage, fields)
    return _other(kind, settings.model_dump(by_alias=True, exclude_none=True), unknown) if unknown else settings


def secret_keys(brokerage: str) -> frozenset[str]:
    """The keys of a brokerage whose values are secrets, as on the wire; none of one that nobody knows.

    Short words count as the keys they mean.
    """
    try:
        kind = _kind(brokerage, {})
    except InvalidSettings:
        kind = None
    if kind is None:
        return frozenset()
    secret = {name for name, field in kind.model_fields.items() if not field.repr}
    secret |= set(_ALPACA_PAIR) if kind is Alpaca else set()
    prefix = _prefix(kind)
    bare = {name.removeprefix(f"{prefix}_") for name in secret}
    short = {word for word, meant in _SHORT.items() if any(f"{prefix}_{one}" in secret for one in meant)}
    return frozenset(_key(name) for name in secret | bare | short)


def _kind(brokerage: str, data: Mapping[str, object]) -> Kind | None:
    name = _bare(brokerage)
    if name == "binance":  # one id for four exchanges, told apart by the name of the exchange
        name = next((_bare(str(value)) for key, value in data.items() if _snake(key).endswith("exchange_name")), name)
    kinds = {name.lower(): kind for name, kind in BROKERAGES.items()}
    if name in _NAMES or name in kinds:
        return BROKERAGES[_NAMES[name]] if name in _NAMES else kinds[name]
    if brokerage.strip().endswith("Brokerage"):
        return None
    raise InvalidSettings(f"Unknown brokerage {brokerage[:60]!r}: one of {', '.join(BROKERAGES)}.")


def _completed(kind: Kind, brokerage: str, given: Fields, env: Mapping[str, str]) -> Fields:
    """What is given, and what is missing from the environment."""
    own = [name for name in _names(kind) if name.startswith(f"{_prefix(kind)}_")]  # so neither id nor cash
    there = {name: text for name in own if (text := env.get(_variable(name), "").strip())}
    available = _fields(kind, there)
    wanted = _wanted(kind, given, available)
    missing = [name for name in wanted if name not in given and name not in available]
    if missing:
        variables = ", ".join(_variable(name) for name in missing if name in own)
        raise InvalidSettings(
            f"{brokerage} needs {', '.join(map(_key, missing))}: give it"
            f"{f', or set {variables}' if variables else ''}. Nothing was sent.",
            missing=tuple(map(_key, missing)),
        )
    return {**{name: available[name] for name in wanted if name in available}, **given}


def _wanted(kind: Kind, given: Fields, available: Fields) -> list[str]:
    """The fields without which nothing is sent."""
    required = [name for name, field in kind.model_fields.items() if field.is_required()]
    if kind is InteractiveBrokers:
        required.remove("ib_weekly_restart_utc_time")
    if kind is Alpaca and _ALPACA_TOKEN not in given:
        begun = any(name in given for name in _ALPACA_PAIR)
        at_hand = _ALPACA_TOKEN not in available and all(name in available for name in _ALPACA_PAIR)
        if begun or at_hand:
            required.remove(_ALPACA_TOKEN)
            required += _ALPACA_PAIR
    return required


def _interactive_brokers(fields: Fields) -> Fields:
    """The mode follows from the account and must not be contradicted; the time of the restart has a default."""
    mode = _PAPER if str(fields["ib_account"]).upper().startswith("DU") else _LIVE
    if fields.get("ib_trading_mode", mode) != mode:
        raise InvalidSettings(
            f"The settings of InteractiveBrokers ask for {fields['ib_trading_mode']} money, but their account is a "
            f"{mode} account: paper accounts begin with DU. Nothing was sent."
        )
    restart = str(fields.get("ib_weekly_restart_utc_time", _RESTART))
    if restart > _LATEST_RESTART:
        raise InvalidSettings(f"Interactive Brokers restarts at {_LATEST_RESTART} UTC at the latest. Nothing was sent.")
    return {**fields, "ib_trading_mode": mode, "ib_weekly_restart_utc_time": restart}


def _fields(kind: Kind, data: Mapping[str, object]) -> Fields:
    """What people write, by the names of the fields."""
    fields: Fields = {}
    environments = set()
    choice = _choice(kind)
    for key, value in data.items():
        word = _snake(key)
        if word == "paper":
            environments.add(_PAPER_OR_NOT.get(str(value).lower(), ""))
        elif word in _ENVIRONMENT or (choice and choice in {word, f"{_prefix(kind)}_{word}"}):
            environments.add(str(value).strip().lower())
        else:
            name = _field(kind, key, word)
            fields[name] = _cash(value) if name == "cash" else _text(value)
    chosen = {_environment(kind, environment) for environment in environments}
    if len(chosen) > 1:
        raise InvalidSettings(f"The settings of {kind.__name__} ask for real and for paper money at once.")
    if chosen and choice:
        fields[choice] = chosen.pop()
    return fields


def _field(kind: Kind, key: str, word: str) -> str:
    prefix = _prefix(kind)
    for candidate in (word, f"{prefix}_{word}", *(f"{prefix}_{rest}" for rest in _SHORT.get(word, ()))):
        if _known(kind, candidate):
            return candidate
    if word.startswith(f"{prefix}_"):
        return word  # one of the brokerage's own that was added after this was written
    known = ", ".join(_key(name) for name in _names(kind) if name != "id")
    raise InvalidSettings(f"{kind.__name__} has no setting {key[:60]!r}: it has {known}.")


def _environment(kind: Kind, chosen: str) -> str:
    """Real or paper money, in the brokerage's words."""
    words = dict(_THEIR_WORDS.get(kind, {_LIVE: _LIVE, _PAPER: _PAPER}))
    words |= {theirs.lower(): theirs for theirs in words.values()}
    if chosen not in words:
        raise InvalidSettings(f"The environment of {kind.__name__} must be one of: {', '.join(words)}.")
    if _choice(kind) is None and (chosen == _PAPER) != (kind is PaperTrading):
        only = "paper money" if kind is PaperTrading else "real money"
        raise InvalidSettings(f"{kind.__name__} trades {only} only, and the settings ask for the other.")
    return words[chosen]


def _validated(kind: Kind, name: str, fields: Mapping[str, object]) -> BrokerageSettings:
    try:
        return kind.model_validate(fields)
    except ValidationError as error:
        # The messages tell rules, not values; the values are secrets, so the cause is not kept.
        reasons = [_reason(problem) for problem in error.errors(include_input=False)]
    raise InvalidSettings(f"Settings of {name}: {'; '.join(reasons)}. Nothing was sent.")


def _reason(problem: ErrorDetails) -> str:
    return (f"{_key(str(problem['loc'][0]))}: " if problem["loc"] else "") + problem["msg"]


def _other(kind: Kind, fields: Mapping[str, object], more: Mapping[str, object]) -> OtherBrokerage:
    wire = {**{_key(name): value for name, value in fields.items()}, **more}
    return OtherBrokerage.model_validate({**wire, "id": kind.model_fields["id"].default})


def _names(kind: Kind) -> tuple[str, ...]:
    return (*kind.model_fields, *(_ALPACA_PAIR if kind is Alpaca else ()))


def _known(kind: Kind, name: str) -> bool:
    return name in _names(kind)


def _choice(kind: Kind) -> str | None:
    return next((name for name in kind.model_fields if name.endswith(MONEY_CHOICES)), None)


def _prefix(kind: Kind) -> str:
    return _PREFIXES.get(kind.__name__, kind.__name__.lower())


def _key(field: str) -> str:
    return field.replace("_", "-")


def _variable(field: str) -> str:
    return f"QC_{field.upper()}"


def _bare(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower()).removesuffix("brokerage")


def _snake(key: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", key).lower()).strip("_")


def _blank(value: object) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


def _text(value: object) -> object:
    """The number of an account is a text."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _cash(value: object) -> object:
    return [{"amount": value}] if isinstance(value, int | float) and not isinstance(value, bool) else value
