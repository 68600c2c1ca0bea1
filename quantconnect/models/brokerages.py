"""Settings of brokerages and of data providers, as `live/create` wants them: a name with hyphens for each key.

Every key that a brokerage needs is a field without default, so that a missing one is named before anything is sent.
Keys, tokens and passwords are in no repr. A brokerage that is not here: `OtherBrokerage`.
Sources: API reference, "Create Live Algorithm"; LEAN's live tests for the trading mode of Interactive Brokers.
"""

from collections.abc import Iterable
from typing import Any, ClassVar, Literal

from pydantic import ConfigDict, Field

from quantconnect.models.base import Request

_ENVIRONMENT = Literal["live", "paper"]


#: The fields that choose between real and paper money end like this …
MONEY_CHOICES = ("_environment", "_use_testnet", "_trading_mode")
_ON_THE_WIRE = tuple(choice.replace("_", "-") for choice in MONEY_CHOICES)
#: … and say this for paper.
_PAPER_WORDS = frozenset({"paper", "practice", "uat", "beta"})


def _hyphens(name: str) -> str:
    return name.replace("_", "-")


def _secret() -> Any:
    return Field(repr=False, min_length=1)


class CashAmount(Request):
    """Money to start with."""

    amount: float
    currency: str = "USD"


class OpenPosition(Request):
    """A position to start with."""

    symbol_id: str
    symbol: str
    quantity: float
    average_price: float


class BrokerageSettings(Request):
    """A login at a brokerage or a data provider. `data_provider` is the name under which it provides data."""

    model_config = ConfigDict(alias_generator=_hyphens)

    data_provider: ClassVar[str] = ""

    id: str

    @property
    def trades_paper_money(self) -> bool:
        """Whether no real money is at stake. What does not say so counts as real."""
        words = {str(value).lower() for name, value in self if name.endswith(MONEY_CHOICES)}
        return bool(words & _PAPER_WORDS)


class WithHoldings(BrokerageSettings):
    """A brokerage that cannot tell what is held."""

    holdings: list[OpenPosition] | None = None


class WithCash(WithHoldings):
    """One that cannot tell the cash, either."""

    cash: list[CashAmount] | None = None


class PaperTrading(WithCash):
    """QuantConnect's own brokerage, without real money; and QuantConnect's data."""

    data_provider = "QuantConnectBrokerage"

    id: Literal["QuantConnectBrokerage"] = "QuantConnectBrokerage"

    @property
    def trades_paper_money(self) -> bool:
        """It does."""
        return True


class InteractiveBrokers(WithCash):
    """Interactive Brokers. `ib_weekly_restart_utc_time` is `HH:MM:SS` on Sundays, in UTC."""

    data_provider = "InteractiveBrokersBrokerage"

    id: Literal["InteractiveBrokersBrokerage"] = "InteractiveBrokersBrokerage"
    ib_user_name: str
    ib_account: str
    ib_password: str = _secret()
    ib_weekly_restart_utc_time: str = Field(pattern=r"^\d\d:\d\d:\d\d$")
    ib_financial_advisors_group_filter: str | None = None
    ib_trading_mode: _ENVIRONMENT | None = None


class Tradier(BrokerageSettings):
    """Tradier."""

    data_provider = "TradierBrokerage"

    id: Literal["TradierBrokerage"] = "TradierBrokerage"
    tradier_account_id: str
    tradier_access_token: str = _secret()
    tradier_environment: _ENVIRONMENT


class Bitfinex(BrokerageSettings):
    """Bitfinex."""

    data_provider = "BitfinexBrokerage"

    id: Literal["BitfinexBrokerage"] = "BitfinexBrokerage"
    bitfinex_api_key: str = _secret()
    bitfinex_api_secret: str = _secret()


class Coinbase(WithHoldings):
    """Coinbase Advanced."""

    data_provider = "CoinbaseBrokerage"

    id: Literal["CoinbaseBrokerage"] = "CoinbaseBrokerage"
    coinbase_api_name: str = _secret()
    coinbase_api_private_key: str = _secret()


class Binance(WithHoldings):
    """Binance, spot and margin."""

    data_provider = "BinanceBrokerage"

    id: Literal["BinanceBrokerage"] = "BinanceBrokerage"
    binance_exchange_name: Literal["Binance"] = "Binance"
    binance_api_key: str = _secret()
    binance_api_secret: str = _secret()
    binance_use_testnet: _ENVIRONMENT


class BinanceUS(WithHoldings):
    """Binance US."""

    data_provider = "BinanceBrokerage"

    id: Literal["BinanceBrokerage"] = "BinanceBrokerage"
    binance_exchange_name: Literal["BinanceUS"] = "BinanceUS"
    binanceus_api_key: str = _secret()
    binanceus_api_secret: str = _secret()


class BinanceUSDMFutures(WithHoldings):
    """Binance, futures margined in USD."""

    data_provider = "BinanceBrokerage"

    id: Literal["BinanceBrokerage"] = "BinanceBrokerage"
    binance_exchange_name: Literal["Binance-USDM-Futures"] = "Binance-USDM-Futures"
    binance_api_key: str = _secret()
    binance_api_secret: str = _secret()


class BinanceCOINFutures(WithHoldings):
    """Binance, futures margined in coins."""

    data_provider = "BinanceBrokerage"

    id: Literal["BinanceBrokerage"] = "BinanceBrokerage"
    binance_exchange_name: Literal["Binance-COIN-Futures"] = "Binance-COIN-Futures"
    binance_api_key: str = _secret()
    binance_api_secret: str = _secret()


