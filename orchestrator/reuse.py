"""Answers from the ledger: a backtest of the same code, parameters and LEAN version need not be run again.

Which LEAN a backtest would run under is known by its compile; without a good compile of the bundle in the project, or
for a cloud project as it stands, whose code is read later, nothing is reused.
"""

from __future__ import annotations

from collections.abc import Sequence

from orchestrator.jobs import Result, Submission, bundle_hash, parameters_key
from orchestrator.ledger import Tables
from quantconnect.models.compiles import Compile


def known_results(tables: Tables, account: str, submissions: Sequence[Submission]) -> dict[int, Result]:
    """Results that are there already, by the place of the submission. All are of one source and project."""
    if not submissions or (files := submissions[0].files) is None:
        return {}
    first, bundle = submissions[0], bundle_hash(files)
    project = first.project_id or tables.projects.get(account, first.project_key).project_id
    known = None if project is None else tables.projects.compile_of(account, project, bundle)
    if known is None or known.lean_version is None or not Compile(state=known.state).succeeded:
        return {}
    finished = tables.jobs.finished(account, bundle, known.lean_version)
    found = ((place, finished.get(parameters_key(one.parameters))) for place, one in enumerate(submissions))
    return {place: result for place, result in found if result is not None}
