"""The API for programs that wait: `client.backtests.create(…)` asks and returns the answer.

One line per method over the exchange. `async_client` is the twin of this file: a test compares their
signatures and docstrings.
"""

from collections.abc import Mapping, Sequence
from typing import Self, TypeVar

import httpx

from quantconnect.auth import Credentials, QuantConnectAuth
from quantconnect.endpoints.account import AUTHENTICATE
from quantconnect.endpoints.backtests import (
    CREATE_BACKTEST,
    DELETE_BACKTEST,
    LIST_BACKTESTS,
    READ_BACKTEST,
    UPDATE_BACKTEST,
)
from quantconnect.endpoints.base import Endpoint
from quantconnect.endpoints.compiles import CREATE_COMPILE, READ_COMPILE
from quantconnect.endpoints.files import CREATE_FILE, DELETE_FILE, READ_FILES, UPDATE_FILE
from quantconnect.endpoints.nodes import READ_NODES
from quantconnect.endpoints.projects import (
    CREATE_PROJECT,
    DELETE_PROJECT,
    READ_PROJECT_NODES,
    READ_PROJECTS,
    UPDATE_PROJECT,
    UPDATE_PROJECT_NODES,
)
from quantconnect.errors import AccountLocked, AuthenticationError, MissingCredentials
from quantconnect.exchange import exchange
from quantconnect.limits import Limiter
from quantconnect.models.backtests import (
    Backtest,
    BacktestSummary,
    CreateBacktest,
    DeleteBacktest,
    ListBacktests,
    ReadBacktest,
    UpdateBacktest,
)
from quantconnect.models.base import Model, NoFields, Request, Scalar
from quantconnect.models.compiles import Compile, CreateCompile, ReadCompile
from quantconnect.models.files import DeleteFile, ProjectFile, ReadFiles, WriteFile
from quantconnect.models.ids import BacktestId, CompileId, NodeId, ProjectId
from quantconnect.models.nodes import Nodes, ProjectNodes, ReadNodes, ReadProjectNodes, UpdateProjectNodes
from quantconnect.models.projects import (
    PYTHON,
    CreateProject,
    DeleteProject,
    Project,
    ReadProjects,
    UpdateProject,
)
from quantconnect.retry import RetryPolicy
from quantconnect.transport import DEFAULT_BASE_URL, SyncCarrier

Q = TypeVar("Q", bound=Request)
R = TypeVar("R", bound=Model)


class QuantConnectClient:
    """One account. Keeps a pool of connections; may be shared by many threads; close it, or use it with `with`.

    Every method raises `ConnectError`, `RequestTimeout`, `ConnectionLost`, `AuthenticationError`, `RateLimitExceeded`,
    `ServerError` or `UnexpectedResponse` when it must, and what its own docstring names besides.
    """

    def __init__(
        self,
        user_id: int | None = None,
        api_token: str | None = None,
        *,
        organization_id: str | None = None,
        base_url: str = DEFAULT_BASE_URL,
        timeout: float = 30.0,
        policy: RetryPolicy | None = None,
        limiter: Limiter | None = None,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        """Credentials that are not given are looked for as `Credentials.find` says; asks nothing yet.

        `organization_id` is where projects are created and nodes are read unless the call says otherwise. A request
        is given up after `timeout` seconds without any progress, and repeated as `policy` says, which states the
        worst case. `limiter` is a request budget shared with other programs, `transport` replaces the network.

        Raises:
            MissingCredentials: Nothing is configured.
        """
        found = Credentials.find(user_id, api_token, organization_id)
        self.organization_id = found.organization_id
        self.auth = QuantConnectAuth(found.user_id, found.api_token)
        self.projects = ProjectsResource(self)
        self.files = FilesResource(self)
        self.compiles = CompilesResource(self)
        self.backtests = BacktestsResource(self)
        self.nodes = NodesResource(self)
        self._policy = policy or RetryPolicy()
        self._carrier = SyncCarrier(base_url=base_url, timeout=timeout, limiter=limiter, transport=transport)

    def ask(self, endpoint: Endpoint[Q, R], query: Q) -> R:
        """Ask any endpoint."""
        return self._carrier.run(exchange(endpoint, query, auth=self.auth, policy=self._policy))

    def authenticate(self) -> bool:
        """Whether the credentials are good.

        Raises:
            AccountLocked: Nobody can tell, because too many logins failed before.
        """
        try:
            self.ask(AUTHENTICATE, NoFields())
        except AccountLocked:
            raise
        except AuthenticationError:
            return False
        return True

    def close(self) -> None:
        """Close the connections."""
        self._carrier.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.auth!r})"


