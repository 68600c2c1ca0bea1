"""The two clients: twins, and each method asks the right endpoint with the right fields."""

import asyncio
import inspect
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest

from quantconnect import (
    AccountLocked,
    AsyncQuantConnectClient,
    BacktestId,
    CompileId,
    MissingCredentials,
    NodeId,
    NotFound,
    ProjectId,
    QuantConnectClient,
    QuantConnectError,
    async_client,
    client,
)
from quantconnect.endpoints import ALL
from tests.unit.quantconnect.server import AT_ONCE, OK, TOKEN, USER_ID, Script, refused

P, C, B = ProjectId(1), CompileId("c"), BacktestId("b")

#: What is called, what the server answers, where it goes and with what.
Call = tuple[Callable[[Any], Any], dict[str, Any], str, dict[str, Any]]
CALLS: list[Call] = [
    (lambda c: c.authenticate(), OK, "authenticate", {}),
    (
        lambda c: c.projects.create("n"),
        {"projects": [{"projectId": 1}]},
        "projects/create",
        {"name": "n", "language": "Py", "organizationId": "org"},
    ),
    (
        lambda c: c.projects.create("n", "C#", "other"),
        {"projects": [{"projectId": 1}]},
        "projects/create",
        {"name": "n", "language": "C#", "organizationId": "other"},
    ),
    (lambda c: c.projects.read(P), {"projects": [{"projectId": 1}]}, "projects/read", {"projectId": 1}),
    (lambda c: c.projects.list(), {"projects": []}, "projects/read", {}),
    (
        lambda c: c.projects.update(
            P,
            name="n",
            description="d",
            parameters={"a": 1},
            files={"main.py": "x"},
            libraries=[ProjectId(2)],
            version_id=-1,
            lean_environment=1,
            encryption_key="",
            code_source_id="s",
        ),
        {},
        "projects/update",
        {
            "projectId": 1,
            "name": "n",
            "description": "d",
            "parameters": [{"key": "a", "value": 1}],
            "files": [{"name": "main.py", "content": "x"}],
            "libraries": [2],
            "versionId": -1,
            "leanEnvironment": 1,
            "encryptionKey": "",
            "codeSourceId": "s",
        },
    ),
    (lambda c: c.projects.update(P, name="n"), {}, "projects/update", {"projectId": 1, "name": "n"}),
    (lambda c: c.projects.delete(P), {}, "projects/delete", {"projectId": 1}),
    (lambda c: c.projects.nodes.read(P), {"nodes": {}}, "projects/nodes/read", {"projectId": 1}),
    (
        lambda c: c.projects.nodes.update(P, [NodeId("LN-1")]),
        {"nodes": {}},
        "projects/nodes/update",
        {"projectId": 1, "nodes": ["LN-1"]},
    ),
    (
        lambda c: c.files.create(P, "a.py", "x"),
        {},
        "files/create",
        {"projectId": 1, "name": "a.py", "content": "x"},
    ),
    (lambda c: c.files.read(P), {"files": []}, "files/read", {"projectId": 1}),
    (
        lambda c: c.files.read_one(P, "a.py"),
        {"files": [{"name": "a.py"}]},
        "files/read",
        {"projectId": 1, "name": "a.py"},
    ),
    (
        lambda c: c.files.update(P, "a.py", "x", code_source_id="s"),
        {},
        "files/update",
        {"projectId": 1, "name": "a.py", "content": "x", "codeSourceId": "s"},
    ),
    (lambda c: c.files.delete(P, "a.py"), {}, "files/delete", {"projectId": 1, "name": "a.py"}),
    (lambda c: c.compiles.create(P), {"compileId": "c", "state": "InQueue"}, "compile/create", {"projectId": 1}),
    (lambda c: c.compiles.read(P, C), {"state": "InQueue"}, "compile/read", {"projectId": 1, "compileId": "c"}),
    (
        lambda c: c.backtests.create(P, C, "n", {"fast": 10}),
        {"backtest": {"backtestId": "b"}},
        "backtests/create",
        {"projectId": 1, "compileId": "c", "backtestName": "n", "parameters": {"fast": 10}},
    ),
    (
        lambda c: c.backtests.create(P, C, "n", {}),
        {"backtest": {"backtestId": "b"}},
        "backtests/create",
        {"projectId": 1, "compileId": "c", "backtestName": "n"},
    ),
    (
        lambda c: c.backtests.read(P, B),
        {"backtest": {"backtestId": "b"}},
        "backtests/read",
        {"projectId": 1, "backtestId": "b"},
    ),
    (
        lambda c: c.backtests.list(P, include_statistics=True),
        {"backtests": []},
        "backtests/list",
        {"projectId": 1, "includeStatistics": True},
    ),
    (
        lambda c: c.backtests.update(P, B, note="x"),
        {},
        "backtests/update",
        {"projectId": 1, "backtestId": "b", "note": "x"},
    ),
    (lambda c: c.backtests.delete(P, B), {}, "backtests/delete", {"projectId": 1, "backtestId": "b"}),
    (lambda c: c.nodes.read(), {"backtest": []}, "nodes/read", {"organizationId": "org"}),
]


