"""Constraints between parameters, as expressions: `fast < slow`, `stop_loss * 2 <= take_profit`.

A plan may come from somebody else, so an expression is evaluated by `simpleeval`, which knows arithmetic, comparisons
and a few functions; attributes, indexes and everything that reaches outside are refused.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from typing import Any, Final

from simpleeval import InvalidExpression, SimpleEval

from orchestrator.errors import BadPlan
from orchestrator.jobs import Scalar

FUNCTIONS: Final = {"abs": abs, "min": min, "max": max, "round": round}
LONGEST: Final = 500  # characters


class Constraints:
    """Conditions that every point must meet."""

    def __init__(self, expressions: Sequence[str]) -> None:
        """Check how they are written.

        Raises:
            BadPlan: One is no expression.
        """
        self._parsed = [(text, _parsed(text)) for text in expressions]

    def hold(self, parameters: Mapping[str, Scalar]) -> bool:
        """Whether these parameters meet all of them.

        Raises:
            BadPlan: One names a parameter that there is not, or cannot be computed for these values.
        """
        return all(_is_true(text, parsed, parameters) for text, parsed in self._parsed)


def _parsed(text: str) -> Any:
    if len(text) > LONGEST:
        raise BadPlan(f"A constraint may have {LONGEST} characters; {text[:40]!r}… has more.")
    try:
        parsed = SimpleEval.parse(text.strip())
    except (InvalidExpression, SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise BadPlan(f"The constraint {text!r} is no expression. Example: fast < slow") from error
    if any(isinstance(node, ast.Attribute | ast.Subscript | ast.JoinedStr) for node in ast.walk(parsed)):
        raise BadPlan(f"The constraint {text!r} may compute and compare, and nothing else. Example: fast < slow")
    return parsed


def _is_true(text: str, parsed: Any, parameters: Mapping[str, Scalar]) -> bool:
    evaluator = SimpleEval(functions=dict(FUNCTIONS), names=dict(parameters), allowed_attrs={})
    try:
        return bool(evaluator.eval(text, previously_parsed=parsed))
    except InvalidExpression as error:
        known = ", ".join(sorted(parameters)) or "none"
        raise BadPlan(f"The constraint {text!r}: {error}. Parameters: {known}.") from error
    except Exception as error:  # what an expression computes may fail in any way Python knows
        raise BadPlan(f"The constraint {text!r} cannot be computed for {dict(parameters)}: {error}.") from error
