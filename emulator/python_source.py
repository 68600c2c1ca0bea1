"""Reading a Python strategy: syntax errors, the algorithm class, its literal settings, and certain failures.

A Python build of the real service checks syntax only; everything else shows when the backtest starts
(QuantConnect documentation). So syntax errors end up in the build's log and all other faults in the backtest.
"""

import ast
import warnings
from collections.abc import Iterator, Mapping
from datetime import date

from emulator.strategy import Failure, ParameterUse, Strategy, build_error

MAIN_FILE = "main.py"
_SUBSCRIPTIONS = {
    f"{verb}{joint}{kind}"
    for verb, joint, kinds in (
        ("add", "_", ("equity", "crypto", "forex", "future", "index", "option", "cfd")),
        ("Add", "", ("Equity", "Crypto", "Forex", "Future", "Index", "Option", "Cfd")),
    )
    for kind in kinds
}


def read(sources: Mapping[str, str]) -> Strategy:
    """The record of a Python project. With build errors it holds nothing else."""
    trees: dict[str, ast.Module] = {}
    errors: list[str] = []
    for name in sorted((name for name in sources if name.endswith(".py")), key=lambda name: (name != MAIN_FILE, name)):
        try:
            trees[name] = _parse(name, sources[name])
        except SyntaxError as error:
            errors.append(build_error(name, error.lineno, error.offset, error.msg))
        except (ValueError, RecursionError, MemoryError) as error:  # null bytes; nested too deeply
            errors.append(build_error(name, 1, 1, str(error)))
    if errors:
        return Strategy(build_errors=tuple(errors))

    calls = [(file, call) for file, tree in trees.items() for call in _calls(tree)]
    start, end = _first_date(calls, "set_start_date", "SetStartDate"), _first_date(calls, "set_end_date", "SetEndDate")
    failure = _failure(trees)
    if failure is None and start and end and end <= start:
        failure = _initialize_failure("Please select an end date after the start date.", "")
    return Strategy(
        parameters=tuple(_parameters(calls)),
        start=start,
        end=end,
        cash=_first_cash(calls),
        symbols=_symbols(calls),
        failure=failure,
    )


def _parse(name: str, source: str) -> ast.Module:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # an invalid escape in a user's string is not our warning
        compile(source, name, "exec", dont_inherit=True)  # finds more than the parser: "'return' outside function"
        return ast.parse(source, name)


_Calls = list[tuple[str, ast.Call]]


def _calls(tree: ast.AST) -> Iterator[ast.Call]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.Call))


def _called(call: ast.Call) -> str:
    if isinstance(call.func, ast.Attribute):
        return call.func.attr
    return call.func.id if isinstance(call.func, ast.Name) else ""


def _constants(call: ast.Call) -> list[object]:
    return [argument.value for argument in call.args if isinstance(argument, ast.Constant)]


def _parameters(calls: _Calls) -> Iterator[ParameterUse]:
    for file, call in calls:
        if _called(call) in {"get_parameter", "GetParameter"}:
            for name in _constants(call)[:1]:
                yield ParameterUse(file, call.lineno, str(name))


def _first_date(calls: _Calls, *names: str) -> date | None:
    """The literal date of the first such call: `(2024, 1, 31)` or `(datetime(2024, 1, 31))`."""
    for _, call in calls:
        if _called(call) not in names:
            continue
        inner = call.args[0] if len(call.args) == 1 else call
        numbers = [value for value in _constants(inner) if type(value) is int] if isinstance(inner, ast.Call) else []
        if len(numbers) >= 3:
            try:
                return date(*numbers[:3])
            except ValueError:
                return None
    return None


def _first_cash(calls: _Calls) -> float | None:
    for _, call in calls:
        if _called(call) in {"set_cash", "SetCash"}:
            numbers = [value for value in _constants(call) if isinstance(value, int | float)]
            if numbers and 0 < numbers[-1] < 1e15:
                return float(numbers[-1])
    return None


