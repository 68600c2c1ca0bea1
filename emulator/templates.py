"""The files with which a new project begins.

Source: the official MCP server's tests find `main.py` and `research.ipynb` in a new Python project, the
documentation names `Main.cs` and `Research.ipynb` for C#.
"""

import json

_PYTHON = """from AlgorithmImports import *


class NewStrategy(QCAlgorithm):

    def initialize(self):
        self.set_start_date(2023, 1, 1)
        self.set_end_date(2023, 12, 31)
        self.set_cash(100000)
        self._symbol = self.add_equity("SPY", Resolution.DAILY).symbol

    def on_data(self, data):
        if not self.portfolio.invested:
            self.set_holdings(self._symbol, 1)
"""

_CSHARP = """using QuantConnect.Data;

namespace QuantConnect.Algorithm.CSharp
{
    public class NewStrategy : QCAlgorithm
    {
        private Symbol _symbol;

        public override void Initialize()
        {
            SetStartDate(2023, 1, 1);
            SetEndDate(2023, 12, 31);
            SetCash(100000);
            _symbol = AddEquity("SPY", Resolution.Daily).Symbol;
        }

        public override void OnData(Slice data)
        {
            if (!Portfolio.Invested)
            {
                SetHoldings(_symbol, 1);
            }
        }
    }
}
"""


def default_files(language: str) -> dict[str, str]:
    """Content by file name for a project in "Py" or "C#"."""
    if language == "C#":
        return {"Main.cs": _CSHARP, "Research.ipynb": _notebook("qb = new QuantBook();", ".net-csharp", "C#")}
    return {"main.py": _PYTHON, "research.ipynb": _notebook("qb = QuantBook()", "python3", "Python")}


def _notebook(line: str, kernel: str, language: str) -> str:
    cell: dict[str, object] = {
        "cell_type": "code",
        "execution_count": None,
        "metadata": {},
        "outputs": [],
        "source": [line],
    }
    kernel_spec = {"display_name": language, "language": language, "name": kernel}
    book = {"cells": [cell], "metadata": {"kernelspec": kernel_spec}, "nbformat": 4, "nbformat_minor": 2}
    return json.dumps(book, indent=1)
