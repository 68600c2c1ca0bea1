"""An emulated account without HTTP: call an endpoint by its path, let time pass by hand."""

from typing import Any

from emulator.call import Call
from emulator.clock import Clock
from emulator.options import EmulatorOptions
from emulator.routes import ROUTES
from emulator.wire import Arguments
from emulator.world import World

STRATEGY = """from AlgorithmImports import *

class Tested(QCAlgorithm):
    def initialize(self):
        self.set_start_date(2022, 1, 3)
        self.set_end_date(2022, 12, 30)
        self.set_cash(50_000)
        self.add_equity("AAPL")
"""


class HandClock(Clock):
    """Stands still until told to move; the calendar moves along."""

    def __init__(self) -> None:
        self.seconds = 1_700_000_000.0
        super().__init__(calendar=lambda: self.seconds, stopwatch=lambda: self.seconds)


class Account:
    """A world and a shortcut to its endpoints. The options' durations: compile 2, backtest 10, statistics lag 2."""

    def __init__(self, options: EmulatorOptions) -> None:
        self.clock = HandClock()
        self.world = World(options, self.clock)

    def ask(self, endpoint: str, **arguments: Any) -> dict[str, Any]:
        """The payload of the reply; a refusal is raised as `ApiFailure`."""
        return ROUTES[endpoint](Call(Arguments(arguments), self.world))

    def wait(self, seconds: float) -> None:
        """Let emulated time pass."""
        self.clock.seconds += seconds

    def project(self, source: str = STRATEGY, *, name: str = "Tested", language: str = "Py") -> int:
        """Id of a new project that holds one source file."""
        created = self.ask("projects/create", name=name, language=language)["projects"][0]
        main = "Main.cs" if language == "C#" else "main.py"
        self.ask("projects/update", projectId=created["projectId"], files=[{"name": main, "content": source}])
        return int(created["projectId"])

    def compiled(self, project: int) -> str:
        """Id of a finished compile of a project."""
        created = self.ask("compile/create", projectId=project)
        self.wait(2)
        return str(created["compileId"])

    def start(self, project: int, compile_id: str, name: str = "run", **parameters: Any) -> str:
        """Id of a new backtest."""
        arguments = {"projectId": project, "compileId": compile_id, "backtestName": name, "parameters": parameters}
        return str(self.ask("backtests/create", **arguments)["backtest"]["backtestId"])

    def read(self, project: int, backtest: str) -> dict[str, Any]:
        """A backtest as `backtests/read` shows it now."""
        return dict(self.ask("backtests/read", projectId=project, backtestId=backtest)["backtest"])
