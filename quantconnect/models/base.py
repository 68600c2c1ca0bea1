"""The forms that all models share: what is asked, what is answered, and PHP's idea of an empty map.

Answers are read tolerantly, requests are written strictly. What tolerance means here:
  - fields that nobody announced are kept (`model_extra`), fields that are missing or null are absent;
  - a scalar is read whatever it is written as (a number as text, a text as number, a flag as 0 or 1); one that cannot
    be read is None, never 0;
  - a map may come as an empty list, a list as a map with numbered keys, both as null. Anything else in the place of a
    map or a list is no answer: an empty portfolio made of rubbish would be a lie.
Sources: LEAN's and the LEAN CLI's converters for empty maps; differences between the API reference of 2025 and of 2026.
"""

import json
from collections.abc import Iterable
from typing import Annotated, Any, ClassVar, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, FailFast, model_validator
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
        defer_build=True,
    )

    @model_validator(mode="before")
    @classmethod
    def _empty_list_is_empty_map(cls, value: Any) -> Any:
        return {} if value == [] else value

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
        defer_build=True,
    )


class NoFields(Request):
    """A request that says no more than its path."""


class OrganizationRequest(Request):
    """About an organization: the client's own, unless this names another."""

    #: Whether the API refuses the request without one.
    organization_required: ClassVar[bool] = True

    organization_id: str | None = None


def spelled(value: Scalar) -> str:
    """A parameter's value as text, the only form in which algorithms receive it."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _map(value: Any) -> Any:
    """In PHP a list is a map with the keys 0, 1, 2 …, hence an empty map may be written as an empty list."""
    if value is None:
        return {}
    if isinstance(value, list | tuple):
        return {str(position): item for position, item in enumerate(value)}
    return value


def _listing(value: Any) -> Any:
    """For the same reason a list with a gap is written as a map."""
    if value is None:
        return []
    return list(value.values()) if isinstance(value, dict) else value


def as_text(value: Any) -> str | None:
    """A scalar as text; a list or map as JSON, so that nothing is lost; None when there is nothing."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, list | dict):
        if not value:
            return None
        try:
            return json.dumps(value, ensure_ascii=False)
        except (ValueError, RecursionError, TypeError):
            return None
    return spelled(value) if isinstance(value, bool | int | float) else str(value)


def as_label(value: Any) -> str:
    """The same where nothing is the empty text."""
    return as_text(value) or ""


def _texts(value: Any) -> Any:
    value = _map(value)
    if not isinstance(value, dict):
        return value
    return {str(name): as_label(text) for name, text in value.items() if text is not None}


def _lines(value: Any) -> Any:
    if isinstance(value, str):
        return [value] if value else []
    value = _listing(value)
    return [as_label(line) for line in value] if isinstance(value, list) else value


_YES, _NO = frozenset({"true", "1", "yes"}), frozenset({"false", "0", "no"})


def _flag(value: Any) -> bool | None:
    if isinstance(value, bool):
        return value
    word = str(value).strip().lower() if isinstance(value, int | float | str) else ""
    return True if word in _YES else False if word in _NO else None


def _absent_when_empty(value: Any) -> Any:
    return value or None


#: A text, whatever it is written as.
Text = Annotated[str | None, BeforeValidator(as_text)]
#: The same where nothing and the empty text mean one thing.
Label = Annotated[str, BeforeValidator(as_label)]
#: True or false, also written as 0, 1 or a word.
Flag = Annotated[bool | None, BeforeValidator(_flag)]
#: A map that may come as an empty list or null.
Map = Annotated[dict[str, T], BeforeValidator(_map)]
#: A map whose values are texts, whatever they are sent as; null values are left out.
Texts = Annotated[dict[str, str], BeforeValidator(_texts)]
#: A list that may come as null, or as a map. Reading stops at the first item at fault: there may be a million.
Listing = Annotated[list[T], FailFast(), BeforeValidator(_listing)]
#: A list of texts; a single one may come bare.
Lines = Annotated[list[str], BeforeValidator(_lines)]
#: Part of an answer that may be null, or an empty list or map.
Maybe = Annotated[T | None, BeforeValidator(_absent_when_empty)]
