"""The emulated account: its projects with files, compiles and backtests, and its nodes. All of the state is here.

Knows nothing of HTTP or JSON. Not thread-safe: one event loop owns a world. Ids come from the system's randomness, so
that a restarted emulator never hands out an id again; with a seed they are the same in every life.
"""

import random
import re
from dataclasses import dataclass, field
from typing import Any

from emulator.clock import Clock
from emulator.deployment import Deployment, Status
from emulator.downloads import Downloads
from emulator.envelope import BACKTEST_NOT_FOUND, COMPILE_NOT_FOUND, NO_SPARE_NODES, PROJECT_NOT_FOUND, ApiFailure
from emulator.object_store import ObjectStore
from emulator.optimization import Plan
from emulator.options import EmulatorOptions
from emulator.results import Result, result_of
from emulator.strategy import Strategy
from emulator.transitions import Timeline

RECYCLE_BIN = "Recycle Bin/"
"""Where deleted projects go; they keep being listed (LEAN's project tests)."""

START_CREDIT = 1_000_000.0
"""What the organization can spend, in QCC; 100 of them are a dollar."""

_FORBIDDEN_IN_NAMES = re.compile(r'[\\:*?"<>|\x00-\x1f]')


@dataclass(slots=True)
class File:
    """A file of a project."""

    id: int
    name: str
    content: str
    modified: str


@dataclass(frozen=True, slots=True)
class Compile:
    """One build of a project's files as they were when it was asked for."""

    id: str  #: two 32-digit hex numbers, joined by "-"; the second is the signature
    sources: dict[str, str]
    strategy: Strategy
    ready: float  #: emulated time of the verdict

    @property
    def signature(self) -> str:
        """Second half of the id."""
        return self.id.rpartition("-")[2]


@dataclass(slots=True)
class Backtest:
    """One run of a compile."""

    id: str
    name: str
    note: str
    created: str
    parameters: dict[str, Any]  #: values as they were sent
    compile: Compile
    node: "Node"
    timeline: Timeline
    tags: list[str] = field(default_factory=list)
    optimization: str | None = None  #: id of the optimization that it belongs to
    result: Result | None = None  #: computed when first asked for
    first_reads: dict[str, float] = field(default_factory=dict)  #: emulated time, by what was read


@dataclass(slots=True)
class Collaborator:
    """Somebody with whom a project is shared."""

    public_id: str
    live_control: bool
    write: bool


@dataclass(slots=True)
class Project:
    """A project of the account."""

    id: int
    name: str
    language: str  #: "Py" or "C#"
    created: str
    modified: str
    channel: str
    description: str = ""
    parameters: dict[str, str] = field(default_factory=dict)
    libraries: list[int] = field(default_factory=list)
    lean_version: int | None = None  #: None follows master
    environment: int = 1
    encryption_key: str = ""
    pinned_nodes: list[str] = field(default_factory=list)  #: empty means that the platform selects
    collaborators: dict[str, Collaborator] = field(default_factory=dict)  #: by public id, without the owner
    lock: str | None = None  #: the code source that alone may write
    files: dict[str, File] = field(default_factory=dict)
    compiles: dict[str, Compile] = field(default_factory=dict)
    backtests: dict[str, Backtest] = field(default_factory=dict)

    def compile(self, compile_id: str) -> Compile:
        """The compile with this id, or a refusal."""
        if compile_id not in self.compiles:
            raise ApiFailure(COMPILE_NOT_FOUND)
        return self.compiles[compile_id]

    def backtest(self, backtest_id: str) -> Backtest:
        """The backtest with this id, or a refusal."""
        if backtest_id not in self.backtests:
            raise ApiFailure(BACKTEST_NOT_FOUND)
        return self.backtests[backtest_id]


@dataclass(slots=True)
class Node:
    """A machine that runs one thing at a time. The end of a backtest is known from its start: `free_at` says it all."""

    id: str
    name: str
    sku: str
    free_at: float = 0.0  #: emulated time
    project: Project | None = None  #: whose work it does or did last


@dataclass(slots=True)
class Optimization:
    """A grid of backtests of one compile. The backtests also belong to the project, like any other."""

    id: str
    name: str
    project: Project
    plan: Plan
    created: str
    backtests: list[Backtest]
    aborted: bool = False


