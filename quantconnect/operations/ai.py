"""Helpers for writing algorithms. They keep nothing and occupy no node, as far as known."""

from collections.abc import Mapping, Sequence

from quantconnect.endpoints.ai import (
    BACKTEST_INIT,
    CHECK_SYNTAX,
    COMPLETE_CODE,
    CONVERT_TO_PEP8,
    ENHANCE_ERROR,
    SEARCH,
)
from quantconnect.models.ai import (
    Complete,
    Criterion,
    EnhanceError,
    ErrorText,
    FilesAnswer,
    LinesAnswer,
    OfCode,
    OfFiles,
    Search,
    SearchAnswer,
    TextAnswer,
)
from quantconnect.models.projects import PYTHON
from quantconnect.operations.base import Call, call, whole


def check_syntax(files: Mapping[str, str], language: str = PYTHON) -> Call[LinesAnswer]:
    """Syntax errors in files (name → content), as the payload's lines.

    Source: API reference, AI Assistance, Syntax Check.
    """
    return call(CHECK_SYNTAX, OfCode.named(files, language=language), whole)


def initialize(files: Mapping[str, str], language: str = PYTHON) -> Call[TextAnswer]:
    """Run the first seconds of a backtest of files (name → content): finds what a compiler does not see.

    Source: API reference, AI Assistance, Backtest Initialization.
    """
    return call(BACKTEST_INIT, OfCode.named(files, language=language), whole)


def complete(sentence: str, language: str = PYTHON, response_size_limit: int | None = None) -> Call[LinesAnswer]:
    """How a line of code may go on, best first; at most `response_size_limit` completions.

    Source: API reference, AI Assistance, Code Completion.
    """
    query = Complete(language=language, sentence=sentence, response_size_limit=response_size_limit)
    return call(COMPLETE_CODE, query, whole)


def enhance_error(message: str, stacktrace: str | None = None, language: str = PYTHON) -> Call[TextAnswer]:
    """An error that an algorithm reported, explained.

    Source: API reference, AI Assistance, Error Enhancement.
    """
    query = EnhanceError(language=language, error=ErrorText(message=message, stacktrace=stacktrace))
    return call(ENHANCE_ERROR, query, whole)


def convert_to_pep8(files: Mapping[str, str]) -> Call[FilesAnswer]:
    """Python files (name → content) with LEAN's names in snake_case, as the payload.

    Source: API reference, AI Assistance, PEP8 Conversion.
    """
    return call(CONVERT_TO_PEP8, OfFiles.named(files), whole)


def search(criteria: Sequence[Criterion], language: str = PYTHON) -> Call[SearchAnswer]:
    """What the documentation, the forum, the examples or the API's stubs say.

    Source: API reference, AI Assistance, Search.
    """
    return call(SEARCH, Search(language=language, criteria=[*criteria]), whole)