class Resource:
    """A group of methods of a client."""

    def __init__(self, client: QuantConnectClient) -> None:
        self._client = client


class ProjectsResource(Resource):
    """`client.projects`."""

    def __init__(self, client: QuantConnectClient) -> None:
        super().__init__(client)
        self.nodes = ProjectNodesResource(client)

    def create(self, name: str, language: str = PYTHON, organization_id: str | None = None) -> Project:
        """Make a project with the default files. The server may change the name: use the returned one.

        Args:
            name: May hold folders, as `research/rsi`.
            language: `Py` or `C#`.
            organization_id: Instead of the client's.
        """
        organization = organization_id or self._client.organization_id
        query = CreateProject(name=name, language=language, organization_id=organization)
        return self._client.ask(CREATE_PROJECT, query).project

    def read(self, project_id: ProjectId) -> Project:
        """One project, without the content of its files.

        Raises:
            NotFound: It does not exist, or is not yours.
        """
        return self._client.ask(READ_PROJECTS, ReadProjects(project_id=project_id)).one(project_id)

    def list(self) -> list[Project]:
        """All projects but those in the recycle bin."""
        return self._client.ask(READ_PROJECTS, ReadProjects()).present()

    def update(
        self,
        project_id: ProjectId,
        *,
        name: str | None = None,
        description: str | None = None,
        parameters: Mapping[str, Scalar] | None = None,
        files: Mapping[str, str] | None = None,
        libraries: Sequence[ProjectId] | None = None,
        version_id: int | None = None,
        lean_environment: int | None = None,
        encryption_key: str | None = None,
        code_source_id: str | None = None,
    ) -> None:
        """Change what is given, all in one request.

        `parameters` replaces all; empty, it clears them. `files` (name → content) is the complete new content of the
        project: files that are not in it are deleted. `version_id` is one of LEAN's, -1 follows the newest.
        `code_source_id` is the name under which the project's lock is held.

        Raises:
            FileTooLarge, ProjectLocked: Nothing was changed, as far as known.
        """
        query = UpdateProject(
            project_id=project_id,
            name=name,
            description=description,
            parameters=None if parameters is None else dict(parameters),
            files=None if files is None else dict(files),
            libraries=None if libraries is None else [*libraries],
            version_id=version_id,
            lean_environment=lean_environment,
            encryption_key=encryption_key,
            code_source_id=code_source_id,
        )
        self._client.ask(UPDATE_PROJECT, query)

    def delete(self, project_id: ProjectId) -> None:
        """Move the project to the recycle bin."""
        self._client.ask(DELETE_PROJECT, DeleteProject(project_id=project_id))


class ProjectNodesResource(Resource):
    """`client.projects.nodes`."""

    def read(self, project_id: ProjectId) -> ProjectNodes:
        """The nodes that the project may use."""
        return self._client.ask(READ_PROJECT_NODES, ReadProjectNodes(project_id=project_id))

    def update(self, project_id: ProjectId, nodes: Sequence[NodeId]) -> ProjectNodes:
        """Pin the project to these nodes; none at all lets the platform choose."""
        return self._client.ask(UPDATE_PROJECT_NODES, UpdateProjectNodes(project_id=project_id, nodes=[*nodes]))


