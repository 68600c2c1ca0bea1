"""Helpers for writing algorithms. They keep nothing, so asking twice does no harm; their answers have no `success`."""

from quantconnect.endpoints.base import REFERENCE, Endpoint
from quantconnect.models.ai import (
    Complete,
    EnhanceError,
    FilesAnswer,
    LinesAnswer,
    OfCode,
    OfFiles,
    Search,
    SearchAnswer,
    TextAnswer,
)

_PAGES = REFERENCE + "ai-assistance/tools/"

BACKTEST_INIT = Endpoint(
    "ai/tools/backtest-init",
    OfCode,
    TextAnswer,
    repeatable=True,
    source=_PAGES + "backtest-initialization",
    says_success=False,
)
COMPLETE_CODE = Endpoint(
    "ai/tools/complete",
    Complete,
    LinesAnswer,
    repeatable=True,
    source=_PAGES + "code-completion",
    says_success=False,
)
ENHANCE_ERROR = Endpoint(
    "ai/tools/error-enhance",
    EnhanceError,
    TextAnswer,
    repeatable=True,
    source=_PAGES + "error-enhancement",
    says_success=False,
)
CONVERT_TO_PEP8 = Endpoint(
    "ai/tools/pep8-convert",
    OfFiles,
    FilesAnswer,
    repeatable=True,
    source=_PAGES + "pep8-conversion",
    says_success=False,
)
SEARCH = Endpoint(
    "ai/tools/search", Search, SearchAnswer, repeatable=True, source=_PAGES + "search", says_success=False
)
CHECK_SYNTAX = Endpoint(
    "ai/tools/syntax-check",
    OfCode,
    LinesAnswer,
    repeatable=True,
    source=_PAGES + "syntax-check",
    says_success=False,
)
