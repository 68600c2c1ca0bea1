"""What a deployment's `brokerage` and `dataProviders` must contain, by the brokerage's id.

Checks that every key is there and takes an allowed value, and forgets the values: they are secrets. A failure names
keys, never values. Source: QuantConnect API definition, `live/create`; LEAN's live trading tests.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from emulator.envelope import ApiFailure
from emulator.tape import Position
from emulator.wire import Arguments

PAPER = "QuantConnectBrokerage"
START_CASH = 100_000.0  #: dollars, unless the settings say otherwise

_ANY: tuple[str, ...] = ()
_LIVE_OR_PAPER = ("live", "paper")
_IB = dict.fromkeys(("ib-user-name", "ib-account", "ib-password", "ib-weekly-restart-utc-time"), _ANY)

_KEYS: dict[str, dict[str, tuple[str, ...]]] = {
    PAPER: {},
    "InteractiveBrokersBrokerage": _IB,
    "TradierBrokerage": {
        "tradier-account-id": _ANY,
        "tradier-access-token": _ANY,
        "tradier-environment": _LIVE_OR_PAPER,
    },
    "BitfinexBrokerage": {"bitfinex-api-key": _ANY, "bitfinex-api-secret": _ANY},
    "CoinbaseBrokerage": {"coinbase-api-name": _ANY, "coinbase-api-private-key": _ANY},
    "BinanceBrokerage": {
        "binance-exchange-name": ("Binance", "BinanceUS", "Binance-USDM-Futures", "Binance-COIN-Futures"),
    },
    "TradingTechnologiesBrokerage": {
        **dict.fromkeys(("tt-user-name", "tt-session-password", "tt-account-name", "tt-rest-app-key"), _ANY),
        "tt-rest-app-secret": _ANY,
        "tt-rest-environment": ("live", "uat"),
        "tt-order-routing-sender-comp-id": _ANY,
        "cash": _ANY,
    },
    "KrakenBrokerage": {
        "kraken-api-key": _ANY,
        "kraken-api-secret": _ANY,
        "kraken-verification-tier": ("Starter", "Intermediate", "Pro"),
    },
    "AlpacaBrokerage": {"alpaca-access-token": _ANY, "alpaca-environment": _LIVE_OR_PAPER},
    "BybitBrokerage": {
        "bybit-api-key": _ANY,
        "bybit-api-secret": _ANY,
        "bybit-vip-level": (*(f"VIP{level}" for level in range(6)), "SupremeVIP", *(f"Pro{n}" for n in range(1, 6))),
    },
    "OandaBrokerage": {
        "oanda-account-id": _ANY,
        "oanda-access-token": _ANY,
        "oanda-environment": ("Practice", "Trade"),
    },
    "WolverineBrokerage": {"wolverine-on-behalf-of-comp-id": _ANY, "wolverine-account": _ANY},
    "TradeStationBrokerage": {
        "trade-station-client-id": _ANY,
        "trade-station-account-id": _ANY,
        "trade-station-refresh-token": _ANY,
        "trade-station-environment": _LIVE_OR_PAPER,
    },
    "TastytradeBrokerage": {"tastytrade-account-number": _ANY, "tastytrade-refresh-token": _ANY},
    "CharlesSchwabBrokerage": {"charles-schwab-account-number": _ANY},
    "TerminalLinkBrokerage": {
        "terminal-link-connection-type": ("SAPI",),
        "terminal-link-server-auth-id": _ANY,
        "terminal-link-environment": ("Production", "Beta"),
        "terminal-link-server-host": _ANY,
        "terminal-link-server-port": _ANY,
        "terminal-link-emsx-broker": _ANY,
        "terminal-link-emsx-account": _ANY,
        "terminal-link-openfigi-api-key": _ANY,
    },
    "RBIBrokerage": {"rbi-on-behalf-of-comp-id": _ANY, "rbi-account": _ANY},
}
"""Required keys by brokerage, each with its allowed values; none means any."""

_BINANCE_KEYS: dict[str, dict[str, tuple[str, ...]]] = {
    "Binance": {"binance-api-key": _ANY, "binance-api-secret": _ANY, "binance-use-testnet": _LIVE_OR_PAPER},
    "BinanceUS": {"binanceus-api-key": _ANY, "binanceus-api-secret": _ANY},
    "Binance-USDM-Futures": {"binance-api-key": _ANY, "binance-api-secret": _ANY},
    "Binance-COIN-Futures": {"binance-api-key": _ANY, "binance-api-secret": _ANY},
}
"""What Binance wants beside the name of the exchange, by that name."""

_ALPACA_PAIR: dict[str, tuple[str, ...]] = {
    "alpaca-api-key": _ANY,
    "alpaca-api-secret": _ANY,
    "alpaca-environment": _LIVE_OR_PAPER,
}
"""What LEAN's Alpaca brokerage takes in the place of an access token."""

_PROVIDER_KEYS: dict[str, dict[str, tuple[str, ...]]] = {
    "AlpacaBrokerage": {"alpaca-api-key": _ANY, "alpaca-api-secret": _ANY},
    "PolygonDataFeed": {"polygon-api-key": _ANY},
}
"""Where a data provider wants other keys than the brokerage of its name."""

