"""What an endpoint is: a value, no code."""

from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from quantconnect.models.base import Model, Request

#: Where the API is described.
REFERENCE: Final = "https://www.quantconnect.com/docs/v2/cloud-platform/api-reference/"

Q = TypeVar("Q", bound=Request)
R = TypeVar("R", bound=Model)


@dataclass(frozen=True, slots=True)
class Endpoint(Generic[Q, R]):
    """One thing the API can do."""

    path: str  #: relative to the base URL, as `backtests/create`
    request: type[Q]
    reply: type[R]
    repeatable: bool  #: whether carrying it out twice is as good as once
    source: str  #: who says so: a page of the documentation, or a program that does it
    says_success: bool = True  #: whether an answer has a field `success`; without one, it fails by its errors only
    redirects: bool = False  #: whether a redirection is the answer; where it leads becomes the reply's `location`
    multipart: bool = False  #: whether the request is a form with a file in it
    empty_500: bool = False  #: whether HTTP 500 without a body means that there is nothing of that name
