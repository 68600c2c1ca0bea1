"""The page behind a backtest's link: what QuantConnect's terminal would show, as one file without scripts.

GET /project/<project>/<backtest> · the equity curve is an SVG drawn from the same run as the statistics.
"""

from html import escape
from typing import Final

from emulator.results import Result
from emulator.synthetic import Run
from emulator.transitions import Phase
from emulator.world import Backtest, Project

WIDTH: Final = 960
HEIGHT: Final = 320
MARGIN: Final = 8
MOST_POINTS: Final = 480  #: more than the eye tells apart at that width

_STYLE: Final = """
:root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif }
body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
svg { width: 100%; height: auto; border: 1px solid #8884; border-radius: 6px }
dl { display: grid; grid-template-columns: repeat(auto-fill, minmax(15rem, 1fr)); gap: 0 2rem }
dl div { display: flex; justify-content: space-between; border-bottom: 1px solid #8883 }
dd { margin: 0; font-variant-numeric: tabular-nums }
.note { padding: .5rem 1rem; border-left: 4px solid #c80; background: #fa02 }
"""


def backtest_page(project: Project, backtest: Backtest, phase: Phase, result: Result | None) -> str:
    """A whole HTML document.

    Args:
        project: Where it ran.
        backtest: Which.
        phase: How far it is.
        result: What it came to; None while that is not known.
    """
    parameters = ", ".join(f"{name} = {value}" for name, value in backtest.parameters.items()) or "none"
    curve = "" if result is None else _curve(result.run)
    rows = {} if result is None else result.statistics
    statistics = "".join(f"<div><dt>{escape(name)}</dt><dd>{escape(text)}</dd></div>" for name, text in rows.items())
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        f"<title>{escape(backtest.name)}</title><style>{_STYLE}</style></head><body>"
        f"<h1>{escape(backtest.name)}</h1>"
        f"<p>{escape(project.name)} · {escape(phase.status)} {phase.progress:.0%}"
        f" · parameters: {escape(parameters)}</p>"
        '<p class="note">Synthetic: the qcjobs emulator invented this result from the code and the parameters.</p>'
        f"{curve}<dl>{statistics}</dl></body></html>"
    )


def _curve(run: Run) -> str:
    """The equity at the close of each day, and the benchmark scaled to begin with it."""
    step = max(len(run.equity) // MOST_POINTS, 1)
    equity = run.equity[::step]
    benchmark = [price / run.benchmark[0] * run.cash for price in run.benchmark[::step]]
    low, high = min(*equity, *benchmark), max(*equity, *benchmark)
    return (
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="Equity from {run.days[0]} to {run.days[-1]}">'
        f'<polyline fill="none" stroke="#999" points="{_points(benchmark, low, high)}"/>'
        f'<polyline fill="none" stroke="#1668dc" stroke-width="2" points="{_points(equity, low, high)}"/>'
        f'<text x="12" y="24" fill="#1668dc">equity ${equity[-1]:,.0f}</text>'
        f'<text x="12" y="44" fill="#999">benchmark, {run.days[0]} to {run.days[-1]}</text></svg>'
    )


def _points(values: tuple[float, ...] | list[float], low: float, high: float) -> str:
    wide = (WIDTH - 2 * MARGIN) / max(len(values) - 1, 1)
    tall = (HEIGHT - 2 * MARGIN) / ((high - low) or 1.0)
    return " ".join(
        f"{MARGIN + index * wide:.1f},{HEIGHT - MARGIN - (value - low) * tall:.1f}"
        for index, value in enumerate(values)
    )
