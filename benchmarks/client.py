"""What the client costs beside what it is made of: calls per second, decoding, import time.

    .venv/bin/python -m benchmarks.client

Calls go to the emulator on loopback, one after the other, in rounds that alternate between the candidates, so that a
machine that slows down slows all of them. Decoding is from bytes to a typed chart, beside `json.loads` of the same
bytes. Import time is of a fresh interpreter, beside the import of httpx and pydantic alone.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

import httpx
import requests

from emulator.options import EmulatorOptions
from emulator.server import running
from quantconnect import QuantConnectClient
from quantconnect.endpoints.backtests import READ_BACKTEST_CHART
from quantconnect.protocol import decode

TOKEN = "benchmark"
ROUNDS = 5
POINTS_PER_SERIES = 100_000


def main() -> None:
    """Measure, print JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--calls", type=int, default=200, help="per round and candidate")
    parser.add_argument("--megabytes", type=float, default=20.0, help="of the chart")
    chosen = parser.parse_args()
    measured = {
        "calls_per_second": calls(chosen.calls),
        "decode": decoding(chosen.megabytes),
        "import_seconds": imports(),
    }
    print(json.dumps(measured, indent=2))


def calls(count: int) -> dict[str, Any]:
    """Ours, bare httpx with a pool, and requests without a session, asking for the same."""
    with running(EmulatorOptions(api_token=TOKEN)) as emulator, httpx.Client() as bare:
        url = f"{emulator.base_url}/projects/read"
        ours = QuantConnectClient(1, TOKEN, base_url=emulator.base_url)
        candidates: dict[str, Callable[[], object]] = {
            "qcjobs": ours.projects.list,
            "httpx": lambda: bare.post(url, json={}, headers=signed()).json(),
            "requests_without_session": lambda: requests.post(url, json={}, headers=signed(), timeout=30).json(),
        }
        rates: dict[str, list[float]] = {name: [] for name in candidates}
        for _ in range(ROUNDS):
            for name, ask in candidates.items():
                rates[name].append(count / seconds(lambda ask=ask: [ask() for _ in range(count)]))  # type: ignore[misc] # mypy infers no lambda defaults
        ours.close()
    middle = {name: statistics.median(values) for name, values in rates.items()}
    return {
        **{name: round(rate) for name, rate in middle.items()},
        "qcjobs_over_httpx": round(middle["qcjobs"] / middle["httpx"], 2),
        "qcjobs_over_requests": round(middle["qcjobs"] / middle["requests_without_session"], 2),
    }


def decoding(megabytes: float) -> dict[str, Any]:
    """A chart of so many bytes, typed, beside `json.loads`."""
    body = chart(megabytes)
    ours = [seconds(lambda: decode(READ_BACKTEST_CHART, 200, {}, body)) for _ in range(ROUNDS)]
    plain = [seconds(lambda: json.loads(body)) for _ in range(ROUNDS)]
    return {
        "megabytes": round(len(body) / 1e6, 1),
        "qcjobs_seconds": round(statistics.median(ours), 3),
        "json_loads_seconds": round(statistics.median(plain), 3),
        "ratio": round(statistics.median(ours) / statistics.median(plain), 2),
    }


def chart(megabytes: float) -> bytes:
    """A reply with line points, as large as asked for."""
    values = [[1_600_000_000 + 60 * index, 100_000 + index % 977 / 7] for index in range(POINTS_PER_SERIES)]
    size = len(json.dumps(values))
    series = {
        f"Series {number}": {"name": f"Series {number}", "unit": "$", "index": 0, "seriesType": 0, "values": values}
        for number in range(max(round(megabytes * 1e6 / size), 1))
    }
    return json.dumps({"success": True, "chart": {"name": "Strategy Equity", "series": series}}).encode()


def imports() -> dict[str, float]:
    """Seconds that an import adds to a fresh interpreter."""
    empty = fresh("pass")
    found = {name: fresh(f"import {name}") - empty for name in ("quantconnect", "httpx, pydantic")}
    ratio = found["quantconnect"] / found["httpx, pydantic"]
    return {**{name: round(value, 3) for name, value in found.items()}, "ratio": round(ratio, 2)}


def fresh(statement: str) -> float:
    """The quickest of several interpreters: what else the machine does can only slow one down."""
    return min(seconds(lambda: subprocess.run([sys.executable, "-c", statement], check=True)) for _ in range(ROUNDS))


def signed() -> dict[str, str]:
    """The headers of a signed request, made as anybody would."""
    stamp = str(int(time.time()))
    digest = hashlib.sha256(f"{TOKEN}:{stamp}".encode()).hexdigest()
    return {"Timestamp": stamp, "Authorization": f"Basic {base64.b64encode(f'1:{digest}'.encode()).decode()}"}


def seconds(work: Callable[[], object]) -> float:
    """How long it takes, by the clock on the wall."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
