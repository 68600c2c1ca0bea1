"""A type for each kind of id, so that none is passed in the place of another. Ids are the only safe keys:
names may be changed by the server.

`Some…` is an id that an answer mentions and may leave out. The id of the thing itself must be there.
"""

from typing import Annotated, Any, NewType, TypeVar

from pydantic import BeforeValidator

from quantconnect.models.base import as_text
from quantconnect.models.numbers import as_whole

ProjectId = NewType("ProjectId", int)
#: 32 hexadecimal digits.
BacktestId = NewType("BacktestId", str)
#: Two times 32 hexadecimal digits with a hyphen between; the second half is the signature of the code.
CompileId = NewType("CompileId", str)
NodeId = NewType("NodeId", str)
#: 32 hexadecimal digits.
OrganizationId = NewType("OrganizationId", str)
#: `L-` and 32 hexadecimal digits: one start of a live algorithm. Some endpoints call it the algorithm's id.
DeployId = NewType("DeployId", str)
#: `O-` and 32 hexadecimal digits.
OptimizationId = NewType("OptimizationId", str)

T = TypeVar("T")


def _absent_when_empty(value: Any) -> str | None:
    return as_text(value) or None


#: An id that is a text, where an answer may leave it out: `SomeId[BacktestId]`.
SomeId = Annotated[T | None, BeforeValidator(_absent_when_empty)]
#: The same for an id that is a number.
SomeNumber = Annotated[T | None, BeforeValidator(as_whole)]