def _symbols(calls: _Calls) -> tuple[str, ...]:
    tickers = (_constants(call)[:1] for _, call in calls if _called(call) in _SUBSCRIPTIONS)
    return tuple(dict.fromkeys(ticker[0].upper() for ticker in tickers if ticker and isinstance(ticker[0], str)))


def _failure(trees: Mapping[str, ast.Module]) -> Failure | None:
    """The first fault the algorithm is certain to meet, None if reading finds none."""
    nodes = ((file, node) for file, tree in trees.items() for node in ast.walk(tree))
    classes = {node.name: (file, node) for file, node in nodes if isinstance(node, ast.ClassDef)}
    algorithm = next((name for name, (file, _) in classes.items() if file == MAIN_FILE and _derives(name, classes)), "")
    if not algorithm:
        return _initialize_failure("Please ensure that one class inherits from QCAlgorithm.", "")
    initialize = _method(algorithm, classes, "initialize", "Initialize")
    if initialize is None:
        return _initialize_failure("Please override the Initialize() method", "")
    if fault := _certain_fault(*initialize):
        return _initialize_failure(*fault)
    on_data = _method(algorithm, classes, "on_data", "OnData")
    if on_data and (fault := _certain_fault(*on_data)):
        message, place = fault
        return Failure(f"Runtime Error: {message}{place}", f"{message}{place}", in_initialize=False)
    return None


_Classes = dict[str, tuple[str, ast.ClassDef]]


def _bases(node: ast.ClassDef) -> list[str]:
    return [ast.unparse(base).rsplit(".", 1)[-1] for base in node.bases]


def _derives(name: str, classes: _Classes, seen: frozenset[str] = frozenset()) -> bool:
    """Whether a class of the project reaches QCAlgorithm through its bases."""
    if name.startswith("QCAlgorithm"):
        return True
    if name in seen or name not in classes:
        return False
    return any(_derives(base, classes, seen | {name}) for base in _bases(classes[name][1]))


def _method(
    name: str, classes: _Classes, *spellings: str, seen: frozenset[str] = frozenset()
) -> tuple[str, ast.FunctionDef] | None:
    """The method of a class or of its nearest ancestor within the project, with the file it stands in."""
    if name in seen or name not in classes:
        return None
    file, node = classes[name]
    for statement in node.body:
        if isinstance(statement, ast.FunctionDef) and statement.name in spellings:
            return file, statement
    inherited = (_method(base, classes, *spellings, seen=seen | {name}) for base in _bases(node))
    return next((method for method in inherited if method), None)


def _certain_fault(file: str, function: ast.FunctionDef) -> tuple[str, str] | None:
    """Message and place of a `raise` or a division by zero that every call of the function reaches."""
    for statement in function.body:
        message = None
        if isinstance(statement, ast.Raise):
            message = _raised(statement)
        elif isinstance(statement, ast.Expr | ast.Assign) and any(map(_divides_by_zero, ast.walk(statement))):
            message = "ZeroDivisionError : division by zero"
        if message is not None:
            return message, f"\n  at {function.name}\n in {file}: line {statement.lineno}"
        if isinstance(statement, ast.Return):
            return None
    return None


def _raised(statement: ast.Raise) -> str:
    error = statement.exc
    if isinstance(error, ast.Call):
        return " : ".join([_called(error) or "Exception", *map(str, _constants(error)[:1])])
    return ast.unparse(error) if error else "RuntimeError : No active exception to reraise"


def _divides_by_zero(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.BinOp)
        and isinstance(node.op, ast.Div | ast.FloorDiv | ast.Mod)
        and isinstance(node.left, ast.Constant | ast.BinOp)
        and isinstance(node.right, ast.Constant)
        and node.right.value == 0
        and not isinstance(getattr(node.left, "value", None), str)
    )


def _initialize_failure(message: str, place: str) -> Failure:
    """Both texts as LEAN composes them: the LEAN CLI recognises the trace by its first words."""
    return Failure(
        f"Algorithm.Initialize() Error: {message}{place}",
        f"During the algorithm initialization, the following exception has occurred: {message}{place}",
        in_initialize=True,
    )