class FilesResource(Resource):
    """`client.files`, one file at a time. For all at once, `client.projects.update` is one request."""

    def create(self, project_id: ProjectId, name: str, content: str, *, code_source_id: str | None = None) -> None:
        """Add a file.

        Raises:
            InvalidRequest: It exists already, or the content is empty.
        """
        query = WriteFile(project_id=project_id, name=name, content=content, code_source_id=code_source_id)
        self._client.ask(CREATE_FILE, query)

    def read(self, project_id: ProjectId) -> list[ProjectFile]:
        """All files with their content, those of attached libraries too."""
        return self._client.ask(READ_FILES, ReadFiles(project_id=project_id)).files

    def read_one(self, project_id: ProjectId, name: str) -> ProjectFile:
        """One file.

        Raises:
            NotFound: No such file.
        """
        return self._client.ask(READ_FILES, ReadFiles(project_id=project_id, name=name)).one(name)

    def update(self, project_id: ProjectId, name: str, content: str, *, code_source_id: str | None = None) -> None:
        """Replace the content of a file.

        Raises:
            NotFound: No such file: create it.
            InvalidRequest: The content is empty.
        """
        query = WriteFile(project_id=project_id, name=name, content=content, code_source_id=code_source_id)
        self._client.ask(UPDATE_FILE, query)

    def delete(self, project_id: ProjectId, name: str, *, code_source_id: str | None = None) -> None:
        """Delete a file.

        Raises:
            NotFound: No such file.
        """
        query = DeleteFile(project_id=project_id, name=name, code_source_id=code_source_id)
        self._client.ask(DELETE_FILE, query)


class CompilesResource(Resource):
    """`client.compiles`."""

    def create(self, project_id: ProjectId) -> Compile:
        """Compile the project as it is now. Ask `read` until it is no longer pending."""
        return self._client.ask(CREATE_COMPILE, CreateCompile(project_id=project_id))

    def read(self, project_id: ProjectId, compile_id: CompileId) -> Compile:
        """How far the compile is. A build that failed is no error here: see `Compile.failed` and its logs.

        Raises:
            CompileNotFound: Unknown or expired.
        """
        return self._client.ask(READ_COMPILE, ReadCompile(project_id=project_id, compile_id=compile_id))


class BacktestsResource(Resource):
    """`client.backtests`."""

    def create(
        self,
        project_id: ProjectId,
        compile_id: CompileId,
        name: str,
        parameters: Mapping[str, Scalar] | None = None,
    ) -> Backtest:
        """Start a backtest of a finished compile. It occupies a node until it ends.

        Never repeated by itself once it may have been carried out (`error.maybe_carried_out`): look into `list` for
        the name before asking again, hence use names that are unique.

        `compile_id` is of a compile of this project in state BuildSuccess. `parameters` hold for this run only; without
        any, those of the project apply.

        Raises:
            NoSpareNodes: Nothing was started; wait until a backtest ends.
            CompileNotFound, BuildCacheMiss: Compile again.
            QuotaExceeded: Of backtests per day.
        """
        query = CreateBacktest(
            project_id=project_id,
            compile_id=compile_id,
            backtest_name=name,
            parameters=dict(parameters) if parameters else None,
        )
        return self._client.ask(CREATE_BACKTEST, query).backtest

    def read(self, project_id: ProjectId, backtest_id: BacktestId) -> Backtest:
        """One backtest in full. Whether its statistics are complete says `results.verdict`.

        Raises:
            NotFound: Deleted, never made, or so new that it is not visible yet.
        """
        return self._client.ask(READ_BACKTEST, ReadBacktest(project_id=project_id, backtest_id=backtest_id)).backtest

    def list(self, project_id: ProjectId, *, include_statistics: bool = False) -> list[BacktestSummary]:
        """All backtests of a project with status and progress: one request looks after all that run."""
        query = ListBacktests(project_id=project_id, include_statistics=include_statistics)
        return self._client.ask(LIST_BACKTESTS, query).backtests

    def update(
        self, project_id: ProjectId, backtest_id: BacktestId, *, name: str | None = None, note: str | None = None
    ) -> None:
        """Rename a backtest, or put a note to it."""
        query = UpdateBacktest(project_id=project_id, backtest_id=backtest_id, name=name, note=note)
        self._client.ask(UPDATE_BACKTEST, query)

    def delete(self, project_id: ProjectId, backtest_id: BacktestId) -> None:
        """Delete a backtest. The only way to stop a running one; frees its node."""
        self._client.ask(DELETE_BACKTEST, DeleteBacktest(project_id=project_id, backtest_id=backtest_id))


class NodesResource(Resource):
    """`client.nodes`."""

    def read(self, organization_id: str | None = None) -> Nodes:
        """The nodes of an organization, the client's unless another is given.

        Raises:
            MissingCredentials: Neither is known.
        """
        organization = organization_id or self._client.organization_id
        if organization is None:
            raise MissingCredentials("The organization is not known: set QC_ORGANIZATION_ID, or pass organization_id.")
        return self._client.ask(READ_NODES, ReadNodes(organization_id=organization))
