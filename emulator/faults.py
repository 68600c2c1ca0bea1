"""Faults on request: which endpoint fails next, how, how often.

Only decides; `passage.py` carries a fault out. A rule matches one endpoint or all ("*"), lets `after` requests
pass, then fires `times` times (0: until it is removed). The oldest matching rule that is ready wins.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any


class FaultKind(StrEnum):
    """What goes wrong."""

    ERROR_500 = "error-500"  #: HTTP 500, nothing done
    ERROR_502 = "error-502"  #: HTTP 502 with a proxy's HTML page, nothing done
    HTML = "html"  #: HTTP 200 with a maintenance page, nothing done
    SLOW = "slow"  #: handled as usual, but only `seconds` later, even if the client has left
    HANG = "hang"  #: no reply, nothing done; the connection closes after `seconds`
    DROP_BEFORE = "drop-before"  #: connection closed without reply, nothing done
    DROP_AFTER = "drop-after"  #: connection closed without reply, although the request took effect
    RATE_LIMIT = "rate-limit"  #: HTTP 429, with Retry-After when `seconds` is given
    SLOW_DOWN = "slow-down"  #: the "please slow down" refusal of backtests/create
    NO_SPARE_NODES = "no-spare-nodes"  #: the refusal of backtests/create when all nodes are busy
    NOT_FOUND = "not-found"  #: "Backtest not found" and its like, by endpoint
    GARBAGE = "garbage"  #: took effect, but the JSON of the reply is cut in half
    HUGE = "huge"  #: took effect, and the reply is `megabytes` long: more statistics than anybody needs
    REJECT = "reject"  #: success false with `text`


@dataclass(slots=True)
class Fault:
    """One rule and how often it has fired."""

    endpoint: str  #: path below /api/v2, or "*"
    kind: FaultKind
    times: int = 1  #: 0 means until removed
    seconds: float | None = None
    after: int = 0  #: matching requests still to let pass
    text: str | None = None
    megabytes: float = 100.0  #: of a huge reply
    status: int | None = None  #: HTTP status in place of the kind's own
    fired: int = 0

    @property
    def is_spent(self) -> bool:
        """Whether it will never fire again."""
        return bool(self.times) and self.fired >= self.times


class Faults:
    """The rules in force, oldest first."""

    def __init__(self) -> None:
        self._rules: list[Fault] = []

    def add(self, fault: Fault) -> None:
        """Put a rule in force behind the others."""
        self._rules.append(fault)

    def clear(self) -> None:
        """Remove all rules."""
        self._rules.clear()

    def take(self, endpoint: str) -> Fault | None:
        """The fault that this request runs into, if any; counts it."""
        for rule in self._rules:
            if rule.is_spent or rule.endpoint not in {"*", endpoint}:
                continue
            if rule.after > 0:
                rule.after -= 1
                continue
            rule.fired += 1
            return rule
        return None

    def payload(self) -> list[dict[str, Any]]:
        """All rules as JSON values, spent ones included."""
        return [asdict(rule) for rule in self._rules]


def parse(values: Mapping[str, Any], endpoints: frozenset[str]) -> Fault:
    """A rule from JSON values.

    Raises:
        ValueError: An unknown endpoint, kind or key, or a value of the wrong type; the text says which.
    """
    unknown = set(values) - {"endpoint", "kind", "times", "seconds", "after", "text", "megabytes", "status"}
    if unknown:
        raise ValueError(f"unknown key: {', '.join(sorted(unknown))}")
    endpoint = values.get("endpoint")
    if isinstance(endpoint, str):
        endpoint = endpoint.strip("/")  # as the journal writes paths
    if not isinstance(endpoint, str) or endpoint not in endpoints | {"*"}:
        raise ValueError(f"unknown endpoint {endpoint!r}; give a path such as 'backtests/create', or '*'")
    try:
        kind = FaultKind(str(values.get("kind")))
    except ValueError:
        raise ValueError(f"unknown kind {values.get('kind')!r}; one of: {', '.join(FaultKind)}") from None
    text = values.get("text")
    return Fault(
        endpoint=endpoint,
        kind=kind,
        times=_count(values, "times", default=1),
        seconds=None if values.get("seconds") is None else _amount(values, "seconds"),
        after=_count(values, "after", default=0),
        text=None if text is None else str(text),
        megabytes=_amount(values, "megabytes", default=100.0),
        status=_count(values, "status", default=0) or None,
    )


def _count(values: Mapping[str, Any], key: str, *, default: int) -> int:
    value = values.get(key, default)
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise ValueError(f"{key} must be a whole number, 0 or more")
    return value


def _amount(values: Mapping[str, Any], key: str, *, default: float = 0.0) -> float:
    value = values.get(key, default)
    if isinstance(value, bool) or not isinstance(value, int | float) or value < 0:
        raise ValueError(f"{key} must be a number, 0 or more")
    return float(value)