_PAPER_ENVIRONMENTS = ("paper", "Practice", "uat", "Beta")

_DOLLARS = {"USD": 1.0, "USDT": 1.0, "USDC": 1.0, "EUR": 1.1, "GBP": 1.3, "CHF": 1.1, "JPY": 0.007, "BTC": 60_000.0}
"""What one unit of a currency is worth, for ever; a currency that is not here counts as a dollar."""


@dataclass(frozen=True, slots=True)
class Account:
    """The account at the brokerage, as far as the emulator needs to know."""

    brokerage: str  #: the name in replies
    environment: str  #: "live" or "paper"
    cash: dict[str, float]  #: amount by currency
    positions: dict[str, Position]
    symbol_ids: dict[str, str]  #: LEAN's identifier by symbol, where the settings gave one
    login_fails: bool  #: a setting has the value "fail"

    @property
    def foreign_cash(self) -> dict[str, float]:
        """Cash in other currencies than dollars; the algorithm does not touch it."""
        return {currency: amount for currency, amount in self.cash.items() if currency != "USD"}

    @property
    def foreign_dollars(self) -> float:
        """What that is worth."""
        return round(sum(amount * dollars(currency) for currency, amount in self.foreign_cash.items()), 2)


def dollars(currency: str) -> float:
    """Worth of one unit of a currency."""
    return _DOLLARS.get(currency, 1.0)


def open_account(settings: Mapping[str, Any]) -> Account:
    """Check the settings of a brokerage.

    Raises:
        ApiFailure: Unknown brokerage; a key is missing or has a value that is not allowed (own words).
    """
    brokerage = str(settings.get("id") or "")
    if brokerage not in _KEYS:
        raise ApiFailure(f"Unknown brokerage: {brokerage[:60]}" if brokerage else "Missing brokerage setting: id")
    _check(brokerage, settings, _required(brokerage, settings))
    items = Arguments(settings)
    holdings = [Arguments(item) for item in items.items("holdings") if isinstance(item, dict)]
    symbols = [_symbol(holding) for holding in holdings]
    amounts = [Arguments(item) for item in items.items("cash") if isinstance(item, dict)]
    return Account(
        brokerage="PaperBrokerage" if brokerage == PAPER else brokerage,
        environment=_environment(brokerage, settings),
        cash={one.text("currency").upper(): one.number("amount") for one in amounts} or {"USD": START_CASH},
        positions={
            symbol: Position(holding.number("quantity"), holding.number("averagePrice", 0))
            for symbol, holding in zip(symbols, holdings, strict=True)
            if holding.number("quantity")
        },
        symbol_ids={
            symbol: holding.text("symbolId")
            for symbol, holding in zip(symbols, holdings, strict=True)
            if "symbolId" in holding
        },
        login_fails="fail" in settings.values(),
    )


def check_data_providers(providers: Mapping[str, Any]) -> None:
    """Check the settings of each data provider; one that the emulator does not know passes.

    Raises:
        ApiFailure: A key is missing or has a value that is not allowed (own words).
    """
    for name, settings in providers.items():
        if not isinstance(settings, dict) or not settings.get("id"):
            raise ApiFailure(f"Missing setting of data provider {name[:60]}: id")
        if name in _PROVIDER_KEYS or name in _KEYS:
            _check(name, settings, _PROVIDER_KEYS.get(name) or _required(name, settings))


def _required(brokerage: str, settings: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    keys = _KEYS[brokerage]
    if brokerage == "BinanceBrokerage":
        return keys | _BINANCE_KEYS.get(str(settings.get("binance-exchange-name")), {})
    if brokerage == "AlpacaBrokerage" and "alpaca-access-token" not in settings and "alpaca-api-key" in settings:
        return _ALPACA_PAIR
    return keys


def _check(name: str, settings: Mapping[str, Any], keys: Mapping[str, tuple[str, ...]]) -> None:
    missing = [key for key in keys if settings.get(key) is None or settings[key] == ""]
    if missing:
        raise ApiFailure(f"Missing setting of {name}: {', '.join(missing)}")
    for key, allowed in keys.items():
        if allowed and settings[key] not in (*allowed, "fail"):
            raise ApiFailure(f"Invalid setting of {name}: {key} must be one of {', '.join(allowed)}")


def _environment(brokerage: str, settings: Mapping[str, Any]) -> str:
    if brokerage == PAPER:
        return "paper"
    if brokerage == "InteractiveBrokersBrokerage":  # paper accounts begin with these letters (LEAN's live tests)
        paper = settings.get("ib-trading-mode") == "paper" or str(settings["ib-account"]).upper().startswith("DU")
        return "paper" if paper else "live"
    chosen = [settings[key] for key, allowed in _required(brokerage, settings).items() if allowed]
    return "paper" if any(value in _PAPER_ENVIRONMENTS for value in chosen) else "live"


def _symbol(holding: Arguments) -> str:
    """The ticker: the symbol, or the first half of its identifier."""
    symbol = holding.optional_text("symbol") or holding.text("symbolId")
    return symbol.split(" ")[0].upper()
