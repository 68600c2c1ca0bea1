"""A sweep as one page: a picture and a table, in a single file that needs nothing else and runs no script."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from typing import Final

from cli import heatmap
from cli.export import replacing
from orchestrator.jobs import Job, Result
from orchestrator.sweeps.walk_forward import Chosen

MOST_ROWS: Final = 500

_STYLE: Final = """
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 70rem; padding: 0 1rem; color: #1b1b1b; }
h1 { font-size: 1.4rem; } h2 { font-size: 1.1rem; margin-top: 2rem; } p { color: #555; }
table { border-collapse: collapse; } th, td { padding: .2rem .8rem .2rem 0; text-align: right; white-space: nowrap; }
th { border-bottom: 1px solid #999; } td:first-child, th:first-child { text-align: left; }
.scroll { overflow-x: auto; } svg { max-width: 100%; font: 12px system-ui, sans-serif; }
.middle { text-anchor: middle; } .end { text-anchor: end; }
.axis { font-weight: 600; fill: #333; } .tick { fill: #555; }
@media (prefers-color-scheme: dark) {
  body { background: #16181c; color: #e8e8e8; } p, .tick { color: #aaa; fill: #aaa; } .axis { fill: #ddd; }
}
"""


def write_report(
    path: Path,
    told: Sequence[tuple[Job, Result]],
    number: str,
    grid: heatmap.Grid | None,
    chosen: Sequence[Chosen],
    shown: Callable[[object], str],
) -> None:
    """Write the page, or leave the file as it was.

    Raises:
        WrongUse: There is no such folder.
    """
    with replacing(path) as fresh:
        fresh.write_text(page(told, number, grid, chosen, shown), "utf-8")


def page(
    told: Sequence[tuple[Job, Result]],
    number: str,
    grid: heatmap.Grid | None,
    chosen: Sequence[Chosen],
    shown: Callable[[object], str],
) -> str:
    """The page. Everything that somebody else wrote is escaped."""
    words = number.replace("_", " ")
    sources = ", ".join(sorted({job.source for job, _ in told}))
    title = f"{sources}: {words} of {len(told):,} backtests"
    parts = [f"<h1>{escape(title)}</h1>", f"<p>{_made(told)}</p>"]
    if grid is not None:
        parts.append(f'<div class="scroll">{heatmap.as_svg(grid, shown, escape)}</div>')
    if chosen:
        rows = [(str(one.window), _said(one.parameters), shown(one.trained), shown(one.tested)) for one in chosen]
        parts.append(
            "<h2>Walk forward</h2>" + _table(("window", "chosen in training", "there", "in the test after"), rows)
        )
    names = heatmap.varying_parameters([job for job, _ in told])
    best = [
        (job.id[:8], *(str(job.parameters.get(name, "")) for name in names), shown(result.numbers.get(number)))
        for job, result in told[:MOST_ROWS]
    ]
    parts.append("<h2>The best first</h2>" + _table(("job", *names, words), best))
    if len(told) > MOST_ROWS:
        parts.append(f"<p>… and {len(told) - MOST_ROWS:,} more: qcjobs export has them all.</p>")
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><meta name="viewport" '
        f'content="width=device-width, initial-scale=1"><title>{escape(title)}</title><style>{_STYLE}</style></head>\n'
        "<body>\n" + "\n".join(parts) + "\n</body></html>\n"
    )


def _made(told: Sequence[tuple[Job, Result]]) -> str:
    synthetic = " The results are synthetic: an emulator invented them." * any(result.synthetic for _, result in told)
    code = sorted(
        {f"{(job.bundle or '')[:12]}{' (git ' + job.git_commit[:8] + ')' if job.git_commit else ''}" for job, _ in told}
    )
    return escape(f"Made {datetime.now(UTC):%Y-%m-%d %H:%M} UTC from code {', '.join(code)}.{synthetic}")


def _said(parameters: object) -> str:
    return " ".join(f"{name}={value}" for name, value in sorted(dict(parameters).items()))  # type: ignore[call-overload]


def _table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    head = "".join(f"<th>{escape(heading)}</th>" for heading in headings)
    body = "\n".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    return f'<div class="scroll"><table><thead><tr>{head}</tr></thead><tbody>\n{body}\n</tbody></table></div>'