def ask(script: Script, call: Callable[[Any], Any], organization_id: str | None = "org") -> object:
    """Call the synchronous client."""
    with QuantConnectClient(
        USER_ID, TOKEN, organization_id=organization_id, policy=AT_ONCE, transport=script.transport
    ) as c:
        return call(c)


def ask_async(script: Script, call: Callable[[Any], Awaitable[Any]], organization_id: str | None = "org") -> object:
    """Call the asynchronous client."""

    async def run() -> object:
        async with AsyncQuantConnectClient(
            USER_ID, TOKEN, organization_id=organization_id, policy=AT_ONCE, transport=script.transport
        ) as c:
            return await call(c)

    return asyncio.run(run())


both = pytest.mark.parametrize("asked", [ask, ask_async])


@both
@pytest.mark.parametrize(("call", "answer", "path", "fields"), CALLS)
def test_a_method_asks_its_endpoint_with_its_fields(
    asked: Callable[..., object], call: Callable[[Any], Any], answer: dict[str, Any], path: str, fields: dict[str, Any]
) -> None:
    """The documented names, nothing besides."""
    script = Script(OK | answer)
    asked(script, call)
    assert [request.url.path for request in script.requests] == [f"/api/v2/{path}"]
    assert script.sent() == fields


def test_every_endpoint_has_a_method() -> None:
    """An endpoint nobody can reach is dead."""
    assert {endpoint.path for endpoint in ALL} == {path for _, _, path, _ in CALLS}


def test_both_clients_return_the_same() -> None:
    """Not coroutines, not envelopes: models."""
    for call, answer, _, _ in CALLS:
        assert ask(Script(OK | answer), call) == ask_async(Script(OK | answer), call)


def classes(module: Any, prefix: str) -> dict[str, type]:
    """The classes that a client module defines."""
    return {
        name.removeprefix(prefix): value
        for name, value in vars(module).items()
        if inspect.isclass(value) and value.__module__ == module.__name__
    }


def methods(cls: type) -> dict[str, Any]:
    """The public methods and the constructor."""
    return {n: f for n, f in vars(cls).items() if inspect.isfunction(f) and (not n.startswith("_") or n == "__init__")}


def test_the_clients_are_twins() -> None:
    """What is learned about one holds for the other."""
    ours, theirs = classes(client, ""), classes(async_client, "Async")
    assert ours.keys() == theirs.keys()
    for name, cls in ours.items():
        mine, twins = methods(cls), methods(theirs[name])
        assert mine.keys() == twins.keys()
        for method, function in mine.items():
            signature = str(inspect.signature(function))
            twin = str(inspect.signature(twins[method])).replace("AsyncQuantConnect", "QuantConnect")
            twin = twin.replace("AsyncBaseTransport", "BaseTransport").replace("async_client.", "client.")
            assert signature == twin, f"{name}.{method}"
            assert inspect.getdoc(function) == inspect.getdoc(twins[method]), f"{name}.{method}"
            assert inspect.iscoroutinefunction(twins[method]) is (method != "__init__")


@both
def test_wrong_credentials_are_a_no_and_one_request(asked: Callable[..., object]) -> None:
    """A question is no failure, and a second try would be one step towards a locked account."""
    script = Script(refused("Hash doesn't match."))
    assert asked(script, lambda c: c.authenticate()) is False
    assert len(script.requests) == 1


@both
@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (refused("too many failed attempts for this user or ip"), AccountLocked),
        (httpx.ConnectError("refused"), QuantConnectError),
    ],
)
def test_whether_credentials_are_good_stays_open_when_nobody_can_tell(
    asked: Callable[..., object], answer: Any, error: type[Exception]
) -> None:
    """A hiccup of the server is not a wrong password."""
    with pytest.raises(error):
        asked(Script(answer, answer, answer), lambda c: c.authenticate())


@both
def test_what_is_not_in_the_answer_is_not_found(asked: Callable[..., object]) -> None:
    """An empty list is how some answers say no."""
    with pytest.raises(NotFound, match="Project 1"):
        asked(Script(OK | {"projects": [{"projectId": 2}]}), lambda c: c.projects.read(P))
    with pytest.raises(NotFound, match=r"File a\.py"):
        asked(Script(OK | {"files": []}), lambda c: c.files.read_one(P, "a.py"))


@both
def test_nodes_need_an_organization(asked: Callable[..., object]) -> None:
    """Said before asking."""
    with pytest.raises(MissingCredentials, match="QC_ORGANIZATION_ID"):
        asked(Script(), lambda c: c.nodes.read(), None)


@pytest.mark.parametrize("kind", [QuantConnectClient, AsyncQuantConnectClient])
def test_a_client_without_credentials_says_so_at_once(kind: Callable[[], object]) -> None:
    """Not at the first request."""
    with pytest.raises(MissingCredentials):
        kind()


def test_a_client_shows_no_token() -> None:
    """Clients end up in logs."""
    with QuantConnectClient(USER_ID, TOKEN, transport=Script().transport) as c:
        assert TOKEN not in f"{c!r} {c.auth!r}"
        assert str(USER_ID) in repr(c)