class TradingTechnologies(BrokerageSettings):
    """Trading Technologies."""

    id: Literal["TradingTechnologiesBrokerage"] = "TradingTechnologiesBrokerage"
    tt_user_name: str
    tt_session_password: str = _secret()
    tt_account_name: str
    tt_rest_app_key: str = _secret()
    tt_rest_app_secret: str = _secret()
    tt_rest_environment: Literal["live", "uat"]
    tt_order_routing_sender_comp_id: str
    cash: list[CashAmount]


class Kraken(BrokerageSettings):
    """Kraken."""

    data_provider = "KrakenBrokerage"

    id: Literal["KrakenBrokerage"] = "KrakenBrokerage"
    kraken_api_key: str = _secret()
    kraken_api_secret: str = _secret()
    kraken_verification_tier: Literal["Starter", "Intermediate", "Pro"]


class Bybit(WithHoldings):
    """Bybit."""

    data_provider = "BybitBrokerage"

    id: Literal["BybitBrokerage"] = "BybitBrokerage"
    bybit_api_key: str = _secret()
    bybit_api_secret: str = _secret()
    bybit_vip_level: Literal[
        "VIP0", "VIP1", "VIP2", "VIP3", "VIP4", "VIP5", "SupremeVIP", "Pro1", "Pro2", "Pro3", "Pro4", "Pro5"
    ]


class Oanda(BrokerageSettings):
    """Oanda."""

    data_provider = "OandaBrokerage"

    id: Literal["OandaBrokerage"] = "OandaBrokerage"
    oanda_account_id: str
    oanda_access_token: str = _secret()
    oanda_environment: Literal["Practice", "Trade"]


class Wolverine(WithCash):
    """Wolverine Execution Services."""

    id: Literal["WolverineBrokerage"] = "WolverineBrokerage"
    wolverine_on_behalf_of_comp_id: str
    wolverine_account: str


class RBI(WithCash):
    """RBI."""

    id: Literal["RBIBrokerage"] = "RBIBrokerage"
    rbi_on_behalf_of_comp_id: str
    rbi_account: str


class CharlesSchwab(BrokerageSettings):
    """Charles Schwab, after an authorization."""

    data_provider = "CharlesSchwabBrokerage"

    id: Literal["CharlesSchwabBrokerage"] = "CharlesSchwabBrokerage"
    charles_schwab_account_number: str


class TerminalLink(WithCash):
    """Bloomberg, by Terminal Link."""

    id: Literal["TerminalLinkBrokerage"] = "TerminalLinkBrokerage"
    terminal_link_connection_type: Literal["SAPI"] = "SAPI"
    terminal_link_server_auth_id: str = _secret()
    terminal_link_environment: Literal["Production", "Beta"]
    terminal_link_server_host: str
    terminal_link_server_port: int
    terminal_link_emsx_broker: str
    terminal_link_emsx_account: str
    terminal_link_openfigi_api_key: str = _secret()
    terminal_link_emsx_team: str | None = None


class TradeStation(BrokerageSettings):
    """TradeStation, after an authorization."""

    data_provider = "TradeStationBrokerage"

    id: Literal["TradeStationBrokerage"] = "TradeStationBrokerage"
    trade_station_client_id: str = _secret()
    trade_station_account_id: str
    trade_station_refresh_token: str = _secret()
    trade_station_environment: _ENVIRONMENT


class Tastytrade(BrokerageSettings):
    """Tastytrade, after an authorization."""

    data_provider = "TastytradeBrokerage"

    id: Literal["TastytradeBrokerage"] = "TastytradeBrokerage"
    tastytrade_account_number: int
    tastytrade_refresh_token: str = _secret()


class Alpaca(BrokerageSettings):
    """Alpaca, after an authorization."""

    id: Literal["AlpacaBrokerage"] = "AlpacaBrokerage"
    alpaca_access_token: str = _secret()
    alpaca_environment: _ENVIRONMENT


class AlpacaData(BrokerageSettings):
    """Alpaca's data, with a key of its own."""

    data_provider = "AlpacaBrokerage"

    id: Literal["AlpacaBrokerage"] = "AlpacaBrokerage"
    alpaca_api_key: str = _secret()
    alpaca_api_secret: str = _secret()


class PolygonData(BrokerageSettings):
    """Polygon's data."""

    data_provider = "PolygonDataFeed"

    id: Literal["Polygon"] = "Polygon"
    polygon_api_key: str = _secret()


class OtherBrokerage(BrokerageSettings):
    """Any other, with the keys that it wants, spelled as on the wire."""

    model_config = ConfigDict(extra="allow")

    @property
    def trades_paper_money(self) -> bool:
        """As far as its keys tell."""
        told = {str(value).lower() for key, value in (self.model_extra or {}).items() if key.endswith(_ON_THE_WIRE)}
        return bool(told & _PAPER_WORDS)

    def __repr_args__(self) -> Iterable[tuple[str | None, Any]]:
        """The id only: which of the keys are secret, nobody here knows."""
        return [("id", self.id)]


#: Every brokerage by its class name.
BROKERAGES: dict[str, type[BrokerageSettings]] = {
    kind.__name__: kind
    for kind in (
        PaperTrading,
        InteractiveBrokers,
        Tradier,
        Bitfinex,
        Coinbase,
        Binance,
        BinanceUS,
        BinanceUSDMFutures,
        BinanceCOINFutures,
        TradingTechnologies,
        Kraken,
        Bybit,
        Oanda,
        Wolverine,
        CharlesSchwab,
        RBI,
        TerminalLink,
        TradeStation,
        Tastytrade,
        Alpaca,
    )
}
