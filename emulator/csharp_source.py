"""Reading a C# strategy, far less than a compiler: balanced braces, an algorithm class, literal settings.

Stated frankly because it matters: C# that a real build refuses for any other reason passes here.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import date

from emulator.strategy import ParameterUse, Strategy, build_error

_NOT_CODE = re.compile(r'//[^\n]*|/\*.*?\*/|@"(?:[^"]|"")*"|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])+\'', re.DOTALL)
_ALGORITHM = re.compile(r"\bclass\s+\w+\s*:[^{]*\bQCAlgorithm\w*")
_PARAMETER = re.compile(r'\bGetParameter\s*\(\s*"([^"]+)"')
_CASH = re.compile(r"\bSetCash\s*\(\s*([\d_]+(?:\.\d+)?)")
_SYMBOL = re.compile(r'\bAdd(?:Equity|Crypto|Forex|Future|Index|Option|Cfd)\s*\(\s*"([^"]+)"')


def read(sources: Mapping[str, str]) -> Strategy:
    """The record of a C# project. With build errors it holds nothing else."""
    files = {name: content for name, content in sorted(sources.items()) if name.endswith(".cs")}
    code = {name: _NOT_CODE.sub(_blank, content) for name, content in files.items()}
    errors = [error for name, content in code.items() for error in _brace_errors(name, content)]
    if not errors and not any(_ALGORITHM.search(content) for content in code.values()):
        errors = [build_error("Main.cs", 1, 1, "no class derives from QCAlgorithm")]
    if errors:
        return Strategy(build_errors=tuple(errors))
    everything = "\n".join(files.values())
    cash = _CASH.search(everything)
    return Strategy(
        parameters=tuple(
            ParameterUse(name, content.count("\n", 0, match.start()) + 1, match[1])
            for name, content in files.items()
            for match in _PARAMETER.finditer(content)
        ),
        start=_date(everything, "SetStartDate"),
        end=_date(everything, "SetEndDate"),
        cash=float(cash[1].replace("_", "")) if cash else None,
        symbols=tuple(dict.fromkeys(symbol.upper() for symbol in _SYMBOL.findall(everything))),
    )


def _blank(match: re.Match[str]) -> str:
    """Comments and texts become spaces, so that lines and columns keep their places."""
    return re.sub(r"[^\n]", " ", match[0])


def _brace_errors(name: str, code: str) -> Iterator[str]:
    depth = 0
    for line_number, line in enumerate(code.splitlines(), start=1):
        for column, character in enumerate(line, start=1):
            depth += (character == "{") - (character == "}")
            if depth < 0:
                yield build_error(name, line_number, column, "Type or namespace definition, or end-of-file expected")
                return
    if depth:
        yield build_error(name, code.count("\n") + 1, len(code.rsplit("\n", 1)[-1]) + 1, "} expected")


def _date(code: str, call: str) -> date | None:
    match = re.search(rf"\b{call}\s*\(\s*(\d{{4}})\s*,\s*(\d{{1,2}})\s*,\s*(\d{{1,2}})", code)
    try:
        return date(int(match[1]), int(match[2]), int(match[3])) if match else None
    except ValueError:
        return None
