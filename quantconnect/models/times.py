"""Times as QuantConnect writes them. Pure.

A point in time comes as `YYYY-MM-DD HH:MM:SS` without a zone (UTC is meant), as ISO 8601, or as unix seconds; a span
as .NET writes it, `d.hh:mm:ss.fffffff`. What cannot be read is None: a strange time must not lose the rest.
Sources: LEAN's API tests for both forms, LEAN's `TradeStatistics` for spans.
"""

import re
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

from pydantic import AwareDatetime, BeforeValidator, PlainSerializer

from quantconnect.models.numbers import parse_number

_SPAN = re.compile(
    r"(?P<sign>-?)(?:(?P<days>\d{1,8})\.)?(?P<hours>\d{1,2}):(?P<minutes>\d\d):(?P<seconds>\d\d(?:\.\d+)?)"
)


def _utc(value: Any) -> datetime | None:
    try:
        if isinstance(value, str):
            text = value.strip()
            value = parse_number(text) if text.isdecimal() and len(text) > 8 else datetime.fromisoformat(text)
        if isinstance(value, int | float) and not isinstance(value, bool):
            value = datetime.fromtimestamp(value, UTC)
        if isinstance(value, datetime):
            return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
    except (ValueError, OverflowError, OSError):  # empty, PHP's 0000-00-00, the year 300000
        return None
    return None


def _span(value: Any) -> timedelta | None:
    if isinstance(value, timedelta):
        return value
    match = _SPAN.fullmatch(value.strip()) if isinstance(value, str) else None
    if match is None:
        seconds = parse_number(value)
        return None if seconds is None or abs(seconds) > 1e12 else timedelta(seconds=seconds)
    span = timedelta(
        days=int(match["days"] or 0),
        hours=int(match["hours"]),
        minutes=int(match["minutes"]),
        seconds=float(match["seconds"]),
    )
    return -span if match["sign"] else span


def _unix(moment: datetime) -> int:
    return int(moment.timestamp())


#: A time in UTC, or None.
UtcDatetime = Annotated[datetime | None, BeforeValidator(_utc)]
#: A length of time, or None.
Span = Annotated[timedelta | None, BeforeValidator(_span)]
#: In a request: a time with a zone, sent as whole unix seconds.
UnixSeconds = Annotated[AwareDatetime, PlainSerializer(_unix, return_type=int)]
