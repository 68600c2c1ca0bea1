"""`ai/tools/*`: stateless helpers for whoever writes code. Their replies have no `success`, but state and payload.

The checks are those of a compile and of a backtest's first moment; completion and search know a few words only.
Source: QuantConnect API definition; the official MCP server. What is in a payload beyond its type is not published.
"""

from typing import Any

from emulator.call import Call, Handler
from emulator.envelope import ApiFailure
from emulator.inspection import inspect
from emulator.pep8 import convert, snake_case
from emulator.wire import Arguments

VERSION = 2.0

_METHODS = (
    *("SetStartDate", "SetEndDate", "SetCash", "SetHoldings", "SetWarmUp", "SetBenchmark", "AddEquity", "AddCrypto"),
    *("AddForex", "AddFuture", "AddOption", "MarketOrder", "LimitOrder", "StopMarketOrder", "Liquidate", "History"),
    *("GetParameter", "Debug", "Log", "Plot", "Schedule", "SetRuntimeStatistic", "SetSummaryStatistic"),
)

_PAGES = (
    ("Initialization", "writing-algorithms/initialization", "Set the dates, the cash and the data in initialize."),
    (
        "Requesting Data",
        "writing-algorithms/securities/requesting-data",
        "Subscribe to assets with add_equity and others.",
    ),
    ("Order Types", "writing-algorithms/trading-and-orders/order-types", "Market, limit and stop orders."),
    ("Parameters", "optimization/parameters", "Read a project's parameters with get_parameter."),
    ("Brokerages", "cloud-platform/live-trading/brokerages", "Connect a live algorithm to a brokerage."),
    ("Indicators", "writing-algorithms/indicators", "Create indicators such as rsi, sma and ema."),
)

_CRITERIA = {"Stubs": 0, "Forum": 1, "Docs": 2, "Examples": 3}


def check_syntax(call: Call) -> dict[str, Any]:
    """What a build would complain about, line by line; nothing if it would succeed."""
    errors = inspect(_language(call), _files(call)).build_errors
    return _reply(call, list(errors), "StringArray", state="Error" if errors else "End")


def run_initialization(call: Call) -> dict[str, Any]:
    """Whether the algorithm builds and survives its initialization."""
    strategy = inspect(_language(call), _files(call))
    failure = strategy.failure
    problem = "\n".join(strategy.build_errors) or (failure.message if failure and failure.in_initialize else "")
    text = problem or "Algorithm initialized successfully."
    return _reply(call, text, "String", state="Error" if problem else "End")


def complete(call: Call) -> dict[str, Any]:
    """Sentences with their last word completed to a method of an algorithm."""
    spell = snake_case if _language(call) == "Py" else str
    sentence = call.arguments.text("sentence")
    head, dot, word = sentence.rpartition(".")
    names = [spell(name) for name in _METHODS if spell(name).startswith(word.strip())]
    most = call.arguments.integer("responseSizeLimit", 10)
    return _reply(call, [f"{head}{dot}{name}(" for name in names[: max(most, 0)]], "StringArray")


def enhance_error(call: Call) -> dict[str, Any]:
    """An error message in more words."""
    _language(call)
    message = Arguments(call.arguments.mapping("error")).text("message")
    return _reply(call, f"{message}\n\nThe emulator cannot explain it; read the line that the trace names.", "String")


def convert_to_pep8(call: Call) -> dict[str, Any]:
    """Python files with LEAN's names in snake_case, by file name."""
    return _reply(call, {name: convert(content) for name, content in _files(call).items()}, "StringDict")


def search(call: Call) -> dict[str, Any]:
    """Pages that share words with a criterion, best first."""
    _language(call)
    found: list[dict[str, Any]] = []
    for item in call.arguments.items("criteria"):
        criterion = Arguments(item if isinstance(item, dict) else {})
        kind = criterion.text("type")
        if kind not in _CRITERIA:
            raise ApiFailure(f"Invalid search type: {kind[:60]}")
        hits = _hits(criterion.text("input"), _CRITERIA[kind])
        found += hits[: max(criterion.integer("count"), 0)]
    call.enveloped = False
    return {"state": "End", "version": VERSION, "retrivals": found, "messageId": 0}


def _hits(words: str, kind: int) -> list[dict[str, Any]]:
    wanted = set(words.lower().split())
    hits = []
    for title, path, content in _PAGES:
        score = len(wanted & set(f"{title} {content}".lower().replace(",", "").replace(".", "").split())) / len(wanted)
        if score:
            url = f"[{title} - QuantConnect.com](https://www.quantconnect.com/docs/v2/{path})"
            hits.append({"url": url, "score": round(score, 4), "content": content, "type": kind})
    return sorted(hits, key=lambda hit: -float(hit["score"]))


def _language(call: Call) -> str:
    language = call.arguments.text("language")
    if language not in {"Py", "C#"}:
        raise ApiFailure(f"Invalid language: {language[:60]}")
    return language


def _files(call: Call) -> dict[str, str]:
    files = [Arguments(item if isinstance(item, dict) else {}) for item in call.arguments.items("files")]
    if not files:
        raise ApiFailure("Invalid or missing parameter: files")
    return {file.text("name"): file.optional_text("content") or "" for file in files}


def _reply(call: Call, payload: object, kind: str, *, state: str = "End") -> dict[str, Any]:
    call.enveloped = False
    return {"state": state, "version": VERSION, "payload": payload, "payloadType": kind}


HANDLERS: dict[str, Handler] = {
    "ai/tools/syntax-check": check_syntax,
    "ai/tools/backtest-init": run_initialization,
    "ai/tools/complete": complete,
    "ai/tools/error-enhance": enhance_error,
    "ai/tools/pep8-convert": convert_to_pep8,
    "ai/tools/search": search,
}
