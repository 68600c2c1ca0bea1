"""What the emulated cloud has on its shelves: data files with their prices, data sets, modules and news. All invented.

Source of the fields: the LEAN CLI's data, market, module and service clients.
"""

import io
import random
import re
import zipfile
from datetime import date, timedelta
from typing import Any

AGREEMENT = "This agreement binds nobody: the data of the qcjobs emulator is invented."

_FIRST_DAY = date(2024, 1, 2)
_DAYS = 252

_DAILY = ("equity/usa/daily/{}.zip", ("aapl", "msft", "qqq", "spy"))
_MINUTE = ("equity/usa/minute/spy/202401{:02}_trade.zip", range(2, 6))
_FOREX = ("forex/oanda/daily/{}.zip", ("eurusd", "gbpusd"))
_CRYPTO = ("crypto/coinbase/daily/{}_trade.zip", ("btcusd", "ethusd"))

DATA_FILES = tuple(sorted(form.format(name) for form, names in (_DAILY, _MINUTE, _FOREX, _CRYPTO) for name in names))
"""Paths of the data files, as LEAN lays them out."""

_PRICES: tuple[tuple[str, str, float], ...] = (
    ("AlgoSeek", r"^equity/usa/daily/[^/]+\.zip$", 100),
    ("AlgoSeek", r"^equity/usa/minute/[^/]+/.+\.zip$", 5),
    ("QuantConnect", r"^forex/oanda/daily/[^/]+\.zip$", 1),
    ("CoinAPI", r"^crypto/coinbase/daily/[^/]+\.zip$", 50),
)
"""Vendor, paths and price of a file, in QCC."""

MARKET: tuple[dict[str, Any], ...] = tuple(
    {
        "id": number,
        "name": name,
        "delivery": delivery,
        "vendorName": vendor,
        "tags": [{"name": tag}],
        "pending": False,
    }
    for number, name, delivery, vendor, tag in (
        (1, "US Equities", "cloud & download", "AlgoSeek", "Financial Market Data"),
        (2, "Forex Data", "download only", "QuantConnect", "Financial Market Data"),
        (3, "Coinbase Crypto Price Data", "cloud & download", "CoinAPI", "Crypto"),
        (4, "Tiingo News Feed", "cloud only", "Tiingo", "News and Events"),
    )
)

MODULES: dict[int, tuple[str, ...]] = {
    1: ("QuantConnect.AlpacaBrokerage.1.0.0.nupkg",),
    2: ("QuantConnect.BinanceBrokerage.1.0.0.nupkg", "QuantConnect.BinanceBrokerage.1.0.1.nupkg"),
}
"""Files of a module by the number of its product."""

NEWS: tuple[dict[str, Any], ...] = (
    {
        "title": "The emulator is running",
        "text": "Nothing in here is real.",
        "image": "",
        "link": "",
        "created": "2026-01-01 00:00:00",
    },
)


def prices() -> list[dict[str, Any]]:
    """What each kind of data file costs."""
    return [
        {"vendorName": vendor, "regex": regex, "price": price, "type": None, "subscribed": None, "productId": None}
        for vendor, regex, price in _PRICES
    ]


def price_of(path: str) -> float:
    """What one data file costs, in QCC."""
    return next((price for _, regex, price in _PRICES if re.match(regex, path)), 0.0)


def data_file(path: str) -> bytes:
    """A zip with one table of prices in LEAN's form: time, open, high, low, close (deci-cents), volume."""
    name = path.rpartition("/")[2].removesuffix(".zip")
    dice = random.Random(path)  # noqa: S311 - a reproducible walk, not a secret
    price, lines = dice.uniform(20, 400), []
    for day in (_FIRST_DAY + timedelta(days=offset) for offset in range(_DAYS)):
        opened, price = price, max(1.0, price * (1 + dice.gauss(0, 0.01)))
        values = (opened, max(opened, price), min(opened, price), price)
        lines.append(",".join([f"{day:%Y%m%d} 00:00", *(str(round(10_000 * value)) for value in values), "1000000"]))
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(f"{name}.csv", "\n".join(lines) + "\n")
    return target.getvalue()
