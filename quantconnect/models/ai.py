"""Helpers for writing algorithms; they keep nothing. Source: API reference, "AI Assistance"; QuantConnect's MCP server.

Their answers have no `success`: `state` says `End` or `Error`.
"""

from collections.abc import Mapping
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field

from quantconnect.models.base import Label, Lines, Listing, Model, Request, Text, Texts
from quantconnect.models.numbers import Number, Whole
from quantconnect.models.projects import Language


class Answered(Model):
    """What all of these answers share."""

    state: Label = ""  # "End" or "Error"
    version: Number = None
    payload_type: Text = None

    @property
    def failed(self) -> bool:
        """Whether the tool reports an error; the payload tells which."""
        return self.state.lower() == "error"


class TextAnswer(Answered):
    """A text: what an initialization printed, or an error explained."""

    payload: Text = None


class LinesAnswer(Answered):
    """Texts: syntax errors, or completions."""

    payload: Lines = Field(default_factory=list)


class FilesAnswer(Answered):
    """Rewritten files by name."""

    payload: Texts = Field(default_factory=dict, repr=False)


class Retrieval(Model):
    """Something that was found."""

    url: Text = None
    score: Number = None
    content: Text = Field(default=None, repr=False)
    type: Whole = None


class SearchAnswer(Answered):
    """What was found, best first. The API spells the list `retrivals`."""

    retrievals: Listing[Retrieval] = Field(default_factory=list, alias="retrivals")
    message_id: Whole = None


class File(BaseModel):
    """One file of code."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    content: str = Field(repr=False)


class OfFiles(Request):
    """About files of code."""

    files: list[File]

    @classmethod
    def named(cls, files: Mapping[str, str], **fields: str) -> Self:
        """From name → content."""
        return cls.model_validate({"files": [{"name": n, "content": c} for n, c in files.items()], **fields})


class OfCode(OfFiles):
    """The same with the language it is in."""

    language: Language


class Complete(Request):
    """The beginning of a line of code."""

    language: Language
    sentence: str
    response_size_limit: int | None = None


class ErrorText(BaseModel):
    """An error as an algorithm reports it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    message: str
    stacktrace: str | None = None


class EnhanceError(Request):
    """An error to explain."""

    language: Language
    error: ErrorText


#: Where to search.
SearchIn = Literal["Stubs", "Forum", "Docs", "Examples"]


class Criterion(BaseModel):
    """What to search for, and where."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    input: str
    type: SearchIn
    count: int = Field(ge=1)


class Search(Request):
    """Several searches at once."""

    language: Language
    criteria: list[Criterion] = Field(min_length=1)