class World:
    """Everything the emulated account owns."""

    def __init__(self, options: EmulatorOptions, clock: Clock) -> None:
        self.options = options
        self.clock = clock
        self._random: random.Random = (
            random.SystemRandom() if options.seed is None else random.Random(options.seed)  # noqa: S311 - ids, not secrets
        )
        self.projects: dict[int, Project] = {}
        self.optimizations: dict[str, Optimization] = {}
        self.credit = START_CREDIT
        self.backtest_nodes = self._nodes("B4-12", options.nodes)
        self.research_nodes = self._nodes("R4-12", 1)
        self.live_nodes = self._nodes("L-MICRO", options.live_nodes)
        self.deployments: dict[str, Deployment] = {}  #: by id, oldest first
        self.authorized: set[str] = set()  #: brokerages at which the user logged in with their web page
        self.store = ObjectStore()
        self.downloads = Downloads(options.url)

    def hex_id(self) -> str:
        """32 hex digits."""
        return f"{self._random.getrandbits(128):032x}"

    def number_id(self) -> int:
        """A whole number with the magnitude of a project id, far more of them than an emulator makes in its lives."""
        return self._random.randrange(20_000_000, 2_000_000_000)

    def project(self, project_id: int) -> Project:
        """The project with this id, or a refusal."""
        if project_id not in self.projects:
            raise ApiFailure(PROJECT_NOT_FOUND)
        return self.projects[project_id]

    def free_name(self, wanted: str) -> str:
        """The name a new project gets: without forbidden characters, numbered if it is taken.

        Source: the LEAN CLI renames the local project when the server answers with another name.
        """
        name = _FORBIDDEN_IN_NAMES.sub("_", wanted).strip("/ ") or "Project"
        taken = {project.name for project in self.projects.values()}
        candidate, number = name, 0
        while candidate in taken:
            number += 1
            candidate = f"{name} {number}"
        return candidate

    def create_project(self, name: str, language: str, files: dict[str, str]) -> Project:
        """A new project under a free name."""
        now = self.clock.text()
        number = self.number_id()
        while number in self.projects:
            number = self.number_id()
        project = Project(number, self.free_name(name), language, now, now, channel=f"P{number}-{self.hex_id()}")
        self.projects[number] = project
        for file_name, content in files.items():
            self.write_file(project, file_name, content)
        return project

    def write_file(self, project: Project, name: str, content: str) -> File:
        """Create or overwrite a file. Checks nothing."""
        now = self.clock.text()
        file_id = project.files[name].id if name in project.files else self.number_id()
        project.files[name] = File(file_id, name, content, now)
        project.modified = now
        return project.files[name]

    def library_files(self, project: Project) -> dict[str, File]:
        """Files of the libraries attached to a project, and of theirs, below the names of the libraries."""
        files: dict[str, File] = {}
        seen, waiting = {project.id}, list(project.libraries)
        while waiting:
            number = waiting.pop(0)
            if number in seen:
                continue
            seen.add(number)
            library = self.projects[number]
            waiting += library.libraries
            files |= {f"{library.name}/{name}": file for name, file in library.files.items()}
        return files

    def result(self, backtest: Backtest) -> Result:
        """What a backtest comes to in the end; computed once, when it is first needed."""
        if backtest.result is None:
            build = backtest.compile
            backtest.result = result_of(build.strategy, build.sources, backtest.parameters, self.options.seed)
        return backtest.result

    def is_busy(self, node: Node) -> bool:
        """Whether a node has no room for a backtest now."""
        return self.clock.now() < node.free_at

    def spare_node(self, project: Project) -> Node:
        """A free backtest node that this project may use, or the refusal of backtests/create."""
        for node in self.backtest_nodes:
            if not self.is_busy(node) and (not project.pinned_nodes or node.id in project.pinned_nodes):
                return node
        raise ApiFailure(NO_SPARE_NODES)

    def set_backtest_nodes(self, count: int) -> None:
        """Nodes were bought or cancelled. What runs on a cancelled one runs on."""
        self.backtest_nodes = [*self.backtest_nodes, *self._nodes("B4-12", count)][:count]

    def take_nodes(self, count: int, seconds: float) -> None:
        """People run something on free nodes, as far as there are so many, for so long (emulated seconds)."""
        free = [node for node in self.backtest_nodes if not self.is_busy(node)]
        for node in free[:count]:
            node.free_at = self.clock.now() + seconds

    def occupy(self, node: Node, project: Project, until: float) -> None:
        """Give a node to something that ends at `until`, in emulated time."""
        node.project = project
        node.free_at = until + self.options.node_release_lag

    def release(self, backtest: Backtest) -> None:
        """Stop a backtest that may still run: its node falls free after the usual lag."""
        now = self.clock.now()
        if now < backtest.timeline.ends:
            backtest.node.free_at = now + self.options.node_release_lag

    def latest_deployment(self, project: Project) -> Deployment | None:
        """The one that trades or traded last; None if the project was never deployed."""
        newest_first = reversed(self.deployments.values())
        return next((deployment for deployment in newest_first if deployment.project_id == project.id), None)

    def trades_live(self, project: Project) -> bool:
        """Whether a deployment of the project has not ended."""
        latest = self.latest_deployment(project)
        return latest is not None and not latest.has_ended(self.clock.now())

    def end_deployment(self, deployment: Deployment, status: Status, message: str = "") -> None:
        """End a deployment that may still run: its node falls free after the usual lag."""
        now = self.clock.now()
        if not deployment.has_ended(now):
            deployment.end(now, status, message)
            node = next(node for node in self.live_nodes if node.id == deployment.node_id)
            node.free_at = now + self.options.node_release_lag

    def running_backtests(self) -> int:
        """Backtests that have not ended."""
        now = self.clock.now()
        return sum(
            now < backtest.timeline.ends
            for project in self.projects.values()
            for backtest in project.backtests.values()
        )

    def _nodes(self, sku: str, count: int) -> list[Node]:
        return [Node(f"LN-{self.hex_id()}", f"{sku} node {self.hex_id()[:8]}", sku) for _ in range(count)]
