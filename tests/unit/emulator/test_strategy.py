"""What can be read from a source: dates, cash, tickers, parameters, and faults that are certain."""

from datetime import date

import pytest

from emulator.inspection import inspect

HEAD = "from AlgorithmImports import *\n"
BACKWARDS = """class A(QCAlgorithm):
    def initialize(self):
        self.set_start_date(2021, 1, 1)
        self.set_end_date(2020, 1, 1)
"""


def test_the_literal_settings_of_a_python_strategy_are_read() -> None:
    """The result should look like a result of this strategy."""
    strategy = inspect(
        "Py",
        {
            "main.py": HEAD
            + "class A(QCAlgorithm):\n"
            + "    def initialize(self):\n"
            + "        self.set_start_date(2020, 2, 3)\n"
            + "        self.set_end_date(datetime(2021, 4, 5))\n"
            + "        self.set_cash('USD', 25_000)\n"
            + "        for ticker in [self.add_equity('spy'), self.add_crypto('BTCUSD')]: pass\n"
        },
    )
    assert (strategy.start, strategy.end) == (date(2020, 2, 3), date(2021, 4, 5))
    assert (strategy.cash, strategy.symbols) == (25_000, ("SPY", "BTCUSD"))
    assert (strategy.build_errors, strategy.failure) == ((), None)


def test_the_older_spelling_is_understood() -> None:
    """Many strategies still use PascalCase."""
    source = "class A(QCAlgorithm):\n  def Initialize(self):\n    self.SetCash(7); self.AddEquity('QQQ')\n"
    strategy = inspect("Py", {"main.py": source})
    assert (strategy.cash, strategy.symbols, strategy.failure) == (7, ("QQQ",), None)


def test_an_algorithm_may_inherit_through_another_file() -> None:
    """A common base class in a module of its own is good style, not an error."""
    files = {
        "main.py": "from base import Base\nclass A(Base):\n    pass\n",
        "base.py": HEAD + "class Base(QCAlgorithm):\n    def initialize(self):\n        pass\n",
    }
    assert inspect("Py", files).failure is None


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("x = 1\n", "Please ensure that one class inherits from QCAlgorithm."),
        ("class A(Missing):\n    def initialize(self): pass\n", "Please ensure that one class inherits"),
        ("class A(B): pass\nclass B(A): pass\n", "Please ensure that one class inherits"),
        ("class A(QCAlgorithm):\n    pass\n", "Please override the Initialize() method"),
        ("class A(QCAlgorithm):\n    def initialize(self):\n        raise Oops('why')\n", "Oops : why"),
        (
            BACKWARDS,
            "end date after the start date",
        ),
    ],
)
def test_a_strategy_that_cannot_start_fails_in_initialize(source: str, message: str) -> None:
    """The build is fine: only the run can show it, as in the cloud."""
    strategy = inspect("Py", {"main.py": source})
    assert strategy.build_errors == ()
    assert strategy.failure is not None
    assert strategy.failure.in_initialize
    assert message in strategy.failure.message


@pytest.mark.parametrize(
    "body",
    ["if self.x:\n            raise Oops()", "return\n        raise Oops()", "y = 1 / self.zero", "z = '%s' % 0"],
)
def test_a_fault_that_is_not_certain_is_not_claimed(body: str) -> None:
    """The emulator does not run the code, so it must not guess."""
    source = f"class A(QCAlgorithm):\n    def initialize(self):\n        {body}\n"
    assert inspect("Py", {"main.py": source}).failure is None


@pytest.mark.parametrize(
    ("files", "errors"),
    [
        ({"main.py": "x = ("}, ["Build Error: File: main.py Line:1 Column:5 - '(' was never closed"]),
        ({"main.py": "return 1"}, ["Build Error: File: main.py Line:1 Column:1 - 'return' outside function"]),
        ({"research.ipynb": "{", "page.html": "<"}, []),
    ],
)
def test_only_python_files_are_parsed(files: dict[str, str], errors: list[str]) -> None:
    """Notebooks and pages are no part of the build."""
    assert list(inspect("Py", files).build_errors) == errors


def test_every_broken_file_is_reported_main_first() -> None:
    """One build should show everything there is to mend."""
    errors = inspect("Py", {"a.py": "def", "main.py": "class", "z.py": "ok = 1"}).build_errors
    assert [error.split()[3] for error in errors] == ["main.py", "a.py"]


@pytest.mark.parametrize("source", ["x = '\x00'", "(" * 5000 + ")" * 5000])
def test_a_source_that_upsets_the_parser_is_a_build_error(source: str) -> None:
    """Whatever is pushed, the emulator stays up."""
    assert inspect("Py", {"main.py": source}).build_errors


CSHARP = """namespace N {
    // a stray { in a comment
    public class A : QCAlgorithm, ISomething {
        public override void Initialize() {
            SetStartDate(2020, 1, 2); SetEndDate(2020, 6, 30); SetCash(12345);
            AddEquity("spy"); var text = "}"; var fast = GetParameter("fast");
        }
    }
}
"""


def test_the_literal_settings_of_a_csharp_strategy_are_read() -> None:
    """Braces in texts and comments do not count."""
    strategy = inspect("C#", {"Main.cs": CSHARP})
    assert strategy.build_errors == ()
    assert (strategy.start, strategy.end, strategy.cash) == (date(2020, 1, 2), date(2020, 6, 30), 12345)
    assert strategy.symbols == ("SPY",)
    assert [(use.line, use.name) for use in strategy.parameters] == [(6, "fast")]


@pytest.mark.parametrize(
    ("source", "error"),
    [
        (CSHARP.rstrip()[:-1], "Build Error: File: Main.cs Line:9 Column:1 - } expected"),
        (CSHARP + "}", "Build Error: File: Main.cs Line:10 Column:1 - Type or namespace definition"),
        ("class A {}", "Build Error: File: Main.cs Line:1 Column:1 - no class derives from QCAlgorithm"),
    ],
)
def test_csharp_that_cannot_build_is_refused(source: str, error: str) -> None:
    """The little that is checked is reported with its place."""
    (found,) = inspect("C#", {"Main.cs": source}).build_errors
    assert found.startswith(error)
