"""The life of a backtest, step by step. Each step is a function (runtime, job) → outcome, and may be begun many times.

    upload_files → compile_project → poll_compile → create_backtest → poll_results

A step skips itself when its work is known to be done, so one chain serves a fresh job, a resumed one and the
ninety-nine others of the same code. Where project and compile are known when a job gets its node, its chain begins
with `create_backtest` at once.
"""

from orchestrator.workflow.passage import STEPS, describe, perform

__all__ = ["STEPS", "describe", "perform"]
