"""The forms that all models share: what is sent, what comes back, and PHP's idea of an empty map.

Answers are read tolerantly (fields are added without notice, most may be null), requests are written strictly.
Sources: LEAN's and the LEAN CLI's converters for empty maps and both forms of time.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict
from pydantic.alias_generators import to_camel

T = TypeVar("T")

#: The value of a parameter, as people write it.
Scalar = str | int | float | bool


class Model(BaseModel):
    """Something QuantConnect answers. Unknown fields are kept in `model_extra`, and shown by no repr:
    a project's may hold the settings of a brokerage.
    """

    model_config = ConfigDict(
        alias_generator=to_camel,
        populate_by_name=True,
        extra="allow",
        coerce_numbers_to_str=True,
        hide_input_in_errors=True,
        protected_namespaces=(),
    )

    def __repr_args__(self) -> Iterable[tuple[str | None, Any]]:
        """The declared fields only."""
        declared = type(self).model_fields
        return [(name, value) for name, value in super().__repr_args__() if name in declared]


class Done(Model):
    """An answer that says no more than yes."""


class Request(BaseModel):
    """Something QuantConnect is asked. Absent values stay None and are not sent."""

    model_config = ConfigDict(
        alias_generator=to_camel,
        populate_by_name=True,
        extra="forbid",
        frozen=True,
        allow_inf_nan=False,
        hide_input_in_errors=True,
    )


class NoFields(Request):
    """A request that says no more than its path."""


def _map(value: Any) -> Any:
    """In PHP a list is a map with the keys 0, 1, 2 …, hence an empty map may be written as an empty list."""
    if value is None:
        return {}
    if isinstance(value, list | tuple):
        return {str(position): item for position, item in enumerate(value)}
    return value


def _texts(value: Any) -> Any:
    value = _map(value)
    if not isinstance(value, dict):
        return value
    return {str(name): text if isinstance(text, str) else str(text) for name, text in value.items() if text is not None}


def _listing(value: Any) -> Any:
    return [] if value is None else value


def _utc(value: Any) -> Any:
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        value = datetime.fromtimestamp(value, UTC)
    elif isinstance(value, str):
        try:
            value = datetime.fromisoformat(value.strip())
        except ValueError:  # empty, or PHP's 0000-00-00: a strange time must not lose the rest of the answer
            return None
    if isinstance(value, datetime):
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
    return value


#: A map that may come as an empty list or null.
Map = Annotated[dict[str, T], BeforeValidator(_map)]
#: A map whose values are texts, whatever they are sent as; null values are left out.
Texts = Annotated[dict[str, str], BeforeValidator(_texts)]
#: A list that may come as null.
Listing = Annotated[list[T], BeforeValidator(_listing)]
#: A time in UTC. Comes as `YYYY-MM-DD HH:MM:SS` without a zone (UTC is meant), as ISO 8601, or as unix seconds.
UtcDatetime = Annotated[datetime | None, BeforeValidator(_utc)]
